package rehearsal

import (
	"errors"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// scratch is a stage of which only the names matter.
type scratch struct {
	Stage
	names map[string]string
}

func (p scratch) Schemas() map[string]string { return p.names }

func TestBackChangesNothingOfTheUsers(t *testing.T) {
	r := Request{Stage: scratch{names: map[string]string{"a": "stage_x_1", "stage_x_1 b": "stage_x_10", "c": "stage_x_2"}}}
	for text, want := range map[string]string{
		"stage_x_1.t, stage_x_10.t, stage_x_2.t": "a.t, stage_x_1 b.t, c.t", // what was put in stays
		"stage_y_1.t and stage_x are the user's": "stage_y_1.t and stage_x are the user's",
	} {
		if got := r.back(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestNamesOfTheStageAreNobodyElses(t *testing.T) {
	r := Request{
		Stage: scratch{names: map[string]string{"a": "stage_x_1"}}, Plan: &plan.Plan{},
		Statements: []schema.Statement{{SQL: "COMMENT ON TABLE t IS 'was in stage_x_1'"}},
	}
	var unfit *schema.Unfit
	if _, err := Rehearse(t.Context(), r); !errors.As(err, &unfit) {
		t.Errorf("got %v", err)
	}
}
