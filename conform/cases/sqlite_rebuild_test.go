package cases

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// rebuild is what tools write where the engine has no ALTER: a new table, its rows, the old one
// dropped, the new one renamed, indexes made again (https://www.sqlite.org/lang_altertable.html,
// section 7).
func (s *sqliteTable) rebuild() {
	next := s.draft
	next.Name = doubled(pick(s.T, "new name", "new_t", "__new_t", "_t_old", "tmp table"))
	next.Columns, next.Inner = slices.Clone(s.Columns), slices.Clone(s.Inner)
	from := map[string]string{} // by the new column's name
	for _, c := range s.written() {
		from[c.Name] = c.Name
	}
	for range pick(s.T, "edits", 1, 1, 2, 3) {
		s.edit(&next, from)
	}
	var names, values []string
	given, whose := 0, pick(s.T, "qualified", "", "", s.Name+".")
	for _, c := range next.Columns {
		if strings.Contains(c.Def, "GENERATED") {
			continue
		}
		given++
		if v, ok := from[c.Name]; ok {
			if slices.ContainsFunc(s.Columns, func(c column) bool { return c.Name == v }) {
				v = whose + v
			}
			names, values = append(names, c.Name), append(values, v)
		}
	}
	into := " (" + strings.Join(names, ", ") + ")"
	if given == len(names) && chance(s.T, "without names", 40) {
		into = ""
	}
	heads := []string{
		next.create(),
		"INSERT INTO " + next.Name + into + " SELECT " + strings.Join(values, ", ") + " FROM " + s.Name,
		"DROP TABLE " + s.Name, "ALTER TABLE " + next.Name + " RENAME TO " + s.Name,
	}
	switch pick(s.T, "style", "plain", "plain", "off", "transaction") {
	case "off":
		heads = append(append([]string{"PRAGMA foreign_keys=OFF"}, heads...), "PRAGMA foreign_keys=ON")
	case "transaction":
		heads = append(append([]string{"BEGIN"}, heads...), "COMMIT")
	}
	for _, a := range s.After {
		switch {
		case strings.Contains(a, "INDEX ") && chance(s.T, "index again", 80), strings.Contains(a, "CREATE TRIGGER") && chance(s.T, "trigger again", 70):
			heads = append(heads, a)
		case strings.Contains(a, "CREATE VIEW") && chance(s.T, "view again", 80):
			heads = append(append([]string{"DROP VIEW seen"}, heads...), a)
		}
	}
	for _, h := range heads {
		s.Change = append(s.Change, statement{Head: h})
	}
}

// edit changes one thing of the new table; from says where each column's values come from.
func (s *sqliteTable) edit(d *draft, from map[string]string) {
	i := rapid.IntRange(0, len(d.Columns)-1).Draw(s.T, "edited")
	c := &d.Columns[i]
	switch pick(s.T, "edit", "auto", "strict", "rowid", "type", "type", "null", "default", "rename", "drop", "add", "check", "plain", "key", "order") {
	case "auto":
		if strings.Contains(d.Columns[0].Def, "AUTOINCREMENT") {
			d.Columns[0].Def = strings.ReplaceAll(d.Columns[0].Def, " AUTOINCREMENT", "")
		} else {
			d.Columns[0].Def = strings.Replace(d.Columns[0].Def, "PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT", 1)
		}
	case "strict":
		d.Options = pick(s.T, "options", "", " STRICT")
	case "rowid":
		d.Options = pick(s.T, "rowid", "", " WITHOUT ROWID")
	case "type":
		word, rest, _ := strings.Cut(c.Def, " ")
		if c.Key || word == "" || strings.Contains(rest, "GENERATED") {
			return
		}
		c.Def = strings.TrimSpace(pick(s.T, "new type", "TEXT", "INTEGER", "REAL", "BLOB", "NUMERIC") + " " + rest)
	case "null":
		if strings.Contains(c.Def, " NOT NULL") {
			c.Def = strings.Replace(c.Def, " NOT NULL", "", 1)
		} else if v, ok := from[c.Name]; ok && !c.Key {
			c.Def += " NOT NULL"
			from[c.Name] = "coalesce(" + v + ", 0)"
		}
	case "default":
		if !strings.Contains(c.Def, "DEFAULT") && !strings.Contains(c.Def, "GENERATED") && !c.Key {
			c.Def += " DEFAULT 'new'"
		} else if before, _, ok := strings.Cut(c.Def, " DEFAULT 5"); ok {
			c.Def = before + pick(s.T, "other default", "", " DEFAULT 6")
		}
	case "rename":
		if v, ok := from[c.Name]; ok && !c.Key {
			delete(from, c.Name)
			c.Name = doubled("renamed " + strings.Trim(c.Name, `"`))
			from[c.Name] = v
		}
	case "drop":
		if !c.Key {
			delete(from, c.Name)
			d.Columns = without(d.Columns, i)
		}
	case "add":
		added := column{Name: "added" + strings.Repeat("_", len(d.Columns)), Def: pick(s.T, "added", "TEXT", "INTEGER NOT NULL DEFAULT 7", "INTEGER GENERATED ALWAYS AS (1 + 2) STORED", "INT CHECK (1 = 1)")}
		if chance(s.T, "filled", 50) {
			from[added.Name] = pick(s.T, "filled with", "NULL", "7", "'x'", "-1")
		}
		d.Columns = append(d.Columns, added)
	case "check":
		d.Inner = append(d.Inner, "CHECK (1 = 1)")
	case "plain":
		if strings.Contains(c.Def, "GENERATED") {
			c.Def = "INTEGER"
			from[c.Name] = pick(s.T, "its values", c.Name, "NULL")
		}
	case "key":
		d.Columns[0].Def = strings.NewReplacer(" PRIMARY KEY", " NOT NULL UNIQUE", " AUTOINCREMENT", "").Replace(d.Columns[0].Def)
	case "order":
		d.Columns = append(without(d.Columns, i), d.Columns[i])
	}
}
