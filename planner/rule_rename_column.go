package planner

import (
	"fmt"
	"slices"

	"surefoot/schema"
)

// renameColumn lets both names live until the application is deployed. Indexes over the column get
// twins over the new one before the hold, so that queries by the new name are as fast as by the old.
var renameColumn = Rule{
	Name: "rename-column",
	Why:  "clients that still use the old name fail from that moment on",
	Rewrite: func(c schema.Change, t *schema.Table) [][]schema.Change {
		r, ok := c.(schema.RenameColumn)
		if !ok || inTheWay(c, t) != "" {
			return nil
		}
		return [][]schema.Change{bothNames(r, t, false), bothNames(r, t, true)}
	},
	InTheWay: inTheWay,
}

// bothNames are the pieces of a rename. late: NULL is forbidden in the new column only when nobody uses the old
// name any more, for engines that would check the new column before the dual write fills it in.
func bothNames(r schema.RenameColumn, t *schema.Table, late bool) []schema.Change {
	old := *t.Column(r.From)
	col := old
	col.Name, col.Default, col.NotNull, col.Definition = r.To, "", false, ""
	var notNull, byDefault []schema.Change
	if old.NotNull {
		notNull = append(notNull, schema.SetNotNull{On: r.On, Column: r.To})
	}
	if old.Default != "" {
		byDefault = append(byDefault, schema.SetDefault{On: r.On, Column: r.To, Expr: old.Default})
	}
	unsync := schema.UnsyncColumns{On: r.On, Old: old.Name, New: r.To}
	var expand, contract []schema.Change
	for _, twin := range twinsFor(r, old.Name, t) {
		expand = append(expand, twin)
		// While the columns are still kept equal, so that the way back can build the old index again.
		contract = append(contract, schema.ReplaceIndex{TwinIndex: twin})
	}
	if late {
		contract = append(slices.Concat(contract, byDefault, notNull), unsync)
	} else {
		expand = slices.Concat(notNull, expand)
		contract = append(append(contract, unsync), byDefault...)
	}
	return slices.Concat([]schema.Change{
		schema.AddColumn{On: r.On, Column: col, After: old.Name},
		schema.SyncColumns{On: r.On, Old: old.Name, New: r.To},
		schema.Backfill{On: r.On, Column: r.To, From: old.Name},
	}, expand, []schema.Change{
		schema.Hold{On: r.On, Why: "deploy the application that uses " + r.To + " instead of " + r.From + ", everywhere, then continue"},
	}, contract, []schema.Change{
		schema.DropColumn{On: r.On, Column: old.Name, Deployed: true},
	})
}

// longestName is the shortest of the engines' limits in bytes.
const longestName = 63

// twinsFor gives a twin for each index that needs the column.
func twinsFor(r schema.RenameColumn, column string, t *schema.Table) []schema.TwinIndex {
	var twins []schema.TwinIndex
	for _, ix := range t.Indexes {
		if yes, _ := t.Uses(ix, column); yes {
			twins = append(twins, schema.TwinIndex{On: r.On, Of: ix, Twin: schema.SideName(ix.Name, "twin", longestName), Old: column, New: r.To})
		}
	}
	return twins
}

// inTheWay says what keeps a second column from taking the place of one that is renamed; empty:
// nothing that the planner knows of.
func inTheWay(c schema.Change, t *schema.Table) string {
	r, ok := c.(schema.RenameColumn)
	if !ok || t == nil || t.Column(r.From) == nil {
		return "the column is not known"
	}
	col := *t.Column(r.From)
	switch {
	case t.Stale != "":
		return "a statement before it (" + t.Stale + ") may have changed what needs the column"
	case col.Generated != "":
		return "column " + col.Name + " is computed"
	case col.Identity != "":
		return "column " + col.Name + " hands out numbers"
	case len(t.Triggers) > 0:
		return "trigger " + t.Triggers[0].Name + " may name the column"
	}
	for _, other := range t.Columns {
		if other.Generated != "" {
			return "column " + other.Name + " is computed and may need it"
		}
	}
	for _, k := range t.Constraints {
		if why := constraintInTheWay(k, col.Name, t); why != "" {
			return why
		}
	}
	for _, ix := range t.Indexes {
		if why := indexInTheWay(ix, col.Name, t); why != "" {
			return why
		}
	}
	return ""
}

func constraintInTheWay(k schema.Constraint, column string, t *schema.Table) string {
	switch {
	case k.Kind == schema.Check && k.Name == "":
		return "a check without a name may need it"
	case k.Kind == schema.Check:
		return fmt.Sprintf("check %s may need it", k.Name)
	case !t.Among(k.Columns, column):
		return ""
	case k.Kind != schema.Unique:
		return fmt.Sprintf("%s %s names it", k.Kind, k.Name)
	}
	served := func(ix schema.Index) bool { return k.Name != "" && ix.Constraint == k.Name }
	if !slices.ContainsFunc(t.Indexes, served) {
		return "which index serves its unique constraint is not known"
	}
	return ""
}

func indexInTheWay(ix schema.Index, column string, t *schema.Table) string {
	yes, known := t.Uses(ix, column)
	switch {
	case !known:
		return fmt.Sprintf("index %s is over an expression that may need it", ix.Name)
	case !yes:
		return ""
	case ix.Primary:
		return "it is part of the primary key"
	case ix.Invalid:
		return fmt.Sprintf("index %s was left behind by a failed build: drop it first", ix.Name)
	}
	if k := t.Constraint(ix.Constraint); ix.Constraint != "" && (k == nil || k.Kind != schema.Unique) {
		return fmt.Sprintf("index %s serves constraint %s", ix.Name, ix.Constraint)
	}
	return ""
}
