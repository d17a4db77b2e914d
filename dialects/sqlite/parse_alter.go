package sqlite

import (
	"fmt"
	"strings"

	"surefoot/schema"
)

// alter reads ALTER TABLE: what SQLite has, and in standard spelling what it lacks.
//
//	RENAME TO t · RENAME [COLUMN] a TO b · ADD [COLUMN] a … · DROP [COLUMN] a
//	ALTER [COLUMN] a [SET DATA] TYPE t [COLLATE c] [USING e] · ALTER a SET|DROP NOT NULL · ALTER a SET DEFAULT e · ALTER a DROP DEFAULT
//	ADD [CONSTRAINT n] CHECK|FOREIGN KEY|UNIQUE|PRIMARY KEY … · DROP CONSTRAINT n · DROP PRIMARY KEY
func (r *reader) alter(tokens []token, st schema.Statement) ([]schema.Change, error) {
	if len(tokens) < 4 || !tokens[1].is("TABLE") {
		return nil, r.failed(tokens, st, r.scratch.exec(st.SQL))
	}
	table, next, _ := named(tokens[2:])
	var changes []schema.Change
	for _, clause := range commas(tokens[2+next:]) {
		a := clauseReader{r: r, on: on(table), tokens: clause, after: tokens[min(2+next, len(tokens)-1)]}
		c := a.read()
		if a.bad != nil {
			out := &schema.SyntaxError{File: r.file, Message: fmt.Sprintf("near %q: syntax error", a.bad.text)}
			out.Line, out.Column = place(r.text, a.bad.start)
			return nil, out
		}
		changes = append(changes, c)
		if err := r.apply(st, []schema.Change{c}); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// clauseReader reads one clause; bad is the token that does not fit.
type clauseReader struct {
	r      *reader
	on     schema.On
	tokens []token
	at     int
	after  token
	bad    *token
}

// take moves on if the next tokens are these words.
func (a *clauseReader) take(words ...string) bool {
	for i, w := range words {
		if a.at+i >= len(a.tokens) || !a.tokens[a.at+i].is(w) {
			return false
		}
	}
	a.at += len(words)
	return true
}

// name takes an identifier.
func (a *clauseReader) name() string {
	if a.at >= len(a.tokens) || a.tokens[a.at].kind == mark || a.tokens[a.at].kind == open {
		a.fail()
		return ""
	}
	a.at++
	return a.tokens[a.at-1].name()
}

// rest takes all that follows as text.
func (a *clauseReader) rest() string {
	if a.at >= len(a.tokens) {
		a.fail()
		return ""
	}
	from := a.tokens[a.at].start
	a.at = len(a.tokens)
	return a.r.text[from:a.tokens[len(a.tokens)-1].end]
}

func (a *clauseReader) fail() {
	if a.bad != nil {
		return
	}
	t := a.after
	if a.at < len(a.tokens) {
		t = a.tokens[a.at]
	} else if len(a.tokens) > 0 {
		t = a.tokens[len(a.tokens)-1]
	}
	a.bad = &t
}

func (a *clauseReader) read() schema.Change {
	var c schema.Change
	switch {
	case a.take("RENAME"):
		c = a.rename()
	case a.take("ADD"):
		c = a.add()
	case a.take("DROP"):
		c = a.drop()
	case a.take("ALTER"):
		a.take("COLUMN")
		c = a.column(a.name())
	case a.take("VALIDATE", "CONSTRAINT"):
		c = a.validate(a.name())
	default:
		a.fail()
	}
	if a.at < len(a.tokens) {
		a.fail()
	}
	return c
}

func (a *clauseReader) rename() schema.Change {
	if a.take("TO") {
		return schema.RenameTable{On: a.on, To: a.name()}
	}
	a.take("COLUMN")
	c := schema.RenameColumn{On: a.on, From: a.name()}
	if !a.take("TO") {
		a.fail()
	}
	c.To = a.name()
	return c
}

func (a *clauseReader) add() schema.Change {
	name := ""
	if a.at < len(a.tokens) && startsConstraint(a.tokens[a.at:]) {
		if a.take("CONSTRAINT") {
			name = a.name()
		}
		return a.constraint(name)
	}
	a.take("COLUMN")
	exists := a.take("IF", "NOT", "EXISTS")
	c := schema.AddColumn{On: a.on, IfNotExists: exists}
	c.Column.Name = a.name()
	if a.at < len(a.tokens) {
		c.Column.Definition = a.rest()
	}
	if a.bad == nil {
		describeNew(&c.Column)
	}
	return c
}

// describeNew reads a new column's definition.
func describeNew(c *schema.Column) {
	def, err := parseTable("CREATE TABLE t (" + quote(c.Name) + " " + c.Definition + ")")
	if err != nil || len(def.columns) == 0 {
		return
	}
	col := def.columns[0]
	c.Type = col.typ.of(def.sql)
	c.NotNull = col.part(partNotNull) != nil
	describeColumn(c, &tableText{sql: def.sql, columns: def.columns})
	for _, p := range col.parts {
		plain := p.kind == partDefault || p.kind == partCollate || p.kind == partGenerated || p.kind == partNotNull && len(p.tokens) == 2
		c.More = c.More || !plain || p.name != ""
	}
	if p := col.part(partDefault); p != nil {
		c.Default = strings.TrimSpace(p.value.of(def.sql))
		if inner, ok := strings.CutPrefix(c.Default, "("); ok {
			c.Default = strings.TrimSpace(strings.TrimSuffix(inner, ")")) // as the catalog gives it
		}
	}
	if p := col.part(partGenerated); p != nil {
		c.Generated = "virtual"
		if p.tokens[len(p.tokens)-1].is("STORED") {
			c.Generated = "stored"
		}
	}
}

func (a *clauseReader) constraint(name string) schema.Change {
	from := a.at
	text := a.rest()
	if a.bad != nil {
		return nil
	}
	parts := partsOf(a.tokens[from:])
	k, ok := constraintOf(a.r.text, parts[0], "")
	if !ok || len(parts) > 1 {
		a.at = from
		a.fail()
		a.at = len(a.tokens)
		return nil
	}
	k.Name, k.Definition = name, text
	return schema.AddConstraint{On: a.on, Constraint: k}
}

func (a *clauseReader) validate(name string) schema.Change {
	c := schema.ValidateConstraint{On: a.on, Constraint: schema.Constraint{Name: name}}
	if t, err := a.r.scratch.table(a.on.Name.Table); err == nil {
		for _, k := range t.Constraints {
			if strings.EqualFold(k.Name, name) {
				c.Constraint = k
			}
		}
	}
	return c
}

func (a *clauseReader) drop() schema.Change {
	if a.take("PRIMARY", "KEY") {
		return schema.DropConstraint{On: a.on, What: schema.PrimaryKey}
	}
	if a.take("CONSTRAINT") {
		exists := a.take("IF", "EXISTS")
		return schema.DropConstraint{On: a.on, IfExists: exists, Constraint: a.name()}
	}
	a.take("COLUMN")
	exists := a.take("IF", "EXISTS")
	return schema.DropColumn{On: a.on, IfExists: exists, Column: a.name()}
}

// column reads what follows ALTER [COLUMN] name.
func (a *clauseReader) column(name string) schema.Change {
	switch {
	case a.take("SET", "NOT", "NULL"):
		return schema.SetNotNull{On: a.on, Column: name}
	case a.take("DROP", "NOT", "NULL"):
		return schema.DropNotNull{On: a.on, Column: name}
	case a.take("DROP", "DEFAULT"):
		return schema.DropDefault{On: a.on, Column: name}
	case a.take("SET", "DEFAULT"):
		return schema.SetDefault{On: a.on, Column: name, Expr: a.rest()}
	case a.take("SET", "DATA", "TYPE"), a.take("TYPE"):
		return a.changeType(name)
	}
	a.fail()
	return nil
}

func (a *clauseReader) changeType(name string) schema.Change {
	c := schema.ChangeType{On: a.on, Column: name}
	from := a.at
	for a.at < len(a.tokens) && !a.tokens[a.at].is("COLLATE", "USING") {
		a.at++
	}
	if a.at == from {
		a.fail()
		return nil
	}
	c.Type = a.r.text[a.tokens[from].start:a.tokens[a.at-1].end]
	if a.take("COLLATE") {
		c.Collation = a.name()
	}
	if a.take("USING") {
		c.Using = a.rest()
	}
	return c
}
