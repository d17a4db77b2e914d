package postgres

import "surefoot/planner"

// title names a change for people.
func title(c planner.Change, n planner.Name) string {
	switch c := c.(type) {
	case planner.CreateIndex:
		return "build index " + c.Index.Name + " on " + n.String()
	case planner.DropIndex:
		return "drop index " + c.Index
	case planner.RenameIndex:
		return "rename index " + c.From + " to " + c.To
	case planner.AddConstraint:
		return "add constraint " + c.Constraint.Name + " to " + n.String()
	case planner.ValidateConstraint:
		return "check the rows of " + n.String() + " against constraint " + c.Constraint.Name
	case planner.DropConstraint:
		return "drop constraint " + c.Constraint + " of " + n.String()
	case planner.AddColumn:
		return "add column " + c.Column.Name + " to " + n.String()
	case planner.DropColumn:
		return "drop column " + c.Column + " of " + n.String()
	case planner.RenameColumn:
		return "rename column " + c.From + " of " + n.String() + " to " + c.To
	case planner.ChangeType:
		return "change the type of " + n.String() + "." + c.Column + " to " + c.Type
	case planner.SetNotNull:
		return "forbid NULL in " + n.String() + "." + c.Column
	case planner.DropNotNull:
		return "allow NULL in " + n.String() + "." + c.Column
	case planner.SetDefault:
		return "set the default of " + n.String() + "." + c.Column
	case planner.DropDefault:
		return "drop the default of " + n.String() + "." + c.Column
	case planner.SetIdentity:
		if c.Identity == "" {
			return "no longer number the rows of " + n.String() + " in " + c.Column
		}
		return "number the rows of " + n.String() + " in " + c.Column + " (" + c.Identity + ")"
	case planner.SetGenerated:
		if c.Generated == "" {
			return "make " + n.String() + "." + c.Column + " an ordinary column, which keeps its values"
		}
		return "change the expression of " + n.String() + "." + c.Column
	case planner.CreateTable:
		return "create table " + n.String()
	case planner.DropTable:
		return "drop table " + n.String()
	case planner.RenameTable:
		return "rename table " + n.String() + " to " + c.To
	case planner.Verbatim:
		return verbatimTitle(c, n)
	}
	return "alter table " + n.String()
}
