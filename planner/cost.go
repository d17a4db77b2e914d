package planner

import (
	"surefoot/plan"
	"surefoot/schema"
)

// momentMS is what a lock that is held for a moment counts for.
const momentMS = 5

// heldMS estimates for how long an effect blocks others; nil where that is not known.
func heldMS(e plan.Effect, s *schema.Schema, t *schema.Table, r plan.Rates) *int64 {
	if e.Most() == plan.BlocksNothing {
		return plan.Known(0)
	}
	if !e.Long() {
		return plan.Known(momentMS)
	}
	return allMS(e, work(e), s, t, r)
}

// allMS estimates how long work on a table takes together with what is done to others meanwhile; all
// locks are held until all of it is done.
func allMS(e plan.Effect, w plan.Work, s *schema.Schema, t *schema.Table, r plan.Rates) *int64 {
	total := workMS(w, t, r)
	if e.Unpriced != "" && w != plan.Moment {
		total = nil
	}
	for _, l := range e.Also {
		if l.Work != plan.Moment {
			plan.Sum(&total, workMS(l.Work, s.Table(l.Of), r))
		}
	}
	return total
}

// work says what an effect's time grows with.
func work(e plan.Effect) plan.Work {
	switch {
	case e.Rewrites:
		return plan.WriteAll
	case e.RebuildsIndexes:
		return plan.WriteIndex
	case e.Scans:
		return plan.ReadRows
	}
	return plan.Moment
}

// workMS estimates how long a kind of work takes on a table; nil where its size is not known.
func workMS(w plan.Work, t *schema.Table, r plan.Rates) *int64 {
	if w == plan.Moment {
		return plan.Known(momentMS)
	}
	if w == plan.WriteGiven {
		return nil
	}
	if t == nil || t.Stats.Bytes == nil {
		return nil
	}
	rows, indexes := *t.Stats.Bytes, int64(0)
	if t.Stats.IndexBytes != nil {
		indexes = *t.Stats.IndexBytes
	}
	at := func(bytes, rate int64) int64 { return bytes * 1000 / max(rate, 1) }
	switch w {
	case plan.WriteRows:
		return plan.Known(momentMS + at(rows, r.Write))
	case plan.ReadRows:
		return plan.Known(momentMS + at(rows, r.Read))
	case plan.ReadTwice:
		return plan.Known(momentMS + at(2*rows, r.Read))
	case plan.WriteIndex:
		return plan.Known(momentMS + at(rows, r.Read) + at(max(indexes, rows/5), r.Index))
	case plan.WriteAll:
		return plan.Known(momentMS + at(rows, r.Write) + at(indexes, r.Index))
	case plan.Moment, plan.WriteGiven:
	}
	return plan.Known(momentMS)
}

// price fills in a step's costs from what its change does to others.
func price(st *plan.Step, e plan.Effect, s *schema.Schema, t *schema.Table, r plan.Rates) {
	st.Blocks, st.Lock = e.Blocks, e.Lock
	w := st.Work
	if w == plan.Moment {
		w = work(e)
	}
	st.DurationMS = allMS(e, w, s, t, r)
	switch {
	case e.Most() == plan.BlocksNothing:
		st.HeldMS = plan.Known(0)
	case e.Long():
		st.HeldMS = st.DurationMS
	default:
		st.HeldMS = plan.Known(momentMS)
	}
	st.DiskBytes, st.LogBytes = bytesFor(w, t), bytesFor(w, t)
}

// bytesFor estimates what a kind of work writes; nil where the size is not known.
func bytesFor(w plan.Work, t *schema.Table) *int64 {
	if w == plan.Moment || w == plan.ReadRows || w == plan.ReadTwice {
		return plan.Known(0)
	}
	if w == plan.WriteGiven || t == nil || t.Stats.Bytes == nil {
		return nil
	}
	n := int64(0)
	if w == plan.WriteRows || w == plan.WriteAll {
		n += *t.Stats.Bytes
	}
	if (w == plan.WriteIndex || w == plan.WriteAll) && t.Stats.IndexBytes != nil {
		n += *t.Stats.IndexBytes
	}
	return plan.Known(n)
}
