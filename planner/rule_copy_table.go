package planner

import "surefoot/schema"

// copyTable is the last resort for what must touch every row: build a second table beside the
// live one, keep it current, and exchange the two. Clauses on one table share one copy: Build
// gathers them before it asks for the parts.
var copyTable = Rule{
	Name: "copy-table",
	Why:  "the server rewrites or checks the whole table while everybody waits",
	Rewrite: func(c schema.Change, t *schema.Table) [][]schema.Change {
		if t == nil || !copies(c) {
			return nil
		}
		cp, err := schema.NewCopy(t, alone(c))
		if err != nil {
			return nil
		}
		return [][]schema.Change{parts(cp)}
	},
}

// alone is a statement of one clause that nobody wrote so.
func alone(c schema.Change) []schema.Native {
	return []schema.Native{{On: schema.On{Name: c.Table()}, Clauses: []schema.Change{c}}}
}

// copies says whether a change is of a kind that a copy can make, and worth one.
func copies(c schema.Change) bool {
	switch c := c.(type) {
	case schema.DropColumn:
		return c.Deployed
	case schema.AddColumn, schema.ChangeType, schema.SetNotNull, schema.DropNotNull, schema.SetDefault, schema.DropDefault, schema.AddConstraint, schema.DropConstraint, schema.CreateIndex, schema.SetOption:
		return true
	}
	return false
}

// rides says whether a change is of a kind that a copy can make beside another that is worth it.
func rides(c schema.Change) bool {
	switch c.(type) {
	case schema.DropColumn, schema.RenameColumn, schema.DropIndex, schema.RenameIndex:
		return true
	}
	return copies(c)
}

// parts gives the copy's parts in order. Where the application must know, the exchange waits for it.
func parts(cp *schema.Copy) []schema.Change {
	var parts, waits []schema.Change
	for _, c := range cp.Clauses {
		switch c := c.(type) {
		case schema.DropColumn:
			if !c.Deployed {
				waits = append(waits, unused(c))
			}
		case schema.RenameColumn:
			if cp.Live.Among([]string{c.From}, c.To) {
				continue
			}
			waits = append(waits, schema.Hold{On: c.On, Why: "deploy the application that can do with " + c.To + " as well as with " + c.From + ", everywhere, then continue: the name changes when the tables are exchanged"})
		}
	}
	for _, part := range schema.CopyParts() {
		if part == schema.SwapTables {
			parts = append(parts, waits...)
		}
		parts = append(parts, schema.CopyTable{Copy: cp, Part: part})
	}
	return parts
}
