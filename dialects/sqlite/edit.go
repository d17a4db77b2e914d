package sqlite

import (
	"cmp"
	"fmt"
	"strings"

	"surefoot/schema"
)

// unchecked stands behind a constraint whose existing rows were not checked yet. SQLite has no
// such state of its own; the schema's text is the place that every program reads.
const unchecked = "/* rows from before are not checked yet */"

// edit gives a table's definition with a clause applied. Everything else stays as it was written.
func edit(sql string, c schema.Change) (string, error) {
	t, err := parseTable(sql)
	if err != nil {
		return "", err
	}
	switch c := c.(type) {
	case schema.AddColumn:
		return t.insert(t.columnsEnd, ", "+columnDefinition(c.Column)), nil
	case schema.AddConstraint:
		text := ", " + constraintDefinition(c.Constraint)
		if c.Constraint.NotValid {
			text += " " + unchecked
		}
		return t.insert(t.lastEnd, text), nil
	case schema.ValidateConstraint:
		return t.validated(cmp.Or(c.Constraint.Name, constraintDefinition(c.Constraint))), nil
	case schema.DropConstraint:
		return t.withoutConstraint(c)
	}
	return t.editColumn(c)
}

func (t *tableText) editColumn(c schema.Change) (string, error) {
	name := columnOfChange(c)
	col := t.column(name)
	if col == nil {
		return "", fmt.Errorf("table %s has no column %s", c.Table(), name)
	}
	switch c := c.(type) {
	case schema.ChangeType:
		return t.retyped(col, c)
	case schema.SetNotNull:
		if col.part(partNotNull) != nil {
			return t.sql, nil
		}
		return t.insert(col.end, " NOT NULL"), nil
	case schema.DropNotNull:
		return t.without(col, partNotNull), nil
	case schema.SetDefault:
		return t.defaulted(col, c.Expr), nil
	case schema.DropDefault:
		return t.without(col, partDefault), nil
	case schema.DropColumn:
		return t.dropped(col), nil
	case schema.SetGenerated:
		return t.computed(col, c), nil
	case schema.SetIdentity:
		return t.numbered(col, c)
	}
	return "", fmt.Errorf("a %s cannot be written into the definition of %s", c.Kind(), c.Table())
}

// columnOfChange names the column that a clause is about.
func columnOfChange(c schema.Change) string {
	switch c := c.(type) {
	case schema.ChangeType:
		return c.Column
	case schema.SetNotNull:
		return c.Column
	case schema.DropNotNull:
		return c.Column
	case schema.SetDefault:
		return c.Column
	case schema.DropDefault:
		return c.Column
	case schema.DropColumn:
		return c.Column
	case schema.SetGenerated:
		return c.Column
	case schema.SetIdentity:
		return c.Column
	}
	return ""
}

// computed gives a computed column another expression, or none.
func (t *tableText) computed(col *columnText, c schema.SetGenerated) string {
	if c.Generated == "" {
		return t.without(col, partGenerated)
	}
	text := "GENERATED ALWAYS AS (" + c.Expr + ") " + strings.ToUpper(c.Generated)
	if p := col.part(partGenerated); p != nil {
		return t.replace(p.body, text)
	}
	return t.insert(col.end, " "+text)
}

// numbered puts AUTOINCREMENT into a column's primary key, or takes it out.
func (t *tableText) numbered(col *columnText, c schema.SetIdentity) (string, error) {
	p := col.part(partPrimary)
	if p == nil {
		return "", fmt.Errorf("column %s is no primary key of its own, so it cannot be AUTOINCREMENT", c.Column)
	}
	if c.Identity != "" {
		return t.insert(p.body.end, " AUTOINCREMENT"), nil
	}
	for _, tok := range p.tokens {
		if tok.is("AUTOINCREMENT") {
			return t.cut(span{tok.start, tok.end}), nil
		}
	}
	return t.sql, nil
}

// dropped removes a column as SQLite's own DROP COLUMN does: up to the next column, or from the
// comma before the last one.
func (t *tableText) dropped(col *columnText) string {
	for i := range t.columns {
		if &t.columns[i] == col && i+1 < len(t.columns) {
			return t.sql[:col.start] + t.sql[t.columns[i+1].start:]
		}
	}
	return t.cut(t.withComma(span{col.start, t.columnsEnd}))
}

func (t *tableText) insert(at int, s string) string { return t.sql[:at] + s + t.sql[at:] }

func (t *tableText) replace(s span, with string) string {
	return t.sql[:s.start] + with + t.sql[s.end:]
}

// cut removes a part and the blanks before it.
func (t *tableText) cut(s span) string { return cut(t.sql, s) }

// cut leaves the blanks where a comment stands before them: its line must end.
func cut(sql string, s span) string {
	before := strings.TrimRight(sql[:s.start], " \t\r\n")
	if tokens := tokenize(sql[:s.start]); len(tokens) > 0 && tokens[len(tokens)-1].end != len(before) {
		before = sql[:s.start]
	}
	return before + sql[s.end:]
}

