package cases

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/conform/servers"
)

// lost is what somebody does to what surefoot made beside a table, with a write that nothing logs then.
type lost struct{ engine, first, then, aside string }

var losts = []lost{
	{
		"mysql", "DROP TRIGGER t_sf_cu; UPDATE t SET v = 77 WHERE id = 2", "DROP TRIGGER t_sf_ru; UPDATE t SET v = 78 WHERE id = 2",
		"ALTER TABLE t_sf_old RENAME TO elsewhere",
	},
	{
		"postgres", "alter table t disable trigger user; update t set v = 77 where id = 2; alter table t enable trigger user",
		"alter table t disable trigger user; update t set v = 78 where id = 2; alter table t enable trigger user",
		"alter table t_sf_old rename to elsewhere",
	},
	{
		"sqlite", "DROP TRIGGER t_sf_log_u; UPDATE t SET v = 77 WHERE id = 2", "DROP TRIGGER t_sf_rev_u; UPDATE t SET v = 78 WHERE id = 2",
		"ALTER TABLE t_sf_old RENAME TO elsewhere",
	},
}

// TestCaptureTakenAway: where the triggers are gone that log changed rows, or the old table is, no exchange
// takes place in either direction.
func TestCaptureTakenAway(t *testing.T) {
	for _, l := range losts {
		all := targets(l.engine)
		if l.engine == "mysql" {
			all = append(all, targets("mariadb")...)
		}
		for _, on := range servers.Share(l.first, all) {
			t.Run(on.name, func(t *testing.T) {
				t.Parallel()
				l.takenAway(t, on)
			})
		}
	}
}

func (l lost) takenAway(t *testing.T, on target) {
	setup := "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);"
	change := "ALTER TABLE t MODIFY v BIGINT"
	switch l.engine {
	case "postgres":
		change = "ALTER TABLE t ALTER v TYPE BIGINT"
	case "sqlite":
		setup = "CREATE TABLE t (id INTEGER PRIMARY KEY, v INT);" +
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT i, i FROM n;"
		change = "ALTER TABLE t ALTER COLUMN v TYPE TEXT"
	}
	x := trial{setup: setup, change: change, native: change, copies: true}
	live, theirs := on.fresh(t, ""), on.fresh(t, "")
	live.exec(setup)
	theirs.exec(setup + "UPDATE t SET v = 77 WHERE id = 2")
	s := &session{trial: x, db: live, load: newWriter(x, live), dir: t.TempDir()}
	ends := func(want int, why string, args ...string) {
		t.Helper()
		before := s.log.Len()
		if code := s.command(t, args...); code != want || !strings.Contains(s.log.String()[before:], why) {
			t.Fatalf("%s ends with %d, not %d and %q\n%s", args[0], code, want, why, s.log.String())
		}
	}
	run := []string{"run", "--yes", "--rehearse=false", "--sql", change}
	ends(3, "", append(run, "--hold", "cut-over")...)
	live.exec(l.first)
	ends(4, "the triggers that log the changed rows of", "continue")
	ends(0, "", "rollback")
	if diff := cmp.Diff(theirs.state(), live.state()); diff != "" {
		t.Fatalf("after the rollback (-want +got):\n%s", diff)
	}
	ends(0, "", run...)
	live.exec(l.aside)
	ends(4, "is not where the cut-over put it", "rollback")
	live.exec(strings.NewReplacer("t_sf_old", "elsewhere", "elsewhere", "t_sf_old").Replace(l.aside))
	live.exec(l.then)
	ends(4, "the triggers that log the changed rows of", "rollback")
	ends(0, "", "finish")
}
