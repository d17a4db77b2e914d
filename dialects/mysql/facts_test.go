package mysql

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// example is a change that stands for its sort.
type example struct {
	sort   sort
	setup  string // tables beside the plain one; the last is the one that is changed
	change string
}

const plain = `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, n INT NOT NULL DEFAULT 0, b VARCHAR(20), k VARCHAR(20),
 b2 VARCHAR(50), vb2 VARBINARY(200), l VARCHAR(400), d DECIMAL(10,2), e ENUM('x','y'), s SET('p','q'), f CHAR(10), g DATETIME, ts TIMESTAMP NULL, vb VARBINARY(20),
 u3 VARCHAR(20) CHARACTER SET utf8mb3, la VARCHAR(20) CHARACTER SET latin1, un INT UNSIGNED, ft TEXT, j INT, i INT, KEY i_k (k), KEY i_i (i), KEY i_k2 (i, k)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci`

// What a FULLTEXT key is on, and what it was on: its hidden column stays.
const (
	searched = `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, b VARCHAR(20), FULLTEXT KEY ft (b))`
	formerly = searched + `; ALTER TABLE t DROP KEY ft`
)

const virtual = `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, v INT GENERATED ALWAYS AS (a + 1) VIRTUAL, st INT GENERATED ALWAYS AS (a + 2) STORED)`

