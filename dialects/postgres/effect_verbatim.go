package postgres

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// verbatimEffect knows what statements do that are not read further: the first words say which
// lock they take, and that they take it for a moment.
func verbatimEffect(c schema.Verbatim) plan.Effect {
	src := newSource(c.SQL)
	if enumValue(src) != "" || c.Absent != "" {
		return nothing.effect(nil)
	}
	switch why := ofSession(src); {
	case why == ofRole, why == ofTemporary:
		return nothing.effect(nil) // for others, as the script has it
	case why != "":
		return plan.Effect{Refused: why, Source: plan.FromDocs}
	}
	if cascades(src) {
		return plan.Unknown()
	}
	if rows, ok := changesRows(src); ok {
		return rows.effect
	}
	for _, row := range verbatimFacts {
		if startsWith(src, row.words) {
			f := row.fact
			if row.words[0] == "reindex" && src.find(0, "concurrently") > 0 {
				f = fact{lock: shareUpdateExclusive, scans: true, builds: true, online: true}
			}
			return f.effect(nil)
		}
	}
	if src.skip(0, "alter", "table") == 2 {
		return alterEffect(alterClauses(src))
	}
	return plan.Unknown()
}

const (
	ofEach      = ", and each statement of a plan has its own"
	ofRole      = "it changes the role of a session" + ofEach + ": connect as that role"
	ofTemporary = "what is temporary is gone with its session" + ofEach + ": keep the rows in a table that stays, and drop it at the end"
)

// boundToSession says why a change cannot be a step; empty: it can.
func boundToSession(c schema.Change) string {
	switch c := c.(type) {
	case schema.Verbatim:
		return ofSession(newSource(c.SQL))
	case schema.Native:
		return boundToSession(c.Clauses[0])
	}
	return ""
}

// ofSession says why a statement cannot be one of a plan: what it makes is gone with its session.
func ofSession(src source) string {
	i := src.skip(0, "create")
	if i > 0 {
		if next := src.skip(i, "global"); next > i {
			i = next
		} else if next := src.skip(i, "local"); next > i {
			i = next
		}
	}
	switch {
	case takesBack(src):
		return "it takes back what stands before it, and each statement of a plan commits by itself: leave out both"
	case usesSession(src):
		return "it reads or sets what is gone with its session" + ofEach + ": write the value itself, or a query for it"
	case i > 0 && (src.skip(i, "temp") > i || src.skip(i, "temporary") > i):
		return ofTemporary
	case src.skip(0, "prepare") > 0, src.skip(0, "execute") > 0, src.skip(0, "deallocate") > 0:
		return "a prepared statement is gone with its session" + ofEach + ": write the statement itself"
	case src.skip(0, "set", "role") > 0, src.skip(0, "set", "session", "authorization") > 0, src.skip(0, "reset", "role") > 0,
		src.skip(0, "reset", "session", "authorization") > 0, src.skip(0, "set", "local", "role") > 0, src.skip(0, "set", "session", "role") > 0:
		return ofRole
	case src.skip(0, "lock") > 0:
		return "a lock is gone with its transaction" + ofEach + ": leave LOCK out, a plan takes the locks that it needs"
	case src.skip(0, "declare") > 0, src.skip(0, "fetch") > 0, src.skip(0, "move") > 0, src.skip(0, "close") > 0:
		return "a cursor is gone with its session" + ofEach
	}
	return ""
}

// takesBack: a transaction, or a part of it, is undone, or left to somebody else.
func takesBack(src source) bool {
	return src.skip(0, "rollback") > 0 || src.skip(0, "abort") > 0 || src.skip(0, "prepare", "transaction") > 1 || src.skip(0, "commit", "prepared") > 1
}

// usesSession: currval and lastval tell what the session was given, set_config what holds in it.
func usesSession(src source) bool {
	for _, first := range []string{"create", "alter", "comment", "drop"} {
		if src.skip(0, first) > 0 { // of a definition they are parts
			return false
		}
	}
	return slices.ContainsFunc(src.tokens, func(t token) bool { return t.word == "currval" || t.word == "lastval" || t.word == "set_config" })
}

