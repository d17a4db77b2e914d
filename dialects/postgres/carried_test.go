package postgres

import "testing"

// What a table owns is there after a copy as it is after the server's own ALTER, or the plan is
// refused with the reason.
func TestCarriedAsNatively(t *testing.T) {
	for _, c := range carried {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			newest(t, func(t *testing.T, url string) { asNative(t, url, c) })
		})
	}
}

const ticket = `CREATE TABLE ticket (id int PRIMARY KEY, n int, m int, w text);
	INSERT INTO ticket SELECT g, g, g % 10, CASE WHEN g % 3 > 0 THEN 'w' || g END FROM generate_series(1, 900) g;`

const retype = `ALTER TABLE ticket ALTER n TYPE bigint`

var carried = []nativeCase{
	{
		name: "an index predicate compares with the old type",
		setup: `CREATE TYPE st AS ENUM ('open', 'shut');
			CREATE TABLE tick (id int PRIMARY KEY, s st NOT NULL DEFAULT 'open', n int);
			CREATE INDEX tick_open ON tick (n) WHERE s = 'open';
			INSERT INTO tick SELECT g, 'open', g FROM generate_series(1, 900) g;`,
		change:  `ALTER TABLE tick ALTER s DROP DEFAULT, ALTER s TYPE text USING s::text, ALTER s SET DEFAULT 'open'`,
		refused: "operator does not exist: text = st",
	},
	{
		name: "policies with sub-selects",
		setup: ticket + `CREATE TABLE staff (shelf int, who text, PRIMARY KEY (shelf, who));
			ALTER TABLE ticket ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
			CREATE POLICY own ON ticket FOR SELECT USING (EXISTS (SELECT 1 FROM staff s WHERE s.shelf = ticket.m AND s.who = current_user));
			CREATE POLICY kin ON ticket FOR DELETE USING (id IN (SELECT max(o.id) FROM ticket o WHERE o.m = ticket.m));
			CREATE POLICY add ON ticket AS RESTRICTIVE FOR INSERT WITH CHECK (m IN (SELECT s.shelf FROM staff s WHERE s.who = current_user));`,
		change: retype,
	},
	{
		name:    "a policy over the column",
		setup:   ticket + `CREATE POLICY low ON ticket USING (n < 100);`,
		change:  retype,
		refused: "policy low on table public.ticket uses column n",
	},
	{
		name: "a trigger over the column",
		setup: ticket + `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
			CREATE TRIGGER often BEFORE UPDATE ON ticket FOR EACH ROW WHEN (NEW.n > 5) EXECUTE FUNCTION f();`,
		change:  retype,
		refused: "trigger often on table public.ticket uses column n",
	},
	{
		name: "triggers about the whole row, and disabled ones",
		setup: ticket + `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
			CREATE TRIGGER any_change BEFORE UPDATE ON ticket FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION f();
			CREATE TRIGGER off BEFORE UPDATE OF w ON ticket FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE ticket DISABLE TRIGGER off;
			CREATE TRIGGER always BEFORE DELETE ON ticket FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE ticket ENABLE ALWAYS TRIGGER always;
			CREATE TRIGGER replica AFTER TRUNCATE ON ticket EXECUTE FUNCTION f('{table}'); ALTER TABLE ticket ENABLE REPLICA TRIGGER replica;`,
		change: retype,
	},
	{
		name: "a publication with a filter over the column", min: 15,
		setup:   ticket + `CREATE PUBLICATION pub FOR TABLE ticket WHERE (n > 5) WITH (publish = 'insert');`,
		change:  retype,
		refused: "uses column n",
	},
	{
		name: "NOT NULL that was never checked", min: 18,
		setup:  ticket + `ALTER TABLE ticket ADD CONSTRAINT w_nn NOT NULL w NOT VALID; COMMENT ON CONSTRAINT w_nn ON ticket IS '{table}';`,
		change: retype,
	},
	{
		name: "NOT NULL that was never checked is dropped on the way", min: 18,
		setup:  ticket + `ALTER TABLE ticket ADD CONSTRAINT w_nn NOT NULL w NOT VALID;`,
		change: `ALTER TABLE ticket ALTER n TYPE bigint, DROP CONSTRAINT w_nn`,
	},
	{
		name: "NOT NULL is checked on the way", min: 18,
		setup:  ticket + `DELETE FROM ticket WHERE w IS NULL; ALTER TABLE ticket ADD CONSTRAINT w_nn NOT NULL w NOT VALID;`,
		change: `ALTER TABLE ticket ALTER n TYPE bigint, ALTER w SET NOT NULL`,
	},
	{
		name: "NOT NULL is added unchecked on the way", min: 18,
		setup:  ticket,
		change: `ALTER TABLE ticket ALTER n TYPE bigint, ADD CONSTRAINT later NOT NULL w NOT VALID, ADD CONSTRAINT c CHECK (m > 5) NOT VALID`,
	},
	{
		name: "a named NOT NULL is dropped on the way", min: 18,
		setup:  ticket + `ALTER TABLE ticket ADD CONSTRAINT must NOT NULL m NO INHERIT;`,
		change: `ALTER TABLE ticket ALTER n TYPE bigint, DROP CONSTRAINT must`,
	},
	{
		name: "constraints that are not enforced", min: 18,
		setup:  ticket + `ALTER TABLE ticket ADD CONSTRAINT lax CHECK (m > 5) NOT ENFORCED, ADD CONSTRAINT lax_fk FOREIGN KEY (m) REFERENCES ticket NOT ENFORCED;`,
		change: retype,
	},
	{
		name:    "an invalid index",
		setup:   ticket + `CREATE UNIQUE INDEX ticket_m ON ticket (m) WHERE id < 0; UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ticket_m'::regclass;`,
		change:  retype,
		refused: "index public.ticket_m is invalid",
	},
	{
		name:    "a check of the whole row",
		setup:   ticket + `ALTER TABLE ticket ADD CONSTRAINT whole CHECK (ticket.* IS DISTINCT FROM NULL);`,
		change:  `ALTER TABLE ticket ALTER n TYPE numeric`,
		refused: "constraint whole is about the whole row",
	},
	{
		name: "identity sequences",
		setup: `CREATE TABLE ticket (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY (MINVALUE -7000 MAXVALUE 9 START 3 INCREMENT -2 CACHE 4 CYCLE),
				m smallint GENERATED ALWAYS AS IDENTITY (MAXVALUE 500), w text, d int GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1));
			INSERT INTO ticket (w) SELECT 'w' || g FROM generate_series(1, 9) g;`,
		change: `ALTER TABLE ticket ALTER id TYPE bigint, ALTER n TYPE bigint, ALTER m TYPE int, ALTER d TYPE bigint`,
	},
	{
		name:   "identity sequences of columns that stay",
		setup:  `CREATE TABLE ticket (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n int, m smallint GENERATED ALWAYS AS IDENTITY); INSERT INTO ticket (n) SELECT generate_series(1, 9);`,
		change: retype,
	},
	{
		name: "comments with all that templates are made of",
		setup: ticket + `ALTER TABLE ticket ADD CONSTRAINT small CHECK (m < 100000), ADD CONSTRAINT self FOREIGN KEY (m) REFERENCES ticket NOT VALID;
			CREATE INDEX ticket_n ON ticket (n); CREATE VIEW tickets AS SELECT id, w FROM ticket; CREATE STATISTICS st ON m, w FROM ticket;
			CREATE POLICY p ON ticket USING (w <> '{table}');
			COMMENT ON TABLE ticket IS 'rows of {table}, 100 % ''quoted'' \ back $surefoot$ $1 {view}'; COMMENT ON COLUMN ticket.n IS E'the {table}\n n';
			COMMENT ON INDEX ticket_n IS '{table}'; COMMENT ON CONSTRAINT small ON ticket IS '{table} {sequence}'; COMMENT ON CONSTRAINT self ON ticket IS '%s %I {table}';
			COMMENT ON VIEW tickets IS '{view} {table}'; COMMENT ON COLUMN tickets.w IS '{view}'; COMMENT ON POLICY p ON ticket IS '{table}'; COMMENT ON STATISTICS st IS '{table}';
			COMMENT ON INDEX ticket_pkey IS '{table}'; COMMENT ON CONSTRAINT ticket_pkey ON ticket IS '{table}';`,
		change: `ALTER TABLE ticket ALTER m TYPE bigint`,
	},
	{
		name: "a foreign key is dropped and added again under its name",
		setup: ticket + `ALTER TABLE ticket ADD CONSTRAINT self FOREIGN KEY (m) REFERENCES ticket NOT VALID; COMMENT ON CONSTRAINT self ON ticket IS 'gone';
			DELETE FROM ticket WHERE m = 0;`,
		change: `ALTER TABLE ticket ALTER m TYPE bigint, DROP CONSTRAINT self, ADD CONSTRAINT self FOREIGN KEY (m) REFERENCES ticket ON DELETE CASCADE`,
	},
	{
		name: "a check with a comment is dropped on the way",
		setup: ticket + `ALTER TABLE ticket ADD CONSTRAINT small CHECK (m < 100), ADD CONSTRAINT uniq UNIQUE (n); COMMENT ON CONSTRAINT small ON ticket IS 'gone';
			COMMENT ON CONSTRAINT uniq ON ticket IS 'gone'; COMMENT ON INDEX uniq IS 'gone';`,
		change: `ALTER TABLE ticket ALTER n TYPE bigint, DROP CONSTRAINT small, DROP CONSTRAINT uniq`,
	},
	{
		name: "columns with rights, statistics and comments are dropped before",
		setup: `CREATE TABLE mdc (id int PRIMARY KEY, old_c text, no int GENERATED ALWAYS AS IDENTITY, v int, w text);
			CREATE INDEX mdc_w ON mdc (w); CREATE INDEX mdc_old ON mdc (old_c); COMMENT ON INDEX mdc_old IS 'bye';
			ALTER TABLE mdc ALTER old_c SET STATISTICS 300; COMMENT ON COLUMN mdc.old_c IS 'old'; GRANT SELECT (old_c) ON mdc TO public;
			CREATE STATISTICS mdc_st ON old_c, v FROM mdc;
			INSERT INTO mdc (id, old_c, v, w) SELECT g, 'o', g, 'w' || g FROM generate_series(1, 3000) g;`,
		change: `ALTER TABLE mdc DROP COLUMN old_c, DROP COLUMN no; ALTER TABLE mdc ALTER COLUMN v TYPE bigint`,
	},
	{
		name: "rights that were passed on, and taken from the owner",
		setup: ticket + `DO $$BEGIN CREATE ROLE lender; EXCEPTION WHEN duplicate_object THEN NULL; END$$; DO $$BEGIN CREATE ROLE borrower; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
			GRANT SELECT, UPDATE (w) ON ticket TO lender WITH GRANT OPTION;
			SET ROLE lender; GRANT SELECT, UPDATE (w) ON ticket TO borrower; RESET ROLE; REVOKE TRUNCATE ON ticket FROM CURRENT_USER;
			ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;`,
		change: retype,
	},
	{
		name: "a serial column", setup: ticket,
		change: `ALTER TABLE ticket ADD COLUMN s serial`,
	},
	{
		name: "a bigserial column with a unique constraint", setup: ticket,
		change: `ALTER TABLE ticket ADD COLUMN s bigserial UNIQUE`,
	},
	{
		name:   "a smallserial column as the primary key",
		setup:  `CREATE TABLE ticket (id int NOT NULL UNIQUE, w text); INSERT INTO ticket SELECT g, 'w' FROM generate_series(1, 900) g;`,
		change: `ALTER TABLE ticket ADD COLUMN s smallserial PRIMARY KEY`,
	},
	{
		name:    "a serial column whose sequence would need another name",
		setup:   ticket + `CREATE SEQUENCE ticket_s_seq;`,
		change:  `ALTER TABLE ticket ADD COLUMN s serial`,
		refused: "its sequence cannot be called public.ticket_s_seq",
	},
	{
		name: "options of the table and of its TOAST table",
		setup: ticket + `ALTER TABLE ticket SET (fillfactor = 55, toast.vacuum_truncate = false, autovacuum_enabled = false, toast.autovacuum_vacuum_threshold = 9, parallel_workers = 3);
			ALTER TABLE ticket ALTER w SET STORAGE EXTERNAL, ALTER w SET (n_distinct = -0.5), ALTER m SET STATISTICS 0, REPLICA IDENTITY FULL;`,
		change: retype,
	},
}
