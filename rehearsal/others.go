package rehearsal

import (
	"context"
	"slices"

	"surefoot/planner"
)

// others gives the writes of one play. Who comes after a hold uses the new names of those columns
// that had two names then, and the old names of all others.
func (r Request) others() func(ctx context.Context, at planner.Instant, table planner.Name) error {
	var deployed []planner.RenameColumn
	return func(ctx context.Context, at planner.Instant, table planner.Name) error {
		if at != planner.OldNames && at != planner.BothNames {
			return r.Stage.Others(ctx, planner.Writes{At: at}, table)
		}
		fresh := slices.DeleteFunc(r.renamesOf(table), func(c planner.RenameColumn) bool { return slices.Contains(deployed, c) })
		if at == planner.BothNames && len(fresh) > 0 {
			now, err := r.Stage.Inspect(ctx)
			if err != nil {
				return err
			}
			fresh = slices.DeleteFunc(fresh, func(c planner.RenameColumn) bool {
				t := now.Table(table)
				return t == nil || t.Column(c.From) == nil || t.Column(c.To) == nil
			})
			deployed = append(deployed, fresh...)
		}
		writes := []planner.Writes{{At: at, Renames: fresh}}
		if at == planner.OldNames {
			writes = append(writes, planner.Writes{At: planner.NewNames, Renames: deployed})
		}
		for _, w := range writes {
			if len(w.Renames) == 0 {
				continue
			}
			if err := r.Stage.Others(ctx, w, table); err != nil {
				return err
			}
		}
		return nil
	}
}
