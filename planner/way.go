package planner

import (
	"maps"
	"slices"

	"surefoot/plan"
	"surefoot/schema"
)

// choice is the way that was taken.
type choice struct {
	name    string
	why     string          // as-written: why
	changes []schema.Change // what comes of several clauses, each by its own rule
	steps   []plan.Step     // those that are no part of a copy
}

// ways are the ways to make a statement, each with its price by the dialect's table of facts: as it was written,
// by each rule that has something to say about its only clause, clause by clause, and by a copy of the table. The
// first that is mild enough is taken. A statement that is run as it is has no others. b stands before the statement.
func (b *builder) ways(st schema.Statement, native schema.Native, e plan.NativeEffect, took choice) []plan.Way {
	if b.opts.Gate {
		return []plan.Way{}
	}
	if took.name == plan.AsWritten {
		return []plan.Way{{Name: took.name, Taken: true, Why: took.why, Totals: plan.TotalsOf(took.steps)}}
	}
	first := b.way(st, plan.AsWritten, textOf(native))
	first.Why = b.whyNot(native, e)
	all := []plan.Way{first}
	if len(native.Clauses) == 1 {
		all = append(all, b.byRules(st, native.Clauses[0])...)
	} else if took.name == severalClauses.Name {
		all = append(all, b.way(st, took.name, took.changes))
	}
	if took.name == copyTable.Name || slices.ContainsFunc(native.Clauses, copies) {
		all = append(all, b.priced(copyTable.Name, func(t *builder) error {
			if _, err := t.copied(native); err != nil {
				return err
			}
			if err := t.copyWith(st, native); err != nil {
				return err
			}
			return t.flush()
		}))
	}
	taken := false
	for i := range all {
		w := &all[i]
		w.Taken = !taken && w.Name == took.name && w.Why == ""
		switch {
		case w.Taken:
			taken = true
			w.Why = "the first that is mild enough"
		case w.Why == "":
			w.Why = took.name + " is tried before it"
		}
	}
	return all
}

// whyNot says why a statement is not run as it was written.
func (b *builder) whyNot(native schema.Native, e plan.NativeEffect) string {
	switch {
	case b.unsafe(native, e):
		return why(native, e)
	case b.heavy(native, e):
		return inOneGo
	}
	return "there is a milder form that costs no more"
}

// byRules gives the ways of the rules that rewrite a change.
func (b *builder) byRules(st schema.Statement, c schema.Change) []plan.Way {
	var all []plan.Way
	e := b.effect(c)
	for _, r := range rules() {
		if r.Name == copyTable.Name {
			continue
		}
		for _, pieces := range r.Rewrite(c, b.now.Table(c.Table())) {
			w := b.way(st, r.Name, pieces)
			if leaves, why := b.leaves(pieces, b.now, b.harm(c, e), e.Long()); len(leaves) > 0 {
				w = b.way(st, r.Name, leaves)
			} else if why != nil {
				w.Why = why.Error()
			}
			all = append(all, w)
		}
	}
	return all
}

// way prices changes that are made one after the other.
func (b *builder) way(st schema.Statement, name string, changes []schema.Change) plan.Way {
	return b.priced(name, func(t *builder) error { return t.emit(st, changes...) })
}

// priced gives a way with the price of the steps that do makes of it.
func (b *builder) priced(name string, do func(*builder) error) plan.Way {
	t := b.apart()
	if err := do(t); err != nil {
		return plan.Way{Name: name, Why: err.Error()}
	}
	t.contract()
	return plan.Way{Name: name, Totals: plan.TotalsOf(t.steps)}
}

// apart is a builder that stands where b stands, asks no server, and adds nothing to the plan.
func (b *builder) apart() *builder {
	t := *b
	t.opts.Probe, t.opts.After, t.asked = nil, nil, nil
	t.steps, t.findings, t.kept, t.copying, t.hold = nil, nil, nil, nil, ""
	t.tables, t.created, t.met = slices.Clone(b.tables), maps.Clone(b.created), maps.Clone(b.met)
	return &t
}
