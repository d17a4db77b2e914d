package planner

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// pending is a copy that later statements on the same table may still join.
type pending struct {
	live       *schema.Table
	statements []schema.Native
	at         schema.Statement
}

func (p *pending) clauses() []schema.Change {
	var all []schema.Change
	for _, st := range p.statements {
		all = append(all, st.Clauses...)
	}
	return all
}

// joins says that a copy of the same table waits which can carry every clause, so that the
// statement costs nothing more, and that it then means the same as after that copy.
func (b *builder) joins(native schema.Native) bool {
	if b.copying == nil || b.copying.live.Name != native.Name || !schema.Composes(b.copying.live, b.copying.clauses(), native.Clauses) {
		return false
	}
	return !slices.ContainsFunc(native.Clauses, func(c schema.Change) bool { return !copies(c) }) && b.carries(native) == nil
}

// carries says why a copy cannot make a whole statement; nil: it can. A column that goes may also go
// after the copy, when nobody uses it any more, where that has a safe way: it cannot fail.
func (b *builder) carries(native schema.Native) error {
	t := b.now.Table(native.Name)
	if err := schema.Outdated(t); err != nil {
		return err
	}
	if t != nil && len(t.Refusals) > 0 {
		return &schema.Refusal{Reasons: append(slices.Clone(t.Refusals), droppedFirst(native.Clauses, t.Refusals)...)}
	}
	var reasons []string
	alone := b.aloneStill(native)
	for _, c := range native.Clauses {
		drop, drops := c.(schema.DropColumn)
		again := drops && t != nil && slices.ContainsFunc(native.Clauses, func(c schema.Change) bool {
			add, ok := c.(schema.AddColumn)
			return ok && t.Among([]string{add.Column.Name}, drop.Column)
		})
		if b.riding(c) || drops && !again && b.mildAlone(c) {
			continue
		}
		why := b.dialect.Carries(c, b.now)
		if again {
			why = "another column gets the name of " + drop.Column + " at once"
		}
		if why == "" {
			why = "a copy cannot make it"
		}
		text := "%s beside a change that needs a copy of the table: %s; make it a statement of its own"
		switch {
		case alone && !drops && b.dialect.Effect(c, b.now).LosesData:
			text = "%s keeps less of some values, and no copy of the table can be compared for that before it serves: %s; in a window the server makes it, if it does at all"
		case alone:
			text = "%s blocks others while the server works, and no copy of the table can spare them that: %s; in a window the server makes it, if it does at all"
		case !b.mildAlone(c):
			text = "%s beside a change that needs a copy of the table: %s; by itself it blocks others while the server works, so leave it to a window"
		}
		if why = fmt.Sprintf(text, c.Kind(), why); !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	if why := b.dialect.Carries(native, b.now); why != "" {
		reasons = append(reasons, why)
	}
	if len(reasons) > 0 {
		return &schema.Refusal{Reasons: reasons}
	}
	return nil
}

// mildAlone says that a clause has a safe way as a statement of its own.
func (b *builder) mildAlone(c schema.Change) bool {
	if !b.unsafe(c, b.effectIn(c, b.now)) {
		return true
	}
	pieces, _, err := b.milder(c, b.now)
	return err == nil && len(pieces) > 0
}

// aloneStill says that nothing of a statement can go into a copy by itself: what could is a key of a column that cannot.
func (b *builder) aloneStill(native schema.Native) bool {
	var left []string
	for _, c := range native.Clauses {
		if add, ok := c.(schema.AddColumn); ok && !b.riding(c) {
			left = append(left, add.Column.Name)
		}
	}
	return !slices.ContainsFunc(native.Clauses, func(c schema.Change) bool {
		return b.riding(c) && !slices.ContainsFunc(schema.ColumnsOf(c), func(name string) bool { return slices.Contains(left, name) })
	})
}

// copied gives the parts of a copy that makes a whole statement, or why there is none.
func (b *builder) copied(native schema.Native) ([]schema.Change, error) {
	if err := schema.Outdated(b.now.Table(native.Name)); err != nil {
		return nil, err // before what was true of the table at the start
	}
	if err := b.carries(native); err != nil {
		return nil, err
	}
	t := b.now.Table(native.Name)
	if t == nil {
		return nil, &schema.Refusal{Reasons: []string{"the table is not known"}}
	}
	cp, err := schema.NewCopy(t, []schema.Native{native})
	if err != nil {
		return nil, err
	}
	return parts(cp), nil
}

func (b *builder) riding(c schema.Change) bool { return rides(c) && b.dialect.Carries(c, b.now) == "" }

// copyWith lets a statement share a copy. What the copy leaves out comes after it.
func (b *builder) copyWith(st schema.Statement, native schema.Native) error {
	b.took = choice{name: copyTable.Name}
	var rest []schema.Change
	ride := native
	ride.Clauses = nil
	for _, c := range native.Clauses {
		if b.riding(c) {
			ride.Clauses = append(ride.Clauses, c)
			continue
		}
		pieces, _, err := b.milder(c, b.now)
		if err != nil {
			return at(st, err)
		}
		if len(pieces) == 0 {
			pieces = []schema.Change{c}
		}
		rest = append(rest, pieces...)
	}
	if len(rest) > 0 {
		ride.SQL = "" // it says more than that
	}
	if b.copying == nil || !b.joins(ride) {
		if err := b.flush(); err != nil {
			return err
		}
		b.copying = &pending{live: b.now.Table(native.Name), at: st}
	}
	b.copying.statements = append(b.copying.statements, ride)
	b.now = schema.Apply(b.now, ride)
	if len(rest) == 0 {
		return nil
	}
	return b.emit(st, rest...)
}

// flush emits the copy that was waiting for company.
func (b *builder) flush() error {
	if b.copying == nil {
		return nil
	}
	p := b.copying
	b.copying = nil
	cp, err := schema.NewCopy(p.live, p.statements)
	if err != nil {
		return at(p.at, err)
	}
	after := b.now
	b.now = b.now.With(b.now.Table(p.live.Name), p.live)
	if err := b.emit(p.at, parts(cp)...); err != nil {
		return err
	}
	b.now = after
	return nil
}

// afterCopy gives the schema with what the copy makes.
func afterCopy(c *schema.Copy, s *schema.Schema) *schema.Schema {
	for _, st := range c.Statements {
		s = schema.Apply(s, st)
	}
	return s
}

// kept is an old table that is kept current.
type kept struct {
	table    schema.Name
	contract []plan.Step
}

// keepOld puts the contract of a copy off to the end of the plan, or to before the next change
// of the same table, or that has no way back.
func (b *builder) keepOld(table schema.Name, steps []plan.Step) {
	if len(steps) == 0 {
		return
	}
	steps[0].Hold = "the old table is kept current, so that rollback loses nothing; finish drops it"
	oneWay := false
	for _, s := range b.steps { // its own cut-over is the last one
		oneWay = s.CutOver != nil && s.NoReturn || s.CutOver == nil && oneWay
	}
	if oneWay {
		steps[0].Hold = "the old table stays as it was at the cut-over, and nothing leads back to it; finish drops it"
	}
	for i := range steps {
		steps[i].Until = "finish"
		steps[i].EndCapture = steps[i].EndCapture || i == 0
		steps[i].NoReturn = true
		if steps[i].Loses == "" {
			steps[i].Loses = "point of no return: the old table is dropped"
		}
	}
	b.kept = append(b.kept, kept{table, steps})
}

// uproots says that a change may meet what an old table that is kept holds on to.
func uproots(c schema.Change) bool {
	switch c := schema.ClausesOf(c)[0].(type) {
	case schema.Verbatim:
		return c.Uproots
	case schema.ChangeObject:
		return c.Have != nil && c.Name.Table == ""
	}
	return false
}

func (b *builder) keeps(table schema.Name) bool {
	return slices.ContainsFunc(b.kept, func(k kept) bool { return k.table == table })
}

// contract appends the put-off contract steps of all tables: behind the first of them there is no
// way back to the others either.
func (b *builder) contract() {
	for _, k := range b.kept {
		b.steps = append(b.steps, k.contract...)
	}
	b.kept = nil
}

// droppedFirst says how a constraint that the statement drops does not stand in the way of a copy.
func droppedFirst(clauses []schema.Change, refusals []string) []string {
	for _, c := range clauses {
		drop, ok := c.(schema.DropConstraint)
		if ok && len(clauses) > 1 && drop.Constraint != "" && schema.Mentions(strings.Join(refusals, " "), []string{drop.Constraint}) {
			return []string{"dropped by a statement of its own before this one, " + drop.Constraint + " is not in the way"}
		}
	}
	return nil
}

// copyParts gives the parts of a copy that makes c, or why there is none.
func (b *builder) copyParts(c schema.Change, s *schema.Schema) ([]schema.Change, error) {
	t := s.Table(c.Table())
	if t == nil {
		return nil, nil
	}
	if err := schema.Outdated(t); err != nil {
		return nil, err
	}
	if len(t.Refusals) > 0 {
		return nil, &schema.Refusal{Reasons: t.Refusals}
	}
	if reason := b.dialect.Carries(c, s); reason != "" {
		return nil, &schema.Refusal{Reasons: []string{reason}}
	}
	cp, err := schema.NewCopy(t, alone(c))
	if err != nil {
		return nil, err
	}
	return parts(cp), nil
}

func isCopy(c schema.Change) bool {
	_, ok := c.(schema.CopyTable)
	return ok
}
