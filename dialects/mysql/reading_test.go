package mysql

import (
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// TestBodies cuts scripts without DELIMITER: the semicolons of a stored program are its own.
func TestBodies(t *testing.T) {
	for _, script := range []string{
		"CREATE TRIGGER x AFTER INSERT ON a FOR EACH ROW BEGIN INSERT INTO b SET id = NEW.id; UPDATE b SET t = 1; END",
		"CREATE TRIGGER x BEFORE INSERT ON a FOR EACH ROW IF NEW.x > 1 THEN SET NEW.x = 1; ELSEIF NEW.x = 2 THEN SET NEW.y = 2; ELSE SET NEW.y = 'a;b'; END IF",
		"CREATE TRIGGER x BEFORE INSERT ON a FOR EACH ROW SET NEW.x = IF(NEW.y, 1, 2)",
		"CREATE DEFINER=`me`@`localhost` TRIGGER x BEFORE INSERT ON a FOR EACH ROW SET NEW.`end` = CASE NEW.y WHEN 1 THEN IF(NEW.z, 1, 2) ELSE 3 END",
		"CREATE OR REPLACE PROCEDURE p(IN n INT) BEGIN DECLARE i INT DEFAULT 0; l: WHILE i < n DO SET i = i + 1; IF i = 3 THEN LEAVE l; END IF; END WHILE l; REPEAT SET i = 1; UNTIL TRUE END REPEAT; k: LOOP LEAVE k; END LOOP k; END",
		"CREATE PROCEDURE p() BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN SET @a = 1; END; CASE @x WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE; SELECT REPEAT('x', 3), NEW.begin; END",
		"CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC BEGIN RETURN CASE WHEN CASE a WHEN 1 THEN 2 END = 2 THEN 3 END; END",
		"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; DELETE FROM b; END",
		"CREATE TABLE event (id INT, `begin` INT, `case` INT)",
		"ALTER TABLE a ADD COLUMN c INT",
	} {
		text := script + ";\nALTER TABLE a ADD COLUMN last INT;\n"
		pieces := split(text, sqlMode{})
		if len(pieces) != 2 || text[pieces[0].start:pieces[0].end] != script {
			t.Errorf("%s is cut into %d", script, len(pieces))
		}
	}
}

// TestReads gives each kind of statement a fact of its own.
func TestReads(t *testing.T) {
	d, err := New(MySQL, "9.7.4")
	if err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]string{
		"INSERT INTO a (x) VALUES (1), (2)": "nothing",
		"INSERT INTO a SELECT * FROM b":     "writes",
		"UPDATE a SET x = 1":                "writes",
		"DELETE FROM a":                     "writes",
		"ANALYZE TABLE a":                   "nothing",
		"CREATE PROCEDURE p() SELECT 1":     "nothing",
		"CREATE OR REPLACE DEFINER=a@b SQL SECURITY INVOKER VIEW v AS SELECT 1": "nothing",
		"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a":               "nothing",
		"CREATE TRIGGER x BEFORE INSERT ON a FOR EACH ROW SET @a = 1":           "all",
		"GRANT SELECT ON a TO b": "nothing",
		"EXECUTE st":             "all",
		"LOCK TABLES a WRITE":    "nothing refused",
		"USE other":              "nothing refused",
		"OPTIMIZE TABLE a":       "all",
	} {
		stmts, err := d.Parse("", sql, nil)
		if err != nil || len(stmts) != 1 || len(stmts[0].Changes) != 1 {
			t.Errorf("%s: %v %v", sql, stmts, err)
			continue
		}
		e := d.Effect(stmts[0].Changes[0], nil)
		got := e.Blocks.String()
		if e.Refused != "" {
			got += " refused"
		}
		if got != want {
			t.Errorf("%s blocks %s, not %s", sql, got, want)
		}
	}
}

// TestSessionOfScript: what a script sets holds for the statements behind it, each in its own session.
func TestSessionOfScript(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE a (id INT NOT NULL PRIMARY KEY, x INT)", "CREATE TABLE b (id INT NOT NULL PRIMARY KEY, a_id INT, FOREIGN KEY (a_id) REFERENCES a (id))")
		script := `SET NAMES utf8mb4;
SET @OLD_FOREIGN_KEY_CHECKS = @@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS = 0;
INSERT INTO b VALUES (1, 77);
SET FOREIGN_KEY_CHECKS = @OLD_FOREIGN_KEY_CHECKS;
SET @s = (SELECT IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'a' AND column_name = 'z') > 0, 'SELECT 1', 'ALTER TABLE a MODIFY x BIGINT'));
PREPARE st FROM @s;
EXECUTE st;
DEALLOCATE PREPARE st;
CREATE TRIGGER a_ai AFTER INSERT ON a FOR EACH ROW
BEGIN
  INSERT INTO b SET id = NEW.id + 100, a_id = NEW.id;
  UPDATE b SET a_id = NEW.id WHERE id = 1;
END;
/*!50003 CREATE*/ /*!50017 DEFINER=CURRENT_USER */ /*!50003 TRIGGER a_bi BEFORE INSERT ON a FOR EACH ROW
BEGIN
  SET NEW.x = 1;
END */;
INSERT INTO a VALUES (5, 6);
`
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stmts, err := db.Parse("", script, s)
		if err != nil {
			t.Fatal(err)
		}
		p, err := planner.Build(stmts, s, db, planner.Options{Mode: plan.Window})
		if err != nil {
			t.Fatal(err)
		}
		becomes(t, executor.Finished, func() (executor.Outcome, error) { return executor.Run(t.Context(), db, p, executor.Options{}) })
		if definition := definitionOf(t, db, "a"); !strings.Contains(definition, "`x` bigint") {
			t.Errorf("the table is %s", definition)
		}
		var n, x int
		if err := db.pool.QueryRow("SELECT (SELECT COUNT(*) FROM b WHERE a_id = 5), (SELECT x FROM a WHERE id = 5)").Scan(&n, &x); err != nil || n != 2 || x != 1 {
			t.Errorf("%d rows, x is %d, %v", n, x, err)
		}
		if _, err := planner.Build(statementsOf(t, db, "LOCK TABLES a WRITE; INSERT INTO a VALUES (7, 7); UNLOCK TABLES", s), s, db, planner.Options{Mode: plan.Window}); err == nil {
			t.Error("LOCK TABLES is planned")
		}
	})
}

func statementsOf(t *testing.T, db *Database, sql string, s *schema.Schema) []schema.Statement {
	t.Helper()
	stmts, err := db.Parse("", sql, s)
	if err != nil {
		t.Fatal(err)
	}
	return stmts
}

// TestNumbers are one token each, with their exponents.
func TestNumbers(t *testing.T) {
	for _, text := range []string{"1.5e-3", "2E+5", "1e-3", "1e3", "1.", "0x1F", "12", "1.5e3"} {
		if toks := tokenize(text+" ,", sqlMode{}); len(toks) != 2 || toks[0].text != text || toks[0].kind != number {
			t.Errorf("%s is read as %v", text, toks)
		}
	}
	d, err := New(MariaDB, "11.8.2")
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Schema("CREATE TABLE t (id INT PRIMARY KEY, f DOUBLE DEFAULT 1.5e-3, g DOUBLE NOT NULL DEFAULT -2E+5)")
	if err != nil || len(s.Tables) != 1 || len(s.Tables[0].Columns) != 3 || s.Tables[0].Columns[1].Default != "1.5e-3" {
		t.Errorf("%v %v", s, err)
	}
}
