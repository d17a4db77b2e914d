package plan

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// StepKind is the phase of a step. It is for people and for holds: nothing else decides by it.
type StepKind = schema.Phase

// Step is SQL, the proof that it took effect, and the way back. All of it is data: a plan can be
// printed, priced, stored and run later, and what is printed is what is run.
//
// A step is one of:
//   - plain: SQL is run once. Atomic: in one transaction together with the journal's entry.
//     Otherwise it is one DDL statement that commits by itself (statements before it may set up
//     the session, which is thrown away afterwards), and Proof decides after an unknown outcome.
//   - a walk: Walk is run for each key range, each with its checkpoint in one transaction.
//   - a cut-over: CutOver locks, drains the active capture and exchanges tables.
//   - a hold: no SQL; the run stops at Hold.
type Step struct {
	ID    string   `json:"id"`    // "03-backfill": position and kind
	Kind  StepKind `json:"kind"`  //
	Title string   `json:"title"` // "copy public.t into its shadow table"
	Table string   `json:"table"`
	Act
	Evidence
	WayBack
	// Capture is the capture of this step's Table that is active from the end of this step on, until
	// a later step of the same Table names another or ends it with EndCapture. Several tables may
	// have one each; a cut-over drains its own table's.
	Capture    *Capture `json:"capture,omitempty"`
	EndCapture bool     `json:"end_capture,omitempty"`
	Pause
	Price
}

// Act is what a step does. SQL of a walk or a cut-over only shows what Walk or CutOver runs.
type Act struct {
	SQL    []string `json:"sql"`
	Atomic bool     `json:"atomic,omitempty"`
	// Patient: waiting for this step's locks blocks nobody, so it gets no lock timeout.
	Patient bool `json:"patient,omitempty"`
	// Portray: before this step, when nothing of ours is on Table yet, the guards of the CutOver that
	// follows on the same Table are asked, and what they find is kept for it.
	Portray bool     `json:"portray,omitempty"`
	Walk    *Walk    `json:"walk,omitempty"`
	CutOver *CutOver `json:"cut_over,omitempty"`
}

// Evidence is what tells whether a step took effect.
type Evidence struct {
	// Proof is a query that gives one row with one number: not 0 when the step's effect is there.
	// Empty: the journal's entry, which is one with the step, is the proof, or Unproven says why there
	// is none; after an unknown outcome the run then stops and asks.
	Proof    string `json:"proof"`
	Unproven string `json:"unproven,omitempty"`
}

// WayBack is how a step is taken back.
type WayBack struct {
	Back *CutOver `json:"back,omitempty"` // the way back of a cut-over: runs before Undo
	// Undo takes the step back; every statement of it is safe to repeat and safe to run when the
	// step never took effect. In order. UndoAtomic: in one transaction.
	Undo       []string `json:"undo"`
	UndoAtomic bool     `json:"undo_atomic,omitempty"`
	// Loses says what the way back loses, or that there is none ("point of no return: …").
	Loses string `json:"lost"`
	// NoReturn: once this step has begun there is no way back.
	NoReturn bool `json:"no_return,omitempty"`
}

// Pause is a hold: the run stops before the step until the operator says so.
type Pause struct {
	// Hold is why it waits.
	Hold string `json:"hold"`
	// Until is the command that lets it go on: "continue" or "finish". All steps of a copy's contract have the latter.
	Until string `json:"until,omitempty"`
}

// Price is what a step costs others, and how much time and room it takes; nil: not known.
type Price struct {
	// Meanwhile says what others meet from this step on that they met neither before nor will at the end.
	Meanwhile string `json:"meanwhile,omitempty"`
	Blocks    Level  `json:"blocks"`
	Lock      string `json:"lock"`
	// Locks are all tables that are locked meanwhile, the step's own first. A dialect gives the others.
	Locks      []Lock `json:"locks"`
	HeldMS     *int64 `json:"held_ms"`
	DurationMS *int64 `json:"duration_ms"`
	DiskBytes  *int64 `json:"disk_bytes"`
	LogBytes   *int64 `json:"log_bytes"`
	// Work says what the duration grows with; filled by dialects, read by the cost model.
	Work Work `json:"work,omitempty"`
}

// Called gives steps that have no name of their own that of the change which they make of a table.
func Called(steps []Step, c schema.Change, table schema.Name) []Step {
	for i := range steps {
		s := &steps[i]
		if s.Kind == "" {
			s.Kind = c.Phase()
		}
		if s.Title == "" {
			s.Title = c.Title(table)
		}
	}
	return steps
}

// Most is the most that others cannot do meanwhile, on whichever table.
func (s *Step) Most() Level { return Effect{Blocks: s.Blocks, Also: s.Locks}.Most() }

