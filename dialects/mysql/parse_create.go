package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// readCreateTable reads CREATE TABLE from the table's name on. Of a table whose definition is not read
// it is only known that it is made.
func (d *Dialect) readCreateTable(r *reader, whole string, s *schema.Schema) ([]schema.Change, bool, string) {
	c := schema.CreateTable{SQL: whole, IfNotExists: r.takeAll("if", "not", "exists")}
	name, ok := readName(r)
	if !ok {
		return nil, true, "the table's name cannot be read"
	}
	c.Name = name
	if like, ok := r.part([2]int{r.i, len(r.toks)}).like(); ok {
		c.Like, c.Def = like, madeLike(s.Table(like), name)
		return []schema.Change{c}, true, ""
	}
	t := &schema.Table{Name: name, Definition: whole}
	if d.createTable(r, t) == "" {
		c.Def = t
	}
	return []schema.Change{c}, true, ""
}

// like reads LIKE and the table's name behind it, with or without a parenthesis around them.
func (r *reader) like() (schema.Name, bool) {
	r.sign("(")
	if !r.take("like") {
		return schema.Name{}, false
	}
	return readName(r)
}

// madeLike is a table that is made like another one, which has no foreign keys then; nil: that one is not known.
func madeLike(of *schema.Table, name schema.Name) *schema.Table {
	if of == nil {
		return nil
	}
	foreign := func(k schema.Constraint) bool { return k.Kind == schema.ForeignKey }
	return &schema.Table{
		Name: name, Columns: of.Columns, Indexes: of.Indexes, Extra: of.Extra, Comment: of.Comment,
		Constraints: slices.DeleteFunc(slices.Clone(of.Constraints), foreign),
	}
}

// createTable reads a table's definition from its parenthesis on. "" means that it was read;
// otherwise why not.
func (d *Dialect) createTable(r *reader, t *schema.Table) string {
	if !r.sign("(") {
		return "the table's columns are not in the statement"
	}
	parts := r.commas()
	if !r.sign(")") {
		return "a parenthesis is not closed"
	}
	d.tableOptions(r, t)
	if !r.eof() {
		return "what stands behind the options is not known"
	}
	for _, p := range parts {
		part := r.part(p)
		if part.peek().is("index", "key", "unique", "primary", "constraint", "foreign", "check", "fulltext", "spatial") ||
			part.peek().is("vector") && part.at(1).is("key", "index") {
			if !part.tableKey(t) {
				return "the clause " + shorten(r.text(p[0], p[1])) + " is not known"
			}
			continue
		}
		if part.takeAll("period", "for") && part.peek().named() {
			name, _ := part.name()
			t.Extra["period"] = name
			continue
		}
		c, ok := part.readColumn(d)
		if !ok {
			return "the column " + shorten(r.text(p[0], p[1])) + " is not known"
		}
		d.addColumn(t, c)
	}
	for _, ix := range t.Indexes {
		if ix.Primary {
			for _, name := range ix.Columns {
				if c := t.Column(name); c != nil {
					c.NotNull = true
				}
			}
		}
	}
	for i := range t.Indexes {
		d.visibility(&t.Indexes[i])
	}
	return ""
}

// addColumn adds a column that was read, and the keys and checks that stand with it.
func (d *Dialect) addColumn(t *schema.Table, c colDef) {
	col := c.column(d, t)
	if d.maria() {
		for _, k := range c.checks {
			col.Checks += " " + k.Definition
		}
	}
	t.Columns = append(t.Columns, col)
	for _, k := range c.constraints() {
		t.Constraints = append(t.Constraints, k)
		if k.Kind == schema.PrimaryKey || k.Kind == schema.Unique {
			t.Indexes = append(t.Indexes, schema.Index{
				Name: k.Name, Columns: k.Columns, Unique: true,
				Primary: k.Kind == schema.PrimaryKey, Constraint: k.Name, Definition: k.Definition,
			})
		}
	}
}

// newTable gives the text of a table that nobody wrote: the server's own of another one, without the
// foreign keys, which come when all tables are there.
func (d *Dialect) newTable(t *schema.Table) string {
	server := Dialect{flavor: d.flavor, version: d.version} // SHOW CREATE TABLE does not follow the user's sql_mode
	r := newReader(server.resolve(t.Definition), server.mode)
	_ = r.take("create") && r.take("table")
	if _, ok := readName(r); !ok || !r.sign("(") {
		return t.Definition
	}
	head := r.text(0, r.i)
	var kept []string
	for _, p := range r.commas() {
		part := r.part(p)
		if part.take("constraint") {
			part.next()
		}
		if !part.peek().is("foreign") {
			kept = append(kept, r.text(p[0], p[1]))
		}
	}
	return head + "\n  " + strings.Join(kept, ",\n  ") + "\n" + r.text(r.i, len(r.toks))
}

// tableKey reads an index or constraint of CREATE TABLE into the table.
func (r *reader) tableKey(t *schema.Table) bool {
	start := r.i
	ix, k, ok := r.readKey()
	taken := func(name string) bool { return indexNamed(t, name) != nil }
	switch {
	case !ok:
		return false
	case ix != nil:
		if ix.Name == "" {
			ix.Name = freeIndexName(ix.Columns[0], taken)
		}
		t.Indexes = append(t.Indexes, *ix)
		return true
	case k.Kind == schema.Unique && k.Name == "":
		k.Name = freeIndexName(k.Columns[0], taken)
	}
	t.Constraints = append(t.Constraints, *k)
	if k.Kind == schema.PrimaryKey || k.Kind == schema.Unique {
		again := r.part([2]int{start, r.i})
		if again.take("constraint") && !again.peek().is("primary", "unique") {
			again.next()
		}
		again.take("primary", "unique")
		again.take("key", "index")
		_, ix, _ := again.keyConstraint(k.Kind, k.Name)
		ix.Name, ix.Constraint = k.Name, k.Name
		t.Indexes = append(t.Indexes, *ix)
	}
	return true
}

// tableOptions reads the options behind the columns, and the partitions to the end as one text.
func (d *Dialect) tableOptions(r *reader, t *schema.Table) {
	if t.Extra == nil {
		t.Extra = map[string]string{}
	}
	charset := ""
	start, end := r.i, len(r.toks)
	for !r.eof() {
		r.take("default")
		switch {
		case r.take("charset"), r.takeAll("character", "set"):
			r.sign("=")
			charset = utf8Name(strings.ToLower(r.next().text))
		case r.take("collate"):
			r.sign("=")
			t.Extra["collation"] = strings.ToLower(r.next().text)
		case r.take("comment"):
			r.sign("=")
			t.Comment = r.next().text
		case r.take("engine"):
			r.sign("=")
			t.Extra["engine"] = r.next().text
		case r.peek().is("partition"):
			end = r.i
			t.Extra["partitions"] = r.text(r.i, len(r.toks))
			r.i = len(r.toks)
		default:
			r.next()
		}
	}
	t.Extra["options"] = r.text(start, len(r.toks))
	t.Options = d.optionsIn(r.part([2]int{start, end}))
	if t.Extra["collation"] == "" {
		t.Extra["collation"] = d.defaultCollation(charset)
	}
}

// ways are how MySQL and MariaDB change tables.
var ways = schema.Ways{Restates: true, Places: true, KeysHoldTypes: true, KeysStay: true, LooksFirst: true}
