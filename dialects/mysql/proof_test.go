package mysql

import (
	"strings"
	"testing"

	"surefoot/conform/servers"
	"surefoot/schema"
)

// defaults are those that a column of a type may have, as they are written.
var defaults = map[string][]string{
	"datetime(3)":          {"NULL", "CURRENT_TIMESTAMP(3)", "'2020-01-01 00:00:00'", "'1000-01-01'", "(now(3) + interval 1 day)", "CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"},
	"timestamp":            {"NULL", "CURRENT_TIMESTAMP", "'2020-01-01 00:00:00'"},
	"date":                 {"NULL", "(curdate())", "'2020-01-01'"},
	"time":                 {"NULL", "'10:00:00'", "'-01:00:00'"},
	"varchar(40)":          {"NULL", "'NULL'", "''", "'x'", "'a''b'", `'back\\slash'`, `'"'`, "(concat('a', 'b''c'))", "(uuid())", "(user())", `(concat('\\', "'"))`, "'(uuid())'", "'uuid()'", "0x4142", "x'43'"},
	"int":                  {"NULL", "0", "5", "-1", "0x10", "b'101101'", "(1 + 1)", "(abs(-3))"},
	"decimal(10,2)":        {"NULL", "0", "1.5", "'2.50'", "(1.5 * 2)"},
	"double":               {"NULL", "0", "1.5e3", "(rand())"},
	"bit(3)":               {"NULL", "b'101'", "b'1'"},
	"varbinary(5)":         {"NULL", "'a'", "x'01ff'", "''"},
	"enum('a','b''c')":     {"NULL", "'a'", "'b''c'"},
	"set('p','q')":         {"NULL", "''", "'p,q'"},
	"text":                 {"NULL", "(concat(''))", "(lower('X'))"},
	"json":                 {"NULL", "(json_array())", "(json_object('k', 'v'))"},
	"year":                 {"NULL", "2020", "'2021'"},
	"char(3)":              {"NULL", "'q'", "'é'"},
	"varchar(3) binary":    {"NULL", "'q'", "'😀'"},
	"varchar(9) invisible": {"NULL", "'x'", "(lower('X'))"},
}

// A default that is set is there after its statement, and was not before, whatever it was and becomes.
func TestProofOfDefaults(t *testing.T) {
	all := servers.Everything() // else a third of the pairs
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		for typ, texts := range defaults {
			for i, was := range texts {
				for j, is := range texts {
					if was != is && (all || (i+j)%3 == 0) {
						provesDefault(t, db, typ, was, is)
					}
				}
			}
		}
	})
}

func provesDefault(t *testing.T, db *Database, typ, was, is string) {
	t.Helper()
	for _, change := range []string{"ALTER COLUMN c SET DEFAULT " + is, "MODIFY c " + typ + " DEFAULT " + is} {
		if _, err := db.pool.Exec("DROP TABLE IF EXISTS t"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.pool.Exec("CREATE TABLE t (id INT PRIMARY KEY, c " + typ + " DEFAULT " + was + ")"); err != nil {
			t.Fatalf("%s DEFAULT %s: %v", typ, was, err)
		}
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stmts, err := db.Parse("", "ALTER TABLE t "+change, s)
		if err != nil {
			continue // the server has its say: a clause that it does not read
		}
		if change[0] == 'A' && strings.HasPrefix(was, is) {
			continue // it changes nothing: ON UPDATE stays
		}
		steps, err := db.alterStep(schema.Name{Table: "t"}, stmts[0].Changes, s)
		if err != nil || len(steps) != 1 || steps[0].Proof == "" {
			t.Errorf("%s DEFAULT %s: %s: %v, %v", typ, was, change, steps, err)
			continue
		}
		if proved(t, db, steps[0].Proof) {
			t.Errorf("%s DEFAULT %s: %s is there before it runs: %s", typ, was, change, steps[0].Proof)
		}
		if _, err := db.pool.Exec("ALTER TABLE t " + change); err != nil {
			continue // the server has its say: a default that it does not take
		}
		if !proved(t, db, steps[0].Proof) {
			t.Errorf("%s DEFAULT %s: %s is not there after it ran: %s", typ, was, change, steps[0].Proof)
		}
	}
}

// A proof says whether something is there.
func proved(t *testing.T, db *Database, proof string) bool {
	t.Helper()
	var there bool
	if err := db.pool.QueryRow(proof).Scan(&there); err != nil {
		t.Fatal(proof, err)
	}
	return there
}
