package postgres

import (
	"encoding/json"
	"strconv"
	"strings"

	"surefoot/planner"
)

// What Table.Extra holds, beside "owner" and the like: JSON lists of these, which a table copy
// carries over. Statement templates say {table} or {view} where the name goes.
type (
	sequence struct {
		Column, Schema, Name string
		Internal             bool     // of an identity column
		After                []string // its rights and comment, which {sequence} gets
	}
	incomingKey struct {
		Schema, Table, Name, Definition, Comment string
		Valid                                    bool
	}
	statistic struct {
		Schema, Name, Columns, Kinds, Comment string
		Target                                *int
	}
	publication struct{ Name, Tail string }
	view        struct {
		Name, Definition string
		After            []string
	}
	// indexExtra is what pg_get_indexdef leaves out.
	indexExtra struct {
		Name       string   `json:"name"`
		Tablespace string   `json:"tablespace,omitempty"`
		Targets    [][2]int `json:"targets,omitempty"`
	}
)

// Keys of Table.Extra.
const (
	extraPartitioned  = "partitioned"  // not empty: it is
	extraCreate       = "create"       // words of CREATE TABLE: UNLOGGED, tablespace, access method
	extraShape        = "shape"        // what CREATE TABLE says of partitions and storage parameters
	extraReaders      = "readers"      // views that read its columns themselves
	extraDress        = "dress"        // templates for a new table: owner, grants, policies, options
	extraComments     = "comments"     // templates of comments on what gets its name at the swap
	extraTriggers     = "triggers"     // name → how it is enabled, where not as usual
	extraSequences    = "sequences"    // sequences of columns
	extraIncoming     = "incoming"     // foreign keys of other tables
	extraStatistics   = "statistics"   // extended statistics
	extraPublications = "publications" // publications that name the table
	extraViews        = "views"        // views that read it
	extraFunctions    = "functions"    // statements that make sessions compile functions anew
	extraIndexes      = "indexes"      // what pg_get_indexdef leaves out
	extraMarks        = "marks"        // templates that name an index: CLUSTER ON, REPLICA IDENTITY
)

// createWords are the parts of CREATE TABLE that LIKE does not bring.
type createWords struct {
	Unlogged   bool   `json:"unlogged,omitempty"`
	Method     string `json:"method,omitempty"`
	Tablespace string `json:"tablespace,omitempty"`
}

func (c *catalog) extra(oid uint32) map[string]string {
	ct := c.tables[oid]
	extra := map[string]string{}
	if ct.Kind == "p" {
		extra[extraPartitioned] = "yes"
	}
	words := createWords{Unlogged: ct.Persistence == "u", Tablespace: ct.Tablespace}
	if ct.Method != "heap" {
		words.Method = ct.Method
	}
	if words != (createWords{}) {
		put(extra, extraCreate, words)
	}
	if sh := c.shapes[oid]; sh.Key != "" || sh.Partition || ct.Options != "" {
		put(extra, extraShape, shape{Key: sh.Key, Partition: sh.Partition, Bound: sh.Bound, Options: ct.Options})
	}
	putList(extra, extraReaders, c.shapes[oid].Readers)
	putList(extra, extraDress, c.dress(oid))
	putList(extra, extraComments, c.comments(oid))
	putList(extra, extraSequences, c.sequences[oid])
	putList(extra, extraIncoming, c.incoming[oid])
	putList(extra, extraStatistics, c.statistics[oid])
	putList(extra, extraPublications, c.publications[oid])
	putList(extra, extraViews, c.views[oid])
	putList(extra, extraFunctions, c.functions[oid])
	states := map[string]string{}
	for _, t := range c.triggers[oid] {
		if t.Enabled != "O" {
			states[t.Name] = t.Enabled
		}
	}
	if len(states) > 0 {
		put(extra, extraTriggers, states)
	}
	var indexes []indexExtra
	var marks []string
	for _, ix := range c.indexes[oid] {
		if ix.Tablespace != "" || len(ix.Targets) > 0 {
			indexes = append(indexes, indexExtra{ix.Name, ix.Tablespace, ix.Targets})
		}
		if ix.Clustered {
			marks = append(marks, "ALTER TABLE {table} CLUSTER ON "+quote(ix.Name))
		}
		if ix.Replica {
			marks = append(marks, "ALTER TABLE {table} REPLICA IDENTITY USING INDEX "+quote(ix.Name))
		}
	}
	putList(extra, extraIndexes, indexes)
	putList(extra, extraMarks, marks)
	return extra
}