// cascades says that a statement takes along what it does not name: CASCADE drops columns, defaults and
// views, and writes typed tables anew; an attribute goes from every column of its type.
func cascades(src source) bool {
	if src.skip(0, "alter", "type") > 0 && src.find(0, "attribute") > 0 && src.find(0, "drop") > 0 {
		return true
	}
	return src.find(0, "cascade") > 0 && (src.skip(0, "drop") > 0 || src.skip(0, "alter", "type") > 0)
}

// enumValue says what an ALTER TYPE does to the values of an enum ("add", "rename"); empty: nothing.
func enumValue(src source) string {
	i := src.skip(0, "alter", "type")
	if i == 0 {
		return ""
	}
	i = src.skipName(i)
	for _, word := range []string{"add", "rename"} {
		if src.skip(i, word, "value") > i {
			return word
		}
	}
	return ""
}

// verbatimSays says for people what a statement does that is not read further.
func verbatimSays(c schema.Verbatim) string {
	src := newSource(c.SQL)
	switch enumValue(src) {
	case "add":
		return "add a value to an enum"
	case "rename":
		return "rename a value of an enum"
	}
	if _, ok := changesRows(src); ok {
		return "run " + strings.ToUpper(src.tokens[0].word)
	}
	for _, row := range verbatimFacts {
		if c.Known && startsWith(src, row.words) {
			return "run " + strings.ToUpper(strings.Join(row.words, " "))
		}
	}
	return "run a statement that is not understood"
}

// verbatimLost says why a statement that is not read further has no way back.
func verbatimLost(c schema.Verbatim) string {
	src := newSource(c.SQL)
	switch {
	case enumValue(src) == "add":
		return "point of no return: PostgreSQL does not take a value of an enum out again"
	case enumValue(src) == "rename":
		return "point of no return: rename the value back by hand"
	case c.Drops != "":
		return "point of no return: the definition of " + c.Drops + " is gone with it; keep its text"
	case c.Known:
		return "point of no return: no way back is known for this statement"
	}
	return "point of no return: what the statement does is not known"
}

// alterEffect unites the clauses of an ALTER TABLE of which at least one is not read further.
func alterEffect(clauses []source) plan.Effect {
	var e plan.Effect
	for i, clause := range clauses {
		f, ok := clauseFact(clause)
		if !ok {
			return plan.Unknown()
		}
		if i == 0 {
			e = f.effect(nil)
		} else {
			e = e.Worst(f.effect(nil))
		}
	}
	return e
}

// setsOptions says that an ALTER TABLE sets or resets storage parameters.
func setsOptions(c schema.Verbatim) bool {
	src := newSource(c.SQL)
	return src.skip(0, "alter", "table") == 2 && slices.ContainsFunc(alterClauses(src), func(clause source) bool {
		return startsWith(clause, []string{"set", "("}) || startsWith(clause, []string{"reset", "("})
	})
}

func clauseFact(clause source) (fact, bool) {
	if i := clause.skip(0, "alter"); i == 1 { // ALTER [COLUMN] name …
		i = clause.skip(i, "column") + 1
		clause = clause.from(i)
		if startsWith(clause, []string{"set", "("}) {
			return fact{lock: shareUpdateExclusive}, true
		}
		for _, row := range columnClauses {
			if startsWith(clause, row.words) {
				return row.fact, true
			}
		}
		return fact{}, false
	}
	for _, row := range tableClauses {
		if startsWith(clause, row.words) {
			return row.fact, true
		}
	}
	return fact{}, false
}

// startsWith compares words and "(".
func startsWith(src source, words []string) bool {
	return len(src.tokens) >= len(words) && slices.EqualFunc(src.tokens[:len(words)], words, func(t token, w string) bool {
		return t.word == w || w == "(" && t.punct == '('
	})
}

// A row says what statements or clauses that begin with these words do.
type verbatimRow struct {
	words []string
	fact  fact
}

func row(f fact, words ...string) verbatimRow { return verbatimRow{words, f} }

