package mysql

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// keyText selects a key column as text, so that keyParam gives back exactly the same value.
func keyText(c schema.Column, table string) string {
	col := table + "." + quote(c.Name)
	t := columnType(c.Type, c.Collation)
	switch {
	case t.isBinary():
		return "HEX(" + col + ")"
	case t.isText():
		return "CONVERT(" + col + " USING utf8mb4)"
	}
	return "CAST(" + col + " AS CHAR)"
}

// keyParam is a parameter that holds a key column's text, as a value of the column's own type:
// comparisons with it follow the column's collation and use its index.
func keyParam(c schema.Column) string {
	t := columnType(c.Type, c.Collation)
	switch {
	case t.isInt() && t.unsigned:
		return "CAST(? AS UNSIGNED)"
	case t.isInt():
		return "CAST(? AS SIGNED)"
	case t.name == "year":
		return "CAST(? AS UNSIGNED)"
	case t.name == "decimal":
		return "CAST(? AS DECIMAL(" + strings.Join(t.args, ",") + "))"
	case t.name == "date":
		return "CAST(? AS DATE)"
	case t.name == "datetime" || t.name == "timestamp":
		return fmt.Sprintf("CAST(? AS DATETIME(%d))", t.arg(0))
	case t.name == "time":
		return fmt.Sprintf("CAST(? AS TIME(%d))", t.arg(0))
	case t.isBinary():
		return "UNHEX(?)"
	}
	if t.charset == "" { // a collation without its charset's name, or none that is known
		return "?"
	}
	return "CONVERT(? USING " + t.charset + ") COLLATE " + c.Collation
}

// fragment is a piece of SQL and what is bound in it.
type fragment struct {
	sql  string
	args []string
}

func (f *fragment) add(sql string, args ...string) {
	f.sql += sql
	f.args = append(f.args, args...)
}

// after is the condition key > lo, and upTo key <= hi. A key of several columns is compared column
// by column, because the servers do not use an index for (a, b) > (x, y); the bound on the first
// column alone gives the index its range.
func after(key []schema.Column, table string) fragment { return compared(key, table, "lo", ">", ">") }

func upTo(key []schema.Column, table string) fragment { return compared(key, table, "hi", "<", "<=") }

func compared(key []schema.Column, table, bound, strict, last string) fragment {
	var f fragment
	if len(key) > 1 {
		f.add(fmt.Sprintf("%s.%s %s= %s AND ", table, quote(key[0].Name), strict, keyParam(key[0])), bound+"0")
	}
	for i, c := range key {
		name, arg := table+"."+quote(c.Name), fmt.Sprint(bound, i)
		if i == len(key)-1 {
			f.add(name+" "+last+" "+keyParam(c), arg)
			break
		}
		f.add("("+name+" "+strict+" "+keyParam(c)+" OR "+name+" = "+keyParam(c)+" AND ", arg, arg)
	}
	f.sql += strings.Repeat(")", len(key)-1)
	return f
}

// ranged gives a statement in its four shapes: head, the condition that keeps the key within the
// range, tail. The head must end where a WHERE or AND may follow.
func ranged(key []schema.Column, table string, build func(where fragment) fragment) plan.Ranged {
	shape := func(lo, hi bool) plan.Stmt {
		f := build(within(key, table, lo, hi))
		return plan.Stmt{SQL: f.sql, Args: f.args}
	}
	return plan.Ranged{First: shape(false, true), Mid: shape(true, true), Last: shape(true, false), All: shape(false, false)}
}

// within is the condition that a row's key lies in a range.
func within(key []schema.Column, table string, lo, hi bool) fragment {
	var f fragment
	switch {
	case lo && hi:
		a, b := after(key, table), upTo(key, table)
		f.add(a.sql+" AND "+b.sql, append(a.args, b.args...)...)
	case lo:
		f = after(key, table)
	case hi:
		f = upTo(key, table)
	default:
		f.sql = "TRUE"
	}
	return f
}

// nextKey finds the key of the limit-th next row.
func nextKey(t *schema.Table, key []schema.Column) plan.Ranged {
	name := qualified(t.Name)
	return ranged(key, name, func(where fragment) fragment {
		var texts, order []string
		for _, c := range key {
			texts = append(texts, keyText(c, name))
			order = append(order, name+"."+quote(c.Name))
		}
		var f fragment
		f.add("SELECT "+strings.Join(texts, ", ")+" FROM "+name+" FORCE INDEX ("+keyIndex(t, key)+") WHERE "+where.sql, where.args...)
		f.add(" ORDER BY "+strings.Join(order, ", ")+" LIMIT 1 OFFSET ?", "skip")
		return f
	})
}

// keyIndex is the quoted name of the index that a table is walked by.
func keyIndex(t *schema.Table, key []schema.Column) string {
	for _, primary := range []bool{true, false} {
		for _, ix := range t.Indexes {
			if ix.Primary == primary && ix.Unique && sameNames(ix.Columns, key) {
				return quote(ix.Name)
			}
		}
	}
	return "PRIMARY"
}

func sameNames(names []string, key []schema.Column) bool {
	if len(names) != len(key) {
		return false
	}
	for i, c := range key {
		if !strings.EqualFold(names[i], c.Name) {
			return false
		}
	}
	return true
}

func namesOf(key []schema.Column) []string {
	names := make([]string, len(key))
	for i, c := range key {
		names[i] = c.Name
	}
	return names
}

// walkOver is a walk over a table, without what is done in it.
func walkOver(t *schema.Table, key []schema.Column) *plan.Walk {
	return &plan.Walk{Table: t.Name.String(), Keys: len(key), Names: namesOf(key), Rows: t.Stats.Rows, Next: nextKey(t, key)}
}