var examples = []example{
	{addColumn, plain, "ADD COLUMN z INT"},
	{addColumn, plain, "ADD COLUMN z INT NOT NULL"},
	{addColumn, plain, "ADD COLUMN z INT NOT NULL DEFAULT 5"},
	{addColumn, plain, "ADD COLUMN z DATETIME DEFAULT CURRENT_TIMESTAMP"},
	{addColumn, plain, "ADD COLUMN z VARCHAR(10) DEFAULT 'x' COMMENT 'y'"},
	{addColumn, plain, "ADD COLUMN z TEXT"},
	{addColumn, plain, "ADD COLUMN z TIMESTAMP NOT NULL"},
	{addColumn, plain, "ADD COLUMN z TIME NOT NULL"},
	{addColumn, virtual, "ADD COLUMN z INT"},
	{addColumnAt, plain, "ADD COLUMN z INT FIRST"},
	{addColumnAt, plain, "ADD COLUMN z INT AFTER a"},
	{addColumnAtVirtual, virtual, "ADD COLUMN z INT AFTER id"},
	{addColumnIndexedVirtual, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, KEY v (v))", "ADD COLUMN z INT"},
	{addColumn, searched, "ADD COLUMN z INT"},
	{addColumnAt, searched, "ADD COLUMN z INT FIRST"},
	{addExpressionDefault, searched, "ADD COLUMN z INT DEFAULT (1 + 1)"},
	{dropColumn, searched, "DROP COLUMN a"},
	{reorderColumn, searched, "MODIFY COLUMN a INT FIRST"},
	{setNotNull, searched, "MODIFY COLUMN a INT NOT NULL"},
	{renameColumn, searched, "RENAME COLUMN a TO z"},
	{addIndex, searched, "ADD INDEX z (a)"},
	{rebuildOption, searched, "FORCE"},
	{addColumn, formerly, "ADD COLUMN z INT"},
	{addColumnAt, formerly, "ADD COLUMN z INT FIRST"},
	{addExpressionDefault, formerly, "ADD COLUMN z INT DEFAULT (1 + 1)"},
	{dropColumn, formerly, "DROP COLUMN a"},
	{reorderColumn, formerly, "MODIFY COLUMN a INT FIRST"},
	{setNotNull, formerly, "MODIFY COLUMN a INT NOT NULL"},
	{renameColumn, formerly, "RENAME COLUMN a TO z"},
	{addVirtual, formerly, "ADD COLUMN z INT AS (a + 1) VIRTUAL"},
	{setOption, plain, "COMMENT='x'"},
	{setOption, plain, "DEFAULT CHARSET=latin1"},
	{setOption, plain, "STATS_PERSISTENT=1"},
	{rebuildOption, plain, "ROW_FORMAT=COMPACT"},
	{rebuildOption, plain, "FORCE"},
	{rebuildOption, plain, "ENGINE=InnoDB"},
	{orderRows, plain, "ORDER BY a, n"},
	{changeCharset, plain, "CONVERT TO CHARACTER SET latin1"},
	{addExpressionDefault, plain, "ADD COLUMN z INT DEFAULT (1 + 1)"},
	{addExpressionDefault, plain, "ADD COLUMN z VARCHAR(20) DEFAULT (concat('a', 'b'))"},
	{addExpressionDefault, plain, "ADD COLUMN z DATETIME DEFAULT (now())"},
	{addRowDefault, plain, "ADD COLUMN z VARCHAR(36) DEFAULT (uuid())"},
	{addRandomDefault, plain, "ADD COLUMN z DOUBLE DEFAULT (rand())"},
	{addAutoIncrement, plain, "ADD COLUMN z INT NOT NULL AUTO_INCREMENT, ADD UNIQUE KEY (z)"},
	{addVirtual, plain, "ADD COLUMN z INT AS (a + 1) VIRTUAL"},
	{addStored, plain, "ADD COLUMN z INT AS (a + 1) STORED"},
	{dropColumn, plain, "DROP COLUMN a"},
	{dropColumn, virtual, "DROP COLUMN st"},
	{dropIndexedColumn, plain, "DROP COLUMN i"},
	{dropVirtual, virtual, "DROP COLUMN v"},
	{renameColumn, plain, "RENAME COLUMN a TO z"},
	{renameColumn, plain, "CHANGE a z INT"},
	{renameColumn, plain, "RENAME COLUMN k TO z"},
	{reorderColumn, plain, "MODIFY COLUMN a INT FIRST"},
	{changeMetadata, plain, "MODIFY COLUMN a INT COMMENT 'x'"},
	{changeMetadata, plain, "MODIFY COLUMN g DATETIME ON UPDATE CURRENT_TIMESTAMP"},
	{makeAutoIncrement, plain, "MODIFY COLUMN id INT NOT NULL AUTO_INCREMENT"},
	{dropAutoIncrement, "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT)", "MODIFY COLUMN id INT NOT NULL COMMENT 'n'"},
	{changeStored, virtual, "MODIFY COLUMN st INT GENERATED ALWAYS AS (a + 3) STORED"},
	{changeVirtual, virtual, "MODIFY COLUMN v INT GENERATED ALWAYS AS (a + 3) VIRTUAL"},
	{setDefault, plain, "ALTER COLUMN a SET DEFAULT 7"},
	{setDefault, plain, "ALTER COLUMN n DROP DEFAULT"},
	{setDefault, plain, "ALTER COLUMN a SET DEFAULT (1 + 1)"},
	{setNotNull, plain, "MODIFY COLUMN a INT NOT NULL"},
	{setNotNullComputed, virtual, "MODIFY COLUMN a INT NOT NULL"},
	{setNotNullComputed, "CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT 7, st INT AS (7) STORED)", "MODIFY COLUMN a INT NOT NULL"},
	{setNotNullComputed, "CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP)", "MODIFY COLUMN a TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP"},
	{setNotNull, "CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT (1 + 1))", "MODIFY COLUMN a INT NOT NULL DEFAULT (1 + 1)"},
	{dropNotNull, plain, "MODIFY COLUMN n INT NULL DEFAULT 0"},
	{changeType, plain, "MODIFY COLUMN a BIGINT"},
	{changeType, plain, "MODIFY COLUMN id BIGINT NOT NULL"},
	{changeType, plain, "MODIFY COLUMN a INT UNSIGNED"},
	{changeType, plain, "MODIFY COLUMN a SMALLINT"},
	{changeType, plain, "MODIFY COLUMN d DECIMAL(12,4)"},
	{changeType, plain, "MODIFY COLUMN d DECIMAL(12,2)"},
	{changeType, plain, "MODIFY COLUMN g DATETIME(6)"},
	{changeType, plain, "MODIFY COLUMN ts DATETIME"},
	{changeType, plain, "MODIFY COLUMN g TIMESTAMP NULL"},
	{changeType, plain, "MODIFY COLUMN ft MEDIUMTEXT"},
	{changeType, plain, "MODIFY COLUMN b TEXT"},
	{changeType, plain, "MODIFY COLUMN f CHAR(20)"},
	{changeType, plain, "MODIFY COLUMN f VARCHAR(20)"},
	{changeType, plain, "MODIFY COLUMN a VARCHAR(20)"},
	{widenVarchar, plain, "MODIFY COLUMN b VARCHAR(50)"},
	{widenVarchar, plain, "MODIFY COLUMN b VARCHAR(63)"},
	{widenVarchar, plain, "MODIFY COLUMN l VARCHAR(600)"},
	{widenVarchar, plain, "MODIFY COLUMN vb VARBINARY(255)"},
	{widenVarcharIndexed, plain, "MODIFY COLUMN k VARCHAR(50)"},
	{crossVarchar, plain, "MODIFY COLUMN b VARCHAR(64)"},
	{crossVarchar, plain, "MODIFY COLUMN vb VARBINARY(256)"},
	{crossVarchar, plain, "MODIFY COLUMN k VARCHAR(100)"},
	{crossVarcharLate, plain, "MODIFY COLUMN b2 VARCHAR(64)"},
	{crossVarcharLate, plain, "MODIFY COLUMN vb2 VARBINARY(256)"},
	{shortenVarchar, plain, "MODIFY COLUMN b VARCHAR(10)"},
	{appendMember, plain, "MODIFY COLUMN e ENUM('x','y','z')"},
	{appendMember, plain, "MODIFY COLUMN s SET('p','q','r')"},
	{changeMembers, plain, "MODIFY COLUMN e ENUM('y','x')"},
	{changeMembers, plain, "MODIFY COLUMN e ENUM('x')"},
	{changeMembers, plain, "MODIFY COLUMN s SET('q','p')"},
	{changeMembers, plain, "MODIFY COLUMN s SET('p','q','a','b','c','d','e','f','g')"},
	{changeCollation, plain, "MODIFY COLUMN b VARCHAR(20) COLLATE utf8mb4_bin"},
	{changeCollationText, plain, "MODIFY COLUMN f CHAR(10) COLLATE utf8mb4_bin"},
	{changeCollationText, plain, "MODIFY COLUMN f CHAR(10) COLLATE utf8mb4_bin, COMMENT='x'"},
	{changeCollation, plain, "MODIFY COLUMN b VARCHAR(20) COLLATE utf8mb4_bin, COMMENT='x'"},
	{changeCollation, plain, "MODIFY COLUMN b VARCHAR(20) COLLATE utf8mb4_bin, ADD INDEX zi (a)"},
	{changeCollationMembers, plain, "MODIFY COLUMN e ENUM('x','y') COLLATE utf8mb4_bin"},
	{changeCollationMembers, plain, "MODIFY COLUMN s SET('p','q') COLLATE utf8mb4_bin, ADD INDEX zi (a)"},
	{changeCollationIndexed, plain, "MODIFY COLUMN k VARCHAR(20) COLLATE utf8mb4_bin"},
	{widenCharset, plain, "MODIFY COLUMN u3 VARCHAR(20) CHARACTER SET utf8mb4"},
	{changeCharset, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, a VARCHAR(80) CHARACTER SET utf8mb3)", "MODIFY COLUMN a VARCHAR(80) CHARACTER SET utf8mb4"},
	{changeCharset, plain, "MODIFY COLUMN la VARCHAR(20) CHARACTER SET utf8mb4"},
	{changeCharset, plain, "MODIFY COLUMN b VARCHAR(20) CHARACTER SET latin1"},
	{addIndex, plain, "ADD INDEX z (a)"},
	{addIndex, plain, "ADD UNIQUE INDEX z (a)"},
	{addIndex, plain, "ADD CONSTRAINT z UNIQUE (a, b)"},
	{addIndex, virtual, "ADD INDEX z (v)"},
	{addFulltext, plain, "ADD FULLTEXT INDEX z (ft)"},
	{addSpatial, "CREATE TABLE t (id INT PRIMARY KEY, p POINT NOT NULL)", "ADD SPATIAL INDEX z (p)"},
	{dropIndex, plain, "DROP INDEX i_i"},
	{renameIndex, plain, "RENAME INDEX i_i TO z"},
	{addColumn, plain, "ADD COLUMN z INT, RENAME INDEX i_i TO zi"},
	{renameIndex, plain, "RENAME INDEX i_i TO z, ADD INDEX zi (a)"},
	{addPrimaryKey, "CREATE TABLE t (id INT NOT NULL, a INT)", "ADD PRIMARY KEY (id)"},
	{dropPrimaryKey, plain, "DROP PRIMARY KEY"},
	{addClustered, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0)", "ADD UNIQUE INDEX z (id)"},
	{addClustered, "CREATE TABLE t (id INT NOT NULL, b INT, UNIQUE KEY u (b))", "ADD CONSTRAINT z UNIQUE (id)"},
	{addIndex, "CREATE TABLE t (id INT NOT NULL, b INT, UNIQUE KEY u (id))", "ADD UNIQUE INDEX z (b)"},
	{addIndex, "CREATE TABLE t (id VARCHAR(20) NOT NULL, b INT)", "ADD UNIQUE INDEX z (id(5))"},
	{addIndex, "CREATE TABLE t (id INT NOT NULL, b INT)", "ADD UNIQUE INDEX z (b)"},
	{dropClustered, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id))", "DROP INDEX u"},
	{dropClustered, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id))", "DROP COLUMN id"},
	{dropClustered, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id))", "MODIFY COLUMN id INT"},
	{dropClusteredOfTwo, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id), UNIQUE KEY v (id, b))", "DROP INDEX u"},
	{dropIndex, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id), UNIQUE KEY v (id, b))", "DROP INDEX v"},
	{dropClustered, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id))", "DROP INDEX u, ADD UNIQUE INDEX z (id, b)"},
	{addPrimaryKey, "CREATE TABLE t (id INT NOT NULL, b INT NOT NULL DEFAULT 0, UNIQUE KEY u (id))", "DROP INDEX u, ADD PRIMARY KEY (id, b)"},
	{dropPrimaryKey, plain, "DROP PRIMARY KEY, ADD UNIQUE INDEX z (id, n)"},
	{dropClustered, "CREATE TABLE t (id INT NOT NULL, b INT, UNIQUE KEY u (id))", "DROP INDEX u, ADD UNIQUE INDEX z (b)"},
	{changeStored, "CREATE TABLE t (id INT PRIMARY KEY, b INT, v INT AS (b + 1) VIRTUAL, KEY k (v))", "MODIFY COLUMN v INT AS (b + 2) VIRTUAL"},
	{addPrimaryKey, plain, "DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)"},
	{addCheck, plain, "ADD CONSTRAINT z CHECK (a > 0)"},
	{addCheckLater, plain, "ADD CONSTRAINT z CHECK (a > 0) NOT ENFORCED"},
	{dropCheck, "CREATE TABLE t (id INT PRIMARY KEY, a INT, CONSTRAINT z CHECK (a > 0))", "DROP CONSTRAINT z"},
	{addForeignKey, "CREATE TABLE p (id INT PRIMARY KEY); " + plain, "ADD CONSTRAINT z FOREIGN KEY (i) REFERENCES p (id)"},
	{addColumn, plain, "ADD COLUMN z INT, ADD INDEX zi (a)"},
	{addColumn, plain, "ADD COLUMN z INT UNIQUE"},
	{addColumn, plain, "ADD COLUMN z INT, DROP INDEX i_i"},
	{addColumn, plain, "ADD COLUMN z INT, MODIFY b VARCHAR(50)"},
	{addColumn, plain, "ADD COLUMN z INT, DROP COLUMN b"},
	{dropColumn, plain, "DROP COLUMN b, ADD INDEX zi (a)"},
	{addVirtual, plain, "ADD COLUMN z INT AS (a + 1) VIRTUAL, ADD COLUMN y INT"},
	{addVirtual, plain, "ADD COLUMN z INT AS (a + 1) VIRTUAL, ADD INDEX zi (a)"},
	{addVirtual, virtual, "ADD COLUMN z INT AS (a + 1) VIRTUAL, DROP COLUMN st, ADD INDEX zi (a)"},
	{dropVirtual, virtual, "DROP COLUMN v, ADD COLUMN y INT, ADD INDEX zi (a)"},
	{dropVirtual, virtual, "DROP COLUMN v, MODIFY a INT NOT NULL"},
	{renameColumn, plain, "RENAME COLUMN b TO q, ADD INDEX zi (a)"},
	{renameReferred, referred, "RENAME COLUMN a TO z"},
	{renameReferred, referred, "CHANGE a z INT, ALTER b SET DEFAULT 5"},
	{renameReferred, referred, "RENAME COLUMN a TO z, ADD INDEX b (b)"},
	{renameReferred, referred, "RENAME COLUMN id TO z"},
	{renameColumn, referred, "RENAME COLUMN own TO z"},
	{renameColumn, referred, "RENAME COLUMN b TO z"},
	{dropForeignKey, "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE t (id INT PRIMARY KEY, i INT, CONSTRAINT z FOREIGN KEY (i) REFERENCES p (id))", "DROP FOREIGN KEY z"},
}

