package postgres

import (
	"slices"
	"strconv"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// beganParameter is the parameter for the time at which the run began.
func beganParameter(n int) string { return "$" + strconv.Itoa(n) + "::text::float8" }

// timeWords give the time of the transaction or of the statement. Natively that is one for all rows; in a copy
// each chunk has its own. Each comes with the type that it has.
var timeWords = map[string]string{
	"now": "timestamptz", "transaction_timestamp": "timestamptz", "statement_timestamp": "timestamptz", "current_timestamp": "timestamptz",
	"localtimestamp": "timestamp", "current_date": "date", "current_time": "timetz", "localtime": "time",
}

// bareTime are those that are written without parentheses, or with a precision in them.
var bareTime = []string{"current_timestamp", "localtimestamp", "current_date", "current_time", "localtime"}

// atBegin writes an expression as of the time at which the run began; timed: it names a time.
func atBegin(expr string) (at string, timed bool) {
	src := newSource(expr)
	var b strings.Builder
	rest := 0
	for i := 0; i < len(src.tokens); i++ {
		t := src.tokens[i]
		typ, start, end := timeWords[t.word], t.start, i
		next := src.from(i + 1).tokens
		switch {
		case typ == "":
			continue
		case len(next) > 1 && next[0].punct == '(' && next[1].punct == ')':
			end = i + 2
		case !slices.Contains(bareTime, t.word):
			continue
		case len(next) > 2 && next[0].punct == '(' && next[2].punct == ')':
			end, typ = i+3, typ+"("+expr[next[1].start:next[1].end]+")"
		}
		if i > 1 && src.tokens[i-1].punct == '.' {
			if src.tokens[i-2].word != "pg_catalog" {
				continue
			}
			start = src.tokens[i-2].start
		}
		b.WriteString(expr[rest:start] + "(to_timestamp(" + plan.Began + ")::" + typ + ")")
		rest, i = src.tokens[end].end, end
		timed = true
	}
	b.WriteString(expr[rest:])
	return b.String(), timed
}

// asOfBegin gives a copy whose expressions, and whose new columns' defaults, are of the time at which the run
// began.
func asOfBegin(cp *schema.Copy) *schema.Copy {
	own := *cp
	own.Columns = slices.Clone(cp.Columns)
	for i, m := range own.Columns {
		if m.Using != "" {
			own.Columns[i].Using, _ = atBegin(m.Using)
			continue
		}
		if m.From != "" {
			continue
		}
		for _, clause := range cp.Clauses {
			add, ok := clause.(schema.AddColumn)
			if !ok || add.Column.Name != m.To || add.Column.Generated != "" {
				continue
			}
			if at, timed := atBegin(add.Column.Default); timed {
				own.Columns[i].Using, own.Columns[i].Type = at, add.Column.Type
			}
		}
	}
	return &own
}
