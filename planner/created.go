package planner

import "slices"

// noteCreated remembers the tables that the plan itself makes, also under a later name.
func (b *builder) noteCreated(c Change) {
	if b.created == nil {
		b.created = map[Name]struct{}{}
	}
	for _, c := range flatten(written(c)) {
		name := b.now.Resolve(c.Table())
		switch c := c.(type) {
		case CreateTable:
			if b.base.Table(c.Name) == nil { // IF NOT EXISTS left it as it was
				b.created[name] = struct{}{}
			}
		case RenameTable:
			if _, ok := b.created[name]; ok {
				b.created[Name{name.Schema, c.To}] = struct{}{}
				delete(b.created, name)
			}
		case DropTable:
			delete(b.created, name)
		}
	}
}

func (b *builder) isNew(name Name) bool {
	_, ok := b.created[b.now.Resolve(name)]
	return ok
}

func (b *builder) touch(c Change) {
	name := b.base.Resolve(c.Table())
	if name.Table != "" && !slices.Contains(b.tables, name) {
		b.tables = append(b.tables, name)
	}
}
