package rehearsal

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// All differences that are meant stand in this file, each with its reason.

// place is where a fact of a definition says where a column stands.
var place = regexp.MustCompile(`, (after ("([^"]|"")*"|[^ ,"]+)|first\b)`)

// meant leaves out of a picture what may differ.
//
// On the way back keys may stand in another order: an index that was dropped comes back behind the
// others, and no statement puts it elsewhere. Where a column gets a second name for a while, its place
// may differ: it is a column of its own then, and an engine that cannot say where a new column goes
// puts it last. So do its keys: each is built beside the old one, behind all others.
func (r Request) meant(p picture, back bool) picture {
	renames := r.renamesBeside()
	var out []string
	for _, line := range p.definition {
		switch {
		case (back || renames) && strings.HasPrefix(line, plan.OrderOfKeys), renames && strings.HasPrefix(line, plan.OrderOfColumns):
		case renames:
			out = append(out, place.ReplaceAllString(line, ""))
		default:
			out = append(out, line)
		}
	}
	return picture{definition: out, rows: p.rows}
}

func (r Request) meantWords(chance []cell) string {
	words := ""
	if r.renamesBeside() {
		words = ", but for the place of a renamed column and of its keys, which are new beside the old ones"
	}
	if rows := r.without(nil); rows != "" {
		words += ", without " + rows + " (no rows are changed on twins)"
	}
	if lines := r.filled(); len(lines) > 0 {
		words += ", without the rows of the tables made by queries at " + strings.Join(lines, ", ")
	}
	if len(chance) > 0 {
		words += ", but for the values of column " + columnsOf(chance) + ", which the server chooses anew each time or hands out as it meets the rows"
	}
	return words
}

func (r Request) renamesBeside() bool {
	for _, t := range r.Plan.Tables {
		if len(r.renamesOf(t)) > 0 {
			return true
		}
	}
	return false
}

// renamesOf gives the columns of a table, live or on the stage, that have two names for a while.
func (r Request) renamesOf(t schema.Name) []schema.RenameColumn {
	if r.Plan == nil { // only what statements leave is asked
		return nil
	}
	if !slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return s.Hold != "" && s.Until == "continue" }) {
		return nil
	}
	var out []schema.RenameColumn
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			if rename, ok := c.(schema.RenameColumn); ok && rename.Table().Table == t.Table {
				out = append(out, rename)
			}
		}
	}
	return out
}

// ahead gives a picture's counters as another one has them where they are beyond: writes that came
// meanwhile and went again used numbers up. One that is behind would give numbers twice.
func (p picture) ahead(want picture) picture {
	counters := map[string]uint64{}
	for _, line := range want.definition {
		if of, n, ok := counter(line); ok {
			counters[of] = n
		}
	}
	out := slices.Clone(p.definition)
	for i, line := range out {
		of, n, ok := counter(line)
		if least, known := counters[of]; ok && known && n > least {
			out[i] = of + ": " + strconv.FormatUint(least, 10)
		}
	}
	return picture{definition: out, rows: p.rows}
}

// counter reads a counter's line.
func counter(line string) (of string, next uint64, ok bool) {
	if !strings.HasPrefix(line, plan.CounterOf) {
		return "", 0, false
	}
	at := strings.LastIndex(line, ": ")
	next, err := strconv.ParseUint(line[at+2:], 10, 64)
	return line[:at], next, err == nil
}

// lost names the columns of which a new type keeps less than the old one did, as the server's own
// statements show, or that are dropped, where the plan says that a way back loses something: no way
// back can bring that back. A column whose values read the same afterwards has lost nothing, and a
// dropped one only what the plan names, with what is computed of it.
func (r Request) lost(ctx context.Context, native plays) ([]string, error) {
	announced := func(what string) bool {
		return slices.ContainsFunc(r.Plan.Steps, func(s plan.Step) bool { return s.Loses != "" && strings.Contains(s.Loses, what) })
	}
	var out []string
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			switch c := c.(type) {
			case schema.ChangeType:
				if announced("") && !slices.Equal(native.before.values(cell{column: c.Column}), native.after.values(cell{column: c.Column})) {
					out = append(out, c.Column)
					computed, err := r.computed(ctx, c.Name.Table, c.Column)
					if err != nil {
						return nil, err
					}
					out = append(out, computed...)
				}
			case schema.DropColumn:
				if !announced("of rows written since, the values of column " + c.Column) {
					continue
				}
				computed, err := r.computed(ctx, c.Name.Table, c.Column)
				if err != nil {
					return nil, err
				}
				out = append(append(out, c.Column), computed...)
			}
		}
	}
	return out, nil
}

// computed names the columns that may be computed from another, after the way back.
func (r Request) computed(ctx context.Context, table, column string) ([]string, error) {
	now, err := r.Stage.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, t := range now.Tables {
		for _, col := range t.Columns {
			if strings.EqualFold(t.Name.Table, table) && col.Generated != "" && strings.Contains(strings.ToLower(col.Expr), strings.ToLower(column)) {
				out = append(out, col.Name)
			}
		}
	}
	return out, nil
}

// cell is a column of a table of the stage; without a table: of every one.
type cell struct{ table, column string }

// chance gives the columns that the server's own statements fill with other values each time: by a default
// or an expression like UUID() or RAND(), and those that number rows, in whatever order it meets them. Two
// plays cannot agree about those.
func (r Request) chance(ctx context.Context, once picture) ([]cell, error) {
	again, err := r.native(ctx)
	if err != nil {
		return nil, err
	}
	now, err := r.Stage.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	out := r.numbered()
	for _, t := range now.Tables {
		for _, c := range t.Columns {
			at := cell{t.Name.Table, c.Name}
			if !slices.Contains(out, at) && !slices.Equal(once.values(at), again.after.values(at)) {
				out = append(out, at)
			}
		}
	}
	return out, nil
}

// numbered gives the new columns whose rows get the next numbers of a counter.
func (r Request) numbered() []cell {
	var out []cell
	for _, st := range r.Statements {
		for _, c := range schema.Flatten(st.Changes) {
			if add, ok := c.(schema.AddColumn); ok && add.Column.Numbered() {
				out = append(out, cell{add.Name.Table, add.Column.Name})
			}
		}
	}
	return out
}

// values gives what a column holds, as text without quotes.
func (p picture) values(of cell) []string {
	var out []string
	for _, row := range p.rows {
		for _, v := range row[1:] {
			if rest, ok := strings.CutPrefix(v, of.column+" "); ok && of.in(row) {
				out = append(out, strings.Trim(rest, `'"`))
			}
		}
	}
	slices.Sort(out)
	return out
}

// in says that a row of a picture may be of the column's table.
func (c cell) in(row []string) bool { return c.table == "" || row[0] == "row of "+c.table }

// without leaves out columns.
func (p picture) without(cells []cell) picture {
	if len(cells) == 0 {
		return p
	}
	rows := make([][]string, len(p.rows))
	for i, row := range p.rows {
		rows[i] = slices.DeleteFunc(slices.Clone(row), func(v string) bool {
			return slices.ContainsFunc(cells, func(c cell) bool { return c.in(row) && strings.HasPrefix(v, c.column+" ") })
		})
	}
	return picture{definition: p.definition, rows: rows}
}

// columnsOf names the columns for people.
func columnsOf(cells []cell) string {
	var names []string
	for _, c := range cells {
		names = append(names, c.column)
	}
	return strings.Join(names, ", ")
}

// ofAny gives columns of those names in whatever table.
func ofAny(columns []string) []cell {
	var out []cell
	for _, c := range columns {
		out = append(out, cell{column: c})
	}
	return out
}
