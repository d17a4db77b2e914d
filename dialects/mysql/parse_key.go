package mysql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"surefoot/schema"
)

// addKey reads an index or a constraint behind ADD.
func (a *alterReader) addKey(r *reader) bool {
	guarded := slices.ContainsFunc(r.toks[r.i:], func(t token) bool { return t.is("if") })
	named := r.peek().is("constraint") && !r.at(1).is("foreign")
	ix, k, ok := r.readKey()
	switch {
	case !ok:
		return false
	case guarded && k != nil && k.Name != "" && a.table != nil && a.table.Constraint(k.Name) != nil:
		return true
	case k != nil:
		if k.Kind == schema.Unique && k.Name == "" {
			k.Name = a.freeName(k.Columns[0])
		}
		if k.Kind == schema.ForeignKey && !named {
			k.Name, k.Unnamed = a.foreignKeyName(k.Name), true
		}
		return a.add(schema.AddConstraint{On: a.on, Constraint: *k})
	}
	if ix.Name == "" {
		ix.Name = a.freeName(ix.Columns[0])
	}
	return a.add(schema.CreateIndex{On: a.on, Index: *ix, Text: ix.Definition, IfNotExists: guarded})
}

func (a *alterReader) freeName(column string) string { return freeIndexName(column, a.taken) }

// freeIndexName is the name that the server gives an index: its first column's, and a number behind
// it where that is taken.
func freeIndexName(column string, taken func(string) bool) string {
	if column == "" {
		column = "functional_index"
	}
	name := column
	for n := 2; strings.EqualFold(name, "PRIMARY") || taken(name); n++ {
		name = fmt.Sprintf("%s_%d", column, n)
	}
	return name
}

// foreignKeyName is the name that the server gives a foreign key without one: on MariaDB that of the index
// that it asks for, else the table's with the next number.
func (a *alterReader) foreignKeyName(index string) string {
	if a.table == nil || index != "" && a.d.maria() {
		return index
	}
	prefix, last := a.table.Name.Table+"_ibfk_", 0
	count := func(k schema.Constraint) {
		if number, ok := strings.CutPrefix(k.Name, prefix); ok && k.Kind == schema.ForeignKey {
			n, _ := strconv.Atoi(number)
			last = max(last, n)
		}
	}
	for _, k := range a.table.Constraints {
		count(k)
	}
	for _, c := range a.out {
		if add, ok := c.(schema.AddConstraint); ok {
			count(add.Constraint)
		}
	}
	return prefix + strconv.Itoa(last+1)
}

// taken says whether an index has a name that the statement does not free.
func (a *alterReader) taken(name string) bool {
	there := a.table != nil && indexNamed(a.table, name) != nil
	for _, c := range a.out {
		switch c := c.(type) {
		case schema.DropIndex:
			there = there && !strings.EqualFold(c.Index, name)
		case schema.CreateIndex, schema.AddConstraint:
			there = there || adds(c, name)
		}
	}
	return there
}

// readKey reads an index or a constraint as it stands in CREATE TABLE and behind ADD, up to the end
// of the reader. One of the two results is set. An index's Definition is what stands behind its
// table's name in CREATE INDEX, with the kind in front: "UNIQUE (a, b) COMMENT 'x'".
func (r *reader) readKey() (*schema.Index, *schema.Constraint, bool) {
	name := ""
	if r.take("constraint") {
		r.takeAll("if", "not", "exists")
		if !r.peek().is("primary", "unique", "foreign", "check") {
			name, _ = r.name()
		}
	}
	switch {
	case r.takeAll("primary", "key"):
		k, _, ok := r.keyConstraint(schema.PrimaryKey, "PRIMARY")
		return nil, k, ok
	case r.take("unique"):
		r.take("index", "key")
		k, _, ok := r.keyConstraint(schema.Unique, name)
		return nil, k, ok
	case r.takeAll("foreign", "key"):
		k, ok := r.foreignKey(name)
		return nil, k, ok
	case r.take("check"):
		k, ok := r.readCheck(name)
		return nil, &k, ok && r.eof()
	}
	kind := ""
	if r.peek().is("fulltext", "spatial", "vector") {
		kind = strings.ToUpper(r.next().text)
		r.take("index", "key")
	} else if !r.take("index", "key") {
		return nil, nil, false
	}
	r.takeAll("if", "not", "exists")
	if !r.peek().sign("(") && !r.peek().is("using") {
		name, _ = r.name()
	}
	ix, ok := r.readIndex(name, kind)
	return ix, nil, ok
}

// readIndex reads the parts and options of an index; its kind and name were read.
func (r *reader) readIndex(name, kind string) (*schema.Index, bool) {
	start := r.i
	r.indexType()
	ix := &schema.Index{Name: name, Unique: kind == "UNIQUE"}
	if !r.readParts(ix) || !r.indexOptions() {
		return nil, false
	}
	ix.Definition = strings.TrimSpace(kind + " " + r.text(start, r.i))
	return ix, true
}

