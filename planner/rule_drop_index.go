package planner

var dropIndex = Rule{
	Name:   "drop-index",
	Why:    "dropping an index the plain way waits for, and then blocks, everybody who uses the table",
	Always: true,
	Rewrite: func(c Change, _ *Table) []Change {
		ix, ok := c.(DropIndex)
		if !ok || ix.Online {
			return nil
		}
		ix.Online = true
		return []Change{ix}
	},
}
