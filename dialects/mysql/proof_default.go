package mysql

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// noDefault is the condition that a column has no default, or NULL: MariaDB writes NULL as a word. MySQL may show
// none where a text's default is an expression (ALTER COLUMN in place, seen on 9.7).
func (d *Dialect) noDefault() string {
	if d.maria() {
		return "COALESCE(COLUMN_DEFAULT, 'NULL') = 'NULL'"
	}
	return "COLUMN_DEFAULT IS NULL AND (NOT (" + d.computedDefault() + ") OR EXTRA LIKE '%on update%')" // where the word stays
}

// computedDefault is the condition that a column's default is an expression or the time of the statement.
func (d *Dialect) computedDefault() string {
	if d.maria() {
		return "COALESCE(COLUMN_DEFAULT, 'NULL') <> 'NULL' AND COLUMN_DEFAULT NOT REGEXP '^([bx]?''.*''|[-+]?[0-9][-+.0-9a-z]*)$'"
	}
	return "EXTRA LIKE '%DEFAULT_GENERATED%'"
}

// defaultIs is the condition that a new default is there. The server writes an expression, and literals that are
// neither text nor whole numbers, its own way: of these it is known of what kind they are, and that
// the old one is gone.
func (d *Dialect) defaultIs(c schema.SetDefault, was, becomes *schema.Column) string {
	toks := tokenize(c.Expr, d.mode)
	computed := isComputed(c.Expr)
	if len(toks) == 1 && !computed {
		if toks[0].is("null") {
			return d.noDefault()
		}
		if number := asNumber(toks[0], becomes); number != "" {
			return "NOT (" + d.noDefault() + ") AND NOT (" + d.computedDefault() + ") AND TRIM(BOTH '''' FROM COLUMN_DEFAULT) + 0 = " + number
		}
		if becomes != nil && toks[0].kind == str {
			toks[0].text = parseType(becomes.Type).member(toks[0].text)
		}
		if becomes != nil && toks[0].kind == number && columnType(becomes.Type, "").isText() {
			toks[0].text = readBytes(toks[0].text)
		}
		if becomes == nil || columnType(becomes.Type, "").isText() {
			return "NOT (" + d.computedDefault() + ") AND COALESCE(COLUMN_DEFAULT, '') IN (" + d.spellings(toks[0]) + ") AND NOT (" + d.noDefault() + ")"
		}
	}
	condition := d.computedDefault()
	if !computed {
		condition = "NOT (" + d.noDefault() + ") AND NOT (" + condition + ")"
	}
	if was != nil && was.Default != "" && isComputed(was.Default) == computed {
		condition += " AND COALESCE(COLUMN_DEFAULT, '') NOT IN (" + d.shownDefault(*was) + ")"
	}
	return condition
}

// readBytes gives what bytes in hexadecimal digits are as a text: 0x61 and x'61' are a. Another number is itself.
func readBytes(lit string) string {
	digits := strings.ToLower(lit)
	for _, start := range []string{"0x", "x'"} {
		if rest, is := strings.CutPrefix(digits, start); is {
			if bytes, err := hex.DecodeString(strings.TrimSuffix(rest, "'")); err == nil {
				return string(bytes)
			}
		}
	}
	return lit
}

// member gives a value of an enum or a set as the server keeps it: each member as its type spells it, those of a set
// once and in the type's order. Of other types, and where it is no member, it is as it was.
func (t colType) member(value string) string {
	if !t.isMember() {
		return value
	}
	find := func(text string) int {
		text = strings.TrimRight(text, " ")
		if at := slices.Index(t.args, text); at >= 0 {
			return at
		}
		return slices.IndexFunc(t.args, func(m string) bool { return strings.EqualFold(m, text) })
	}
	wanted := []string{value}
	if t.name == "set" {
		wanted = strings.Split(value, ",")
	}
	var found []int
	for _, w := range wanted {
		at := find(w)
		if at < 0 {
			return value
		}
		found = append(found, at)
	}
	slices.Sort(found)
	var out []string
	for _, at := range slices.Compact(found) {
		out = append(out, t.args[at])
	}
	return strings.Join(out, ",")
}

// isComputed: a default is an expression or the time of the statement.
func isComputed(def string) bool {
	toks := tokenize(def, sqlMode{})
	return isExpression(def) || len(toks) > 0 && toks[0].is("current_timestamp", "now", "localtime", "localtimestamp")
}

// shownDefault gives the ways in which information_schema may show a column's default. MySQL shows bytes in
// hexadecimal digits, up to the first that is 0, and an expression without the parentheses around it
// and as a string's inside.
func (d *Dialect) shownDefault(col schema.Column) string {
	toks := tokenize(col.Default, sqlMode{})
	switch {
	case len(toks) == 1 && parseType(col.Type).isBinary() && !d.maria():
		text := toks[0].text
		if digits, is := strings.CutPrefix(text, "0x"); is {
			if bytes, err := hex.DecodeString(digits); err == nil {
				text = string(bytes)
			}
		}
		text, _, _ = strings.Cut(text, "\x00")
		return literal(fmt.Sprintf("0x%X", text)) + ", " + literal(text)
	case len(toks) == 1:
		return d.spellings(toks[0])
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(col.Default, "("), ")")
	inside := strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(inner)
	return strings.Join([]string{literal(col.Default), literal(inner), literal(inside)}, ", ")
}

// sameShown says that the catalog shows a column's default as another one: none is shown as NULL.
func sameShown(col *schema.Column, expr string) bool {
	if col == nil {
		return false
	}
	shown := func(text string) string {
		if strings.EqualFold(text, "NULL") {
			return ""
		}
		if toks := tokenize(text, sqlMode{}); len(toks) == 1 && toks[0].kind == str && parseType(col.Type).isMember() {
			return literal(parseType(col.Type).member(toks[0].text))
		}
		return text
	}
	return sameDefault(shown(col.Default), shown(expr))
}

// asNumber gives a literal as a column of numbers keeps it: '007' is 7, and 0 is 0.00 in a decimal.
func asNumber(lit token, col *schema.Column) string {
	if col == nil || lit.is("null") {
		return ""
	}
	typ, value := parseType(col.Type), literal(lit.text)
	if lit.is("true", "false") {
		value = map[bool]string{true: "1", false: "0"}[lit.is("true")]
	}
	if lit.kind == number && len(lit.text) > 1 && strings.ContainsAny(lit.text[:2], "xXbB") { // bytes, which count as a number here
		value = "(" + lit.text + " + 0)"
	}
	switch {
	case typ.isInt():
		return "ROUND(" + value + ")"
	case typ.name == "decimal":
		return "CAST(" + value + " AS DECIMAL(" + strings.Join(typ.args, ",") + "))"
	}
	return ""
}

// escaped is how MariaDB's catalog writes a string.
var escaped = strings.NewReplacer(`\`, `\\`, "'", "''", "\n", `\n`, "\r", `\r`, "\x00", `\0`)

// spellings are the ways in which information_schema gives a literal: MySQL as a value, MariaDB as SQL.
func (d *Dialect) spellings(t token) string {
	text := t.text
	switch {
	case t.is("true"):
		text = "1"
	case t.is("false"):
		text = "0"
	}
	text = inCatalog(text)
	if !d.maria() {
		return literal(text)
	}
	return literal(text) + ", " + literal("'"+strings.ReplaceAll(text, "'", "''")+"'") + ", " + literal("'"+escaped.Replace(text)+"'")
}
