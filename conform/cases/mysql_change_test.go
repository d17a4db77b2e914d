package cases

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// more adds keys, checks, foreign keys and triggers.
func (m *mysqlTable) more(partitioned bool) {
	for i, c := range m.free {
		if !chance(m.T, "key on it", 35) {
			continue
		}
		name := ticked(fmt.Sprintf("%s%d", pick(m.T, "key name", "k", "k", "Index ", "ключ"), i))
		m.keys = append(m.keys, name)
		m.Inner = append(m.Inner, m.keyOf(i, name, c))
	}
	if from := m.numbers(); len(from) > 0 && chance(m.T, "check", 20) {
		m.check = append(m.check, "positive")
		m.Inner = append(m.Inner, "CONSTRAINT positive CHECK ("+from[0]+" > 0 OR "+from[0]+" IS NULL OR "+from[0]+" <= 0)")
	}
	if chance(m.T, "trigger", 15) && len(m.free) > 0 {
		m.Before = append(m.Before, "CREATE TABLE audit (n INT NOT NULL AUTO_INCREMENT PRIMARY KEY, what VARCHAR(20))")
		m.After = append(m.After, "CREATE TRIGGER noted AFTER UPDATE ON "+m.Name+" FOR EACH ROW INSERT INTO audit (what) VALUES ('update')")
	}
	if partitioned {
		return
	}
	if chance(m.T, "parent", 12) {
		m.Before = append(m.Before, "CREATE TABLE parent (pid INT NOT NULL PRIMARY KEY) ", "INSERT INTO parent VALUES (1), (2)")
		m.Columns = append(m.Columns, column{Name: "pid", Def: "INT NULL", Values: []string{"1", "2", "NULL"}})
		m.Inner = append(m.Inner, pick(m.T, "fk", "CONSTRAINT to_parent FOREIGN KEY (pid) REFERENCES parent (pid)", "FOREIGN KEY (pid) REFERENCES parent (pid) ON DELETE SET NULL"))
	}
	if m.Columns[0].Name == "id" && strings.Contains(m.Columns[0].Def, "INT NOT NULL A") && chance(m.T, "child", 10) {
		m.After = append(m.After, "CREATE TABLE child (cid INT NOT NULL PRIMARY KEY, tid INT NULL, CONSTRAINT to_t FOREIGN KEY (tid) REFERENCES "+m.Name+" (id) ON DELETE CASCADE)",
			"INSERT INTO child SELECT id, id FROM "+m.Name+" WHERE id < 10")
	}
}

func (m *mysqlTable) keyOf(i int, name, column string) string {
	switch k := m.kinds[i]; {
	case k.def == "JSON":
		m.keys = m.keys[:len(m.keys)-1]
		return "CHECK (1 = 1)"
	case k.def == "TEXT" || k.def == "BLOB":
		return "KEY " + name + " (" + column + "(20))"
	case k.class == "text" && m.on.engine == "mysql" && chance(m.T, "functional", 20):
		return "KEY " + name + " ((lower(" + column + ")))"
	case k.class == "text" && strings.Contains(k.def, "CHAR(") && chance(m.T, "prefix", 30):
		return "KEY " + name + " (" + column + "(3))"
	case chance(m.T, "descending", 25):
		return "KEY " + name + " (" + column + " DESC, " + m.Columns[0].Name + ")"
	case chance(m.T, "unique", 25):
		return "UNIQUE KEY " + name + " (" + column + ", " + m.Columns[0].Name + ")"
	}
	return "KEY " + name + " (" + column + ")"
}

