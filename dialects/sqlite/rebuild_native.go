package sqlite

import (
	"errors"
	"strings"

	"surefoot/schema"
)

// asWritten gives the table that the statements of a rebuild make as they are written. What SQLite
// refuses is refused: a view that names the table keeps the last statement from renaming.
func (r *reader) asWritten(rb *rebuiltTable, st schema.Statement) (*schema.Table, error) {
	if err := r.scratch.exec("SAVEPOINT rebuild"); err != nil {
		return nil, err
	}
	defer r.scratch.exec("ROLLBACK TO rebuild", "RELEASE rebuild") //nolint:errcheck // there is nothing to lose
	if err := r.runRebuild(rb); err != nil {
		return nil, &schema.Refusal{Statement: st, Reasons: []string{plain(err)}}
	}
	return r.scratch.table(rb.table)
}

func (r *reader) runRebuild(rb *rebuiltTable) error {
	if r.legacy != "" {
		if err := r.scratch.exec(r.legacy); err != nil {
			return err
		}
	}
	for _, j := range rb.statements() {
		if err := r.scratch.exec(r.textOf(j)); err != nil {
			return err
		}
	}
	return nil
}

func (rb *rebuiltTable) statements() []int { return []int{rb.create, rb.insert, rb.end, rb.last} }

func (r *reader) textOf(piece int) string {
	t := r.pieces[piece]
	return r.text[t[0].start:t[len(t)-1].end]
}

// makes applies changes on the scratch database, and says whether they make the wanted table. If
// not, nothing is changed.
func (r *reader) makes(st schema.Statement, changes []schema.Change, want *schema.Table) (bool, error) {
	if err := r.scratch.exec("SAVEPOINT made"); err != nil {
		return false, err
	}
	defer r.scratch.exec("RELEASE made") //nolint:errcheck // there is nothing to lose
	err := r.apply(st, changes)
	if err == nil {
		var got *schema.Table
		if got, err = r.scratch.table(want.Name.Table); err == nil && canonical(got.Definition) == canonical(want.Definition) {
			return true, nil
		}
	}
	return false, errors.Join(err, r.scratch.exec("ROLLBACK TO made"))
}

// wholesale is a rebuild that is more than the changes that can be made while the table is in use:
// it is run as it stands, its four statements as one. why is what those changes met, if anything.
func (r *reader) wholesale(rb *rebuiltTable, why error) ([]schema.Change, error) {
	var texts []string
	for _, j := range rb.statements() {
		texts = append(texts, r.textOf(j))
	}
	if err := r.runRebuild(rb); err != nil {
		return nil, err
	}
	rb.whole = true
	reason := "the table that the rebuild makes is not made of changes that can be planned"
	if why != nil {
		reason += ": " + plain(why)
	}
	return []schema.Change{schema.Verbatim{On: on(rb.table), SQL: strings.Join(texts, ";\n"), Reason: reason}}, nil
}

// remade says that a rebuild of the table is run as it stands: plans do not know what it leaves.
func (r *reader) remade(table string) bool {
	for _, rb := range r.rebuilds {
		if rb.whole && strings.EqualFold(rb.table, table) {
			return true
		}
	}
	return false
}
