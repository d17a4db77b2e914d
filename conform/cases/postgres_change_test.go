package cases

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// objects are what a table owns beside columns and indexes, and what refers to it.
func (p *postgresTable) objects() {
	add := func(percent int, name string, statements ...string) {
		if chance(p.T, name, percent) {
			p.After = append(p.After, statements...)
		}
	}
	key := p.Columns[0].Name
	add(15, "table comment", "COMMENT ON TABLE "+p.Name+" IS '"+pick(p.T, "table says", oddTexts...)+"'")
	add(15, "column comment", "COMMENT ON COLUMN "+p.Name+"."+p.free[0]+" IS '"+pick(p.T, "column says", oddTexts...)+"'")
	add(12, "grant", "GRANT SELECT, UPDATE ("+key+") ON "+p.Name+" TO public", "GRANT INSERT ON "+p.Name+" TO pg_monitor WITH GRANT OPTION")
	add(12, "policy", "ALTER TABLE "+p.Name+" ENABLE ROW LEVEL SECURITY", "CREATE POLICY mine ON "+p.Name+" USING ("+p.free[0]+" IS NOT NULL) WITH CHECK (true)")
	add(15, "trigger", "CREATE TABLE audit (n serial, what text)",
		"CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.audit (what) VALUES (TG_OP); RETURN NULL; END'",
		"CREATE TRIGGER noted AFTER UPDATE ON "+p.Name+" FOR EACH ROW EXECUTE FUNCTION note()")
	when := "AFTER" // a BEFORE trigger may not look at generated columns
	if !slices.ContainsFunc(p.kinds, func(k kind) bool { return k.class == "generated" }) {
		when = "BEFORE"
	}
	add(10, "whole row trigger", "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		"CREATE TRIGGER changed "+when+" UPDATE ON "+p.Name+" FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION same()")
	add(12, "view", "CREATE VIEW seen AS SELECT "+key+", "+p.free[len(p.free)-1]+" FROM "+p.Name)
	for _, c := range p.Columns[1:] {
		if !strings.Contains(c.Def, "VIRTUAL") { // these have no statistics
			add(10, "target", "ALTER TABLE "+p.Name+" ALTER "+c.Name+" SET STATISTICS 300")
			break
		}
	}
	add(10, "publication", "CREATE PUBLICATION pub FOR TABLE "+p.Name)
	if p.parted {
		return
	}
	add(10, "options", "ALTER TABLE "+p.Name+" SET (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false)")
	if len(p.Inner) > 0 && strings.Contains(p.Inner[0], "("+key+")") {
		add(15, "child", "CREATE TABLE child (cid integer PRIMARY KEY, tid "+keyType(p.Columns[0].Def)+", CONSTRAINT to_t FOREIGN KEY (tid) REFERENCES "+p.Name+" ("+key+") ON DELETE CASCADE "+
			pick(p.T, "deferred", "", "DEFERRABLE INITIALLY DEFERRED")+")",
			"INSERT INTO child SELECT row_number() OVER (), "+key+" FROM "+p.Name)
	}
	if chance(p.T, "parent", 12) {
		p.Before = append(p.Before, "CREATE TABLE parent (pid integer PRIMARY KEY)", "INSERT INTO parent VALUES (1), (2)")
		p.Columns = append(p.Columns, column{Name: "pid", Def: "integer CONSTRAINT to_parent REFERENCES parent", Values: []string{"1", "2", "NULL"}})
	}
}

func keyType(def string) string {
	switch word, _, _ := strings.Cut(def, " "); word {
	case "smallserial":
		return "smallint"
	case "serial":
		return "integer"
	case "bigserial":
		return "bigint"
	default:
		return word
	}
}

func (p *postgresTable) untouched() int {
	i := rapid.IntRange(0, len(p.free)-1).Draw(p.T, "column")
	for range p.free {
		if !slices.Contains(p.touched, i) {
			break
		}
		i = (i + 1) % len(p.free)
	}
	return i
}

func (p *postgresTable) statement() statement {
	alter := statement{Head: "ALTER TABLE " + p.now}
	unique := fmt.Sprint(len(p.Change))
	i := p.untouched()
	c := p.free[i]
	word := pick(p.T, "statement", "alter", "alter", "alter", "alter", "alter", "alter", "alter", "index", "drop index", "rename", "table", "comment", "constraint name", "rename index", "key type", "grant")
	if slices.Contains(p.touched, i) || (len(p.indexes) == 0 && strings.HasSuffix(word, " index")) || (len(p.named) == 0 && word == "constraint name") {
		word = "alter"
	}
	switch word {
	case "index":
		return statement{Head: "CREATE " + pick(p.T, "made", "INDEX", "UNIQUE INDEX", "INDEX CONCURRENTLY", "INDEX IF NOT EXISTS") + " made" + unique + " ON " + p.now + " (" + p.Columns[0].Name + ")"}
	case "drop index":
		return statement{Head: "DROP INDEX " + p.someIndex()}
	case "rename index":
		return statement{Head: "ALTER INDEX " + p.someIndex() + ` RENAME TO "ix renamed ` + unique + `"`}
	case "rename":
		p.touched = append(p.touched, i)
		return statement{Head: alter.Head + " RENAME COLUMN " + c + ` TO "renamed ` + unique + `"`}
	case "table":
		schema, _, odd := strings.Cut(p.now, ".")
		p.now = `"new table` + unique + `"`
		s := statement{Head: alter.Head + " RENAME TO " + p.now}
		if odd && schema == `"My Schema"` {
			p.now = schema + "." + p.now
		}
		return s
	case "comment":
		return statement{Head: "COMMENT ON COLUMN " + p.now + "." + c + " IS '" + pick(p.T, "said", oddTexts...) + "'"}
	case "constraint name":
		return statement{Head: alter.Head + " RENAME CONSTRAINT " + p.someName() + ` TO "constraint ` + unique + `"`}
	case "grant":
		return statement{Head: pick(p.T, "right", "GRANT DELETE ON "+p.now+" TO public", "REVOKE ALL ON "+p.now+" FROM public")}
	case "key type":
		return statement{Head: alter.Head + " ALTER COLUMN " + p.Columns[0].Name + " TYPE " + pick(p.T, "key becomes", "bigint", "text", "numeric")}
	}
	for range pick(p.T, "clauses", 1, 1, 1, 2, 2, 3) {
		alter.Clauses = append(alter.Clauses, p.clause(unique))
	}
	return alter
}

func (p *postgresTable) someIndex() string {
	name := pick(p.T, "an index", p.indexes...)
	p.indexes = slices.DeleteFunc(p.indexes, func(s string) bool { return s == name })
	return name
}

func (p *postgresTable) someName() string {
	name := pick(p.T, "a constraint", p.named...)
	p.named = slices.DeleteFunc(p.named, func(s string) bool { return s == name })
	return name
}

func (p *postgresTable) clause(unique string) string {
	i := p.untouched()
	c, k := p.free[i], p.kinds[i]
	unique += fmt.Sprint("_", pick(p.T, "number", 1, 2, 3, 4, 5, 6, 7, 8, 9))
	word := pick(p.T, "clause", "type", "type", "type", "type", "not null", "null", "default", "no default", "add", "add", "add", "drop", "check", "check", "unique", "drop constraint", "statistics", "storage", "options", "identity", "expression", "foreign")
	if slices.Contains(p.touched, i) && word != "drop constraint" {
		word = "add"
	}
	if word == "drop constraint" && len(p.named) == 0 {
		word = "check"
	}
	if bound := p.bound(i); bound && (word == "type" || word == "drop") && !chance(p.T, "refused", 10) {
		word = "statistics"
	}
	if k.class == "generated" && slices.Contains([]string{"default", "no default", "storage", "null", "not null"}, word) || p.parted && word == "options" {
		word = "check"
	}
	p.touched = append(p.touched, i)
	column := "ALTER COLUMN " + c + " "
	switch word {
	case "type":
		return column + p.becomes(c, k)
	case "not null":
		return column + "SET NOT NULL"
	case "null":
		return column + "DROP NOT NULL"
	case "default":
		return column + "SET DEFAULT " + append(k.values, "7")[0]
	case "no default":
		return column + "DROP DEFAULT"
	case "drop":
		return "DROP COLUMN " + c
	case "check":
		return "ADD CONSTRAINT chk" + unique + " CHECK (" + c + " IS NULL OR length(" + c + "::text) < 99999)" + pick(p.T, "not valid", "", " NOT VALID")
	case "unique":
		return "ADD CONSTRAINT uq" + unique + " UNIQUE (" + c + ", " + p.Columns[0].Name + ")"
	case "drop constraint":
		return "DROP CONSTRAINT " + p.someName()
	case "statistics":
		return column + "SET STATISTICS 50"
	case "storage":
		return column + "SET STORAGE " + pick(p.T, "kept", "PLAIN", "EXTERNAL")
	case "options":
		return "SET (fillfactor = 60)"
	case "identity":
		return "ALTER COLUMN " + p.Columns[0].Name + pick(p.T, "becomes identity", " ADD GENERATED BY DEFAULT AS IDENTITY", " DROP IDENTITY IF EXISTS", " SET GENERATED BY DEFAULT")
	case "expression":
		return column + "DROP EXPRESSION IF EXISTS"
	case "foreign":
		return "ADD CONSTRAINT fk" + unique + " FOREIGN KEY (" + p.Columns[0].Name + ") REFERENCES " + p.now + pick(p.T, "fk valid", "", " NOT VALID")
	}
	added := pick(p.T, "added", "integer", "text NOT NULL DEFAULT 'it''s {table}'", "serial", "bigint GENERATED ALWAYS AS IDENTITY", "integer GENERATED ALWAYS AS (1 + 1) STORED",
		"boolean DEFAULT false CHECK (true)", "text UNIQUE", "percent DEFAULT 5", "mood NOT NULL DEFAULT 'sad'", "integer REFERENCES "+p.now, "varchar(5) COLLATE \"C\"", "text NOT NULL")
	switch added {
	case "serial", "bigint GENERATED ALWAYS AS IDENTITY": // numbers come in the order in which rows are written and read
		p.Writes = false
		if p.keyAside() {
			added = "integer" // a copy numbers rows in the order of a key in which they do not lie, and the plan says so
		}
	case "text NOT NULL": // the server refuses it where there are rows
		if p.Rows > 0 && !chance(p.T, "refused", 10) {
			added = "text NOT NULL DEFAULT ''"
		}
	}
	return "ADD COLUMN added" + unique + " " + added
}

// keyAside says that the key's order is not that in which the rows lie.
func (p *postgresTable) keyAside() bool {
	return slices.ContainsFunc(p.Columns, func(c column) bool { return c.Key && c.Name != "id" })
}

// bound says that a view, a policy or a trigger's condition names a column, so that the server refuses
// its other type.
func (p *postgresTable) bound(i int) bool {
	return slices.ContainsFunc(p.After, func(s string) bool {
		made := strings.HasPrefix(s, "CREATE VIEW") && i == len(p.free)-1 || strings.HasPrefix(s, "CREATE POLICY") && i == 0
		return made || strings.HasPrefix(s, "CREATE TRIGGER") && strings.Contains(s, "."+p.free[i]+" ")
	})
}

// becomes is another type, with USING where the server needs one.
func (p *postgresTable) becomes(c string, k kind) string {
	to := "text"
	switch k.class {
	case "number":
		to = pick(p.T, "new type", "bigint", "numeric(30,4)", "text", "double precision", "integer")
	case "text":
		to = pick(p.T, "new type", "text", "varchar(100)", `text COLLATE "C"`, "bytea", "varchar(30)")
	case "time":
		to = pick(p.T, "new type", "timestamptz", "timestamp(0)", "text", "date")
	case "generated":
		to = pick(p.T, "new type", "bigint", "numeric")
	case "other":
		to = pick(p.T, "new type", "text", strings.Replace(k.def, "bit(4)", "bit varying(9)", 1))
	}
	s := "TYPE " + to
	if bare, _, _ := strings.Cut(to, " COLLATE"); k.class != "generated" && chance(p.T, "using", 50) {
		s += " USING " + c + "::text::" + bare
	}
	return s
}
