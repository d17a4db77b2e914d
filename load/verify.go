package load

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Diff is how a table differs from what was acknowledged.
type Diff struct {
	Rows        int64 // found in the table
	Missing     int64 // rows that must be there and are not
	Changed     int64 // rows with other values than the last acknowledged
	Resurrected int64 // rows that were deleted and are there
	Unexpected  int64 // rows with a key nobody wrote
	Duplicated  int64 // rows whose key was seen before
	Torn        int64 // transactions of unknown outcome of which a part is there
	Wrong       []WrongRow
	Breaches    []Breach // what the writers saw while they ran
}

// WrongRow is one difference.
type WrongRow struct {
	What     string // missing, changed, resurrected, unexpected, duplicated, torn
	Key      string
	Expected string
	Found    string
}

// maxWrong is how many differences a Diff lists.
const maxWrong = 50

// Empty is true if every acknowledged write is in the table and nothing else.
func (d Diff) Empty() bool { return d.Count() == 0 && len(d.Breaches) == 0 }

// Count is the number of differences.
func (d Diff) Count() int64 {
	return d.Missing + d.Changed + d.Resurrected + d.Unexpected + d.Duplicated + d.Torn
}

// String lists the differences for a person.
func (d Diff) String() string {
	if d.Empty() {
		return fmt.Sprintf("%d rows, no difference", d.Rows)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows; %d missing, %d changed, %d resurrected, %d unexpected, %d duplicated, %d torn, %d breaches\n",
		d.Rows, d.Missing, d.Changed, d.Resurrected, d.Unexpected, d.Duplicated, d.Torn, len(d.Breaches))
	for _, w := range d.Wrong {
		fmt.Fprintf(&b, "  %s %s: expected %s, found %s\n", w.What, w.Key, w.Expected, w.Found)
	}
	for _, breach := range d.Breaches {
		fmt.Fprintf(&b, "  %s\n", breach)
	}
	return b.String()
}

func (d *Diff) add(count *int64, what, key, expected, found string) {
	*count++
	if len(d.Wrong) < maxWrong {
		d.Wrong = append(d.Wrong, WrongRow{What: what, Key: key, Expected: expected, Found: found})
	}
}

// Verify reads the whole table once and compares each row with the journal.
// Memory grows with the keys touched; untouched rows cost a bit each. It must
// run after Stop. Writes of unknown outcome are decided by what is found.
func (l *Load) Verify(ctx context.Context, db *sql.DB) (Diff, error) {
	return l.journal.Verify(ctx, db)
}

// Verify is the same for a journal, for instance one read from a file.
func (j *Journal) Verify(ctx context.Context, db *sql.DB) (Diff, error) {
	v := verifier{
		j: j, seeds: make([]uint64, j.Rows/64+1), others: map[int64]bool{},
		open: map[int64]*openEffect{}, refs: map[int64]*openEffect{},
	}
	v.diff.Breaches = j.breaches
	v.takePending()
	if err := v.read(ctx, db); err != nil {
		return Diff{}, fmt.Errorf("verify %s: %w", j.Table, err)
	}
	v.settle()
	v.findMissing()
	return v.diff, nil
}

// verifier is one reading of the table.
type verifier struct {
	j      *Journal
	diff   Diff
	seeds  []uint64       // bit i: the seeded row i was found
	others map[int64]bool // other keys that were found

	open map[int64]*openEffect // by key: effects of writes of unknown outcome
	refs map[int64]*openEffect // the same by ref, where the key is unknown too
}

// openEffect is an effect of unknown outcome and what was found of it.
type openEffect struct {
	effect *effect
	found  cell
}

func (v *verifier) takePending() {
	for _, w := range v.j.pending {
		for i := range w.actions {
			for n := range w.actions[i].effects {
				e := &w.actions[i].effects[n]
				if e.auto {
					v.refs[e.next.row.Ref] = &openEffect{effect: e}
				} else {
					v.open[e.key] = &openEffect{effect: e}
				}
			}
		}
	}
}

