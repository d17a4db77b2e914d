//go:build torture

package torture

import (
	"sync"
	"time"

	"surefoot/bench/tool"
)

// moment is when to strike: so long after a step began, or, with step 0, after the command began.
type moment struct {
	step int
	wait time.Duration
}

// moment picks one at random: half of them anywhere in time, where copying and comparing take most
// of it, half just after the beginning of one of the steps that are still to come, so that the
// short steps have their share, the cut-over among them.
func (w *world) moment() moment {
	if w.at.Steps == 0 || w.rng.IntN(2) == 0 {
		longest := 400*time.Millisecond + time.Duration(config.rows)*5*time.Microsecond
		return moment{0, time.Duration(w.rng.Int64N(int64(longest)))}
	}
	step := w.at.Number + w.rng.IntN(max(1, w.at.Steps-w.at.Number))
	return moment{max(1, step), time.Duration(w.rng.Int64N(int64(80 * time.Millisecond)))}
}

// struck runs a command and strikes once at a moment, unless the command is over by then. The
// command may or may not survive the blow.
func (w *world) struck(m moment, blow func(*tool.Child), args ...string) (r tool.Result, hit bool) {
	w.t.Helper()
	var once sync.Once
	strike := make(chan struct{})
	aim := func() { once.Do(func() { close(strike) }) }
	child := w.start(func(_ *tool.Child, e tool.Event) {
		if e.Event == "step" && e.Number >= m.step && m.step > 0 {
			aim()
		}
	}, args...)
	if m.step == 0 {
		aim()
	}
	struck := make(chan bool)
	go func() {
		select {
		case <-child.Done():
			struck <- false
			return
		case <-strike:
		}
		select {
		case <-child.Done():
			struck <- false
		case <-time.After(m.wait):
			blow(child)
			struck <- true
		}
	}()
	r = w.wait(child)
	hit = <-struck
	if hit {
		step := r.Last.Step
		if step == "" {
			step = "start"
		}
		w.strikes[step]++
	}
	return r, hit
}

// persist repeats a command until it succeeds, and strikes it at random moments as long as there
// are strikes left.
func (w *world) persist(strikes *int, blow func(*tool.Child), args ...string) {
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
func (w *world) suffer(strikes int, blow func(*tool.Child)) (rounds int) {
	w.t.Helper()
	for {
		rounds++
		w.at = tool.Event{}
		w.persist(&strikes, blow, w.runArgs()...)
		if strikes == 0 {
			break
		}
		time.Sleep(500 * time.Millisecond) // writes on the new table
		w.at = tool.Event{}
		w.persist(&strikes, blow, rollbackArgs...)
		w.isOriginal("after strikes")
	}
	time.Sleep(500 * time.Millisecond)
	w.do(finishArgs...)
	return rounds
}
