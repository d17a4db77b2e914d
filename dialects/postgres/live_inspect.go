package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"surefoot/schema"
)

// The catalog's rows, as the queries give them.
type (
	catTable struct {
		Schema, Name, Owner, Persistence, Tablespace, Method, Comment, Identity, Kind string
		Options                                                                       string
		RLS                                                                           bool
		ForceRLS                                                                      bool `json:"force_rls"`
		Tuples, Pages                                                                 float64
		Bytes, Heap                                                                   int64
		IndexBytes                                                                    int64 `json:"index_bytes"`
	}
	catColumn struct {
		Name, Type, Default, Expr, Generated, Identity, Collation, Comment string
		NotNull                                                            bool   `json:"not_null"`
		NotNullName                                                        string `json:"not_null_name"`
		NotNullText                                                        string `json:"not_null_text"`
		NotNullComment                                                     string `json:"not_null_comment"`
		TypeKind                                                           string `json:"type_kind"`
		Target                                                             *int
		Options                                                            string
	}
	catConstraint struct {
		Name, Type, Definition, Expr, Comment string
		Valid                                 bool
		Columns                               []string
		RefSchema                             string   `json:"ref_schema"`
		RefTable                              string   `json:"ref_table"`
		RefColumns                            []string `json:"ref_columns"`
	}
	catIndex struct {
		Name, Definition, Constraint, Tablespace, Comment     string
		Unique, Primary, Partial, Invalid, Clustered, Replica bool
		Columns                                               []string
		Targets                                               [][2]int
	}
	catTrigger struct{ Name, Definition, Enabled, Comment string }
	catPolicy  struct {
		Name, Comment string
		Definition    template
	}
)

// catalog is all that the queries gave, by the table's oid.
type catalog struct {
	order        []uint32
	tables       map[uint32]catTable
	columns      map[uint32][]catColumn
	constraints  map[uint32][]catConstraint
	indexes      map[uint32][]catIndex
	triggers     map[uint32][]catTrigger
	grants       map[uint32][]owned
	revokes      map[uint32][]template
	uses         map[uint32][]use
	policies     map[uint32][]catPolicy
	functions    map[uint32][]string
	refusals     map[uint32][]string
	sequences    map[uint32][]sequence
	incoming     map[uint32][]incomingKey
	statistics   map[uint32][]statistic
	publications map[uint32][]publication
	views        map[uint32][]view
	shapes       map[uint32]shape
}

// Inspect reads all of the user's tables. It is one short read-only transaction.
func (db *Database) Inspect(ctx context.Context) (*schema.Schema, error) {
	s, err := db.inspect(ctx, db.pool)
	if err != nil {
		return nil, fmt.Errorf("inspect the schema: %w", err)
	}
	return s, nil
}

func (db *Database) inspect(ctx context.Context, pool *sql.DB) (*schema.Schema, error) {
	tx, err := pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // a read-only transaction has nothing to lose
	return db.inspectIn(ctx, tx)
}

// querier is a transaction, or a session in one.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// inspectIn reads the tables in a transaction, whose search_path is empty afterwards.
func (db *Database) inspectIn(ctx context.Context, tx querier) (*schema.Schema, error) {
	s := &schema.Schema{Dialect: "postgres", Version: db.Version, Strict: true, TimeZone: db.zone, Ways: ways}
	var path string
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(current_schema(), 'public'), to_json(current_schemas(false))::text").Scan(&s.Default, &path); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(path), &s.Path); err != nil {
		return nil, err
	}
	if len(s.Path) < 2 {
		s.Path = nil
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL search_path = pg_catalog"); err != nil {
		return nil, err
	}
	c, err := db.readCatalog(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := db.readObjects(ctx, tx, s, c); err != nil {
		return nil, err
	}
	for _, oid := range c.order {
		s.Tables = append(s.Tables, c.table(oid))
	}
	return s, nil
}

