package postgres

import (
	"slices"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"surefoot/plan"
	"surefoot/schema"
)

const (
	inOneTransaction = "it changes rows in one transaction, and others who change the same rows wait until it is over; how many it changes is not known"
	locksRows        = "it locks rows until its transaction is over, and how many is not known"
	callsFunction    = "it calls a function of yours or of an extension, and what that locks or changes cannot be told from its text"
	makesTable       = "it makes a table out of rows: write CREATE TABLE … AS"
	runsProgram      = "it runs a program, and what that locks or changes cannot be told from its text"
)

// rowWords begin statements that read or change rows, or run programs.
var rowWords = []string{"select", "with", "values", "table", "insert", "update", "delete", "merge", "do", "call"}

// rowChange is what is known of a statement that reads or changes rows.
type rowChange struct {
	effect plan.Effect
	why    string // what it does to others cannot be told; empty: it can
	query  bool   // it writes what a query gives
}

// changesRows reads a statement that reads or changes rows; ok: it is one.
func changesRows(src source) (c rowChange, ok bool) {
	c.effect = plan.Unknown()
	if len(src.tokens) == 0 || !slices.Contains(rowWords, src.tokens[0].word) {
		return c, false
	}
	tree, _, err := readTree(src.text, src)
	if err != nil || len(tree.Stmts) != 1 {
		return c, true
	}
	lock := accessShare
	walkTree(tree.Stmts[0].Stmt.ProtoReflect(), func(m protoreflect.Message) {
		switch n := m.Interface().(type) {
		case *pgquery.DoStmt, *pgquery.CallStmt:
			c.why = runsProgram
		case *pgquery.UpdateStmt, *pgquery.DeleteStmt, *pgquery.MergeStmt:
			c.why = inOneTransaction
		case *pgquery.InsertStmt:
			lock = rowExclusive
			if n.OnConflictClause.GetAction() == pgquery.OnConflictAction_ONCONFLICT_UPDATE {
				c.why = inOneTransaction
			}
		case *pgquery.SelectStmt:
			c.query = c.query || len(n.ValuesLists) == 0
			if n.IntoClause != nil {
				c.why = makesTable
			}
		case *pgquery.LockingClause:
			c.why = locksRows
		case *pgquery.FuncCall:
			if c.why == "" && !builtIn(stringsOf(n.Funcname)) {
				c.why = callsFunction
			}
		}
	})
	c.query = c.query && lock == rowExclusive
	if c.why == "" {
		c.effect = fact{lock: lock}.effect(nil)
	}
	return c, true
}

// fillsByQuery says that a change writes as many rows as a query gives.
func fillsByQuery(c schema.Change) bool {
	switch c := c.(type) {
	case schema.CreateTable:
		return c.Filled
	case schema.Verbatim:
		rows, ok := changesRows(newSource(c.SQL))
		return ok && rows.query
	}
	return false
}

// withoutRows gives a CREATE TABLE … AS as it makes the same table and reads no rows, for its query could read
// all that there is; empty: it is another statement.
func withoutRows(src source) string {
	if src.skip(0, "create") == 0 {
		return ""
	}
	as := src.find(0, "as")
	if table := src.find(0, "table"); table < 0 || table > 2 || as < 0 || as+1 >= len(src.tokens) {
		return ""
	}
	if next := src.tokens[as+1]; !slices.Contains(append(slices.Clone(rowWords), "execute"), next.word) && next.punct != '(' {
		return ""
	}
	n := len(src.tokens)
	switch {
	case src.skip(n-3, "with", "no", "data") == n:
		return ""
	case src.skip(n-2, "with", "data") == n:
		src = src.to(n - 2)
	}
	return src.String() + " WITH NO DATA"
}

// builtIn says that a function is one of the server's own that change nothing but a sequence's number.
func builtIn(name []string) bool {
	if len(name) == 0 {
		return false
	}
	if len(name) == 2 && name[0] == "pg_catalog" {
		return true
	}
	return len(name) == 1 && strings.Contains(builtIns, " "+name[0]+" ")
}

// builtIns are those that migrations use (manual, chapter 9); who writes pg_catalog before a name needs none of it.
const builtIns = ` abs age array_agg array_length array_to_string avg bool_and bool_or btrim bit_and bit_or bit_xor cardinality ceil ceiling char_length
 clock_timestamp concat concat_ws count date_part date_trunc decode digest encode extract floor format gen_random_uuid generate_series generate_subscripts
 greatest initcap json_agg json_array_length json_build_array json_build_object json_object_agg jsonb_agg jsonb_array_elements jsonb_array_elements_text
 jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_object_agg jsonb_object_keys jsonb_set jsonb_strip_nulls
 jsonb_typeof json_typeof lag lead least left length lower lpad ltrim make_date make_interval make_timestamp max md5 min mod nextval now octet_length
 overlay percentile_cont percentile_disc position power random rank dense_rank row_number ntile first_value last_value regexp_match regexp_matches
 regexp_replace regexp_split_to_array regexp_split_to_table repeat replace reverse right round row_to_json rpad rtrim setval sha256 sign split_part sqrt
 starts_with statement_timestamp string_agg string_to_array strpos substr substring sum timezone to_char to_date to_json to_jsonb to_number to_timestamp
 transaction_timestamp translate trim trunc unnest upper uuidv7 version current_setting current_schema current_database pg_typeof to_regclass
 setseed every stddev variance width_bucket array_append array_cat array_position array_remove array_replace `