// referred: beside ADD COLUMN the server makes such a rename and says that there is no table t (1146).
const referred = "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, own INT, UNIQUE KEY a (a), CONSTRAINT o FOREIGN KEY (own) REFERENCES t (id)); CREATE TABLE c (id INT PRIMARY KEY, a INT, CONSTRAINT r FOREIGN KEY (a) REFERENCES t (a))"

// ofMariaDB are what MySQL does not know.
var ofMariaDB = []example{
	{addNumberDefault, sequence, "ADD COLUMN z INT DEFAULT NEXTVAL(own)"},
	{addHashed, hashed, "ADD UNIQUE KEY u (a) USING HASH"},
	{addHashed, hashed, "ADD CONSTRAINT UNIQUE KEY u USING HASH (a, b)"},
	{addHashed, hashed, "ADD UNIQUE KEY u (id, b)"},
	{addHashed, hashed, "ADD UNIQUE KEY IF NOT EXISTS u (c)"},
	{addIndex, hashed, "ADD CONSTRAINT UNIQUE KEY u (b(20))"},
	{addHashed, hashed, "ADD UNIQUE KEY u (b(20), c)"},
	{addHashed, hashed, "ADD UNIQUE KEY u (a, b(769))"},
	{addIndex, hashed, "ADD UNIQUE KEY u (b(700), a)"},
	{addColumn, withHash, "ADD COLUMN z INT"},
	{renameColumn, withHash, "RENAME COLUMN a TO z"},
	{setDefault, withHash, "ALTER a SET DEFAULT 'x'"},
	{setNotNull, withHash, "MODIFY n INT NOT NULL"},
	{addIndex, withHash, "ADD KEY z (id, a)"},
	{dropIndex, withHash, "DROP KEY i"},
	{renameIndex, withHash, "RENAME KEY i TO j"},
	{setOption, withHash, "COMMENT='x'"},
	{rebuildOption, withHash, "FORCE"},
	{addVirtual, withHash, "ADD COLUMN z INT AS (id + 1) VIRTUAL"},
	{dropHashed, withHash, "DROP KEY u"},
	{dropHashed, withHash, "DROP KEY u, COMMENT='x'"},
	{dropHashed, withHash, "DROP KEY u, ADD COLUMN z INT"},
	{addColumn, "CREATE TABLE t (id INT PRIMARY KEY, b TEXT, UNIQUE KEY u (b))", "ADD COLUMN z INT"},
	{dropHashed, "CREATE TABLE t (id INT PRIMARY KEY, b TEXT, UNIQUE KEY u (b))", "DROP KEY u"},
	{dropIndex, "CREATE TABLE t (id INT PRIMARY KEY, b TEXT, c TEXT, UNIQUE KEY u (b), UNIQUE KEY v (c))", "DROP KEY u"},
	{addNumberDefault, sequence, "ADD COLUMN z INT NOT NULL DEFAULT (NEXT VALUE FOR own)"},
	{setNotNull, sequence, "MODIFY COLUMN a BIGINT NOT NULL DEFAULT NEXTVAL(own)"},
	{changeType, sequence, "MODIFY COLUMN b BIGINT"},
}

