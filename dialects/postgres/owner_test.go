package postgres

import (
	"context"
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/schema"
)

// The owner of a table needs no other right than to make things in its schema, and a schema for the
// journal.
func TestPlainOwner(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		admin := open(t, url)
		exec(t, admin.pool, "DO $$BEGIN CREATE ROLE owner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$",
			"DO $$BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END$$",
			"GRANT CREATE ON DATABASE "+quote(admin.config.Database)+" TO owner", "GRANT CREATE, USAGE ON SCHEMA public TO owner", "GRANT USAGE ON SCHEMA public TO clerk")
		db := open(t, strings.Replace(url, "//"+admin.config.User, "//owner", 1))
		exec(t, db.pool, `
			CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1);
			CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s serial, a int, p int DEFAULT 1 REFERENCES parent, note text);
			CREATE INDEX ON t (a); CREATE TABLE child (t int REFERENCES t);
			GRANT INSERT, SELECT ON t TO clerk; GRANT USAGE ON SEQUENCE t_s_seq TO clerk;
			CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := lower(NEW.note); RETURN NEW; END';
			CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch();
			CREATE STATISTICS st ON a, p FROM t;
			INSERT INTO t (a, note) SELECT g, 'N' FROM generate_series(1, 2000) g; INSERT INTO child VALUES (7)`, "ANALYZE t")
		before := inspect(t, db)
		out, err := at(t, db, "ALTER TABLE t ALTER a TYPE bigint, ALTER id TYPE bigint", "03-backfill:done", func() {
			exec(t, admin.pool, "SET ROLE clerk; INSERT INTO t (a, note) VALUES (-1, 'Of A Clerk'); RESET ROLE")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := value(t, db.pool, "SELECT concat_ws(' ', count(*), max(note)) FROM t"); got != "2001 of a clerk" {
			t.Errorf("the table has %s", got)
		}
		if _, err := executor.Rollback(context.WithoutCancel(t.Context()), db, out.ID, executor.Options{}); err != nil {
			t.Fatal(err)
		}
		sameSchema(t, before, inspect(t, db))
		nothingLeft(t, admin.pool)
		exec(t, db.pool, "DROP SCHEMA surefoot CASCADE")
		run(t, db, planOf(t, db, "ALTER TABLE t ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()"), executor.Options{Finish: true})
		run(t, db, planOf(t, db, "ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ADD UNIQUE (a, id)"), executor.Options{Finish: true})
		nothingLeft(t, admin.pool)
		ailments, err := db.Doctor(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range ailments {
			if a.Severity == "error" {
				t.Errorf("the doctor says: %s", a.What)
			}
		}
	})
}

// A copy adds keys and makes views anew, for which the server asks rights that no ALTER TABLE needs: who
// lacks them is told before anything is begun.
func TestOwnerWithoutTheRightsOfACopy(t *testing.T) {
	eachVersion(t, ownerWithoutRights)
}

func ownerWithoutRights(t *testing.T, url string) {
	admin := open(t, url)
	exec(t, admin.pool, "DO $$BEGIN CREATE ROLE owner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$",
		"GRANT CREATE ON DATABASE "+quote(admin.config.Database)+" TO owner", "GRANT CREATE, USAGE ON SCHEMA public TO owner",
		`CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, p int REFERENCES parent); ALTER TABLE t OWNER TO owner;
		CREATE TABLE child (t int REFERENCES t); CREATE VIEW v AS SELECT id FROM t`)
	db := open(t, strings.Replace(url, "//"+admin.config.User, "//owner", 1))
	got := strings.Join(inspect(t, db).Table(schema.Name{Schema: "public", Table: "t"}).Refusals, "; ")
	for _, want := range []string{"may not add foreign keys to that (GRANT REFERENCES)", "comes from public.child, which this role does not own", "view v reads it, and this role does not own that"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said: %s", want, got)
		}
	}
	if got := strings.Join(inspect(t, db).Table(schema.Name{Schema: "public", Table: "parent"}).Refusals, "; "); !strings.Contains(got, "this role does not own public.parent: connect as") {
		t.Errorf("of another one's table: %s", got)
	}
}