var (
	nothing  = fact{}
	reads    = fact{lock: accessShare}
	config   = fact{lock: shareUpdateExclusive}
	triggers = fact{lock: shareRowExclusive}
	moment   = fact{lock: accessExclusive}
	rewrite  = fact{lock: accessExclusive, rewrites: true}
	breaking = fact{lock: accessExclusive, breaks: true}
	vanishes = fact{breaks: true}
)

var verbatimFacts = []verbatimRow{
	row(nothing, "create", "function"),
	row(nothing, "create", "or", "replace", "function"),
	row(nothing, "create", "procedure"),
	row(nothing, "create", "or", "replace", "procedure"),
	row(nothing, "create", "type"),
	row(fact{docs: true}, "alter", "type"),
	row(fact{docs: true}, "drop", "type"),
	row(fact{docs: true}, "drop", "domain"),
	row(fact{docs: true}, "create", "unlogged", "sequence"),
	row(fact{docs: true}, "drop", "sequence"),
	row(nothing, "create", "domain"),
	row(nothing, "create", "sequence"),
	row(nothing, "alter", "sequence"),
	row(nothing, "create", "schema"),
	row(nothing, "create", "extension"),
	row(nothing, "create", "role"),
	row(nothing, "create", "user"),
	row(nothing, "grant"),
	row(nothing, "revoke"),
	row(nothing, "alter", "default", "privileges"),
	row(reads, "create", "view"),
	row(reads, "create", "or", "replace", "view"),
	row(reads, "create", "materialized", "view"),
	row(config, "comment", "on", "table"),
	row(config, "comment", "on", "column"),
	row(nothing, "comment", "on"),
	row(config, "create", "statistics"),
	row(config, "drop", "statistics"),
	row(fact{lock: shareUpdateExclusive, scans: true, docs: true}, "analyze"),
	row(triggers, "create", "trigger"),
	row(triggers, "create", "or", "replace", "trigger"),
	row(triggers, "create", "constraint", "trigger"),
	row(moment, "drop", "trigger"),
	row(breaking, "drop", "view"),
	row(vanishes, "drop", "function"),
	row(config, "create", "publication"), // of the tables that it names
	row(config, "alter", "publication"),
	row(nothing, "drop", "publication"),
	row(nothing, "set", "constraints"), // each step is a transaction of its own, in which nothing waits
	row(moment, "create", "policy"),
	row(moment, "alter", "policy"),
	row(moment, "drop", "policy"),
	row(moment, "create", "rule"),
	row(fact{lock: accessExclusive, rewrites: true, docs: true}, "vacuum", "full"),
	row(fact{lock: accessExclusive, rewrites: true, docs: true}, "refresh", "materialized", "view"), // of the view
	row(rewrite, "cluster"),
	row(fact{lock: accessExclusive, loses: true}, "truncate"),
	row(fact{lock: share, scans: true, builds: true}, "reindex"),
}

var tableClauses = []verbatimRow{
	row(config, "set", "("),
	row(config, "reset", "("),
	row(config, "cluster", "on"),
	row(config, "set", "without", "cluster"),
	row(triggers, "enable", "trigger"),
	row(triggers, "enable", "always", "trigger"),
	row(triggers, "enable", "replica", "trigger"),
	row(triggers, "disable", "trigger"),
	row(moment, "owner", "to"),
	row(moment, "enable", "row", "level", "security"),
	row(moment, "disable", "row", "level", "security"),
	row(moment, "force", "row", "level", "security"),
	row(moment, "no", "force", "row", "level", "security"),
	row(moment, "replica", "identity"),
	row(moment, "rename", "constraint"),
	row(breaking, "set", "schema"),
	row(rewrite, "set", "logged"),
	row(rewrite, "set", "unlogged"),
	row(fact{lock: accessExclusive, rewrites: true, docs: true}, "set", "tablespace"),
	row(fact{lock: accessExclusive, rewrites: true, docs: true}, "set", "access", "method"),
}

var columnClauses = []verbatimRow{
	row(config, "set", "statistics"),
	row(config, "reset", "("),
	row(moment, "set", "storage"),
	row(moment, "set", "compression"),
	row(moment, "add", "generated"),
	row(moment, "set", "generated"),
	row(moment, "drop", "identity"),
	row(moment, "drop", "expression"),
}
