package executor

import (
	"context"

	"surefoot/plan"
)

// PlanOf gives the plan that a run carries out, from the journal.
func PlanOf(ctx context.Context, srv Server, id string) (*plan.Plan, error) {
	rec, err := one(ctx, srv, id)
	if err != nil {
		return nil, err
	}
	p, _, err := stored(ctx, &journal{srv: srv, id: rec.id}, rec)
	return p, err
}
