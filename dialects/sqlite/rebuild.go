package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// rebuild gives the statements that make a table anew with another definition, in one
// transaction: the way that SQLite's manual describes for what ALTER TABLE cannot do. Foreign
// keys are off in every session of ours, and legacy_alter_table keeps views, triggers and
// foreign keys of other tables pointing at the name. It is safe to repeat.
func rebuild(t *schema.Table, text string, columns []schema.Mapping) ([]string, error) {
	def, err := parseTable(text)
	if err != nil {
		return nil, err
	}
	name := t.Name.Table
	side := schema.SideName(name, "edit", nameLimit)
	to, from := mapped(columns, "")
	if rowid := hiddenRowid(t); rowid != "" && t.Extra[extraWithoutRowid] == "" {
		to, from = append([]string{rowid}, to...), append([]string{rowid}, from...)
	}
	out := []string{
		"PRAGMA legacy_alter_table = ON",
		def.renamed(side),
		fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", quote(side), strings.Join(to, ", "), strings.Join(from, ", "), quote(name)),
	}
	if increments(t) && def.increments() { // else the value goes with the old table
		out = append(out, keepSequence(name, side)...)
	}
	out = append(out,
		"DROP TABLE "+quote(name),
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", quote(side), quote(name)),
		"PRAGMA legacy_alter_table = OFF",
	)
	out = append(out, rewriteText(name, def.renamed(name), text)...)
	for _, ix := range t.Indexes {
		if ix.Definition != "" {
			out = append(out, ix.Definition)
		}
	}
	for _, tr := range t.Triggers {
		out = append(out, tr.Definition)
	}
	return out, nil
}

// mapped gives the columns of a copy and the expressions that fill them; of qualifies the columns.
func mapped(columns []schema.Mapping, of string) (to, from []string) {
	for _, m := range columns {
		if m.From == "" && m.Using == "" {
			continue
		}
		to = append(to, quote(m.To))
		if m.Using != "" {
			from = append(from, "("+m.Using+")")
			continue
		}
		from = append(from, of+quote(m.From))
	}
	return to, from
}

// mapping says where the columns of a table get their values from when clauses are applied.
func mapping(t *schema.Table, clauses []schema.Change) []schema.Mapping {
	var out []schema.Mapping
	for _, c := range t.Columns {
		if c.Generated != "" && !slices.ContainsFunc(clauses, func(k schema.Change) bool {
			g, ok := k.(schema.SetGenerated)
			return ok && g.Generated == "" && strings.EqualFold(g.Column, c.Name)
		}) {
			continue
		}
		m := schema.Mapping{To: c.Name, From: c.Name}
		for _, k := range clauses {
			if ch, ok := k.(schema.ChangeType); ok && strings.EqualFold(ch.Column, c.Name) {
				m.Using, m.Type = ch.Using, ch.Type
			}
		}
		out = append(out, m)
	}
	return append(out, filled(clauses)...)
}

// filled are new columns whose rows get another value than a later clause leaves as their default.
func filled(clauses []schema.Change) []schema.Mapping {
	var out []schema.Mapping
	for i, c := range clauses {
		add, ok := c.(schema.AddColumn)
		if !ok || add.Column.Generated != "" || add.Column.Default == "" {
			continue
		}
		value := add.Column.Default
		if toks := tokenize(value); len(toks) == 1 && toks[0].kind == quoted { // a default cannot name a column
			value = literal(toks[0].name())
		}
		if slices.ContainsFunc(clauses[i:], func(k schema.Change) bool {
			switch k.(type) {
			case schema.SetDefault, schema.DropDefault:
				return strings.EqualFold(columnOfChange(k), add.Column.Name)
			}
			return false
		}) {
			out = append(out, schema.Mapping{To: add.Column.Name, Using: value})
		}
	}
	return out
}

// hiddenRowid gives a name of the rowid where it is no declared column; empty: there is none.
func hiddenRowid(t *schema.Table) string {
	if t.Extra[extraRowid] != "" || t.Extra[extraWithoutRowid] != "" {
		return ""
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if t.Column(name) == nil {
			return name
		}
	}
	return ""
}

// increments says whether the table hands out keys by AUTOINCREMENT.
func increments(t *schema.Table) bool {
	for _, c := range t.Columns {
		if c.Identity != "" {
			return true
		}
	}
	return false
}

// increments says the same of a definition.
func (t *tableText) increments() bool {
	return slices.ContainsFunc(t.columns, func(c columnText) bool {
		p := c.part(partPrimary)
		return p != nil && p.tokens[len(p.tokens)-1].is("AUTOINCREMENT")
	})
}

// keepSequence gives one table the AUTOINCREMENT value of another. Its row comes with the first
// insert, so it may be missing on either side.
func keepSequence(from, to string) []string {
	return []string{
		fmt.Sprintf("DELETE FROM sqlite_sequence WHERE name = %s COLLATE NOCASE AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s COLLATE NOCASE)",
			literal(to), literal(from)),
		fmt.Sprintf("INSERT INTO sqlite_sequence (name, seq) SELECT %s, seq FROM sqlite_sequence WHERE name = %s COLLATE NOCASE",
			literal(to), literal(from)),
	}
}
