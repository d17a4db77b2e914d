package postgres

import (
	"maps"
	"slices"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// alterTable maps the clauses of ALTER TABLE. One clause that is not understood makes the whole
// statement verbatim: its clauses take effect together.
func (r *reader) alterTable(n *pgquery.AlterTableStmt, src source) []schema.Change {
	if n.Objtype != pgquery.ObjectType_OBJECT_TABLE {
		return r.verbatim(n.Relation, src, "only tables are altered with understanding")
	}
	on := r.on(n.Relation)
	if n.MissingOk && r.absent(on) {
		return []schema.Change{schema.Verbatim{On: on, SQL: src.String(), Known: true, Absent: on.Name.String(), KeepsTables: true}}
	}
	if r.leavesHeirs(n.Relation) {
		return r.verbatim(n.Relation, src, onlyLeaves)
	}
	clauses := alterClauses(src)
	if len(clauses) != len(n.Cmds) {
		return r.verbatim(n.Relation, src, "its clauses could not be told apart")
	}
	r.free(on, n.Cmds)
	defer func() { r.freed, r.dropped = nil, nil }()
	var changes []schema.Change
	for i, cmd := range n.Cmds {
		cs := r.alterClause(on, cmd.GetAlterTableCmd(), clauses[i])
		if cs == nil {
			return r.verbatim(n.Relation, src, "the clause "+clip(clauses[i].String())+" is not read")
		}
		changes = append(changes, cs...)
	}
	if len(changes) > 1 {
		return []schema.Change{schema.Alter{On: on, Clauses: changes}}
	}
	return changes
}

// free notes the names that a statement gives up: the server drops first, and what the same statement adds may have
// such a name.
func (r *reader) free(on schema.On, cmds []*pgquery.Node) {
	r.freed, r.dropped = map[string]bool{}, map[string]bool{}
	var t *schema.Table
	if r.schema != nil {
		t = r.schema.Table(on.Name)
	}
	for _, cmd := range cmds {
		drop := cmd.GetAlterTableCmd()
		if drop.GetSubtype() == pgquery.AlterTableType_AT_DropColumn {
			r.dropped[drop.Name] = true
		}
		switch {
		case drop.GetSubtype() == pgquery.AlterTableType_AT_DropConstraint:
			if t == nil || t.Constraint(drop.Name) != nil { // another table's has its name still
				r.freed[drop.Name] = true
			}
		case drop.GetSubtype() == pgquery.AlterTableType_AT_DropColumn && t != nil:
			for _, k := range t.Constraints {
				if slices.Contains(k.Columns, drop.Name) {
					r.freed[k.Name] = true
				}
			}
			for _, ix := range t.Indexes {
				if yes, _ := t.Uses(ix, drop.Name); yes {
					r.freed[ix.Name] = true
				}
			}
		}
	}
	for name := range r.freed {
		delete(r.taken, name)
	}
}

const onlyLeaves = "ONLY leaves what inherits from the table, or is a partition of it, as it is"

// leavesHeirs says that a statement names ONLY a table which others inherit from. A schema file is read
// for what it makes, and pg_dump writes ONLY everywhere.
func (r *reader) leavesHeirs(n *pgquery.RangeVar) bool {
	if n.Inh || r.schema == nil || r.others != nil {
		return false
	}
	name := r.on(n).Name
	return slices.ContainsFunc(r.schema.Tables, func(t *schema.Table) bool { return slices.Contains(t.Parents, name) })
}

// alterClauses gives the tokens of each clause behind ALTER TABLE [IF EXISTS] [ONLY] name [*].
func alterClauses(src source) []source {
	i := src.skip(0, "alter", "table")
	i = src.skip(i, "if", "exists")
	i = src.skip(i, "only")
	i = src.skipName(i)
	if i < len(src.tokens) && src.tokens[i].punct == '*' {
		i++
	}
	return src.from(i).split()
}

func (r *reader) alterClause(on schema.On, cmd *pgquery.AlterTableCmd, src source) []schema.Change {
	cascade := cmd.Behavior == pgquery.DropBehavior_DROP_CASCADE
	switch cmd.Subtype {
	case pgquery.AlterTableType_AT_AddColumn:
		return r.addColumn(on, cmd, src)
	case pgquery.AlterTableType_AT_DropColumn:
		return one(schema.DropColumn{On: on, Column: cmd.Name, IfExists: cmd.MissingOk, Cascade: cascade})
	case pgquery.AlterTableType_AT_AlterColumnType:
		return r.changeType(on, cmd, src)
	case pgquery.AlterTableType_AT_ColumnDefault:
		if cmd.Def == nil {
			return one(schema.DropDefault{On: on, Column: cmd.Name})
		}
		return one(schema.SetDefault{On: on, Column: cmd.Name, Expr: src.from(src.find(0, "default") + 1).String()})
	case pgquery.AlterTableType_AT_AddIdentity:
		return addIdentity(on, cmd)
	case pgquery.AlterTableType_AT_DropIdentity:
		if !cmd.MissingOk {
			return one(schema.SetIdentity{On: on, Column: cmd.Name})
		}
		return nil
	case pgquery.AlterTableType_AT_DropExpression:
		if !cmd.MissingOk {
			return one(schema.SetGenerated{On: on, Column: cmd.Name})
		}
		return nil
	case pgquery.AlterTableType_AT_SetNotNull:
		return one(schema.SetNotNull{On: on, Column: cmd.Name})
	case pgquery.AlterTableType_AT_DropNotNull:
		return one(schema.DropNotNull{On: on, Column: cmd.Name})
	case pgquery.AlterTableType_AT_AddConstraint:
		return r.addConstraint(on, cmd.Def.GetConstraint(), src)
	case pgquery.AlterTableType_AT_ValidateConstraint:
		return one(schema.ValidateConstraint{On: on, Constraint: r.known(on, cmd.Name)})
	case pgquery.AlterTableType_AT_DropConstraint:
		return one(schema.DropConstraint{
			On: on, Constraint: cmd.Name, What: r.known(on, cmd.Name).Kind, IfExists: cmd.MissingOk, Cascade: cascade,
		})
	default:
		return nil
	}
}

// addIdentity reads ADD GENERATED … AS IDENTITY.
func addIdentity(on schema.On, cmd *pgquery.AlterTableCmd) []schema.Change {
	c := schema.SetIdentity{On: on, Column: cmd.Name, Identity: "by default"}
	if cmd.Def.GetConstraint().GetGeneratedWhen() == "a" {
		c.Identity = "always"
	}
	return one(c)
}

func one(c schema.Change) []schema.Change { return []schema.Change{c} }

func (r *reader) addColumn(on schema.On, cmd *pgquery.AlterTableCmd, src source) []schema.Change {
	i := src.skip(0, "add")
	i = src.skip(i, "column")
	i = src.skip(i, "if", "not", "exists")
	taken := maps.Clone(r.taken)
	column, constraints := r.column(on.Name, cmd.Def.GetColumnDef(), src.from(i))
	changes := one(schema.AddColumn{On: on, Column: column, IfNotExists: cmd.MissingOk})
	if cmd.MissingOk && !r.dropped[column.Name] && r.schema.Table(on.Name).Column(column.Name) != nil { // nothing of it is done
		r.taken = taken
		return changes
	}
	for _, c := range constraints {
		changes = append(changes, schema.AddConstraint{On: on, Constraint: c})
	}
	return changes
}

func (r *reader) changeType(on schema.On, cmd *pgquery.AlterTableCmd, src source) []schema.Change {
	def := cmd.Def.GetColumnDef()
	from := src.find(0, "type") + 1
	to, using := len(src.tokens), src.find(from, "using")
	change := schema.ChangeType{On: on, Column: cmd.Name}
	if using >= 0 {
		to = using
		change.Using = src.from(using + 1).String()
	}
	if coll := def.GetCollClause(); coll != nil {
		if at := src.find(from, "collate"); at >= 0 {
			change.Collation = strings.Join(stringsOf(coll.Collname), ".")
			to = at
		}
	}
	change.Type = src.to(to).from(from).String()
	return one(change)
}

func (r *reader) addConstraint(on schema.On, n *pgquery.Constraint, src source) []schema.Change {
	body := src.from(src.skip(0, "add"))
	if column, notValid, ok := notNullConstraint(body); ok {
		return r.addNotNull(on, n, column, notValid, body)
	}
	c, ok := r.constraint(on.Name, n, body)
	if !ok || r.others == nil && withoutOverlaps(body) { // its index is no unique one that could be built before it
		return nil
	}
	add := schema.AddConstraint{On: on, Constraint: c, UsingIndex: n.Indexname}
	if n.Indexname != "" {
		if n.Conname == "" {
			add.Constraint.Name = n.Indexname // the server names it after the index
		}
		add.Constraint.Columns = r.indexColumns(on.Name, n.Indexname)
		add.Constraint.Definition = ""
	}
	return one(add)
}

// addNotNull maps PostgreSQL 18's ADD CONSTRAINT … NOT NULL: validated, it is SET NOT NULL under a
// name; not validated, it is a constraint of its own kind.
func (r *reader) addNotNull(on schema.On, n *pgquery.Constraint, column string, notValid bool, body source) []schema.Change {
	name := n.Conname
	if name == "" {
		name = r.choose(on.Name, column, "not_null")
	}
	text := body
	if i := body.skip(0, "constraint"); i > 0 {
		text = body.from(i + 1)
	}
	return one(schema.AddConstraint{On: on, Constraint: schema.Constraint{
		Name: name, Kind: schema.OtherKind, Columns: []string{column}, NotValid: notValid, Definition: text.String(),
	}})
}

// known finds a constraint of the schema, or says no more than its name.
func (r *reader) known(on schema.On, name string) schema.Constraint {
	if t := r.schema.Table(on.Name); t != nil {
		if c := t.Constraint(name); c != nil {
			return *c
		}
	}
	return schema.Constraint{Name: name}
}

func (r *reader) indexColumns(table schema.Name, index string) []string {
	if t := r.schema.Table(table); t != nil {
		for _, ix := range t.Indexes {
			if ix.Name == index {
				return ix.Columns
			}
		}
	}
	return nil
}

// createIndex maps CREATE INDEX. Text is the user's own, from the access method on.
func (r *reader) createIndex(n *pgquery.IndexStmt, src source) []schema.Change {
	if !n.Relation.Inh {
		return r.verbatim(n.Relation, src, "an index ON ONLY a partitioned table is one part of several")
	}
	on := r.on(n.Relation)
	at := src.find(0, "on")
	if at < 0 {
		return r.verbatim(n.Relation, src, "the table's name was not found")
	}
	ix := schema.Index{Name: n.Idxname, Unique: n.Unique, Partial: n.WhereClause != nil}
	for _, p := range n.IndexParams {
		ix.Columns = append(ix.Columns, p.GetIndexElem().GetName())
	}
	if ix.Name == "" {
		ix.Name = r.choose(on.Name, indexNameColumns(n), "idx")
	}
	r.taken[ix.Name] = true
	text := src.from(src.skipName(at + 1)).String()
	unique := ""
	if n.Unique {
		unique = "UNIQUE "
	}
	ix.Definition = "CREATE " + unique + "INDEX " + quote(ix.Name) + " ON " + qualified(on.Name) + " " + text
	ix.Uses = usesOf(ix)
	return one(schema.CreateIndex{On: on, Index: ix, Text: text, IfNotExists: n.IfNotExists, Online: n.Concurrent})
}

// clip shortens a clause for a message.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + " …"
	}
	return s
}