// widened is what a type may become: wider, narrower, of another kind, or only restated.
func (m *mysqlTable) widened(k kind) string {
	switch k.class {
	case "number":
		return pick(m.T, "new type", "BIGINT", "DECIMAL(30,4)", "DOUBLE", "VARCHAR(60)", k.def)
	case "text":
		return pick(m.T, "new type", "VARCHAR(255)", "VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "TEXT", "VARCHAR(100) CHARACTER SET latin1", "BLOB", k.def)
	case "time":
		return pick(m.T, "new type", "DATETIME(6)", "VARCHAR(40)", "DATETIME", k.def)
	case "generated":
		return pick(m.T, "new type", "BIGINT", "BIGINT NULL", "INT")
	}
	switch {
	case strings.HasPrefix(k.def, "BIT"):
		return pick(m.T, "new type", "BIT(20)", "BIGINT", k.def)
	case k.def == "JSON":
		return pick(m.T, "new type", "LONGTEXT", k.def)
	case strings.Contains(k.def, "B"):
		return pick(m.T, "new type", "LONGBLOB", "VARBINARY(4000)", k.def)
	}
	return k.def
}

func (m *mysqlTable) statement() statement {
	alter := statement{Head: "ALTER TABLE " + m.Name}
	switch {
	case len(m.keys) > 0 && chance(m.T, "drop index", 6):
		return statement{Head: "DROP INDEX " + m.someKey() + " ON " + m.Name}
	case chance(m.T, "create index", 6):
		return statement{Head: "CREATE INDEX made ON " + m.Name + " (" + m.Columns[0].Name + ")"}
	}
	for range pick(m.T, "clauses", 1, 1, 1, 2, 2, 3) {
		alter.Clauses = append(alter.Clauses, m.clause())
	}
	return alter
}

// clause is one of those that tools and people write most.
func (m *mysqlTable) clause() string {
	i := m.untouched()
	c, k := m.free[i], m.kinds[i]
	place := pick(m.T, "place", "", "", "", " FIRST", " AFTER "+m.Columns[0].Name)
	unique := fmt.Sprint(len(m.Change), "_", pick(m.T, "number", 1, 2, 3, 4, 5, 6, 7, 8, 9))
	word := pick(m.T, "clause", "modify", "modify", "modify", "modify", "change", "change", "rename", "add", "add", "add", "drop", "default",
		"index", "drop index", "rename index", "check", "drop check", "primary", "convert", "engine", "comment", "counter", "table", "generated", "key type")
	switch {
	case len(m.keys) == 0 && strings.HasSuffix(word, " index"):
		word = "index"
	case len(m.check) == 0 && word == "drop check":
		word = "check"
	case slices.Contains(m.touched, i) && slices.Contains([]string{"modify", "change", "rename", "drop", "default", "generated"}, word):
		word = "add"
	}
	m.touched = append(m.touched, i)
	switch word {
	case "modify":
		return "MODIFY " + c + " " + m.widened(k) + m.tail() + place
	case "change":
		return "CHANGE " + c + " " + ticked("new "+unique) + " " + m.widened(k) + m.tail() + place
	case "rename":
		return "RENAME COLUMN " + c + " TO " + ticked("renamed"+unique)
	case "add":
		return "ADD COLUMN added" + unique + " " + pick(m.T, "added", "INT", "INT NOT NULL", "VARCHAR(20) NOT NULL DEFAULT 'x'", "TIMESTAMP NULL DEFAULT '2024-02-29 12:00:00'",
			"DECIMAL(6,3) NOT NULL DEFAULT 1.5e-1", "INT AS (7) STORED", "BIGINT AS ("+m.Columns[0].Name+" IS NULL) VIRTUAL", "TEXT NOT NULL", "ENUM('a','b') NOT NULL",
			"JSON", "DATE NOT NULL DEFAULT '2024-01-01' COMMENT 'it''s {table}'", "INT NOT NULL DEFAULT 5 CHECK (1 = 1)", "VARCHAR(10) CHARACTER SET latin1 NOT NULL DEFAULT 'é'") + place
	case "drop":
		return "DROP COLUMN " + c
	case "default":
		return "ALTER COLUMN " + c + pick(m.T, "set", " DROP DEFAULT", " SET DEFAULT "+k.first())
	case "index":
		return "ADD " + pick(m.T, "unique index", "INDEX", "INDEX", "UNIQUE INDEX") + " made" + unique + " (" + m.indexed(i) + ")"
	case "drop index":
		return "DROP INDEX " + m.someKey()
	case "rename index":
		return "RENAME INDEX " + m.someKey() + " TO " + ticked("ix"+unique)
	case "check":
		return "ADD CONSTRAINT chk" + unique + " CHECK (" + m.Columns[0].Name + " IS NOT NULL)"
	case "drop check":
		return "DROP CONSTRAINT " + append(m.check, "positive")[0]
	case "primary":
		return "DROP PRIMARY KEY, ADD PRIMARY KEY (" + m.Columns[0].Name + ", " + m.Columns[len(m.Columns)-1].Name + ")"
	case "convert":
		return "CONVERT TO CHARACTER SET " + pick(m.T, "to", "utf8mb4", "latin1", "utf8mb4 COLLATE utf8mb4_bin")
	case "engine":
		return "ENGINE=InnoDB"
	case "comment":
		return "COMMENT='" + pick(m.T, "new comment", oddTexts...) + "'"
	case "counter":
		return "AUTO_INCREMENT=90000"
	case "table":
		return "RENAME TO " + ticked("new table"+unique)
	case "generated":
		return "MODIFY " + c + " BIGINT AS (" + m.Columns[0].Name + " IS NULL) " + pick(m.T, "keep", "STORED", "VIRTUAL")
	}
	return "MODIFY " + m.Columns[0].Name + " " + strings.NewReplacer("INT ", "BIGINT ", "BIGBIGINT", "BIGINT", "(40)", "(90)").Replace(m.Columns[0].Def)
}

// first is a type's first literal, as a default.
func (k kind) first() string {
	if len(k.values) == 0 || strings.Contains("TEXT BLOB JSON", k.def) {
		return "NULL"
	}
	return k.values[0]
}

func (m *mysqlTable) tail() string {
	s := pick(m.T, "null", "", "", "", " NULL", " NULL", " NOT NULL")
	if chance(m.T, "said", 25) {
		s += " COMMENT '" + pick(m.T, "said text", oddTexts...) + "'"
	}
	return s
}

func (m *mysqlTable) indexed(i int) string {
	if strings.Contains("TEXT BLOB JSON", m.kinds[i].def) {
		return m.Columns[0].Name
	}
	return m.free[i] + pick(m.T, "order", "", "", " DESC") + ", " + m.Columns[0].Name
}

func (m *mysqlTable) someKey() string {
	name := pick(m.T, "key", m.keys...)
	m.keys = slices.DeleteFunc(m.keys, func(k string) bool { return k == name })
	return name
}

// untouched is a column that no clause has changed yet, where there is one.
func (m *mysqlTable) untouched() int {
	i := rapid.IntRange(0, len(m.free)-1).Draw(m.T, "column")
	for range m.free {
		if !slices.Contains(m.touched, i) {
			break
		}
		i = (i + 1) % len(m.free)
	}
	return i
}
