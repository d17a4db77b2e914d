package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// colDef is a column definition taken apart.
type colDef struct {
	name      string
	typ       colType
	notNull   bool
	def       string // the default as SQL; "": none, or NULL
	hasNull   bool   // NULL stands there in so many words
	onUpdate  string
	generated string // "", "stored", "virtual"
	expr      string
	auto      bool
	comment   string
	rest      []string // other attributes, as text: INVISIBLE, SRID 4326, COMPRESSED …
	position  string   // FIRST, AFTER `x`
	text      string   // everything behind the name, without inline constraints and position

	primary, unique bool
	checks          []schema.Constraint
	references      *schema.Constraint
}

// readColumn reads a column from its name on, up to the end of the reader.
func (r *reader) readColumn(d *Dialect) (colDef, bool) {
	name, ok := r.name()
	if !ok {
		return colDef{}, false
	}
	c, ok := r.readDefinition(d)
	c.name = name
	return c, ok
}

// readDefinition reads what stands behind a column's name.
func (r *reader) readDefinition(d *Dialect) (colDef, bool) {
	c := colDef{}
	start := r.i
	if r.take("serial") {
		c.typ = colType{name: "bigint", unsigned: true}
		c.notNull, c.auto, c.unique = true, true, true
	} else {
		var ok bool
		short := r.peek().is("real") && slices.Contains(d.mode.kept, "REAL_AS_FLOAT")
		if c.typ, ok = r.readType(); !ok {
			return c, false
		}
		if short {
			c.typ.name = "float"
		}
	}
	if d.maria() && c.typ.name == "json" { // another name for it
		c.typ.name, c.typ.charset = "longtext", "utf8mb4"
		if c.typ.collation == "" {
			c.typ.collation = "utf8mb4_bin"
		}
	}
	cut := textCutter{r: r, from: start}
	for !r.eof() {
		at := r.i
		constraint, ok := r.columnAttribute(d, &c)
		if !ok {
			return c, false
		}
		if constraint || c.position != "" {
			cut.leaveOut(at, r.i)
		}
	}
	c.text = cut.text()
	if strings.EqualFold(c.text, "serial") {
		c.text = "bigint unsigned NOT NULL AUTO_INCREMENT"
	}
	return c, true
}

// textCutter gives the source of a run of tokens without some of them.
type textCutter struct {
	r     *reader
	from  int
	parts []string
}

func (t *textCutter) leaveOut(from, to int) {
	if part := t.r.text(t.from, from); part != "" {
		t.parts = append(t.parts, part)
	}
	t.from = to
}

func (t *textCutter) text() string {
	t.leaveOut(t.r.i, t.r.i)
	return strings.Join(t.parts, " ")
}

// columnAttribute reads one attribute. constraint: it is a constraint of its own.
func (r *reader) columnAttribute(d *Dialect, c *colDef) (constraint, ok bool) {
	start := r.i
	switch {
	case r.takeAll("not", "null"):
		c.notNull = true
	case r.takeAll("not", "secondary"), r.take("visible"):
	case r.take("null"):
		c.hasNull, c.notNull = true, false
	case r.take("default"):
		return false, r.readDefault(c)
	case r.takeAll("on", "update"):
		at := r.i
		r.next()
		r.skipParens()
		c.onUpdate = r.text(at, r.i)
	case r.take("auto_increment"):
		c.auto, c.notNull = true, true
	case r.take("comment"):
		c.comment = r.next().text
	case r.take("collate"):
		r.sign("=")
		c.typ.collation = strings.ToLower(r.next().text)
		c.typ.normalise()
	case r.takeAll("generated", "always"):
	case r.take("as"):
		c.expr, ok = r.skipParens()
		c.generated = "virtual"
		return false, ok
	case r.take("virtual"):
		c.generated = "virtual"
	case r.take("stored", "persistent"):
		c.generated = "stored"
	case r.take("first"):
		c.position = "FIRST"
	case r.take("after"):
		c.position = "AFTER " + quote(r.next().text)
	case r.take("invisible", "compressed"), r.takeAll("with", "system", "versioning"), r.takeAll("without", "system", "versioning"):
		r.skipParens()
		c.rest = append(c.rest, r.text(start, r.i))
	case r.take("srid", "column_format", "storage", "engine_attribute", "secondary_engine_attribute", "ref_system_id"):
		r.sign("=")
		r.next()
		c.rest = append(c.rest, r.text(start, r.i))
	default:
		return true, r.inlineConstraint(d, c)
	}
	return false, true
}

// readDefault reads a default's expression: a literal, a function call or a parenthesised one.
func (r *reader) readDefault(c *colDef) bool {
	if r.take("null") {
		c.def = ""
		return true
	}
	start := r.i
	switch t := r.peek(); {
	case t.sign("("):
		if _, ok := r.skipParens(); !ok {
			return false
		}
	case t.sign("-"), t.sign("+"):
		r.next()
		if r.next().kind != number {
			return false
		}
	case t.kind == str || t.kind == number:
		r.next()
		for r.peek().kind == str { // adjacent strings are one
			r.next()
		}
	case t.kind == word && r.at(1).kind == str: // _utf8mb4'x', N'x', DATE '2020-01-01'
		r.next()
		r.next()
	case t.kind == word:
		r.next()
		r.skipParens()
	default:
		return false
	}
	c.def = r.text(start, r.i)
	return true
}