// without removes a column's parts of a kind.
func (t *tableText) without(col *columnText, kind string) string {
	sql := t.sql
	for i := len(col.parts) - 1; i >= 0; i-- { // from the end, so that the places stay right
		if col.parts[i].kind == kind {
			sql = cut(sql, col.parts[i].span)
		}
	}
	return sql
}

func (t *tableText) retyped(col *columnText, c schema.ChangeType) (string, error) {
	sql := t.sql
	if c.Collation != "" {
		collate := "COLLATE " + bare(c.Collation)
		if p := col.part(partCollate); p != nil {
			sql = t.replace(p.body, collate)
		} else {
			sql = t.insert(col.end, " "+collate)
		}
	}
	if c.Type == "" && c.Becomes == nil {
		return sql, nil
	}
	// The type stands before the collation, so its place is still right.
	with := c.Type
	if col.typ.start == col.typ.end {
		with = " " + with
	}
	return sql[:col.typ.start] + with + sql[col.typ.end:], nil
}

func (t *tableText) defaulted(col *columnText, expr string) string {
	with := "DEFAULT " + defaultText(expr)
	if p := col.part(partDefault); p != nil {
		return t.replace(p.body, with)
	}
	return t.insert(col.end, " "+with)
}

// defaultText writes a default's expression: anything but a plain value needs parentheses.
func defaultText(expr string) string {
	tokens := tokenize(expr)
	plain := len(tokens) == 1 && tokens[0].kind != quoted ||
		len(tokens) == 2 && (tokens[0].sign("-") || tokens[0].sign("+")) && tokens[1].kind == number ||
		len(tokens) > 0 && tokens[0].sign("(") && closing(tokens, 0) == len(tokens)-1
	if plain {
		return expr
	}
	return "(" + expr + ")"
}

// constraint finds a constraint by name, of the table or of a column.
// One that has no name goes by its definition.
func (t *tableText) constraint(name string) (p *partText, ofTable bool) {
	is := func(p partText, column string) bool {
		if p.name != "" || name == "" {
			return name != "" && strings.EqualFold(p.name, name)
		}
		k, ok := constraintOf(t.sql, p, column)
		return ok && k.Definition == name
	}
	for i := range t.constraints {
		if is(t.constraints[i], "") {
			return &t.constraints[i], true
		}
	}
	for c := range t.columns {
		for i := range t.columns[c].parts {
			if is(t.columns[c].parts[i], t.columns[c].name) {
				return &t.columns[c].parts[i], false
			}
		}
	}
	return nil, false
}

// primary finds the primary key.
func (t *tableText) primary() (p *partText, ofTable bool) {
	for i := range t.constraints {
		if t.constraints[i].kind == partPrimary {
			return &t.constraints[i], true
		}
	}
	for c := range t.columns {
		if p := t.columns[c].part(partPrimary); p != nil {
			return p, false
		}
	}
	return nil, false
}

func (t *tableText) withoutConstraint(c schema.DropConstraint) (string, error) {
	p, ofTable := t.constraint(c.Constraint)
	if c.Constraint == "" && c.What == schema.PrimaryKey {
		p, ofTable = t.primary()
	}
	if p == nil {
		if c.IfExists {
			return t.sql, nil
		}
		return "", fmt.Errorf("table %s has no constraint %s", c.Name, c.Constraint)
	}
	s := p.span
	s.end += markLen(t.sql[s.end:])
	if !ofTable {
		return t.cut(s), nil
	}
	return t.cut(t.withComma(s)), nil
}

// markLen gives the length of the mark behind a constraint that is not validated.
func markLen(rest string) int {
	if strings.HasPrefix(rest, " "+unchecked) {
		return len(unchecked) + 1
	}
	return 0
}

// validated takes the mark away.
func (t *tableText) validated(name string) string {
	p, _ := t.constraint(name)
	if p == nil {
		return t.sql
	}
	return t.sql[:p.end] + t.sql[p.end+markLen(t.sql[p.end:]):]
}

// renamed gives the definition under another table name.
func (t *tableText) renamed(name string) string { return t.replace(t.name, quote(name)) }

// withoutForeignKeys gives the definition without its outgoing foreign keys: a table that lags
// behind must not refuse what happens to its parents.
func (t *tableText) withoutForeignKeys() (string, error) {
	for {
		p, ofTable := t.foreign()
		if p == nil {
			return t.sql, nil
		}
		s := p.span
		s.end += markLen(t.sql[s.end:])
		if ofTable {
			s = t.withComma(s)
		}
		next, err := parseTable(t.cut(s))
		if err != nil {
			return "", err
		}
		t = next
	}
}

func (t *tableText) foreign() (p *partText, ofTable bool) {
	for c := range t.columns {
		if p := t.columns[c].part(partForeign); p != nil {
			return p, false
		}
	}
	for i := range t.constraints {
		if t.constraints[i].kind == partForeign {
			return &t.constraints[i], true
		}
	}
	return nil, false
}

// withComma lengthens the place of a table's constraint by the comma before it.
func (t *tableText) withComma(s span) span {
	tokens := tokenize(t.sql[:s.start])
	if n := len(tokens); n > 0 && tokens[n-1].sign(",") {
		s.start = tokens[n-1].start
	}
	return s
}
