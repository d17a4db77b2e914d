package plan

import (
	"encoding/json"
	"slices"

	"surefoot/schema"
)

// Level is what others cannot do meanwhile.
type Level int

// The levels, milder first.
const (
	BlocksNothing Level = iota
	BlocksDDL
	BlocksWrites
	BlocksAll
)

var levelNames = [...]string{"nothing", "ddl", "writes", "all"}

func (l Level) String() string { return levelNames[l] }

// MarshalJSON writes the level's name.
func (l Level) MarshalJSON() ([]byte, error) { return json.Marshal(l.String()) }

// UnmarshalJSON reads the level's name; an unknown one counts as the worst.
func (l *Level) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*l = BlocksAll
	for i, n := range levelNames {
		if n == s {
			*l = Level(i)
		}
	}
	return nil
}

// Source says where a fact comes from.
type Source string

// The sources of a fact.
const (
	Measured Source = "measured" // a row of the table that the conformance suite measured on this version
	FromDocs Source = "table"    // a row of the table that rests on the manual
	Probed   Source = "probe"    // the server was asked
	NotKnown Source = "unknown"  // nobody knows: treated as unsafe
)

// Passes are what a change does that takes longer on a larger table.
type Passes struct {
	Rewrites        bool `json:"rewrites_table"`
	Scans           bool `json:"scans_table"`
	RebuildsIndexes bool `json:"rebuilds_indexes"` // builds or rebuilds an index
}

// Effect is what a change does to others on one server version.
// Whether it is held for long follows from Rewrites, Scans and RebuildsIndexes:
// a change with none of them holds its lock for a moment.
type Effect struct {
	Blocks    Level  `json:"blocks"`    // on an existing table
	Lock      string `json:"lock"`      // the engine's own word
	Algorithm string `json:"algorithm"` // INSTANT, NOCOPY, INPLACE or COPY, where the engine names one
	Passes
	LosesData bool `json:"loses_data"`
	Breaks    bool `json:"breaks_application"` // clients written for the old schema fail
	// Online: whatever takes long happens without the lock (CREATE INDEX CONCURRENTLY,
	// LOCK=NONE): Blocks then is held only for moments.
	Online bool   `json:"online"`
	Source Source `json:"source"`
	// Also are the other tables that it locks meanwhile: those that foreign keys bind to the table.
	Also []Lock `json:"also,omitempty"`
	// Unpriced says what it does that takes a time which nobody can tell from the table's size: an
	// index of a kind whose speed depends on the values, a function of the user's. Empty: nothing.
	Unpriced string `json:"unpriced,omitempty"`
	// Refused says why this engine cannot do it in any way (so a rewrite into it is not taken);
	// empty: it can. What a dialect does by a rebuild of its own is not
	// refused: the other fields describe the rebuild.
	Refused string `json:"refused,omitempty"`
}

// Lock is a table that a change locks, and what it does to that table meanwhile.
type Lock struct {
	Table  string      `json:"table"`
	Blocks Level       `json:"level"`
	Lock   string      `json:"lock"`
	Work   Work        `json:"-"` // while the lock is held
	Of     schema.Name `json:"-"`
}

// Locks makes a Lock of a table.
func Locks(table schema.Name, blocks Level, lock string, work Work) Lock {
	return Lock{Table: table.String(), Blocks: blocks, Lock: lock, Work: work, Of: table}
}

// Unknown is the effect of what nobody knows: the worst.
func Unknown() Effect {
	return Effect{Blocks: BlocksAll, Passes: Passes{Rewrites: true, Scans: true, RebuildsIndexes: true}, LosesData: false, Breaks: false, Source: NotKnown}
}

// Long says whether the blocking grows with the table.
func (e Effect) Long() bool {
	return !e.Online && (e.slow() || slices.ContainsFunc(e.Also, func(l Lock) bool { return l.Work != Moment }))
}

// Most is the most that others cannot do, on whichever table.
func (e Effect) Most() Level {
	most := e.Blocks
	for _, l := range e.Also {
		most = max(most, l.Blocks)
	}
	return most
}

// Worst unites two effects: the stronger of each.
func (e Effect) Worst(o Effect) Effect {
	if o.Blocks > e.Blocks || o.Blocks == e.Blocks && e.Lock == "" {
		e.Blocks, e.Lock = o.Blocks, o.Lock
	}
	if o.Long() && !e.Long() {
		e.Algorithm = o.Algorithm
	}
	e.Online = (e.Online || !e.slow()) && (o.Online || !o.slow()) && (e.Online || o.Online)
	e.Rewrites = e.Rewrites || o.Rewrites
	e.Scans = e.Scans || o.Scans
	e.RebuildsIndexes = e.RebuildsIndexes || o.RebuildsIndexes
	e.LosesData = e.LosesData || o.LosesData
	e.Breaks = e.Breaks || o.Breaks
	if e.Refused == "" {
		e.Refused = o.Refused
	}
	if e.Unpriced == "" {
		e.Unpriced = o.Unpriced
	}
	e.Also = slices.Concat(e.Also, o.Also)
	e.Source = weaker(e.Source, o.Source)
	return e
}

func (e Effect) slow() bool { return e.Rewrites || e.Scans || e.RebuildsIndexes }

func weaker(a, b Source) Source {
	order := map[Source]int{Measured: 0, Probed: 1, FromDocs: 2, NotKnown: 3}
	if order[b] > order[a] {
		return b
	}
	return a
}
