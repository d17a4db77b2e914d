package load

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestVerifyFindsEachFault spoils single rows, one after another: a verifier
// that cannot fail is worth nothing. Each fault names the row it needs.
func TestVerifyFindsEachFault(t *testing.T) {
	space := map[bool]string{true: "concat(note, ' ')", false: "note || ' '"}
	eachEngine(t, func(t *testing.T, url string) {
		db, engine := open(t, url)
		seed(t, db, engine, Int, "live", rows)
		l, _ := runLoad(t, Options{URL: url, Table: "live", Shape: Int, Rows: rows}, 300*time.Millisecond)
		j := l.Journal()
		s := spoiler{t: t, db: db, j: j, used: map[int64]bool{}}
		update := "UPDATE live SET changed_at = changed_at, "
		verifyEmpty(t, db, j)
		s.spoil("changed", update+"amount = amount + 1 WHERE id = %d", s.seeded(func(r Row) bool { return r.HasAmount }))
		s.spoil("changed", update+"amount = 0 WHERE id = %d", s.seeded(func(r Row) bool { return !r.HasAmount }))
		s.spoil("changed", update+"note = '' WHERE id = %d", s.seeded(func(r Row) bool { return !r.HasNote }))
		s.spoil("changed", update+"note = NULL WHERE id = %d", s.seeded(func(r Row) bool { return r.HasNote && r.Note == "" }))
		s.spoil("changed", update+"note = "+space[isMySQL(engine)]+" WHERE id = %d", s.seeded(func(r Row) bool { return r.Note != "" }))
		s.spoil("changed", update+"note = upper(note) WHERE id = %d", s.seeded(func(r Row) bool { return r.Note != "" }))
		s.spoil("missing", "DELETE FROM live WHERE id = %d", s.seeded(func(Row) bool { return true }))
		s.spoil("changed", update+"version = version - 1 WHERE id = %d", s.written(true))
		s.spoil("missing", "DELETE FROM live WHERE id = %d", s.written(true))
		s.spoil("resurrected", "INSERT INTO live (id, ref) VALUES (%d, -6)", s.written(false))
		s.spoil("unexpected", "INSERT INTO live (id, ref) VALUES (%d, -7)", -5)
	})
}

// spoiler changes rows behind the journal's back and expects Verify to say so.
type spoiler struct {
	t    *testing.T
	db   *sql.DB
	j    *Journal
	used map[int64]bool
	want []string
}

func (s *spoiler) spoil(what, statement string, key int64) {
	s.t.Helper()
	statement = fmt.Sprintf(statement, key)
	if _, err := s.db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
	s.want = append(s.want, what+" "+s.j.Shape.show(key))
	diff := verify(s.t, s.db, s.j)
	var got []string
	for _, w := range diff.Wrong {
		got = append(got, w.What+" "+w.Key)
	}
	slices.Sort(s.want)
	slices.Sort(got)
	if !slices.Equal(got, s.want) || diff.Count() != int64(len(s.want)) || diff.Empty() {
		s.t.Fatalf("%s: want %q, found %s", statement, s.want, diff)
	}
}

// seeded is the key of a row that no writer touched.
func (s *spoiler) seeded(like func(Row) bool) int64 {
	for i := int64(1); i <= s.j.Rows; i++ {
		key := s.j.Shape.seedKey(i)
		if _, touched := s.j.cells[key]; !touched && !s.used[key] && like(seedRow(i)) {
			s.used[key] = true
			return key
		}
	}
	s.t.Fatal("every row was touched")
	return 0
}

// written is the key of a row that a writer left live, or deleted.
func (s *spoiler) written(live bool) int64 {
	for key, c := range s.j.cells {
		if c.live == live && !s.used[key] {
			s.used[key] = true
			return key
		}
	}
	s.t.Fatal("no such row was written")
	return 0
}

// TestPendingWrites decides writes of unknown outcome by what the table shows:
// all of one, nothing of it, or a part, which is a fault.
func TestPendingWrites(t *testing.T) {
	db, engine := open(t, sqliteURL(t))
	seed(t, db, engine, Int, "live", 100)
	next := func(i int64) cell {
		row := seedRow(i)
		row.HasNote, row.Note = true, "new"
		return cell{row: row, live: true}
	}
	pending := func(keys ...int64) *Journal {
		j := NewJournal(engine, Int, "live", 100)
		w := &write{kind: Transaction, actions: make([]action, 1)}
		for _, key := range keys {
			w.actions[0].effects = append(w.actions[0].effects, effect{key: key, old: j.expected(key), next: next(key)})
		}
		j.pending = []*write{w}
		return j
	}
	update := func(id int64) {
		if _, err := db.ExecContext(t.Context(), "UPDATE live SET note = 'new' WHERE id = ?", id); err != nil {
			t.Fatal(err)
		}
	}
	verifyEmpty(t, db, pending(1, 2))
	update(1)
	if diff := verify(t, db, pending(1, 2)); diff.Torn != 2 || diff.Count() != 2 {
		t.Errorf("half a transaction is there, found %s", diff)
	}
	update(2)
	j := pending(1, 2)
	verifyEmpty(t, db, j)
	if j.Touched() != 2 || j.Pending() != 0 {
		t.Errorf("the write was found and not taken into the journal")
	}
}
