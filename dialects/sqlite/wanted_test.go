package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"surefoot/conform"
	"surefoot/schema"
)

// described is the schema as SQLite reads it: how the text was written does not matter.
const described = `
SELECT line FROM (
	SELECT m.name || ': ' || x.name || ' ' || x.type || ' null ' || (NOT x."notnull") || ' default ' || coalesce(x.dflt_value, '') || ' key ' || x.pk || ' hidden ' || x.hidden
		|| CASE WHEN m.sql LIKE '%autoincrement%' THEN ' autoincrement' ELSE '' END
		|| (SELECT ' without rowid ' || l.wr || ' strict ' || l.strict FROM pragma_table_list l WHERE l.schema = 'main' AND l.name = m.name)
		|| ' checks ' || (length(m.sql) - length(replace(upper(m.sql), 'CHECK', ''))) || ' conflicts ' || (length(m.sql) - length(replace(upper(m.sql), 'ON CONFLICT', ''))) AS line
	FROM sqlite_schema m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND m.name NOT LIKE 'surefoot%' AND m.name NOT LIKE 'sqlite_%'
	UNION ALL SELECT m.name || ' refers to ' || f."table" || ' ' || f."from" || ' ' || coalesce(f."to", '') || f.on_update || f.on_delete
	FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND m.name NOT LIKE 'surefoot%'
	UNION ALL SELECT m.name || ' index ' || CASE i.origin WHEN 'c' THEN i.name ELSE i.origin END || ' ' || i."unique" || i.partial || ' ' ||
		(SELECT group_concat(coalesce(c.name, 'expr') || c."desc" || coalesce(c.coll, '')) FROM pragma_index_xinfo(i.name) c WHERE c.key)
	FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'surefoot%'
) ORDER BY line`

func describeSchema(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, described)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		b.WriteString(line + "\n")
	}
	return b.String(), rows.Err()
}

const (
	base     = "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE); CREATE TABLE t (id INTEGER PRIMARY KEY, p INT REFERENCES p (id), a INT DEFAULT 3, b TEXT COLLATE NOCASE); CREATE INDEX ta ON t (a);"
	baseRows = "INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO t VALUES (1, 1, 5, 'b1'), (2, NULL, 6, 'B2');"
)

func from(name, old, now string) conform.Pair {
	if !strings.Contains(base, old) {
		panic(old)
	}
	return conform.Pair{Name: name, Have: base, Rows: baseRows, Want: strings.Replace(base, old, now, 1)}
}

// TestConflictIsTold: what NOT NULL says of rows that break it is not changed from a wanted schema, and the answer
// says so.
func TestConflictIsTold(t *testing.T) {
	const text = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL, b INT)"
	d := &Dialect{}
	read := func(text string) *schema.Schema {
		s, err := d.Schema(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	have, want := read(text), read(strings.Replace(text, "NOT NULL", "NOT NULL ON CONFLICT IGNORE", 1))
	for _, pair := range [][2]*schema.Schema{{have, want}, {want, have}} {
		told := slices.ContainsFunc(schema.Uncompared(pair[0], pair[1]), func(a schema.Aside) bool {
			return strings.Contains(a.What, "what forbids NULL in column a") && strings.Contains(a.Have+a.Want, "ON CONFLICT IGNORE")
		})
		if !told {
			t.Errorf("not told: %v", schema.Uncompared(pair[0], pair[1]))
		}
	}
	if told := schema.Uncompared(have, read(text)); slices.ContainsFunc(told, func(a schema.Aside) bool { return strings.Contains(a.What, "forbids") }) {
		t.Errorf("told of the same schema: %v", told)
	}
}

func TestWanted(t *testing.T) {
	pairs := append(conform.Pairs(kindsOfChange), []conform.Pair{
		from("nothing", "", ""),
		from("columns", "a INT DEFAULT 3", "a BIGINT DEFAULT 4, n TEXT NOT NULL DEFAULT ''"),
		from("not null", "b TEXT", "b TEXT NOT NULL"),
		from("collation", "COLLATE NOCASE", "COLLATE RTRIM"),
		from("drop column", ", b TEXT COLLATE NOCASE", ""),
		from("index", "ON t (a)", "ON t (a DESC, b) WHERE a > 1"),
		from("unique", "b TEXT COLLATE NOCASE", "b TEXT COLLATE NOCASE UNIQUE"),
		from("check", "b TEXT COLLATE NOCASE", "b TEXT COLLATE NOCASE, CHECK (a > 0)"),
		from("foreign key action", "REFERENCES p (id)", "REFERENCES p (id) ON DELETE CASCADE"),
		from("generated column", "b TEXT COLLATE NOCASE", "b TEXT COLLATE NOCASE, g INT AS (a + 1) VIRTUAL"),
		{Name: "autoincrement", Have: base, Rows: baseRows, Want: strings.ReplaceAll(base, "INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"), After: "INSERT INTO t (a) VALUES (1);"},
		{Name: "no autoincrement", Have: strings.ReplaceAll(base, "INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"), Rows: baseRows, Want: base},
		{Name: "generated to plain", Have: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a * 2) STORED, v INT AS (a * 3));", Rows: "INSERT INTO t (a) VALUES (4), (5);", Want: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT, v INT);"},
		{Name: "plain to generated", Have: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT);", Rows: "INSERT INTO t (a, g) VALUES (4, 3);", Want: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a * 2) STORED);", Refused: "holds values"},
		{Name: "expression", Have: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a * 2) STORED);", Rows: "INSERT INTO t (a) VALUES (4);", Want: "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a * 5) STORED);", Changed: []string{"t.g"}},
		{Name: "new tables", Have: base, Rows: baseRows, Want: base + "CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a (id)); CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, b INT REFERENCES b (id), CHECK (b > 0)); CREATE UNIQUE INDEX ab ON a (b);"},
		{Name: "tables dropped", Have: base, Rows: baseRows, Want: "CREATE TABLE n (id INTEGER PRIMARY KEY);"},
		{Name: "a dump", Have: base, Rows: baseRows, Want: "PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; " + base + baseRows + " COMMIT;", Native: base},
	}...)
	conform.Wanted(t, engine, describeSchema, slices.Concat(pairs, conform.Copied(pairs)))
}
