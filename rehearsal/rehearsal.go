package rehearsal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// Request is what is to be rehearsed.
type Request struct {
	Stage      Stage
	Dialect    planner.Dialect
	Statements []schema.Statement
	Plan       *plan.Plan
	// Options are those that Plan was built with. Its Probe is asked about the live statements again.
	Options planner.Options
	// Live gives sessions in which names mean the live tables; of these, portraits are asked.
	Live *sql.DB

	// have is what the twins are at the start.
	have *schema.Schema
	// spared are tables to which nobody writes while they are copied.
	spared map[schema.Name]bool
	// unseen says of which columns the sample may lack the extremes.
	unseen string
	// constant remembers of which tables the rows are played, see played.
	constant map[schema.Name]bool
}

// Rehearse gives the three plays of a plan and says in words what was compared. A *schema.Unfit says why
// there was nothing to compare; a *schema.Refusal says what differs, or what the server refuses.
func Rehearse(ctx context.Context, r Request) (string, error) {
	r.constant = map[schema.Name]bool{}
	if err := r.own(); err != nil {
		return "", err
	}
	start, err := r.native(ctx)
	if err != nil {
		return "", err
	}
	chance, err := r.ours(ctx, start.after)
	if err != nil {
		return "", err
	}
	but, err := r.andBack(ctx, start)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("on twins with %d rows: the plan makes what the server's own statements make (%d facts and %d rows compared)%s, and its way back leads to the start%s%s",
		len(start.before.rows), len(start.after.definition), len(start.after.rows), r.meantWords(chance), but, r.unseen), nil
}

// unseenWords says of which columns whose values the change converts or checks the rows may lack the extremes.
func (r Request) unseenWords(have *schema.Schema) string {
	var parts []string
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			t := have.Table(r.onStage(c.Table()))
			if t == nil {
				continue
			}
			for _, name := range plan.Unseen(t) {
				if part := name + " of " + t.Name.Table; t.Among(schema.Judged(c, t), name) && !slices.Contains(parts, part) {
					parts = append(parts, part)
				}
			}
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ". The least and greatest values of " + strings.Join(parts, ", ") + " may not be among the rows: no index finds them at once"
}

// picture is what is on a stage: facts, and rows as their table and their values.
type picture struct {
	definition []string
	rows       [][]string
}

func (r Request) picture(ctx context.Context) (p picture, err error) {
	p.definition, p.rows, err = r.Stage.Picture(ctx)
	if err != nil {
		err = fmt.Errorf("rehearse: look at the twins: %w", err)
	}
	return p, err
}

// plays is what the native way finds and leaves.
type plays struct{ before, after picture }

func (r *Request) native(ctx context.Context) (plays, error) {
	var p plays
	have, err := r.Stage.Reset(ctx)
	if err != nil {
		return p, err
	}
	r.have = have
	r.spared = r.spare(have)
	r.unseen = r.unseenWords(have)
	for _, t := range copied(r.Plan) {
		if r.spared[r.onStage(t)] {
			continue
		}
		if err := r.Stage.Others(ctx, plan.Writes{At: plan.AtOnce, Judged: r.judged(t)}, t); err != nil {
			return p, fmt.Errorf("rehearse: write to the twin of %s: %w", t, err)
		}
	}
	if p.before, err = r.picture(ctx); err != nil {
		return p, err
	}
	for _, st := range r.Statements {
		if err := r.nativeOne(ctx, st); err != nil {
			return p, err
		}
	}
	p.after, err = r.picture(ctx)
	return p, err
}

// doesNothing: the statement is about what is not there, and that is no matter to it.
func doesNothing(c schema.Change) bool {
	v, unread := c.(schema.Verbatim)
	return unread && v.Absent != ""
}

// nativeOne runs one statement. Where the user wrote none (it follows from a wanted schema), or the
// engine has none, the plan of an outage says what it is to make.
func (r Request) nativeOne(ctx context.Context, st schema.Statement) error {
	if slices.ContainsFunc(st.Changes, doesNothing) || r.leavesOut(st) {
		return nil
	}
	here := r.here(st)
	own := st.SQL == ""
	var err error
	if !own {
		own, err = r.Stage.Native(ctx, here)
	}
	if own {
		err = r.outage(ctx, here)
	}
	var unfit *schema.Unfit
	if errors.As(err, &unfit) {
		return err
	}
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if doubt := r.Stage.Doubt(err); doubt != "" {
			return &schema.Unfit{Reason: doubt + ": " + r.back(err.Error())}
		}
		if rows := r.without(&st); rows != "" && ofRows(r.Stage.Fault(err)) {
			return &schema.Unfit{Reason: rows + " changes rows, which no twin has changed, and what follows fails without: " + r.back(err.Error())}
		}
		return &schema.Refusal{Statement: st, Reasons: []string{"on a twin with a sample of its rows the server refuses it: " + r.back(err.Error())}}
	}
	return nil
}

// ofRows says that a fault may come of the rows that a table has.
func ofRows(f plan.Fault) bool { return f == plan.BadValue || f == plan.Duplicate }

func (r Request) outage(ctx context.Context, here schema.Statement) error {
	for _, c := range schema.Flatten(here.Changes) {
		if o, ok := c.(schema.ChangeObject); ok && o.Have != nil && o.Name.Table == "" {
			return &schema.Unfit{Reason: "the " + o.Have.Kind + " " + o.Have.Name + " belongs to no table and has no twin"}
		}
	}
	have, err := r.Stage.Inspect(ctx)
	if err != nil {
		return err
	}
	o := r.asked([]schema.Statement{here})
	o.Mode = plan.Window
	p, err := planner.Build([]schema.Statement{here}, have, r.Dialect, o)
	if err != nil {
		return err
	}
	play, err := r.play(ctx, p)
	if err != nil {
		return err
	}
	return play.Forward(ctx, false)
}

