package planner

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
	columns, why := mapColumns(t, clauses)
	if why != "" {
		return nil, &Refusal{Reasons: []string{t.Name.String() + " cannot be copied with all these changes at once: " + why}}
	}
	return &Copy{On: On{t.Name}, Clauses: clauses, Live: t, Key: key, Columns: columns}, nil
}
