package schema

import (
	"slices"
)

// Alter is several clauses on one table that share one pass.
type Alter struct {
	On
	Clauses []Change
}

// Kind is its clauses' where they share one.
func (a Alter) Kind() string { return KindOf(a.Clauses, "alter-table") }

// Title says what it does.
func (a Alter) Title(n Name) string { return titleOf(a.Clauses, n) }

// Phase is the last of its clauses'.
func (a Alter) Phase() Phase { return lastPhase(a.Clauses) }

// Promise is how a server carries a statement out, in its own words: ALGORITHM and LOCK.
type Promise struct{ Algorithm, Lock string }

// Native is a statement that no rule rewrote: run as the user wrote it. Clauses say what it
// does, for its proof and its way back.
type Native struct {
	On
	Setup   []string // run before it in its session
	Within  []string // run before it in its transaction
	SQL     string
	Clauses []Change
	// Promise is what the server said, when it was asked, that it keeps to; nil: it was not asked.
	Promise *Promise
	// Own: the plan makes the table itself, so nobody waits and nothing has to be promised.
	Own bool
}

// Kind is its clauses' where they share one.
func (n Native) Kind() string { return KindOf(n.Clauses, "statement") }

// Title says what it does.
func (n Native) Title(table Name) string { return titleOf(n.Clauses, table) }

// Phase is the last of its clauses'.
func (n Native) Phase() Phase { return lastPhase(n.Clauses) }

// titleOf is the title of a statement.
func titleOf(clauses []Change, n Name) string {
	if len(clauses) == 1 {
		return clauses[0].Title(n)
	}
	return "alter table " + n.String()
}

// lastPhase is that of the clause which comes last in a safe change.
func lastPhase(clauses []Change) Phase {
	last := Expand
	for _, c := range clauses {
		if slices.Index(phases, c.Phase()) > slices.Index(phases, last) {
			last = c.Phase()
		}
	}
	return last
}

// Verbatim is what nobody could read: shown, priced as the worst, never rewritten.
type Verbatim struct {
	On     // empty where the table is not known
	SQL    string
	Reason string // why it could not be read; where it is known: what there is to say of it
	Says   string // what it does, for people: "run CREATE POLICY"
	Known  bool   // what it does to others is known all the same
	// Drops names what the application may use and the statement takes away ("view public.v"); Deployed:
	// a hold before it made sure that nobody uses that any more.
	Drops    string
	Deployed bool
	// DropsTrigger names a trigger of its table that it takes away; MakesTrigger is one that it gives to it.
	DropsTrigger string
	MakesTrigger *Trigger
	// Extra is what becomes of Table.Extra of tables that it names; an empty text: that is gone.
	Extra []Extra
	// Absent names what is not there, and about which the statement says IF EXISTS: it does nothing.
	Absent string
	// Moves is the schema into which it moves its table; empty: the table stays where it is.
	Moves string
	// KeepsTables: whatever else it does, every table, and what belongs to one, is afterwards defined
	// as before (SELECT, INSERT, CREATE FUNCTION).
	KeepsTables bool
	// Constants is how many rows it inserts into its table whose values stand in its text; 0: it is another
	// statement, or takes values from elsewhere.
	Constants int
	// Only are the known tables that it may concern, where that is known: what reads others, or is a type of
	// others, is none of theirs. nil: any.
	Only []Name
	// Uproots: it may take away, or turn into something else, what no table that is known owns and any
	// may need (DROP TYPE, ALTER SCHEMA): an old table that is still kept would stand in its way.
	Uproots bool
	// Names are all known tables that it names.
	Names []Name
}

// Kind is "verbatim".
func (Verbatim) Kind() string { return "verbatim" }

// Title says what it does, as far as that is known.
func (c Verbatim) Title(n Name) string {
	about := ""
	if n.Table != "" {
		about = " for " + n.String()
	}
	switch {
	case c.Absent != "":
		return "nothing, because there is no " + c.Absent
	case c.Drops != "":
		return "drop " + c.Drops
	case c.Says == "":
		return "run the statement as it is" + about
	}
	return c.Says + about
}

// Phase is Contract where it takes away what applications may use.
func (c Verbatim) Phase() Phase {
	if c.Drops != "" {
		return Contract
	}
	return Expand
}

// Hold stops the run until the operator says that the application is deployed.
type Hold struct {
	On
	Why string
}

// Kind is "hold".
func (Hold) Kind() string { return "hold" }

// Title says what it does.
func (c Hold) Title(n Name) string { return "wait for the application: " + c.Why }

// Phase is Expand.
func (Hold) Phase() Phase { return Expand }

// Extra is what becomes of a table's Extra.
type Extra struct {
	On
	Texts map[string]string
}