const hashed = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b TEXT, c VARCHAR(1000) CHARACTER SET utf8mb4)"

const withHash = "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), n INT DEFAULT 0, KEY i (a), UNIQUE KEY u (a) USING HASH)"

const sequence = "CREATE OR REPLACE SEQUENCE own; CREATE TABLE t (id INT PRIMARY KEY, a BIGINT DEFAULT NEXTVAL(own), b INT)"

// ofMySQL are what MariaDB does not know.
var ofMySQL = []example{
	{enforceCheck, checked, "ALTER CHECK k ENFORCED"},
	{addCheckLater, checked, "ALTER CONSTRAINT t_chk_1 NOT ENFORCED"},
	{addCheckLater, checked, "ALTER CONSTRAINT t_chk_1 ENFORCED"},
	{addUnfilled, plain, "ADD COLUMN z DATE NOT NULL"},
	{addUnfilled, plain, "ADD COLUMN z DATETIME(3) NOT NULL AFTER a"},
	{addUnfilled, virtual, "ADD COLUMN z DATETIME NOT NULL AFTER a"},
	{addExpressionIndex, plain, "ADD INDEX z ((a * 2), b)"},
	{addExpressionIndexCopied, plain, "ADD UNIQUE INDEX z ((a * 2))"},
	{addExpressionIndexCopied, "CREATE TABLE t (id INT PRIMARY KEY, a INT, n INT, KEY o ((a * 3)))", "ADD INDEX b ((n * 2))"},
	{addExpressionIndexCopied, "CREATE TABLE t (id INT PRIMARY KEY, a INT) PARTITION BY HASH (id) PARTITIONS 3", "ADD INDEX b ((a * 2))"},
	{dropExpressionIndexCopied, "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY o ((a * 3))) PARTITION BY HASH (id) PARTITIONS 3", "DROP INDEX o"},
	{dropIndex, "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY o ((a * 3)))", "DROP INDEX o"},
	{addExpressionIndexCopied, "CREATE TABLE t (id INT PRIMARY KEY, a INT, n INT, KEY o ((a * 3)))", "DROP INDEX o, ADD INDEX o ((n * 2))"},
}

