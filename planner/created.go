package planner

import (
	"slices"

	"surefoot/schema"
)

// noteCreated remembers the tables that the plan itself makes, also under a later name.
func (b *builder) noteCreated(c schema.Change) {
	if b.created == nil {
		b.created = map[schema.Name]struct{}{}
	}
	for _, c := range schema.Flatten(schema.ClausesOf(c)) {
		name := b.now.Resolve(c.Table())
		switch c := c.(type) {
		case schema.CreateTable:
			if b.base.Table(c.Name) == nil { // IF NOT EXISTS left it as it was
				b.created[name] = struct{}{}
			}
		case schema.RenameTable:
			if _, ok := b.created[name]; ok {
				b.created[schema.Name{Schema: name.Schema, Table: c.To}] = struct{}{}
				delete(b.created, name)
			}
		case schema.DropTable:
			delete(b.created, name)
		}
	}
}

func (b *builder) isNew(name schema.Name) bool {
	_, ok := b.created[b.now.Resolve(name)]
	return ok
}

func (b *builder) touch(c schema.Change) {
	name := b.base.Resolve(c.Table())
	if name.Table != "" && !slices.Contains(b.tables, name) {
		b.tables = append(b.tables, name)
	}
}
