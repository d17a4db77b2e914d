package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// orderAfter gives the names of a table's columns in the order that a statement leaves: columns that it moves are
// taken out, then each that is moved or added is put where its clause says, one after the other, so that a later
// one may come to stand between an earlier one and its neighbour. nil: it is not known.
func orderAfter(t *schema.Table, changes []schema.Change) []string {
	if t == nil {
		return nil
	}
	renamed, out := newNames(changes), map[string]bool{}
	for _, c := range changes {
		switch c := c.(type) {
		case schema.DropColumn:
			out[strings.ToLower(c.Column)] = true
		case schema.ChangeType:
			out[strings.ToLower(c.Column)] = c.Position != ""
		}
	}
	var order []string
	for _, name := range orderNow(t) {
		if !out[strings.ToLower(name)] {
			order = append(order, renamed(name))
		}
	}
	for _, c := range changes {
		name, position := "", ""
		switch c := c.(type) {
		case schema.AddColumn:
			name, position = c.Column.Name, c.Position
		case schema.ChangeType:
			if c.Position != "" {
				name, position = renamed(c.Column), c.Position
			}
		}
		if name == "" {
			continue
		}
		at := len(order)
		if position != "" {
			at = placeOf(order, position)
		}
		if at < 0 {
			return nil
		}
		order = slices.Insert(order, at, name)
	}
	return order
}

// orderNow gives the names of a table's columns in their order, after what was changed before: the noun keeps what was
// added at its end, and what was moved where it was.
func orderNow(t *schema.Table) []string {
	var order []string
	for _, c := range t.Columns {
		order = append(order, c.Name)
	}
	for i, c := range t.Applied {
		renamed := func(name string) string {
			for _, later := range t.Applied[i+1:] {
				name = newNames([]schema.Change{later})(name)
			}
			return name
		}
		name, position := "", ""
		switch c := c.(type) {
		case schema.AddColumn:
			name, position = c.Column.Name, c.Position
		case schema.ChangeType:
			name, position = c.Column, c.Position
		}
		at := slices.IndexFunc(order, func(o string) bool { return strings.EqualFold(o, renamed(name)) })
		if position == "" || at < 0 {
			continue
		}
		moved := order[at]
		order = slices.Delete(order, at, at+1)
		if neighbour, after := strings.CutPrefix(position, "AFTER "); after {
			r := newReader(neighbour, sqlMode{})
			of, _ := r.name()
			position = "AFTER " + quote(renamed(of))
		}
		order = slices.Insert(order, max(placeOf(order, position), 0), moved)
	}
	return order
}

// placeOf gives where a FIRST or AFTER puts a column; -1: there is no such neighbour.
func placeOf(order []string, position string) int {
	before, after := strings.CutPrefix(position, "AFTER ")
	if !after {
		return 0
	}
	r := newReader(before, sqlMode{})
	neighbour, _ := r.name()
	at := slices.IndexFunc(order, func(name string) bool { return strings.EqualFold(name, neighbour) })
	if at < 0 {
		return -1
	}
	return at + 1
}

// proofOfPlace is the condition that a column has its place in that order; empty: none is known.
func proofOfPlace(order []string, name schema.Name, column string) string {
	switch at := slices.IndexFunc(order, func(o string) bool { return strings.EqualFold(o, column) }); at {
	case -1:
		return ""
	case 0:
		return "ORDINAL_POSITION = 1"
	default:
		return "ORDINAL_POSITION = 1 + " + positionOf(name, order[at-1])
	}
}
