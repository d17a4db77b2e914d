package executor

import (
	"context"
	"fmt"
	"time"

	"surefoot/plan"
)

// State is the state of a run as status shows it.
type State string

// The states of a run.
const (
	Running      State = "running"
	Held         State = "held"     // at a hold, until the operator says continue
	Paused       State = "paused"   // until resume
	Waiting      State = "waiting"  // for a lock or for replicas
	Stopped      State = "stopped"  // no process works on it; it can be continued
	Failed       State = "failed"   // it can be continued or rolled back
	AfterCutOver State = "cut-over" // the new table serves, the old one is kept current, until finish
	Finished     State = "finished"
	RolledBack   State = "rolled-back"
)

// over says that nothing more will happen to a run.
func (s State) over() bool { return s == Finished || s == RolledBack }

// Outcome says how a call left a run.
type Outcome struct {
	ID      string
	State   State
	Step    string // the step where it stands; empty: all are done
	Hold    string // why it waits
	Until   string // the command that lets it go on: "continue" or "finish"
	By      string // who works on the run, where it is another process
	Warning string // for example rows that a rollback would lose
	Lost    string // after the exchange: what a rollback loses by the plan's own words; empty: nothing
	// NoReturn says why there is no rollback; empty: there is.
	NoReturn string
	// Captures: changed rows are logged in the database while it waits.
	Captures bool
	// Behind is how many steps wait for finish beside those that drop old tables: the change is not made yet.
	Behind int
	// Kept is the step without a way back at which a rollback ended: what it made, and those before it, stays;
	// empty: everything was taken back.
	Kept string
}

// Options steer a run. The zero value is good.
type Options struct {
	ID          string          // the run's name; empty: from the plan's hash
	Base        string          // the fingerprint of the tables as they are now; empty: not compared
	Workers     int             // sessions that copy; 0: 2
	LockTimeout time.Duration   // the longest wait for a lock in one try; 0: 1 s
	Tries       int             // tries to get a lock before the run fails; 0: 60
	DrainBudget time.Duration   // the longest catching up under the cut-over's lock; 0: 300 ms
	ChunkTime   time.Duration   // what a chunk should take; 0: 500 ms, or 100 ms where chunks block writers
	Hold        []plan.StepKind // stop before steps of these kinds too
	Wait        bool            // stay at holds, keep feeding, and go on when told
	KeepOld     time.Duration   // finish by itself that long after the cut-over; 0: wait for finish
	Finish      bool            // pass holds that wait for finish
	Outage      time.Duration   // how long a server may be away before the run fails; 0: 60 s
	MaxLag      time.Duration   // copying rests while Lag gives more; 0: no limit
	// Lag measures how far replicas are behind. An error counts as too far.
	Lag    func(ctx context.Context) (time.Duration, error)
	Notify func(Event) // progress; called from one goroutine at a time
	// Failpoint is called at every point where a test may want the process to die.
	Failpoint func(point string)
}

func (o Options) filled() Options {
	o.Workers = or(o.Workers, 2)
	o.LockTimeout = or(o.LockTimeout, time.Second)
	o.Tries = or(o.Tries, 60)
	o.DrainBudget = or(o.DrainBudget, 300*time.Millisecond)
	o.Outage = or(o.Outage, time.Minute)
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	if o.Failpoint == nil {
		o.Failpoint = func(string) {}
	}
	return o
}

func or[T int | time.Duration](v, standard T) T {
	if v <= 0 {
		return standard
	}
	return v
}

// Drift says that the database is not the one that was planned for. Remedy says what can be done,
// where it is known.
type Drift struct{ Reason, Remedy string }

func (e *Drift) Error() string { return e.Reason }

// HeldBy says that another process works on the run or on its table.
type HeldBy struct{ What, Holder string }

func (e *HeldBy) Error() string { return fmt.Sprintf("%s is held by %s", e.What, e.Holder) }

// Refused is a wish that does not fit the run's state. Remedy, if any, says what to do instead.
type Refused struct{ Reason, Remedy string }

func (e *Refused) Error() string { return e.Reason }

func refuse(format string, args ...any) error { return &Refused{Reason: fmt.Sprintf(format, args...)} }

// NoRun says that the journal has no such run.
type NoRun struct{ ID string }

func (e *NoRun) Error() string {
	if e.ID == "" {
		return "no run is under way in this database"
	}
	return fmt.Sprintf("no run is called %s", e.ID)
}

// StepError is an error in a step; the server's own error is whole inside.
type StepError struct {
	Number int // from 1
	Step   plan.Step
	Err    error
	// Untouched: it was the first thing that the run did, so the run is over and nothing was changed.
	Untouched bool
	// NoReturn: there is no way back from what was done before it.
	NoReturn bool
}

func (e *StepError) Error() string {
	return fmt.Sprintf("step %d %s: %v", e.Number, e.Step.Kind, e.Err)
}

func (e *StepError) Unwrap() error { return e.Err }
