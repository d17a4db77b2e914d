package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// changeObject makes, changes or drops what is no table's column, index or constraint.
func (d *Dialect) changeObject(c schema.ChangeObject, s *schema.Schema) ([]plan.Step, error) {
	statements, err := objectStatements(c, s)
	if err != nil {
		return nil, err
	}
	o := c.Object()
	step := plan.Step{Act: plan.Act{SQL: statements, Atomic: true}, WayBack: plan.WayBack{UndoAtomic: true}}
	back := schema.ChangeObject{On: c.On, Have: c.Want, Want: c.Have}
	switch {
	case c.Have == nil && o.There != "":
		step.Proof = proof(o.There)
		step.Undo = []string{doIf(o.There, strings.Join(back.Statements(), "; "))}
	case c.Want == nil && o.There != "":
		step.Proof = proof("NOT (" + o.There + ")")
		step.Undo = []string{doIf("NOT ("+o.There+")", strings.Join(back.Statements(), "; "))}
	case o.Kind == kindEnum:
		step.Proof, step.Loses = proof(o.There), "nothing: the new values stay, because PostgreSQL does not take them out again"
	default: // the journal's entry, which is one with it, is the proof
		if step.Undo, err = objectStatements(back, s); err != nil {
			return nil, err
		}
	}
	return []plan.Step{step}, nil
}

// objectStatements gives the texts of a change, or why there are none.
func objectStatements(c schema.ChangeObject, s *schema.Schema) ([]string, error) {
	switch o := c.Object(); {
	case o.Fixed != "" && (c.Have != nil && c.Want != nil || len(c.Statements()) == 0):
		return nil, fmt.Errorf("%s of %s differs: %s", o.Kind, o.Name, o.Fixed)
	case c.Have == nil && o.Kind == kindSequence:
		return c.Statements(), sequenceTaken(o.Name, s)
	case c.Have == nil || c.Want == nil:
		return c.Statements(), nil
	case o.Kind == kindEnum:
		return newLabels(o.Name, labels(c.Have.Definition), labels(c.Want.Definition))
	case o.Kind == kindSequence:
		return alterSequence(c)
	case o.Kind == kindOptions || o.Kind == "column options":
		return resetFirst(c), nil
	}
	return c.Statements(), nil
}

// sequenceTaken says that an identity column's own sequence has a name that another is to get.
func sequenceTaken(name string, s *schema.Schema) error {
	for _, t := range s.Tables {
		for _, q := range take[[]sequence](t, extraSequences) {
			if q.Internal && q.Schema+"."+q.Name == strings.ReplaceAll(name, `"`, "") {
				return fmt.Errorf("sequence %s belongs to identity column %s.%s, and is to be one of its own: PostgreSQL cannot part them; write the statements for it", name, t.Name, q.Column)
			}
		}
	}
	return nil
}

// newLabels adds labels to an enum, each in its place.
func newLabels(name string, have, want []string) ([]string, error) {
	var out []string
	at := 0
	for i, label := range want {
		if at < len(have) && have[at] == label {
			at++
			continue
		}
		if slices.Contains(have, label) {
			return nil, errors.New("the values of " + name + " are to stand in another order, which PostgreSQL does not change: make a new type and change the columns to it")
		}
		place := ""
		switch {
		case at < len(have):
			place = " BEFORE " + literal(have[at])
		case i > 0:
			place = " AFTER " + literal(want[i-1])
		}
		out = append(out, "ALTER TYPE "+name+" ADD VALUE "+literal(label)+place)
	}
	if at < len(have) {
		return nil, errors.New("value " + literal(have[at]) + " of " + name + " is not wanted any more, and PostgreSQL does not take values out of an enum: make a new type and change the columns to it")
	}
	return out, nil
}

// alterSequence keeps the number that a sequence stands at.
func alterSequence(c schema.ChangeObject) ([]string, error) {
	have, unlogged := strings.CutPrefix(c.Have.Definition, "UNLOGGED ")
	want, still := strings.CutPrefix(c.Want.Definition, "UNLOGGED ")
	var out []string
	if have != want {
		out = append(out, "ALTER SEQUENCE "+c.Want.Name+" "+want)
	}
	switch {
	case unlogged && !still:
		out = append(out, "ALTER SEQUENCE "+c.Want.Name+" SET LOGGED")
	case still && !unlogged:
		out = append(out, "ALTER SEQUENCE "+c.Want.Name+" SET UNLOGGED")
	}
	return out, nil
}

// resetFirst takes options back that are not wanted any more.
func resetFirst(c schema.ChangeObject) []string {
	var gone []string
	wanted := strings.Split(optionNames(c.Want.Definition), ", ")
	for _, name := range strings.Split(optionNames(c.Have.Definition), ", ") {
		if !slices.Contains(wanted, name) {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return c.Want.Make
	}
	head, _, _ := strings.Cut(c.Want.Make[0], "SET (")
	return append([]string{head + "RESET (" + strings.Join(gone, ", ") + ")"}, c.Want.Make...)
}

// objectEffect is that of the statements.
func (d *Dialect) objectEffect(c schema.ChangeObject, s *schema.Schema) plan.Effect {
	statements, err := objectStatements(c, s)
	if err != nil {
		e := facts["hold"].effect(nil)
		e.Refused = err.Error()
		return e
	}
	e := verbatimEffect(schema.Verbatim{SQL: statements[0]})
	for _, q := range statements[1:] {
		e = e.Worst(verbatimEffect(schema.Verbatim{SQL: q}))
	}
	return e
}
