package mysql

import (
	"slices"
	"strings"

	"surefoot/planner"
)

// Carries says why a clause cannot be part of a table copy; empty: it can.
func (d *Dialect) Carries(c planner.Change, s *planner.Schema) string {
	t := s.Table(c.Table())
	if t == nil {
		return "the table is not known"
	}
	if why := d.zone.ambiguous(t); why != "" {
		return why
	}
	switch c := c.(type) {
	case planner.AddColumn:
		if c.Column.Identity != "" {
			return "the numbers of a new AUTO_INCREMENT column would differ between the copy and a repair of it"
		}
		return ""
	case planner.ChangeType:
		return d.carriesType(c, t)
	case planner.AddConstraint:
		return carriesConstraint(c)
	case planner.DropConstraint:
		if c.What == planner.PrimaryKey {
			return "the copy walks by the primary key, so it cannot drop it"
		}
		return ""
	case planner.DropColumn:
		if key, _ := t.Key(); slices.ContainsFunc(key, func(k planner.Column) bool { return k.Name == t.Column(c.Column).Name }) {
			return "column " + c.Column + " is part of the key that the copy walks by"
		}
		return ""
	case planner.SetNotNull, planner.DropNotNull, planner.SetDefault, planner.DropDefault, planner.CreateIndex, planner.DropIndex:
		return ""
	}
	return "a copy cannot make a change of the kind " + c.Kind()
}

func carriesConstraint(c planner.AddConstraint) string {
	switch c.Constraint.Kind {
	case planner.PrimaryKey:
		return "the copy walks by the key that the table has now, so it cannot bring a new one"
	case planner.ForeignKey:
		return "a row that the copy has not brought up to date would break the foreign key"
	case planner.Unique, planner.Check, planner.OtherKind:
	}
	return ""
}

func (d *Dialect) carriesType(c planner.ChangeType, t *planner.Table) string {
	col := t.Column(c.Column)
	if col == nil {
		return ""
	}
	if col.Generated != "" {
		return ""
	}
	was, now := columnType(col.Type, col.Collation), wanted(c, *col)
	if definition, ok := newReader(c.Definition, d.mode).readDefinition(d); ok && definition.generated != "" {
		return "a column that becomes a generated one is not copied"
	}
	if _, ok := d.same(was, now, "a", "b"); !ok {
		return "whether each " + col.Type + " of column " + col.Name + " became the right " + c.Type + " could not be compared exactly"
	}
	key, _ := t.Key()
	inKey := slices.ContainsFunc(key, func(k planner.Column) bool { return k.Name == col.Name })
	if inKey && !keepsOrder(was, now) {
		return "column " + col.Name + " is part of the key that the copy walks by, and its new type sorts in another way"
	}
	return ""
}

// keepsOrder says whether keys of a type sort, compare and print as before in another.
func keepsOrder(was, now colType) bool {
	switch {
	case was.isInt() && now.isInt():
		return true
	case was.name != now.name:
		return false
	case was.isText():
		return sameCollation(was.collation, now.collation)
	}
	return was.name == "varbinary" || was.name == "decimal" && strings.Join(was.args[1:], "") == strings.Join(now.args[1:], "")
}
