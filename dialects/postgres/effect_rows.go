package postgres

import (
	"slices"

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
	// constants is how many rows of constants it inserts; 0: it does something else
	constants int
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
	c.constants = constants(tree.Stmts[0].Stmt.GetInsertStmt())
	return c, true
}

// constants is how many rows an INSERT gives to its table whose values stand in its text; 0: it takes them from
// elsewhere, or does more.
func constants(insert *pgquery.InsertStmt) int {
	rows := insert.GetSelectStmt().GetSelectStmt().GetValuesLists()
	only := insert.GetWithClause() == nil && insert.GetOnConflictClause() == nil && len(insert.GetReturningList()) == 0
	for _, row := range rows {
		walkTree(row.ProtoReflect(), func(m protoreflect.Message) {
			switch m.Interface().(type) {
			case *pgquery.Node, *pgquery.List, *pgquery.A_Const, *pgquery.Integer, *pgquery.Float, *pgquery.Boolean, *pgquery.BitString, *pgquery.String,
				*pgquery.TypeCast, *pgquery.TypeName, *pgquery.SetToDefault, *pgquery.A_ArrayExpr:
			default:
				only = false
			}
		})
	}
	if !only {
		return 0
	}
	return len(rows)
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
	if len(name) == 2 && name[0] == "pg_catalog" {
		return true
	}
	if len(name) != 1 {
		return false
	}
	_, known := volatility[name[0]]
	return known || slices.Contains(ofRows, name[0])
}

// ofRows are functions of several rows, and such that give several (manual, sections 9.21, 9.22, 9.26).
var ofRows = []string{
	"array_agg", "avg", "bool_and", "bool_or", "count", "every", "json_agg", "json_object_agg", "jsonb_agg", "jsonb_object_agg", "max", "min", "string_agg", "sum",
	"first_value", "lag", "last_value", "lead", "ntile", "rank", "dense_rank", "row_number",
	"generate_series", "generate_subscripts", "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_each", "jsonb_each_text", "jsonb_object_keys",
	"regexp_matches", "regexp_split_to_table", "unnest",
}