func (db *Database) readCatalog(ctx context.Context, tx querier) (*catalog, error) {
	c := &catalog{tables: map[uint32]catTable{}, shapes: map[uint32]shape{}}
	err := query(ctx, tx, tablesQuery, func(oid uint32, t catTable) {
		c.order = append(c.order, oid)
		c.tables[oid] = t
	})
	if err != nil {
		return nil, err
	}
	for _, read := range []func() error{
		func() error { return collect(ctx, tx, columnsQuery, &c.columns) },
		func() error { return collect(ctx, tx, constraintsQuery, &c.constraints) },
		func() error { return collect(ctx, tx, indexesQuery, &c.indexes) },
		func() error { return collect(ctx, tx, triggersQuery, &c.triggers) },
		func() error { return collect(ctx, tx, grantsQuery, &c.grants) },
		func() error { return collect(ctx, tx, revokesQuery, &c.revokes) },
		func() error { return collect(ctx, tx, usesQuery, &c.uses) },
		func() error { return collect(ctx, tx, policiesQuery, &c.policies) },
		func() error { return collect(ctx, tx, functionsQuery, &c.functions) },
		func() error { return collect(ctx, tx, db.refusalsQuery(), &c.refusals) },
		func() error { return collect(ctx, tx, sequencesQuery, &c.sequences) },
		func() error { return collect(ctx, tx, incomingQuery, &c.incoming) },
		func() error { return collect(ctx, tx, statisticsQuery, &c.statistics) },
		func() error { return collect(ctx, tx, db.publicationsQuery(), &c.publications) },
		func() error { return collect(ctx, tx, viewsQuery, &c.views) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// collect runs a query that gives a table's oid and a JSON list.
func collect[T any](ctx context.Context, tx querier, text string, into *map[uint32][]T) error {
	*into = map[uint32][]T{}
	return query(ctx, tx, text, func(oid uint32, list []T) { (*into)[oid] = list })
}

func query[T any](ctx context.Context, tx querier, text string, each func(uint32, T)) error {
	rows, err := tx.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var oid uint32
		var raw []byte
		if err := rows.Scan(&oid, &raw); err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		each(oid, v)
	}
	return rows.Err()
}

// table puts one table together.
func (c *catalog) table(oid uint32) *schema.Table {
	ct := c.tables[oid]
	t := &schema.Table{
		Name: schema.Name{Schema: ct.Schema, Table: ct.Name}, Comment: ct.Comment, Refusals: c.refusals[oid], Stats: ct.stats(),
		Renamed: renamedIn, Refers: refers,
	}
	for _, col := range c.columns[oid] {
		t.Columns = append(t.Columns, col.column())
	}
	for _, k := range c.constraints[oid] {
		t.Constraints = append(t.Constraints, k.constraint())
	}
	for _, ix := range c.indexes[oid] {
		t.Indexes = append(t.Indexes, schema.Index{
			Name: ix.Name, Columns: ix.Columns, Unique: ix.Unique, Primary: ix.Primary, Partial: ix.Partial, Invalid: ix.Invalid,
			Constraint: ix.Constraint, Definition: ix.Definition,
		})
		own := &t.Indexes[len(t.Indexes)-1]
		own.Uses = usesOf(*own)
	}
	for _, tr := range c.triggers[oid] {
		t.Triggers = append(t.Triggers, schema.Trigger{Name: tr.Name, Definition: tr.Definition})
	}
	t.Extra = c.extra(oid)
	c.shaped(oid, t)
	return t
}

func (ct catTable) stats() schema.Stats {
	rows := int64(ct.Tuples)
	switch {
	case ct.Kind == "p":
		return schema.Stats{}
	case ct.Tuples < 0 || ct.Pages == 0: // never analyzed: as many rows as would fit
		rows = ct.Heap / 64
	default: // the density when last analyzed, at today's size
		rows = int64(ct.Tuples / ct.Pages * float64(ct.Heap) / 8192)
	}
	return schema.Stats{Rows: &rows, Bytes: &ct.Bytes, IndexBytes: &ct.IndexBytes}
}

func (col catColumn) column() schema.Column {
	out := schema.Column{
		Name: col.Name, Type: col.Type, NotNull: col.NotNull, NotNullName: col.NotNullName, NotNullText: col.NotNullText, Default: col.Default, Expr: col.Expr,
		Collation: col.Collation, Comment: col.Comment, NoKey: noKey(col.Type),
	}
	switch col.Generated {
	case "s":
		out.Generated = "stored"
	case "v":
		out.Generated = "virtual"
	}
	switch col.Identity {
	case "a":
		out.Identity = "always"
	case "d":
		out.Identity = "by default"
	}
	return out
}

func (k catConstraint) constraint() schema.Constraint {
	kinds := map[string]schema.ConstraintKind{"p": schema.PrimaryKey, "u": schema.Unique, "c": schema.Check, "f": schema.ForeignKey}
	kind, ok := kinds[k.Type]
	if !ok {
		kind = schema.OtherKind
	}
	out := schema.Constraint{Name: k.Name, Kind: kind, Columns: k.Columns, Expr: k.Expr, NotValid: !k.Valid, Definition: withoutNotValid(k.Definition)}
	out.Actions = optionsOf(kind, out.Definition)
	if kind == schema.ForeignKey {
		out.RefTable = schema.Name{Schema: k.RefSchema, Table: k.RefTable}
		out.RefColumns = k.RefColumns
	}
	return out
}