// ours gives the columns that were not compared, because the server fills them by chance.
func (r Request) ours(ctx context.Context, want picture) (chance []cell, err error) {
	p, err := r.again(ctx)
	if err != nil {
		return nil, err
	}
	play, err := r.play(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := play.Forward(ctx, false); err != nil {
		return nil, r.failed(ctx, "the plan fails", err)
	}
	got, err := r.picture(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.expect(ctx, play); err != nil {
		return nil, err
	}
	compared := func() error {
		return r.compare("the plan does not make what the server's own statements make", r.meant(want.without(chance), false), r.meant(got.without(chance), false))
	}
	if err = compared(); err == nil {
		return nil, nil
	}
	differs := err
	if chance, err = r.chance(ctx, want); err != nil {
		return nil, err
	}
	if len(chance) == 0 || compared() != nil {
		return nil, differs
	}
	return chance, nil
}

// andBack gives in words what the way back does not bring back, as the plan says.
func (r Request) andBack(ctx context.Context, native plays) (but string, err error) {
	p, err := r.again(ctx)
	if err != nil {
		return "", err
	}
	play, err := r.play(ctx, p)
	if err != nil {
		return "", err
	}
	if err := play.Forward(ctx, true); err != nil {
		return "", r.failed(ctx, "the plan fails", err)
	}
	if err := play.Back(ctx); err != nil {
		return "", r.failed(ctx, "its way back fails", err)
	}
	got, err := r.picture(ctx)
	if err != nil {
		return "", err
	}
	lost, err := r.lost(ctx, native)
	if err != nil {
		return "", err
	}
	if len(lost) > 0 {
		but = ", but for what rows written since lose of column " + strings.Join(lost, ", ")
	}
	return but, r.compare("the way back does not lead to the start", r.meant(native.before.without(ofAny(lost)), true), r.meant(got.without(ofAny(lost)), true))
}

// again plans the same change for the twins, and makes sure that it is the same plan.
func (r Request) again(ctx context.Context) (*plan.Plan, error) {
	have, err := r.Stage.Reset(ctx)
	if err != nil {
		return nil, err
	}
	var here []schema.Statement
	for _, st := range r.Statements {
		here = append(here, r.here(st))
	}
	o := r.asked(here)
	if f, ok := r.Stage.(Foreteller); ok && f.Foretells() { // else nobody looked for the live plan either
		o.After = func(n int) ([]*schema.Table, error) { return r.leave(ctx, n) }
	}
	p, err := planner.Build(here, have, r.Dialect, o)
	if err != nil {
		return nil, r.failed(ctx, "the change cannot be planned for a twin of its tables", err)
	}
	if what := r.otherPlan(p); what != "" {
		return nil, r.deviates("the plan for them is another one: " + what)
	}
	return p, nil
}

// leave gives the twins as the first statements leave them, and makes them what they were.
func (r Request) leave(ctx context.Context, n int) ([]*schema.Table, error) {
	for _, st := range r.Statements[:n] {
		if err := r.nativeOne(ctx, st); err != nil {
			return nil, err
		}
	}
	end, err := r.Stage.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	_, err = r.Stage.Reset(ctx)
	return end.Tables, err
}

// asked gives options whose probe tells what the server said of the live statements and pieces: asking about
// the twins would say the same where it can be done, and take as long again.
func (r Request) asked(here []schema.Statement) planner.Options {
	o := r.Options
	o.After = nil
	if o.Probe == nil {
		return o
	}
	probe := o.Probe
	o.Probe = func(n schema.Native, s *schema.Schema) (plan.Effect, error) {
		m := r.homeward()
		live := m.value(reflect.ValueOf(n)).Interface().(schema.Native)
		for i, st := range here {
			if st.SQL == n.SQL {
				live.SQL = r.Statements[i].SQL
			}
		}
		return probe(live, m.value(reflect.ValueOf(s)).Interface().(*schema.Schema))
	}
	return o
}

// play has others write beside the first copy of each table: a plan may copy one twice.
func (r Request) play(ctx context.Context, p *plan.Plan) (*executor.Play, error) {
	began, err := r.Stage.Clock(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]schema.Name{}
	for _, t := range p.Tables {
		names[t.String()] = t
	}
	type instant struct {
		table string
		at    plan.Instant
	}
	others, wrote := r.others(), map[instant]bool{}
	return &executor.Play{
		Plan: p, Began: began, Open: r.Stage.Open, Act: r.act(),
		Others: func(ctx context.Context, at plan.Instant, table string) error {
			switch at {
			case plan.Captured, plan.Filled, plan.Swapped, plan.AtOnce:
				if r.spared[names[table]] || wrote[instant{table, at}] || at == plan.AtOnce && wrote[instant{table, plan.Filled}] {
					return nil
				}
				wrote[instant{table, at}] = true
			default:
			}
			if err := others(ctx, at, names[table]); err != nil {
				return fmt.Errorf("others write: %w", err)
			}
			return nil
		},
	}, nil
}

// failed turns a failure on the stage into a refusal; one of the stage itself stays what it is.
func (r Request) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return r.deviates(what + ": " + r.back(err.Error()))
}

// Deviation says that the plan fails on twins, or does not make there what the server's own statements make.
type Deviation struct{ *schema.Refusal }

// Unwrap gives the refusal.
func (d *Deviation) Unwrap() error { return d.Refusal }

func (r Request) deviates(what string) error {
	return &Deviation{&schema.Refusal{Statement: r.Statements[0], Reasons: []string{"a rehearsal on twins of the tables shows that " + what}}}
}
