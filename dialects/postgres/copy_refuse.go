package postgres

import (
	"cmp"
	"slices"
	"strings"

	"surefoot/schema"
)

// Carries says why a clause cannot be part of a table copy; empty: it can.
func (d *Dialect) Carries(c schema.Change, s *schema.Schema) string {
	t := s.Table(c.Table())
	if t != nil {
		if why := unknownSince(t); why != "" {
			return why
		}
	}
	switch c := c.(type) {
	case schema.Native:
		return "" // its clauses were asked about
	case schema.AddColumn:
		return cmp.Or(d.restyled(c.Column.Default), counterTaken(c, s))
	case schema.SetNotNull, schema.DropNotNull, schema.SetDefault, schema.DropDefault, schema.CreateIndex:
		return ""
	case schema.AddConstraint:
		if c.UsingIndex != "" {
			return "a constraint over an existing index is added in a moment, without a copy"
		}
		if c.Constraint.Kind == schema.PrimaryKey && t != nil {
			for _, k := range t.Constraints {
				if k.Kind == schema.PrimaryKey {
					return "the table has a primary key already, in whose order it is copied"
				}
			}
		}
		return ""
	case schema.DropConstraint:
		return d.carriesDrop(c, t)
	case schema.ChangeType:
		return d.carriesType(c, t)
	}
	return "a copy is not needed for it: it takes a moment by itself"
}

func (d *Dialect) carriesDrop(c schema.DropConstraint, t *schema.Table) string {
	if t == nil {
		return ""
	}
	key, _ := t.Key()
	for _, ix := range t.Indexes {
		if ix.Constraint == c.Constraint && slices.Equal(ix.Columns, names(key)) {
			return "the table is copied in the order of this constraint's columns"
		}
	}
	return ""
}

// carriesType refuses conversions under which the copy could not be compared or would lose its
// order: the key's new type must sort its values as the old one does.
func (d *Dialect) carriesType(c schema.ChangeType, t *schema.Table) string {
	if v := volatileCall(c.Using); v != "" {
		return "USING calls " + v + ", which gives another value each time, so the copy could not be compared"
	}
	if t == nil || t.Column(c.Column) == nil {
		return ""
	}
	if c.Using != "" && !plainCast(schema.Mapping{From: c.Column, Using: c.Using}) || writesText(t.Column(c.Column).Type, c.Type) {
		if why := d.restyled("()"); why != "" {
			return why
		}
	}
	if why := boundType(c.Column, t); why != "" {
		return why
	}
	key, _ := t.Key()
	if !slices.Contains(names(key), c.Column) {
		return ""
	}
	col := t.Column(c.Column)
	m := schema.Mapping{From: c.Column, Using: c.Using}
	if c.Collation != "" && c.Collation != col.Collation || c.Using != "" && !plainCast(m) || !keepsOrder(col.Type, c.Type) {
		return "column " + c.Column + " is part of the key in whose order the table is copied, and its new values may sort in another order"
	}
	return ""
}

// restyled says that an expression which calls functions may write values as text by the user's own
// settings, which a copy's sessions do not have; empty: it does not, or they are the same.
func (d *Dialect) restyled(expr string) string {
	if len(d.styles) == 0 || !strings.Contains(expr, "(") {
		return ""
	}
	return "values would become text by the server's own settings (" + strings.ReplaceAll(strings.Join(d.styles, ", "), "SET LOCAL ", "") + "), by which keys could not be read back"
}

// writesText says whether a new type may make text of values that settings write differently, or values of text
// that they read differently.
func writesText(from, to string) bool {
	a, b := parseType(from), parseType(to)
	plain := func(t datatype) bool {
		return !t.array && (integers[t.base] > 0 || slices.Contains(withoutText, t.base))
	}
	return a.base != b.base && !(plain(a) && plain(b))
}

// withoutText are types between which the server converts values without writing them as text.
var withoutText = []string{
	"numeric", "real", "double precision", "date", "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone", "interval",
}

// counterTaken says that the sequence of a new column cannot have the name that the server would
// give it first.
func counterTaken(c schema.AddColumn, s *schema.Schema) string {
	n := s.Resolve(c.Table())
	n.Table = objectName(n.Table, c.Column.Name, "seq")
	if !makesSequence(c.Column) || s.Table(n) == nil && !slices.ContainsFunc(s.Objects, func(o schema.Object) bool {
		name, ok := nameOf(o.Name)
		return o.Kind == "sequence" && ok && name == n
	}) {
		return ""
	}
	return "its sequence cannot be called " + n.String() + ", which is there already"
}

// keepsOrder says whether values of the new type sort as those of the old one, and are as many.
func keepsOrder(from, to string) bool {
	a, b := parseType(from), parseType(to)
	if a.array || b.array {
		return false
	}
	whole := func(t datatype) bool { return integers[t.base] > 0 || t.base == "numeric" }
	text := func(t datatype) bool { return t.base == "text" || t.base == "character varying" }
	switch {
	case whole(a) && whole(b):
		return b.base != "numeric" || len(b.mods) == 0 || a.base != "numeric" && b.mods[1] >= 0 || len(a.mods) > 1 && b.mods[1] >= a.mods[1]
	case text(a) && text(b):
		return true
	case a.base == "date" && b.base == "timestamp without time zone":
		return true
	}
	return a.base == b.base
}

// integers are the integer types by their size in bytes.
var integers = map[string]int{"smallint": 2, "integer": 4, "bigint": 8}
