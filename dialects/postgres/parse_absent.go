package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// DROP … IF EXISTS of what is not there is how scripts begin that may have run before. It does nothing, and
// nobody's application uses what is not there.

// catalogs say where objects of a kind are looked for, by name and schema; without a schema there is none.
var catalogs = map[pgquery.ObjectType]struct{ table, name, schema string }{
	pgquery.ObjectType_OBJECT_VIEW:          {"pg_class", "relname", "relnamespace"},
	pgquery.ObjectType_OBJECT_MATVIEW:       {"pg_class", "relname", "relnamespace"},
	pgquery.ObjectType_OBJECT_SEQUENCE:      {"pg_class", "relname", "relnamespace"},
	pgquery.ObjectType_OBJECT_FOREIGN_TABLE: {"pg_class", "relname", "relnamespace"},
	pgquery.ObjectType_OBJECT_TYPE:          {"pg_type", "typname", "typnamespace"},
	pgquery.ObjectType_OBJECT_DOMAIN:        {"pg_type", "typname", "typnamespace"},
	pgquery.ObjectType_OBJECT_FUNCTION:      {"pg_proc", "proname", "pronamespace"},
	pgquery.ObjectType_OBJECT_PROCEDURE:     {"pg_proc", "proname", "pronamespace"},
	pgquery.ObjectType_OBJECT_ROUTINE:       {"pg_proc", "proname", "pronamespace"},
	pgquery.ObjectType_OBJECT_AGGREGATE:     {"pg_proc", "proname", "pronamespace"},
	pgquery.ObjectType_OBJECT_COLLATION:     {"pg_collation", "collname", "collnamespace"},
	pgquery.ObjectType_OBJECT_SCHEMA:        {"pg_namespace", "nspname", ""},
	pgquery.ObjectType_OBJECT_EXTENSION:     {"pg_extension", "extname", ""},
	pgquery.ObjectType_OBJECT_TRIGGER:       {"pg_trigger", "tgname", ""}, // of any table
	pgquery.ObjectType_OBJECT_POLICY:        {"pg_policy", "polname", ""},
	pgquery.ObjectType_OBJECT_RULE:          {"pg_rewrite", "rulename", ""},
}

// absentees marks the statements that drop only what neither the server has nor a statement before them makes.
func (db *Database) absentees(ctx context.Context, statements []schema.Statement) error {
	var before strings.Builder
	for i, st := range statements {
		text := strings.ToLower(st.SQL)
		if len(st.Changes) == 1 {
			if v, ok := st.Changes[0].(schema.Verbatim); ok && v.Absent == "" {
				gone, err := db.dropsNothing(ctx, st.SQL, before.String())
				if err != nil {
					return err
				}
				if gone != "" {
					statements[i].Changes[0] = schema.Verbatim{On: schema.On{Name: v.Name}, SQL: v.SQL, Known: true, Absent: gone, KeepsTables: true}
				}
			}
		}
		before.WriteString(text + "\n")
	}
	return nil
}

// dropsNothing gives the names of what a statement would drop if it were there; empty: something is, or it is
// another statement.
func (db *Database) dropsNothing(ctx context.Context, sql, before string) (string, error) {
	tree, _, err := parseTree(sql)
	if err != nil || len(tree.Stmts) != 1 {
		return "", nil //nolint:nilerr // it was read before; this is a part of it, or written otherwise
	}
	if domain := tree.Stmts[0].Stmt.GetAlterDomainStmt(); domain != nil && domain.Subtype == "X" && domain.MissingOk {
		return db.dropsNoRule(ctx, domain, before)
	}
	n := tree.Stmts[0].Stmt.GetDropStmt()
	if n == nil || !n.MissingOk {
		return "", nil
	}
	at, known := catalogs[n.RemoveType]
	if !known {
		return "", nil
	}
	var names []string
	for _, object := range n.Objects {
		name := droppedName(object)
		if name.Table == "" || says(before, strings.ToLower(name.Table)) {
			return "", nil
		}
		where, args := at.name+" = $1", []any{name.Table}
		if at.schema != "" && name.Schema != "" {
			where, args = where+" AND "+at.schema+" = (SELECT oid FROM pg_namespace WHERE nspname = $2)", append(args, name.Schema)
		}
		var there bool
		if err := db.pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM "+at.table+" WHERE "+where+")", args...).Scan(&there); err != nil {
			return "", fmt.Errorf("look for %s: %w", name, err)
		}
		if there {
			return "", nil
		}
		names = append(names, name.String())
	}
	return strings.Join(names, ", "), nil
}

