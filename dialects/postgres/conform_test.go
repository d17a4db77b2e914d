package postgres

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"surefoot/conform"
	"surefoot/conform/servers"
	"surefoot/load"
)

// engineOf describes a server version to the suite.
func engineOf(version string) conform.Engine {
	return conform.Engine{
		Name: load.Postgres,
		URL:  func(t testing.TB) string { return servers.Shared(t, "postgres", version).Database(t) },
		Open: func(ctx context.Context, url string) (conform.Database, error) { return Open(ctx, url) },
		Leftovers: func(ctx context.Context, db *sql.DB) ([]string, error) {
			rows, err := db.QueryContext(ctx, leftovers)
			if err != nil {
				return nil, err
			}
			defer rows.Close()
			var out []string
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					return nil, err
				}
				out = append(out, name)
			}
			return out, rows.Err()
		},
	}
}

const leftovers = `
	SELECT 'relation ' || relname FROM pg_class WHERE relname ~ '_sf_'
	UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proname ~ '_sf_'
	UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname ~ '_sf_'
	UNION ALL SELECT 'constraint ' || conname FROM pg_constraint WHERE conname ~ '_sf_'
	UNION ALL SELECT 'statistics ' || stxname FROM pg_statistic_ext WHERE stxname ~ '_sf_'
	UNION ALL SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid
	UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots WHERE database = current_database()`

func TestMain(m *testing.M) {
	conform.Victim(engineOf(""))
	os.Exit(servers.Main(m))
}

// conforming is a table of average complexity with rows.
var conforming = []string{
	`CREATE TABLE parent (id int PRIMARY KEY, label text UNIQUE)`,
	`INSERT INTO parent SELECT g, 'p' || g FROM generate_series(1, 10) g`,
	`CREATE TABLE t (
		id serial PRIMARY KEY, p int REFERENCES parent ON DELETE CASCADE, a int DEFAULT 3, c varchar(20) COLLATE "C" NOT NULL,
		d numeric(8,2), "odd ""name" text, g text GENERATED ALWAYS AS (lower(c)) STORED, ts timestamp,
		CONSTRAINT positive CHECK (id > 0))`,
	`CREATE INDEX t_a ON t (a)`,
	`CREATE UNIQUE INDEX t_c ON t (c, lower(d::text)) WHERE c <> ''`,
	`INSERT INTO t (p, a, c, d, "odd ""name", ts) SELECT nullif(g % 10, 0) , nullif(g % 50, 77), 'Code ' || g, g * 1.25, CASE g % 3 WHEN 0 THEN '' WHEN 1 THEN 'ä' END,
		'2024-03-31 01:30'::timestamp + g * interval '37 minutes' FROM generate_series(1, 3000) g`,
	`CREATE TABLE child (t int REFERENCES t, note text)`,
	`INSERT INTO child VALUES (5, 'x')`,
	`ANALYZE`,
}

func with(statements ...string) []string {
	return append(conforming[:len(conforming):len(conforming)], statements...)
}

