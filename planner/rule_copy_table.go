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
		cp, err := newCopy(t, alone(c))
		if err != nil {
			return nil
		}
		return parts(cp)
	},
}

// alone is a statement of one clause that nobody wrote so.
func alone(c Change) []Native { return []Native{{On: On{c.Table()}, Clauses: []Change{c}}} }

// copies says whether a change is of a kind that a copy can make, and worth one.
func copies(c Change) bool {
	switch c := c.(type) {
	case DropColumn:
		return c.Deployed
	case AddColumn, ChangeType, SetNotNull, DropNotNull, SetDefault, DropDefault, AddConstraint, DropConstraint, CreateIndex, SetOption:
		return true
	}
	return false
}

// rides says whether a change is of a kind that a copy can make beside another that is worth it.
func rides(c Change) bool {
	switch c.(type) {
	case DropColumn, RenameColumn, DropIndex, RenameIndex:
		return true
	}
	return copies(c)
}

// parts gives the copy's parts in order. Where the application must know, the exchange waits for it.
func parts(cp *Copy) []Change {
	parts := []Change{CreateShadow{cp}, StartCapture{cp}, CopyRows{cp}, BuildIndexes{cp}, VerifyCopy{cp}}
	for _, c := range cp.Clauses {
		switch c := c.(type) {
		case DropColumn:
			if !c.Deployed {
				parts = append(parts, unused(c))
			}
		case RenameColumn:
			if cp.Live.among([]string{c.From}, c.To) {
				continue
			}
			parts = append(parts, Hold{On: c.On, Why: "deploy the application that can do with " + c.To + " as well as with " + c.From + ", everywhere, then continue: the name changes when the tables are exchanged"})
		}
	}
	return append(parts, SwapTables{cp}, DropOld{cp})
}