// dress gives what makes a new table look like the live one and needs no name of its own.
func (c *catalog) dress(oid uint32) []string {
	ct := c.tables[oid]
	var out []string
	add := func(words ...string) { out = append(out, strings.Join(words, "")) }
	if ct.Options != "" {
		add("ALTER TABLE {table} SET (", ct.Options, ")")
	}
	if ct.Comment != "" {
		add("COMMENT ON TABLE {table} IS ", literal(ct.Comment))
	}
	for _, col := range c.columns[oid] {
		if col.Target != nil {
			add("ALTER TABLE {table} ALTER COLUMN ", quote(col.Name), " SET STATISTICS ", strconv.Itoa(*col.Target))
		}
		if col.Options != "" {
			add("ALTER TABLE {table} ALTER COLUMN ", quote(col.Name), " SET (", col.Options, ")")
		}
	}
	switch ct.Identity {
	case "f":
		add("ALTER TABLE {table} REPLICA IDENTITY FULL")
	case "n":
		add("ALTER TABLE {table} REPLICA IDENTITY NOTHING")
	}
	for _, p := range c.policies[oid] {
		add(p.Definition)
		if p.Comment != "" {
			add("COMMENT ON POLICY ", quote(p.Name), " ON {table} IS ", literal(p.Comment))
		}
	}
	if ct.RLS {
		add("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
	}
	if ct.ForceRLS {
		add("ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
	}
	add("ALTER TABLE {table} OWNER TO ", quote(ct.Owner))
	return append(out, c.grants[oid]...)
}

// comments gives the comments on constraints, indexes and triggers, which have their names only
// after the swap.
func (c *catalog) comments(oid uint32) []string {
	schema := quote(c.tables[oid].Schema)
	var out []string
	for _, k := range c.constraints[oid] {
		if k.Comment != "" {
			out = append(out, "COMMENT ON CONSTRAINT "+quote(k.Name)+" ON {table} IS "+literal(k.Comment))
		}
	}
	for _, ix := range c.indexes[oid] {
		if ix.Comment != "" {
			out = append(out, "COMMENT ON INDEX "+schema+"."+quote(ix.Name)+" IS "+literal(ix.Comment))
		}
	}
	for _, t := range c.triggers[oid] {
		if t.Comment != "" {
			out = append(out, "COMMENT ON TRIGGER "+quote(t.Name)+" ON {table} IS "+literal(t.Comment))
		}
	}
	return out
}

func putList[T any](extra map[string]string, key string, list []T) {
	if len(list) > 0 {
		put(extra, key, list)
	}
}

// put writes a value that always can be written: strings, numbers and booleans.
func put(extra map[string]string, key string, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	extra[key] = string(b)
}

// take reads a value that Inspect put; the zero value when the schema was read offline.
func take[T any](t *planner.Table, key string) T {
	var v T
	if text, ok := t.Extra[key]; ok {
		_ = json.Unmarshal([]byte(text), &v) // a value of another version reads as nothing; the drift hash shows it
	}
	return v
}

func fill(templates []string, placeholder, name string) []string {
	out := make([]string, len(templates))
	for i, t := range templates {
		out[i] = strings.ReplaceAll(t, placeholder, name)
	}
	return out
}
