package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Script turns a change into steps. Nobody says in which database of a file its tables are.
func (d *Dialect) Script(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	steps, err := d.script(c, s)
	return plan.Called(steps, c, schema.Name{Table: c.Table().Table}), err
}

func (d *Dialect) script(c schema.Change, s *schema.Schema) ([]plan.Step, error) {
	switch c := c.(type) {
	case schema.CopyTable:
		return d.copyTable(c)
	case schema.Hold:
		return nil, nil
	case schema.Verbatim:
		if name := numberOf(c.SQL); name != "" {
			return []plan.Step{setNumber(name, c.SQL, s)}, nil
		}
		return []plan.Step{{Act: plan.Act{SQL: []string{c.SQL}, Atomic: transactional(c.SQL)}, WayBack: plan.WayBack{Loses: "nobody knows how to take it back", NoReturn: true}, Evidence: plan.Evidence{Unproven: "what the statement does is not known"}}}, nil
	case schema.ChangeObject:
		return nil, fmt.Errorf("the %s of %s differs: %s", c.Object().Kind, c.Object().Name, c.Object().Fixed)
	case schema.CreateTable:
		return createTable(c, s), nil
	case schema.Native:
		// Written anew from what it says, so that later steps know the text that it leaves behind.
		return d.several(c.Clauses, s)
	case schema.Alter:
		return d.several(c.Clauses, s)
	}
	if g, ok := c.(schema.SetGenerated); ok {
		if why := refused(g, s.Table(g.Name)); why != "" {
			return nil, errors.New(why)
		}
	}
	t, err := d.current(s.Table(c.Table()))
	if err != nil {
		if drop, ok := c.(schema.DropIndex); ok && s.Table(c.Table()) == nil {
			return []plan.Step{dropIndex(drop, nil)}, nil
		}
		return nil, err
	}
	return d.single(c, t)
}

// several makes clauses of one statement in one step.
func (d *Dialect) several(clauses []schema.Change, s *schema.Schema) ([]plan.Step, error) {
	if len(clauses) == 0 {
		return nil, nil
	}
	var steps []plan.Step
	for len(clauses) > 0 {
		n := runOfEdits(clauses)
		part := schema.Alter{Clauses: clauses[:max(n, 1)]}
		more, err := d.together(part.Clauses, s)
		if err != nil {
			return nil, err
		}
		steps = append(steps, plan.Called(more, part, schema.Name{Table: clauses[0].Table().Table})...)
		for _, c := range part.Clauses {
			s = schema.Apply(s, c)
		}
		clauses = clauses[max(n, 1):]
	}
	return steps, nil
}

// together makes clauses that go together, or one.
func (d *Dialect) together(clauses []schema.Change, s *schema.Schema) ([]plan.Step, error) {
	if len(clauses) == 1 {
		return d.Script(clauses[0], s)
	}
	t, err := d.current(s.Table(clauses[0].Table()))
	if err != nil {
		return nil, err
	}
	return d.edits(clauses, t)
}

// runOfEdits counts the clauses at the start that one rebuild, or one edit of the text, can make.
func runOfEdits(clauses []schema.Change) int {
	for i, c := range clauses {
		switch c.(type) {
		case schema.AddColumn, schema.ChangeType, schema.SetNotNull, schema.DropNotNull, schema.SetDefault, schema.DropDefault,
			schema.AddConstraint, schema.DropConstraint, schema.SetGenerated, schema.SetIdentity:
			continue
		}
		return i
	}
	return len(clauses)
}

