package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// verify compares both tables range by range, every value with its type, in one statement and so
// in one snapshot; in WAL mode it blocks nobody. Keys that wait in the log are passed over.
func (cp *copying) verify() plan.Step {
	w := walkOver(cp.live, cp.key)
	w.Alone, w.Workers = false, 1 // a second one takes 20 MB in this process
	diff := shapes(cp.key, func(b *bounds, lo, hi bool) string {
		inLive, inShadow := b.in("", lo, hi), b.in("s.", lo, hi)
		b.args = append(b.args, "limit")
		return cp.diff(inLive, inShadow, len(b.args))
	})
	w.Diff = &diff
	for _, table := range []string{cp.live.Name.Table, cp.shadow} {
		w.Repair = append(w.Repair, ranged(cp.key, func(where string) string {
			return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s",
				quote(cp.log), keyList(cp.key, ""), keyList(cp.key, ""), quote(table), where)
		}))
	}
	return plan.Step{
		Act: plan.Act{Walk: w}, Price: plan.Price{Work: plan.ReadTwice}, WayBack: plan.WayBack{Undo: []string{}},
	}
}

func (cp *copying) diff(inLive, inShadow string, limit int) string {
	var list, same, sameKey, found, shown []string
	for _, k := range cp.key {
		name := quote(k.Name)
		list = append(list, name)
		sameKey = append(sameKey, fmt.Sprintf("s.%s = +l.%s", name, name))
		found = append(found, "l."+name+" AS "+name)
		shown = append(shown, "quote("+name+")")
	}
	for i, m := range cp.columns {
		expr := quote(m.From)
		switch {
		case m.From == "" && ofChance(m.Using):
			continue
		case m.Using != "":
			expr = "(" + m.Using + ")"
		case m.From == "":
			if expr = newValue(cp.next.Column(m.To)); expr == "" {
				continue
			}
		}
		list = append(list, fmt.Sprintf("%s AS _sf_%d", expr, i))
		same = append(same, cp.equal(m, "s."+quote(m.To), fmt.Sprintf("l._sf_%d", i)))
	}
	if cp.rowid != "" {
		list = append(list, cp.rowid+" AS _sf_rowid")
		same = append(same, "s."+cp.rowid+" = l._sf_rowid")
	}
	var back []string
	for _, k := range cp.key {
		back = append(back, fmt.Sprintf("r.%s = +s.%s", quote(k.Name), quote(k.Name)))
	}
	notNull := ""
	if null := nullKeys(cp.key); null != "" {
		notNull = " WHERE NOT (" + null + ")"
	}
	return fmt.Sprintf("SELECT %s FROM (SELECT %s FROM (SELECT %s FROM %s WHERE %s) AS l LEFT JOIN %s AS s ON %s WHERE s.%s IS NULL OR NOT (%s)"+
		" UNION ALL SELECT %s FROM %s AS s WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS r WHERE %s)) WHERE %s NOT IN (SELECT %s FROM %s%s) LIMIT ?%d",
		strings.Join(shown, ", "), strings.Join(found, ", "), strings.Join(list, ", "), quote(cp.live.Name.Table), inLive,
		quote(cp.shadow), strings.Join(sameKey, " AND "), quote(cp.key[0].Name), strings.Join(same, " AND "),
		keyList(cp.key, "s."), quote(cp.shadow), inShadow, quote(cp.live.Name.Table), strings.Join(back, " AND "),
		tuple(cp.key, ""), keyList(cp.key, ""), quote(cp.log), notNull, limit)
}

// newValue is what every row has in a column that is new; empty: the column is computed, or its default is
// of a time or of chance.
func newValue(col *schema.Column) string {
	switch {
	case col == nil || col.Generated != "":
		return ""
	case col.Default == "":
		return "NULL"
	}
	constant := !slices.ContainsFunc(tokenize(col.Default), func(t token) bool {
		return t.kind == quoted || t.kind == word && !t.is("NULL", "TRUE", "FALSE")
	})
	if !constant {
		return ""
	}
	return "(" + col.Default + ")"
}

// equal compares a value of the shadow with what SQLite makes of the live table's value when it
// stores it there.
func (cp *copying) equal(m schema.Mapping, shadow, live string) string {
	col := cp.next.Column(m.To)
	was := cp.live.Column(m.From)
	if m.Using == "" && was != nil && affinityOf(was.Type) == affinityOf(col.Type) {
		return fmt.Sprintf("%s IS %s COLLATE BINARY AND typeof(%s) = typeof(%s)", shadow, live, shadow, live)
	}
	return fmt.Sprintf("%s IS %s COLLATE BINARY", shadow, stored(affinityOf(col.Type), live))
}

// stored is what a column of an affinity makes of a value (datatype3, section 3): text that reads
// as a number becomes one where numbers are wanted, numbers become text where text is wanted, and
// what does not fit stays as it is.
func stored(a affinity, x string) string {
	pattern := "$"
	switch a {
	case asText:
		pattern = "CASE WHEN typeof($) IN ('integer', 'real') THEN CAST($ AS TEXT) ELSE $ END"
	case asNumeric:
		pattern = "CASE WHEN typeof($) = 'text' AND CAST($ AS NUMERIC) = $ THEN CAST($ AS NUMERIC) ELSE $ END"
	case asReal:
		pattern = "CASE WHEN typeof($) = 'integer' THEN CAST($ AS REAL) WHEN typeof($) = 'text' AND CAST($ AS NUMERIC) = $ THEN CAST($ AS REAL) ELSE $ END"
	case asBlob:
	}
	return strings.ReplaceAll(pattern, "$", x)
}
