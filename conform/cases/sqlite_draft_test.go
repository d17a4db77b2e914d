package cases

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

var sqliteKinds = []kind{
	{"INTEGER", []string{"0", "1", "-9223372036854775808", "9223372036854775807"}, "number"},
	{"INT", []string{"0", "7", "-1"}, "number"},
	{"REAL", []string{"0.0", "1.5", "-1.7976931348623157e308"}, "number"},
	{"TEXT", []string{"''", "'a'", "'it''s'", "'四 🎼'", "'{table}'", "'12'"}, "text"},
	{"BLOB", []string{"x''", "x'00FF'", "zeroblob(300)"}, "other"},
}

// looseKinds are not known to STRICT tables.
var looseKinds = []kind{
	{"VARCHAR(20)", []string{"''", "'abc'", "5", "'5'"}, "text"},
	{"NUMERIC", []string{"0", "1.5", "'x'"}, "number"},
	{"", []string{"0", "'x'", "x'01'"}, "other"},
	{"DATETIME", []string{"'2024-02-29'", "0"}, "other"},
}

func doubled(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// sqliteTable is a draft under construction.
type sqliteTable struct {
	*rapid.T
	draft
	strict  bool
	kinds   []kind
	free    []string
	indexes []string
	touched []string
	now     string // the table's name after the statements so far
}

func sqliteDraft(rt *rapid.T, _ target) draft {
	s := &sqliteTable{T: rt}
	s.Name, s.Rows, s.Writes, s.Forced = "t", pick(rt, "rows", 0, 40, 3000, 3000), chance(rt, "writes", 70), chance(rt, "forced", 50)
	s.Rehearsed = chance(rt, "rehearsed", 50)
	if chance(rt, "odd table", 30) {
		s.Name = doubled(pick(rt, "table", oddNames...))
	}
	s.strict = chance(rt, "strict", 20)
	s.key()
	for i := range rapid.IntRange(2, 5).Draw(rt, "columns") {
		s.column(i)
	}
	s.more()
	if chance(rt, "late", 30) {
		s.Columns, s.free = append(s.Columns, lateColumn(rt, "INTEGER", "TEXT")), append(s.free, late)
	}
	s.now = s.Name
	if chance(rt, "rebuild", 35) {
		s.rebuild()
		return s.draft
	}
	for range pick(rt, "statements", 1, 1, 2, 3) {
		s.Change = append(s.Change, statement{Head: s.statement()})
	}
	return s.draft
}

func (s *sqliteTable) key() {
	options := []string{}
	id := column{Name: "id", Def: "INTEGER PRIMARY KEY", Values: []string{"{i}"}, Key: true}
	text := column{Name: "code", Def: "TEXT NOT NULL", Values: []string{"'k{i}'"}, Key: true}
	switch pick(s.T, "key", "rowid", "rowid", "auto", "not null", "composite", "text", "without", "none") {
	case "rowid":
		s.Columns = []column{id}
	case "auto":
		id.Def += " AUTOINCREMENT"
		s.Columns = []column{id}
	case "not null":
		id.Def = "INTEGER NOT NULL PRIMARY KEY"
		s.Columns = []column{id}
	case "composite":
		id.Def = "INTEGER NOT NULL"
		s.Columns, s.Inner = []column{text, id}, []string{"PRIMARY KEY (code, id)"}
	case "text":
		text.Def += " PRIMARY KEY"
		s.Columns = []column{text}
	case "without":
		s.Columns, s.Inner, options = []column{text}, []string{"PRIMARY KEY (code)"}, []string{"WITHOUT ROWID"}
	case "none":
		id.Def = "INTEGER NOT NULL UNIQUE"
		s.Columns = []column{id}
	}
	if s.strict {
		options = append(options, "STRICT")
	}
	if len(options) > 0 {
		s.Options = " " + strings.Join(options, ", ")
	}
}

func (s *sqliteTable) column(i int) {
	name := fmt.Sprintf("c%d", i)
	if chance(s.T, "odd column", 20) {
		name = doubled(fmt.Sprint(pick(s.T, "column", oddNames...), i))
	}
	all := sqliteKinds
	if !s.strict {
		all = append(slices.Clone(all), looseKinds...)
	}
	k := pick(s.T, "type", all...)
	c := column{Name: name, Def: k.def, Values: slices.Clone(k.values)}
	if chance(s.T, "generated", 15) {
		k = kind{"INTEGER", nil, "generated"}
		c.Def, c.Values = "INTEGER GENERATED ALWAYS AS ("+pick(s.T, "expression", "1 + 1", "length("+s.Columns[0].Name+")", s.Columns[0].Name+" IS NULL")+") "+pick(s.T, "stored", "STORED", "VIRTUAL"), nil
	} else {
		c.Def += s.attributes(k, name)
		if !strings.Contains(c.Def, "NOT NULL") {
			c.Values = append(c.Values, "NULL")
		}
	}
	if chance(s.T, "comment", 15) {
		c.Def += " /* the " + pick(s.T, "comment text", "column", "it's {table}", "a, b (c)", `"quoted"`) + " */"
	}
	s.Columns, s.kinds, s.free = append(s.Columns, c), append(s.kinds, k), append(s.free, name)
}

func (s *sqliteTable) attributes(k kind, name string) string {
	a := ""
	if chance(s.T, "not null", 35) {
		a += " NOT NULL"
	}
	if chance(s.T, "default", 35) && !strings.Contains(k.values[1], "(") {
		a += " DEFAULT " + pick(s.T, "default of", k.values[1], "("+k.values[1]+")")
	}
	if k.class == "text" && chance(s.T, "collate", 30) {
		a += " COLLATE " + pick(s.T, "collation", "NOCASE", "RTRIM", "BINARY")
	}
	if chance(s.T, "check", 15) {
		a += " CHECK (" + name + " IS NULL OR length(" + name + ") < 1000)"
	}
	return a
}

func (s *sqliteTable) more() {
	for i, c := range s.free {
		if !chance(s.T, "index", 35) {
			continue
		}
		name := doubled(fmt.Sprintf("%s%d", pick(s.T, "index name", "ix", "Ix ", "индекс"), i))
		s.indexes = append(s.indexes, name)
		s.After = append(s.After, "CREATE "+pick(s.T, "index kind",
			"INDEX "+name+" ON "+s.Name+" ("+c+")", "INDEX "+name+" ON "+s.Name+" ("+c+" DESC, "+s.Columns[0].Name+")",
			"INDEX "+name+" ON "+s.Name+" ("+c+" COLLATE NOCASE)", "INDEX "+name+" ON "+s.Name+" ("+c+") WHERE "+c+" IS NOT NULL",
			"INDEX "+name+" ON "+s.Name+" (length("+c+"))", "UNIQUE INDEX "+name+" ON "+s.Name+" ("+c+", "+s.Columns[0].Name+")"))
	}
	last := s.free[len(s.free)-1]
	if chance(s.T, "trigger", 20) {
		s.Before = append(s.Before, "CREATE TABLE audit (what TEXT)")
		s.After = append(s.After, "CREATE TRIGGER noted AFTER UPDATE ON "+s.Name+" BEGIN INSERT INTO audit VALUES ('update ' || new."+s.Columns[0].Name+"); END")
	}
	if chance(s.T, "view", 20) {
		s.After = append(s.After, "CREATE VIEW seen AS SELECT "+s.Columns[0].Name+", "+last+" FROM "+s.Name+" WHERE "+last+" IS NOT NULL")
	}
	if chance(s.T, "child", 20) {
		s.After = append(s.After, "CREATE TABLE child (cid INTEGER PRIMARY KEY, tid REFERENCES "+s.Name+" ("+s.Columns[0].Name+") ON DELETE CASCADE)")
	}
	if chance(s.T, "parent", 15) {
		s.Before = append(s.Before, "CREATE TABLE parent (pid INTEGER PRIMARY KEY)", "INSERT INTO parent VALUES (1), (2)")
		s.Columns = append(s.Columns, column{Name: "pid", Def: "INTEGER REFERENCES parent (pid)", Values: []string{"1", "2", "NULL"}})
	}
}

func (s *sqliteTable) statement() string {
	c := pick(s.T, "of column", s.free...)
	unique := fmt.Sprint(len(s.Change))
	word := pick(s.T, "statement", "add", "add", "add", "drop", "drop", "rename", "rename", "table", "index", "index", "drop index")
	if slices.Contains(s.touched, c) || (word == "drop index" && len(s.indexes) == 0) {
		word = "add"
	}
	s.touched = append(s.touched, c)
	switch word {
	case "add":
		return "ALTER TABLE " + s.now + " ADD COLUMN added" + unique + " " + pick(s.T, "added", "TEXT", "INTEGER NOT NULL DEFAULT 5", "TEXT DEFAULT 'it''s {table}'",
			"REAL CHECK (1 = 1)", "INTEGER GENERATED ALWAYS AS (7) VIRTUAL", "TEXT COLLATE NOCASE", "INTEGER REFERENCES "+s.now, "BLOB DEFAULT x'00'")
	case "drop":
		return "ALTER TABLE " + s.now + " DROP COLUMN " + c
	case "rename":
		return "ALTER TABLE " + s.now + " RENAME COLUMN " + c + " TO " + doubled("new name"+unique)
	case "table":
		from := s.now
		s.now = doubled("new table" + unique)
		return "ALTER TABLE " + from + " RENAME TO " + s.now
	case "index":
		return "CREATE INDEX made" + unique + " ON " + s.now + " (" + c + pick(s.T, "order", "", " DESC", " COLLATE NOCASE") + ")"
	}
	name := s.indexes[0]
	s.indexes = s.indexes[1:]
	return "DROP INDEX " + name
}
