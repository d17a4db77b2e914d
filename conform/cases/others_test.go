package cases

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// othersChanges are what somebody else does to the table while the run waits before its cut-over.
var othersChanges = []struct{ name, sql string }{
	{"revoke", "revoke select on t from bugpg_x"},
	{"policy", "alter policy p on t using (id > 5000)"},
	{"new-policy", "create policy p2 on t as restrictive using (x < 50)"},
	{"type", "alter table t alter x type bigint"},
	{"not-null", "alter table t alter x set not null"},
	{"default", "alter table t alter w set default 'b'"},
	{"owner", "alter table t owner to bugpg_x"},
	{"row-security", "alter table t disable row level security"},
	{"index", "drop index t_w; create index t_w on t(w, x)"},
	{"new-index", "create index t_x on t(x)"},
	{"publication", "create publication q for table t"},
	{"comment", "comment on column t.w is 'theirs'"},
	{"statistics", "alter table t alter w set statistics 500"},
	{"option", "alter table t set (fillfactor = 50)"},
	{"trigger", "create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger theirs before update on t for each row execute function f()"},
}

// TestOthersChangesMeanwhile: what somebody else changed while a run was held is never undone. Either
// the run ends with the exit code for drift, and abort leaves the table as the other made it, or it
// goes on and the result has both changes.
func TestOthersChangesMeanwhile(t *testing.T) {
	known := readKnown(t)
	c := readCase(t, "postgres", filepath.Join(folder, byHand+".sql"))
	c.setup = strings.ReplaceAll(c.setup, "create role bugpg_x;",
		"do $$ begin create role bugpg_x; exception when duplicate_object or unique_violation then end $$;")
	c.copies = true
	for _, on := range targets("postgres") {
		for _, other := range othersChanges {
			t.Run(on.name+"/"+other.name, func(t *testing.T) {
				t.Parallel()
				wrong, output := c.meanwhile(t, on, other.sql)
				hold(t, known, byHand+"/"+on.name+"/"+other.name, wrong, output)
			})
		}
	}
}

func (c caseFile) meanwhile(t *testing.T, on target, other string) (wrong, output string) {
	t.Helper()
	live, both, theirs := on.fresh(t, ""), on.fresh(t, ""), on.fresh(t, "")
	for _, d := range []*database{live, both, theirs} {
		d.exec(c.setup)
	}
	both.exec(other + ";" + c.native)
	theirs.exec(other)
	s := &session{trial: c.trial, db: live, load: newWriter(c.trial, live), dir: t.TempDir()}
	if code := s.command(t, "run", "--yes", "--hold", "cut-over", "--sql", c.change); code != 3 {
		t.Fatalf("exit code %d, not 3\n%s", code, s.log.String())
	}
	live.exec(other)
	code := s.command(t, "continue")
	want := both
	switch code {
	case 0:
		s.command(t, "finish")
	case 4:
		s.command(t, "abort")
		want = theirs
	default:
		return "the exit code is neither 0 nor 4\n" + s.log.String(), ""
	}
	diff := cmp.Diff(strings.Split(want.state(), "\n"), strings.Split(live.state(), "\n"))
	if diff != "" {
		return "not as the other left it (-want +got):\n" + diff + s.log.String(), ""
	}
	return "", s.log.String()
}
