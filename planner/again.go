package planner

import (
	"errors"
	"slices"

	"surefoot/plan"
	"surefoot/schema"
)

// lookAgain learns how the server leaves the tables of the change after the statements before this
// one. It says whether more is known now than before.
func (b *builder) lookAgain(native schema.Native) (bool, error) {
	t := b.now.Table(native.Name)
	if b.opts.After == nil || b.opts.Mode == plan.Window || b.looked == b.done || t == nil || t.Stale == "" && (len(t.Applied) == 0 || b.now.Ways.ToTheLetter) || b.joins(native) {
		return false, nil
	}
	if err := b.flush(); err != nil {
		return false, err
	}
	b.looked = b.done
	tables, err := b.opts.After(b.done)
	var unfit *schema.Unfit
	if errors.As(err, &unfit) || err != nil && b.opts.Gate {
		return false, nil // what is known already must do
	}
	if err != nil {
		return false, err
	}
	b.asked = nil
	next := *b.now
	next.Tables = slices.Clone(next.Tables)
	for _, seen := range tables {
		for i, t := range next.Tables {
			if t.Name == seen.Name {
				seen.Stats, seen.Foretold = t.Stats, true
				next.Tables[i] = seen
			}
		}
	}
	b.now = &next
	return true, nil
}

// meet learns what a table is like that the plan itself makes in words which nobody read: LIKE another, out of
// rows, as a partition. It says whether that is known now.
func (b *builder) meet(name schema.Name) (bool, error) {
	name = b.now.Resolve(name)
	if b.opts.After == nil || b.done == 0 || b.met[name] || b.base.Table(name) != nil {
		return false, nil
	}
	if b.met == nil {
		b.met = map[schema.Name]bool{}
	}
	b.met[name] = true
	tables, err := b.opts.After(b.done)
	var unfit *schema.Unfit
	if errors.As(err, &unfit) || err != nil && b.opts.Gate {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, seen := range tables {
		if seen.Name != name {
			continue
		}
		zero := int64(0)
		seen.Stats, seen.Foretold = schema.Stats{Rows: &zero, Bytes: &zero, IndexBytes: &zero}, true
		if made := b.now.Table(name); made != nil {
			seen.Stats = made.Stats
		}
		next := *b.now
		next.Tables = append(slices.DeleteFunc(slices.Clone(next.Tables), func(t *schema.Table) bool { return t.Name == name }), seen)
		b.now = &next
		if b.created == nil {
			b.created = map[schema.Name]struct{}{}
		}
		b.created[name] = struct{}{}
		return true, nil
	}
	return false, nil
}
