package cases

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"surefoot/load/proc"
)

// trial is one change of a database, made twice: by the program while an application writes, and by
// the server itself on the same rows.
type trial struct {
	setup  string
	writes []string // what the application does, with {i}, {n} and {r} to be filled in
	rows   int      // {i} goes from 1 to rows
	change string   // what the program is given
	wanted bool     // change is the schema that is wanted, not statements
	native string   // what the server is given
	after  string   // queries that show more of the result
	args   []string // of the program, besides the usual
	// unrehearsed: the program does not try its plan beforehand.
	unrehearsed bool
	// orWindow: a change that has no safe way is made in a window.
	orWindow bool
	copies   bool   // every table counts as large, so that it is copied where that can be
	suffix   string // of the database's name
	step     string // words of a step that the plan must have
}

// verdict is what a trial showed.
type verdict struct {
	outcome string // done, refused, wrong; invalid: the setup is
	why     string // refused: the program's words; else what is wrong
	native  error  // the server's own refusal
	output  string // all that the program said
}

func (v verdict) String() string {
	s := v.outcome + ": " + v.why
	if v.native != nil {
		s += "\nnatively: " + v.native.Error()
	}
	return s + "\n" + v.output
}

// patience is how long a command may take on tables of a thousand rows.
const patience = 90 * time.Second

func (x trial) run(t testing.TB, on target) verdict {
	t.Helper()
	live, native := on.fresh(t, x.suffix), on.fresh(t, x.suffix)
	for _, d := range []*database{live, native} {
		if err := d.try(x.setup); err != nil {
			return verdict{outcome: "invalid", why: err.Error()}
		}
	}
	load := newWriter(x, live)
	load.write(20)
	before := live.state()

	p := &session{trial: x, db: live, load: load, dir: t.TempDir()}
	end := p.run(t)
	if end.code != 0 && x.orWindow && strings.Contains(p.log.String(), "use --mode window") && !live.begun() {
		p.trial.args = append(slices.Clip(x.args), "--mode", "window")
		end = p.run(t)
	}
	load.stop()
	v := verdict{output: p.log.String()}

	differs := load.replay(native)
	if end.code != 0 {
		before = native.state() // what the application wrote meanwhile stays
	}
	v.native = native.try(x.native)
	switch {
	case end.crash != "":
		v.outcome, v.why = "wrong", end.crash
	case end.code != 0:
		if x.unrehearsed && v.native != nil && live.begun() {
			p.command(t, "rollback")
			v.output = p.log.String()
		}
		v.judgeRefusal(x, before, live, native, end)
		if v.outcome == "wrong" && x.unrehearsed && v.native != nil && strings.Contains(v.output, "as far as there is a way back") && x.between(t, on, load, live) {
			v.outcome, v.why = "refused", end.reason
		}
	case v.native != nil:
		v.outcome, v.why = "wrong", "done, though the server refuses it"
	case !strings.Contains(v.output, x.step):
		v.outcome, v.why = "wrong", "no step of the plan is to "+x.step
	default:
		v.judgeResult(x, live, native, differs)
	}
	return v
}

// between says that a rollback which ended at a step without a way back has left what the server makes of some of
// the statements.
func (x trial) between(t testing.TB, on target, load *writer, live *database) bool {
	t.Helper()
	native, now := on.fresh(t, x.suffix), live.state()
	if live.begun() || native.try(x.setup) != nil {
		return false
	}
	load.replay(native)
	for _, statement := range statementsOf(x.native) {
		if native.try(statement) != nil {
			return false
		}
		if native.state() == now {
			return true
		}
	}
	return false
}

// judgeRefusal: what was not rehearsed may meet the server's refusal where the native statements meet
// it, and where only a row shows it, a rollback leaves nothing.
func (v *verdict) judgeRefusal(x trial, before string, live, native *database, end ended) {
	now := live.state()
	diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(now, "\n"))
	switch {
	case x.unrehearsed && v.native != nil && (diff == "" || now == native.state()):
		v.outcome, v.why = "refused", end.reason
	case live.begun():
		v.outcome, v.why = "wrong", fmt.Sprintf("it failed after it had begun (exit code %d)\n%s", end.code, diff)
	case diff != "":
		v.outcome, v.why = "wrong", "refused, but the database is another (-before +after):\n"+diff
	case end.reason == "":
		v.outcome, v.why = "wrong", "refused without a reason"
	default:
		v.outcome, v.why = "refused", end.reason
	}
}

