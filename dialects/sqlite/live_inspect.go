package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"surefoot/schema"
)

// querier is a *sql.DB, *sql.Conn or *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// What Table.Extra holds.
const (
	extraStrict       = "strict"
	extraVirtual      = "virtual"
	extraWithoutRowid = "without_rowid"
	extraRowid        = "rowid" // the column that is the rowid
	extraView         = "view:"
	extraTrigger      = "trigger:" // of another table, that names this one
	extraBeside       = "beside:"  // a table or view that its triggers and views name too
)

// ours are the names of tables that surefoot makes beside the user's.
var ours = regexp.MustCompile(`(?i)^surefoot_|_sf_(new|old|edit|(log|rev|sync)(_[a-z0-9]+)?)$`)

// object is a row of sqlite_schema.
type object struct{ kind, name, table, sql string }

// inspect reads the user's tables, without sizes; only names a single one, "" means all.
func inspect(ctx context.Context, q querier, only string) ([]*schema.Table, error) {
	objects, err := readObjects(ctx, q)
	if err != nil {
		return nil, err
	}
	tables, err := readTables(ctx, q, only)
	if err != nil {
		return nil, err
	}
	byName := map[string]*schema.Table{}
	for _, t := range tables {
		byName[t.Name.Table] = t
	}
	if err := readColumns(ctx, q, byName, only); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if t.Extra[extraVirtual] != "" {
			readVirtual(ctx, q, t)
		}
	}
	if err := readIndexes(ctx, q, byName, objects, only); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := describe(t, objects); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func readObjects(ctx context.Context, q querier) ([]object, error) {
	var out []object
	err := each(ctx, q, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema", func(rows *sql.Rows) error {
		var o object
		if err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql); err != nil {
			return err
		}
		out = append(out, o)
		return nil
	})
	return out, err
}

func readTables(ctx context.Context, q querier, only string) ([]*schema.Table, error) {
	var out []*schema.Table
	err := each(ctx, q, `SELECT l.name, l.type, l.wr, l.strict, m.sql FROM pragma_table_list l
		JOIN sqlite_schema m ON m.name = l.name AND m.type = 'table'
		WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND (?1 = '' OR l.name = ?1 COLLATE NOCASE) ORDER BY m.rowid`,
		func(rows *sql.Rows) error {
			t := &schema.Table{FoldsCase: true, Nameless: true, Extra: map[string]string{}}
			var kind string
			var withoutRowid, strict bool
			if err := rows.Scan(&t.Name.Table, &kind, &withoutRowid, &strict, &t.Definition); err != nil {
				return err
			}
			if ours.MatchString(t.Name.Table) {
				return nil
			}
			t.Name.Schema = mainSchema
			if withoutRowid {
				t.Extra[extraWithoutRowid] = "yes"
			}
			if strict {
				t.Extra[extraStrict] = "yes"
			}
			if kind == "virtual" {
				t.Extra[extraVirtual] = "yes"
				t.Refusals = append(t.Refusals, t.Name.Table+" is a virtual table: only the module behind it can change it")
			}
			out = append(out, t)
			return nil
		}, only)
	return out, err
}

func readColumns(ctx context.Context, q querier, tables map[string]*schema.Table, only string) error {
	keys := map[*schema.Table][]string{}
	err := each(ctx, q, `SELECT m.name, x.name, x.type, x."notnull", coalesce(x.dflt_value, ''), x.pk, x.hidden
		FROM sqlite_schema m, pragma_table_xinfo(m.name) x
		WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%' AND (?1 = '' OR m.name = ?1 COLLATE NOCASE) ORDER BY m.rowid, x.cid`,
		func(rows *sql.Rows) error {
			var table string
			var c schema.Column
			var pk, hidden int
			if err := rows.Scan(&table, &c.Name, &c.Type, &c.NotNull, &c.Default, &pk, &hidden); err != nil {
				return err
			}
			t := tables[table]
			if t == nil {
				return nil
			}
			switch hidden {
			case 2:
				c.Generated = "virtual"
			case 3:
				c.Generated = "stored"
			}
			t.Columns = append(t.Columns, c)
			if pk > 0 {
				keys[t] = append(keys[t], c.Name)
			}
			return nil
		}, only)
	if err != nil {
		return err
	}
	for t, key := range keys {
		col := t.Column(key[0])
		if len(key) == 1 && strings.EqualFold(col.Type, "INTEGER") && t.Extra[extraWithoutRowid] == "" {
			t.Extra[extraRowid] = col.Name // readIndexes takes it back where the key has an index of its own
		}
	}
	return nil
}

// readVirtual reads the columns of a virtual table; the module behind it may be missing here.
func readVirtual(ctx context.Context, q querier, t *schema.Table) {
	err := each(ctx, q, "SELECT name, type FROM pragma_table_info(?1)", func(rows *sql.Rows) error {
		var c schema.Column
		err := rows.Scan(&c.Name, &c.Type)
		t.Columns = append(t.Columns, c)
		return err
	}, t.Name.Table)
	if err != nil {
		t.Columns = nil
	}
}

