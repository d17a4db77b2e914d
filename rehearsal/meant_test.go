package rehearsal

import (
	"slices"
	"testing"

	"surefoot/schema"
)

// A column whose numbers are handed out is left out of its own table alone: in all others one of its name is compared.
func TestNumberedIsOfOneTable(t *testing.T) {
	add := schema.AddColumn{On: schema.On{Name: schema.Name{Table: "t"}}, Column: schema.Column{Name: "id", Identity: "always"}}
	plain := schema.AddColumn{On: add.On, Column: schema.Column{Name: "note", Default: "'x'"}}
	r := Request{Statements: []schema.Statement{{Changes: []schema.Change{schema.Alter{On: add.On, Clauses: []schema.Change{add, plain}}}}}}
	p := picture{rows: [][]string{{"row of t", "id '1'", "note 'x'"}, {"row of u", "id '2'", "note 'y'"}}}
	got := p.without(r.numbered()).rows
	want := [][]string{{"row of t", "note 'x'"}, {"row of u", "id '2'", "note 'y'"}}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %q, want %q", got, want)
	}
}
