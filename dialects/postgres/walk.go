package postgres

import (
	"strconv"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// walkKey writes what walks a table in the order of its key. Key values travel as text: selected
// with ::text and read back with ::text::type, so that the server compares them as values of the
// column's own type and collation. A composite key is compared as a row, which one index scan
// answers.
type walkKey struct {
	table   schema.Name
	columns []schema.Column
	prefix  string // of the columns: an alias with a dot, or empty
}

func names(columns []schema.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// list gives the key's columns: "a", "b".
func (k walkKey) list() string {
	out := make([]string, len(k.columns))
	for i, c := range k.columns {
		out[i] = k.prefix + quote(c.Name)
	}
	return strings.Join(out, ", ")
}

// row gives the key as one value to compare: "a", or ("a", "b").
func (k walkKey) row() string {
	if len(k.columns) == 1 {
		return k.list()
	}
	return "(" + k.list() + ")"
}

// texts gives the key's columns as text.
func (k walkKey) texts() string {
	out := make([]string, len(k.columns))
	for i, c := range k.columns {
		out[i] = k.prefix + quote(c.Name) + "::text"
	}
	return strings.Join(out, ", ")
}

// bound gives the bound "lo" or "hi" as a value, and its arguments; the first is $from.
func (k walkKey) bound(which string, from int) (string, []string) {
	values := make([]string, len(k.columns))
	args := make([]string, len(k.columns))
	for i, c := range k.columns {
		values[i] = "$" + strconv.Itoa(from+i) + "::text::" + c.Type
		args[i] = which + strconv.Itoa(i)
	}
	if len(values) == 1 {
		return values[0], args
	}
	return "(" + strings.Join(values, ", ") + ")", args
}

// within gives the condition for a range; the first argument is $from. Without bounds it is "".
func (k walkKey) within(lo, hi bool, from int) (string, []string) {
	var conditions, args []string
	if lo {
		value, a := k.bound("lo", from)
		conditions, args = append(conditions, k.row()+" > "+value), append(args, a...)
	}
	if hi {
		value, a := k.bound("hi", from+len(args))
		conditions, args = append(conditions, k.row()+" <= "+value), append(args, a...)
	}
	return strings.Join(conditions, " AND "), args
}

// ranged makes a statement for each shape: head, then glue and the range's condition where there is
// one, then tail.
func (k walkKey) ranged(head, glue, tail string) plan.Ranged {
	return shapes(func(lo, hi bool) plan.Stmt {
		where, args := k.within(lo, hi, 1)
		if where != "" {
			where = glue + where
		}
		return plan.Stmt{SQL: head + where + tail, Args: args}
	})
}

// shapes makes the four shapes of a statement.
func shapes(write func(lo, hi bool) plan.Stmt) plan.Ranged {
	numbered := func(lo, hi bool) plan.Stmt { return write(lo, hi).Numbered(beganParameter) }
	return plan.Ranged{First: numbered(false, true), Mid: numbered(true, true), Last: numbered(true, false), All: numbered(false, false)}
}

// next gives the key of the limit-th row of a range. The key becomes text outside: beside it, ORDER
// BY would mean the text, and every row that is passed over would be converted.
func (k walkKey) next() plan.Ranged {
	return shapes(func(lo, hi bool) plan.Stmt {
		where, args := k.within(lo, hi, 2)
		if where != "" {
			where = " WHERE " + where
		}
		return plan.Stmt{
			SQL: "SELECT " + k.texts() + " FROM (SELECT " + k.list() + " FROM " + qualified(k.table) + where +
				" ORDER BY " + k.list() + " OFFSET $1::bigint LIMIT 1) x",
			Args: append([]string{"skip"}, args...),
		}
	})
}
