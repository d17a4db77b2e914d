package mysql

import "strconv"

// losesValues says whether a change of type silently keeps less of some values, in strict mode: fractions,
// times of day, digits, how a number was written, and the blanks at an end where it becomes CHAR. What does not
// fit otherwise is an error. Seen on MySQL 9.7 and MariaDB 10.11 and 11.8 (TestLosesValues).
func losesValues(from, to colType) bool {
	switch {
	case from.name == to.name && !to.isTemporal() && to.name != "decimal" && !to.isFloat():
		return false
	case to.isTemporal():
		return !from.isTemporal() || from.holdsDate() && !to.holdsDate() || from.holdsTime() && !to.holdsTime() || from.fraction() > to.fraction()
	case to.name == "year" || to.isMember():
		return !to.isMember() || !from.isMember()
	case to.isInt() || to.name == "bit" || to.name == "decimal":
		return from.fraction() > to.scale() || from.scale() > to.scale() || from.isFloat() || from.isWritten()
	case to.isFloat():
		return from.digits() > to.digits() || from.isWritten() || len(to.args) == 2 && (from.scale() > to.scale() || from.isFloat() && len(from.args) < 2)
	case to.name == "char":
		return from.isWritten()
	}
	return false
}

// isWritten: text that says a number or a time in one of many ways.
func (t colType) isWritten() bool { return (t.isText() || t.isBinary()) && !t.isMember() }

func (t colType) isTemporal() bool { return t.holdsDate() || t.name == "time" }

func (t colType) holdsDate() bool {
	return t.name == "date" || t.name == "datetime" || t.name == "timestamp"
}

func (t colType) holdsTime() bool {
	return t.name == "time" || t.name == "datetime" || t.name == "timestamp"
}

func (t colType) isFloat() bool { return t.name == "float" || t.name == "double" }

// fraction is how many digits of a second's fraction a time holds; others hold none.
func (t colType) fraction() int {
	if !t.holdsTime() {
		return 0
	}
	return t.arg(0)
}

// scale is how many digits a number has behind its point where its type says so; others have none.
func (t colType) scale() int {
	if t.name != "decimal" && !t.isFloat() || len(t.args) < 2 {
		return 0
	}
	n, err := strconv.Atoi(t.args[1])
	if err != nil {
		return 0
	}
	return n
}

// digits is how many decimal digits a number holds exactly, or surely gives back; what is no number holds
// none.
func (t colType) digits() int {
	switch {
	case t.name == "float":
		return 6
	case t.name == "double":
		return 15
	case t.name == "decimal":
		return t.arg(10)
	case t.name == "bit":
		return (t.arg(1) + 2) / 3
	case t.isTemporal():
		return 14 + t.fraction()
	}
	return map[string]int{"tinyint": 3, "smallint": 5, "mediumint": 8, "int": 10, "bigint": 20, "year": 4}[t.name]
}
