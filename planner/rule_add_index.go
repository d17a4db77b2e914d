package planner

import "surefoot/schema"

var addIndex = Rule{
	Name: "add-index",
	Why:  "building an index the plain way blocks writes until it is built",
	Rewrite: func(c schema.Change, _ *schema.Table) [][]schema.Change {
		ix, ok := c.(schema.CreateIndex)
		if !ok || ix.Online {
			return nil
		}
		ix.Online = true
		return [][]schema.Change{{ix}}
	},
}
