package load

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// next composes a random write.
func (w *writer) next() *write {
	kind := w.randomKind(kinds)
	if kind != Transaction && kind != Rollback {
		return &write{kind: kind, actions: []action{w.compose(kind, map[int64]bool{})}}
	}
	whole := &write{kind: kind}
	used := map[int64]bool{}
	for range 2 + w.rng.IntN(4) {
		whole.actions = append(whole.actions, w.compose(w.randomKind(kinds[:5]), used))
	}
	// A fixed order, so that nothing but the tool under test can make two
	// transactions wait for each other.
	slices.SortStableFunc(whole.actions, func(a, b action) int {
		return cmp.Compare(a.effects[0].key, b.effects[0].key)
	})
	return whole
}

// randomKind draws among some kinds by their weights.
func (w *writer) randomKind(among []Kind) Kind {
	total := 0
	for _, kind := range among {
		total += w.weights[kind]
	}
	if total == 0 {
		return Update
	}
	n := w.rng.IntN(total)
	for _, kind := range among {
		if n -= w.weights[kind]; n < 0 {
			return kind
		}
	}
	return Update
}

// compose makes one statement of a kind, or an insert if the writer has no row
// to change. Keys in used are left alone, and the ones chosen are added.
func (w *writer) compose(kind Kind, used map[int64]bool) action {
	key, old, found := int64(0), cell{}, false
	if kind != Insert && (kind != Upsert || w.rng.IntN(10) < 7) {
		key, old, found = w.pick(used)
	}
	a := action{kind: kind}
	switch {
	case !found:
		a = w.composeInsert(kind)
	case kind == Update:
		w.composeUpdate(&a, key, old)
	case kind == Rekey:
		w.composeRekey(&a, key, old)
	case kind == Delete:
		a.query, a.args, a.exact = w.sql.remove, w.keyArgs(key), true
		a.effects = []effect{{key: key, old: old}}
	default:
		next := w.changed(old)
		a.query, a.args = w.sql.upsert, w.upsertArgs(key, next, 1)
		a.effects = []effect{{key: key, old: old, next: next}}
	}
	for _, e := range a.effects {
		if !e.auto {
			used[e.key] = true
		}
	}
	return a
}

// composeInsert adds a row: with a key from the server, a new one of our own, or
// one that was deleted before.
func (w *writer) composeInsert(kind Kind) action {
	number := w.number()
	next := cell{live: true, row: w.randomRow(number)}
	a := action{kind: kind, effects: []effect{{next: next}}}
	e := &a.effects[0]
	if kind != Upsert && w.journal.Shape == Int && w.rng.IntN(10) < 6 {
		a.kind, e.auto = Insert, true
		a.query, a.args = w.sql.insertAuto, valueArgs(w.journal.Engine, next.row)
		return a
	}
	e.key = w.unusedKey(number)
	if kind == Upsert {
		a.query, a.args = w.sql.upsert, w.upsertArgs(e.key, next, next.row.Version)
		return a
	}
	a.kind = Insert
	a.query, a.args = w.sql.insert, append(w.keyArgs(e.key), valueArgs(w.journal.Engine, next.row)...)
	return a
}

func (w *writer) composeUpdate(a *action, key int64, old cell) {
	next := w.changed(old)
	engine := w.journal.Engine
	if w.rng.IntN(2) == 0 {
		next.row.Note, next.row.HasNote, next.row.Cents = old.row.Note, old.row.HasNote, old.row.Cents
		a.query = w.sql.updateAmount
		a.args = []any{next.row.amountArg(), timeArg(engine, next.row.At)}
	} else {
		a.query = w.sql.updateAll
		a.args = []any{next.row.amountArg(), next.row.noteArg(), centsText(next.row.Cents), timeArg(engine, next.row.At)}
	}
	a.args, a.exact = append(a.args, w.keyArgs(key)...), true
	a.effects = []effect{{key: key, old: old, next: next}}
}

