package planner

import "slices"

// copyTable is the last resort for what must touch every row: build a second table beside the
// live one, keep it current, and exchange the two. Clauses on one table share one copy: Build
// gathers them before it asks for the parts.
var copyTable = Rule{
	Name: "copy-table",
	Why:  "the server rewrites or checks the whole table while everybody waits",
	Rewrite: func(c Change, t *Table) []Change {
		if t == nil || !copies(c) {
			return nil
		}
		cp, err := newCopy(t, []Change{c})
		if err != nil {
			return nil
		}
		return cp.parts()
	},
}

// copies says whether a change is of a kind that a copy can make.
func copies(c Change) bool {
	switch c := c.(type) {
	case DropColumn:
		return c.Deployed
	case AddColumn, ChangeType, SetNotNull, DropNotNull, SetDefault, DropDefault, AddConstraint, DropConstraint, CreateIndex:
		return true
	}
	return false
}

// parts gives the copy's parts in order.
func (cp *Copy) parts() []Change {
	return []Change{
		CreateShadow{cp}, StartCapture{cp}, CopyRows{cp}, BuildIndexes{cp}, VerifyCopy{cp}, SwapTables{cp}, DropOld{cp},
	}
}

// newCopy works out which column of the shadow comes from where.
func newCopy(t *Table, clauses []Change) (*Copy, error) {
	key, why := t.Key()
	if why != "" {
		return nil, &Refusal{Reasons: []string{t.Name.String() + " cannot be copied while it is in use: " + why}}
	}
	cp := &Copy{On: On{t.Name}, Clauses: clauses, Live: t, Key: key}
	for _, col := range t.Columns {
		if col.Generated != "" {
			continue
		}
		cp.Columns = append(cp.Columns, Mapping{To: col.Name, From: col.Name})
	}
	for _, c := range clauses {
		if d, ok := c.(DropColumn); ok {
			cp.Columns = slices.DeleteFunc(cp.Columns, func(m Mapping) bool { return t.Column(d.Column) != nil && m.To == t.Column(d.Column).Name })
		}
		ch, ok := c.(ChangeType)
		if !ok {
			continue
		}
		for i := range cp.Columns {
			if m := &cp.Columns[i]; t.Column(ch.Column) != nil && m.From == t.Column(ch.Column).Name {
				m.Type, m.Using = ch.Type, ch.Using
			}
		}
	}
	return cp, nil
}
