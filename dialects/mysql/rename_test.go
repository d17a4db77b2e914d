package mysql

import (
	"context"
	"database/sql"
	"testing"

	"surefoot/conform"
	"surefoot/conform/servers"
)

// engineOf describes a server to the conformance suite.
func engineOf(engine, version string) conform.Engine {
	return conform.Engine{
		Name: engine,
		URL:  func(t testing.TB) string { return servers.Shared(t, engine, version).Database(t) },
		Open: func(ctx context.Context, url string) (conform.Database, error) { return Open(ctx, url) },
		Leftovers: func(ctx context.Context, db *sql.DB) ([]string, error) {
			rows, err := db.QueryContext(ctx, `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\_sf\_%'
				UNION ALL SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE '%\_sf\_%'
				UNION ALL SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME LIKE '%\_sf\_%'`)
			if err != nil {
				return nil, err
			}
			defer rows.Close()
			var left []string
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					return nil, err
				}
				left = append(left, name)
			}
			return left, rows.Err()
		},
	}
}

// Each kind of index that names a column, beside indexes that do not. The foreign key is served by
// an index over both.
func TestRenames(t *testing.T) {
	indexed := []string{
		"CREATE TABLE p (id INT PRIMARY KEY)", "INSERT INTO p VALUES (0), (1), (2), (3)",
		"CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT 3, note TEXT, `the ``code` VARCHAR(40) COLLATE utf8mb4_general_ci COMMENT 'what')",
		"ALTER TABLE t ADD UNIQUE KEY t_one (`the ``code`) COMMENT 'the `code`', ADD KEY t_both (a, `the ``code` DESC), ADD KEY t_plain (`the ``code`(7), a)," +
			" ADD UNIQUE KEY t_pair (`the ``code`, id), ADD KEY t_other (note(10))",
		"ALTER TABLE t ADD CONSTRAINT t_p FOREIGN KEY (a) REFERENCES p (id)",
		"INSERT INTO t (id, a, `the ``code`) WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 400) SELECT n, n % 3, IF(n % 9 > 0, CONCAT('a', n), NULL) FROM g",
	}
	cases := []conform.Rename{{
		Name: "all kinds", Setup: indexed, SQL: "ALTER TABLE t RENAME COLUMN `the ``code` TO `SKU ``x`", Old: "`the ``code`", New: "`SKU ``x`",
	}, {
		Name: "not null", Kill: true, Old: "code", New: "sku", SQL: "ALTER TABLE t RENAME COLUMN code TO sku", Setup: []string{
			"CREATE TABLE t (id INT PRIMARY KEY, code VARCHAR(40) NOT NULL, UNIQUE KEY t_one (code), KEY t_both (id, code))",
			"INSERT INTO t WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 400) SELECT n, CONCAT('a', n) FROM g",
		},
	}}
	for _, engine := range []string{"mysql", "mariadb"} {
		for _, version := range servers.Versions(engine) {
			t.Run(engine+version, func(t *testing.T) { conform.Renames(t, engineOf(engine, version), cases) })
		}
	}
}
