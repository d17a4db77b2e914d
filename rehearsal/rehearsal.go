package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"surefoot/executor"
	"surefoot/planner"
)

// Request is what is to be rehearsed.
type Request struct {
	Stage      Stage
	Dialect    planner.Dialect
	Statements []planner.Statement
	Plan       *planner.Plan
	// Options are those that Plan was built with. Its Probe is asked about the live statements again.
	Options planner.Options
	// Live asks the live tables for a portrait.
	Live func(ctx context.Context, query string) ([]string, error)
}

// Rehearse gives the three plays of a plan and says in words what was compared. A *planner.Unfit says why
// there was nothing to compare; a *planner.Refusal says what differs, or what the server refuses.
func Rehearse(ctx context.Context, r Request) (string, error) {
	start, err := r.native(ctx)
	if err != nil {
		return "", err
	}
	if err := r.ours(ctx, start.after); err != nil {
		return "", err
	}
	if err := r.andBack(ctx, start.before); err != nil {
		return "", err
	}
	return fmt.Sprintf("on twins with %d rows: the plan makes what the server's own statements make (%d facts and %d rows compared), and its way back leads to the start",
		len(start.before.rows), len(start.after.definition), len(start.after.rows)), nil
}

// picture is what is on a stage.
type picture struct{ definition, rows []string }

func (r Request) picture(ctx context.Context) (p picture, err error) {
	p.definition, p.rows, err = r.Stage.Picture(ctx)
	if err != nil {
		err = fmt.Errorf("rehearse: look at the twins: %w", err)
	}
	return p, err
}

// plays is what the native way finds and leaves.
type plays struct{ before, after picture }

func (r Request) native(ctx context.Context) (plays, error) {
	var p plays
	have, err := r.Stage.Reset(ctx)
	if err != nil {
		return p, err
	}
	for _, t := range copied(r.Plan) {
		if err := r.Stage.Others(ctx, planner.AtOnce, t); err != nil {
			return p, fmt.Errorf("rehearse: write to the twin of %s: %w", t, err)
		}
	}
	if p.before, err = r.picture(ctx); err != nil {
		return p, err
	}
	for _, st := range r.Statements {
		if err := r.nativeOne(ctx, st, &have); err != nil {
			return p, err
		}
	}
	p.after, err = r.picture(ctx)
	return p, err
}

// nativeOne runs one statement. Where the user wrote none (it follows from a wanted schema), or the
// engine has none, the plan of an outage says what it is to make.
func (r Request) nativeOne(ctx context.Context, st planner.Statement, have **planner.Schema) error {
	here := r.here(st)
	own := st.SQL == ""
	var err error
	if !own {
		own, err = r.Stage.Native(ctx, here)
	}
	if own {
		o := r.asked([]planner.Statement{here})
		o.Mode = planner.Window
		var p *planner.Plan
		if p, err = planner.Build([]planner.Statement{here}, *have, r.Dialect, o); err == nil {
			err = r.play(p).Forward(ctx, false)
		}
	}
	var unfit *planner.Unfit
	if errors.As(err, &unfit) {
		return err
	}
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return refuse(st, "on a twin with a sample of its rows the server refuses it: "+r.back(err.Error()))
	}
	for _, c := range here.Changes {
		*have = planner.Apply(*have, c)
	}
	return nil
}

func (r Request) ours(ctx context.Context, want picture) error {
	p, err := r.again(ctx)
	if err != nil {
		return err
	}
	play := r.play(p)
	if err := play.Forward(ctx, false); err != nil {
		return r.failed(ctx, "the plan fails", err)
	}
	got, err := r.picture(ctx)
	if err != nil {
		return err
	}
	if err := r.compare("the plan does not make what the server's own statements make", want, got, nothing); err != nil {
		return err
	}
	return r.expect(ctx, play)
}

func (r Request) andBack(ctx context.Context, want picture) error {
	p, err := r.again(ctx)
	if err != nil {
		return err
	}
	play := r.play(p)
	if err := play.Forward(ctx, true); err != nil {
		return r.failed(ctx, "the plan fails", err)
	}
	if err := play.Back(ctx); err != nil {
		return r.failed(ctx, "its way back fails", err)
	}
	got, err := r.picture(ctx)
	if err != nil {
		return err
	}
	return r.compare("the way back does not lead to the start", want, got, orderOfKeys)
}

