package sqlite

import (
	"fmt"
	"strings"

	"surefoot/schema"
)

// unique is something of a table that two rows cannot share, other than the key of the walk.
type unique struct {
	columns []string // plain columns; nil where parts are expressions
	exprs   []string
	where   string // of a partial index
	rowid   string // the hidden rowid; the others are empty then
}

// uniques lists what two rows cannot share.
func uniques(t *schema.Table, key []keyColumn, rowid string) []unique {
	var out []unique
	if rowid != "" {
		out = append(out, unique{rowid: rowid})
	}
	for _, ix := range t.Indexes {
		if !ix.Unique || !ix.Partial && sameNames(ix.Columns, names(key)) {
			continue
		}
		u := unique{columns: ix.Columns}
		if ix.Definition != "" && (ix.Partial || contains(ix.Columns, "")) {
			u = expressions(ix.Definition)
		} else if contains(ix.Columns, "") {
			continue // a key with a collation of its own: nothing of it is known by name
		}
		out = append(out, u)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if strings.EqualFold(l, s) {
			return true
		}
	}
	return false
}

// expressions reads the parts of an index's definition.
func expressions(sql string) unique {
	var u unique
	tokens := tokenize(sql)
	for i, t := range tokens {
		if !t.sign("(") {
			continue
		}
		end := closing(tokens, i)
		if end < 0 {
			return u
		}
		for _, item := range commas(tokens[i+1 : end]) {
			if len(item) > 1 && item[len(item)-1].is("ASC", "DESC") {
				item = item[:len(item)-1]
			}
			u.exprs = append(u.exprs, sql[item[0].start:item[len(item)-1].end])
		}
		if end+2 < len(tokens) {
			u.where = sql[tokens[end+2].start:tokens[len(tokens)-1].end]
		}
		return u
	}
	return u
}

// value is a column's name in the target and the expression over the source that gives its value.
type value struct{ name, expr string }

// values gives what is needed of a source row to know which target row it meets; nil where a part
// is not copied but computed, so that it cannot be known before.
func (u unique) values(columns []schema.Mapping, rowid string) []value {
	if u.rowid != "" {
		return []value{{u.rowid, rowid}}
	}
	var out []value
	for _, m := range columns {
		if m.From == "" && m.Using == "" || u.columns != nil && !contains(u.columns, m.To) {
			continue
		}
		expr := quote(m.From)
		if m.Using != "" {
			expr = "(" + m.Using + ")"
		}
		out = append(out, value{m.To, expr})
	}
	if u.columns != nil && len(out) != len(u.columns) {
		return nil
	}
	return out
}

// meets is the condition that a target row, whose columns stand unqualified or behind of, has what
// the values have. given tells how a value is named.
func (u unique) meets(of string, values []value, given func(i int) string) string {
	var parts []string
	if u.exprs == nil {
		for i, v := range values {
			name := quote(v.name)
			if u.rowid != "" {
				name = v.name
			}
			parts = append(parts, fmt.Sprintf("%s%s = %s", of, name, given(i)))
		}
		return strings.Join(parts, " AND ")
	}
	var row []string
	for i, v := range values {
		row = append(row, given(i)+" AS "+quote(v.name))
	}
	of = " FROM (SELECT " + strings.Join(row, ", ") + "))"
	for _, e := range u.exprs {
		parts = append(parts, fmt.Sprintf("(%s) = (SELECT (%s)%s", e, e, of))
	}
	if u.where != "" {
		parts = append(parts, "("+u.where+")", fmt.Sprintf("(SELECT (%s)%s", u.where, of))
	}
	return strings.Join(parts, " AND ")
}

// evict deletes target rows that share a unique value with source rows that are about to be
// copied, where the log says that they are out of date: they will come back when their turn comes.
// A row that is current stays, so that a real duplicate is an error.
func (u unique) evict(target, log string, key []keyColumn, values []value, source string) string {
	return "DELETE FROM " + quote(target) + " WHERE " + u.inTheWay(target, log, key, values, source)
}

// setAside does the same for the hidden rowid and keeps the rows, for what they alone hold: they get one that
// nobody has, until their turn comes.
func (u unique) setAside(target, log string, key []keyColumn, values []value, source string) string {
	return fmt.Sprintf("UPDATE %s SET %s = %[2]s + iif(%[2]s < 0, 1, -1) * 4611686018427387904 WHERE %s",
		quote(target), u.rowid, u.inTheWay(target, log, key, values, source))
}

// inTheWay is the condition that a target row must go before source rows come.
func (u unique) inTheWay(target, log string, key []keyColumn, values []value, source string) string {
	var list []string
	for i, v := range values {
		list = append(list, fmt.Sprintf("%s AS _sf_%d", v.expr, i))
	}
	var other []string
	for i, k := range key {
		list = append(list, fmt.Sprintf("%s AS _sf_k%d", quote(k.Name), i))
		other = append(other, fmt.Sprintf("s.%s IS NOT +n._sf_k%d", quote(k.Name), i))
	}
	return fmt.Sprintf("%s IN (SELECT %s FROM (SELECT %s FROM %s) AS n CROSS JOIN %s AS s ON %s AND (%s)) AND %s IN (SELECT %s FROM %s)",
		tuple(key, ""), keyList(key, "s."), strings.Join(list, ", "), source, quote(target),
		u.meets("s.", values, func(i int) string { return fmt.Sprintf("+n._sf_%d", i) }), strings.Join(other, " OR "),
		tuple(key, ""), keyList(key, "+"), quote(log))
}

// keyList lists the key's columns for a SELECT.
func keyList(key []keyColumn, of string) string {
	out := make([]string, len(key))
	for i, c := range key {
		out[i] = of + quote(c.Name)
	}
	return strings.Join(out, ", ")
}
