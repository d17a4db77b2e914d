package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// A statement that changes rows could reach other tables than twins, or call what does. Where the stage is not
// shut off from the rest it is left out of both plays, and the words say so: what the other statements make of
// the tables is compared all the same.

// Sealed is a stage from which no statement reaches anything that is not on it.
type Sealed interface{ Sealed() }

// leavesOut says that a statement is left out of both plays.
func (r Request) leavesOut(st schema.Statement) bool {
	if _, sealed := r.Stage.(Sealed); sealed || len(st.Changes) != 1 {
		return false
	}
	v, unread := st.Changes[0].(schema.Verbatim)
	if !unread || !v.KeepsTables {
		return false
	}
	words := strings.Fields(strings.ToLower(v.SQL))
	return len(words) > 0 && slices.Contains([]string{"insert", "update", "delete", "replace", "merge"}, words[0])
}

// filled names the lines of statements that make tables out of the rows of a query. Where the stage is not shut
// off, the query could read all that there is, and is not run.
func (r Request) filled() (lines []string) {
	if _, sealed := r.Stage.(Sealed); sealed {
		return nil
	}
	for _, st := range r.Statements {
		for _, c := range st.Changes {
			if made, ok := c.(schema.CreateTable); ok && made.Filled {
				lines = append(lines, "line "+fmt.Sprint(st.Line))
			}
		}
	}
	return lines
}

// without names the lines of the statements before one that are left out; of all statements where there is none.
func (r Request) without(before *schema.Statement) string {
	var lines []string
	for i := range r.Statements {
		st := r.Statements[i]
		if before != nil && st.Line == before.Line && st.Column == before.Column && st.File == before.File {
			break
		}
		if line := fmt.Sprint(st.Line); r.leavesOut(st) && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 1 {
		return "the statement at line " + lines[0]
	}
	if len(lines) > 1 {
		return "the statements at lines " + strings.Join(lines, ", ")
	}
	return ""
}

// act gives a plan's statement as it is run on the stage, see Stage.Act; empty: it is left out.
func (r Request) act() func(string) string {
	out := map[string]bool{}
	for _, st := range r.Statements {
		if r.leavesOut(st) {
			out[r.here(st).SQL] = true
		}
	}
	return func(text string) string {
		if out[text] {
			return ""
		}
		return r.Stage.Act(text)
	}
}
