package mysql

import (
	"fmt"
	"strings"

	"surefoot/schema"
)

// clauses writes changes as clauses of ALTER TABLE. Changes that came from one restated column
// (MODIFY) become one clause again. rename gives constraints another name, for clones; nil keeps
// them.
func (d *Dialect) clauses(changes []schema.Change, rename func(string) string) ([]string, error) {
	var out []string
	restated := map[string]colDef{}
	for _, c := range flat(changes) {
		if covered(c, restated) {
			continue
		}
		text, err := d.clause(c, rename)
		if err != nil {
			return nil, err
		}
		if column, definition := restates(c); definition != "" {
			r := newReader(definition, d.mode)
			restated[strings.ToLower(column)], _ = r.readDefinition(d)
		}
		out = append(out, text)
	}
	return out, nil
}

func flat(changes []schema.Change) []schema.Change {
	var out []schema.Change
	for _, c := range changes {
		if a, ok := c.(schema.Alter); ok {
			out = append(out, flat(a.Clauses)...)
		} else {
			out = append(out, c)
		}
	}
	return out
}

// restates gives the column that a change states anew, and its definition.
func restates(c schema.Change) (column, definition string) {
	switch c := c.(type) {
	case schema.ChangeType:
		return c.Column, c.Definition
	case schema.SetNotNull:
		return c.Column, c.Definition
	case schema.DropNotNull:
		return c.Column, c.Definition
	}
	return "", ""
}

// covered says whether an earlier clause that restates the column has done what this one asks.
func covered(c schema.Change, restated map[string]colDef) bool {
	column, definition := restates(c)
	switch c := c.(type) {
	case schema.SetDefault:
		was, ok := restated[strings.ToLower(c.Column)]
		return ok && sameDefault(was.def, c.Expr)
	case schema.DropDefault:
		was, ok := restated[strings.ToLower(c.Column)]
		return ok && was.def == ""
	}
	was, ok := restated[strings.ToLower(column)]
	return ok && was.text == definition
}

// clause writes one change as a clause of ALTER TABLE.
func (d *Dialect) clause(c schema.Change, rename func(string) string) (string, error) {
	switch c := c.(type) {
	case schema.AddColumn:
		if c.Position == "" && c.After != "" {
			c.Position = "AFTER " + quote(c.After)
		}
		return strings.TrimSpace("ADD COLUMN " + quote(c.Column.Name) + " " + d.definition(c.Column) + " " + c.Position), nil
	case schema.DropColumn:
		return "DROP COLUMN " + quote(c.Column), nil
	case schema.RenameColumn:
		return "RENAME COLUMN " + quote(c.From) + " TO " + quote(c.To), nil
	case schema.ChangeType:
		if c.Definition == "" {
			return "", fmt.Errorf("the definition of column %s is not known", c.Column)
		}
		return strings.TrimSpace("MODIFY COLUMN " + quote(c.Column) + " " + c.Definition + " " + c.Position), nil
	case schema.SetNotNull:
		return restate(c.Column, c.Definition)
	case schema.DropNotNull:
		return restate(c.Column, c.Definition)
	case schema.SetDefault:
		return "ALTER COLUMN " + quote(c.Column) + " SET DEFAULT " + d.defaultText(c.Expr), nil
	case schema.DropDefault:
		return "ALTER COLUMN " + quote(c.Column) + " DROP DEFAULT", nil
	case schema.CreateIndex:
		return "ADD " + indexText(c), nil
	case schema.DropIndex:
		return "DROP INDEX " + quote(c.Index), nil
	case schema.RenameIndex:
		return "RENAME INDEX " + quote(c.From) + " TO " + quote(c.To), nil
	case schema.AddConstraint:
		return d.addConstraint(c.Constraint, rename)
	case schema.ValidateConstraint:
		if c.Constraint.Kind == schema.Check {
			return enforcement(c.Constraint.Name, true), nil
		}
	case schema.SetOption:
		return c.Text, nil
	case schema.DropConstraint:
		if rename != nil && c.What != schema.PrimaryKey && c.What != schema.Unique {
			c.Constraint = rename(c.Constraint)
		}
		return d.dropConstraint(c), nil
	}
	return "", fmt.Errorf("%s is no clause of ALTER TABLE", c.Kind())
}

func restate(column, definition string) (string, error) {
	if definition == "" {
		return "", fmt.Errorf("the definition of column %s is not known", column)
	}
	return "MODIFY COLUMN " + quote(column) + " " + definition, nil
}

// indexText writes an index behind ADD or behind CREATE.
func indexText(c schema.CreateIndex) string {
	kind, rest := "", c.Text
	for _, k := range []string{"UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR"} {
		if after, ok := strings.CutPrefix(rest, k); ok {
			kind, rest = k+" ", strings.TrimSpace(after)
		}
	}
	if rest == "" {
		rest = "(" + quoteAll(c.Index.Columns) + ")"
	}
	if c.Index.Unique && kind == "" {
		kind = "UNIQUE "
	}
	return kind + "INDEX " + quote(c.Index.Name) + " " + rest
}

