package mysql

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"surefoot/conform"
	"surefoot/conform/servers"
)

var stated = regexp.MustCompile(` CHARACTER SET \w+| COLLATE \w+| AUTO_INCREMENT=\d+`)

// describeSchema gives SHOW CREATE TABLE of every table. Whether a column states the collation that it has
// anyway is left out; what it has is asked for.
func describeSchema(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'VIEW' AND TABLE_NAME NOT LIKE '\\_surefoot%' AND TABLE_NAME NOT LIKE 'surefoot%' ORDER BY 1")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
		names = append(names, name)
	}
	var b strings.Builder
	for _, name := range names {
		var text string
		if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE "+quote(name)).Scan(&name, &text); err != nil {
			return "", err
		}
		lines := strings.Split(strings.ReplaceAll(stated.ReplaceAllString(text, ""), ",\n", "\n"), "\n")
		slices.SortStableFunc(lines, func(a, b string) int { // an index that was built again is the last one
			if strings.Contains(a, "KEY `") && strings.Contains(b, "KEY `") {
				return strings.Compare(a, b)
			}
			return 0
		})
		b.WriteString(strings.Join(lines, "\n") + "\n")
		var collations sql.NullString
		if err := db.QueryRowContext(ctx, "SELECT GROUP_CONCAT(CONCAT(COLUMN_NAME, ' ', COALESCE(COLLATION_NAME, '')) ORDER BY COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?", name).
			Scan(&collations); err != nil {
			return "", err
		}
		b.WriteString(collations.String + "\n")
	}
	return b.String(), rows.Err()
}

const (
	base = `CREATE TABLE p (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY uc (code)) COMMENT='the parents';
		CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, p int unsigned, a int DEFAULT 3 COMMENT 'note', b varchar(30) NOT NULL DEFAULT 'x', ts timestamp NULL DEFAULT NULL, e enum('a','b') DEFAULT 'a',
		KEY ka (a, b), KEY kp (p), CONSTRAINT fp FOREIGN KEY (p) REFERENCES p (id)) DEFAULT CHARSET=utf8mb4;
`
	baseRows = "INSERT INTO p (code) VALUES ('x;y'), ('z'); INSERT INTO t (p, a) VALUES (1, 5), (2, 6), (NULL, 7);"
)

// like gives base with a text in the place of another.
func like(old, now string) string {
	if !strings.Contains(base, old) {
		panic(old)
	}
	return strings.Replace(base, old, now, 1)
}

func from(name, want string) conform.Pair {
	return conform.Pair{Name: name, Have: base, Rows: baseRows, Want: want}
}

const partitioned = "CREATE TABLE t (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE)"

