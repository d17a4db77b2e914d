package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// copied names the tables that a plan copies, as the stage knows them.
func copied(p *plan.Plan) []schema.Name {
	var names []schema.Name
	for _, t := range p.Tables {
		for _, s := range p.Steps {
			if s.CutOver != nil && s.Table == t.String() {
				names = append(names, t)
				break
			}
		}
	}
	return names
}

// spare picks the copied tables that may take the writes at one time and not at another: the native way has
// them before all statements, the plan in the midst of them, and they must be the same (see plan.Others).
// They are told by their names on the stage.
func (r Request) spare(have *schema.Schema) map[schema.Name]bool {
	spared := map[schema.Name]bool{}
	for _, name := range copied(r.Plan) {
		t := have.Table(r.onStage(name))
		spared[r.onStage(name)] = t != nil && slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool { return k.NotValid }) ||
			slices.ContainsFunc(r.Statements, func(st schema.Statement) bool { return binds(st.Changes, name.Table) }) || t != nil && len(r.Statements) > 1 && r.rekeys(t, name)
	}
	return spared
}

// rekeys says that rows of a table may be told apart by one key at the start and by another one at its copy.
func (r Request) rekeys(t *schema.Table, name schema.Name) bool {
	if !slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return ix.Primary }) {
		return true
	}
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			if c.Table().Table != name.Table {
				continue
			}
			switch c := c.(type) {
			case schema.AddConstraint:
				if c.Constraint.Kind == schema.PrimaryKey {
					return true
				}
			case schema.DropConstraint:
				if k := t.Constraint(c.Constraint); c.What == schema.PrimaryKey || k != nil && k.Kind == schema.PrimaryKey {
					return true
				}
			}
		}
	}
	return false
}

// onStage gives a live table's name on the stage.
func (r Request) onStage(name schema.Name) schema.Name {
	if here, moved := r.Stage.Schemas()[name.Schema]; moved {
		name.Schema = here
	}
	return name
}

// binds says that changes may give a table of that name a trigger, or a constraint that is not valid, or
// take a trigger from it.
func binds(changes []schema.Change, table string) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		if c.Table().Table != table {
			return false
		}
		switch c := c.(type) {
		case schema.Alter:
			return binds(c.Clauses, table)
		case schema.AddConstraint:
			return c.Constraint.NotValid
		case schema.Verbatim:
			return strings.Contains(strings.ToLower(c.SQL), "trigger")
		}
		return false
	})
}

// others gives the writes of one play. Who comes after a hold uses the new names of those columns
// that had two names then, and the old names of all others.
func (r Request) others() func(ctx context.Context, at plan.Instant, table schema.Name) error {
	var deployed []schema.RenameColumn
	return func(ctx context.Context, at plan.Instant, table schema.Name) error {
		if at != plan.OldNames && at != plan.BothNames {
			return r.Stage.Others(ctx, plan.Writes{At: at, Apart: r.apart(table), Judged: r.judged(table)}, table)
		}
		renames := r.renamesOf(table)
		fresh := slices.DeleteFunc(slices.Clone(renames), func(c schema.RenameColumn) bool {
			return slices.Contains(deployed, c) || leaves(renames, c.To) || r.drops(table, c.To)
		})
		if at == plan.BothNames {
			var err error
			if fresh, err = r.atHold(ctx, fresh, table); err != nil {
				return err
			}
			deployed = append(deployed, fresh...)
			return nil
		}
		for _, w := range []plan.Writes{{At: at, Renames: fresh}, {At: plan.NewNames, Renames: deployed}} {
			if len(w.Renames) == 0 {
				continue
			}
			if err := r.Stage.Others(ctx, w, table); err != nil {
				return err
			}
		}
		return nil
	}
}

// judged names the columns of a table whose values the change converts or checks.
func (r Request) judged(table schema.Name) []string {
	t := r.have.Table(r.onStage(table))
	var columns []string
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			if t != nil && c.Table().Table == table.Table {
				columns = append(columns, schema.Judged(c, t)...)
			}
		}
	}
	return columns
}

// apart names the columns of a table whose values the change keeps apart from then on.
func (r Request) apart(table schema.Name) []string {
	var columns []string
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			if c.Table().Table != table.Table {
				continue
			}
			switch c := c.(type) {
			case schema.AddConstraint:
				if c.Constraint.Kind == schema.Unique || c.Constraint.Kind == schema.PrimaryKey {
					columns = append(columns, c.Constraint.Columns...)
				}
			case schema.CreateIndex:
				if c.Index.Unique {
					columns = append(columns, c.Index.Columns...)
				}
			case schema.Verbatim:
				if strings.Contains(strings.ToLower(c.SQL), "unique") {
					columns = append(columns, "")
				}
			}
		}
	}
	return columns
}

// atHold writes by either name of the columns that have two, gives these, and sees to it that each
// write is seen under both.
func (r Request) atHold(ctx context.Context, renames []schema.RenameColumn, table schema.Name) ([]schema.RenameColumn, error) {
	if len(renames) == 0 {
		return nil, nil
	}
	now, err := r.Stage.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	t := now.Table(table)
	both := slices.DeleteFunc(renames, func(c schema.RenameColumn) bool {
		return t == nil || t.Column(c.From) == nil || t.Column(c.To) == nil
	})
	if len(both) == 0 {
		return nil, nil
	}
	if err := r.Stage.Others(ctx, plan.Writes{At: plan.BothNames, Renames: both}, table); err != nil {
		return nil, err
	}
	p, err := r.picture(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range both {
		if err := p.equal(table.Table, t.Column(c.From).Name, t.Column(c.To).Name); err != nil {
			return nil, err
		}
	}
	return both, nil
}

// leaves says that a name is given away too: the column that has it is another one.
func leaves(renames []schema.RenameColumn, name string) bool {
	return slices.ContainsFunc(renames, func(c schema.RenameColumn) bool { return strings.EqualFold(c.From, name) })
}

// drops says that the change drops a column: while that is there, nobody means another one by its name.
func (r Request) drops(table schema.Name, column string) bool {
	return slices.ContainsFunc(r.Statements, func(st schema.Statement) bool {
		return slices.ContainsFunc(schema.Flatten(st.Changes), func(c schema.Change) bool {
			d, ok := c.(schema.DropColumn)
			return ok && d.Name.Table == table.Table && strings.EqualFold(d.Column, column)
		})
	})
}

// equal says in which row two columns of a table differ.
func (p picture) equal(table, older, newer string) error {
	for i, row := range p.rows {
		if row[0] != "row of "+table {
			continue
		}
		of := func(column string) (value string) {
			for _, v := range row[1:] {
				if rest, ok := strings.CutPrefix(v, column+" "); ok {
					value = rest
				}
			}
			return value
		}
		if of(older) != of(newer) {
			return fmt.Errorf("what is written by one of the names %s and %s is not seen by the other: %s", older, newer, p.lines()[i])
		}
	}
	return nil
}