func (v *verifier) read(ctx context.Context, db *sql.DB) error {
	query := newStatements(v.j.Engine, v.j.Shape, v.j.Table).all
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	f := foundRow{key: make([]sql.NullString, len(v.j.Shape.KeyColumns()))}
	targets := f.targets()
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		v.diff.Rows++
		v.take(&f)
	}
	return rows.Err()
}

// take compares one row.
func (v *verifier) take(f *foundRow) {
	texts := f.keyTexts()
	key, ok := v.j.Shape.keyOf(texts)
	if !ok {
		v.diff.add(&v.diff.Unexpected, "unexpected", strings.Join(texts, ", "), "absent", f.String())
		return
	}
	if v.seen(key) {
		v.diff.add(&v.diff.Duplicated, "duplicated", v.j.Shape.show(key), "one row", f.String())
		return
	}
	row, err := f.row()
	if o := v.openOf(key, row); o != nil && err == nil {
		o.found = cell{row: row, live: true}
		return
	}
	expected := v.j.expected(key)
	switch {
	case expected.live && (err != nil || row != expected.row):
		v.diff.add(&v.diff.Changed, "changed", v.j.Shape.show(key), expected.String(), f.String())
	case expected.live:
	case v.touched(key):
		v.diff.add(&v.diff.Resurrected, "resurrected", v.j.Shape.show(key), "absent", f.String())
	default:
		v.diff.add(&v.diff.Unexpected, "unexpected", v.j.Shape.show(key), "absent", f.String())
	}
}

func (v *verifier) touched(key int64) bool {
	_, touched := v.j.cells[key]
	return touched
}

// openOf is the effect of unknown outcome that a row is about, or nil.
func (v *verifier) openOf(key int64, row Row) *openEffect {
	if o := v.open[key]; o != nil {
		return o
	}
	if v.j.expected(key).live {
		return nil
	}
	o := v.refs[row.Ref]
	if o != nil {
		o.effect.key = key
	}
	return o
}

// seen notes a key and says whether it was noted before.
func (v *verifier) seen(key int64) bool {
	i := v.j.Shape.seedIndex(key, v.j.Rows)
	if i == 0 {
		before := v.others[key]
		v.others[key] = true
		return before
	}
	before := v.seeds[i/64]&(1<<(i%64)) != 0
	v.seeds[i/64] |= 1 << (i % 64)
	return before
}

// settle decides the writes of unknown outcome: all of one, or nothing of it.
func (v *verifier) settle() {
	for _, w := range v.j.pending {
		isNew, isOld := true, true
		effects := w.effects()
		found := make([]cell, len(effects))
		for i, e := range effects {
			o := v.open[e.key]
			if e.auto {
				o = v.refs[e.next.row.Ref]
			}
			found[i] = o.found
			isNew = isNew && o.found == e.next
			isOld = isOld && o.found == e.old
		}
		if isNew {
			v.j.apply(w)
		}
		if isNew || isOld {
			continue
		}
		for i, e := range effects {
			v.diff.add(&v.diff.Torn, "torn", v.j.Shape.show(e.key), e.old.String()+" or "+e.next.String(), found[i].String())
			v.j.cells[e.key] = found[i]
		}
	}
	v.j.pending = nil
}

// findMissing looks for rows that must be there and were not read.
func (v *verifier) findMissing() {
	for i := int64(1); i <= v.j.Rows; i++ {
		key := v.j.Shape.seedKey(i)
		if v.seeds[i/64]&(1<<(i%64)) != 0 {
			continue
		}
		if expected := v.j.expected(key); expected.live {
			v.diff.add(&v.diff.Missing, "missing", v.j.Shape.show(key), expected.String(), "absent")
		}
	}
	for key, expected := range v.j.cells {
		if v.j.Shape.seedIndex(key, v.j.Rows) == 0 && expected.live && !v.others[key] {
			v.diff.add(&v.diff.Missing, "missing", v.j.Shape.show(key), expected.String(), "absent")
		}
	}
}
