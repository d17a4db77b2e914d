package mysql

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// copyRows copies key range by key range. Under READ COMMITTED the SELECT takes no lock on the
// rows that it reads.
func (c *copying) copyRows() []plan.Step {
	live, v := qualified(c.at.live), c.values()
	walk := walkOver(c.cp.Live, c.cp.Key)
	walk.Do = []plan.Ranged{ranged(c.cp.Key, live, func(where fragment) fragment {
		return fragment{
			sql: "INSERT INTO " + qualified(c.at.shadow) + " (" + strings.Join(v.to, ", ") + ") SELECT " + strings.Join(v.from, ", ") +
				" FROM " + live + " FORCE INDEX (" + keyIndex(c.cp.Live, c.cp.Key) + ") WHERE " + where.sql,
			args: append(slices.Clone(v.args), where.args...),
		}
	})}
	return []plan.Step{{
		Price: plan.Price{Work: plan.WriteRows}, Act: plan.Act{Walk: walk},
	}}
}

// verify compares both tables range by range.
func (c *copying) verify() ([]plan.Step, error) {
	diff, err := c.diff()
	if err != nil {
		return nil, err
	}
	walk := walkOver(c.cp.Live, c.cp.Key)
	walk.Diff = &diff
	for _, table := range []schema.Name{c.at.live, c.at.shadow} {
		name := qualified(table)
		columns := make([]string, len(c.cp.Key))
		for i, k := range c.cp.Key {
			columns[i] = name + "." + quote(k.Name)
		}
		walk.Repair = append(walk.Repair, ranged(c.cp.Key, name, func(where fragment) fragment {
			return fragment{
				sql:  "INSERT INTO " + qualified(c.at.log) + " SELECT " + logID + ", " + strings.Join(columns, ", ") + " FROM " + name + " WHERE " + where.sql,
				args: where.args,
			}
		}))
	}
	return []plan.Step{{
		Price: plan.Price{Work: plan.ReadTwice}, Act: plan.Act{Walk: walk},
	}}, nil
}

// diff gives the keys of a range whose rows differ, in one statement and so in one snapshot: live
// rows whose shadow is missing or not the same, and shadow rows without a live one. Only for these
// the log is asked, whether the key waits there.
func (c *copying) diff() (plan.Ranged, error) {
	var same, given []string
	for _, m := range c.cp.Columns {
		col := c.after.Column(m.To)
		if col != nil && col.Generated != "" {
			continue
		}
		if m.From == "" {
			value := newValue(m, col)
			if f := givenTime(m, col); f.sql == beganLocal && slices.Contains([]string{"datetime", "timestamp"}, columnType(col.Type, "").name) {
				value, given = f.sql, append(given, f.args...)
			}
			switch value {
			case "":
			case "NULL": // not every type knows <=>
				same = append(same, "s."+quote(m.To)+" IS NULL")
			default:
				same = append(same, "s."+quote(m.To)+" <=> "+value)
			}
			continue
		}
		condition, err := c.compare(m)
		if err != nil {
			return plan.Ranged{}, err
		}
		same = append(same, condition)
	}
	live, shadow, log := qualified(c.at.live), qualified(c.at.shadow), qualified(c.at.log)
	var joined, waits, texts []string
	for i, k := range c.cp.Key {
		joined = append(joined, "s."+quote(k.Name)+" = l."+quote(k.Name))
		waits = append(waits, log+"."+logColumn(i)+" = sf_found.sf_"+logColumn(i))
		texts = append(texts, fmt.Sprintf("sf_found.sf_t%d", i))
	}
	missing := quote(c.cp.Key[0].Name)
	build := func(lo, hi bool) plan.Stmt {
		inLive, inShadow := within(c.cp.Key, "l", lo, hi), within(c.cp.Key, "s", lo, hi)
		var f fragment
		f.add("SELECT "+strings.Join(texts, ", ")+" FROM (SELECT "+c.found("l")+" FROM "+live+" AS l FORCE INDEX ("+keyIndex(c.cp.Live, c.cp.Key)+") LEFT JOIN "+
			shadow+" AS s ON "+strings.Join(joined, " AND ")+" WHERE "+inLive.sql+" AND (s."+missing+" IS NULL OR NOT ("+strings.Join(same, " AND ")+"))", append(slices.Clone(inLive.args), given...)...)
		f.add(" UNION ALL SELECT "+c.found("s")+" FROM "+shadow+" AS s LEFT JOIN "+live+" AS l ON "+strings.Join(joined, " AND ")+
			" WHERE "+inShadow.sql+" AND l."+missing+" IS NULL", inShadow.args...)
		f.add(") AS sf_found WHERE NOT EXISTS (SELECT 1 FROM "+log+" WHERE "+strings.Join(waits, " AND ")+") LIMIT ?", "limit")
		return plan.Stmt{SQL: f.sql, Args: f.args}
	}
	return plan.Ranged{First: build(false, true), Mid: build(true, true), Last: build(true, false), All: build(false, false)}, nil
}

// newValue is what every row has in a column that is new; empty: what the server gave it is not known, for
// it is of a time, of chance, or of a default that the column has no more.
func newValue(m schema.Mapping, col *schema.Column) string {
	switch {
	case col == nil || m.Using != "" || col.Identity != "":
		return ""
	case implicitValue(*col) != "":
		return implicitValue(*col)
	case col.Default == "" && !col.NotNull:
		return "NULL"
	case constant(col.Default):
		return "DEFAULT(s." + quote(m.To) + ")"
	}
	return ""
}

// constant says that a default is a literal.
func constant(def string) bool {
	toks := tokenize(def, sqlMode{})
	return len(toks) > 0 && !slices.ContainsFunc(toks, func(t token) bool {
		return t.sign("(") || t.kind == word && !t.is("null", "true", "false")
	})
}

// found selects a key, as text for people and as it is for the log.
func (c *copying) found(table string) string {
	var columns []string
	for i, k := range c.cp.Key {
		columns = append(columns, fmt.Sprintf("%s AS sf_t%d, %s.%s AS sf_%s", keyText(k, table), i, table, quote(k.Name), logColumn(i)))
	}
	return strings.Join(columns, ", ")
}

// compare is the condition that one column is right in the shadow.
func (c *copying) compare(m schema.Mapping) (string, error) {
	from, to := c.cp.Live.Column(m.From), c.after.Column(m.To)
	if from == nil || to == nil {
		return "", fmt.Errorf("column %s is not known", m.To)
	}
	condition, ok := c.d.same(columnType(from.Type, from.Collation), columnType(to.Type, to.Collation), "l."+quote(m.From), "s."+quote(m.To))
	if !ok || m.Using != "" {
		return "", fmt.Errorf("whether %s became %s rightly in column %s cannot be compared exactly", from.Type, to.Type, m.To)
	}
	return condition, nil
}
