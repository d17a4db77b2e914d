package mysql

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// transfer is how one table's columns become another's.
type transfer struct {
	to, from []string // to: columns; from: expressions over the source
	args     []string // of the expressions, in their order
}

// values is the transfer from the live table to the shadow. What the shadow computes it computes
// itself. A new column takes its default; one that has none and must not be NULL gets what ALTER TABLE
// gives rows that are there, for INSERT would refuse.
func (c *copying) values() transfer {
	var v transfer
	for _, m := range c.cp.Columns {
		col := c.after.Column(m.To)
		from := quote(m.From)
		switch {
		case col == nil || col.Generated != "":
			continue
		case m.Using != "":
			from = "(" + m.Using + ")"
		case m.From == "" && givenTime(m, col).sql != "":
			given := givenTime(m, col)
			from, v.args = "("+given.sql+")", append(v.args, given.args...)
		case m.From == "":
			if from = implicitValue(*col); from == "" {
				continue
			}
		}
		v.to, v.from = append(v.to, quote(m.To)), append(v.from, from)
	}
	return v
}

// backwards is the transfer from the new table to the old one. A column that the old table has and
// the new one does not fill takes its default, as in values.
func (c *copying) backwards() transfer {
	var v transfer
	filled := map[string]bool{}
	for _, m := range c.cp.Columns {
		if m.From == "" || c.cp.Live.Column(m.From).Generated != "" {
			continue
		}
		filled[m.From] = true
		v.to = append(v.to, quote(m.From))
		v.from = append(v.from, quote(m.To))
	}
	for _, col := range c.cp.Live.Columns {
		if value := implicitValue(col); value != "" && !filled[col.Name] {
			v.to, v.from = append(v.to, quote(col.Name)), append(v.from, value)
		}
	}
	return v
}

// implicitValue is what the server gives rows in a column that is NOT NULL without a default; empty:
// the column is another, or there is none that fits under every sql_mode.
func implicitValue(col schema.Column) string {
	t := columnType(col.Type, col.Collation)
	if !col.NotNull || col.Default != "" || col.Generated != "" || col.Identity != "" {
		return ""
	}
	switch {
	case t.isInt(), t.name == "decimal", t.name == "float", t.name == "double", t.name == "bit":
		return "0"
	case t.name == "enum":
		return literal(t.args[0])
	case t.name == "binary": // a value of the column's whole length
		return "CAST('' AS " + col.Type + ")"
	case t.isText(), t.isBinary():
		return "''"
	case t.name == "year":
		return "0"
	case t.name == "time":
		return "'00:00:00'"
	}
	return ""
}

// chosen lists the log ids that a statement is about, as a table. Both servers know JSON_TABLE, and
// with STRAIGHT_JOIN it drives the join: the log and the tables are met by their keys.
const chosen = "JSON_TABLE(CONCAT('[', ?, ']'), '$[*]' COLUMNS (id BIGINT PATH '$')) AS sf_ids"

// feed makes the target's rows of logged keys what the source's rows are now. No table stands
// twice in a statement and none has an alias: LOCK TABLES would need a lock for each.
func (c *copying) feed(name string, p capture, source, target schema.Name, v transfer) *plan.Capture {
	log, src, dst := qualified(p.log), qualified(source), qualified(target)
	picked := chosen + " STRAIGHT_JOIN " + log + " ON " + log + ".seq = sf_ids.id"
	var keys, onTarget, onSource, texts []string
	for i, k := range p.key {
		logged := log + "." + logColumn(i)
		keys = append(keys, logged+" AS sf_"+logColumn(i))
		onTarget = append(onTarget, dst+"."+quote(k.Name)+" = "+logged)
		onSource = append(onSource, src+"."+quote(k.Name)+" = sf_keys.sf_"+logColumn(i))
		as := k
		as.Name = logColumn(i)
		texts = append(texts, keyText(as, log))
	}
	ids := []string{"ids"}
	return &plan.Capture{
		Name: name, Names: namesOf(p.key),
		Take:      plan.Stmt{SQL: "SELECT seq FROM " + log + " ORDER BY seq LIMIT ?", Args: []string{"limit"}},
		TakeBelow: takeBelow(p, log),
		Apply: []plan.Stmt{
			{SQL: "DELETE " + dst + " FROM " + picked + " STRAIGHT_JOIN " + dst + " ON " + strings.Join(onTarget, " AND "), Args: ids},
			{SQL: "INSERT INTO " + dst + " (" + strings.Join(v.to, ", ") + ") SELECT " + strings.Join(v.from, ", ") +
				" FROM (SELECT DISTINCT " + strings.Join(keys, ", ") + " FROM " + picked + ") AS sf_keys STRAIGHT_JOIN " + src +
				" ON " + strings.Join(onSource, " AND "), Args: append(slices.Clone(v.args), ids...)},
			{SQL: "DELETE " + log + " FROM " + picked, Args: ids},
		},
		Keys:    plan.Stmt{SQL: "SELECT " + strings.Join(texts, ", ") + " FROM " + picked, Args: ids},
		Backlog: plan.Stmt{SQL: "SELECT COUNT(*) FROM (SELECT 1 FROM " + log + " LIMIT ?) AS sf_some", Args: []string{"limit"}},
	}
}

// takeBelow gives entries whose key lies in the part of the table that is copied.
func takeBelow(p capture, log string) plan.Stmt {
	logged := make([]schema.Column, len(p.key))
	for i, k := range p.key {
		logged[i] = k
		logged[i].Name = logColumn(i)
	}
	where := upTo(logged, log)
	return plan.Stmt{
		SQL:  "SELECT seq FROM " + log + " WHERE " + where.sql + " ORDER BY seq LIMIT ?",
		Args: append(where.args, "limit"),
	}
}
