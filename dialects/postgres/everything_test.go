package postgres

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"surefoot/executor"
	"surefoot/planner"
)

// everything is a table with all that a table can own.
const everything = `
DO $$BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
DO $$BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
DO $$BEGIN CREATE ROLE boss; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
GRANT USAGE ON SCHEMA public TO clerk, reader; GRANT CREATE, USAGE ON SCHEMA public TO boss;
CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE "Orders" (
	id serial PRIMARY KEY,
	no bigint GENERATED ALWAYS AS IDENTITY (START 1000 INCREMENT 7),
	customer int NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
	parent int REFERENCES "Orders" (id) DEFERRABLE INITIALLY DEFERRED,
	amount int NOT NULL DEFAULT 1,
	doubled int GENERATED ALWAYS AS (amount * 2) STORED,
	state state NOT NULL DEFAULT 'new',
	code varchar(20) COLLATE "C" NOT NULL,
	note text DEFAULT 'it''s \ fine',
	updated timestamptz NOT NULL DEFAULT now(),
	span int4range,
	CONSTRAINT positive CHECK (amount > 0),
	CONSTRAINT code_key UNIQUE (code) DEFERRABLE,
	CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&)
);
CREATE INDEX orders_amount ON "Orders" (amount DESC NULLS LAST) INCLUDE (code);
CREATE INDEX orders_lower ON "Orders" (lower(note) text_pattern_ops) WHERE amount > 10;
CREATE UNIQUE INDEX "Orders ""no""" ON "Orders" (no);
CREATE INDEX orders_expr ON "Orders" ((amount + 1));
ALTER INDEX orders_expr ALTER COLUMN 1 SET STATISTICS 500;
CREATE STATISTICS orders_stats (ndistinct, mcv) ON amount, state FROM "Orders";
ALTER TABLE "Orders" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, toast.autovacuum_enabled = true);
ALTER TABLE "Orders" ALTER COLUMN note SET STORAGE EXTERNAL, ALTER COLUMN amount SET STATISTICS 333, ALTER COLUMN code SET (n_distinct = 100);
ALTER TABLE "Orders" REPLICA IDENTITY USING INDEX "Orders ""no""";
ALTER TABLE "Orders" CLUSTER ON orders_amount;
COMMENT ON TABLE "Orders" IS 'all ''orders''';
COMMENT ON COLUMN "Orders".amount IS 'in cents';
COMMENT ON CONSTRAINT positive ON "Orders" IS 'no gifts';
COMMENT ON CONSTRAINT "Orders_customer_fkey" ON "Orders" IS 'who';
COMMENT ON INDEX orders_amount IS 'for the list';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$DECLARE r "Orders"%ROWTYPE; BEGIN r := NEW; NEW.updated := clock_timestamp(); NEW.note := lower(r.note); RETURN NEW; END$$;
CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO audit VALUES (TG_OP, NEW.id); RETURN NULL; END$$;
CREATE TABLE audit (op text, id bigint);
CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF note, amount ON "Orders" FOR EACH ROW WHEN (NEW.amount > 0) EXECUTE FUNCTION touch();
CREATE TRIGGER counted AFTER INSERT ON "Orders" FOR EACH ROW EXECUTE FUNCTION count_it();
CREATE TRIGGER sleeping AFTER INSERT ON "Orders" FOR EACH ROW EXECUTE FUNCTION count_it();
ALTER TABLE "Orders" DISABLE TRIGGER sleeping;
ALTER TABLE "Orders" ENABLE ALWAYS TRIGGER counted;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON "Orders" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_it();
COMMENT ON TRIGGER touch ON "Orders" IS 'the time';
CREATE TABLE items (id int PRIMARY KEY, "order" int NOT NULL REFERENCES "Orders" ON DELETE CASCADE, no bigint CONSTRAINT items_no REFERENCES "Orders" (no));
COMMENT ON CONSTRAINT items_no ON items IS 'by number';
CREATE VIEW open_orders WITH (security_barrier = true) AS SELECT id, amount, customer FROM "Orders" WHERE state <> 'sent';
CREATE VIEW big_orders AS SELECT o.*, c.name FROM open_orders o JOIN customers c ON c.id = o.customer WHERE amount > 100;
GRANT SELECT ON open_orders TO reader, boss; GRANT SELECT (id) ON big_orders TO clerk WITH GRANT OPTION;
COMMENT ON VIEW open_orders IS 'to do'; COMMENT ON COLUMN open_orders.id IS 'the key';
ALTER VIEW big_orders OWNER TO boss; GRANT SELECT ON customers TO boss;
GRANT SELECT, INSERT, UPDATE ON "Orders" TO clerk; GRANT USAGE ON SEQUENCE "Orders_id_seq", "Orders_no_seq" TO clerk;
GRANT SELECT ON "Orders" TO reader WITH GRANT OPTION; GRANT UPDATE (note, state) ON "Orders" TO PUBLIC;
GRANT INSERT ON audit TO PUBLIC;
ALTER TABLE "Orders" ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON "Orders" FOR SELECT TO clerk USING (customer > 0);
CREATE POLICY write ON "Orders" AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (amount < 1000000);
CREATE POLICY add ON "Orders" FOR INSERT TO clerk WITH CHECK (true);
COMMENT ON POLICY write ON "Orders" IS 'not too much';
ALTER TABLE "Orders" OWNER TO boss;
CREATE PUBLICATION pub FOR TABLE customers, "Orders";
INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, 100) g;
ALTER TABLE "Orders" DISABLE TRIGGER USER;
INSERT INTO "Orders" (customer, amount, code, note, span) SELECT g % 100 + 1, g % 100 + 1, 'code' || g, 'Ünïcode ' || g, int4range(g, g + 1) FROM generate_series(1, 5000) g;
--
UPDATE "Orders" SET note = NULL WHERE id % 7 = 0;
UPDATE "Orders" SET parent = id - 1 WHERE id % 5 = 0;
DELETE FROM "Orders" WHERE id % 97 = 0 AND NOT EXISTS (SELECT FROM "Orders" c WHERE c.parent = "Orders".id);
--
ALTER TABLE "Orders" ADD CONSTRAINT short_note CHECK (length(note) < 5) NOT VALID;
ALTER TABLE "Orders" ADD CONSTRAINT late_fk FOREIGN KEY (amount) REFERENCES customers NOT VALID;
ALTER TABLE "Orders" ENABLE TRIGGER touch, ENABLE ALWAYS TRIGGER counted, ENABLE TRIGGER later;
INSERT INTO items SELECT id, id, no FROM "Orders" WHERE id % 3 = 0;
ANALYZE;
`

