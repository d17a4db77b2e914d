package postgres

import (
	"encoding/json"
	"strconv"
	"strings"

	"surefoot/schema"
)

// A template is a statement that is about an object whose name is not known yet: the name goes
// between its parts. What the user wrote stands in the parts and is never looked at.
type template []string

func (t template) on(name string) string { return strings.Join(t, name) }

func onAll(templates []template, name string) []string {
	out := make([]string, len(templates))
	for i, t := range templates {
		out[i] = t.on(name)
	}
	return out
}

// owned is a statement about a table or a thing of it.
type owned struct {
	Of   string   `json:"of,omitempty"` // column, index or constraint; empty: the table
	Name string   `json:"name,omitempty"`
	Text template `json:"text"`
}

// still gives the statements about what a table still has, under a name.
func still(list []owned, t *schema.Table, name string) []string {
	var out []string
	for _, o := range list {
		there := true
		switch o.Of {
		case "column":
			there = t.Column(o.Name) != nil
		case "index":
			there = indexOf(t, o.Name) != nil
		case "constraint":
			there = t.Constraint(o.Name) != nil
		}
		if there {
			out = append(out, o.Text.on(name))
		}
	}
	return out
}

// What Table.Extra holds: JSON lists of these, which a table copy carries over.
type (
	sequence struct {
		Column, Schema, Name string
		Internal             bool       // of an identity column
		After                []template // its rights and comment
	}
	incomingKey struct {
		Schema, Table, Name, Definition, Comment string
		Valid                                    bool
	}
	statistic struct {
		Schema, Name, Owner, Columns, Kinds, Comment string
		Target                                       *int
	}
	publication struct{ Name, Tail string }
	view        struct {
		Name, Schema, Definition string
		After                    []template
	}
	// use is something of which the server says that it stands in the way of a column's new type.
	use struct{ Column, By string }
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
	extraDress        = "dress"        // owned: what a new table gets at once: owner, grants, options
	extraLate         = "late"         // templates: policies, and the rights that the owner has not
	extraComments     = "comments"     // owned: comments on what gets its name at the swap
	extraTriggers     = "triggers"     // name → how it is enabled, where not as usual
	extraSequences    = "sequences"    // sequences of columns
	extraIncoming     = "incoming"     // foreign keys of other tables
	extraStatistics   = "statistics"   // extended statistics
	extraPublications = "publications" // publications that name the table
	extraViews        = "views"        // views that read it
	extraFunctions    = "functions"    // statements that make sessions compile functions anew
	extraIndexes      = "indexes"      // what pg_get_indexdef leaves out
	extraMarks        = "marks"        // owned: what names an index: CLUSTER ON, REPLICA IDENTITY
	extraUses         = "uses"         // what stands in the way of a column's new type
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
	putList(extra, extraLate, c.late(oid))
	putList(extra, extraComments, c.comments(oid))
	putList(extra, extraSequences, c.sequences[oid])
	putList(extra, extraIncoming, c.incoming[oid])
	putList(extra, extraStatistics, c.statistics[oid])
	putList(extra, extraPublications, c.publications[oid])
	putList(extra, extraViews, c.views[oid])
	putList(extra, extraFunctions, c.functions[oid])
	putList(extra, extraUses, c.uses[oid])
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
	var marks []owned
	for _, ix := range c.indexes[oid] {
		if ix.Tablespace != "" || len(ix.Targets) > 0 {
			indexes = append(indexes, indexExtra{ix.Name, ix.Tablespace, ix.Targets})
		}
		if ix.Clustered {
			marks = append(marks, owned{"index", ix.Name, template{"ALTER TABLE ", " CLUSTER ON " + quote(ix.Name)}})
		}
		if ix.Replica {
			marks = append(marks, owned{"index", ix.Name, template{"ALTER TABLE ", " REPLICA IDENTITY USING INDEX " + quote(ix.Name)}})
		}
	}
	putList(extra, extraIndexes, indexes)
	putList(extra, extraMarks, marks)
	return extra
}

// dress gives what makes a new table look like the live one and needs no name of its own.
func (c *catalog) dress(oid uint32) []owned {
	ct := c.tables[oid]
	var out []owned
	alter := func(words ...string) {
		out = append(out, owned{Text: template{"ALTER TABLE ", " " + strings.Join(words, "")}})
	}
	if ct.Options != "" {
		alter("SET (", ct.Options, ")")
	}
	if ct.Comment != "" {
		out = append(out, owned{Text: template{"COMMENT ON TABLE ", " IS " + literal(ct.Comment)}})
	}
	for _, col := range c.columns[oid] {
		column := func(words string) {
			out = append(out, owned{"column", col.Name, template{"ALTER TABLE ", " ALTER COLUMN " + quote(col.Name) + words}})
		}
		if col.Target != nil {
			column(" SET STATISTICS " + strconv.Itoa(*col.Target))
		}
		if col.Options != "" {
			column(" SET (" + col.Options + ")")
		}
	}
	switch ct.Identity {
	case "f":
		alter("REPLICA IDENTITY FULL")
	case "n":
		alter("REPLICA IDENTITY NOTHING")
	}
	if ct.RLS {
		alter("ENABLE ROW LEVEL SECURITY")
	}
	if ct.ForceRLS {
		alter("FORCE ROW LEVEL SECURITY")
	}
	alter("OWNER TO ", quote(ct.Owner))
	return append(out, c.grants[oid]...)
}

// late gives what a new table gets only with its name: policies, whose sub-selects may name the
// table itself, and what takes from the owner the rights that a copy needs.
func (c *catalog) late(oid uint32) []template {
	var out []template
	for _, p := range c.policies[oid] {
		out = append(out, p.Definition)
		if p.Comment != "" {
			out = append(out, template{"COMMENT ON POLICY " + quote(p.Name) + " ON ", " IS " + literal(p.Comment)})
		}
	}
	return append(out, c.revokes[oid]...)
}

// comments gives the comments on constraints, indexes and triggers, which have their names only
// after the swap.
func (c *catalog) comments(oid uint32) []owned {
	schema := quote(c.tables[oid].Schema)
	var out []owned
	constraint := func(name, comment string) {
		if comment != "" {
			out = append(out, owned{"constraint", name, template{"COMMENT ON CONSTRAINT " + quote(name) + " ON ", " IS " + literal(comment)}})
		}
	}
	for _, k := range c.constraints[oid] {
		constraint(k.Name, k.Comment)
	}
	for _, col := range c.columns[oid] { // a shadow table has those from the live table's definition
		constraint(col.NotNullName, col.NotNullComment)
	}
	for _, ix := range c.indexes[oid] {
		if ix.Comment != "" {
			out = append(out, owned{"index", ix.Name, template{"COMMENT ON INDEX " + schema + "." + quote(ix.Name) + " IS " + literal(ix.Comment)}})
		}
	}
	for _, t := range c.triggers[oid] {
		if t.Comment != "" {
			out = append(out, owned{Text: template{"COMMENT ON TRIGGER " + quote(t.Name) + " ON ", " IS " + literal(t.Comment)}})
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
func take[T any](t *schema.Table, key string) T {
	var v T
	if text, ok := t.Extra[key]; ok {
		_ = json.Unmarshal([]byte(text), &v) // a value of another version reads as nothing; the drift hash shows it
	}
	return v
}
