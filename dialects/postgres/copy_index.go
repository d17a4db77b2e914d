package postgres

import (
	"slices"
	"strconv"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// copyIndex is an index that the new table gets.
type copyIndex struct {
	name       string
	definition string // what stands behind the table's name, or the constraint's text
	constraint bool
	unique     bool
	key        bool // the index in whose order the copy is walked: made first
	isNew      bool // of the wanted clauses: the old table has none
	tablespace string
	targets    [][2]int
}

// indexes gives the new table's indexes: the live one's, without those that the clauses drop, and
// those that the clauses add.
func (c *copied) indexes() []copyIndex {
	extras := take[[]indexExtra](c.Live, extraIndexes)
	keyName := c.keyIndex()
	var out []copyIndex
	for _, ix := range c.Live.Indexes {
		if c.drops(ix) {
			continue
		}
		ci := copyIndex{name: ix.Name, definition: indexBody(ix), unique: ix.Unique, key: ix.Name == keyName}
		if k := c.Live.Constraint(ix.Constraint); ix.Constraint != "" && k != nil {
			ci.constraint, ci.definition = true, constraintText(*k)
		}
		for _, e := range extras {
			if e.Name == ix.Name {
				ci.tablespace, ci.targets = e.Tablespace, e.Targets
			}
		}
		if c.retypes(indexBody(ix)) {
			ci.targets = nil
		}
		out = append(out, ci)
	}
	for _, clause := range c.Clauses {
		switch cl := clause.(type) {
		case schema.AddConstraint:
			k := cl.Constraint
			if k.Kind == schema.PrimaryKey || k.Kind == schema.Unique || exclusion(k) {
				out = append(out, copyIndex{name: k.Name, definition: constraintText(k), constraint: true, unique: true, isNew: true})
			}
		case schema.CreateIndex:
			out = append(out, copyIndex{name: cl.Index.Name, definition: indexText(cl), unique: cl.Index.Unique, isNew: true})
		}
	}
	return out
}

func (c *copied) drops(ix schema.Index) bool {
	return slices.ContainsFunc(c.Clauses, func(cl schema.Change) bool {
		d, ok := cl.(schema.DropConstraint)
		return ok && ix.Constraint != "" && d.Constraint == ix.Constraint
	})
}

// retypes says that a column of an index or of statistics gets another type: the server then makes that
// anew, and forgets how much was to be known of its values (seen on 15 and 18).
func (c *copied) retypes(definition string) bool {
	return slices.ContainsFunc(c.Clauses, func(cl schema.Change) bool {
		t, ok := cl.(schema.ChangeType)
		return ok && mentions(definition, t.Column)
	})
}

// keyIndex names the index that gave the key: the primary key's, else the first unique one over
// these columns.
func (c *copied) keyIndex() string {
	name := ""
	for _, ix := range c.Live.Indexes {
		if ix.Unique && !ix.Partial && !ix.Invalid && slices.Equal(ix.Columns, names(c.Key)) && (ix.Primary || name == "") {
			name = ix.Name
		}
	}
	return name
}

// build gives the statements that make the index on the shadow, under a name beside the live one's.
func (ix copyIndex) build(c *copied) []string {
	name := schema.SideName(ix.name, "new", maxName)
	var sql []string
	if ix.tablespace != "" {
		sql = append(sql, "SET LOCAL default_tablespace = "+quote(ix.tablespace))
	}
	if ix.constraint {
		sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" ADD CONSTRAINT "+quote(name)+" "+ix.definition)
	} else {
		sql = append(sql, createIndex(name, ix.unique, false, false, c.shadow, ix.definition))
	}
	sql = append(sql, setTargets(schema.Name{Schema: c.live.Schema, Table: name}, ix.targets)...)
	if ix.tablespace != "" {
		sql = append(sql, "SET LOCAL default_tablespace = ''")
	}
	return sql
}

// setTargets says of an index's columns, by number, how much is known of their values.
func setTargets(index schema.Name, targets [][2]int) []string {
	var sql []string
	for _, t := range targets {
		sql = append(sql, "ALTER INDEX "+qualified(index)+" ALTER COLUMN "+strconv.Itoa(t[0])+" SET STATISTICS "+strconv.Itoa(t[1]))
	}
	return sql
}

// buildIndexes makes all other indexes, each in a step of its own, and the planner's statistics.
func (d *Dialect) buildIndexes(cp *schema.Copy) []plan.Step {
	c := d.copied(cp)
	var steps []plan.Step
	for _, ix := range c.indexes() {
		if ix.key {
			continue
		}
		name := schema.Name{Schema: c.live.Schema, Table: schema.SideName(ix.name, "new", maxName)}
		steps = append(steps, plan.Step{
			Title: "build index " + ix.name + " on the shadow table of " + c.live.String(),
			Act:   plan.Act{SQL: ix.build(c), Atomic: true, Patient: true}, Evidence: plan.Evidence{Proof: proof(validIndex(name))},
			Price: plan.Price{Work: plan.WriteIndex},
		})
	}
	var sql []string
	for _, st := range c.ownStatistics() {
		sql = append(sql, st.create(c.shadow)...)
	}
	sql = append(sql, "ANALYZE "+qualified(c.shadow))
	return append(steps, plan.Step{
		Title: "gather statistics of the shadow table of " + c.live.String(),
		Act:   plan.Act{SQL: sql, Atomic: true, Patient: true},
	})
}

// create makes an extended statistics object for the shadow, under a name beside the live one's.
func (st statistic) create(shadow schema.Name) []string {
	name := qualified(schema.Name{Schema: st.Schema, Table: schema.SideName(st.Name, "new", maxName)})
	kinds := ""
	if st.Kinds != "" && strings.Contains(st.Columns, ",") {
		kinds = " (" + st.Kinds + ")"
	}
	sql := append([]string{"CREATE STATISTICS " + name + kinds + " ON " + st.Columns + " FROM " + qualified(shadow)}, st.forgotten(name)...)
	if st.Comment != "" {
		sql = append(sql, "COMMENT ON STATISTICS "+name+" IS "+literal(st.Comment))
	}
	return sql
}

// forgotten gives back what statistics lose when the server makes them anew.
func (st statistic) forgotten(name string) []string {
	var sql []string
	if st.Owner != "" {
		sql = append(sql, "ALTER STATISTICS "+name+" OWNER TO "+quote(st.Owner))
	}
	if st.Target != nil {
		sql = append(sql, "ALTER STATISTICS "+name+" SET STATISTICS "+strconv.Itoa(*st.Target))
	}
	return sql
}

// ownStatistics gives the statistics objects that are still there: one goes with any of its columns.
func (c *copied) ownStatistics() []statistic {
	read := c.Live
	if c.Live.Origin != nil {
		read = c.Live.Origin
	}
	all := slices.DeleteFunc(take[[]statistic](c.Live, extraStatistics), func(st statistic) bool {
		return slices.ContainsFunc(read.Columns, func(col schema.Column) bool {
			return c.Live.Column(col.Name) == nil && mentions(st.Columns, col.Name)
		})
	})
	for i, st := range all {
		if c.retypes(st.Columns) { // whoever runs the statement owns what the server makes
			all[i].Owner, all[i].Target = "", nil
		}
	}
	return all
}

// ownSequences gives the sequences of the columns that are still there.
func (c *copied) ownSequences() []sequence {
	return slices.DeleteFunc(take[[]sequence](c.Live, extraSequences), func(sq sequence) bool { return c.Live.Column(sq.Column) == nil })
}
