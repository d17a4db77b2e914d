package planner

import (
	"reflect"
	"slices"
)

// pending is a copy that later statements on the same table may still join.
type pending struct {
	live    *Table
	clauses []Change
	at      Statement
}

// joins says that a copy of the same table waits which can carry every clause, so that the
// statement costs nothing more, and that it then means the same as after that copy.
func (b *builder) joins(native Native) bool {
	if b.copying == nil || b.copying.live.Name != native.Name || !composes(b.copying.live, b.copying.clauses, native.Clauses) {
		return false
	}
	return !slices.ContainsFunc(native.Clauses, func(c Change) bool { return !copies(c) || b.dialect.Carries(c, b.now) != "" })
}

// copyWith lets all clauses that a copy can carry share it, and plans the others after it.
func (b *builder) copyWith(st Statement, native Native, need []Change) error {
	var ride, rest []Change
	for _, c := range native.Clauses {
		if slices.ContainsFunc(need, func(n Change) bool { return reflect.DeepEqual(n, c) }) || copies(c) && b.dialect.Carries(c, b.now) == "" {
			ride = append(ride, c)
			continue
		}
		pieces, _, err := b.milder(c, b.now)
		if err != nil {
			return at(st, err)
		}
		if len(pieces) == 0 {
			pieces = []Change{c}
		}
		rest = append(rest, pieces...)
	}
	if b.copying == nil || !b.joins(Native{On: native.On, Clauses: ride}) {
		if err := b.flush(); err != nil {
			return err
		}
		b.copying = &pending{live: b.now.Table(native.Name), at: st}
	}
	b.copying.clauses = append(b.copying.clauses, ride...)
	b.now = Apply(b.now, Alter{native.On, ride})
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
	cp, err := newCopy(p.live, p.clauses)
	if err != nil {
		return at(p.at, err)
	}
	b.contract(func(n Name) bool { return n == p.live.Name })
	after := b.now
	b.now = b.now.with(b.now.Table(p.live.Name), p.live)
	if err := b.emit(p.at, cp.parts()...); err != nil {
		return err
	}
	b.now = after
	return nil
}

// keepOld puts the contract of a copy off to the end of the plan, or to before the next change
// of the same table.
func (b *builder) keepOld(table Name, steps []Step) {
	if len(steps) == 0 {
		return
	}
	steps[0].Hold = "the old table is kept current, so that rollback loses nothing; finish drops it"
	steps[0].Until = "finish"
	for i := range steps {
		steps[i].EndFeed = steps[i].EndFeed || i == 0
		steps[i].NoReturn = true
		if steps[i].Lost == "" {
			steps[i].Lost = "point of no return: the old table is dropped"
		}
	}
	if b.old == nil {
		b.old = map[Name][]Step{}
	}
	b.old[table] = steps
	b.order = append(b.order, table)
}

// contract appends the put-off contract steps of the tables that match.
func (b *builder) contract(match func(Name) bool) {
	var left []Name
	for _, n := range b.order {
		if !match(n) {
			left = append(left, n)
			continue
		}
		b.steps = append(b.steps, b.old[n]...)
		delete(b.old, n)
	}
	b.order = left
}

// copyParts gives the parts of a copy that makes c, or why there is none.
func (b *builder) copyParts(c Change, s *Schema) ([]Change, error) {
	t := s.Table(c.Table())
	if t == nil {
		return nil, nil
	}
	if err := outdated(t); err != nil {
		return nil, err
	}
	if len(t.Refusals) > 0 {
		return nil, &Refusal{Reasons: t.Refusals}
	}
	if reason := b.dialect.Carries(c, s); reason != "" {
		return nil, &Refusal{Reasons: []string{reason}}
	}
	cp, err := newCopy(t, []Change{c})
	if err != nil {
		return nil, err
	}
	return cp.parts(), nil
}

func isCopy(c Change) bool {
	switch c.(type) {
	case CreateShadow, StartCapture, CopyRows, BuildIndexes, VerifyCopy, SwapTables, DropOld:
		return true
	}
	return false
}