// again plans the same change for the twins, and makes sure that it is the same plan.
func (r Request) again(ctx context.Context) (*planner.Plan, error) {
	have, err := r.Stage.Reset(ctx)
	if err != nil {
		return nil, err
	}
	var here []planner.Statement
	for _, st := range r.Statements {
		here = append(here, r.here(st))
	}
	p, err := planner.Build(here, have, r.Dialect, r.asked(here))
	if err != nil {
		return nil, r.failed(ctx, "the change cannot be planned for a twin of its tables", err)
	}
	if what := r.otherPlan(p); what != "" {
		return nil, &planner.Unfit{Reason: "the plan for a twin of its tables is another one: " + what}
	}
	return p, nil
}

// asked gives options whose probe tells what the server said of the live statements: asking about
// the twins would say the same and take as long again.
func (r Request) asked(here []planner.Statement) planner.Options {
	o := r.Options
	if o.Probe == nil {
		return o
	}
	probe := o.Probe
	o.Probe = func(n planner.Native, s *planner.Schema) (planner.Effect, error) {
		for i, st := range here {
			if st.SQL == n.SQL {
				n.SQL = r.Statements[i].SQL
			}
		}
		return probe(n, s)
	}
	return o
}

// otherPlan says where the plan for the twins differs from the plan; empty: nowhere.
func (r Request) otherPlan(p *planner.Plan) string {
	if len(p.Steps) != len(r.Plan.Steps) {
		return fmt.Sprintf("it has %d steps instead of %d", len(p.Steps), len(r.Plan.Steps))
	}
	for i := range p.Steps {
		was, is := r.bare(text(r.hereStep(r.Plan.Steps[i]))), r.bare(text(p.Steps[i]))
		if was != is {
			return fmt.Sprintf("step %s is %s instead of %s", p.Steps[i].ID, excerpt(is, was), excerpt(was, is))
		}
	}
	return ""
}

// hereStep gives a step of the plan as it would be said on the stage, but for the words for people.
func (r Request) hereStep(s planner.Step) planner.Step {
	here := r.mover().value(reflect.ValueOf(s)).Interface().(planner.Step)
	here.Title, here.Table, here.Hold, here.Lost = s.Title, s.Table, s.Hold, s.Lost
	return here
}

// bare gives a step's text from the stage with the live schemas' names, quoted or not, as they are:
// a name that needs no quotes may stand in either way.
func (r Request) bare(text string) string {
	text = r.back(text)
	for live := range r.Stage.Schemas() {
		for _, quote := range []string{`\"`, "`"} {
			text = strings.ReplaceAll(text, quote+live+quote, live)
		}
	}
	return text
}

// text gives all of a step that is run.
func text(s planner.Step) string {
	b, err := json.Marshal(s.Bare())
	if err != nil {
		panic(fmt.Sprintf("a step is plain data: %v", err))
	}
	return string(b)
}

// excerpt gives a piece of a text from where it begins to differ.
func excerpt(s, other string) string {
	at := 0
	for at < len(s) && at < len(other) && s[at] == other[at] {
		at++
	}
	from := max(0, at-40)
	return "…" + s[from:min(len(s), at+80)] + "…"
}

func (r Request) play(p *planner.Plan) *executor.Play {
	names := map[string]planner.Name{}
	for _, t := range p.Tables {
		names[t.String()] = t
	}
	return &executor.Play{
		Plan: p, Open: r.Stage.Open, Act: r.Stage.Act,
		Others: func(ctx context.Context, m planner.Instant, table string) error {
			if err := r.Stage.Others(ctx, m, names[table]); err != nil {
				return fmt.Errorf("others write: %w", err)
			}
			return nil
		},
	}
}

// copied names the tables that a plan copies, as the stage knows them.
func copied(p *planner.Plan) []planner.Name {
	var names []planner.Name
	for _, t := range p.Tables {
		for _, s := range p.Steps {
			if s.Swap != nil && s.Table == t.String() {
				names = append(names, t)
				break
			}
		}
	}
	return names
}

// failed turns a failure on the stage into a refusal; one of the stage itself stays what it is.
func (r Request) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return refuse(r.Statements[0], "a rehearsal on twins of the tables shows that "+what+": "+r.back(err.Error()))
}

func refuse(st planner.Statement, reason string) error {
	return &planner.Refusal{Statement: st, Reasons: []string{reason}}
}

// mostShown bounds the differences that are shown.
const mostShown = 6

func (r Request) compare(what string, want, got picture, meant func(string) bool) error {
	lines := append(differences(want.definition, got.definition, meant), differences(want.rows, got.rows, meant)...)
	if len(lines) == 0 {
		return nil
	}
	more := ""
	if n := len(lines) - mostShown; n > 0 {
		lines, more = lines[:mostShown], fmt.Sprintf("\nand %d more", n)
	}
	return refuse(r.Statements[0], "a rehearsal on twins of the tables shows that "+what+":\n"+r.back(strings.Join(lines, "\n"))+more)
}