// show fills in what people read of a walk or a cut-over: its statements for a key range in the middle,
// or from lock to release, and what takes a proof's place.
func (s *Step) show() {
	if s.Locks == nil {
		s.Locks = []Lock{}
	}
	switch {
	case len(s.SQL) > 0:
	case s.Walk != nil:
		for _, r := range s.Walk.Do {
			s.SQL = append(s.SQL, r.Mid.SQL)
		}
		if s.Walk.Diff != nil {
			s.SQL = append(s.SQL, s.Walk.Diff.Mid.SQL)
		}
	case s.CutOver != nil:
		s.SQL = slices.Concat(s.CutOver.Lock, s.CutOver.SQL, s.CutOver.Queue, s.CutOver.Release)
	default:
		s.SQL = []string{}
	}
	switch {
	case s.Walk == nil || s.Proof != "":
	case s.Walk.Diff != nil:
		s.Proof = "-- no key range differs"
	default:
		s.Proof = "-- the checkpoints cover every key range"
	}
}

// Bare gives the step without what it costs and what is expected of it: what is run.
func (s Step) Bare() Step {
	s.HeldMS, s.DurationMS, s.DiskBytes, s.LogBytes = nil, nil, nil, nil
	if s.Walk != nil {
		w := *s.Walk
		w.Rows = nil
		s.Walk = &w
	}
	if s.CutOver != nil && s.CutOver.Made != nil {
		sw, made := *s.CutOver, *s.CutOver.Made
		made.Lines = nil
		sw.Made = &made
		s.CutOver = &sw
	}
	return s
}

// whole refuses a step that does nothing, and one of which nobody could tell whether it took effect:
// it must be one with its journal entry, have a proof, or say why it has none.
func (s *Step) whole() error {
	switch {
	case s.Walk != nil || s.CutOver != nil:
		return nil
	case !slices.ContainsFunc(s.SQL, func(q string) bool { return strings.TrimSpace(q) != "" }):
		if len(s.SQL) > 0 || s.Hold == "" {
			return fmt.Errorf("step %s (%s) has no SQL: nothing would be done", s.ID, s.Title)
		}
	case s.Proof == "" && !s.Atomic && s.Unproven == "":
		return fmt.Errorf("step %s (%s) has no proof: nobody could tell whether it took effect", s.ID, s.Title)
	}
	return nil
}

// Work says what a step's duration grows with.
type Work string

// The kinds of work.
const (
	Moment     Work = ""        // does not grow with the table
	WriteRows  Work = "rows"    // writes every row of the table once
	ReadRows   Work = "scan"    // reads every row of the table
	ReadTwice  Work = "compare" // reads every row of the table and of its shadow
	WriteIndex Work = "indexes" // builds indexes
	WriteAll   Work = "rebuild" // writes the table and its indexes anew
	WriteGiven Work = "query"   // writes as many rows as a query gives, which nobody knows
)

// Stmt is one statement with the engine's own placeholders; Args names what is bound to each, in
// order. Names: "lo0", "lo1"… and "hi0"… (a key range's bounds, each key column as text: lower
// bound exclusive, upper inclusive), "limit" (a number of rows), "skip" (limit less one, for OFFSET),
// "ids" (comma-separated numbers of log entries, as one string), "began" (when the run began, in seconds
// since 1970: what is of the time of a statement natively is of this one in every chunk).
type Stmt struct {
	SQL  string   `json:"sql"`
	Args []string `json:"args,omitempty"`
}

// Began stands for the argument "began" in an expression that does not know which number it has in its
// statement. No SQL has a NUL.
const Began = "\x00began\x00"

// Numbered gives the statement with its arguments' numbers known: param writes the n-th.
func (s Stmt) Numbered(param func(n int) string) Stmt {
	if strings.Contains(s.SQL, Began) {
		s.Args = append(slices.Clone(s.Args), "began")
		s.SQL = strings.ReplaceAll(s.SQL, Began, param(len(s.Args)))
	}
	return s
}

// Ranged is one statement in its four shapes, by which bounds the key range has.
type Ranged struct {
	First Stmt `json:"first"` // key <= hi
	Mid   Stmt `json:"mid"`   // lo < key <= hi
	Last  Stmt `json:"last"`  // lo < key
	All   Stmt `json:"all"`   // no bounds: the table fits one chunk
}

// Shape picks the statement for a range with these bounds.
func (r Ranged) Shape(lo, hi bool) Stmt {
	switch {
	case lo && hi:
		return r.Mid
	case lo:
		return r.Last
	case hi:
		return r.First
	}
	return r.All
}