// indexType passes USING BTREE.
func (r *reader) indexType() {
	if r.take("using", "type") {
		r.next()
	}
}

// readParts reads the key parts in parentheses.
func (r *reader) readParts(ix *schema.Index) bool {
	if !r.sign("(") {
		return false
	}
	for _, p := range r.commas() {
		part := r.part(p)
		if part.peek().sign("(") {
			ix.Columns = append(ix.Columns, "")
			continue
		}
		name, ok := part.name()
		if !ok {
			return false
		}
		if _, prefix := part.skipParens(); prefix {
			ix.Prefix = true
		}
		part.take("asc", "desc")
		if !part.eof() {
			return false
		}
		ix.Columns = append(ix.Columns, name)
	}
	return r.sign(")")
}

// indexOptions passes the options behind the parts, up to the end.
func (r *reader) indexOptions() bool {
	for !r.eof() {
		switch {
		case r.take("using", "type"), r.take("comment"), r.take("key_block_size"), r.take("engine_attribute"),
			r.take("m"), r.take("distance"), r.peek().kind == ident && r.at(1).sign("="): // `m`='6', as SHOW CREATE TABLE has it
			if r.peek().kind == ident {
				r.next()
			}
			r.sign("=")
			r.next()
		case r.takeAll("with", "parser"):
			r.next()
		case r.take("visible", "invisible", "ignored"), r.takeAll("not", "ignored"):
		case r.take("algorithm", "lock"): // of CREATE INDEX: the plan decides these
			r.sign("=")
			r.next()
		default:
			return false
		}
	}
	return true
}

// keyConstraint reads a primary key or a unique key from its optional name on.
func (r *reader) keyConstraint(kind schema.ConstraintKind, name string) (*schema.Constraint, *schema.Index, bool) {
	r.takeAll("if", "not", "exists")
	if !r.peek().sign("(") && !r.peek().is("using") {
		if given, ok := r.name(); ok && kind == schema.Unique {
			name = given
		}
	}
	start := r.i
	ix := schema.Index{Unique: true, Primary: kind == schema.PrimaryKey}
	r.indexType()
	if !r.readParts(&ix) || !r.indexOptions() {
		return nil, nil, false
	}
	ix.Name, ix.Constraint = name, name
	k := &schema.Constraint{Name: name, Kind: kind, Columns: ix.Columns, Actions: beyondColumns(r.text(start, r.i))}
	if kind == schema.PrimaryKey {
		k.Definition = "PRIMARY KEY " + r.text(start, r.i)
	} else {
		k.Definition = "UNIQUE KEY " + r.text(start, r.i)
	}
	ix.Definition = k.Definition
	return k, &ix, true
}

// foreignKey reads a foreign key from its optional index name on.
func (r *reader) foreignKey(name string) (*schema.Constraint, bool) {
	r.takeAll("if", "not", "exists")
	start := r.i
	if !r.peek().sign("(") {
		index, _ := r.name()
		if name == "" {
			name = index
		}
	}
	ix := schema.Index{}
	if !r.readParts(&ix) {
		return nil, false
	}
	k, ok := r.readReferences(schema.Constraint{Name: name, Kind: schema.ForeignKey, Columns: ix.Columns})
	if !ok || !r.eof() {
		return nil, false
	}
	k.Definition = "FOREIGN KEY " + r.text(start, r.i)
	return &k, true
}

// readReferences reads REFERENCES table (columns) and the actions.
func (r *reader) readReferences(k schema.Constraint) (schema.Constraint, bool) {
	start := r.i
	if !r.take("references") {
		return k, false
	}
	var ok bool
	if k.RefTable, ok = readName(r); !ok {
		return k, false
	}
	if r.peek().sign("(") {
		ix := schema.Index{}
		if !r.readParts(&ix) {
			return k, false
		}
		k.RefColumns = ix.Columns
	}
	actions := r.i
	for {
		switch {
		case r.take("match"):
			r.next()
		case r.takeAll("on", "delete"), r.takeAll("on", "update"):
			if r.take("set", "no") {
				r.next()
			} else if !r.take("restrict", "cascade") {
				return k, false
			}
		default:
			k.Actions = r.text(actions, r.i)
			k.Definition = r.text(start, r.i)
			return k, true
		}
	}
}

// readName reads a table's name, with or without its database.
func readName(r *reader) (schema.Name, bool) {
	first, ok := r.name()
	if !ok {
		return schema.Name{}, false
	}
	if !r.sign(".") {
		return schema.Name{Table: first}, true
	}
	table, ok := r.name()
	return schema.Name{Schema: first, Table: table}, ok
}
