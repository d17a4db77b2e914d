package postgres

import "surefoot/schema"

// title names a change for people.
func title(c schema.Change, n schema.Name) string {
	switch c := c.(type) {
	case schema.CreateIndex:
		return "build index " + c.Index.Name + " on " + n.String()
	case schema.DropIndex:
		return "drop index " + c.Index
	case schema.RenameIndex:
		return "rename index " + c.From + " to " + c.To
	case schema.AddConstraint:
		return "add constraint " + c.Constraint.Name + " to " + n.String()
	case schema.ValidateConstraint:
		return "check the rows of " + n.String() + " against constraint " + c.Constraint.Name
	case schema.DropConstraint:
		return "drop constraint " + c.Constraint + " of " + n.String()
	case schema.AddColumn:
		return "add column " + c.Column.Name + " to " + n.String()
	case schema.DropColumn:
		return "drop column " + c.Column + " of " + n.String()
	case schema.RenameColumn:
		return "rename column " + c.From + " of " + n.String() + " to " + c.To
	case schema.ChangeType:
		return "change the type of " + n.String() + "." + c.Column + " to " + c.Type
	case schema.SetNotNull:
		return "forbid NULL in " + n.String() + "." + c.Column
	case schema.DropNotNull:
		return "allow NULL in " + n.String() + "." + c.Column
	case schema.SetDefault:
		return "set the default of " + n.String() + "." + c.Column
	case schema.DropDefault:
		return "drop the default of " + n.String() + "." + c.Column
	case schema.SetIdentity:
		if c.Identity == "" {
			return "no longer number the rows of " + n.String() + " in " + c.Column
		}
		return "number the rows of " + n.String() + " in " + c.Column + " (" + c.Identity + ")"
	case schema.SetGenerated:
		if c.Generated == "" {
			return "make " + n.String() + "." + c.Column + " an ordinary column, which keeps its values"
		}
		return "change the expression of " + n.String() + "." + c.Column
	case schema.CreateTable:
		return "create table " + n.String()
	case schema.DropTable:
		return "drop table " + n.String()
	case schema.RenameTable:
		return "rename table " + n.String() + " to " + c.To
	case schema.Verbatim:
		return verbatimTitle(c, n)
	}
	return "alter table " + n.String()
}