// single scripts one change of a known table.
func (d *Dialect) single(c schema.Change, t *schema.Table) ([]plan.Step, error) {
	name := t.Name.Table
	switch c := c.(type) {
	case schema.DropTable:
		return []plan.Step{{
			Act:      plan.Act{SQL: []string{"DROP TABLE IF EXISTS " + quote(name)}, Atomic: true},
			Evidence: plan.Evidence{Proof: "SELECT NOT EXISTS (" + tableQuery(name) + ")"},
			WayBack:  plan.WayBack{Loses: "point of no return: the rows of " + name + " are gone", NoReturn: true},
		}}, nil
	case schema.RenameTable:
		return []plan.Step{renameTable(name, c.To)}, nil
	case schema.RenameColumn:
		return []plan.Step{renameColumn(name, c)}, nil
	case schema.DropColumn:
		return []plan.Step{{
			Act:      plan.Act{Atomic: true, SQL: []string{fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", quote(name), quote(c.Column))}},
			Evidence: plan.Evidence{Proof: fmt.Sprintf("SELECT EXISTS (%s) AND NOT EXISTS (%s)", tableQuery(name), columnQuery(name, c.Column))},
			WayBack:  plan.WayBack{Loses: "point of no return: the values of " + c.Column + " are gone", NoReturn: true},
			Price:    plan.Price{Work: plan.WriteRows},
		}}, nil
	case schema.AddColumn:
		if addsInPlace(c, t) {
			return []plan.Step{addColumn(name, c)}, nil
		}
	case schema.CreateIndex:
		return []plan.Step{createIndex(c, name)}, nil
	case schema.DropIndex:
		return []plan.Step{dropIndex(c, t)}, nil
	case schema.Backfill:
		return backfill(c, t)
	case schema.SyncColumns:
		return []plan.Step{syncColumns(c, t)}, nil
	case schema.UnsyncColumns:
		return []plan.Step{unsyncColumns(c, t)}, nil
	case schema.TwinIndex:
		return []plan.Step{buildTwin(c)}, nil
	case schema.ReplaceIndex:
		return []plan.Step{replaceIndex(c, name)}, nil
	case schema.ValidateConstraint:
		return validate(c, t)
	}
	return d.edits([]schema.Change{c}, t)
}

// edits makes clauses by a new text where that is all they need, else by a rebuild.
func (d *Dialect) edits(clauses []schema.Change, t *schema.Table) ([]plan.Step, error) {
	for _, c := range clauses {
		if why := refused(c, t); why != "" {
			return nil, &schema.Refusal{Reasons: []string{why}}
		}
	}
	text, err := editAll(t, clauses)
	if err != nil {
		return nil, err
	}
	if text == t.Definition {
		return nil, otherValues(clauses) // else it is so already
	}
	if err := readable(t, text); err != nil {
		return nil, err
	}
	name := t.Name.Table
	step := plan.Step{Act: plan.Act{Atomic: true}, Evidence: plan.Evidence{Proof: textProof(name, text)}, WayBack: plan.WayBack{UndoAtomic: true}}
	neutral := true
	for _, c := range clauses {
		neutral = neutral && textOnly(c, t)
	}
	if !neutral {
		step.Work = plan.WriteAll
		if step.SQL, err = rebuild(t, text, mapping(t, clauses)); err != nil {
			return nil, err
		}
		if made := madeValues(clauses); made != "" {
			step.NoReturn, step.Loses = true, "point of no return: no way back is known for the values that "+made+" makes"
			return []plan.Step{step}, nil
		}
		if step.Undo, err = rebuild(t, t.Definition, mapping(t, nil)); err != nil {
			return nil, err
		}
		if step.Loses, step.NoReturn = lossOfTypes(clauses, t); step.NoReturn {
			step.Undo = nil
		}
		return []plan.Step{step}, nil
	}
	var after []string
	for _, c := range clauses {
		check, before := rowsCheck(c, t)
		if len(check) > 0 {
			step.Work = plan.ReadRows
		}
		if before {
			step.SQL = append(step.SQL, check...)
		} else {
			after = append(after, check...)
		}
	}
	step.SQL = append(step.SQL, rewriteText(name, t.Definition, text)...)
	step.SQL = append(step.SQL, after...)
	step.Undo = rewriteText(name, text, t.Definition)
	return []plan.Step{step}, nil
}

// otherValues refuses a change of values alone: no text proves that it was made, and a second time it may
// make others.
func otherValues(clauses []schema.Change) error {
	for _, c := range clauses {
		if c, ok := c.(schema.ChangeType); ok && c.Using != "" {
			return &schema.Refusal{Reasons: []string{"column " + c.Column + " gets other values and keeps its type: write an UPDATE"}}
		}
	}
	return nil
}

// lossOfTypes says what a way back cannot bring back: '007' that became 7. Where a column told 1 from '1'
// and no longer does, there is none.
func lossOfTypes(clauses []schema.Change, t *schema.Table) (loses string, none bool) {
	for _, c := range clauses {
		c, ok := c.(schema.ChangeType)
		if !ok || textOnly(c, t) {
			continue
		}
		from := t.Column(c.Column)
		if from == nil || affinityOf(from.Type) == asBlob || t.Extra[extraStrict] != "" && strings.EqualFold(from.Type, "ANY") {
			return "point of no return: which values of column " + c.Column + " were text and which were numbers is not known afterwards", true
		}
		loses = "what only one of " + from.Type + " and " + c.Type + " can hold in column " + c.Column
	}
	return loses, false
}

// madeValues gives an expression that makes a column's values other ones; a cast of the column itself is
// taken back by the old type.
func madeValues(clauses []schema.Change) string {
	for _, c := range clauses {
		ch, ok := c.(schema.ChangeType)
		if !ok || ch.Using == "" {
			continue
		}
		t := tokenize(ch.Using)
		if len(t) > 4 && t[0].is("CAST") && t[1].sign("(") && strings.EqualFold(t[2].name(), ch.Column) && t[3].is("AS") && closing(t, 1) == len(t)-1 {
			continue
		}
		return ch.Using
	}
	return ""
}

// readable lets SQLite read a definition that was edited here.
func readable(t *schema.Table, text string) error {
	s, err := newScratch()
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.exec(text); err != nil {
		return fmt.Errorf("the new definition of %s is not one: %w", t.Name, err)
	}
	for _, ix := range t.Indexes {
		if ix.Definition == "" {
			continue
		}
		if err := s.exec(ix.Definition); err != nil {
			return fmt.Errorf("index %s does not fit the new definition of %s: %w", ix.Name, t.Name, err)
		}
	}
	return nil
}

// immediate gives all statements that make a change, for a scratch copy without rows.
func (d *Dialect) immediate(c schema.Change, t *schema.Table) ([]string, error) {
	s := d.schema([]*schema.Table{t})
	steps, err := d.Script(c, s)
	var out []string
	for _, step := range steps {
		if step.Walk == nil {
			out = append(out, step.SQL...)
		}
	}
	return out, err
}

// transactional says whether a statement can be part of a transaction.
func transactional(sql string) bool {
	t := tokenize(sql)
	return len(t) > 0 && !t[0].is("VACUUM", "ATTACH", "DETACH")
}
