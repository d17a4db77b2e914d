// Package executor carries a plan out: it reads steps, keeps a journal in the target database,
// looks at proofs, walks key ranges, feeds captured keys, cuts over and rolls back.
// It knows plans and sessions; it knows no engine.
//
// # What callers use
//
//	Run(ctx, srv, plan, opts)      begin the plan, or go on with it: the same call after any interruption
//	Resume(ctx, srv, id, opts)     go on; the plan comes from the journal
//	Continue, Finish, Rollback     say it in the journal and, if no process works on the run, do it
//	Send(ctx, srv, id, command)    pause, resume, throttle, abort, continue, finish, rollback from anywhere
//	Status(ctx, srv, id)           what runs and what ran
//	PlanOf(ctx, srv, id)           the plan that a run carries out
//
// An empty id means the only run that is not over. Each of the first group gives an Outcome: the
// state in which it left the run. An error means that the run failed or was refused; *Drift,
// *HeldBy, *Refused, *StepError and *NoRun can be told apart with errors.As. A cancelled context stops
// the run cleanly: the outcome's state is then Stopped and the error nil.
//
// # How it works
//
// A process claims the run's lock in a session of its own and raises the run's epoch. Every write
// to the journal carries the epoch, so that a process which was given up for dead can do no harm.
// When any connection is lost, everything is torn down and begun anew from the journal, just as
// after a kill: there is one way to resume and it is used for both.
//
// It imports plan, touches the database through sessions alone, and writes no file. Start reading at
// resume.go, then run.go.
package executor
