package rehearsal

import (
	"context"
	"reflect"

	"surefoot/plan"
	"surefoot/schema"
)

// A Foreteller is a Stage of which an inspection says the same as of the live tables, but for the
// schemas' names: a plan can be made from what statements leave there.
type Foreteller interface {
	// Foretells says whether the stage's names can be told from others in every text.
	Foretells() bool
}

// After gives tables as the server itself leaves them after statements, tried on the twins: those of
// the names, which are all that the whole change is about. A *schema.Unfit says why nobody can tell,
// a *schema.Refusal what the server refuses.
func After(ctx context.Context, r Request, have *schema.Schema, names []schema.Name) ([]*schema.Table, error) {
	if f, ok := r.Stage.(Foreteller); !ok || !f.Foretells() {
		return nil, &schema.Unfit{Reason: "this stage does not tell what statements leave"}
	}
	r.constant = map[schema.Name]bool{}
	start, err := r.Stage.Reset(ctx)
	if err != nil {
		return nil, err
	}
	if plan.Fingerprint(r.live(start, have), names) != plan.Fingerprint(have, names) {
		return nil, &schema.Unfit{Reason: "the twins are not like their tables in all: this role may not make them so"}
	}
	for _, st := range r.Statements {
		if err := r.nativeOne(ctx, st); err != nil {
			return nil, err
		}
	}
	end, err := r.Stage.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	var tables []*schema.Table
	for _, t := range r.live(end, have).Tables {
		for _, n := range names {
			if have.Resolve(n) == t.Name {
				tables = append(tables, t)
			}
		}
	}
	return tables, nil
}

// live gives what an inspection of the stage says, with the names of the live tables.
func (r Request) live(s, have *schema.Schema) *schema.Schema {
	m := r.homeward()
	back := *have
	back.Tables = nil
	for _, t := range s.Tables {
		back.Tables = append(back.Tables, m.value(reflect.ValueOf(t)).Interface().(*schema.Table))
	}
	return &back
}
