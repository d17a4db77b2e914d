package render

import (
	"slices"
	"strings"
	"testing"

	"surefoot/plan"
)

// A plan that takes something away for good never says that no write is lost.
func TestWayBack(t *testing.T) {
	gone := plan.Planned{Native: plan.NativeEffect{Effect: plan.Effect{LosesData: true}}}
	finish := plan.Step{ID: "02-contract", WayBack: plan.WayBack{NoReturn: true, Loses: "point of no return: the old table is dropped"}, Pause: plan.Pause{Until: "finish"}}
	drop := plan.Step{ID: "01-contract", WayBack: plan.WayBack{NoReturn: true, Loses: "point of no return: the table's rows are gone"}}
	for _, tc := range []struct {
		name string
		plan plan.Plan
		want string
	}{
		{"nothing", plan.Plan{Steps: []plan.Step{{}}}, "at any time, no write lost"},
		{"a copy", plan.Plan{Steps: []plan.Step{{}, finish}}, "until finish, no write lost"},
		{"a copy that adds a column", plan.Plan{Steps: []plan.Step{{WayBack: plan.WayBack{Loses: "the values of n"}}, finish}}, "until finish; loses the values of n"},
		{"a copy that leaves a column out", plan.Plan{Statements: []plan.Planned{gone}, Steps: []plan.Step{{}, finish}}, "until finish; the change itself takes values away that nothing brings back"},
		{"a table that is dropped", plan.Plan{Statements: []plan.Planned{gone}, Steps: []plan.Step{drop}}, "until 01-contract; there: point of no return: the table's rows are gone"},
		{"an end without a word", plan.Plan{Statements: []plan.Planned{gone}, Steps: []plan.Step{{ID: "01-expand", WayBack: plan.WayBack{NoReturn: true}}}}, "until 01-expand; the change itself takes values away that nothing brings back"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := wayBack(&tc.plan)
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if len(tc.plan.Statements) > 0 && strings.Contains(got, "no write lost") {
				t.Error("it says that no write is lost")
			}
		})
	}
}

// What others meet while a column has two names is said with the plan.
func TestMeanwhile(t *testing.T) {
	p := plan.Plan{Steps: []plan.Step{{ID: "01-expand"}, {ID: "02-dual-write", Price: plan.Price{Meanwhile: "until a goes, SELECT * meets both"}}}}
	want := []string{"From 02-dual-write on: until a goes, SELECT * meets both.", "Every step can be taken back with surefoot rollback."}
	if got := wayBackSentences(&p); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
