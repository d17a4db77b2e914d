package mysql

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Statements that no reader turns into changes, but of which it is known what they do to others. The
// first words say it; the manuals' sections on each statement are the source.

type statementFact struct {
	words  []string
	effect plan.Effect
	why    string // for people, where there is something to say
}

var (
	nothing   = plan.Effect{Source: plan.FromDocs}
	moment    = plan.Effect{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE", Source: plan.FromDocs}
	rowLocks  = plan.Effect{Blocks: plan.BlocksWrites, Lock: "row locks", Passes: plan.Passes{Scans: true}, Source: plan.FromDocs}
	breaking  = plan.Effect{Breaks: true, Source: plan.FromDocs}
	cutsTable = plan.Effect{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE", LosesData: true, Breaks: true, Source: plan.FromDocs}
)

const oneByOne = "it locks each row that it changes until it is done, in one transaction: change rows in small portions"

var knownStatements = []statementFact{
	{[]string{"insert"}, nothing, ""},
	{[]string{"replace"}, nothing, ""},
	{[]string{"update"}, rowLocks, oneByOne},
	{[]string{"delete"}, losing(rowLocks), oneByOne},
	{[]string{"truncate"}, losing(moment), ""},
	{[]string{"select"}, nothing, ""},
	{[]string{"show"}, nothing, ""},
	{[]string{"analyze"}, nothing, ""},
	{[]string{"create", "procedure"}, nothing, ""},
	{[]string{"create", "function"}, nothing, ""},
	{[]string{"create", "event"}, nothing, ""},
	{[]string{"create", "view"}, nothing, ""},
	{[]string{"create", "trigger"}, moment, ""},
	{[]string{"create", "database"}, nothing, ""},
	{[]string{"create", "schema"}, nothing, ""},
	{[]string{"create", "user"}, nothing, ""},
	{[]string{"create", "role"}, nothing, ""},
	{[]string{"create", "sequence"}, nothing, ""},
	{[]string{"alter", "event"}, nothing, ""},
	{[]string{"alter", "view"}, moment, ""},
	{[]string{"drop", "trigger"}, moment, ""},
	{[]string{"drop", "event"}, nothing, ""},
	{[]string{"drop", "procedure"}, breaking, ""},
	{[]string{"drop", "function"}, breaking, ""},
	{[]string{"drop", "view"}, breaking, ""},
	{[]string{"drop", "database"}, cutsTable, "all its tables go at once"},
	{[]string{"drop", "schema"}, cutsTable, "all its tables go at once"},
	{[]string{"grant"}, nothing, ""},
	{[]string{"revoke"}, breaking, "who used the right is refused from then on"},
	{[]string{"execute"}, plan.Unknown(), "what a prepared statement does shows only when it is run"},
	{[]string{"call"}, plan.Unknown(), "what a procedure does shows only when it is run"},
	{[]string{"lock"}, refusing("LOCK TABLES holds for one session, and each statement of a plan has its own: leave LOCK and UNLOCK TABLES out"), ""},
	{[]string{"create", "temporary"}, nothing, ""}, // and no step: see ofSession
	{[]string{"use"}, refusing("USE changes the database in the middle of the script: name it in the address, or in front of the tables"), ""},
}

// ofNoTable: it makes or takes away what no table owns.
func (f statementFact) ofNoTable() bool {
	return len(f.words) == 2 && slices.Contains([]string{"procedure", "function", "event", "user", "role", "view"}, f.words[1])
}

// clientMode is for statements that are run as they are: what a trigger or a procedure does, and which
// values a row may have, follow from the settings of the session. Ours is stricter than a client's.
const clientMode = "SET SESSION sql_mode = @@GLOBAL.sql_mode, foreign_key_checks = @@GLOBAL.foreign_key_checks, unique_checks = @@GLOBAL.unique_checks," +
	" sql_safe_updates = @@GLOBAL.sql_safe_updates, group_concat_max_len = @@GLOBAL.group_concat_max_len"

// verbatim says that a change is a statement that no reader turned into changes.
func verbatim(c schema.Change) bool {
	_, ok := c.(schema.Verbatim)
	return ok
}

func losing(e plan.Effect) plan.Effect {
	e.LosesData = true
	return e
}

// ofSession says why a statement that harms nobody cannot be a step of a plan; empty: it can.
func (d *Dialect) ofSession(sql string) string {
	k, _ := d.knownAs(sql)
	if slices.Equal(k.words, []string{"create", "temporary"}) {
		return "what is temporary is gone with its session, and each statement of a plan has its own: keep the rows in a table that stays, and drop it at the end"
	}
	return k.effect.Refused
}

func refusing(why string) plan.Effect {
	return plan.Effect{Refused: why, Source: plan.FromDocs}
}

// knownAs finds a statement's row. INSERT and REPLACE that read a table lock what they read.
func (d *Dialect) knownAs(sql string) (statementFact, bool) {
	r := newReader(d.resolve(sql), d.mode)
	head := r.headWords()
	for _, k := range knownStatements {
		if len(head) < len(k.words) || !slices.Equal(head[:len(k.words)], k.words) {
			continue
		}
		if head[0] == "insert" || head[0] == "replace" {
			if slices.ContainsFunc(r.toks, func(t token) bool { return t.is("select", "table", "with") }) {
				k.effect, k.why = rowLocks, oneByOne
			}
		}
		return k, true
	}
	return statementFact{}, false
}

// ofVerbatim is the effect of a statement that no reader turned into changes.
func (d *Dialect) ofVerbatim(c schema.Verbatim) plan.Effect {
	if c.Absent != "" {
		return nothing
	}
	if k, ok := d.knownAs(c.SQL); ok {
		return k.effect
	}
	return plan.Unknown()
}

// headWords gives the first words that say what a statement is: CREATE OR REPLACE DEFINER=x VIEW is
// CREATE VIEW.
func (r *reader) headWords() []string {
	first := r.peek()
	if first.kind != word {
		return nil
	}
	head := []string{strings.ToLower(first.text)}
	if !first.is("create", "alter", "drop") {
		return head
	}
	for _, t := range r.toks[1:min(len(r.toks), 16)] {
		if t.is("temporary", "procedure", "function", "event", "view", "trigger", "database", "schema", "user", "role", "sequence", "table", "index") {
			return append(head, strings.ToLower(t.text))
		}
	}
	return head
}
