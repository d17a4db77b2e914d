package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// A PRAGMA of a script is one of four kinds (pragma.html): it keeps a number in the file, it changes the file
// itself, it changes what the statements behind it do in its session, or it does neither. Each step of a plan has
// a session of its own.

// keptNumbers are the numbers that a file has for its application. They go with the transaction.
var keptNumbers = []string{"user_version", "application_id"}

// ofTheFile change how a file is stored, and not within a transaction.
var ofTheFile = []string{"journal_mode", "auto_vacuum", "page_size", "encoding", "schema_version"}

// held says of the settings of a session behind which a statement does otherwise which statements these are.
var held = map[string]func(r *reader, tokens []token) bool{
	"foreign_keys":             func(r *reader, tokens []token) bool { return r.mayRefer() && writesRows(tokens) },
	"defer_foreign_keys":       func(*reader, []token) bool { return false }, // with foreign_keys alone
	"recursive_triggers":       func(r *reader, tokens []token) bool { return r.mayFire() && writesRows(tokens) },
	"ignore_check_constraints": func(_ *reader, tokens []token) bool { return writesRows(tokens) },
	"case_sensitive_like": func(_ *reader, tokens []token) bool {
		return slices.ContainsFunc(tokens, func(t token) bool { return t.is("LIKE") })
	},
	"query_only": func(_ *reader, tokens []token) bool {
		return !tokens[0].is("PRAGMA", "SELECT", "BEGIN", "COMMIT", "END")
	},
}

// pragma reads PRAGMA [schema.]name [= value | (value)].
func (r *reader) pragma(tokens []token, st schema.Statement) ([]schema.Change, error) {
	name, rest := nameOfPragma(tokens)
	if len(rest) == 0 {
		return nil, r.check(tokens, st)
	}
	value := strings.Trim(st.SQL[rest[0].start-tokens[0].start:], "=() \t\r\n;")
	switch {
	case name == "legacy_alter_table":
		r.legacy = st.SQL // whether a view may name a table that is not there decides about rebuilds
		return nil, nil
	case slices.Contains(keptNumbers, name):
		return []schema.Change{schema.Verbatim{SQL: st.SQL, Known: true, KeepsTables: true}}, r.check(tokens, st)
	case slices.Contains(ofTheFile, name):
		return nil, &schema.Refusal{Statement: st, Reasons: []string{
			"PRAGMA " + name + " changes how the file is stored, which no step of a plan does: leave it out, or set it by hand before",
		}}
	case held[name] != nil && on01(value):
		r.holds = append(r.holds, name)
	case held[name] != nil:
		r.holds = slices.DeleteFunc(r.holds, func(n string) bool { return n == name })
	}
	return nil, r.check(tokens, st)
}

// on01 reads a switch.
func on01(value string) bool {
	return !slices.Contains([]string{"0", "off", "no", "false"}, strings.ToLower(strings.Trim(value, `'"`)))
}

// ofLast are functions that tell of the statement before in the same session.
var ofLast = []string{"last_insert_rowid", "changes", "total_changes"}

// unheld says what of the script's session would not hold for a statement; nil: it needs nothing of it.
func (r *reader) unheld(tokens []token, st schema.Statement) error {
	if len(r.out) > 0 && !tokens[0].is("CREATE") && slices.ContainsFunc(tokens, func(t token) bool { return t.is(ofLast...) }) {
		return &schema.Refusal{Statement: st, Reasons: []string{
			"it reads what another statement has left in the session, and each step of a plan has its own: write the value itself, or a query for it",
		}}
	}
	for _, name := range r.holds {
		if held[name](r, tokens) {
			return &schema.Refusal{Statement: st, Reasons: []string{
				"PRAGMA " + name + " of the script would not hold for it: each step of a plan has a session of its own. Set it off before this statement, or run this statement by hand",
			}}
		}
	}
	return nil
}

// writesRows: a statement changes rows. DROP TABLE deletes them first.
func writesRows(tokens []token) bool {
	return tokens[0].is("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH") || len(tokens) > 1 && tokens[0].is("DROP") && tokens[1].is("TABLE")
}

// mayRefer says that a foreign key may be there.
func (r *reader) mayRefer() bool { return r.may("references") }

// mayFire says that a trigger may be there.
func (r *reader) mayFire() bool { return r.may("trigger") }

func (r *reader) may(word string) bool {
	var texts int
	err := r.scratch.db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE sql LIKE ?1", "%"+word+"%").Scan(&texts)
	return r.partial || err != nil || texts > 0 || word == "trigger" && r.triggers
}

// nameOfPragma gives what a PRAGMA is called, and what stands behind that.
func nameOfPragma(tokens []token) (name string, rest []token) {
	rest = tokens[1:]
	if len(rest) > 2 && rest[1].text == "." {
		rest = rest[2:]
	}
	if len(rest) == 0 {
		return "", nil
	}
	return strings.ToLower(rest[0].name()), rest[1:]
}

// numberOf gives the number of the file that a statement sets; empty: it is another statement.
func numberOf(statement string) string {
	t := tokenize(statement)
	if len(t) == 0 || !t[0].is("PRAGMA") {
		return ""
	}
	if name, rest := nameOfPragma(t); len(rest) > 0 && slices.Contains(keptNumbers, name) {
		return name
	}
	return ""
}

// setNumber is the step that sets a number of the file.
func setNumber(name, statement string, s *schema.Schema) plan.Step {
	step := plan.Step{
		Title: "set " + name, Act: plan.Act{SQL: []string{statement}, Atomic: true},
	}
	if before, known := s.Settings[name]; known {
		step.Undo, step.UndoAtomic = []string{"PRAGMA " + name + " = " + before}, true
	} else {
		step.Loses, step.NoReturn = "which number it was is not known", true
	}
	return step
}

// numbers reads the numbers of a file.
func numbers(ctx context.Context, conn *sql.Conn) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range keptNumbers {
		var n string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&n); err != nil {
			return nil, err
		}
		out[name] = n
	}
	return out, nil
}
