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
		"SELECT MAX(id) FROM a INTO @r; INSERT INTO b VALUES (@r)":                                                                 "left in the session",
		"SELECT @r := id FROM a; INSERT INTO b VALUES (@r)":                                                                        "left in the session",
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
		_, err := d.Parse("", strings.ReplaceAll(script, "; ", ";\n"), nil)
		switch {
		case refused == "" && err != nil:
			t.Errorf("%s: %v", script, err)
		case refused != "" && (err == nil || !strings.Contains(err.Error(), refused)):
			t.Errorf("%s: not refused: %v", script, err)
		}
	}
}
