package mysql

import (
	"slices"
	"strings"
)

// What a script sets in its session holds for the statements that follow. Each step of a plan has a
// session of its own, so it takes along what was set before it.

// setting says whether a statement only prepares its session, and what is kept of it for those that
// follow; a reason: it cannot be kept.
func (d *Dialect) setting(code, sql string, before []string) (after []string, is bool, reason string) {
	r := newReader(code, d.mode)
	switch {
	case r.peek().is("rollback", "xa"):
		return before, true, "it takes back what stands before it, and each statement of a plan commits by itself: leave out both"
	case r.takeAll("unlock", "tables"), r.takeAll("unlock", "table"):
		return before, true, ""
	case r.take("prepare"):
		return append(slices.Clip(before), sql), true, ""
	case r.takeAll("deallocate", "prepare"), r.takeAll("drop", "prepare"):
		name, _ := r.name()
		return slices.DeleteFunc(slices.Clone(before), func(s string) bool {
			p := newReader(d.resolve(s), d.mode)
			return p.take("prepare") && p.peek().is(name)
		}), true, ""
	case !r.take("set"), r.peek().is("global", "persist", "persist_only", "password", "default", "resource", "statement"):
		return before, false, ""
	case r.take("names") && (r.peek().is("utf8mb4", "utf8", "utf8mb3") || strings.HasPrefix(strings.ToLower(r.peek().text), "utf8")) && !r.at(1).is("collate"):
		return before, true, "" // as every session of ours
	}
	for _, p := range r.commas() {
		part := r.part(p)
		part.take("session", "local")
		name := strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(part.peek().text, "@@session."), "@@"))
		switch {
		case strings.HasPrefix(name, "global.") || part.peek().is("global", "persist"):
			return before, false, ""
		case name == "autocommit" && part.at(2).text != "1" && !part.at(2).is("on"):
			return before, true, "SET autocommit = 0: each statement of a plan commits by itself"
		}
	}
	return append(slices.Clip(before), sql), true, ""
}

// misread says that a text in double quotes is a name to the session that a script has set up and a string to this
// reader, or the other way round; empty: it is the same to both.
func (d *Dialect) misread(setup []string, code string) string {
	ansi, set := false, false
	for _, q := range setup {
		if q = strings.ToLower(q); strings.Contains(q, "sql_mode") {
			ansi, set = strings.Contains(q, "ansi"), true
		}
	}
	if !set || ansi == d.mode.ansiQuotes {
		return ""
	}
	for _, t := range tokenize(code, d.mode) {
		if code[t.start] == '"' {
			return "the sql_mode that the script sets makes " + code[t.start:t.end] + " something else than the server's own, by which the script is read: write names in backquotes and texts in single quotes"
		}
	}
	return ""
}