// inlineConstraint reads a key, a check or a reference behind a column.
func (r *reader) inlineConstraint(d *Dialect, c *colDef) bool {
	name := ""
	if r.take("constraint") && !r.peek().is("check", "references", "unique", "primary") {
		name, _ = r.name()
	}
	switch {
	case r.takeAll("primary", "key"), r.take("key"):
		c.primary, c.notNull = true, true
	case r.take("unique"):
		r.take("key")
		c.unique = true
	case r.take("check"):
		k, ok := r.readCheck(name)
		if !ok {
			return false
		}
		c.checks = append(c.checks, k)
	case r.peek().is("references"):
		k, ok := r.readReferences(schema.Constraint{Name: name, Kind: schema.ForeignKey})
		if !ok {
			return false
		}
		if d.inlineReferences() {
			c.references = &k
		}
	default:
		return false
	}
	return true
}

// readCheck reads a check from its parenthesis on.
func (r *reader) readCheck(name string) (schema.Constraint, bool) {
	expr, ok := r.skipParens()
	k := schema.Constraint{Name: name, Kind: schema.Check, Expr: expr, Definition: "CHECK " + expr}
	if r.takeAll("not", "enforced") {
		k.Definition += " NOT ENFORCED"
		k.NotValid = true
	}
	r.take("enforced")
	return k, ok
}

// column gives the definition as a column of the planner's. table is where it goes, for its default
// collation; nil where that is not known.
func (c colDef) column(d *Dialect, table *schema.Table) schema.Column {
	col := schema.Column{
		Name: c.name, Type: d.typeText(c.typ), NotNull: c.notNull, Default: c.def,
		Generated: c.generated, Expr: c.expr, Comment: c.comment, Definition: c.text, Rest: withoutCollation(c.text),
		Collation: d.effectiveCollation(c.typ, table), NoKey: noKey(c.typ),
		More: c.onUpdate != "" || len(c.rest) > 0 || c.comment != "" || len(c.checks) > 0,
	}
	if c.auto {
		col.Identity = "auto_increment"
	}
	return col
}

// withoutCollation leaves character set and collation out of a definition: whether they are stated or
// the table's says nothing about the column.
func withoutCollation(definition string) string {
	r := newReader(definition, sqlMode{})
	cut := textCutter{r: r}
	for !r.eof() {
		at := r.i
		if r.take("charset", "collate") || r.takeAll("character", "set") {
			r.next()
			cut.leaveOut(at, r.i)
			continue
		}
		r.next()
	}
	return cut.text()
}

// effectiveCollation is the collation that a column gets: its own, its charset's, the table's.
func (d *Dialect) effectiveCollation(t colType, table *schema.Table) string {
	if !t.isText() {
		return ""
	}
	tableCollation := ""
	if table != nil {
		tableCollation = table.Extra["collation"]
	}
	switch {
	case t.collation == "_bin" && t.charset != "":
		return t.charset + "_bin"
	case t.collation == "_bin" && tableCollation != "":
		return charsetOf(tableCollation) + "_bin"
	case t.collation != "":
		return t.collation
	case t.charset != "":
		return d.defaultCollation(t.charset)
	}
	return tableCollation
}

// noKey says why a table cannot be walked in the order of such a column.
func noKey(t colType) string {
	switch {
	case t.name == "float" || t.name == "double":
		return "is a floating-point number, which does not compare exactly"
	case t.isMember():
		return "is an " + t.name + ", which sorts by position and not by text"
	case t.name == "bit" || t.name == "json" || t.isSpatial() || t.name == "vector":
		return "has the type " + t.name + ", in whose order a table cannot be walked"
	case t.name == "uuid" || t.name == "inet4" || t.name == "inet6":
		return "has the type " + t.name + ", whose order differs between versions"
	}
	return ""
}

// sameDefault compares two defaults as the server would store them: '0' is 0, NOW() is
// CURRENT_TIMESTAMP.
func sameDefault(a, b string) bool {
	s, t := sequenceOf(a), sequenceOf(b)
	if s.Table != "" && t.Table != "" && (s.Schema == "" || t.Schema == "") {
		return s.Table == t.Table // the server shows the database that nobody wrote
	}
	return plainDefault(a) == plainDefault(b)
}

// sequenceOf gives the sequence of which a default is the next number; without a name: it is another default.
func sequenceOf(def string) schema.Name {
	r := newReader(def, sqlMode{})
	for r.sign("(") {
	}
	if !(r.take("nextval") && r.sign("(")) && !r.takeAll("next", "value", "for") {
		return schema.Name{}
	}
	name, _ := readName(r)
	return name
}

func plainDefault(text string) string {
	toks := tokenize(text, sqlMode{})
	for len(toks) > 2 && toks[0].sign("(") && toks[len(toks)-1].sign(")") && closes(toks) {
		toks = toks[1 : len(toks)-1]
	}
	var b strings.Builder
	for _, t := range toks {
		switch {
		case t.is("now", "localtime", "localtimestamp", "current_timestamp"):
			b.WriteString("now ")
		case t.is("true"):
			b.WriteString("1 ")
		case t.is("false"):
			b.WriteString("0 ")
		case t.sign("+") && b.Len() == 0:
		case t.kind == word:
			b.WriteString(strings.ToLower(t.text) + " ")
		default:
			b.WriteString(t.text + " ")
		}
	}
	return strings.ReplaceAll(b.String()+" ", "now ( ) ", "now ")
}

// closes says whether the first parenthesis is closed by the last.
func closes(toks []token) bool {
	depth := 0
	for i, t := range toks {
		if t.sign("(") {
			depth++
		} else if t.sign(")") {
			if depth--; depth == 0 {
				return i == len(toks)-1
			}
		}
	}
	return false
}
