package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"surefoot/executor"
	"surefoot/plan"
)

// expect writes into the plan what each new table was on the stage when it began to serve: at its
// cut-over it must be that. Where a twin was not like its live table (this role may not give it the
// same rights, for example), nothing is expected, because the new table would rightly be another.
func (r Request) expect(ctx context.Context, play *executor.Play) error {
	for i, made := range play.Made {
		swap := r.Plan.Steps[i].CutOver
		if swap == nil || swap.Made == nil || len(swap.Guards) == 0 {
			continue
		}
		live, err := executor.Portrait(ctx, r.Live, swap.Guards[0].Query)
		if err != nil {
			return fmt.Errorf("rehearse: look at %s: %w", r.Plan.Steps[i].Table, err)
		}
		if len(plan.PortraitDiff(without(live, swap.Made.Before), without(r.all(play.Start[i]), swap.Made.Before))) == 0 {
			swap.Made.Lines = r.all(made)
		}
	}
	return nil
}

// without leaves rights out where they stand by a table's name: the exchange does not move them, and a
// table under a side name has none.
func without(lines []string, grants bool) []string {
	var out []string
	for _, l := range lines {
		if !grants || !strings.HasPrefix(l, "grant") {
			out = append(out, l)
		}
	}
	return out
}

func (r Request) all(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = r.back(l)
	}
	return out
}