func (v *verdict) judgeResult(x trial, live, native *database, differs string) {
	got, want := live.state(), native.state()
	if x.after != "" {
		got, want = got+live.show(x.after), want+native.show(x.after)
	}
	if strings.Contains(v.output, "take the place of") { // an index of a renamed column is new, as the plan says
		got, want = keysByName(got), keysByName(want)
	}
	diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n"))
	v.outcome = "done"
	if diff != "" || differs != "" {
		v.outcome, v.why = "wrong", differs+"not as natively (-native +surefoot):\n"+diff
	}
}

// keysByName gives a state with the keys of each CREATE TABLE sorted.
func keysByName(state string) string {
	lines := strings.Split(state, "\n")
	from := 0
	for i, line := range lines {
		if key := strings.TrimPrefix(strings.TrimPrefix(line, "  "), "UNIQUE "); line != key && strings.HasPrefix(key, "KEY ") {
			lines[i] = strings.TrimSuffix(line, ",")
			continue
		}
		slices.Sort(lines[from:i])
		from = i + 1
	}
	return strings.Join(lines, "\n")
}

// session is the program at work on one database.
type session struct {
	trial trial
	db    *database
	load  *writer
	dir   string
	log   strings.Builder
}

// ended is how the program's work ended.
type ended struct {
	code   int
	reason string // the lines of its errors and findings
	crash  string // a stack trace, or no end
}

// run carries the change out. The application writes from the moment that capture begins until the
// cut-over is held; then the program goes on.
func (s *session) run(t testing.TB) ended {
	t.Helper()
	file := filepath.Join(s.dir, "change.sql")
	if err := os.WriteFile(file, []byte(s.trial.change), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", "--yes", "--progress", "json", "--hold", "cut-over", "--wait"}
	args = append(args, s.trial.args...)
	if s.trial.unrehearsed {
		args = append(args, "--rehearse=false")
	}
	if s.trial.wanted {
		args = append(args, "--to", file)
	} else {
		args = append(args, file)
	}
	end := ended{}
	waits := make(chan string, 16) // the command that the program waits for
	watch := func(c *proc.Child, e proc.Event) {
		switch {
		case e.Event == "state" && e.State == "held":
			waits <- "continue"
		case e.Event == "state" && e.State == "cut-over":
			waits <- "finish"
		case e.Event == "step":
			fmt.Fprintln(&s.log, e.Step, e.Title)
			if e.Kind == "dual-write" {
				s.load.start()
			}
		}
	}
	child := s.start(t, watch, args...)
	for {
		select {
		case command := <-waits:
			s.load.stop()
			s.command(t, command)
		case <-child.Done():
			return s.account(child.Wait(), end)
		case <-time.After(patience):
			child.Kill()
			end.crash = "no end after " + patience.String()
		}
	}
}

func (s *session) start(t testing.TB, watch func(*proc.Child, proc.Event), args ...string) *proc.Child {
	t.Helper()
	settings := "plain.yaml"
	if s.trial.copies {
		settings = "copies.yaml"
	}
	fmt.Fprintf(&s.log, "$ surefoot %s\n", strings.Join(args, " "))
	c, err := program(t).Start(s.db.url, watch, append(args, "--config", settings)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// command runs a command to its end and gives its exit code.
func (s *session) command(t testing.TB, args ...string) int {
	t.Helper()
	c := s.start(t, nil, args...)
	stop := time.AfterFunc(patience, c.Kill)
	defer stop.Stop()
	r := c.Wait()
	if r.Code != 0 || args[0] == "rollback" {
		fmt.Fprintf(&s.log, "exit code %d\n%s%s", r.Code, r.Stdout, r.Text)
	}
	return r.Code
}

// account notes what a command said and how it ended.
func (s *session) account(r proc.Result, end ended) ended {
	fmt.Fprintf(&s.log, "exit code %d\n%s%s", r.Code, r.Stdout, r.Text)
	end.code = r.Code
	for _, line := range strings.Split(r.Stdout+r.Text, "\n") {
		if strings.HasPrefix(line, "error:") || (r.Code != 0 && strings.HasPrefix(line, " ")) {
			end.reason += line + "\n"
		}
	}
	if text := r.Stdout + r.Text; strings.Contains(text, "panic:") || strings.Contains(text, "\ngoroutine ") {
		end.crash = "a stack trace"
	}
	return end
}

func context60(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
