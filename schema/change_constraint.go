package schema

import (
	"strings"
)

// AddConstraint adds a primary key, unique, check or foreign key.
// Constraint.NotValid: existing rows are not checked yet.
type AddConstraint struct {
	On
	Constraint Constraint
	// UsingIndex names a unique index that already does the work.
	UsingIndex string
}

// Phase is Expand.
func (AddConstraint) Phase() Phase { return Expand }

// Kind names the kind of constraint too: "add-foreign-key".
func (c AddConstraint) Kind() string {
	switch c.Constraint.Kind {
	case PrimaryKey:
		return "add-primary-key"
	case Unique:
		return "add-unique"
	case Check:
		return "add-check"
	case ForeignKey:
		return "add-foreign-key"
	case OtherKind:
	}
	return "add-constraint"
}

// Title says what it does.
func (c AddConstraint) Title(n Name) string {
	switch {
	case c.Constraint.Name != "":
		return "add constraint " + c.Constraint.Name + " to " + n.String()
	case c.Constraint.Kind == PrimaryKey:
		return "add the primary key of " + n.String()
	}
	return strings.ReplaceAll(c.Kind(), "-", " ") + " to " + n.String()
}

// ValidateConstraint checks existing rows against a constraint added NotValid.
type ValidateConstraint struct {
	On
	Constraint Constraint
}

// Kind is "validate-constraint".
func (ValidateConstraint) Kind() string { return "validate-constraint" }

// Title says what it does.
func (c ValidateConstraint) Title(n Name) string {
	return "check the rows of " + n.String() + " against constraint " + c.Constraint.Name
}

// Phase is Verify.
func (ValidateConstraint) Phase() Phase { return Verify }

// DropConstraint drops a constraint.
type DropConstraint struct {
	On
	Constraint        string
	What              ConstraintKind // "" where the text does not say
	IfExists, Cascade bool
}

// Kind is "drop-constraint".
func (DropConstraint) Kind() string { return "drop-constraint" }

// Title says what it does.
func (c DropConstraint) Title(n Name) string {
	if c.Constraint == "" && c.What == PrimaryKey {
		return "drop the primary key of " + n.String()
	}
	return "drop constraint " + c.Constraint + " of " + n.String()
}

// Phase is Contract.
func (DropConstraint) Phase() Phase { return Contract }