func TestChanges(t *testing.T) {
	cases := []conform.Change{
		{Name: "key to bigint", Setup: conforming, SQL: "ALTER TABLE t ALTER id TYPE bigint", Copies: true},
		{Name: "several clauses", Setup: conforming, SQL: "ALTER TABLE t ALTER a TYPE bigint, ADD CONSTRAINT short CHECK (length(c) < 30), ALTER d SET DEFAULT 0, ADD COLUMN n int NOT NULL DEFAULT 1", Copies: true},
		{Name: "varchar wider", Setup: conforming, SQL: "ALTER TABLE t ALTER \"odd \"\"name\" TYPE varchar"},
		{Name: "set not null", Setup: with("UPDATE t SET d = 0 WHERE d IS NULL"), SQL: "ALTER TABLE t ALTER d SET NOT NULL"},
		{Name: "drop not null", Setup: conforming, SQL: "ALTER TABLE t ALTER c DROP NOT NULL"},
		{Name: "defaults", Setup: conforming, SQL: "ALTER TABLE t ALTER a DROP DEFAULT; ALTER TABLE t ALTER d SET DEFAULT (1.5)"},
		{Name: "add column", Setup: conforming, SQL: "ALTER TABLE t ADD COLUMN n text COLLATE \"C\" DEFAULT 'x' NOT NULL"},
		{Name: "add column with checks", Setup: conforming, SQL: "ALTER TABLE t ADD COLUMN n int CHECK (n > 0) CONSTRAINT named UNIQUE"},
		{Name: "drop column", Setup: conforming, SQL: "ALTER TABLE t DROP COLUMN p"},
		{Name: "rename column", Setup: with("CREATE TABLE s (id int PRIMARY KEY, a int NOT NULL DEFAULT 4)", "INSERT INTO s SELECT g, g FROM generate_series(1, 500) g"), SQL: "ALTER TABLE s RENAME a TO b", Table: "s"},
		{Name: "rename table", Setup: conforming, SQL: "ALTER TABLE t RENAME TO t2", Table: "t2", Was: "t"},
		{Name: "add index", Setup: conforming, SQL: "CREATE INDEX t_d ON t (d DESC) INCLUDE (a) WHERE d > 1"},
		{Name: "add unnamed index", Setup: conforming, SQL: "CREATE INDEX ON t (lower(c), d)"},
		{Name: "drop index", Setup: conforming, SQL: "DROP INDEX t_a"},
		{Name: "rename index", Setup: conforming, SQL: "ALTER INDEX t_a RENAME TO \"T a\""},
		{Name: "add check", Setup: conforming, SQL: "ALTER TABLE t ADD CHECK (a < 100)"},
		{Name: "add foreign key", Setup: conforming, SQL: "ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES parent (id) ON DELETE SET NULL DEFERRABLE"},
		{Name: "add unique", Setup: conforming, SQL: "ALTER TABLE t ADD UNIQUE (c, id)"},
		{Name: "add unique with include", Setup: conforming, SQL: "ALTER TABLE t ADD CONSTRAINT u UNIQUE (c) INCLUDE (a) DEFERRABLE", Copies: true},
		{Name: "add primary key", Setup: with("ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE"), SQL: "ALTER TABLE t ADD PRIMARY KEY (id)"},
		{Name: "drop check", Setup: conforming, SQL: "ALTER TABLE t DROP CONSTRAINT positive"},
		{Name: "one after the other", Setup: conforming, SQL: "DROP INDEX t_a; ALTER TABLE t ADD UNIQUE (id, a); CREATE INDEX ON t (d); ALTER TABLE t ALTER a SET NOT NULL, ALTER a TYPE bigint", Copies: true},
		{Name: "create and drop tables", Setup: conforming, SQL: "CREATE TABLE n (id int REFERENCES t); CREATE INDEX ON n (id); DROP TABLE child"},
	}
	versions := servers.Versions("postgres")
	if len(versions) < 3 {
		versions = versions[len(versions)-1:]
	} else {
		cases = append(cases, moreCopies...)
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) { conform.Changes(t, engineOf(version), cases) })
	}
}

// moreCopies take long, and longer than they tell: each is rolled back from every step.
var moreCopies = []conform.Change{
	{Name: "int to bigint", Setup: conforming, SQL: "ALTER TABLE t ALTER a TYPE bigint", Copies: true},
	{Name: "numeric scale", Setup: conforming, SQL: "ALTER TABLE t ALTER d TYPE numeric(12,4)", Copies: true},
	{Name: "timestamp to timestamptz", Setup: with("DROP INDEX t_c"), SQL: "ALTER TABLE t ALTER ts TYPE timestamptz(3) USING ts AT TIME ZONE 'Europe/Dublin'", Copies: true},
	{Name: "using", Setup: conforming, SQL: "ALTER TABLE t ALTER a DROP DEFAULT, ALTER a TYPE text USING 'n' || a", Copies: true},
	{Name: "two statements", Setup: conforming, SQL: "ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER d TYPE numeric(20,4)", Copies: true},
	{Name: "stored column", Setup: conforming, SQL: "ALTER TABLE t ADD COLUMN n int GENERATED ALWAYS AS (a + 1) STORED", Copies: true},
}

func TestLive(t *testing.T) {
	change := "ALTER TABLE live ALTER amount TYPE bigint"
	cases := []conform.LiveCase{
		{Name: "integer key", Shape: load.Int, Rows: 40_000, Rate: 1000, SQL: change},
		{Name: "the key itself", Shape: load.Text, Rows: 40_000, Rate: 500, SQL: "ALTER TABLE live ALTER code TYPE text, ALTER amount TYPE bigint"},
		{Name: "text key", Shape: load.Text, Rows: 40_000, Rate: 500, SQL: change, Kills: 4},
		{Name: "uuid key rolled back", Shape: load.UUID, Rows: 40_000, Rate: 500, SQL: change, Rollback: true, Kills: 2},
		{Name: "unique key", Shape: load.Int, Rows: 20_000, Rate: 500, SQL: "ALTER TABLE live ADD CONSTRAINT one UNIQUE (ref)"},
		{Name: "backfill", Shape: load.Int, Rows: 20_000, Rate: 500, SQL: "ALTER TABLE live ADD COLUMN tag bigint NOT NULL DEFAULT (random() * 0)::bigint"},
	}
	versions := servers.Versions("postgres")
	for v, version := range versions {
		mine := cases
		if len(versions) == 2 { // make test-all runs all on each
			mine = nil
			for i := v; i < len(cases); i += 2 {
				mine = append(mine, cases[i])
			}
		}
		t.Run(version, func(t *testing.T) { conform.Live(t, engineOf(version), mine) })
	}
}
