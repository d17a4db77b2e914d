package mysql

import (
	"slices"
	"strings"
)

// sessionState follows what a script's statements leave in their session for those behind them. Each step of a
// plan has a session of its own: what SET gave is set there again, the rest is gone, and a statement that would
// read it is refused.
type sessionState struct {
	began    bool            // a statement has been run
	vars     map[string]kept // user variables, in lower case
	prepared map[string]kept // statements
	database bool            // ALTER DATABASE has changed what tables become that are made from now on
}

// kept says what becomes of a value.
type kept int

const (
	steady kept = iota + 1 // the same whenever it is set again
	live                   // of the moment: as long as no statement comes between
	gone
)

// ofLast are functions and variables that tell of the statement before.
var (
	ofLast     = []string{"last_insert_id", "row_count", "found_rows"}
	ofLastVars = []string{"@@identity", "@@last_insert_id", "@@insert_id", "@@session.last_insert_id", "@@session.identity", "@@error_count", "@@warning_count"}
)

// pure are functions whose value follows from what they are given.
var pure = []string{"concat", "concat_ws", "if", "ifnull", "nullif", "coalesce", "upper", "lower", "replace", "trim", "substring", "left", "right", "cast", "convert", "hex", "unhex", "quote", "char", "database", "schema", "version", "json_object", "json_array"}

const lost = "it reads what another statement has left in the session, and each statement of a plan has its own: write the value itself, or a query for it"

// sets follows a statement that only prepares its session. A reason: it cannot be set again.
func (s *sessionState) sets(r *reader) string {
	switch {
	case r.take("prepare"):
		name, _ := r.name()
		state, reason := s.valueOf(r.toks[r.i:])
		s.prepared[strings.ToLower(name)] = state
		return reason
	case !r.take("set"):
		return ""
	}
	for _, p := range r.commas() {
		toks := r.toks[p[0]:p[1]]
		variable := len(toks) > 0 && isVariable(toks[0])
		if variable {
			toks = toks[1:]
		}
		state, reason := s.valueOf(toks)
		if reason != "" {
			return reason
		}
		if variable {
			s.vars[strings.ToLower(r.toks[p[0]].text)] = state
		}
	}
	return ""
}

// valueOf says what becomes of an expression's value.
func (s *sessionState) valueOf(toks []token) (state kept, reason string) {
	state = steady
	for i, t := range toks {
		called := i+1 < len(toks) && toks[i+1].sign("(")
		switch {
		case s.tellsOfLast(t, called):
			return gone, lost
		case isVariable(t) && s.lost(t):
			return gone, lost
		case isVariable(t) && s.vars[strings.ToLower(t.text)] == live, t.is("select"), called && t.kind == word && !t.is(pure...):
			state = live
		}
	}
	return state, ""
}

// runs follows a statement that a plan runs.
func (s *sessionState) runs(r *reader) (reason string) {
	if r.peek().is("begin", "commit", "start", "savepoint", "release") {
		return ""
	}
	if s.database {
		return "ALTER DATABASE before it does not hold in every session yet: make that a file of its own, and run it first"
	}
	head := r.headWords()
	s.database = len(head) > 1 && head[0] == "alter" && (head[1] == "database" || head[1] == "schema")
	toks, call := r.toks, r.peek().is("call")
	if len(head) > 1 && (head[0] == "create" || head[0] == "alter") && head[1] != "table" {
		toks = nil // what stands in a program or a view is read later
	}
	into := false
	var written []string
	for i, t := range toks {
		name := strings.ToLower(t.text)
		next := token{}
		if i+1 < len(toks) {
			next = toks[i+1]
		}
		into = into && (isVariable(t) || t.sign(",")) || t.is("into")
		switch {
		case s.tellsOfLast(t, next.sign("(")):
			return lost
		case !isVariable(t):
		case into, next.sign(":"), call:
			written = append(written, name)
		case s.lost(t):
			return lost
		}
	}
	if name := r.at(1); r.peek().is("execute") && s.prepared[strings.ToLower(name.text)] == gone {
		return lost
	}
	s.began = true
	for _, all := range []map[string]kept{s.vars, s.prepared} {
		for name, state := range all {
			if state == live {
				all[name] = gone
			}
		}
	}
	for _, name := range written {
		s.vars[name] = gone
	}
	return ""
}

// tellsOfLast: what it says depends on the statement before.
func (s *sessionState) tellsOfLast(t token, called bool) bool {
	return s.began && (called && t.is(ofLast...) || t.kind == word && slices.Contains(ofLastVars, strings.ToLower(t.text)))
}

// lost says that a variable's value is not to be had again: a statement may have written it that did not say so.
func (s *sessionState) lost(t token) bool {
	state, known := s.vars[strings.ToLower(t.text)]
	return state == gone || !known && s.began
}

func isVariable(t token) bool {
	return t.kind == word && strings.HasPrefix(t.text, "@") && !strings.HasPrefix(t.text, "@@") && len(t.text) > 1
}
