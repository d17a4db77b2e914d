package sqlite

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Keys travel as text, so that every value that SQLite can store comes back as it was: its type
// belongs to the value, not to the column. Whole numbers and plain texts are written as they are,
// the others behind a mark: ~t the bytes of a text, ~x those of a blob (both hexadecimal), ~r a
// number with a fraction, ~' a text that would read as a number or a mark.
func encode(expr string) string {
	return strings.ReplaceAll("CASE typeof($) WHEN 'text' THEN CASE WHEN $ GLOB '*[^ -~]*' OR length($) <> octet_length($) THEN '~t' || hex($)"+
		" WHEN $ GLOB '[-~0-9]*' THEN '~''' || $ ELSE $ END"+
		" WHEN 'blob' THEN '~x' || hex($) WHEN 'real' THEN '~r' || quote($) ELSE CAST($ AS TEXT) END", "$", expr)
}

// decode reads a key from the parameter with this number.
func decode(n int) string {
	return strings.ReplaceAll("CASE substr($, 1, 2) WHEN '~''' THEN substr($, 3) WHEN '~t' THEN CAST(unhex(substr($, 3)) AS TEXT)"+
		" WHEN '~x' THEN unhex(substr($, 3)) WHEN '~r' THEN CAST(substr($, 3) AS REAL)"+
		" ELSE iif($ GLOB '[-0-9]*', CAST($ AS INTEGER), $) END", "$", fmt.Sprint("?", n))
}

// keyColumn is a column of the key; whole: it is the rowid, and so always a whole number.
type keyColumn struct {
	schema.Column
	whole bool
}

func keyOf(t *schema.Table, key []schema.Column) []keyColumn {
	out := make([]keyColumn, len(key))
	for i, c := range key {
		out[i] = keyColumn{c, strings.EqualFold(t.Extra[extraRowid], c.Name)}
	}
	return out
}

// encoded gives the key's columns as text.
func encoded(key []keyColumn, of string) string {
	out := make([]string, len(key))
	for i, c := range key {
		out[i] = encode(of + quote(c.Name))
		if c.whole {
			out[i] = "CAST(" + of + quote(c.Name) + " AS TEXT)"
		}
	}
	return strings.Join(out, ", ")
}

// names lists the key's columns.
func names(key []keyColumn) []string {
	out := make([]string, len(key))
	for i, c := range key {
		out[i] = c.Name
	}
	return out
}

// tuple writes the key as a row value; of qualifies the columns ("l.", or "+l." to take their
// affinity away).
func tuple(key []keyColumn, of string) string {
	out := make([]string, len(key))
	for i, c := range key {
		out[i] = of + quote(c.Name)
	}
	if len(out) == 1 {
		return out[0]
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// bounds builds the conditions of a key range, and the arguments for them. from is the number of
// the first parameter.
type bounds struct {
	key  []keyColumn
	args []string
}

func (b *bounds) side(of, op, name string) string {
	vals := make([]string, len(b.key))
	for i := range b.key {
		arg := fmt.Sprint(name, i)
		at := 0
		for n, have := range b.args {
			if have == arg {
				at = n + 1 // the parameter is there already
			}
		}
		if at == 0 {
			b.args = append(b.args, arg)
			at = len(b.args)
		}
		vals[i] = decode(at)
		if b.key[i].whole {
			vals[i] = fmt.Sprintf("CAST(?%d AS INTEGER)", at)
		}
	}
	value := vals[0]
	if len(vals) > 1 {
		value = "(" + strings.Join(vals, ", ") + ")"
	}
	return tuple(b.key, of) + " " + op + " " + value
}

// in gives the condition that a row is in the range.
func (b *bounds) in(of string, lo, hi bool) string {
	var parts []string
	if lo {
		parts = append(parts, b.side(of, ">", "lo"))
	}
	if hi {
		parts = append(parts, b.side(of, "<=", "hi"))
	}
	if len(parts) == 0 {
		return "TRUE"
	}
	return strings.Join(parts, " AND ")
}

// ranged writes one statement in its four shapes. and are further conditions.
func ranged(key []keyColumn, write func(where string) string, and ...string) plan.Ranged {
	return shapes(key, func(b *bounds, lo, hi bool) string {
		return write(strings.Join(append([]string{b.in("", lo, hi)}, and...), " AND "))
	})
}

func shapes(key []keyColumn, write func(b *bounds, lo, hi bool) string) plan.Ranged {
	one := func(lo, hi bool) plan.Stmt {
		b := &bounds{key: key}
		sql := write(b, lo, hi)
		return plan.Stmt{SQL: sql, Args: b.args}.Numbered(beganParameter)
	}
	return plan.Ranged{First: one(false, true), Mid: one(true, true), Last: one(true, false), All: one(false, false)}
}

// walkOver walks a table in key order. NULL keys come first in the order and are in no range.
func walkOver(t *schema.Table, key []keyColumn) *plan.Walk {
	notNull := ""
	for _, c := range key {
		if !c.NotNull {
			notNull += " AND " + quote(c.Name) + " IS NOT NULL"
		}
	}
	var order []string
	for _, c := range key {
		order = append(order, quote(c.Name))
	}
	next := shapes(key, func(b *bounds, lo, hi bool) string {
		where := b.in("", lo, hi) + notNull
		b.args = append(b.args, "skip")
		return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1 OFFSET ?%d",
			encoded(key, ""), quote(t.Name.Table), where, strings.Join(order, ", "), len(b.args))
	})
	return &plan.Walk{Table: t.Name.String(), Keys: len(key), Names: names(key), Rows: t.Stats.Rows, Next: next, Alone: true}
}
