package mysql

import (
	"fmt"
	"slices"
	"strings"
)

// same gives the condition that a column of the shadow holds exactly what the live column's value
// becomes in it: compared byte by byte, so that no collation hides a difference. NULL is the same
// as NULL. ok is false for conversions that are not known exactly.
//
//	from \ to   integer  decimal  text   binary  date and time   enum, set   JSON
//	integer     yes      yes      yes    -       -               -           -
//	decimal     rounded  rounded  yes    -       -               -           -
//	text        rounded  rounded  yes    bytes   parsed          -           parsed
//	binary      -        -        bytes  padded  -               -           -
//	date, time  -        -        yes    -       same sort       -           -
//	enum, set   -        -        yes    -       -               by member   -
//	JSON        -        -        yes    -       -               -           yes
func (d *Dialect) same(from, to colType, live, shadow string) (condition string, ok bool) {
	equal := func(a, b string) (string, bool) { return "(" + a + ") <=> (" + b + ")", true }
	if d.typeText(from) == d.typeText(to) && sameCollation(from.collation, to.collation) {
		return equal(exact(from, live), exact(to, shadow))
	}
	switch {
	case to.name == "set" && from.name == "set":
		return sameSet(from, to, live, shadow)
	case to.isMember() && from.name == to.name:
		return equal(bytesOf(live), bytesOf(shadow))
	case to.isMember():
		return "", false
	case to.isText():
		a, ok := d.asText(from, to, live)
		if !ok {
			return "", false
		}
		return equal(a, bytesOf(shadow))
	case to.isBinary():
		return sameBinary(from, to, live, shadow)
	case to.name == "json" && from.isText():
		return equal(bytesOf("CAST("+live+" AS JSON)"), bytesOf(shadow))
	}
	return sameNumber(from, to, live, shadow)
}

// sameSet compares sets member by member, for each member may have another bit: the text of a set
// follows the order of its members.
func sameSet(from, to colType, live, shadow string) (string, bool) {
	value := []string{"0"}
	for i, member := range from.args {
		at := slices.IndexFunc(to.args, func(m string) bool { return strings.TrimRight(m, " ") == strings.TrimRight(member, " ") })
		switch {
		case strings.Contains(member, "?"): // perhaps a character that the server does not show
			return "", false
		case at < 0: // the copy fails where a row has it
			continue
		}
		value = append(value, fmt.Sprintf("IF((%s + 0) & %d, %d, 0)", live, uint64(1)<<i, uint64(1)<<at))
	}
	return "IF(" + live + " IS NULL, " + shadow + " IS NULL, (" + strings.Join(value, " | ") + ") <=> (" + shadow + " + 0))", true
}

// exact is an expression that differs for any two values that differ in any way.
func exact(t colType, col string) string {
	switch {
	case t.isMember():
		return col + " + 0"
	case t.isText(), t.name == "json":
		return bytesOf(col)
	case t.isSpatial(), t.name == "vector":
		return "HEX(" + col + ")"
	case t.name == "bit":
		return col + " + 0"
	}
	return col
}

// bytesOf gives the bytes of a value's text.
func bytesOf(expr string) string { return "CAST(CAST(" + expr + " AS CHAR) AS BINARY)" }

// asText gives the bytes that a value has in a text column.
func (d *Dialect) asText(from, to colType, live string) (string, bool) {
	switch {
	case from.isMember(), from.isText():
		text, known := live, from.charset == to.charset
		if to.charset != "" {
			text, known = "CONVERT("+live+" USING "+to.charset+")", true
		}
		if to.name == "char" { // CHAR gives values back without the blanks at their end
			text = "TRIM(TRAILING ' ' FROM " + text + ")"
		}
		return bytesOf(text), known
	case from.isInt() && !from.zerofill, from.name == "decimal", from.name == "json", from.name == "year",
		slices.Contains(temporal, from.name):
		return bytesOf(live), true
	case from.isBinary() && to.name != "char":
		return live, true
	}
	return "", false
}

var temporal = []string{"date", "time", "datetime", "timestamp"}

// sameBinary compares with a column of bytes.
func sameBinary(from, to colType, live, shadow string) (string, bool) {
	value := live
	switch {
	case from.isText():
		value = "CAST(" + live + " AS BINARY)"
	case !from.isBinary():
		return "", false
	}
	if to.name == "binary" { // shorter values are filled up with zero bytes
		value = fmt.Sprintf("RPAD(%s, %d, 0x00)", value, to.arg(1))
	}
	return "(" + value + ") <=> (" + shadow + ")", true
}

// sameNumber compares numbers, dates and times.
func sameNumber(from, to colType, live, shadow string) (string, bool) {
	value := ""
	switch {
	case from.isInt() && to.isInt(), from.isInt() && to.name == "double", from.name == "float" && to.name == "double":
		value = live
	case (from.isInt() || from.name == "decimal") && to.name == "decimal":
		value = "CAST(" + live + " AS DECIMAL(" + strings.Join(to.args, ",") + "))"
	case from.name == "decimal" && to.isInt():
		value = "ROUND(" + live + ")"
	case from.name == "bit" && to.name == "bit":
		value, shadow = live+" + 0", shadow+" + 0"
	case from.name == "bit" && to.isInt(), from.name == "year" && to.isInt():
		value = live + " + 0"
	case from.name == "time" && to.name == "time":
		value = fmt.Sprintf("CAST(%s AS TIME(%d))", live, to.arg(0))
	case (to.name == "datetime" || to.name == "timestamp") && from.name != "time" && slices.Contains(temporal, from.name):
		value = fmt.Sprintf("CAST(%s AS DATETIME(%d))", live, to.arg(0))
	case from.isText():
		value = parsed(to, live)
	}
	return "(" + value + ") <=> (" + shadow + ")", value != ""
}

// parsed gives what a text means as a number, a date or a time; empty: that is not known. A text
// that means nothing never comes here: copying it fails.
func parsed(to colType, live string) string {
	switch {
	case to.isInt():
		return "ROUND(CAST(" + live + " AS DECIMAL(65,20)))"
	case to.name == "decimal":
		return "CAST(" + live + " AS DECIMAL(" + strings.Join(to.args, ",") + "))"
	case to.name == "double":
		return "CAST(" + live + " AS DOUBLE)"
	case to.name == "date":
		return "CAST(" + live + " AS DATE)"
	case to.name == "time":
		return fmt.Sprintf("CAST(%s AS TIME(%d))", live, to.arg(0))
	case to.name == "datetime", to.name == "timestamp":
		return fmt.Sprintf("CAST(%s AS DATETIME(%d))", live, to.arg(0))
	}
	return ""
}
