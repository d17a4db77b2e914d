package mysql

import (
	"strings"

	"surefoot/schema"
)

// atBegin writes an expression as of the time at which the run began. Natively the time of the statement is
// one for all rows; in a copy each chunk is a statement. SYSDATE() is of each row natively too.
func atBegin(expr string) fragment {
	var f fragment
	rest := 0
	toks := tokenize(expr, sqlMode{})
	for i := 0; i < len(toks); i++ {
		bare, called := timeFunctions[strings.ToUpper(toks[i].text)], 0
		switch {
		case toks[i].kind != word || bare.at == "":
			continue
		case i+2 < len(toks) && toks[i+1].sign("(") && toks[i+2].sign(")"):
			called = 2
		case i+3 < len(toks) && toks[i+1].sign("(") && toks[i+2].kind == number && toks[i+3].sign(")"):
			called = 3
		case bare.called:
			continue
		}
		f.add(expr[rest:toks[i].start]+bare.at, "began")
		i += called
		rest = toks[i].end
	}
	f.sql += expr[rest:]
	return f
}

// timeFunctions are the functions that give a statement's time, each with what gives the run's; called: only
// with parentheses, else the word is a name.
var timeFunctions = map[string]struct {
	at     string
	called bool
}{
	"CURRENT_TIMESTAMP": {at: beganLocal}, "LOCALTIME": {at: beganLocal}, "LOCALTIMESTAMP": {at: beganLocal}, "NOW": {at: beganLocal, called: true},
	"CURRENT_DATE": {at: "DATE(" + beganLocal + ")"}, "CURDATE": {at: "DATE(" + beganLocal + ")", called: true},
	"CURRENT_TIME": {at: "TIME(" + beganLocal + ")"}, "CURTIME": {at: "TIME(" + beganLocal + ")", called: true},
	"UTC_TIMESTAMP": {at: beganUTC}, "UTC_DATE": {at: "DATE(" + beganUTC + ")"}, "UTC_TIME": {at: "TIME(" + beganUTC + ")"},
	"UNIX_TIMESTAMP": {at: "CAST(? AS SIGNED)", called: true},
}

const (
	beganLocal = "FROM_UNIXTIME(CAST(? AS SIGNED))"
	beganUTC   = "(TIMESTAMP'1970-01-01 00:00:00' + INTERVAL CAST(? AS SIGNED) SECOND)"
)

// givenTime is what every row gets in a new column whose default names the time of the statement; empty: its
// default is another.
func givenTime(m schema.Mapping, col *schema.Column) fragment {
	if m.From != "" || m.Using != "" || col == nil || col.Generated != "" || col.Default == "" {
		return fragment{}
	}
	if f := atBegin(col.Default); len(f.args) > 0 {
		return f
	}
	return fragment{}
}
