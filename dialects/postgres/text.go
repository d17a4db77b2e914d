package postgres

import (
	"strings"

	"surefoot/schema"
)

// withoutNotValid cuts NOT VALID off the end of a constraint's text.
func withoutNotValid(text string) string {
	src := newSource(text)
	n := len(src.tokens)
	if n >= 2 && src.skip(n-2, "not", "valid") == n {
		return src.to(n - 2).String()
	}
	return text
}

// constraintText gives a constraint's definition without its name, as NotValid says.
func constraintText(c schema.Constraint) string {
	text := withoutNotValid(c.Definition)
	if text == "" {
		text = composeConstraint(c)
	}
	if src := newSource(text); c.NotValid && src.skip(len(src.tokens)-2, "not", "enforced") < len(src.tokens) {
		text += " NOT VALID"
	}
	return text
}

// composeConstraint writes a constraint that rules made.
func composeConstraint(c schema.Constraint) string {
	switch c.Kind {
	case schema.PrimaryKey:
		return "PRIMARY KEY (" + quoteAll(c.Columns) + ")"
	case schema.Unique:
		return "UNIQUE (" + quoteAll(c.Columns) + ")"
	case schema.ForeignKey:
		text := "FOREIGN KEY (" + quoteAll(c.Columns) + ") REFERENCES " + qualified(c.RefTable)
		if len(c.RefColumns) > 0 {
			text += " (" + quoteAll(c.RefColumns) + ")"
		}
		return strings.TrimSpace(text + " " + c.Actions)
	case schema.Check:
		if c.NotNull {
			return "CHECK (" + quote(c.Columns[0]) + " IS NOT NULL)"
		}
		return "CHECK (" + c.Expr + ")"
	case schema.OtherKind:
	}
	return ""
}

// columnText gives what stands behind a column's name in ADD COLUMN.
func columnText(c schema.Column) string {
	if c.Definition != "" {
		return c.Definition
	}
	text := c.Type
	if c.Collation != "" {
		text += " COLLATE " + collation(c.Collation)
	}
	switch {
	case c.Identity != "":
		text += " " + identityText(c.Identity, c.Numbers)
	case c.Generated != "":
		text += " GENERATED ALWAYS AS (" + c.Expr + ") " + strings.ToUpper(c.Generated)
	case c.Default != "":
		text += " DEFAULT " + c.Default
	}
	if c.NotNull {
		text += " NOT NULL"
	}
	return text
}

// collation quotes a collation's name, which the catalog gives as schema.name.
func collation(name string) string {
	if strings.Contains(name, `"`) {
		return name // quoted by the user or the server
	}
	parts := strings.SplitN(name, ".", 2)
	for i := range parts {
		parts[i] = quote(parts[i])
	}
	return strings.Join(parts, ".")
}

// indexTail gives what stands behind the table's name in CREATE INDEX.
func indexTail(definition string) string {
	src := newSource(definition)
	at := src.find(0, "on")
	if at < 0 {
		return ""
	}
	at = src.skip(at+1, "only")
	return src.from(src.skipName(at)).String()
}
