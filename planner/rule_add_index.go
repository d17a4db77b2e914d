package planner

var addIndex = Rule{
	Name: "add-index",
	Why:  "building an index the plain way blocks writes until it is built",
	Rewrite: func(c Change, _ *Table) []Change {
		ix, ok := c.(CreateIndex)
		if !ok || ix.Online {
			return nil
		}
		ix.Online = true
		return []Change{ix}
	},
}