const checked = "CREATE TABLE t (id INT PRIMARY KEY, a INT CHECK (a < 1000000), CONSTRAINT k CHECK (a > -5) NOT ENFORCED)"

// TestFacts holds the table of facts against each server: what the table says, what the probe on an
// empty clone finds, and what happens when the statement is run on the table itself, with rows, must
// be the same.
func TestFacts(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		if !db.measuredOn() {
			t.Fatalf("%s is not among the versions whose facts count as measured", db.text)
		}
		all := examples
		if db.maria() {
			all = slices.Concat(all, ofMariaDB)
		} else {
			all = slices.Concat(all, ofMySQL)
		}
		for _, e := range all {
			t.Run(e.change, func(t *testing.T) { holds(t, db, e) })
		}
	})
}

func holds(t *testing.T, db *Database, e example) {
	n, s := setUp(t, db, e)
	sorts := map[sort]bool{}
	for _, c := range n.Clauses {
		sorts[db.sortIn(c, s)] = true
	}
	if !sorts[e.sort] {
		t.Errorf("it is read as %v, not as %q", sorts, e.sort)
	}
	want := db.Effect(n, s)
	if want.Refused != "" {
		if _, err := db.pool.Exec("ALTER TABLE t " + e.change); err == nil {
			t.Error("the table says that it is refused, and it was not")
		}
		return
	}
	probed, err := db.Probe(t.Context(), n, s)
	if err != nil {
		t.Fatal(err)
	}
	if difference := differs(want, probed); difference != "" {
		t.Errorf("the probe differs from the table: %s", difference)
	}
	measured := measure(t, db, n, e)
	if difference := differs(want, measured); difference != "" {
		t.Errorf("the measurement differs from the table: %s", difference)
	}
}

