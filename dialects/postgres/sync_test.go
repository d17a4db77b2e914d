package postgres

import (
	"testing"

	"surefoot/schema"
)

// While a column has two names, every write to either is in both.
func TestSyncColumns(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool,
			"CREATE TABLE t (id int PRIMARY KEY, old text DEFAULT 'd', new text, other int)",
			// A trigger of the user's that has its say before, and one that only looks at the old column.
			"CREATE FUNCTION zz() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.old := lower(NEW.old); RETURN NEW; END$$",
			"CREATE TRIGGER zz_lower BEFORE INSERT OR UPDATE OF old ON t FOR EACH ROW EXECUTE FUNCTION zz()",
			"INSERT INTO t VALUES (100, 'before', NULL, 1)",
		)
		s := inspect(t, db)
		steps, err := db.Script(schema.SyncColumns{On: schema.On{Name: schema.Name{Table: "t"}}, Old: "old", New: "new"}, s)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, db.pool, steps[0].SQL...)
		exec(t, db.pool, steps[0].SQL...) // may be repeated
		if got := value(t, db.pool, steps[0].Proof); got != "1" {
			t.Errorf("the proof says %s", got)
		}
		exec(t, db.pool, "UPDATE t SET other = 2 WHERE id = 100")
		if got := value(t, db.pool, "SELECT new FROM t WHERE id = 100"); got != "before" {
			t.Errorf("a row that was never filled has %q", got)
		}
		for _, c := range []struct{ write, want string }{
			{"INSERT INTO t (id, old) VALUES (1, 'ABC')", "abc abc"},
			{"INSERT INTO t (id, new) VALUES (1, 'XyZ')", "XyZ XyZ"},
			{"INSERT INTO t (id) VALUES (1)", "d d"},
			{"INSERT INTO t (id, old, new) VALUES (1, 'a', 'b')", "b b"},
			{"INSERT INTO t (id, old) VALUES (1, NULL)", ""},
			{"INSERT INTO t (id, old) VALUES (1, 'a'); UPDATE t SET old = 'B'", "b b"},
			{"INSERT INTO t (id, old) VALUES (1, 'a'); UPDATE t SET new = 'B'", "B B"},
			{"INSERT INTO t (id, old) VALUES (1, 'a'); UPDATE t SET new = NULL", ""},
			{"INSERT INTO t (id, old) VALUES (1, 'a'); UPDATE t SET old = NULL", ""},
			{"INSERT INTO t (id, old) VALUES (1, 'a'); UPDATE t SET other = 4", "a a"},
			{"INSERT INTO t (id, new) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET new = 'c'; INSERT INTO t (id, new) VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET new = 'c'", "c c"},
			{"INSERT INTO t (id, old) VALUES (1, 'b'); INSERT INTO t (id, old) VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET old = 'e'", "e e"},
			{"SET session_replication_role = replica; INSERT INTO t (id, old) VALUES (1, 'F'); RESET session_replication_role", "F F"},
		} {
			exec(t, db.pool, "DELETE FROM t WHERE id = 1", c.write)
			if got := value(t, db.pool, "SELECT concat_ws(' ', old, new) FROM t WHERE id = 1"); got != c.want {
				t.Errorf("%s: %q, not %q", c.write, got, c.want)
			}
		}
		exec(t, db.pool, steps[0].Undo...)
		exec(t, db.pool, steps[0].Undo...)
		nothingLeft(t, db.pool)
	})
}
