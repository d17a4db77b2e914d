package rehearsal_test

import "testing"

// A rehearsal fires no trigger of the user's in life, advances none of the user's counters, and leaves
// nothing behind.
func TestNothingInLifeIsTouched(t *testing.T) {
	type scene struct {
		setup, change string
		same          []string // queries whose numbers stay
	}
	scenes := map[string]scene{
		"postgres": {
			`CREATE TABLE log (n bigint)
CREATE SEQUENCE own
CREATE TABLE t (id serial PRIMARY KEY, a int, b bigint DEFAULT nextval('own'), c int GENERATED ALWAYS AS IDENTITY)
INSERT INTO t (a) SELECT g FROM generate_series(1, 500) g
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO log VALUES (nextval('own')); RETURN NEW; END$$
CREATE TRIGGER seen AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()
CREATE PUBLICATION heard FOR TABLE t
ANALYZE`,
			"ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER COLUMN id TYPE bigint, ADD COLUMN d bigint NOT NULL DEFAULT nextval('own')",
			[]string{
				"SELECT count(*) FROM log", "SELECT last_value FROM own", "SELECT last_value FROM t_id_seq", "SELECT last_value FROM t_c_seq",
				"SELECT count(*) FROM pg_namespace", "SELECT count(*) FROM pg_publication", "SELECT count(*) FROM pg_class",
				"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
				"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
			},
		},
		"mysql": {
			`CREATE TABLE log (n BIGINT)
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT, b INT)
INSERT INTO t (a) WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 500) SELECT n FROM g
CREATE TRIGGER seen AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)
CREATE TRIGGER changed AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)
ANALYZE TABLE t`,
			"ALTER TABLE t MODIFY a BIGINT",
			[]string{
				"SELECT COUNT(*) FROM log", "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '%surefoot%'",
				"SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_NAME = 't' AND TABLE_SCHEMA = DATABASE()",
			},
		},
		"mariadb": {
			`CREATE TABLE log (n BIGINT)
CREATE SEQUENCE own
CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT, b BIGINT DEFAULT NEXTVAL(own))
INSERT INTO t (a) WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 500) SELECT n FROM g
CREATE TRIGGER seen AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES (NEXTVAL(own))
ANALYZE TABLE t`,
			"ALTER TABLE t MODIFY a BIGINT",
			[]string{
				"SELECT COUNT(*) FROM log", "SELECT next_not_cached_value FROM own",
				"SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '%surefoot%'",
			},
		},
		"sqlite": {
			`CREATE TABLE log (n INT)
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT)
INSERT INTO t (a) WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 500) SELECT n FROM g
CREATE TRIGGER seen AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.id); END`,
			"ALTER TABLE t ALTER COLUMN a TYPE text",
			[]string{"SELECT count(*) FROM log", "SELECT seq FROM sqlite_sequence", "SELECT count(*) FROM sqlite_schema"},
		},
	}
	everywhere(t, func(t *testing.T, engine, version string) {
		c := scenes[engine]
		l := open(t, database(t, engine, version))
		l.run(c.setup)
		before := map[string]int64{}
		for _, q := range c.same {
			before[q] = l.number(q)
		}
		words, err := l.rehearse(c.change, nil)
		if err != nil {
			t.Errorf("%s%v", words, err)
		}
		for _, q := range c.same {
			if after := l.number(q); after != before[q] {
				t.Errorf("%s: %d before the rehearsal, %d after it", q, before[q], after)
			}
		}
	})
}
