package mysql

import (
	"strings"
	"testing"
)

// TestGlobalSettings: what a server does to every session by its global settings changes nothing of what a
// plan leaves. Of statements that run as they are it changes what it changes for the server's users.
func TestGlobalSettings(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		admin := openTest(t, url)
		settings := []string{
			"autocommit = 0", "completion_type = 'CHAIN'", admin.readOnlyVariable() + " = 1", "sql_auto_is_null = 1", "sql_big_selects = 0",
			"max_join_size = 1", "default_storage_engine = 'MyISAM'",
			"sql_select_limit = 1", "group_concat_max_len = 4", "sql_quote_show_create = 0",
		}
		if admin.maria() {
			settings = append(settings, "idle_transaction_timeout = 1", "sql_if_exists = 1")
		} else {
			settings = append(settings, "show_create_table_verbosity = 1", "show_gipk_in_create_table_and_information_schema = 0")
		}
		for _, s := range settings {
			name, _, _ := strings.Cut(s, " ")
			execute(t, admin, "SET GLOBAL "+s)
			defer execute(t, admin, "SET GLOBAL "+name+" = DEFAULT")
		}
		underSettings(t, url)
		var other int
		err := admin.pool.QueryRow("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME IN ('_surefoot_run', '_surefoot_step') AND TABLE_SCHEMA = " +
			literal(admin.name+"_0") + " AND ENGINE <> 'InnoDB'").Scan(&other)
		if err != nil || other > 0 {
			t.Errorf("%d tables of the journal know no transactions: %v", other, err)
		}
	})
}

// underSettings makes the same by copies and as it is written.
func underSettings(t *testing.T, url string) {
	c := likeness{
		setup: "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT, a VARCHAR(20), KEY `by v` (v, a)) ENGINE=InnoDB; " +
			"INSERT INTO t (v, a) VALUES (3, 'c'), (2, 'b'), (1, 'a')",
		writes: "UPDATE t SET v = v + 10 WHERE id > 1; DELETE FROM t WHERE id = 1",
		change: "ALTER TABLE t MODIFY v BIGINT; UPDATE t SET a = 'all'",
	}
	c.look(t, openTest(t, another(t, url, 0)), openTest(t, another(t, url, 1)))
	c.plain, c.writes, c.change = true, "", "ALTER TABLE t ADD COLUMN b INT; INSERT INTO t (v, a) VALUES (4, 'd'); DELETE FROM t WHERE v = 2"
	c.look(t, openTest(t, another(t, url, 2)), openTest(t, another(t, url, 3)))
}