func (w *writer) composeRekey(a *action, key int64, old cell) {
	next := old
	next.row.At = time.Now().UnixMicro()
	next.row.Version++
	to := int64(0)
	if w.journal.Shape == Text && w.rng.IntN(2) == 0 {
		to = w.journal.Shape.respelled(key, 1+w.rng.IntN(len(prefixes)-1))
	} else {
		to = w.unusedKey(w.number())
	}
	a.query, a.exact = w.sql.rekey, true
	a.args = append(w.keyArgs(to), timeArg(w.journal.Engine, next.row.At))
	a.args = append(a.args, w.keyArgs(key)...)
	a.effects = []effect{{key: key, old: old}, {key: to, next: next}}
}

// upsertArgs are the arguments of an upsert that leaves the row as next;
// inserted is the version it would have if it were new.
func (w *writer) upsertArgs(key int64, next cell, inserted int64) []any {
	row := next.row
	row.Version = inserted
	args := append(w.keyArgs(key), valueArgs(w.journal.Engine, row)...)
	if isMySQL(w.journal.Engine) {
		args = append(args, row.amountArg(), row.noteArg(), centsText(row.Cents), timeArg(w.journal.Engine, row.At))
	}
	return args
}

func (w *writer) keyArgs(key int64) []any { return w.journal.Shape.keyArgs(w.journal.Engine, key) }

// pick chooses a live row: half of the time one this writer wrote lately, so
// that the same rows change again and again while they are being copied.
func (w *writer) pick(used map[int64]bool) (int64, cell, bool) {
	for range 40 {
		var key int64
		if len(w.recent) > 0 && (w.rng.IntN(2) == 0 || w.low > w.journal.Rows) {
			key = w.recent[w.rng.IntN(len(w.recent))]
		} else {
			key = w.journal.Shape.seedKey(w.index())
		}
		if c := w.journal.expected(key); c.live && !used[key] {
			return key, c, true
		}
	}
	return 0, cell{}, false
}

// index is one of the writer's own, without the first and the last: the rows at
// the borders of a block are never touched, and so no lock reaches over them.
func (w *writer) index() int64 { return w.low + 1 + w.rng.Int64N(w.high-w.low-1) }

// number is one that no row has had.
func (w *writer) number() int64 {
	w.serial++
	return w.index()<<serialBits | w.serial
}

// unusedKey is now and then a key that was deleted, otherwise the one of number.
func (w *writer) unusedKey(number int64) int64 {
	if len(w.free) == 0 || w.rng.IntN(3) > 0 {
		return w.journal.Shape.newKey(number)
	}
	i, last := w.rng.IntN(len(w.free)), len(w.free)-1
	key := w.free[i]
	w.free[i] = w.free[last]
	w.free = w.free[:last]
	return key
}

// changed is the row after an update of all that an update sets.
func (w *writer) changed(old cell) cell {
	row := w.randomRow(old.row.Ref)
	row.Version = old.row.Version + 1
	return cell{row: row, live: true}
}

// notes are texts that careless copying spoils.
var notes = []string{
	"plain", "Ärger mit Ümlauten", "it's \"quoted\"", `back\slash`, "line\nbreak\r\n", "trailing  ", "  leading",
	"emoji 🦶🏽", "50% _off_", "NULL", "e\u0301 combining", "\ttab", "日本語", strings.Repeat("long ", 40),
}

func (w *writer) randomRow(ref int64) Row {
	r := Row{Ref: ref, Cents: w.rng.Int64N(1_000_000_000), At: time.Now().UnixMicro(), Version: 1, HasAmount: true, HasNote: true}
	switch w.rng.IntN(10) {
	case 0:
		r.HasAmount = false
	case 1:
		r.Amount = []int32{math.MinInt32, math.MaxInt32, 0, -1}[w.rng.IntN(4)]
	default:
		r.Amount = int32(w.rng.Uint32())
	}
	switch w.rng.IntN(6) {
	case 0:
		r.HasNote = false
	case 1: // empty, which is not NULL
	default:
		r.Note = strconv.FormatUint(w.rng.Uint64N(1000), 36) + " " + notes[w.rng.IntN(len(notes))]
	}
	return r
}