func differs(want, got plan.Effect) string {
	a := []any{want.Algorithm, want.Lock, want.Rewrites, want.RebuildsIndexes, want.Blocks, want.Online}
	b := []any{got.Algorithm, got.Lock, got.Rewrites, got.RebuildsIndexes, got.Blocks, got.Online}
	if slices.Equal(a, b) {
		return ""
	}
	return fmt.Sprintf("%v, not %v", b, a)
}

// setUp makes an example's tables, with rows, and reads its change.
func setUp(t *testing.T, db *Database, e example) (schema.Native, *schema.Schema) {
	t.Helper()
	for _, q := range append([]string{"DROP TABLE IF EXISTS c, t, p"}, strings.Split(e.setup, "; ")...) {
		if _, err := db.pool.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
	if _, err := db.pool.Exec("INSERT INTO t (" + firstColumns(e.setup) + ") VALUES " + firstRows(e.setup)); err != nil {
		t.Fatal(err)
	}
	s, err := db.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stmts, err := db.Parse("", "ALTER TABLE t "+e.change, s)
	if err != nil {
		t.Fatal(err)
	}
	return schema.Native{On: schema.On{Name: s.Resolve(schema.Name{Table: "t"})}, SQL: stmts[0].SQL, Clauses: flat(stmts[0].Changes)}, s
}

func firstColumns(setup string) string {
	switch {
	case strings.HasSuffix(setup, plain) || setup == virtual || strings.HasPrefix(setup, searched):
		return "id, a"
	case strings.Contains(setup, "POINT"):
		return "id, p"
	}
	return "id"
}

func firstRows(setup string) string {
	switch firstColumns(setup) {
	case "id, a":
		return "(1, 10), (2, 20), (3, 30)"
	case "id, p":
		return "(1, ST_GeomFromText('POINT(1 2)'))"
	}
	return "(1), (2)"
}

// measure runs the statement on the table itself with one ALGORITHM and LOCK after the other.
func measure(t *testing.T, db *Database, n schema.Native, e example) plan.Effect {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer conn.ExecContext(t.Context(), "SET SESSION sql_mode = "+db.sessionMode(nil)) //nolint:errcheck // the session ends with the test
	if _, err := conn.ExecContext(t.Context(), "SET SESSION sql_mode = "+db.usersMode(nil)); err != nil {
		t.Fatal(err)
	}
	for _, a := range db.attempts() {
		before, err := db.storage(t.Context(), conn, n.Name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.ExecContext(t.Context(), "ALTER TABLE t "+a.clauses()+", "+e.change)
		if err == nil {
			after, err := db.storage(t.Context(), conn, n.Name)
			if err != nil {
				t.Fatal(err)
			}
			return db.probed(n, nil, a, before, after)
		}
		if !declines(err) {
			t.Fatal(err)
		}
	}
	t.Fatal("the server takes no algorithm")
	return plan.Effect{}
}
