package planner

import (
	"errors"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Build plans statements against the schema as it is. A statement that is safe by itself is run
// as it was written; of an unsafe one, rules rewrite each clause until every piece is milder, and
// what no rule can better stays as it is, with a finding. Errors are *Refusal with the place.
func Build(stmts []schema.Statement, s *schema.Schema, d Dialect, o Options) (*plan.Plan, error) {
	s = s.Settled()
	b := &builder{dialect: d, opts: o, base: s, now: s}
	for i, st := range stmts {
		b.done = i
		if err := b.statement(st); err != nil {
			return nil, err
		}
	}
	if err := b.flush(); err != nil {
		return nil, err
	}
	b.contract()
	mode := o.Mode
	if mode == "" {
		mode = plan.Safe
	}
	p := &plan.Plan{
		Format: plan.Format,
		Origin: plan.Origin{Dialect: s.Dialect, ServerVersion: s.Version, Mode: mode, TimeZone: s.TimeZone, Base: plan.Fingerprint(s, b.tables)},
		Tables: b.tables, Statements: b.planned, Steps: b.steps,
		Verdict: b.verdict, Findings: b.findings, NotCompared: o.NotCompared,
	}
	if p.Verdict == "" {
		p.Verdict = plan.IsSafe
	}
	return p, p.Seal()
}

// builder gathers a plan; its methods are called statement by statement.
type builder struct {
	dialect   Dialect
	opts      Options
	base, now *schema.Schema // before the plan, and after the steps so far
	tables    []schema.Name
	planned   []plan.Planned
	earlier   []schema.Change // of the statements that are planned
	done      int             // statements
	met       map[schema.Name]bool
	looked    int // after how many of them the server was asked what they leave
	steps     []plan.Step
	findings  []*plan.Finding
	verdict   plan.Verdict
	hold      string                   // put before the next step
	copying   *pending                 // clauses that wait to share one copy
	kept      []kept                   // old tables, in the order of their swaps
	created   map[schema.Name]struct{} // tables made by this plan: nobody uses them yet
	asked     *answer                  // what is known of the present statement's only clause
	probed    probed                   // what the server said last
	took      choice                   // the way of the present statement
}

// answer is an effect that holds for one change.
type answer struct {
	change schema.Change
	effect plan.NativeEffect
}

// probed is the server's answer about a statement.
type probed struct {
	sql    string
	schema *schema.Schema
	effect plan.Effect
	err    error // it could not tell, or would not run it (*Rejected)
}

func (b *builder) statement(st schema.Statement) error {
	clauses := schema.Flatten(st.Changes)
	if len(clauses) == 0 {
		return nil
	}
	if st.SQL == "" {
		clauses = b.cast(clauses)
	}
	for _, c := range clauses {
		b.touch(c)
	}
	left, err := b.exists(st, clauses)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		b.planned = append(b.planned, untouched(st, clauses, b.now))
		return nil
	}
	clauses = left
	native := schema.Native{On: schema.On{Name: b.now.Resolve(clauses[0].Table())}, SQL: st.SQL, Setup: st.Setup, Within: st.Within, Clauses: clauses}
	native.Own = b.isNew(native.Name)
	e := b.effect(native)
	if err := b.rejected(st, native, e); err != nil {
		return err
	}
	b.asked = nil
	if e.Source == plan.Probed {
		native.Promise = &schema.Promise{Algorithm: e.Algorithm, Lock: e.Lock}
	}
	if len(clauses) == 1 {
		b.asked = &answer{clauses[0], e}
	}
	p := plan.Planned{
		SQL: st.SQL, File: st.File, Line: st.Line, Column: st.Column, Kind: native.Kind(),
		Table: native.Name.String(), Native: e, Findings: []string{},
	}
	if o, ok := clauses[0].(schema.ChangeObject); ok {
		p.Subject = o.Object().Name
	}
	before, stand := len(b.findings), *b
	b.took = choice{}
	switch {
	case b.unsafe(native, e) || (b.heavy(native, e) || b.always(clauses)) && !b.milderWhole(native):
		err = b.rewrite(st, native)
	case b.joins(native) && len(st.Setup) == 0:
		err = b.copyWith(st, native)
	default:
		err = b.asWritten(st, native)
	}
	for _, f := range b.findings[before:] {
		p.Findings = append(p.Findings, f.Rule)
	}
	p.Ways = stand.ways(st, native, e, b.took)
	b.planned = append(b.planned, p)
	b.earlier = append(b.earlier, clauses...)
	return err
}