// everythingByHand makes the change as the server itself does.
const everythingByHand = `
CREATE TEMP TABLE kept AS SELECT pg_get_viewdef('open_orders'::regclass) AS o, pg_get_viewdef('big_orders'::regclass) AS b;
DROP VIEW big_orders; DROP VIEW open_orders;
ALTER TABLE "Orders" ALTER COLUMN id TYPE bigint, ALTER COLUMN code TYPE varchar(40), ADD COLUMN extra int NOT NULL DEFAULT 3;
DO $$DECLARE k kept; BEGIN SELECT * INTO k FROM kept;
EXECUTE 'CREATE VIEW open_orders WITH (security_barrier = true) AS ' || k.o; EXECUTE 'CREATE VIEW big_orders AS ' || k.b; END$$;
GRANT SELECT ON open_orders TO reader, boss; GRANT SELECT (id) ON big_orders TO clerk WITH GRANT OPTION;
COMMENT ON VIEW open_orders IS 'to do'; COMMENT ON COLUMN open_orders.id IS 'the key';
ALTER VIEW big_orders OWNER TO boss; GRANT SELECT ON customers TO boss;
DROP TABLE kept;
`

const changeEverything = `ALTER TABLE "Orders" ALTER COLUMN id TYPE bigint, ALTER COLUMN code TYPE varchar(40), ADD COLUMN extra int NOT NULL DEFAULT 3`

