package postgres

import (
	"regexp"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// createTable writes a table that nobody wrote: it is to be as it is defined. What a parent hands down
// is left out, unless the child has it of its own too; where a child differs from it, statements behind say so.
func createTable(c schema.CreateTable, s *schema.Schema) []string {
	n, def := s.Resolve(c.Name), c.Def
	words := take[createWords](def, extraCreate)
	sh := take[shape](def, extraShape)
	head := "CREATE "
	if words.Unlogged {
		head += "UNLOGGED "
	}
	head += "TABLE " + qualified(n) + " "
	var parts, after []string
	for _, col := range def.Columns {
		if !col.Inherited || col.Merged {
			parts = append(parts, quote(col.Name)+" "+columnText(col))
			continue
		}
		after = append(after, unlikeParent(n, col, def, s)...)
	}
	for _, k := range def.Constraints {
		if k.Inherited && !k.Merged {
			continue
		}
		if k.NotValid {
			after = append(after, "ALTER TABLE ONLY "+qualified(n)+" ADD CONSTRAINT "+quote(k.Name)+" "+constraintText(k))
			continue
		}
		parts = append(parts, "CONSTRAINT "+quote(k.Name)+" "+constraintText(k))
	}
	list := "(" + strings.Join(parts, ", ") + ")"
	var parents []string
	for _, p := range def.Parents {
		parents = append(parents, qualified(s.Resolve(p)))
	}
	switch {
	case sh.Partition:
		if len(parts) == 0 {
			list = ""
		}
		head += "PARTITION OF " + parents[0] + " " + list + " " + sh.Bound
	case len(parents) > 0:
		head += list + " INHERITS (" + strings.Join(parents, ", ") + ")"
	default:
		head += list
	}
	if sh.Key != "" {
		head += " PARTITION BY " + sh.Key
	}
	if words.Method != "" {
		head += " USING " + quote(words.Method)
	}
	if sh.Options != "" {
		head += " WITH (" + sh.Options + ")"
	}
	if words.Tablespace != "" {
		head += " TABLESPACE " + quote(words.Tablespace)
	}
	return append([]string{head}, after...)
}

// unlikeParent gives the statements that make an inherited column other than its parent's.
func unlikeParent(n schema.Name, col schema.Column, def *schema.Table, s *schema.Schema) []string {
	for _, p := range def.Parents {
		from := s.Table(p).Column(col.Name)
		if from == nil {
			continue
		}
		alter := "ALTER TABLE ONLY " + qualified(n) + " ALTER COLUMN " + quote(col.Name) + " "
		var out []string
		switch {
		case from.Default == col.Default || col.Generated != "":
		case col.Default == "":
			out = append(out, alter+"DROP DEFAULT")
		default:
			out = append(out, alter+"SET DEFAULT "+col.Default)
		}
		if col.NotNull && !from.NotNull && !inPrimaryKey(def, col.Name) {
			out = append(out, alter+"SET NOT NULL")
		}
		return out
	}
	return nil
}

func inPrimaryKey(t *schema.Table, column string) bool {
	for _, k := range t.Constraints {
		if k.Kind == schema.PrimaryKey && contains(k.Columns, column) {
			return true
		}
	}
	return false
}

var numberWords = regexp.MustCompile(`START WITH|INCREMENT BY|NO MINVALUE|MINVALUE|NO MAXVALUE|MAXVALUE|CACHE|NO CYCLE|CYCLE`)

// identityClause writes how a column begins, ceases or changes to hand out numbers.
func identityClause(c schema.SetIdentity, col *schema.Column) string {
	alter := "ALTER COLUMN " + quote(c.Column) + " "
	switch {
	case c.Identity == "":
		return alter + "DROP IDENTITY"
	case col == nil || col.Identity == "":
		return alter + "ADD " + identityText(c.Identity, c.Numbers)
	}
	if col.Identity != c.Identity {
		alter += "SET GENERATED " + strings.ToUpper(c.Identity) + " "
	}
	if col.Numbers != c.Numbers && c.Numbers != "" {
		alter += numberWords.ReplaceAllString(c.Numbers, "SET $0")
	}
	return strings.TrimSpace(alter)
}

func identityText(identity, numbers string) string {
	text := "GENERATED " + strings.ToUpper(identity) + " AS IDENTITY"
	if numbers != "" {
		text += " (" + numbers + ")"
	}
	return text
}

// newIdentity makes a column hand out numbers that did not, or took them from a sequence of its own: it
// gives up its default and that sequence in the same transaction, and goes on behind the largest value
// that it has.
func (d *Dialect) newIdentity(c schema.SetIdentity, s *schema.Schema) plan.Step {
	n := s.Resolve(c.Name)
	alter := "ALTER TABLE " + qualified(n) + " "
	step := plan.Step{
		Act: plan.Act{Atomic: true}, WayBack: plan.WayBack{UndoAtomic: true, Undo: clauseUndo(c, s).sql},
		Price:    plan.Price{Work: plan.Moment},
		Evidence: plan.Evidence{Proof: proof(clauseProof(c, s))},
	}
	if col := s.Table(n).Column(c.Column); col != nil && col.Default != "" {
		column := "ALTER COLUMN " + quote(c.Column)
		step.SQL = append(step.SQL, alter+column+" DROP DEFAULT")
		step.Undo = append(step.Undo, undoDefault(c.Column, alter, s.Table(n)).sql...)
		for _, o := range s.Objects {
			if o.Kind == kindSequence && o.Of == n && o.Part == "numbering "+c.Column {
				step.SQL = append(step.SQL, o.Drop...)
				step.Undo, step.NoReturn, step.Loses = nil, true, "point of no return: the sequence "+o.Name+" is gone"
			}
		}
	}
	step.SQL = append(step.SQL, alter+identityClause(c, s.Table(n).Column(c.Column)),
		"SELECT setval(pg_get_serial_sequence("+literal(qualified(n))+", "+literal(c.Column)+"), max("+quote(c.Column)+")) FROM "+qualified(n)+
			" HAVING max("+quote(c.Column)+") >= (SELECT seqstart FROM pg_sequence WHERE seqincrement > 0 AND seqrelid = pg_get_serial_sequence("+
			literal(qualified(n))+", "+literal(c.Column)+")::regclass)")
	return step
}

// generatedClause writes how a column becomes an ordinary one, or gets another expression.
func generatedClause(c schema.SetGenerated) string {
	if c.Generated == "" {
		return "ALTER COLUMN " + quote(c.Column) + " DROP EXPRESSION"
	}
	return "ALTER COLUMN " + quote(c.Column) + " SET EXPRESSION AS (" + c.Expr + ")"
}

// refusedGenerated says what the server cannot do to a column that is, or is to be, computed.
func (d *Dialect) refusedGenerated(c schema.SetGenerated, t *schema.Table) string {
	col := t.Column(c.Column)
	switch {
	case col == nil:
		return ""
	case col.Generated == "":
		return "PostgreSQL cannot make the ordinary column " + c.Column + " a generated one: add another column and drop this one, which loses its values"
	case c.Generated == "" && col.Generated == "virtual":
		return "column " + c.Column + " is virtual: it has no values that an ordinary column could keep, and PostgreSQL does not change it"
	case c.Generated == "":
		return ""
	case c.Generated != col.Generated:
		return "PostgreSQL cannot change column " + c.Column + " from " + col.Generated + " to " + c.Generated + ": add another column and drop this one"
	case d.major < 17:
		return "PostgreSQL changes the expression of a generated column (" + c.Column + ") from version 17 on; before, add another column and drop this one"
	}
	return ""
}
