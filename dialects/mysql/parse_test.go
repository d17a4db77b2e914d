package mysql

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/plan"
	"surefoot/schema"
)

func dialect(t *testing.T, flavor Flavor, version string) *Dialect {
	t.Helper()
	d, err := New(flavor, version)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"SELECT 1; SELECT 2", []string{"SELECT 1", "SELECT 2"}},
		{"-- a; b\nSELECT 1 -- c; d\n;# e; f\nSELECT 2", []string{"SELECT 1", "SELECT 2"}},
		{"SELECT 1--1; SELECT 2", []string{"SELECT 1--1", "SELECT 2"}},
		{`SELECT 'a;\';b', "c;""d", ` + "`e;``f`; SELECT 2", []string{`SELECT 'a;\';b', "c;""d", ` + "`e;``f`", "SELECT 2"}},
		{"/* a; */ SELECT /* b; */ 1;", []string{"SELECT /* b; */ 1"}},
		{"DELIMITER //\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END//\nDELIMITER ;\nSELECT 1;", []string{
			"CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END", "SELECT 1",
		}},
		{"delimiter $$\nSELECT 1$$ SELECT 2 $$\nDELIMITER ;\nSELECT 3", []string{"SELECT 1", "SELECT 2", "SELECT 3"}},
		{";;SELECT 1;;", []string{"SELECT 1"}},
		{"", nil},
	} {
		var got []string
		for _, p := range split(c.text, sqlMode{}) {
			got = append(got, c.text[p.start:p.end])
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
	text := `SELECT 'a\'; SELECT 2`
	if n := len(split(text, sqlMode{noBackslash: true})); n != 2 {
		t.Errorf("without backslash escapes %q has %d statements, not 2", text, n)
	}
}

func TestExecutableComments(t *testing.T) {
	my, maria := dialect(t, MySQL, "8.4.3"), dialect(t, MariaDB, "10.11.8")
	for _, c := range []struct {
		text             string
		inMySQL, inMaria bool
	}{
		{"/*! RUN */", true, true},
		{"/*!50100 RUN */", true, true},
		{"/*!80013 RUN */", true, false}, // MariaDB passes over 5.7 and later
		{"/*!90000 RUN */", false, false},
		{"/*!101100 RUN */", false, true},
		{"/*!110000 RUN */", false, false},
		{"/*M! RUN */", false, true},
		{"/*M!100300 RUN */", false, true},
		{"/*M!120000 RUN */", false, false},
		{"'/*! RUN */'", true, true}, // a string
	} {
		for d, want := range map[*Dialect]bool{my: c.inMySQL, maria: c.inMaria} {
			got := d.resolve(c.text)
			if strings.Contains(got, "RUN") != want || len(got) != len(c.text) {
				t.Errorf("%s on %s: %q", c.text, d.flavor, got)
			}
		}
	}
}

const sample = `CREATE TABLE t (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  a INT DEFAULT 1,
  b VARCHAR(20) NOT NULL DEFAULT '' COMMENT 'it''s',
  c VARCHAR(30) CHARACTER SET latin1,
  e ENUM('x','y'),
  KEY i_a (a),
  CONSTRAINT chk CHECK (a > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='a; b';
CREATE TABLE p (id INT PRIMARY KEY);`

// what a clause of ALTER TABLE t is read as: kinds, and what matters of each.
var readAs = []struct{ clause, want string }{
	{"ADD COLUMN z BIGINT UNSIGNED NOT NULL DEFAULT 5 AFTER a", "add-column z bigint unsigned default 5 not null AFTER `a`"},
	{"ADD z DECIMAL", "add-column z decimal(10,0)"},
	{"ADD COLUMN (y INT, z BOOL)", "add-column y int; add-column z tinyint(1)"},
	{"ADD z INT UNIQUE", "add-column z int; add-unique z"},
	{"ADD z INT CHECK (z > 1)", "add-column z int; add-check "},
	{"ADD z INT AS (a + 1) STORED", "add-column z int stored"},
	{"ADD z DATETIME DEFAULT NOW() ON UPDATE NOW()", "add-column z datetime default NOW()"},
	{"ADD z VARCHAR(36) DEFAULT (UUID())", "add-column z varchar(36) default (UUID())"},
	{"ADD z INT INVISIBLE", "add-column z int"},
	{"ADD z POINT NOT NULL SRID 4326", "add-column z point not null"},
	{"ADD z SERIAL", "add-column z bigint unsigned not null; add-unique z"},
	{"MODIFY a BIGINT DEFAULT 1", "change-type a bigint"},
	{"MODIFY COLUMN a INT", "drop-default a"},
	{"MODIFY a INT NOT NULL DEFAULT 2", "set-not-null a; set-default a 2"},
	{"MODIFY a INTEGER(11) DEFAULT '1' COMMENT 'x'", "change-type a int"},
	{"MODIFY b VARCHAR(20) DEFAULT '' COMMENT 'it''s'", "drop-not-null b"},
	{"MODIFY b VARCHAR(20) NOT NULL DEFAULT '' COMMENT 'it''s'", "change-type b varchar(20)"}, // nothing changes
	{"MODIFY c VARCHAR(30)", "change-type c varchar(30) utf8mb4_general_ci"},
	{"CHANGE a z INT DEFAULT 1", "rename-column a z"},
	{"CHANGE A z BIGINT DEFAULT 1", "change-type a bigint; rename-column a z"},
	{"MODIFY id BIGINT AUTO_INCREMENT", "change-type id bigint"},
	{"RENAME COLUMN a TO b2", "rename-column a b2"},
	{"ALTER a SET DEFAULT (1 + 2)", "set-default a (1 + 2)"},
	{"ALTER COLUMN a DROP DEFAULT", "drop-default a"},
	{"DROP COLUMN a", "drop-column a"},
	{"DROP a", "drop-column a"},
	{"DROP INDEX i_a", "drop-index i_a"},
	{"DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)", "drop-constraint PRIMARY; add-primary-key PRIMARY"},
	{"ADD INDEX z (a DESC, b(5)) USING BTREE COMMENT 'x, y'", "add-index z a,b prefix"},
	{"ADD INDEX ((a + 1))", "add-index functional_index"},
	{"ADD CONSTRAINT u UNIQUE KEY (a, b)", "add-unique u"},
	{"ADD UNIQUE u (a)", "add-unique u"},
	{"ADD FULLTEXT (b)", "add-index b b"},
	{"ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL", "add-foreign-key f"},
	{"ADD CHECK (a > 0)", "add-check "},
	{"DROP CHECK chk", "drop-constraint chk"},
	{"DROP FOREIGN KEY f", "drop-constraint f"},
	{"RENAME TO u", "rename-table u"},
	{"ADD z INT, ALGORITHM=COPY, LOCK=SHARED", "add-column z int"},
	{"ADD `a;b` INT COMMENT 'RENAME, DROP a'", "add-column a;b int"},
	{"ENGINE=InnoDB", "set-option"},
	{"ADD PARTITION (PARTITION p1 VALUES LESS THAN (5))", "verbatim"},
	{"CONVERT TO CHARACTER SET utf8mb4", "change-type b varchar(20); change-type c varchar(30) utf8mb4_0900_ai_ci; change-type e enum('x','y'); set-option"},
	{"RENAME INDEX i_a TO i_b", "rename-index i_a i_b"},
	{"RENAME KEY `i_a` TO `i``b`, DROP b", "rename-index i_a i`b; drop-column b"},
	{"ADD z INT /*! NOT NULL */", "add-column z int not null"},
	{"ADD z INT /*!99999 NOT NULL */", "add-column z int"},
	{"ADD z INT /*M! NOT NULL */", "add-column z int"},
}

func TestReadAlter(t *testing.T) {
	d := dialect(t, MySQL, "9.7.4")
	s, err := d.Schema(sample)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range readAs {
		stmts, err := d.Parse("", "ALTER TABLE t "+c.clause, s)
		if err != nil {
			t.Errorf("%s: %v", c.clause, err)
			continue
		}
		var got []string
		for _, change := range flat(stmts[0].Changes) {
			got = append(got, describe(change))
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s\nis read as %s\nnot as     %s", c.clause, text, c.want)
		}
	}
}

func describe(c schema.Change) string {
	text := c.Kind()
	switch c := c.(type) {
	case schema.AddColumn:
		text += " " + c.Column.Name + " " + c.Column.Type
		if c.Column.Default != "" {
			text += " default " + c.Column.Default
		}
		if c.Column.Generated != "" {
			text += " " + c.Column.Generated
		}
		if c.Column.NotNull {
			text += " not null"
		}
		text += strings.TrimRight(" "+c.Position, " ")
	case schema.ChangeType:
		text += " " + c.Column + " " + c.Type
		if c.Column == "c" {
			text += " " + c.Collation
		}
	case schema.SetNotNull:
		text += " " + c.Column
	case schema.DropNotNull:
		text += " " + c.Column
	case schema.SetDefault:
		text += " " + c.Column + " " + c.Expr
	case schema.DropDefault:
		text += " " + c.Column
	case schema.RenameColumn:
		text += " " + c.From + " " + c.To
	case schema.DropColumn:
		text += " " + c.Column
	case schema.RenameIndex:
		text += " " + c.From + " " + c.To
	case schema.DropIndex:
		text += " " + c.Index
	case schema.CreateIndex:
		text += " " + c.Index.Name + strings.TrimRight(" "+strings.Join(c.Index.Columns, ","), " ")
		if c.Index.Prefix {
			text += " prefix"
		}
	case schema.AddConstraint:
		text += " " + c.Constraint.Name
	case schema.DropConstraint:
		text += " " + c.Constraint
	case schema.RenameTable:
		text += " " + c.To
	}
	return text
}

func TestReadStatements(t *testing.T) {
	d := dialect(t, MariaDB, "11.8.6")
	s, err := d.Schema(sample)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"CREATE INDEX z ON t (a)":                                      "add-index z a",
		"CREATE UNIQUE INDEX z ON t (a, b) COMMENT 'x'":                "add-index z a,b",
		"DROP INDEX i_a ON t":                                          "drop-index i_a",
		"DROP TABLE t, p":                                              "drop-table; drop-table",
		"RENAME TABLE t TO u":                                          "rename-table u",
		"CREATE TABLE q (id INT PRIMARY KEY)":                          "create-table",
		"CREATE TABLE q LIKE t":                                        "create-table",
		"UPDATE t SET a = 1":                                           "verbatim",
		"ALTER IGNORE TABLE t ADD UNIQUE (a)":                          "verbatim",
		"CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a=1": "verbatim",
		"ALTER TABLE t ADD COLUMN z INT REFERENCES p (id)":             "add-column z int(11); add-foreign-key t_ibfk_1",
		"ALTER TABLE t ADD z UUID DEFAULT UUID()":                      "add-column z uuid default UUID()",
		"ALTER TABLE t ADD SYSTEM VERSIONING":                          "verbatim",
		"BEGIN":                                                        "",
	} {
		stmts, err := d.Parse("", text, s)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, c := range flat(stmts[0].Changes) {
			got = append(got, describe(c))
		}
		if all := strings.Join(got, "; "); all != want {
			t.Errorf("%s\nis read as %q\nnot as     %q", text, all, want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	d := dialect(t, MySQL, "8.0.36")
	for text, want := range map[string]string{
		"ALTER TABEL t ADD a INT":                                   "1:7",
		"SELECT 1;\nALTER TABLE t\n  ADD COLUMN a INTT":             "3:16",
		"ALTER TABLE t ADD COLUMN a INT,":                           "1:32",
		"CREATE TABLE t (id INT PRIMARY KEY;":                       "1:35",
		"SELECT 1;\n\n/* x */ ALTER TABLE t ADD COLUMN a INT FISRT": "3:40",
		"DROP TABEL t": "1:6",
	} {
		_, err := d.Parse("f.sql", text, nil)
		var syntax *schema.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := fmt.Sprintf("%d:%d", syntax.Line, syntax.Column); got != want {
			t.Errorf("%q: the error is at %s, not %s: %v", text, got, want, err)
		}
	}
}

func TestPlaces(t *testing.T) {
	d := dialect(t, MySQL, "8.4.0")
	stmts, err := d.Parse("f.sql", "-- é\nSELECT 1;\n  /* é */ ALTER TABLE t\n ADD a INT ;", nil)
	if err != nil {
		t.Fatal(err)
	}
	st := stmts[1]
	if got := fmt.Sprintf("%d:%d-%d:%d", st.Line, st.Column, st.EndLine, st.EndColumn); got != "3:12-4:11" {
		t.Errorf("the statement is at %s", got)
	}
}

func TestPinned(t *testing.T) {
	d := dialect(t, MySQL, "9.7.4")
	online := plan.Effect{Algorithm: "INPLACE", Lock: "NONE"}
	for sql, want := range map[string]string{
		"ALTER TABLE t ADD INDEX (a), ALGORITHM=COPY, LOCK = EXCLUSIVE": "ALTER TABLE t ADD INDEX (a), ALGORITHM=INPLACE, LOCK=NONE",
		"CREATE INDEX z ON t (a) LOCK=SHARED":                           "CREATE INDEX z ON t (a) ALGORITHM=INPLACE LOCK=NONE",
		"ALTER TABLE `a,b` ADD c INT COMMENT ', LOCK=NONE'":             "ALTER TABLE `a,b` ADD c INT COMMENT ', LOCK=NONE', ALGORITHM=INPLACE, LOCK=NONE",
	} {
		if got := strings.Join(strings.Fields(d.pinned(sql, pin(online))), " "); got != want {
			t.Errorf("%s\nbecomes %s\nnot     %s", sql, got, want)
		}
	}
}