// dropsNoRule gives the name of a domain's constraint that is not there; empty: some domain has one.
func (db *Database) dropsNoRule(ctx context.Context, n *pgquery.AlterDomainStmt, before string) (string, error) {
	if says(before, strings.ToLower(n.Name)) {
		return "", nil
	}
	var there bool
	err := db.pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_constraint WHERE contypid <> 0 AND conname = $1)", n.Name).Scan(&there)
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", n.Name, err)
	}
	if there {
		return "", nil
	}
	return n.Name, nil
}

// says looks for a name in statements, also in strings, which may be run: as a word of its own, or, where a name
// is not one word, anywhere.
func says(text, name string) bool {
	part := func(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	if strings.ContainsFunc(name, func(r rune) bool { return !part(r) }) || strings.Contains(text, `u&"`) {
		return strings.Contains(text, name) || strings.Contains(text, `u&"`)
	}
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return !part(r) }), name)
}

// droppedName gives the name of an object in DROP, with its schema where that is written. Of what belongs to a
// table it is the last part.
func droppedName(object *pgquery.Node) schema.Name {
	parts := stringsOf(object.GetList().GetItems())
	switch {
	case object.GetObjectWithArgs() != nil:
		parts = stringsOf(object.GetObjectWithArgs().GetObjname())
	case object.GetTypeName() != nil:
		parts = stringsOf(object.GetTypeName().GetNames())
	case object.GetString_() != nil:
		parts = []string{object.GetString_().GetSval()}
	}
	switch len(parts) {
	case 0:
		return schema.Name{}
	case 1:
		return schema.Name{Table: parts[0]}
	}
	return schema.Name{Schema: parts[len(parts)-2], Table: parts[len(parts)-1]}
}

// concerned gives the known tables that a statement about a view or an enum has to do with: those that the view
// reads, those that name the enum. nil: it is another statement, or there may be tables that are not known.
func (r *reader) concerned(src source) []schema.Name {
	if r.schema == nil || r.schema.Partial {
		return nil
	}
	tree, _, err := parseTree(src.String())
	if err != nil || len(tree.Stmts) != 1 {
		return nil
	}
	var views []*pgquery.Node
	switch n := tree.Stmts[0].Stmt.Node.(type) {
	case *pgquery.Node_DropStmt:
		if n.DropStmt.RemoveType == pgquery.ObjectType_OBJECT_VIEW && n.DropStmt.Behavior != pgquery.DropBehavior_DROP_CASCADE {
			views = n.DropStmt.Objects
		}
	case *pgquery.Node_CommentStmt:
		if n.CommentStmt.Objtype == pgquery.ObjectType_OBJECT_VIEW {
			views = []*pgquery.Node{n.CommentStmt.Object}
		}
	case *pgquery.Node_AlterEnumStmt:
		if parts := stringsOf(n.AlterEnumStmt.TypeName); len(parts) > 0 {
			return r.tablesWhere(func(t *schema.Table) bool { return speaksOf(t, parts[len(parts)-1]) })
		}
	}
	if len(views) == 0 {
		return nil
	}
	return r.tablesWhere(func(t *schema.Table) bool {
		return slices.ContainsFunc(take[[]view](t, extraViews), func(v view) bool {
			name, ok := nameOf(v.Name)
			return !ok || slices.ContainsFunc(views, func(o *pgquery.Node) bool { return droppedName(o).Table == name.Table })
		})
	})
}

// tablesWhere gives the names of known tables; never nil.
func (r *reader) tablesWhere(which func(*schema.Table) bool) []schema.Name {
	names := []schema.Name{}
	for _, t := range r.schema.Tables {
		if which(t) {
			names = append(names, t.Name)
		}
	}
	return names
}

// speaksOf says that something of a table's definition has a name in it.
func speaksOf(t *schema.Table, name string) bool {
	texts := []string{t.Definition}
	for _, c := range t.Columns {
		texts = append(texts, c.Type, c.Default, c.Definition)
	}
	for _, k := range t.Constraints {
		texts = append(texts, k.Definition)
	}
	for _, ix := range t.Indexes {
		texts = append(texts, ix.Definition)
	}
	for _, extra := range t.Extra {
		texts = append(texts, extra)
	}
	return slices.ContainsFunc(texts, func(text string) bool { return schema.Mentions(text, []string{name}) })
}
