package load

import (
	"fmt"
	"time"
)

// Journal is what must be in the table: the seeded rows, and over them the last
// acknowledged state of every key that a writer touched.
type Journal struct {
	Engine string `json:"engine"`
	Table  string `json:"table"`
	Shape  Shape  `json:"shape"`
	Rows   int64  `json:"rows"` // seeded

	cells    map[int64]cell
	pending  []*write
	breaches []Breach
}

// Breach is something that cannot happen if the database keeps what it
// acknowledged: a row in a state that is neither the one before a write nor the
// one after it, a row that is not there to be updated, a key handed out twice.
type Breach struct {
	At       time.Time `json:"at"`
	Op       Kind      `json:"op"`
	Key      string    `json:"key"`
	Expected string    `json:"expected"`
	Found    string    `json:"found"`
}

// String is one line for a person.
func (b Breach) String() string {
	return fmt.Sprintf("%s %s of %s: expected %s, found %s", b.At.Format(time.RFC3339Nano), b.Op, b.Key, b.Expected, b.Found)
}

// NewJournal is the journal of a table that was seeded and not written to.
func NewJournal(engine string, shape Shape, table string, rows int64) *Journal {
	return &Journal{Engine: engine, Table: table, Shape: shape, Rows: rows, cells: map[int64]cell{}}
}

// Touched is the number of keys that were ever written, deleted ones included.
func (j *Journal) Touched() int { return len(j.cells) }

// Pending is the number of writes whose outcome is unknown: the table may show
// all of such a write or nothing of it. Verify finds out.
func (j *Journal) Pending() int { return len(j.pending) }

// expected is the state a key must have.
func (j *Journal) expected(key int64) cell {
	if c, touched := j.cells[key]; touched {
		return c
	}
	if i := j.Shape.seedIndex(key, j.Rows); i > 0 {
		return cell{row: seedRow(i), live: true}
	}
	return cell{}
}

// apply makes a write's new state the expected one.
func (j *Journal) apply(w *write) {
	for _, e := range w.effects() {
		j.cells[e.key] = e.next
	}
}

// effect is what a write does to one key.
type effect struct {
	key       int64
	auto      bool // the server hands out the key: 0 until it has
	old, next cell
}

// action is one statement of a write.
type action struct {
	kind    Kind
	query   string
	args    []any
	effects []effect
	exact   bool // it must affect exactly one row
}

// write is what a writer asks for as a whole: one statement, or a transaction
// of some.
type write struct {
	id      uint64
	kind    Kind
	actions []action
}

func (w *write) effects() []effect {
	if len(w.actions) == 1 {
		return w.actions[0].effects
	}
	var all []effect
	for i := range w.actions {
		all = append(all, w.actions[i].effects...)
	}
	return all
}