// textOf gives the statement as the user wrote it, or one of its clauses where nobody wrote one: what
// differs from a wanted schema has no text.
func textOf(n schema.Native) []schema.Change {
	switch {
	case n.SQL != "":
		return []schema.Change{n}
	case len(n.Clauses) > 1:
		return []schema.Change{schema.Alter{On: n.On, Clauses: n.Clauses}}
	}
	return n.Clauses
}

// rewrite plans an unsafe statement clause by clause, or whole where its clauses need each other.
func (b *builder) rewrite(st schema.Statement, native schema.Native) error {
	var apart pieces
	needsCopy, rewritten := false, false
	now, last := b.now, ""
	for _, c := range b.inOrder(native) {
		leaves, rule, err := b.milder(c, now)
		if err != nil || len(leaves) > 0 && isCopy(leaves[0]) {
			if again, err := b.lookAgain(native); err != nil {
				return err
			} else if again {
				return b.rewrite(st, native)
			}
			if leaves, err = b.copied(native); err == nil {
				needsCopy = true
			}
		}
		if err != nil {
			if !b.opts.Gate && b.opts.Mode != plan.Window { // a window needs no copy
				return at(st, err)
			}
			leaves, rule.Why = nil, rule.Why+"; "+err.Error()
		}
		if rule.Name != "" {
			if rule.Name == copyTable.Name {
				rule.Name = c.Kind()
			}
			b.find(st, c, rule, leaves)
			last = rule.Name
		}
		rewritten = rewritten || len(leaves) > 0
		apart.put(c, leaves)
		now = schema.Apply(now, c)
	}
	switch {
	case b.opts.Mode == plan.Window:
		b.took = choice{name: plan.AsWritten, why: "in a window the statement is made as it was written"}
		return b.emit(st, textOf(native)...)
	case len(native.Setup) > 0 && (needsCopy || rewritten && !b.inOne(native)) && !b.opts.Gate:
		return at(st, errors.New("its safe steps would not run in the session that the script has set up ("+
			strings.Join(native.Setup, "; ")+"): leave that out, or use a window"))
	case b.joins(native), needsCopy:
		return b.copyWith(st, native)
	case b.inOne(native):
		return b.whole(st, native, apart.holds())
	case !rewritten && len(native.Setup) == 0 && b.milderApart(native):
		b.find(st, native, severalClauses, native.Clauses)
	case !rewritten:
		return b.whole(st, native, nil)
	}
	b.took = choice{name: last, changes: apart.all()}
	if len(native.Clauses) > 1 {
		b.took.name = severalClauses.Name
	}
	return b.emit(st, apart.all()...)
}

// cast says how values become those of another type where nobody wrote it and the engine does not
// convert them by itself.
func (b *builder) cast(clauses []schema.Change) []schema.Change {
	d, ok := b.dialect.(Caster)
	if !ok {
		return clauses
	}
	clauses = slices.Clone(clauses)
	for i, c := range clauses {
		if c, ok := c.(schema.ChangeType); ok && c.Using == "" {
			c.Using = d.Cast(c, b.now)
			clauses[i] = c
		}
	}
	return clauses
}

// asWritten keeps a statement that is safe as it is, or that nothing betters, and says so where the
// server has much to do for it.
func (b *builder) asWritten(st schema.Statement, native schema.Native) error {
	e := b.effect(native)
	b.took = choice{name: plan.AsWritten, why: "it is mild enough as it is"}
	if b.unsafe(native, e) || b.heavy(native, e) {
		b.took.why = "no milder way is known"
	}
	if b.heavy(native, e) && !b.unsafe(native, e) && b.opts.Mode != plan.Window {
		b.find(st, native, Rule{Name: native.Clauses[0].Kind()}, nil)
	}
	return b.emit(st, textOf(native)...)
}

