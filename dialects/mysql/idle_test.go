package mysql

import (
	"testing"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// TestNothingToDo: IF EXISTS and IF NOT EXISTS that meet what they ask for do nothing, and what stands
// beside them is done and taken back as if they were not there.
func TestNothingToDo(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		execute(t, db, "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT, w INT, KEY w (w), UNIQUE KEY u (v))", "INSERT INTO t VALUES (1, 1, 1)")
		statements := []string{"DROP TABLE IF EXISTS nope", "CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)"}
		if db.maria() {
			statements = append(
				statements,
				"ALTER TABLE t MODIFY COLUMN IF EXISTS nope INT", "ALTER TABLE t CHANGE COLUMN IF EXISTS nope z INT", "ALTER TABLE t ALTER COLUMN IF EXISTS nope SET DEFAULT 3",
				"ALTER TABLE t RENAME COLUMN IF EXISTS nope TO z", "ALTER TABLE t ADD COLUMN IF NOT EXISTS w BIGINT NOT NULL", "ALTER TABLE t DROP COLUMN IF EXISTS nope",
				"ALTER TABLE t ADD KEY IF NOT EXISTS w (w)", "ALTER TABLE t ADD UNIQUE KEY IF NOT EXISTS u (v)", "ALTER TABLE t DROP KEY IF EXISTS nope", "DROP INDEX IF EXISTS nope ON t",
				"CREATE INDEX IF NOT EXISTS w ON t (w)", "ALTER TABLE t DROP FOREIGN KEY IF EXISTS nope", "ALTER TABLE t DROP CONSTRAINT IF EXISTS nope",
				"ALTER TABLE IF EXISTS nope ADD COLUMN x INT", "RENAME TABLE IF EXISTS nope TO nope2", "ALTER TABLE t DROP COLUMN IF EXISTS nope, ADD COLUMN IF NOT EXISTS w INT",
			)
		}
		for _, sql := range statements {
			p := planNatively(t, db, sql)
			if len(p.Steps) > 0 {
				t.Errorf("%s has the step %s", sql, p.Steps[0].SQL)
			}
		}
		if !db.maria() {
			return
		}
		before := definitionOf(t, db, "t")
		const sql = "ALTER TABLE t ADD COLUMN IF NOT EXISTS w BIGINT, ADD COLUMN IF NOT EXISTS q INT, DROP COLUMN IF EXISTS nope, MODIFY v BIGINT"
		s, err := db.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		inWindow, err := planner.Build(statementsOf(t, db, sql, s), s, db, planner.Options{Mode: plan.Window})
		if err != nil {
			t.Fatal(err)
		}
		for id, p := range map[string]*plan.Plan{"native": inWindow, "copied": planFor(t, db, sql)} {
			if id == "native" {
				p.Steps = append(p.Steps, plan.Step{Kind: schema.Contract, Title: "wait", Pause: plan.Pause{Hold: "for the way back"}})
			}
			if out, err := executor.Run(t.Context(), db, p, executor.Options{ID: id}); err != nil {
				t.Fatal(out, err)
			}
			if after := definitionOf(t, db, "t"); after == before {
				t.Errorf("%s: nothing was done: %s", id, after)
			}
			becomes(t, executor.RolledBack, func() (executor.Outcome, error) { return executor.Rollback(t.Context(), db, id, executor.Options{}) })
			if after := definitionOf(t, db, "t"); after != before {
				t.Errorf("%s: the way back leads to %s", id, after)
			}
		}
	})
}