var wantedPairs = []conform.Pair{
	from("nothing", base),
	from("columns", like("a int DEFAULT 3 COMMENT 'note'", "n1 int NOT NULL DEFAULT 4, a bigint DEFAULT 9 COMMENT 'Note', c varchar(3) CHARACTER SET latin1")),
	from("first column", like("(id bigint", "(z int, id bigint")),
	from("drop column", like("ts timestamp NULL DEFAULT NULL, ", "")),
	from("on update", like("ts timestamp NULL DEFAULT NULL", "ts timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP")),
	from("enum", like("enum('a','b')", "enum('a','b','c')")),
	from("nullable", like("b varchar(30) NOT NULL DEFAULT 'x'", "b varchar(30) DEFAULT NULL")),
	from("no auto_increment", like("id bigint NOT NULL AUTO_INCREMENT", "id bigint NOT NULL")),
	from("generated columns added", like("KEY ka (a, b)", "g int GENERATED ALWAYS AS (a + 1) STORED, v int AS (a * 2) VIRTUAL, KEY ka (a, b)")),
	from("index changes", like("KEY ka (a, b)", "KEY ka (b(5), a), UNIQUE KEY ub (id, b)")),
	from("foreign key action", like("REFERENCES p (id)", "REFERENCES p (id) ON DELETE SET NULL")),
	from("both sides of a foreign key widen", strings.NewReplacer("id int unsigned", "id bigint unsigned", "p int unsigned", "p bigint unsigned").Replace(base)),
	from("checks and comments", like("COMMENT='the parents'", "COMMENT='others'")+"ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0);"),
	from("charset of a table", like("DEFAULT CHARSET=utf8mb4", "DEFAULT CHARSET=latin1")),
	from("table comment goes", like(" COMMENT='the parents'", "")),
	from("primary key", like("code varchar(20) NOT NULL, UNIQUE KEY uc (code)", "code varchar(20) NOT NULL, UNIQUE KEY uc (code), KEY again (code, id)")),
	from("tables that refer to each other", base+`SET foreign_key_checks = 0; CREATE TABLE za (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, t bigint, y int, KEY (y), CONSTRAINT fz FOREIGN KEY (t) REFERENCES t (id), CONSTRAINT fy FOREIGN KEY (y) REFERENCES ya (id)) COMMENT 'new';
		CREATE TABLE ya (id int PRIMARY KEY, z int, g int GENERATED ALWAYS AS (z + 1) STORED, CONSTRAINT fyz FOREIGN KEY (z) REFERENCES za (id));`),
	from("tables dropped", "CREATE TABLE other (id int PRIMARY KEY);"),
	{
		Name: "a dump's own words", Have: base, Rows: baseRows, Native: base,
		Want: "/*!40101 SET NAMES utf8mb4 */;\nUSE `somewhere`;\nDROP TABLE IF EXISTS `t`;\n" + base + "/*!40000 ALTER TABLE `t` DISABLE KEYS */;\nLOCK TABLES `t` WRITE;\nINSERT INTO `t` VALUES (1,1,1,'a;b',NULL,'a');\nUNLOCK TABLES;\n",
	},
	{
		Name: "a dump's partitioned table", Have: partitioned, Rows: "INSERT INTO t VALUES (1, '1999-01-01')", Native: strings.Replace(partitioned, "id int", "id bigint", 1),
		Want: "CREATE TABLE `t` (\n  `id` bigint NOT NULL,\n  `d` date NOT NULL,\n  PRIMARY KEY (`id`,`d`)\n)\n/*!50100 PARTITION BY RANGE (year(`d`))\n(PARTITION p0 VALUES LESS THAN (2000) ENGINE = InnoDB,\n PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;\n",
	},
	{Name: "another database", Have: base, Want: base + "CREATE TABLE elsewhere.t (id int);", Refused: "together with its database"},
	{Name: "two databases", Have: base, Want: "USE a; " + base + "USE b;", Refused: "second database"},
	{
		Name: "generated to plain", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a + 1) STORED)", Rows: "INSERT INTO t (id, a) VALUES (1, 5), (2, 6);",
		Want: "CREATE TABLE t (id int PRIMARY KEY, a int, g int)",
	},
	{
		Name: "partitioned", Have: "CREATE TABLE t (id int PRIMARY KEY)", Want: "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3", Refused: "partitioning of t differs",
	},
	{
		Name: "other letters in the names of columns and keys", Have: "CREATE TABLE t (Id int PRIMARY KEY, Abc int, KEY Kx (Abc))", Rows: "INSERT INTO t VALUES (1, 2)",
		Want: "CREATE TABLE t (id int PRIMARY KEY, abc bigint, KEY kx (ABC))",
	},
	{Name: "other letters in the name of a table", Have: "CREATE TABLE Tab (id int PRIMARY KEY)", Want: "CREATE TABLE tab (id int PRIMARY KEY)"},
	{
		Name: "defaults that are the time, beside a type", Have: "CREATE TABLE t (id int PRIMARY KEY, b datetime, a timestamp NULL)",
		Rows: "INSERT INTO t VALUES (1, NULL, '2020-01-01 01:02:03')", Changed: []string{"t.a"},
		Want: "CREATE TABLE t (id int PRIMARY KEY, b datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), a timestamp(2) NULL DEFAULT CURRENT_TIMESTAMP(2))",
	},
	{
		Name: "tables that refer to each other are dropped", Have: "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES a (id)); ALTER TABLE a ADD CONSTRAINT f2 FOREIGN KEY (b) REFERENCES b (id);",
		Want: "CREATE TABLE c (id int)",
	},
}