// emit scripts changes and appends their steps.
func (b *builder) emit(st schema.Statement, changes ...schema.Change) error {
	if len(changes) > 0 {
		if err := b.flush(); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if h, ok := c.(schema.Hold); ok {
			b.hold = h.Why
			continue
		}
		name := b.now.Resolve(c.Table())
		steps, err := b.script(c)
		if err != nil && !b.opts.Gate { // a gate has said what it found, and runs nothing
			return at(st, err)
		}
		part, copies := c.(schema.CopyTable)
		if part.Part == schema.DropOld {
			b.keepOld(name, steps)
			b.now = afterCopy(part.Copy, b.now)
			continue
		}
		anew := part.Part == schema.MakeShadow                                           // one old table at a time
		ends := slices.ContainsFunc(steps, func(s plan.Step) bool { return s.NoReturn }) // no old table is of use behind it
		if ends || anew && b.keeps(name) || !copies && (uproots(c) || b.keeps(name)) {
			b.contract()
		}
		if len(steps) > 0 && b.hold != "" {
			steps[0].Hold, steps[0].Until = b.hold, "continue"
			b.hold = ""
		}
		b.steps = append(b.steps, steps...)
		if !copies { // its steps read the table as it was; the last one tells what it made
			b.took.steps = append(b.took.steps, steps...)
			b.now = schema.Apply(b.now, c)
		}
		b.noteCreated(c)
	}
	return nil
}

// told asks the dialect for a change's steps. Where it does not name one of several apart, a step is called what the
// change is.
func (b *builder) told(c schema.Change) ([]plan.Step, error) {
	steps, err := b.dialect.Script(c, b.now)
	return plan.Called(steps, c, b.now.Resolve(c.Table())), err
}

// script asks the dialect for a change's steps and prices them. What the server said of a piece goes
// with it, as it goes with a statement.
func (b *builder) script(c schema.Change) ([]plan.Step, error) {
	e := b.effect(c).Effect
	if n := question(c, b.now); n.SQL == "" && e.Source == plan.Probed {
		n.Promise = &schema.Promise{Algorithm: e.Algorithm, Lock: e.Lock}
		c = n
	}
	steps, err := b.told(c)
	if err != nil {
		return nil, err
	}
	t := b.now.Table(c.Table())
	for i := range steps {
		s := &steps[i]
		s.Table = b.now.Resolve(c.Table()).String()
		own := e
		if s.Lock != "" || s.Blocks != plan.BlocksNothing {
			own.Blocks, own.Lock, own.Also = s.Blocks, s.Lock, s.Locks
		}
		s.Locks = own.Also
		if _, unread := schema.ClausesOf(c)[0].(schema.Verbatim); unread && e.LosesData {
			s.Loses = "point of no return: what the statement takes away is gone for good"
		}
		price(s, own, b.now, t, b.rates())
		if s.Lock != "" || s.Blocks != plan.BlocksNothing {
			s.Locks = slices.Concat([]plan.Lock{{Table: s.Table, Blocks: s.Blocks, Lock: s.Lock}}, s.Locks)
		}
	}
	return steps, nil
}

const inOneGo = "the server writes the whole table anew in one go, which cannot be paused, throttled or taken back, and each replica stands still for as long"

func (b *builder) find(st schema.Statement, c schema.Change, rule Rule, pieces []schema.Change) {
	var steps []plan.Step
	for _, p := range pieces {
		if h, ok := p.(schema.Hold); ok {
			steps = append(steps, plan.Step{Pause: plan.Pause{Hold: h.Why}, Title: "then"})
			continue
		}
		if s, err := b.told(p); err == nil {
			steps = append(steps, s...)
		}
	}
	e := b.effect(c)
	unsafe := b.unsafe(c, e)
	if !unsafe && !rule.Always {
		rule.Why = inOneGo
	}
	f := found(st, c, rule, e, steps)
	if !unsafe {
		f.Severity = plan.Warning
	}
	b.findings = append(b.findings, f)
	if !unsafe || len(pieces) > 0 && b.opts.Mode != plan.Window {
		return
	}
	if b.verdict != plan.IsUnknown {
		b.verdict = plan.IsUnsafe
	}
	if e.Source == plan.NotKnown {
		b.verdict = plan.IsUnknown
	}
}
