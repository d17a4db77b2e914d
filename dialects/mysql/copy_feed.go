package mysql

import (
	"strings"

	"surefoot/planner"
)

// transfer is how one table's columns become another's.
type transfer struct {
	to, from []string // to: columns; from: expressions over the source
}

// values is the transfer from the live table to the shadow.
func (c *copying) values() transfer {
	var v transfer
	for _, m := range c.cp.Columns {
		if m.From == "" && m.Using == "" {
			continue
		}
		v.to = append(v.to, quote(m.To))
		if m.Using != "" {
			v.from = append(v.from, "("+m.Using+")")
		} else {
			v.from = append(v.from, quote(m.From))
		}
	}
	return v
}

// backwards is the transfer from the new table to the old one. A column that the old table has and
// the new one does not fill takes its default.
func (c *copying) backwards() transfer {
	var v transfer
	for _, m := range c.cp.Columns {
		if m.From == "" {
			continue
		}
		v.to = append(v.to, quote(m.From))
		v.from = append(v.from, quote(m.To))
	}
	return v
}

// chosen lists the log ids that a statement is about, as a table. Both servers know JSON_TABLE, and
// with STRAIGHT_JOIN it drives the join: the log and the tables are met by their keys.
const chosen = "JSON_TABLE(CONCAT('[', ?, ']'), '$[*]' COLUMNS (id BIGINT PATH '$')) AS sf_ids"

// feed makes the target's rows of logged keys what the source's rows are now. No table stands
// twice in a statement and none has an alias: LOCK TABLES would need a lock for each.
func (c *copying) feed(name string, p capture, source, target planner.Name, v transfer) *planner.Feed {
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
	return &planner.Feed{
		Name: name, Names: namesOf(p.key),
		Take:      planner.Stmt{SQL: "SELECT seq FROM " + log + " ORDER BY seq LIMIT ?", Args: []string{"limit"}},
		TakeBelow: takeBelow(p, log),
		Apply: []planner.Stmt{
			{SQL: "DELETE " + dst + " FROM " + picked + " STRAIGHT_JOIN " + dst + " ON " + strings.Join(onTarget, " AND "), Args: ids},
			{SQL: "INSERT INTO " + dst + " (" + strings.Join(v.to, ", ") + ") SELECT " + strings.Join(v.from, ", ") +
				" FROM (SELECT DISTINCT " + strings.Join(keys, ", ") + " FROM " + picked + ") AS sf_keys STRAIGHT_JOIN " + src +
				" ON " + strings.Join(onSource, " AND "), Args: ids},
			{SQL: "DELETE " + log + " FROM " + picked, Args: ids},
		},
		Keys:    planner.Stmt{SQL: "SELECT " + strings.Join(texts, ", ") + " FROM " + picked, Args: ids},
		Backlog: planner.Stmt{SQL: "SELECT COUNT(*) FROM (SELECT 1 FROM " + log + " LIMIT ?) AS sf_some", Args: []string{"limit"}},
	}
}

// takeBelow gives entries whose key lies in the part of the table that is copied.
func takeBelow(p capture, log string) planner.Stmt {
	logged := make([]planner.Column, len(p.key))
	for i, k := range p.key {
		logged[i] = k
		logged[i].Name = logColumn(i)
	}
	where := upTo(logged, log)
	return planner.Stmt{
		SQL:  "SELECT seq FROM " + log + " WHERE " + where.sql + " ORDER BY seq LIMIT ?",
		Args: append(where.args, "limit"),
	}
}