// flavorPairs are what only one of the two knows.
var flavorPairs = map[string][]conform.Pair{
	"mysql": {
		{
			Name: "indexes are hidden and shown", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, KEY k1 (a), KEY k2 (a) INVISIBLE, KEY k3 (id, a), UNIQUE KEY u (a))",
			Want: "CREATE TABLE t (id int PRIMARY KEY, a int, KEY k1 (a) INVISIBLE, KEY k2 (a), KEY k3 (a, id) INVISIBLE, UNIQUE KEY u (a) INVISIBLE, KEY k4 (a) INVISIBLE)",
		},
		{
			Name: "what unique keys are over", Have: "CREATE TABLE t (id int, a varchar(20), b varchar(20), c int, d int, PRIMARY KEY (id), UNIQUE KEY u1 (a(5)), UNIQUE KEY u2 ((lower(b))), UNIQUE KEY u3 (c), UNIQUE KEY u4 (d) COMMENT 'x')",
			Want: "CREATE TABLE t (id int, a varchar(20), b varchar(20), c int, d int, PRIMARY KEY (id DESC), UNIQUE KEY u1 (a(9)), UNIQUE KEY u2 ((upper(b))), UNIQUE KEY u3 (c DESC), UNIQUE KEY u4 (d) COMMENT 'y')",
		},
		{
			Name: "a computed column under an index over an expression", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 2) VIRTUAL, KEY kf ((g + 1)))", Rows: "INSERT INTO t (id, a) VALUES (1, 5)",
			Want: "CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a + 2) STORED, KEY kf ((g + 1)))",
		},
		{
			Name: "checks of the same names", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, b int, CONSTRAINT c1 CHECK (a > 0), CONSTRAINT c2 CHECK (a < 100) NOT ENFORCED, CHECK (b <> 3))",
			Rows: "INSERT INTO t VALUES (1, 5, 5)",
			Want: "CREATE TABLE t (id int PRIMARY KEY, a int, b int, CONSTRAINT c1 CHECK (a > 0) NOT ENFORCED, CONSTRAINT c2 CHECK (a < 100), CHECK (b <> 4), CONSTRAINT c5 CHECK (a <> b OR a = 5))",
		},
	},
	"mariadb": {
		{
			Name: "indexes are hidden and shown", Have: "CREATE TABLE t (id int PRIMARY KEY, a int, KEY k1 (a), KEY k2 (a) IGNORED, KEY k3 (id, a), UNIQUE KEY u (a))",
			Want: "CREATE TABLE t (id int PRIMARY KEY, a int, KEY k1 (a) IGNORED, KEY k2 (a), KEY k3 (a, id) IGNORED, UNIQUE KEY u (a) IGNORED, KEY k4 (a) IGNORED)",
		},
		{
			Name: "what unique keys are over", Have: "CREATE TABLE t (id int, a varchar(20), c int, d int, PRIMARY KEY (id), UNIQUE KEY u1 (a(5)), UNIQUE KEY u3 (c), UNIQUE KEY u4 (d) COMMENT 'x')",
			Want: "CREATE TABLE t (id int, a varchar(20), c int, d int, PRIMARY KEY (id) COMMENT 'pk', UNIQUE KEY u1 (a(9)), UNIQUE KEY u3 (c), UNIQUE KEY u4 (d) COMMENT 'y')",
		},
		{
			Name: "checks that are a part of a column", Rows: "INSERT INTO t VALUES (1, 1, 1, 1, '{}', 5)",
			Have: "CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a < 50), b int CHECK (b < 50), c int CHECK (c > 0), d json, e int CHECK (e > 1))",
			Want: "CREATE TABLE t (id int PRIMARY KEY, a bigint CHECK (a < 50), b int CHECK (b < 60), c int, d json NOT NULL, e int DEFAULT 7 CHECK (e > 1))",
		},
		{
			Name: "columns that come with a check", Have: "CREATE TABLE t (id int PRIMARY KEY, j longtext)", Rows: "INSERT INTO t VALUES (1, '{}')",
			Want: "CREATE TABLE t (id int PRIMARY KEY, j json, k json NOT NULL DEFAULT '[]', a int CHECK (a < 50))",
		},
	},
}

func TestWanted(t *testing.T) {
	flavors := []string{"mysql", "mariadb"}
	for _, flavor := range flavors {
		for _, version := range servers.Versions(flavor) {
			t.Run(flavor+version, func(t *testing.T) {
				both := slices.DeleteFunc(slices.Concat(wantedPairs, conform.Pairs(kindsOfChange)), func(p conform.Pair) bool {
					return !slices.Contains(servers.Share(p.Name, flavors), flavor)
				})
				pairs := slices.Concat(both, flavorPairs[flavor])
				if servers.Everything() {
					pairs = append(pairs, conform.Copied(pairs)...)
				}
				conform.Wanted(t, engineOf(flavor, version), describeSchema, pairs)
			})
		}
	}
}