func readIndexes(ctx context.Context, q querier, tables map[string]*schema.Table, objects []object, only string) error {
	texts := map[string]string{}
	for _, o := range objects {
		if o.kind == "index" {
			texts[o.name] = o.sql
		}
	}
	parts := map[string]*indexParts{}
	err := each(ctx, q, `SELECT m.name, l.name, l."unique", l.origin, l.partial, x.cid, coalesce(x.name, ''), x."desc", x.coll
		FROM sqlite_schema m, pragma_index_list(m.name) l, pragma_index_xinfo(l.name) x
		WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%' AND x.key = 1 AND (?1 = '' OR m.name = ?1 COLLATE NOCASE)
		ORDER BY m.rowid, l.seq DESC, x.seqno`,
		func(rows *sql.Rows) error {
			var table, name, origin, column, coll string
			var unique, partial, desc bool
			var cid int
			if err := rows.Scan(&table, &name, &unique, &origin, &partial, &cid, &column, &desc, &coll); err != nil {
				return err
			}
			t := tables[table]
			if t == nil {
				return nil
			}
			if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != name {
				t.Indexes = append(t.Indexes, schema.Index{
					Name: name, Unique: unique, Partial: partial, Primary: origin == "pk", Definition: texts[name],
				})
				parts[name] = &indexParts{table: t, index: len(t.Indexes) - 1}
			}
			ix := &t.Indexes[len(t.Indexes)-1]
			p := parts[name]
			if cid < 0 {
				column, p.computed = "", true
			}
			ix.Columns = append(ix.Columns, column)
			p.collations = append(p.collations, coll)
			p.descending = append(p.descending, desc)
			if origin == "pk" {
				delete(t.Extra, extraRowid)
			}
			return nil
		}, only)
	if err != nil {
		return err
	}
	for _, p := range parts {
		p.judge()
	}
	return nil
}

// indexParts is what schema.Index has no place for.
type indexParts struct {
	table      *schema.Table
	index      int
	collations []string
	descending []bool
	computed   bool // a part is an expression
}

// judge turns parts that the walk cannot follow into expressions, and says why it cannot: those ordered by another
// collation than their column's, and those whose direction differs from the first's.
func (p *indexParts) judge() {
	ix := &p.table.Indexes[p.index]
	if !p.computed {
		ix.Uses = append(slices.Clone(ix.Columns), namesIn(ix.Definition)...)
	}
	def, err := parseTable(p.table.Definition)
	if err != nil {
		return
	}
	for i, name := range ix.Columns {
		if name == "" {
			continue
		}
		switch {
		case !strings.EqualFold(p.collations[i], collationOf(def, name)):
			ix.Columns[i], ix.NoKey = "", "compares "+name+" by another collation than the column's own"
		case p.descending[i] != p.descending[0]:
			ix.Columns[i], ix.NoKey = "", "has parts in both directions"
		}
	}
}

func collationOf(def *tableText, column string) string {
	if c := def.column(column); c != nil {
		if p := c.part(partCollate); p != nil {
			return tokenize(p.value.of(def.sql))[0].name()
		}
	}
	return "BINARY"
}

// describe adds what stands in the texts: constraints, collations, expressions, triggers, views.
func describe(t *schema.Table, objects []object) error {
	nameAll(t, objects)
	if len(t.Refusals) > 0 {
		return nil // a virtual table's text is the module's
	}
	def, err := parseTable(t.Definition)
	if err != nil {
		return fmt.Errorf("read the definition of %s: %w", t.Name, err)
	}
	if name := t.Extra[extraRowid]; name != "" {
		t.Column(name).NotNull = true // a rowid is never NULL
	}
	for i := range t.Columns {
		describeColumn(&t.Columns[i], def)
	}
	if name := t.Extra[extraRowid]; name != "" {
		t.Indexes = append(t.Indexes, schema.Index{Columns: []string{name}, Unique: true, Primary: true})
	}
	t.Constraints = constraintsOf(def)
	nameIndexes(t)
	return nil
}

func describeColumn(c *schema.Column, def *tableText) {
	text := def.column(c.Name)
	if text == nil {
		return
	}
	if typ := text.typ.of(def.sql); typ != "" {
		c.Type = typ // as it was written: the pragma has some types in capitals
	}
	if p := text.part(partNotNull); p != nil {
		c.NotNullText = strings.TrimSpace(onConflict(def.sql, p.tokens))
	}
	c.Implied = c.NotNull && text.part(partNotNull) == nil
	if p := text.part(partCollate); p != nil {
		c.Collation = tokenize(p.value.of(def.sql))[0].name()
	}
	if p := text.part(partGenerated); p != nil {
		c.Expr = strings.TrimSpace(p.value.of(def.sql))
	}
	if p := text.part(partPrimary); p != nil && p.tokens[len(p.tokens)-1].is("AUTOINCREMENT") {
		c.Identity = "auto_increment"
	}
}

// mentions says whether a text names a table.
func mentions(sql, table string) bool {
	return slices.ContainsFunc(tokenize(sql), func(t token) bool {
		return (t.kind == word || t.kind == quoted || t.kind == text) && strings.EqualFold(t.name(), table)
	})
}

// nameIndexes says which index serves which constraint.
func nameIndexes(t *schema.Table) {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		if ix.Definition != "" {
			continue
		}
		for _, k := range t.Constraints {
			if (k.Kind == schema.Unique || k.Kind == schema.PrimaryKey) && sameNames(k.Columns, ix.Columns) {
				ix.Constraint = k.Name
			}
		}
	}
}

func sameNames(a, b []string) bool {
	return slices.EqualFunc(a, b, strings.EqualFold)
}

// each runs a query and calls f for each row.
func each(ctx context.Context, q querier, query string, f func(*sql.Rows) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
