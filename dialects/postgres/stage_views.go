package postgres

import (
	"context"
	"slices"
	"strconv"

	"surefoot/schema"
)

// views gives the views that read the twins, each after those that it reads.
func (st *Stage) views() []view {
	var out []view
	for _, tw := range st.twins {
		for _, v := range take[[]view](tw.table, extraViews) {
			if !slices.ContainsFunc(out, func(o view) bool { return o.Name == v.Name }) {
				out = append(out, v)
			}
		}
	}
	return out
}

func (st *Stage) makeViews(ctx context.Context) error {
	for _, v := range st.views() {
		here := []string{st.Here(v.Definition), ownRightsOnly(st.Here(v.Name), "TABLE")}
		for _, q := range onAll(v.After, v.Name) {
			here = append(here, st.Here(q))
		}
		for i, q := range here {
			if err := st.tried(ctx, q, i > 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// publish makes publications for those that have the live tables: an ALTER PUBLICATION of the live
// ones would keep others from theirs for as long as the rehearsal lasts.
func (st *Stage) publish(ctx context.Context) error {
	for _, tw := range st.twins {
		for _, p := range take[[]publication](tw.table, extraPublications) {
			here, made := st.published[p.Name]
			if !made {
				here = st.schemas[st.have.Default] + "_pub_" + strconv.Itoa(len(st.published))
				if _, err := st.conn.ExecContext(ctx, "CREATE PUBLICATION "+quote(here)); err != nil {
					return unfit(tw.table.Name, err)
				}
				st.published[p.Name] = here
			}
			if _, err := st.conn.ExecContext(ctx, "ALTER PUBLICATION "+quote(here)+" ADD TABLE "+qualified(st.twin(tw.table.Name))+p.Tail); err != nil {
				return unfit(tw.table.Name, err)
			}
		}
	}
	return nil
}

// publishedAs gives a twin's publications the names of the live ones: Act knows them by these.
func (st *Stage) publishedAs(t *schema.Table) {
	all := take[[]publication](t, extraPublications)
	for i := range all {
		for live, here := range st.published {
			if all[i].Name == here {
				all[i].Name = live
			}
		}
	}
	putList(t.Extra, extraPublications, all)
}

// ownView says that a statement makes or drops a view of the stage, and none of the live ones: those
// that read twins have their own here, and an unqualified new one is made here.
func (st *Stage) ownView(src source) bool {
	i, create := src.skip(0, "create"), true
	i = src.skip(i, "or", "replace")
	if i == 0 {
		i, create = src.skip(0, "drop"), false
	}
	if src.skip(i, "view") == i {
		return false
	}
	i = src.skip(i, "view")
	i = src.skip(i, "if", "exists")
	n := schema.Name{Schema: st.schemas[st.have.Default], Table: src.name(i)}
	if end := src.skipName(i); end == i+3 {
		n.Schema, n.Table = src.name(i), src.name(i+2)
	} else if create {
		return true
	}
	behind := src.skipName(i)
	live := st.liveName(n)
	return st.known[live.String()] && (create || behind == len(src.tokens))
}
