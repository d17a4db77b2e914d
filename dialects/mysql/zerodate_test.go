package mysql

import (
	"strings"
	"testing"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// TestZeroDate: a statement that gives all rows a zero date is refused where the server refuses it to its users,
// also when nothing was rehearsed.
func TestZeroDate(t *testing.T) {
	for _, kind := range []string{"DATE", "DATETIME(3)", "TIMESTAMP"} {
		eachServer(t, func(t *testing.T, url string) {
			db := openTest(t, url)
			execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)", "CREATE TABLE u LIKE t", "INSERT INTO u VALUES (1)", "CREATE TABLE v LIKE t", "INSERT INTO v VALUES (1)")
			conn, err := db.pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.ExecContext(t.Context(), "SET SESSION sql_mode = @@GLOBAL.sql_mode"); err != nil {
				t.Fatal(err)
			}
			change := " ADD COLUMN d " + kind + " NOT NULL"
			_, native := conn.ExecContext(t.Context(), "ALTER TABLE u"+change)

			s, err := db.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			piece, err := db.Script(schema.AddColumn{On: schema.On{Name: s.Resolve(schema.Name{Table: "v"})}, Column: schema.Column{Name: "d", Type: kind, NotNull: true}}, s)
			if err != nil {
				t.Fatal(err)
			}
			err = onOneSession(t, db, piece[0].SQL)
			if (err == nil) != (native == nil) || err != nil && err.Error() != native.Error() {
				t.Errorf("%s as a piece: %v, natively %v", kind, err, native)
			}
			stmts, err := db.Parse("", "ALTER TABLE t"+change, s)
			if err != nil {
				t.Fatal(err)
			}
			p, err := planner.Build(stmts, s, db, planner.Options{Mode: plan.Safe, Limits: planner.DefaultLimits()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = executor.Run(t.Context(), db, p, executor.Options{})
			if (err == nil) != (native == nil) || err != nil && !strings.Contains(err.Error(), native.Error()) {
				t.Errorf("%s: %v, natively %v", kind, err, native)
			}
		})
	}
}

func onOneSession(t *testing.T, db *Database, statements []string) error {
	t.Helper()
	conn, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range statements {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			return err
		}
	}
	return nil
}
