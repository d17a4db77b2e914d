package cases

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// draft is a generated database and its change, in parts that can be left out one by one, so that a
// difference is shown on the smallest input that has it.
type draft struct {
	Before  []string // statements before the table: types, functions, the table that it refers to
	Name    string   // of the table, quoted
	Columns []column
	Inner   []string // constraints and keys that stand in CREATE TABLE
	Options string
	Parts   []string // statements between it and its rows
	After   []string // statements after it: indexes, triggers, comments, tables that refer to it
	Rows    int
	Writes  bool
	Change  []statement
	Forced  bool
	// Rehearsed is switched off in half of the cases, so that the rehearsal hides no fault.
	Rehearsed bool
	// Override is what an INSERT needs to set an identity column.
	Override string
}

// column is a column and the literals that rows take in turn; one without literals computes itself.
type column struct {
	Name, Def string
	Values    []string // {i} is the row's number
	Key       bool     // its value is different in each row
}

// statement is a head with clauses, or a statement alone.
type statement struct {
	Head    string
	Clauses []string
}

func (s statement) String() string {
	return strings.TrimSpace(s.Head + " " + strings.Join(s.Clauses, ", "))
}

func (d draft) create() string {
	var parts []string
	for _, c := range d.Columns {
		parts = append(parts, c.Name+" "+c.Def)
	}
	return "CREATE TABLE " + d.Name + " (\n  " + strings.Join(append(parts, d.Inner...), ",\n  ") + "\n)" + d.Options
}

// written are the columns that an application gives values to.
func (d draft) written() []column {
	return slices.DeleteFunc(slices.Clone(d.Columns), func(c column) bool { return len(c.Values) == 0 })
}

// row is the INSERT of the row i. Step 7 and 3 let neighbouring columns go through their values at
// different paces.
func (d draft) row(i string, at int) string {
	var names, values []string
	for j, c := range d.written() {
		names = append(names, c.Name)
		values = append(values, strings.ReplaceAll(c.Values[(at*(2*j+1)+j)%len(c.Values)], "{i}", i))
	}
	return fmt.Sprintf("INSERT INTO %s (%s)%s VALUES (%s)", d.Name, strings.Join(names, ", "), d.Override, strings.Join(values, ", "))
}

func (d draft) setup() string {
	all, first := slices.Clone(d.Before), d
	if last := len(d.Columns) - 1; last > 0 && d.Columns[last].Name == late {
		first.Columns = d.Columns[:last]
	}
	all = append(append(all, first.create()), d.Parts...)
	for i := range d.Rows {
		if i == d.Rows/2 {
			all, first = append(all, d.adds(len(first.Columns))...), d
		}
		all = append(all, first.row(fmt.Sprint(i+1), i))
	}
	all = append(all, d.adds(len(first.Columns))...)
	return strings.Join(append(all, d.After...), ";\n") + ";\n"
}

// late is the name of a column that rows of the table are older than: engines write none of these when it is
// added, and read its default in them.
const late = "late"

// adds are the statements that add the columns from the n-th on.
func (d draft) adds(n int) []string {
	var all []string
	for _, c := range d.Columns[n:] {
		all = append(all, "ALTER TABLE "+d.Name+" ADD COLUMN "+c.Name+" "+c.Def)
	}
	return all
}

// lateColumn is one of an engine's types for whole numbers and for text.
func lateColumn(t *rapid.T, number, text string) column {
	return pick(t, "late column", column{Name: late, Def: text, Values: []string{"'x'", "NULL"}}, column{Name: late, Def: number + " DEFAULT 5", Values: []string{"5", "7", "NULL"}},
		column{Name: late, Def: text + " NOT NULL DEFAULT 'was'", Values: []string{"'was'", "'is'"}})
}

// writes are templates: rows that come, that change, whose key changes, and that go.
func (d draft) writes() []string {
	if !d.Writes || len(d.written()) == 0 {
		return nil
	}
	var all []string
	for at := range 4 {
		all = append(all, d.row("{n}", at*5+1))
	}
	where := d.where()
	for j, c := range d.written() {
		if c.Key || where == "" {
			continue
		}
		all = append(all, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", d.Name, c.Name, c.Values[(j+2)%len(c.Values)], where))
	}
	if where != "" {
		all = append(all, "DELETE FROM "+d.Name+" WHERE "+where)
	}
	return all
}

// where finds a row by the first column of its key.
func (d draft) where() string {
	for _, c := range d.Columns {
		if c.Key && len(c.Values) > 0 {
			return c.Name + " = " + c.Values[0]
		}
	}
	return ""
}

func (d draft) change() string {
	var all []string
	for _, s := range d.Change {
		all = append(all, s.String())
	}
	return strings.Join(all, ";\n") + ";\n"
}

func (d draft) trial() trial {
	return trial{
		setup: d.setup(), writes: d.writes(), rows: max(d.Rows, 1),
		change: d.change(), native: d.change(), copies: d.Forced,
		unrehearsed: !d.Rehearsed, orWindow: true,
	}
}

// smaller are the drafts with one part less.
func (d draft) smaller() []draft {
	var all []draft
	add := func(change func(*draft)) {
		next := d
		change(&next)
		all = append(all, next)
	}
	for i := range d.Change {
		if len(d.Change) > 1 {
			add(func(n *draft) { n.Change = without(n.Change, i) })
		}
		for j := range d.Change[i].Clauses {
			if len(d.Change[i].Clauses) > 1 {
				add(func(n *draft) {
					n.Change = slices.Clone(n.Change)
					n.Change[i].Clauses = without(n.Change[i].Clauses, j)
				})
			}
		}
	}
	if d.Writes {
		add(func(n *draft) { n.Writes = false })
	}
	if d.Rows > 0 {
		add(func(n *draft) { n.Rows = 0 })
	}
	if d.Rows > 3 {
		add(func(n *draft) { n.Rows = 3 })
	}
	for i := range d.After {
		add(func(n *draft) { n.After = without(n.After, i) })
	}
	for i := range d.Inner {
		add(func(n *draft) { n.Inner = without(n.Inner, i) })
	}
	for i := range d.Columns {
		add(func(n *draft) { n.Columns = without(n.Columns, i) })
	}
	for i := range d.Before {
		add(func(n *draft) { n.Before = without(n.Before, i) })
	}
	if d.Options != "" {
		add(func(n *draft) { n.Options, n.Parts = "", nil })
	}
	return all
}

func without[E any](s []E, i int) []E { return slices.Delete(slices.Clone(s), i, i+1) }
