package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"surefoot/dialects"
	"surefoot/executor"
	"surefoot/plan"
)

// database is what commands use of a live server.
type database = dialects.Database

// running carries runs out for run, continue, resume, rollback and finish: the same options, the
// same progress, the same ends.
type running struct {
	env   *env
	db    database
	flags conductFlags
}

// with calls the executor with progress shown, and turns its outcome into words and an exit code.
func (r *running) with(ctx context.Context, id string, call func(executor.Options) (executor.Outcome, error)) error {
	o := r.flags.options(id)
	if o.MaxLag > 0 {
		measured, ok := r.db.(dialects.Lagger)
		if !ok {
			return usagef("--max-lag: this engine does not tell how far its replicas are behind")
		}
		o.Lag = measured.Lag
	}
	show := newProgress(r.env, r.flags.progress)
	o.Notify = show.notify
	outcome, err := call(o)
	show.close()
	if err != nil {
		return advised(ctx, r.db, err)
	}
	return r.env.ended(ctx, outcome)
}

// advised gives an error the hint that its cause in the server asks for.
func advised(ctx context.Context, db database, err error) error {
	cause, orBack := err, ""
	if step, ok := errors.AsType[*executor.StepError](err); ok {
		cause = step.Err
		if step.Untouched && db.Fault(cause) != plan.Declined {
			return err
		}
		if !step.NoReturn {
			orBack = ", or take it back with surefoot rollback"
		}
	}
	fault := db.Fault(cause)
	hint := map[plan.Fault]string{
		plan.BadValue:  "the live table is untouched; mend that row or choose a wider type, then run the same command again",
		plan.Duplicate: "the live table is untouched; remove the duplicate, then run the same command again",
		plan.DiskFull:  "nothing was lost; make room, then run the same command again",
		plan.ReadOnly:  "the server takes no writes: connect to the primary, then run the same command again",
		plan.Gone:      "nothing was lost; run the same command again when the server is back",
		plan.Busy:      "nothing was lost; end what holds the lock (surefoot doctor says what), then run the same command again",
		plan.Declined: "nothing was changed by this step: the table is stored otherwise than a new one, and the server would block others longer than the plan says; " +
			"surefoot rollback, rebuild the table (as ALTER TABLE … FORCE does), then run the same command again",
	}[fault]
	if fault == plan.BadValue || fault == plan.Duplicate {
		hint += orBack
	}
	if fault == plan.Privilege {
		hint = missingRights(ctx, db)
	}
	if hint == "" {
		return err
	}
	return exitWith(exitFailed, err, hint)
}

// missingRights says what to grant.
func missingRights(ctx context.Context, db database) string {
	var lines []string
	ailments, err := db.Doctor(ctx, nil)
	for _, a := range ailments {
		if err == nil && a.Severity == plan.Error {
			lines = append(lines, a.What+": "+a.Remedy)
		}
	}
	if len(lines) == 0 {
		return "grant what is missing (surefoot doctor says what), then run the same command again"
	}
	return strings.Join(append(lines, "then run the same command again"), "\n")
}

func (r *running) start(ctx context.Context, p *plan.Plan, id, base string) error {
	return r.within(ctx, p, id, func(ctx context.Context, o executor.Options) (executor.Outcome, error) {
		o.Base = base
		return executor.Run(ctx, r.db, p, o)
	})
}

func (r *running) resume(ctx context.Context, id string) error {
	return r.goOn(ctx, id, func(ctx context.Context, o executor.Options) (executor.Outcome, error) {
		return executor.Resume(ctx, r.db, id, o)
	})
}

// goOn works on a run as it was begun: a window plan within its window and budget.
func (r *running) goOn(ctx context.Context, id string, work func(context.Context, executor.Options) (executor.Outcome, error)) error {
	p, err := executor.PlanOf(ctx, r.db, id)
	if err != nil {
		return advised(ctx, r.db, err)
	}
	return r.within(ctx, p, id, work)
}

// within works on a plan's run, for a window plan within its window and budget, between the hooks.
func (r *running) within(ctx context.Context, p *plan.Plan, id string, work func(context.Context, executor.Options) (executor.Outcome, error)) error {
	ctx, event, end, err := r.env.watched(ctx, p)
	if err != nil {
		return err
	}
	defer end()
	hooks := newHookRunner(r.env)
	hooks.around(p, "before_window", hooks.hooks.BeforeWindow)
	defer hooks.around(p, "after_window", hooks.hooks.AfterWindow)
	return r.with(ctx, id, func(o executor.Options) (executor.Outcome, error) {
		show := o.Notify
		o.Notify = func(ev executor.Event) { event(ev); show(ev) }
		return work(ctx, o)
	})
}

// ended says how a call left a run and what can be done next; results of a run are its state in
// the database, so all of it goes to standard error.
func (e *env) ended(ctx context.Context, o executor.Outcome) error {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(e.err, format+"\n", args...) }
	if o.Warning != "" {
		say("warning: %s", o.Warning)
	}
	switch o.State {
	case executor.Finished:
		say("run %s is finished: the change is made and nothing is left behind", o.ID)
		return nil
	case executor.RolledBack:
		if o.Kept != "" {
			say("run %s is rolled back as far as there is a way back: %s and what was done before it stays", o.ID, o.Kept)
			return nil
		}
		say("run %s is rolled back: the database is as it was", o.ID)
		return nil
	case executor.AfterCutOver:
		return e.cutOver(o)
	default:
	}
	if o.By != "" {
		say("run %s: %s works on it and was told", o.ID, o.By)
		return nil
	}
	if cause := context.Cause(ctx); ctx.Err() != nil && !errors.Is(cause, errInterrupted) && !errors.Is(cause, context.Canceled) {
		say("%v", cause)
	}
	switch o.State {
	case executor.Held:
		say("run %s holds before %s: %s", o.ID, o.Step, o.Hold)
		meanwhile := ""
		if o.Captures {
			meanwhile = "capture goes on in the database; "
		}
		say("%snext: surefoot %s", meanwhile, orElse(o.Until, "continue"))
	case executor.Paused:
		say("run %s is paused before %s; next: surefoot resume", o.ID, o.Step)
	default:
		at := ""
		if o.Step != "" {
			at = " at " + o.Step
		}
		say("run %s stopped%s; nothing is lost: run the same command again to continue, or surefoot rollback", o.ID, at)
	}
	return quietly(exitStopped)
}

// cutOver says what can be done while an old table is kept. Where more than its end waits for finish, the
// change is not made yet.
func (e *env) cutOver(o executor.Outcome) error {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(e.err, format+"\n", args...) }
	current := " current"
	if o.NoReturn != "" {
		current = ""
	}
	say("run %s has cut over: the new table serves, and the old one is kept%s", o.ID, current)
	more := ""
	if o.Behind > 0 {
		more = fmt.Sprintf(" and goes on: the change is not whole before (%d of its steps wait)", o.Behind)
	}
	say("next:  surefoot finish    drops the old table%s", more)
	switch {
	case o.NoReturn != "":
		say("       %s", o.NoReturn)
	case o.Lost == "":
		say("       surefoot rollback  goes back to it, without losing a write")
	default:
		say("       surefoot rollback  goes back to it, and loses: %s", o.Lost)
	}
	if o.Behind > 0 {
		return quietly(exitStopped)
	}
	return nil
}
