package mysql

import (
	"strings"
	"testing"
)

// What a script's statements leave in their session for those behind them is not there in another one: who reads
// it is refused, who reads what SET gives again is not.
func TestSessionState(t *testing.T) {
	d, err := New(MySQL, "9.7.4")
	if err != nil {
		t.Fatal(err)
	}
	for script, refused := range map[string]string{
		"INSERT INTO a (n) VALUES (1); INSERT INTO b VALUES (LAST_INSERT_ID())":                                                    "left in the session",
		"INSERT INTO a (n) VALUES (1); SET @r = last_insert_id(); INSERT INTO b VALUES (@r)":                                       "left in the session",
		"INSERT INTO a (n) VALUES (1); INSERT INTO b VALUES (@@identity)":                                                          "left in the session",
		"INSERT INTO a (n) VALUES (1), (2); INSERT INTO b VALUES (ROW_COUNT())":                                                    "left in the session",
		"SELECT MAX(id) INTO @r FROM a; INSERT INTO b VALUES (@r)":                                                                 "left in the session",
		"SELECT @r := id FROM a; INSERT INTO b VALUES (@r)":                                                                        "left in the session",
		"SET sql_mode = 'ANSI_QUOTES'; ALTER TABLE \"a\" ADD b INT":                                                                "write names in backquotes",
		"SET sql_mode = CONCAT(@@sql_mode, ',ANSI'); ALTER TABLE a ADD b INT COMMENT \"x\"":                                        "write names in backquotes",
		"SET sql_mode = 'ANSI_QUOTES'; ALTER TABLE `a` ADD b INT COMMENT 'x\"y'":                                                   "",
		"SET sql_mode = 'STRICT_ALL_TABLES'; ALTER TABLE a ADD b INT COMMENT \"x\"":                                                "",
		"CALL mk(@o); INSERT INTO b VALUES (@o)":                                                                                   "left in the session",
		"SET @a = (SELECT MAX(id) FROM a); INSERT INTO a (n) VALUES (1); INSERT INTO b VALUES (@a)":                                "left in the session",
		"SET @s = IF((SELECT 1) = 1, 'SELECT 1', 'SELECT 2'); PREPARE st FROM @s; ALTER TABLE a ADD x INT; EXECUTE st":             "left in the session",
		"START TRANSACTION; INSERT INTO a (n) VALUES (1); ROLLBACK":                                                                "takes back",
		"ALTER DATABASE CHARACTER SET latin1; CREATE TABLE z (a VARCHAR(9))":                                                       "ALTER DATABASE",
		"ALTER DATABASE CHARACTER SET latin1":                                                                                      "",
		"SET @a = 5; INSERT INTO b VALUES (@a); INSERT INTO b VALUES (@a + 1)":                                                     "",
		"SET @a = (SELECT MAX(id) FROM a); INSERT INTO b VALUES (@a)":                                                              "",
		"SET @s = IF((SELECT 1) = 1, 'SELECT 1', 'SELECT 2'); PREPARE st FROM @s; EXECUTE st; DEALLOCATE PREPARE st":               "",
		"SET @OLD_SQL_MODE = @@SQL_MODE, SQL_MODE = 'NO_AUTO_VALUE_ON_ZERO'; INSERT INTO b VALUES (1); SET SQL_MODE=@OLD_SQL_MODE": "",
		"CREATE TRIGGER tr AFTER INSERT ON a FOR EACH ROW INSERT INTO b VALUES (LAST_INSERT_ID()); ALTER TABLE a ADD z INT":        "",
		"BEGIN; INSERT INTO a (n) VALUES (1); COMMIT":                                                                              "",
	} {
		if said := refusalOf(d, script); refused == "" && said != "" || !strings.Contains(said, refused) {
			t.Errorf("%s: %q", script, said)
		}
	}
}

// refusalOf says why a script is refused; empty: it is not. Whether statements can be read is not asked.
func refusalOf(d *Dialect, script string) string {
	session := sessionState{vars: map[string]kept{}, prepared: map[string]kept{}}
	var setup []string
	for _, at := range split(script, d.mode) {
		text := script[at.start:at.end]
		after, _, reason := d.inSession(&session, text, text, setup)
		if reason != "" {
			return reason
		}
		setup = after
	}
	return ""
}