func (d *Dialect) addConstraint(k schema.Constraint, rename func(string) string) (string, error) {
	name := k.Name
	if rename != nil && name != "" && (k.Kind == schema.ForeignKey || k.Kind == schema.Check) {
		name = rename(name)
	}
	definition := k.Definition
	switch {
	case k.Kind == schema.PrimaryKey && definition == "":
		definition = "PRIMARY KEY (" + quoteAll(k.Columns) + ")"
	case k.Kind == schema.Unique && definition == "":
		definition = "UNIQUE KEY (" + quoteAll(k.Columns) + ")"
	case definition == "":
		return "", fmt.Errorf("the definition of constraint %s is not known", k.Name)
	}
	if k.Kind == schema.Check && k.NotValid && !strings.HasSuffix(strings.ToUpper(definition), "NOT ENFORCED") {
		definition += " NOT ENFORCED"
	}
	if name == "" || k.Unnamed || k.Kind == schema.PrimaryKey { // an index that it makes would have the name too
		return "ADD " + definition, nil
	}
	return "ADD CONSTRAINT " + quote(name) + " " + definition, nil
}

func (d *Dialect) dropConstraint(c schema.DropConstraint) string {
	switch {
	case c.What == schema.PrimaryKey || strings.EqualFold(c.Constraint, "PRIMARY"):
		return "DROP PRIMARY KEY"
	case c.What == schema.ForeignKey:
		return "DROP FOREIGN KEY " + quote(c.Constraint)
	case c.What == schema.Unique:
		return "DROP INDEX " + quote(c.Constraint)
	case c.What == schema.Check && !d.maria():
		return "DROP CHECK " + quote(c.Constraint)
	}
	return "DROP CONSTRAINT " + quote(c.Constraint)
}

// defaultText writes a default's expression behind ALTER COLUMN … SET DEFAULT, where only literals
// stand without parentheses.
func (d *Dialect) defaultText(expr string) string {
	toks := tokenize(expr, d.mode)
	literal := len(toks) > 0 && toks[0].sign("(") && closes(toks)
	for _, t := range toks {
		if len(toks) <= 2 && (t.kind == str || t.kind == number || t.is("null", "true", "false")) {
			literal = true
		}
	}
	if literal {
		return expr
	}
	return "(" + expr + ")"
}

// definition writes a column's definition: as the user or the server wrote it, or put together
// from its parts where a rule made the column.
func (d *Dialect) definition(c schema.Column) string {
	if c.Definition != "" {
		return c.Definition
	}
	return d.compose(c, colDef{})
}

// compose writes a column from its parts; was holds what the planner's column has no place for.
func (d *Dialect) compose(c schema.Column, was colDef) string {
	var b strings.Builder
	b.WriteString(c.Type)
	if c.Collation != "" {
		if cs := charsetOf(c.Collation); cs != "" {
			b.WriteString(" CHARACTER SET " + cs)
		}
		b.WriteString(" COLLATE " + c.Collation)
	}
	if c.Generated != "" {
		b.WriteString(" GENERATED ALWAYS AS " + c.Expr + " " + strings.ToUpper(c.Generated))
	}
	switch {
	case c.NotNull:
		b.WriteString(" NOT NULL")
	case c.Generated == "":
		b.WriteString(" NULL")
	}
	if c.Default != "" {
		b.WriteString(" DEFAULT " + c.Default)
	}
	if was.onUpdate != "" {
		b.WriteString(" ON UPDATE " + was.onUpdate)
	}
	if c.Identity == "auto_increment" {
		b.WriteString(" AUTO_INCREMENT")
	}
	for _, r := range was.rest {
		b.WriteString(" " + r)
	}
	if c.Comment != "" {
		b.WriteString(" COMMENT " + literal(c.Comment))
	}
	return b.String()
}

// stated gives the whole definition of a column of a table as it is now, with NOT NULL as asked. The
// server's own text of it is kept where it still holds: what it leaves out (a charset that is the
// table's) must stay left out. After changes that the plan has made since, it only gives what the
// planner's column has no place for.
func (d *Dialect) stated(col schema.Column, notNull bool) string {
	r := newReader(col.Definition, sqlMode{})
	was, ok := r.readDefinition(d)
	same := ok && d.typeText(was.typ) == d.typeText(parseType(col.Type)) && sameDefault(was.def, col.Default) &&
		(was.typ.collation == "" || sameCollation(was.typ.collation, col.Collation))
	switch {
	case same && was.notNull == notNull:
		return col.Definition
	case same:
		return d.withNull(col.Definition, notNull)
	}
	col.NotNull = notNull
	return d.compose(col, was)
}

// withNull takes NULL, NOT NULL and DEFAULT NULL out of a definition and puts what is asked in.
func (d *Dialect) withNull(definition string, notNull bool) string {
	r := newReader(definition, sqlMode{})
	cut := textCutter{r: r}
	r.readType()
	for c := (colDef{}); !r.eof(); {
		at := r.i
		if _, ok := r.columnAttribute(d, &c); !ok {
			break
		}
		switch strings.ToUpper(r.text(at, r.i)) {
		case "NULL", "NOT NULL", "DEFAULT NULL":
			cut.leaveOut(at, r.i)
		}
	}
	if notNull {
		return cut.text() + " NOT NULL"
	}
	return cut.text() + " NULL"
}
