package sqlite

import (
	"strings"

	"surefoot/schema"
)

// constraintsOf reads the constraints of a table and of its columns.
func constraintsOf(def *tableText) []schema.Constraint {
	var out []schema.Constraint
	for _, c := range def.columns {
		for _, p := range c.parts {
			if k, ok := constraintOf(def.sql, p, c.name); ok {
				out = append(out, k)
			}
		}
	}
	for _, p := range def.constraints {
		if k, ok := constraintOf(def.sql, p, ""); ok {
			out = append(out, k)
		}
	}
	return out
}

// constraintOf reads one constraint; column is the column that it stands behind, if any.
func constraintOf(sql string, p partText, column string) (schema.Constraint, bool) {
	k := schema.Constraint{Name: p.name, Definition: p.body.of(sql), NotValid: markLen(sql[p.end:]) > 0}
	if column != "" {
		k.Columns = []string{column}
	}
	switch p.kind {
	case partPrimary, partUnique:
		k.Kind = schema.Unique
		if p.kind == partPrimary {
			k.Kind = schema.PrimaryKey
		}
		if column == "" {
			k.Columns = listed(p.tokens)
		}
		k.Actions = strings.TrimSpace(partsOfKey(sql, p.tokens) + onConflict(sql, p.tokens))
	case partCheck:
		k.Kind = schema.Check
		k.Expr = strings.TrimSpace(p.value.of(sql))
	case partForeign:
		k.Kind = schema.ForeignKey
		readReferences(&k, sql, p.tokens)
	default:
		return k, false
	}
	if column != "" {
		k.Definition = ofTable(k, sql, p)
	}
	return k, true
}

// ofTable writes a column's constraint as one of the table.
func ofTable(k schema.Constraint, sql string, p partText) string {
	col := "(" + bare(k.Columns[0])
	last := p.tokens[len(p.tokens)-1]
	if last.is("AUTOINCREMENT") {
		col += " AUTOINCREMENT"
	}
	rest := onConflict(sql, p.tokens)
	switch k.Kind {
	case schema.PrimaryKey:
		return "PRIMARY KEY " + col + ")" + rest
	case schema.Unique:
		return "UNIQUE " + col + ")" + rest
	case schema.ForeignKey:
		return "FOREIGN KEY " + col + ") " + k.Definition
	case schema.Check, schema.OtherKind:
	}
	return k.Definition
}

// onConflict gives what a key says of rows that break it, with a blank before it; empty: nothing.
func onConflict(sql string, tokens []token) string {
	for i, t := range tokens {
		if i > 0 && t.is("CONFLICT") {
			return " " + sql[tokens[i-1].start:tokens[min(i+1, len(tokens)-1)].end]
		}
	}
	return ""
}

// partsOfKey gives the columns of a key with their collations and order, where it says any.
func partsOfKey(sql string, tokens []token) string {
	var parts []string
	plain := true
	for i, t := range tokens {
		if end := closing(tokens, i); t.sign("(") && end > 0 {
			for _, item := range commas(tokens[i+1 : end]) {
				parts = append(parts, sql[item[0].start:item[len(item)-1].end])
				plain = plain && (len(item) == 1 || item[len(item)-1].is("AUTOINCREMENT", "ASC"))
			}
			break
		}
	}
	if plain {
		return ""
	}
	return strings.Join(parts, ", ")
}

// listed gives the names in the first parentheses.
func listed(tokens []token) []string {
	for i, t := range tokens {
		if !t.sign("(") {
			continue
		}
		end := closing(tokens, i)
		if end < 0 {
			return nil
		}
		var names []string
		for _, item := range commas(tokens[i+1 : end]) {
			if len(item) > 0 {
				names = append(names, item[0].name())
			}
		}
		return names
	}
	return nil
}

func readReferences(k *schema.Constraint, sql string, tokens []token) {
	i := 0
	for i < len(tokens) && !tokens[i].is("REFERENCES") {
		i++
	}
	if i > 0 {
		k.Columns = listed(tokens[:i])
	}
	if i+1 >= len(tokens) {
		return
	}
	k.RefTable = schema.Name{Schema: mainSchema, Table: tokens[i+1].name()}
	rest := tokens[i+2:]
	if len(rest) > 0 && rest[0].sign("(") {
		k.RefColumns = listed(rest)
		rest = rest[max(closing(rest, 0), 0)+1:]
	}
	if len(rest) > 0 {
		k.Actions = sql[rest[0].start:rest[len(rest)-1].end]
	}
}
