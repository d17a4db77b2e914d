package planner

import "surefoot/schema"

var dropIndex = Rule{
	Name:   "drop-index",
	Why:    "dropping an index the plain way waits for, and then blocks, everybody who uses the table",
	Always: true,
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		ix, ok := c.(schema.DropIndex)
		if !ok || ix.Online {
			return nil
		}
		ix.Online = true
		return [][]schema.Change{{ix}}
	},
}
