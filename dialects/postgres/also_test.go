package postgres

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/schema"
)

// TestOtherTables measures which other tables a statement locks, so that somebody has to wait.
func TestOtherTables(t *testing.T) {
	const setup = `CREATE TABLE p (id int PRIMARY KEY, k int UNIQUE);
CREATE TABLE t (id int PRIMARY KEY, a int, b text, pid int, up int UNIQUE, CONSTRAINT tp FOREIGN KEY (pid) REFERENCES p (id), CONSTRAINT own FOREIGN KEY (up) REFERENCES t (id), CONSTRAINT few CHECK (a < 1000));
CREATE TABLE c (id int PRIMARY KEY, tid int, CONSTRAINT ct FOREIGN KEY (tid) REFERENCES t (id));
CREATE TABLE h (y int) INHERITS (t);
CREATE TABLE hh (z int) INHERITS (h);
CREATE UNIQUE INDEX ub ON t (b);
ALTER TABLE t ADD CONSTRAINT late CHECK (a > -5) NOT VALID;
ALTER TABLE c ADD CONSTRAINT later FOREIGN KEY (id) REFERENCES t (id) NOT VALID;
INSERT INTO p VALUES (1, 1);
INSERT INTO t VALUES (1, 1, 'x', 1, 1);
INSERT INTO h VALUES (2, 1, 'x', NULL, NULL, 1);`
	newest(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, setup)
		s := inspect(t, db)
		for _, text := range []string{
			"ALTER TABLE t ALTER a TYPE bigint", "ALTER TABLE t ALTER id TYPE bigint", "ALTER TABLE t ALTER pid TYPE bigint", "ALTER TABLE p ALTER id TYPE bigint",
			"ALTER TABLE t ADD n int DEFAULT random()", "ALTER TABLE t ADD n int", "ALTER TABLE t DROP COLUMN b", "ALTER TABLE t RENAME COLUMN b TO bb",
			"ALTER TABLE t ALTER b SET NOT NULL", "ALTER TABLE t ALTER a SET DEFAULT 5", "ALTER TABLE t ADD CONSTRAINT pos CHECK (a > 0)",
			"ALTER TABLE t ADD CONSTRAINT pos CHECK (a > 0) NOT VALID", "ALTER TABLE t DROP CONSTRAINT few", "ALTER TABLE t DROP CONSTRAINT tp",
			"ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p (k)", "ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES t (up)",
			"ALTER TABLE t ADD CONSTRAINT ua UNIQUE (a)", "CREATE INDEX ia ON t (a)", "DROP TABLE c", "CREATE TABLE n (id int REFERENCES p)",
			"ALTER TABLE t ADD CONSTRAINT ua UNIQUE USING INDEX ub", "ALTER TABLE t VALIDATE CONSTRAINT late", "ALTER TABLE c VALIDATE CONSTRAINT later", "ALTER TABLE t DROP CONSTRAINT t_up_key CASCADE",
			"ALTER TABLE hh ALTER z TYPE bigint", "ALTER TABLE c ALTER tid TYPE bigint",
		} {
			t.Run(text, func(t *testing.T) {
				stmts, err := db.Parse("", text, s)
				if err != nil {
					t.Fatal(err)
				}
				n := schema.Native{On: schema.On{Name: s.Resolve(stmts[0].Changes[0].Table())}, SQL: text, Clauses: stmts[0].Changes}
				want := map[string]string{}
				for _, l := range db.Effect(n, s).Also {
					if at := lockLevels[l.Lock]; at > 0 && at >= lockLevels[want[l.Table]] {
						want[l.Table] = l.Lock
					}
				}
				tx, err := db.pool.BeginTx(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer tx.Rollback() //nolint:errcheck // it is only looked at
				if _, err := tx.Exec(text); err != nil {
					t.Fatal(err)
				}
				got := map[string]string{}
				rows, err := tx.Query(`SELECT n.nspname || '.' || c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
					WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND n.nspname = 'public' AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`)
				if err != nil {
					t.Fatal(err)
				}
				defer rows.Close()
				modes := map[string]string{"ShareUpdateExclusiveLock": shareUpdateExclusive, "ShareLock": share, "ShareRowExclusiveLock": shareRowExclusive, "ExclusiveLock": "EXCLUSIVE", "AccessExclusiveLock": accessExclusive}
				for rows.Next() {
					var table, mode string
					if err := rows.Scan(&table, &mode); err != nil {
						t.Fatal(err)
					}
					if table != n.Name.String() && lockLevels[modes[mode]] >= lockLevels[got[table]] {
						got[table] = modes[mode]
					}
				}
				if err := rows.Err(); err != nil {
					t.Fatal(err)
				}
				for table := range maps.Keys(want) { // an aside of the two is about what others wait for
					if lockLevels[want[table]] == lockLevels[got[table]] {
						got[table] = want[table]
					}
				}
				if d := cmp.Diff(got, want); d != "" {
					t.Error(fmt.Sprint("other tables (-measured +said):\n", d))
				}
			})
		}
	})
}

// TestUnpriced: what takes as long as the values want has no price, in whichever statement it is done.
func TestUnpriced(t *testing.T) {
	newest(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, `CREATE TABLE t (id int PRIMARY KEY, a int, doc jsonb); CREATE INDEX g ON t USING gin (doc); CREATE TABLE plain (id int PRIMARY KEY, a int);
CREATE FUNCTION own(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'`)
		s := inspect(t, db)
		for text, unpriced := range map[string]bool{
			"CREATE INDEX i ON t USING gin (doc)": true, "REINDEX INDEX g": true, "REINDEX TABLE t": true, "ALTER TABLE t ALTER id TYPE bigint": true,
			"ALTER TABLE t SET UNLOGGED": true, "CLUSTER t USING t_pkey": true, "ALTER TABLE t ADD CHECK (own(a) > 0)": true,
			"CREATE INDEX i ON t (a)": false, "REINDEX TABLE plain": false, "ALTER TABLE plain ALTER id TYPE bigint": false, "ALTER TABLE plain SET UNLOGGED": false,
		} {
			stmts, err := db.Parse("", text, s)
			if err != nil {
				t.Fatal(text, err)
			}
			if e := db.Effect(schema.Native{SQL: text, Clauses: stmts[0].Changes}, s); (e.Unpriced != "") != unpriced {
				t.Errorf("%s: %q", text, e.Unpriced)
			}
		}
	})
}
