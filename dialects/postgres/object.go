package postgres

import (
	"encoding/json"
	"strconv"
	"strings"

	"surefoot/schema"
)

// Kinds of objects whose change is more than the texts that make them.
const (
	kindEnum       = "enum type"
	kindOptions    = "storage parameters"
	kindSequence   = "sequence"
	kindPartitions = "partitioning"
	kindParents    = "parents"
)

// schemaObject is a schema that tables may stand in.
func schemaObject(name string) schema.Object {
	return schema.Object{
		Kind: "schema", Name: quote(name), Early: true, Stays: true,
		Make: []string{"CREATE SCHEMA " + quote(name)}, Drop: []string{"DROP SCHEMA " + quote(name)},
		There: "EXISTS (SELECT FROM pg_namespace WHERE nspname = " + literal(name) + ")",
	}
}

func (t catType) object() schema.Object {
	o := schema.Object{
		Kind: "type", Name: t.Name, Early: true, Definition: t.Definition, Drop: []string{"DROP TYPE " + t.Name},
		There: "to_regtype(" + literal(t.Name) + ") IS NOT NULL",
		Fixed: "how an existing type that is no enum changes is not compared: write the ALTER statements for it",
	}
	switch t.Kind {
	case "e":
		o.Kind, o.Fixed = kindEnum, ""
		b, _ := json.Marshal(t.Labels) // strings can always be written
		o.Definition = string(b)
		var list []string
		for _, l := range t.Labels {
			list = append(list, literal(l))
		}
		o.Make = []string{"CREATE TYPE " + t.Name + " AS ENUM (" + strings.Join(list, ", ") + ")"}
		o.There = enumIs(t.Name, t.Labels)
	case "d":
		o.Kind, o.Drop = "domain", []string{"DROP DOMAIN " + t.Name}
		o.Make = []string{"CREATE DOMAIN " + t.Name + " AS " + t.Definition}
	case "r":
		o.Make = []string{"CREATE TYPE " + t.Name + " AS RANGE " + t.Definition}
	default:
		o.Make = []string{"CREATE TYPE " + t.Name + " AS " + t.Definition}
	}
	return o
}

// enumIs says that a type has these labels.
func enumIs(name string, labels []string) string {
	array := "ARRAY[]::text[]"
	if len(labels) > 0 {
		var list []string
		for _, l := range labels {
			list = append(list, literal(l))
		}
		array = "ARRAY[" + strings.Join(list, ", ") + "]"
	}
	return "coalesce((SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = to_regtype(" +
		literal(name) + ")), ARRAY[]::text[]) = " + array + " AND to_regtype(" + literal(name) + ") IS NOT NULL"
}

// objects gives a sequence, and to whom it belongs: that can only be said when the column is there.
func (q catSequence) objects() []schema.Object {
	unlogged := ""
	if q.Unlogged {
		unlogged = "UNLOGGED "
	}
	o := schema.Object{
		Kind: kindSequence, Name: q.Name, Early: true, Definition: unlogged + q.Definition,
		Make: []string{"CREATE " + unlogged + "SEQUENCE " + q.Name + " " + q.Definition}, Drop: []string{"DROP SEQUENCE " + q.Name},
		There: "to_regclass(" + literal(q.Name) + ") IS NOT NULL",
	}
	if len(q.Owner) != 3 {
		return []schema.Object{o}
	}
	table := schema.Name{Schema: q.Owner[0], Table: q.Owner[1]}
	o.Of, o.Part = table, "numbering "+q.Owner[2]
	column := qualified(table) + "." + quote(q.Owner[2])
	return []schema.Object{o, {
		Kind: "sequence owner", Name: q.Name, Of: table, Part: o.Part, Definition: column,
		Make: []string{"ALTER SEQUENCE " + q.Name + " OWNED BY " + column}, Drop: []string{"ALTER SEQUENCE " + q.Name + " OWNED BY NONE"},
		There: "EXISTS (SELECT FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.objid = to_regclass(" + literal(q.Name) +
			") AND d.deptype = 'a' AND d.refobjid = " + regclass(table) + " AND a.attname = " + literal(q.Owner[2]) + ")",
	}}
}

func (n catNote) object() schema.Object {
	return schema.Object{
		Kind: "comment", Name: n.On, Of: schema.Name{Schema: n.Schema, Table: n.Table}, Part: n.Part, Definition: n.Text,
		Make: []string{"COMMENT ON " + n.On + " IS " + literal(n.Text)}, Drop: []string{"COMMENT ON " + n.On + " IS NULL"},
	}
}

