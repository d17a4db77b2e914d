package planner

// momentMS is what a lock that is held for a moment counts for.
const momentMS = 5

// heldMS estimates for how long an effect blocks others; nil where that is not known.
func heldMS(e Effect, s *Schema, t *Table, r Rates) *int64 {
	if e.Most() == BlocksNothing {
		return ms(0)
	}
	if !e.Long() {
		return ms(momentMS)
	}
	return allMS(e, work(e), s, t, r)
}

// allMS estimates how long work on a table takes together with what is done to others meanwhile; all
// locks are held until all of it is done.
func allMS(e Effect, w Work, s *Schema, t *Table, r Rates) *int64 {
	total := workMS(w, t, r)
	if e.Unpriced != "" && w != Moment {
		total = nil
	}
	for _, l := range e.Also {
		if l.Work != Moment {
			add(&total, workMS(l.Work, s.Table(l.Of), r))
		}
	}
	return total
}

// work says what an effect's time grows with.
func work(e Effect) Work {
	switch {
	case e.Rewrites:
		return WriteAll
	case e.RebuildsIndexes:
		return WriteIndex
	case e.Scans:
		return ReadRows
	}
	return Moment
}

// workMS estimates how long a kind of work takes on a table; nil where its size is not known.
func workMS(w Work, t *Table, r Rates) *int64 {
	if w == Moment {
		return ms(momentMS)
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
	case WriteRows:
		return ms(momentMS + at(rows, r.Write))
	case ReadRows:
		return ms(momentMS + at(rows, r.Read))
	case ReadTwice:
		return ms(momentMS + at(2*rows, r.Read))
	case WriteIndex:
		return ms(momentMS + at(rows, r.Read) + at(max(indexes, rows/5), r.Index))
	case WriteAll:
		return ms(momentMS + at(rows, r.Write) + at(indexes, r.Index))
	case Moment:
	}
	return ms(momentMS)
}

// price fills in a step's costs from what its change does to others.
func price(st *Step, e Effect, s *Schema, t *Table, r Rates) {
	st.Blocks, st.Lock = e.Blocks, e.Lock
	w := st.Work
	if w == Moment {
		w = work(e)
	}
	st.DurationMS = allMS(e, w, s, t, r)
	switch {
	case e.Most() == BlocksNothing:
		st.HeldMS = ms(0)
	case e.Long():
		st.HeldMS = st.DurationMS
	default:
		st.HeldMS = ms(momentMS)
	}
	st.DiskBytes, st.LogBytes = bytesFor(w, t), bytesFor(w, t)
}

// bytesFor estimates what a kind of work writes; nil where the size is not known.
func bytesFor(w Work, t *Table) *int64 {
	if w == Moment || w == ReadRows || w == ReadTwice {
		return ms(0)
	}
	if t == nil || t.Stats.Bytes == nil {
		return nil
	}
	n := int64(0)
	if w == WriteRows || w == WriteAll {
		n += *t.Stats.Bytes
	}
	if (w == WriteIndex || w == WriteAll) && t.Stats.IndexBytes != nil {
		n += *t.Stats.IndexBytes
	}
	return ms(n)
}
