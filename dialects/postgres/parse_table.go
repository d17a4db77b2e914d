package postgres

import (
	"slices"
	"sort"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// createTable maps CREATE TABLE. Partitions, temporary tables and tables made by inheritance stay
// verbatim: each takes locks or has rules of its own.
func (r *reader) createTable(n *pgquery.CreateStmt, src source) []schema.Change {
	switch {
	case n.Relation.Relpersistence == "t":
		return r.verbatim(nil, src, "it makes a temporary table")
	case n.Partbound != nil:
		return r.verbatim(n.Relation, src, "it makes a partition")
	case len(n.InhRelations) > 0 || n.OfTypename != nil:
		return r.verbatim(n.Relation, src, "the table takes its columns from elsewhere")
	}
	r.making(n.Relation)
	on := r.on(n.Relation)
	return []schema.Change{schema.CreateTable{On: on, SQL: src.String(), Def: r.tableDef(n, src), IfNotExists: n.IfNotExists}}
}

// tableDef reads the columns and constraints that a table's own text has.
func (r *reader) tableDef(n *pgquery.CreateStmt, src source) *schema.Table {
	on := r.on(n.Relation)
	def := &schema.Table{Name: on.Name, Renamed: renamedIn, Refers: refers}
	elements := r.elements(src)
	for i, e := range n.TableElts {
		if i >= len(elements) {
			break
		}
		switch {
		case e.GetColumnDef() != nil:
			column, constraints := r.column(on.Name, e.GetColumnDef(), elements[i])
			def.Columns = append(def.Columns, column)
			for _, c := range constraints {
				addConstraint(def, c)
			}
		case e.GetConstraint() != nil:
			if c, ok := r.constraint(on.Name, e.GetConstraint(), elements[i]); ok {
				addConstraint(def, c)
			}
		}
	}
	if n.Partspec != nil {
		def.Refusals = append(def.Refusals, "the table is partitioned: its rows are in its partitions")
		def.Extra = map[string]string{extraPartitioned: "yes"}
	}
	return def
}

func (r *reader) createTableAs(n *pgquery.CreateTableAsStmt, src source) []schema.Change {
	rel := n.GetInto().GetRel()
	if n.Objtype != pgquery.ObjectType_OBJECT_TABLE || rel == nil || rel.Relpersistence == "t" {
		return r.verbatim(nil, src, "this kind of statement is not read")
	}
	r.making(rel)
	on := r.on(rel)
	return []schema.Change{schema.CreateTable{
		On: on, SQL: src.String(), Def: &schema.Table{Name: on.Name}, IfNotExists: n.IfNotExists, Filled: !n.Into.SkipData,
	}}
}

// elements gives the tokens of each element between the parentheses of CREATE TABLE.
func (r *reader) elements(src source) []source {
	for i, t := range src.tokens {
		if t.punct != '(' {
			continue
		}
		for j := i + 1; j < len(src.tokens); j++ {
			if c := src.tokens[j]; c.punct == ')' && c.depth == t.depth {
				return source{text: src.text, tokens: src.tokens[i+1 : j]}.split()
			}
		}
	}
	return nil
}

// addConstraint puts a constraint, and the index that comes with it, into a table's definition.
func addConstraint(t *schema.Table, c schema.Constraint) {
	t.Constraints = append(t.Constraints, c)
	if c.Kind != schema.PrimaryKey && c.Kind != schema.Unique {
		return
	}
	if c.Kind == schema.PrimaryKey {
		for _, name := range c.Columns {
			if col := t.Column(name); col != nil {
				col.NotNull = true
			}
		}
	}
	t.Indexes = append(t.Indexes, schema.Index{
		Name: c.Name, Columns: c.Columns, Unique: true, Primary: c.Kind == schema.PrimaryKey, Constraint: c.Name,
		Definition: "CREATE UNIQUE INDEX " + quote(c.Name) + " ON " + qualified(t.Name) + " USING btree (" + quoteAll(c.Columns) + ")",
	})
}

// column maps a column's definition. Its Definition keeps what belongs to the column; unique,
// check, primary key and foreign key come back as constraints of the table. src starts at the name.
func (r *reader) column(table schema.Name, n *pgquery.ColumnDef, src source) (schema.Column, []schema.Constraint) {
	col := schema.Column{Name: n.Colname, Type: typeName(n.TypeName)}
	if serial, ok := serialTypes[col.Type]; ok {
		col.Type, col.NotNull, col.Counter = serial, true, true
		col.Default = "nextval(" + literal(objectName(table.Table, n.Colname, "seq")) + "::regclass)"
	}
	if coll := n.GetCollClause(); coll != nil {
		col.Collation = strings.Join(stringsOf(coll.Collname), ".")
	}
	var own []string
	var constraints []schema.Constraint
	for _, piece := range r.pieces(n, src.from(1)) {
		if piece.node == nil {
			own = append(own, piece.src.String())
			continue
		}
		c, ok := r.inline(table, &col, piece.node, piece.src)
		if !ok {
			own = append(own, piece.src.String())
			continue
		}
		constraints = append(constraints, c)
	}
	col.Definition = strings.Join(own, " ")
	col.NoKey = noKey(col.Type)
	col.More = n.Compression != "" || n.StorageName != "" || slices.ContainsFunc(n.Constraints, func(c *pgquery.Node) bool {
		return c.GetConstraint().GetContype() == pgquery.ConstrType_CONSTR_NOTNULL && c.GetConstraint().GetConname() != ""
	})
	return col, constraints
}

// piece is a part of a column's definition: the type (no node), or one constraint with its attributes.
type piece struct {
	node *pgquery.Constraint
	src  source
}

func (r *reader) pieces(n *pgquery.ColumnDef, src source) []piece {
	type cut struct {
		at   int
		node *pgquery.Constraint
	}
	var cuts []cut
	for _, c := range n.Constraints {
		k := c.GetConstraint()
		switch k.Contype {
		case pgquery.ConstrType_CONSTR_ATTR_DEFERRABLE, pgquery.ConstrType_CONSTR_ATTR_NOT_DEFERRABLE,
			pgquery.ConstrType_CONSTR_ATTR_DEFERRED, pgquery.ConstrType_CONSTR_ATTR_IMMEDIATE:
			continue // stays with the constraint before it
		default:
		}
		cuts = append(cuts, cut{int(k.Location), k})
	}
	if coll := n.GetCollClause(); coll != nil {
		cuts = append(cuts, cut{int(coll.Location), nil})
	}
	sort.Slice(cuts, func(i, j int) bool { return cuts[i].at < cuts[j].at })
	const end = 1 << 30
	bound := func(i int) int {
		if i < len(cuts) {
			return cuts[i].at
		}
		return end
	}
	pieces := []piece{{src: src.span(0, bound(0))}}
	for i, c := range cuts {
		pieces = append(pieces, piece{c.node, src.span(c.at, bound(i+1))})
	}
	return pieces
}

// inline reads one inline constraint: into the column where it is the column's own, else into a
// constraint of the table (true).
func (r *reader) inline(table schema.Name, col *schema.Column, n *pgquery.Constraint, src source) (schema.Constraint, bool) {
	body := src
	if i := src.skip(0, "constraint"); i > 0 {
		body = src.from(i + 1)
	}
	switch n.Contype {
	case pgquery.ConstrType_CONSTR_NOTNULL:
		col.NotNull = true
	case pgquery.ConstrType_CONSTR_DEFAULT:
		col.Default = body.from(1).String()
	case pgquery.ConstrType_CONSTR_IDENTITY:
		col.NotNull = true
		col.Identity = "by default"
		if n.GeneratedWhen == "a" {
			col.Identity = "always"
		}
	case pgquery.ConstrType_CONSTR_GENERATED:
		col.Generated = "stored"
		if body.find(0, "virtual") >= 0 {
			col.Generated = "virtual"
		}
		col.Expr = parenthesized(body)
	case pgquery.ConstrType_CONSTR_CHECK:
		if body.skip(0, "generated") > 0 { // see virtualByDefault
			col.Generated, col.Expr = "virtual", parenthesized(body)
			break
		}
		return r.tableConstraint(table, n, schema.Constraint{
			Kind: schema.Check, Expr: parenthesized(body), Definition: body.String(), Actions: optionsOf(schema.Check, body.String()),
		}), true
	case pgquery.ConstrType_CONSTR_PRIMARY:
		return r.tableConstraint(table, n, schema.Constraint{
			Kind: schema.PrimaryKey, Columns: []string{col.Name},
			Definition: strings.TrimSpace("PRIMARY KEY (" + quote(col.Name) + ") " + body.from(2).String()), Actions: optionsOf(schema.PrimaryKey, "PRIMARY KEY () "+body.from(2).String()),
		}), true
	case pgquery.ConstrType_CONSTR_UNIQUE:
		at := body.skip(1, "nulls", "not", "distinct")
		at = body.skip(at, "nulls", "distinct")
		words := body.to(at).String()
		return r.tableConstraint(table, n, schema.Constraint{
			Kind: schema.Unique, Columns: []string{col.Name},
			Definition: strings.TrimSpace(words + " (" + quote(col.Name) + ") " + body.from(at).String()), Actions: optionsOf(schema.Unique, words+" () "+body.from(at).String()),
		}), true
	case pgquery.ConstrType_CONSTR_FOREIGN:
		c := schema.Constraint{Columns: []string{col.Name}, Definition: "FOREIGN KEY (" + quote(col.Name) + ") " + body.String()}
		r.foreignKey(&c, n, body)
		return r.tableConstraint(table, n, c), true
	default:
	}
	return schema.Constraint{}, false
}

// constraint maps a table constraint. src starts at CONSTRAINT or at the constraint's first word.
func (r *reader) constraint(table schema.Name, n *pgquery.Constraint, src source) (schema.Constraint, bool) {
	body := src
	if i := src.skip(0, "constraint"); i > 0 {
		body = src.from(i + 1)
	}
	c := schema.Constraint{Definition: body.String(), NotValid: n.SkipValidation}
	switch n.Contype {
	case pgquery.ConstrType_CONSTR_CHECK:
		c.Kind, c.Expr = schema.Check, parenthesized(body)
	case pgquery.ConstrType_CONSTR_PRIMARY:
		c.Kind, c.Columns = schema.PrimaryKey, stringsOf(n.Keys)
	case pgquery.ConstrType_CONSTR_UNIQUE:
		c.Kind, c.Columns = schema.Unique, stringsOf(n.Keys)
	case pgquery.ConstrType_CONSTR_FOREIGN:
		c.Columns = stringsOf(n.FkAttrs)
		r.foreignKey(&c, n, body)
	case pgquery.ConstrType_CONSTR_EXCLUSION:
		c.Kind = schema.OtherKind
	default:
		return c, false
	}
	c.Actions = optionsOf(c.Kind, c.Definition)
	c.NotValid = c.NotValid || strings.Contains(strings.ToUpper(c.Actions), "NOT ENFORCED") // no row is ever checked
	return r.tableConstraint(table, n, c), true
}

func (r *reader) foreignKey(c *schema.Constraint, n *pgquery.Constraint, body source) {
	c.Kind = schema.ForeignKey
	c.RefTable = r.on(n.Pktable).Name
	c.RefColumns = stringsOf(n.PkAttrs)
	c.Actions = optionsOf(c.Kind, body.String())
}

// optionsOf gives what a constraint says beside its columns and its expression: the words of which the
// server keeps none (NOT DEFERRABLE, INITIALLY IMMEDIATE, NULLS DISTINCT, ENFORCED) are left out.
func optionsOf(kind schema.ConstraintKind, definition string) string {
	body := newSource(withoutNotValid(definition))
	var rest []source
	switch kind {
	case schema.ForeignKey:
		i := body.find(0, "references")
		if i < 0 {
			return ""
		}
		rest = append(rest, body.from(behindParens(body, body.skipName(i+1))))
	case schema.PrimaryKey, schema.Unique, schema.Check:
		i := body.skip(0, "primary", "key")
		i = body.skip(i, "unique")
		i = body.skip(i, "check")
		for j := i; j < len(body.tokens); j++ {
			if body.tokens[j].punct == '(' {
				rest = append(rest, body.to(j).from(i), body.from(behindParens(body, j)))
				break
			}
		}
	case schema.OtherKind:
		return ""
	}
	var words []string
	for _, src := range rest {
		for i := 0; i < len(src.tokens); {
			if n := silent(src, i); n > i {
				i = n
				continue
			}
			t := src.tokens[i]
			words = append(words, src.text[t.start:t.end])
			i++
		}
	}
	return strings.Join(words, " ")
}

// silent gives the index behind words that say what is so anyway.
func silent(src source, i int) int {
	for _, words := range [][]string{{"not", "deferrable"}, {"initially", "immediate"}, {"nulls", "distinct"}, {"enforced"}} {
		if n := src.skip(i, words...); n > i && !(words[0] == "enforced" && i > 0 && src.tokens[i-1].word == "not") {
			return n
		}
	}
	return i
}

// behindParens gives the index behind the parentheses that open at i; i where none do.
func behindParens(body source, i int) int {
	if i >= len(body.tokens) || body.tokens[i].punct != '(' {
		return i
	}
	depth := body.tokens[i].depth
	for i++; i < len(body.tokens) && (body.tokens[i].punct != ')' || body.tokens[i].depth != depth); i++ {
	}
	return i + 1
}

// tableConstraint gives a constraint its name: the one in the text, else the server's choice.
func (r *reader) tableConstraint(table schema.Name, n *pgquery.Constraint, c schema.Constraint) schema.Constraint {
	c.Name = n.Conname
	if c.Name != "" {
		r.taken[c.Name] = true
		return c
	}
	switch c.Kind {
	case schema.PrimaryKey:
		c.Name = r.choose(table, "", "pkey")
	case schema.Unique:
		c.Name = r.choose(table, strings.Join(c.Columns, "_"), "key")
	case schema.ForeignKey:
		c.Name = r.choose(table, strings.Join(c.Columns, "_"), "fkey")
	case schema.Check:
		columns := columnsIn(n.RawExpr)
		if len(columns) == 1 {
			c.Name = r.choose(table, columns[0], "check")
		} else {
			c.Name = r.choose(table, "", "check")
		}
	case schema.OtherKind:
		c.Name = r.choose(table, "", "excl")
	}
	return c
}

// parenthesized gives the text inside the first parentheses.
func parenthesized(src source) string {
	for i, t := range src.tokens {
		if t.punct != '(' {
			continue
		}
		for j := i + 1; j < len(src.tokens); j++ {
			if src.tokens[j].punct == ')' && src.tokens[j].depth == t.depth {
				return source{text: src.text, tokens: src.tokens[i+1 : j]}.String()
			}
		}
	}
	return ""
}
