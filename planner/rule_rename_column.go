package planner

import "slices"

var renameColumn = Rule{
	Name: "rename-column",
	Why:  "clients that still use the old name fail from that moment on",
	Rewrite: func(c Change, t *Table) []Change {
		r, ok := c.(RenameColumn)
		if !ok || t == nil {
			return nil
		}
		old := t.Column(r.From)
		if old == nil || !standsAlone(*old, t) {
			return nil
		}
		col := *old
		col.Name, col.Default, col.NotNull, col.Definition = r.To, "", false, ""
		pieces := []Change{
			AddColumn{On: r.On, Column: col},
			SyncColumns{On: r.On, Old: r.From, New: r.To},
			Backfill{On: r.On, Column: r.To, From: r.From},
		}
		if old.NotNull {
			pieces = append(pieces, SetNotNull{On: r.On, Column: r.To})
		}
		pieces = append(
			pieces,
			Hold{On: r.On, Why: "deploy the application that uses " + r.To + " instead of " + r.From + ", everywhere, then continue"},
			UnsyncColumns{On: r.On, Old: r.From, New: r.To},
		)
		if old.Default != "" {
			pieces = append(pieces, SetDefault{On: r.On, Column: r.To, Expr: old.Default})
		}
		return append(pieces, DropColumn{On: r.On, Column: r.From, Deployed: true})
	},
}

// standsAlone says that nothing else of the table names the column, so that a second column can
// take its place.
func standsAlone(col Column, t *Table) bool {
	if col.Generated != "" || col.Identity != "" {
		return false
	}
	for _, ix := range t.Indexes {
		if slices.Contains(ix.Columns, col.Name) || slices.Contains(ix.Columns, "") || ix.Partial {
			return false
		}
	}
	for _, k := range t.Constraints {
		if k.Kind == Check || slices.Contains(k.Columns, col.Name) {
			return false
		}
	}
	for _, other := range t.Columns {
		if other.Generated != "" {
			return false
		}
	}
	return len(t.Triggers) == 0
}
