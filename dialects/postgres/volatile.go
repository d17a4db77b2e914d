package postgres

import "strings"

// volatility of the functions that stand in defaults, as pg_proc.provolatile has it (measured on
// 14 to 18): a default is evaluated once for all rows unless it is volatile.
var volatility = map[string]string{
	"now": "stable", "transaction_timestamp": "stable", "statement_timestamp": "stable", "clock_timestamp": "volatile", "timeofday": "volatile",
	"random": "volatile", "random_normal": "volatile", "setseed": "volatile", "gen_random_uuid": "volatile", "gen_random_bytes": "volatile",
	"uuidv7": "volatile", "uuidv4": "volatile", "uuid_generate_v1": "volatile", "uuid_generate_v1mc": "volatile", "uuid_generate_v4": "volatile",
	"uuid_generate_v3": "immutable", "uuid_generate_v5": "immutable", "gen_salt": "volatile", "crypt": "immutable",
	"nextval": "volatile", "currval": "volatile", "lastval": "volatile", "setval": "volatile",
	"txid_current": "stable", "pg_current_xact_id": "stable", "inet_client_addr": "stable", "current_setting": "stable", "set_config": "volatile",
	"version": "stable", "pg_backend_pid": "stable", "current_database": "stable", "current_schema": "stable", "age": "stable",
	"to_char": "stable", "to_timestamp": "stable", "to_date": "stable", "date_trunc": "stable", "date_part": "stable", "extract": "stable",
	"timezone": "stable", "make_timestamptz": "stable", "concat": "stable", "concat_ws": "stable", "format": "stable", "to_json": "stable",
	"to_jsonb": "stable", "jsonb_build_object": "stable", "json_build_object": "stable", "jsonb_build_array": "stable", "json_build_array": "stable",
	"row_to_json": "stable", "to_tsvector": "stable", "array_to_string": "stable", "session_user": "stable",
	"lower": "immutable", "upper": "immutable", "md5": "immutable", "length": "immutable", "abs": "immutable", "round": "immutable",
	"floor": "immutable", "ceil": "immutable", "trunc": "immutable", "coalesce": "immutable", "nullif": "immutable", "greatest": "immutable",
	"least": "immutable", "substr": "immutable", "substring": "immutable", "left": "immutable", "right": "immutable", "trim": "immutable",
	"btrim": "immutable", "ltrim": "immutable", "rtrim": "immutable", "replace": "immutable", "repeat": "immutable", "lpad": "immutable",
	"rpad": "immutable", "make_date": "immutable", "make_interval": "immutable", "make_time": "immutable", "make_timestamp": "immutable",
	"encode": "immutable", "decode": "immutable", "sha256": "immutable", "hashtext": "immutable", "chr": "immutable", "ascii": "immutable",
	"array_fill": "immutable", "string_to_array": "immutable", "split_part": "immutable", "cast": "immutable", "row": "immutable",
	"power": "immutable", "sqrt": "immutable", "mod": "immutable", "sign": "immutable", "int4range": "immutable", "int8range": "immutable",
	"numrange": "immutable", "tsrange": "immutable", "tstzrange": "immutable", "daterange": "immutable", "array_append": "immutable",
	"cardinality": "immutable", "translate": "immutable", "regexp_replace": "immutable", "initcap": "immutable", "reverse": "immutable",
	"to_hex": "immutable", "to_number": "stable", "char_length": "immutable", "position": "immutable", "overlay": "immutable",
	"exists": "immutable", "in": "immutable", "any": "immutable", "and": "immutable", "or": "immutable", "not": "immutable", "then": "immutable",
	"else": "immutable", "when": "immutable", "case": "immutable", "array": "immutable", "values": "immutable", "as": "immutable", "like": "immutable",
}

// calls lists the functions that an expression calls: names before a parenthesis that are not the
// modifiers of a type behind :: or AS.
func calls(expr string) []string {
	src := newSource(expr)
	var out []string
	for i := 0; i+1 < len(src.tokens); i++ {
		t := src.tokens[i]
		if src.tokens[i+1].punct != '(' || t.punct != 0 {
			continue
		}
		name := identifier(expr[t.start:t.end])
		if !isWordStart(name[0]) || isTypeName(src, i) {
			continue
		}
		out = append(out, name)
	}
	return out
}

// isTypeName says whether the word at i is a type: x::numeric(10,2), CAST(x AS varchar(5)),
// numeric(10,2) '1'.
func isTypeName(src source, i int) bool {
	for j := i - 1; j >= 0; j-- {
		t := src.tokens[j]
		switch {
		case t.punct == ':' || t.word == "as":
			return true
		case t.word == "character" || t.word == "national" || t.punct == '.' || t.word == "pg_catalog" || t.word == "bit" || t.word == "double":
		default:
			return false
		}
	}
	return false
}

// worstCall gives how volatile an expression is, and the function that makes it so: "immutable",
// "stable", "volatile", or "unknown" for functions that the table does not have.
func worstCall(expr string) (string, string) {
	rank := map[string]int{"immutable": 0, "stable": 1, "unknown": 2, "volatile": 3}
	worst, which := "immutable", ""
	for _, name := range calls(expr) {
		v, ok := volatility[strings.ToLower(name)]
		if !ok {
			v = "unknown"
		}
		if rank[v] > rank[worst] {
			worst, which = v, name
		}
	}
	return worst, which
}

// volatileCall names a function of the expression that is known to be volatile.
func volatileCall(expr string) string {
	if v, name := worstCall(expr); v == "volatile" {
		return name + "()"
	}
	return ""
}
