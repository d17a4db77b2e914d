package executor

import (
	"context"
	"fmt"

	"surefoot/plan"
)

// captured fails when what logs the rows that others write is gone: then the log is not whole.
func captured(ctx context.Context, s asker, sw *plan.CutOver, table string, there bool) error {
	if sw.Captured == "" {
		return nil
	}
	switch logged, err := answers(ctx, s, sw.Captured); {
	case err != nil:
		return fmt.Errorf("look whether changed rows are logged: %w", err)
	case logged:
		return nil
	}
	d := &Drift{
		Reason: fmt.Sprintf("the triggers that log the changed rows of %s are not all there and at work (dropped, switched off, or the table has another name): rows may have been written that the log does not know", table),
		Remedy: "the old table serves; surefoot rollback, and make the plan again",
	}
	if !there {
		d.Remedy = "nothing was taken back, and the new table serves; give it its name again if it was renamed, or keep it with surefoot finish"
	}
	return d
}

// gone: the tables were exchanged, and before that is taken back the step is "begun" again.
func gone(s plan.Step) error {
	return &Drift{
		Reason: fmt.Sprintf("the old table of %s is not where the cut-over put it: somebody dropped it or gave it another name", s.Table),
		Remedy: "nothing was taken back; give it its name again, or keep the new table with surefoot finish",
	}
}
