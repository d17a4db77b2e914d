package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// beganParameter is the parameter for the time at which the run began.
func beganParameter(n int) string { return fmt.Sprintf("CAST(?%d AS INTEGER)", n) }

// atBegin writes an expression as of the time at which the run began. Natively the time of the statement is
// one for all rows; in a copy each chunk is a statement. timed: it names a time.
func atBegin(expr string) (at string, timed bool) {
	began := "julianday(" + plan.Began + ", 'unixepoch')"
	words := map[string]string{
		"CURRENT_TIMESTAMP": "datetime(" + began + ")", "CURRENT_DATE": "date(" + began + ")", "CURRENT_TIME": "time(" + began + ")",
		// without arguments these mean now
		"DATETIME": "datetime(" + began + ")", "DATE": "date(" + began + ")", "TIME": "time(" + began + ")",
		"JULIANDAY": began, "UNIXEPOCH": "unixepoch(" + began + ")",
	}
	toks := tokenize(expr)
	var b strings.Builder
	rest := 0
	for i := 0; i < len(toks); i++ {
		t, end, with := toks[i], i, ""
		alone := i+3 < len(toks) && toks[i+1].sign("(") && toks[i+2].kind == text && toks[i+3].sign(")") // a format of now
		empty := i+2 < len(toks) && toks[i+1].sign("(") && toks[i+2].sign(")")
		switch {
		case t.kind == text && strings.EqualFold(t.name(), "now") && ofTime(toks[:i]):
			with = began
		case t.is("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"):
			with = words[strings.ToUpper(t.text)]
		case t.kind == word && empty && words[strings.ToUpper(t.text)] != "":
			with, end = words[strings.ToUpper(t.text)], i+2
		case t.is("STRFTIME") && alone:
			with, end = "strftime("+toks[i+2].text+", "+began+")", i+3
		default:
			continue
		}
		b.WriteString(expr[rest:t.start] + with)
		rest, i, timed = toks[end].end, end, true
	}
	b.WriteString(expr[rest:])
	return b.String(), timed
}

// ofTime says that what comes behind tokens is a time value: an argument of a function of times.
func ofTime(toks []token) bool {
	depth := 0
	for i, t := range slices.Backward(toks) {
		switch {
		case t.sign(")"):
			depth++
		case t.sign("(") && depth > 0:
			depth--
		case t.sign("("):
			return i > 0 && toks[i-1].is("DATE", "TIME", "DATETIME", "JULIANDAY", "UNIXEPOCH", "STRFTIME", "TIMEDIFF")
		}
	}
	return false
}

// asOfBegin gives the mapping of a copy into the table next, with its expressions, and the defaults of new
// columns, as of the time at which the run began.
func asOfBegin(columns []schema.Mapping, next *schema.Table) []schema.Mapping {
	columns = slices.Clone(columns)
	for i, m := range columns {
		expr := m.Using
		if col := next.Column(m.To); expr == "" && m.From == "" && col != nil && col.Generated == "" {
			expr = col.Default
		}
		if at, timed := atBegin(expr); timed {
			columns[i].Using = at
		}
	}
	return columns
}
