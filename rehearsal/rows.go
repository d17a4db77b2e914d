package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// A statement that changes rows could reach other tables than twins, or call what does. Where the stage is not
// shut off from the rest it is left out of both plays, and the words say so: what the other statements make of
// the tables is compared all the same. Rows of constants for a table that the plan makes itself reach nothing
// else, and are played.

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
	return changesRows(v) && (v.Constants == 0 || !r.played(v.Name))
}

func changesRows(v schema.Verbatim) bool {
	words := strings.Fields(strings.ToLower(v.SQL))
	return len(words) > 0 && slices.Contains([]string{"insert", "update", "delete", "replace", "merge"}, words[0])
}

// played says that the rows of constants for a table are played, see wholly.
func (r Request) played(table schema.Name) bool {
	is, known := r.constant[table]
	if !known {
		is = r.wholly(table, nil)
		r.constant[table] = is
	}
	return is
}

// mostConstants is how many rows of constants are played for one table.
const mostConstants = 1000

// wholly says that a table is made by the plan, with no trigger, and that all the rows which the file gives to it,
// and to those that it refers to, are constants.
func (r Request) wholly(table schema.Name, of []schema.Name) bool {
	made, rows := false, 0
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			about := r.same(c.Table(), table)
			switch c := c.(type) {
			case schema.CreateTable:
				if !about {
					continue
				}
				if made = toItself(c); !made || slices.ContainsFunc(c.Def.Constraints, func(k schema.Constraint) bool { return r.refersOut(k, table, of) }) {
					return false
				}
			case schema.AddColumn:
				if about && calls(c.Column.Default) {
					return false
				}
			case schema.SetDefault:
				if about && calls(c.Expr) {
					return false
				}
			case schema.AddConstraint:
				if about && r.refersOut(c.Constraint, table, of) {
					return false
				}
			case schema.Verbatim:
				switch text := strings.ToLower(c.SQL); {
				case strings.Contains(text, "trigger"), strings.Contains(text, "rule"):
					return false
				case about && c.Constants > 0 && made:
					rows += c.Constants
				case about && (changesRows(c) || !c.KeepsTables):
					return false
				}
			case schema.RenameTable:
				if about {
					return false
				}
			}
		}
	}
	return made && rows <= mostConstants
}

// toItself says that a table is new and empty, that all it refers to is known, and that its defaults take nothing
// from elsewhere.
func toItself(c schema.CreateTable) bool {
	if c.Def == nil || c.Filled || c.IfNotExists || c.Like.Table != "" {
		return false
	}
	keys := slices.ContainsFunc(c.Def.Constraints, func(k schema.Constraint) bool { return k.Kind == schema.ForeignKey })
	if !keys && strings.Contains(strings.ToLower(c.SQL), "references") {
		return false
	}
	return !slices.ContainsFunc(c.Def.Columns, func(col schema.Column) bool { return calls(col.Default) })
}

// calls says that an expression may call a function that takes something from elsewhere: the next number of a sequence.
func calls(expr string) bool {
	expr = strings.ToLower(expr)
	for _, own := range []string{"now()", "current_timestamp()", "gen_random_uuid()", "uuid()"} {
		expr = strings.ReplaceAll(expr, own, "")
	}
	return strings.Contains(expr, "(") || strings.Contains(expr, "next")
}

// refersOut says that a foreign key of a table leads to one whose rows are not all known. of are those on the way to it.
func (r Request) refersOut(k schema.Constraint, table schema.Name, of []schema.Name) bool {
	way := append(slices.Clone(of), table)
	back := slices.ContainsFunc(way, func(n schema.Name) bool { return r.same(n, k.RefTable) })
	return k.Kind == schema.ForeignKey && !back && !r.wholly(k.RefTable, way)
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

// same says that two names are one table's; one without a schema is of the stage's own.
func (r Request) same(a, b schema.Name) bool {
	a, b = r.onStage(a), r.onStage(b)
	return a.Table == b.Table && (a.Schema == b.Schema || a.Schema == "" || b.Schema == "")
}