// A table keeps all that it owns, through the change and through the way back.
func TestEverythingSurvives(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, strings.Split(everything, "--\n")...)
		before := inspect(t, db)
		scratch := open(t, otherDatabase(t, db))
		exec(t, scratch.pool, strings.Split(everything, "--\n")...)
		sameSchema(t, before, inspect(t, scratch))
		exec(t, scratch.pool, everythingByHand)
		want := inspect(t, scratch)

		p := plan(t, db, changeEverything)
		session := busySession(t, db)
		run(t, db, p, executor.Options{})
		session()
		sameSchema(t, want, inspect(t, db))

		exec(t, db.pool, `INSERT INTO "Orders" (customer, amount, code, note) VALUES (1, 5, 'after the swap', 'N')`,
			`UPDATE "Orders" SET note = 'SEEN' WHERE id = 3`, `DELETE FROM "Orders" WHERE id = 7`)
		if _, err := executor.Rollback(context.WithoutCancel(t.Context()), db, executor.ID(p), executor.Options{}); err != nil {
			t.Fatal(err)
		}
		nothingLeft(t, db.pool)
		sameSchema(t, before, inspect(t, db))
		var got string
		if err := db.pool.QueryRowContext(t.Context(), `SELECT string_agg(concat_ws(' ', id, no, note), '; ' ORDER BY id) FROM "Orders"
			WHERE id IN (3, 7) OR code = 'after the swap'`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if want := "3 1014 seen; 5002 36007 n"; got != want {
			t.Errorf("after the way back the table has %q, not %q", got, want)
		}

		exec(t, db.pool, "DROP SCHEMA surefoot CASCADE")
		run(t, db, plan(t, db, changeEverything), executor.Options{Finish: true})
		session()
		nothingLeft(t, db.pool)
		sameSchema(t, want, inspect(t, db))
	})
}

// busySession keeps a session with cached plans of a function and a statement; the result uses both.
func busySession(t *testing.T, db *Database) func() {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n := 0
	use := func() {
		t.Helper()
		n++
		for _, q := range []string{
			`INSERT INTO "Orders" (customer, amount, code, note) VALUES (2, 3, 'busy', 'x')`,
			`UPDATE "Orders" SET note = 'A' WHERE id = 1`, `SELECT count(*) FROM big_orders`, `EXECUTE kept(1)`,
			`DELETE FROM "Orders" WHERE code LIKE 'busy%'`, `SELECT setval('"Orders_id_seq"', 5001), setval('"Orders_no_seq"', 36000)`,
		} {
			if q == "EXECUTE kept(1)" && n > 1 {
				q = "EXECUTE kept2(1)"
			}
			if _, err := conn.ExecContext(t.Context(), q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
	}
	for _, q := range []string{`PREPARE kept(int) AS SELECT id FROM "Orders" WHERE amount = $1`, `PREPARE kept2(int) AS SELECT count(*) FROM "Orders" WHERE amount = $1`} {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	use()
	return use
}

func sameSchema(t *testing.T, want, got *planner.Schema) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(planner.Table{}, "Stats")); d != "" {
		t.Errorf("the schema differs (-want +got):\n%s", d)
	}
}

// otherDatabase makes a database of the same server.
func otherDatabase(t *testing.T, db *Database) string {
	t.Helper()
	name := db.config.Database + "_twin"
	exec(t, db.pool, "CREATE DATABASE "+quote(name))
	return "postgres://" + db.config.User + ":" + db.config.Password + "@" + db.config.Host + ":" + strconv.Itoa(int(db.config.Port)) + "/" + name + "?sslmode=disable"
}
