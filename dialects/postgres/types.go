package postgres

import (
	"strconv"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"
)

// A type's canonical spelling is format_type's: "character varying(50)", "timestamp(3) with time
// zone", "integer[]".

// typeWords maps the spellings of built-in types to format_type's.
var typeWords = map[string]string{
	"int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "bool": "boolean",
	"varchar": "character varying", "char": "character", "bpchar": "character", "nchar": "character",
	"national character": "character", "national char": "character", "char varying": "character varying",
	"national character varying": "character varying", "national char varying": "character varying",
	"decimal": "numeric", "dec": "numeric", "float": "double precision", "float8": "double precision", "float4": "real",
	"varbit":    "bit varying",
	"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
	"time": "time without time zone", "timetz": "time with time zone",
}

// serialTypes are the types that also make a sequence.
var serialTypes = map[string]string{
	"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint", "serial2": "smallint",
}

// datatype is a type taken apart.
type datatype struct {
	base  string // canonical, without modifiers: "character varying"
	mods  []int  // the numbers in parentheses
	array bool
}

// parseType reads a type in any spelling.
func parseType(text string) datatype {
	var t datatype
	var words []string
	src := newSource(text)
	for i := 0; i < len(src.tokens); i++ {
		tok := src.tokens[i]
		raw := text[tok.start:tok.end]
		switch {
		case tok.punct == '[' || tok.word == "array":
			t.array = true
		case tok.depth > 0 && tok.punct == 0 && !t.array:
			if n, err := strconv.Atoi(raw); err == nil {
				t.mods = append(t.mods, n)
			}
		case tok.depth > 0 || tok.punct == ')' || tok.punct == '(' || tok.punct == ']':
		case tok.punct != 0:
			words = append(words, raw)
		case tok.word == "":
			words = append(words, identifier(raw))
		default:
			words = append(words, tok.word)
		}
	}
	name := strings.ReplaceAll(strings.Join(words, " "), " . ", ".")
	name = strings.TrimPrefix(name, "pg_catalog.")
	if full, ok := typeWords[name]; ok {
		name = full
	}
	if name == "character" && len(t.mods) == 0 && !strings.Contains(text, "bpchar") {
		t.mods = []int{1}
	}
	if name == "double precision" && len(t.mods) == 1 {
		if t.mods[0] <= 24 {
			name = "real"
		}
		t.mods = nil
	}
	if name == "numeric" && len(t.mods) == 1 {
		t.mods = append(t.mods, 0)
	}
	t.base = name
	return t
}

// String gives the canonical spelling.
func (t datatype) String() string {
	name := t.base
	if len(t.mods) > 0 {
		nums := make([]string, len(t.mods))
		for i, m := range t.mods {
			nums[i] = strconv.Itoa(m)
		}
		mods := "(" + strings.Join(nums, ",") + ")"
		if head, tail, ok := strings.Cut(name, " with"); ok {
			name = head + mods + " with" + tail
		} else {
			name += mods
		}
	}
	if t.array {
		name += "[]"
	}
	return name
}

// typeName gives the canonical spelling of a type of the parse tree.
func typeName(n *pgquery.TypeName) string {
	names := stringsOf(n.GetNames())
	if len(names) == 2 && names[0] == "pg_catalog" {
		names = names[1:]
	}
	t := datatype{base: strings.Join(names, "."), array: len(n.GetArrayBounds()) > 0}
	if len(names) == 1 {
		if full, ok := typeWords[names[0]]; ok {
			t.base = full
		}
	}
	for _, m := range n.GetTypmods() {
		if v := m.GetAConst(); v != nil {
			t.mods = append(t.mods, int(v.GetIval().GetIval()))
		}
	}
	if t.base == "interval" && len(t.mods) > 0 { // fields and precision are packed into numbers
		t.mods = t.mods[1:]
	}
	if t.base == "numeric" && len(t.mods) == 1 {
		t.mods = append(t.mods, 0)
	}
	return t.String()
}

// noKey says why a type cannot be walked in key order; empty: it can.
func noKey(typ string) string {
	t := parseType(typ)
	switch {
	case t.array:
		return "is an array, whose order a walk does not follow"
	case t.base == "real" || t.base == "double precision":
		return "is a floating-point number, whose equality is not exact"
	case t.base == "money":
		return "is money, whose text depends on the server's settings"
	}
	return ""
}