// storages are the words for pg_attribute.attstorage.
var storages = map[string]string{"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}

// dressing gives what a table has beside its columns, constraints and indexes.
func (c *catalog) dressing(oid uint32) []schema.Object {
	ct, sh := c.tables[oid], c.shapes[oid]
	table := schema.Name{Schema: ct.Schema, Table: ct.Name}
	d := &dresser{table: table, alter: "ALTER TABLE " + qualified(table) + " "}
	d.ofTable(ct, sh)
	for _, ix := range c.indexes[oid] {
		d.ofIndex(ix)
	}
	for _, col := range c.columns[oid] {
		if col.Target != nil {
			n := strconv.Itoa(*col.Target)
			d.add("column statistics target", "column "+col.Name, n, "SET STATISTICS "+n, "SET STATISTICS -1")
		}
		if col.Options != "" {
			d.add("column options", "column "+col.Name, col.Options, "SET ("+col.Options+")", "RESET ("+optionNames(col.Options)+")")
		}
	}
	for _, e := range sh.Extras {
		if e.Storage != "" {
			d.add("column storage", "column "+e.Name, e.Storage, "SET STORAGE "+storages[e.Storage], "SET STORAGE "+storages[e.TypeStorage])
		}
		if method := map[string]string{"p": "pglz", "l": "lz4"}[e.Compression]; method != "" {
			d.add("column compression", "column "+e.Name, method, "SET COMPRESSION "+method, "SET COMPRESSION default")
		}
	}
	return d.out
}

// dresser gathers the objects of one table.
type dresser struct {
	table schema.Name
	alter string // the start of a statement that makes or drops one
	out   []schema.Object
}

// add adds what a clause of ALTER TABLE makes and another one drops. part: "column c", "index i", "constraint k".
func (d *dresser) add(kind, part, definition, mk, drop string) {
	o := schema.Object{Kind: kind, Name: d.table.String(), Of: d.table, Part: part, Definition: definition, Make: []string{d.alter + mk}, Drop: []string{d.alter + drop}}
	if column, ok := strings.CutPrefix(part, "column "); ok {
		o.Name += "." + column
		o.Make[0] = d.alter + "ALTER COLUMN " + quote(column) + " " + mk
		o.Drop[0] = d.alter + "ALTER COLUMN " + quote(column) + " " + drop
	}
	d.out = append(d.out, o)
}

// inline adds what CREATE TABLE says too.
func (d *dresser) inline(kind, definition, mk, drop string) {
	d.add(kind, "", definition, mk, drop)
	d.out[len(d.out)-1].Inline = true
}

// fixed adds what CREATE TABLE says and nothing changes.
func (d *dresser) fixed(kind, definition, why string) {
	if definition != "" {
		d.out = append(d.out, schema.Object{Kind: kind, Name: d.table.String(), Of: d.table, Definition: definition, Inline: true, Fixed: why})
	}
}

func (d *dresser) ofTable(ct catTable, sh shape) {
	if ct.Options != "" {
		d.inline(kindOptions, ct.Options, "SET ("+ct.Options+")", "RESET ("+optionNames(ct.Options)+")")
	}
	if ct.Persistence == "u" {
		d.inline("persistence", "UNLOGGED", "SET UNLOGGED", "SET LOGGED")
	}
	if ct.Tablespace != "" {
		d.inline("tablespace", ct.Tablespace, "SET TABLESPACE "+quote(ct.Tablespace), "SET TABLESPACE pg_default")
	}
	if ct.Method != "" && ct.Method != "heap" {
		d.inline("access method", ct.Method, "SET ACCESS METHOD "+quote(ct.Method), "SET ACCESS METHOD heap")
	}
	d.fixed(kindPartitions, sh.Key, "PostgreSQL does not change how a table is partitioned: make a new table and move the rows")
	d.fixed(kindParents, sh.family(), "what a table inherits from, or is a partition of, is not changed from a wanted schema: write ALTER TABLE … INHERIT, ATTACH PARTITION or DETACH PARTITION")
	switch ct.Identity {
	case "f":
		d.add("replica identity", "", "FULL", "REPLICA IDENTITY FULL", "REPLICA IDENTITY DEFAULT")
	case "n":
		d.add("replica identity", "", "NOTHING", "REPLICA IDENTITY NOTHING", "REPLICA IDENTITY DEFAULT")
	}
}

func (d *dresser) ofIndex(ix catIndex) {
	part := "index " + ix.Name
	if ix.Constraint != "" {
		part = "constraint " + ix.Constraint
	}
	if ix.Replica {
		d.add("replica identity", part, "USING INDEX "+quote(ix.Name), "REPLICA IDENTITY USING INDEX "+quote(ix.Name), "REPLICA IDENTITY DEFAULT")
	}
	if ix.Clustered {
		d.add("cluster mark", part, quote(ix.Name), "CLUSTER ON "+quote(ix.Name), "SET WITHOUT CLUSTER")
	}
}

// family says what a table inherits from, or is a partition of.
func (sh shape) family() string {
	var names []string
	for _, p := range sh.Parents {
		names = append(names, qualified(schema.Name{Schema: p[0], Table: p[1]}))
	}
	list := strings.Join(names, ", ")
	if sh.Partition {
		return "PARTITION OF " + list + " " + sh.Bound
	}
	if list != "" {
		return "INHERITS (" + list + ")"
	}
	return ""
}

// optionNames gives the names of "a=1, b=2".
func optionNames(options string) string {
	var names []string
	for _, o := range newSource(options).split() {
		name, _, _ := strings.Cut(o.String(), "=")
		names = append(names, strings.TrimSpace(name))
	}
	return strings.Join(names, ", ")
}
