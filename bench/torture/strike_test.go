//go:build torture

package torture

import (
	"cmp"
	"sync"
	"time"

	"surefoot/load/proc"
)

// moment is when to strike: so long after the command began, or after it first told something, or
// after it told of a step.
type moment struct {
	after sight
	step  int
	wait  time.Duration
}

type sight int

const (
	begins sight = iota
	speaks
	comes // to the step, or past it
)

// moment picks one at random: half of them anywhere in time, where copying and comparing take most
// of it, half just after a report of one of the steps, so that the short steps have their share,
// the cut-over among them.
func (w *world) moment() moment {
	longest := 400*time.Millisecond + time.Duration(config.rows)*5*time.Microsecond
	anywhere := time.Duration(w.rng.Int64N(int64(longest)))
	switch n := w.rng.IntN(6); {
	case n == 0:
		return moment{begins, 0, anywhere}
	case n < 3:
		return moment{speaks, 0, anywhere}
	}
	// Steps that are behind are not told of again, so one of those to come is chosen.
	step := w.at.Number + w.rng.IntN(max(1, w.steps-w.at.Number))
	return moment{comes, max(1, step), time.Duration(w.rng.Int64N(int64(60 * time.Millisecond)))}
}

// seen says whether an event is what a moment waits for. A run that goes back takes its steps in
// the other order.
func (m moment) seen(e proc.Event, back bool) bool {
	if m.after != comes || back {
		return m.after == speaks || e.Event == "undone" && e.Number <= m.step
	}
	return e.Event == "step" && e.Number >= m.step
}

// struck runs a command and strikes once at a moment, unless the command is over by then. The
// command may or may not survive the blow.
func (w *world) struck(m moment, blow func(*proc.Child), args ...string) (r proc.Result, hit bool) {
	w.t.Helper()
	var once sync.Once
	strike := make(chan struct{})
	aim := func() { once.Do(func() { close(strike) }) }
	child := w.start(func(_ *proc.Child, e proc.Event) {
		if m.seen(e, args[0] == "rollback") {
			aim()
		}
	}, args...)
	if m.after == begins {
		aim()
	}
	struck := make(chan string)
	go func() { struck <- m.aimed(child, strike, blow) }()
	r = w.wait(child)
	where := <-struck
	if where != "" {
		w.strikes[args[0]+" "+where]++
	}
	return r, where != ""
}

// aimed strikes when it is time, and gives the step that it met; empty if there was nothing left to
// strike.
func (m moment) aimed(child *proc.Child, strike <-chan struct{}, blow func(*proc.Child)) string {
	select {
	case <-child.Done():
		return ""
	case <-strike:
	}
	select {
	case <-child.Done():
		return ""
	case <-time.After(m.wait):
		where := cmp.Or(child.Last().Step, "start")
		blow(child)
		return where
	}
}

// persist repeats a command until it succeeds, and strikes it at random moments as long as there
// are strikes left.
func (w *world) persist(strikes *int, blow func(*proc.Child), args ...string) {
	w.t.Helper()
	for before := *strikes; *strikes > 0; {
		r, hit := w.struck(w.moment(), blow, args...)
		if hit {
			*strikes--
		}
		switch {
		case r.Code == 0, !hit && *strikes < before && w.over():
			return
		case !hit:
			w.t.Fatalf("surefoot %s: exit code %d at %s\n%s", args[0], r.Code, r.Last.Step, r.Text)
		case !r.Killed:
			w.t.Logf("surefoot %s ended at %s when it was struck: exit code %d\n%s", args[0], r.Last.Step, r.Code, r.Text)
		}
		time.Sleep(time.Duration(w.rng.Int64N(int64(200 * time.Millisecond))))
	}
	w.do(args...)
}

// suffer carries the change out under strikes, takes it back under strikes, and begins again, until
// none are left; then it finishes.
func (w *world) suffer(strikes int, blow func(*proc.Child)) (rounds int) {
	w.t.Helper()
	for {
		rounds++
		w.at = proc.Event{}
		w.persist(&strikes, blow, w.runArgs()...)
		if strikes == 0 {
			break
		}
		time.Sleep(500 * time.Millisecond) // writes on the new table
		w.at = proc.Event{}
		w.persist(&strikes, blow, rollbackArgs...)
		w.isOriginal("after strikes")
	}
	time.Sleep(500 * time.Millisecond)
	w.do(finishArgs...)
	return rounds
}