// Walk goes over a table in key order, one chunk at a time. The chunks together cover the whole
// key space: the first has no lower bound, the last no upper one.
type Walk struct {
	Table string `json:"table"` // for progress
	Keys  int    `json:"keys"`  // key columns
	// Names are the key columns' names, for messages.
	Names []string `json:"names,omitempty"`
	// Rows is about how many rows the walk will see, for progress; nil: not known.
	Rows *int64 `json:"rows,omitempty"`
	// Next takes "limit" and gives one row with the key of the limit-th next row, each column as
	// text; no row: fewer rows are left. All: from the start; Last: after lo. First and Mid do not
	// look beyond hi: they cut a chunk that was too large in two. Where they are empty such a chunk
	// is tried again whole.
	Next Ranged `json:"next"`
	// Do is run for a chunk, in one transaction with its checkpoint. The rows affected by all of
	// them are the chunk's rows.
	Do []Ranged `json:"do,omitempty"`
	// Diff makes the walk a comparison: it gives a row for each key (each column as text) in the
	// range that differs between the two tables, "limit" at the most. It must be one statement
	// with one snapshot, and leave keys out that wait in the log.
	Diff *Ranged `json:"diff,omitempty"`
	// Breach says what a row that Diff gives means, where the walk does not compare a copy: "rows
	// break foreign key f". Such a row fails the walk.
	Breach string `json:"breach,omitempty"`
	// Repair puts all keys of the range (of both tables) into the log, so that the capture makes
	// them right.
	Repair []Ranged `json:"repair,omitempty"`
	// Alone: chunks block writers (one writer at a time), so the walk has one worker and pauses
	// between chunks.
	Alone bool `json:"alone,omitempty"`
	// Workers is the most that are of use; 0: as many as the run has.
	Workers int `json:"workers,omitempty"`
}

// Capture turns captured keys into rows: for each key in the log, the target's row becomes what the
// source's row is now.
type Capture struct {
	Name string `json:"name"` // "forward" or "reverse"
	// Names are the key columns' names, for messages.
	Names []string `json:"names,omitempty"`
	// Take gives the ids of the oldest log entries, "limit" at the most; TakeBelow only those
	// whose key is at or below hi.
	Take      Stmt `json:"take"`
	TakeBelow Stmt `json:"take_below"`
	// Apply is run in one transaction for a batch of "ids": deletes the target's rows of those
	// keys, inserts what the source has now, deletes the log entries.
	Apply []Stmt `json:"apply"`
	// Keys gives the key (each column as text) of each log entry in "ids", for messages.
	Keys Stmt `json:"keys"`
	// Backlog gives one number: entries in the log; it may be an estimate that counts no further
	// than "limit".
	Backlog Stmt `json:"backlog"`
}

// CutOver exchanges tables under a lock. One session runs Lock, then drains the active capture, runs
// SQL, and lets go. Closing that session at any point before Release leaves everything as it was
// or is repaired by running the step again.
type CutOver struct {
	Lock []string `json:"lock"` // after the server was told the lock timeout
	// Guards are asked before the lock and once more under it, before SQL. What they find must be
	// what they found when the copy began; of a way back, when the tables had been exchanged.
	Guards []Guard `json:"guards,omitempty"`
	// Captured says, before the lock and under it, whether what logs the rows that others write is
	// still there; else rows may have been written unseen.
	Captured string   `json:"captured,omitempty"`
	SQL      []string `json:"sql"`
	// Made says what the new table must look like; nil on the way back.
	Made *Made `json:"made,omitempty"`
	// Queue, where the engine cannot exchange tables in the session that holds the lock: run in a
	// second session, it waits behind the lock until Release; Queued gives not 0 once it does.
	Queue  []string `json:"queue,omitempty"`
	Queued string   `json:"queued,omitempty"`
	// Release lets go: COMMIT, UNLOCK TABLES.
	Release []string `json:"release"`
	// Atomic: Lock to Release is one transaction, and the journal's entry belongs in it.
	Atomic bool `json:"atomic,omitempty"`
}

// Made is what a rehearsal found a table to be that its native statements, too, had made in the end.
type Made struct {
	Query string `json:"query"` // a portrait; see PortraitDiff
	// Before: the table is looked at before the exchange, under its side name, because the exchange
	// cannot be taken back by letting go. Otherwise after it, under the lock.
	Before bool `json:"before,omitempty"`
	// Lines are what Query found in the rehearsal; empty: nobody knows.
	Lines []string `json:"lines,omitempty"`
}

// Guard is a query whose rows, each one text, describe what must still be as it was; see
// PortraitDiff. So nobody's change of a table is undone in silence when another takes its place.
type Guard struct {
	Query string `json:"query"`
	// Early: asked before the lock alone, because it would take too long under it.
	Early bool `json:"early,omitempty"`
	// Rows: a difference is no change of the definition. It means that rows may have been written
	// where no capture saw it, so that both tables must be compared once more.
	Rows bool `json:"rows,omitempty"`
}
