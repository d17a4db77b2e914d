package postgres

import (
	"slices"
	"strconv"
	"strings"

	"surefoot/planner"
)

// A table copy writes each part as data, from the table as it was inspected. What follows the
// table's identity (its oid) rather than its name is moved in the swap's one transaction.

// copied is a table copy with the names of all that stands beside the live table.
type copied struct {
	*planner.Copy
	d                       *Dialect
	live, shadow, old       planner.Name
	log, rev                planner.Name // forward and reverse log
	liveKey, shadowKey      walkKey      // the key with the live and with the new types
	capture, captureReverse capture
}

func (d *Dialect) copied(cp *planner.Copy) *copied {
	n := cp.Live.Name
	c := &copied{
		Copy: cp, d: d, live: n, shadow: side(n, "new"), old: side(n, "old"), log: side(n, "log"), rev: side(n, "rev"),
	}
	c.liveKey = walkKey{table: n, columns: cp.Key}
	newKey := make([]planner.Column, len(cp.Key))
	for i, col := range cp.Key {
		col.Type = c.newType(col)
		newKey[i] = col
	}
	c.shadowKey = walkKey{table: c.shadow, columns: newKey}
	c.capture = capture{log: c.log, key: cp.Key, target: c.shadow, suffix: "log", truncate: "cut"}
	c.captureReverse = capture{log: c.rev, key: newKey, target: c.old, suffix: "rev", truncate: "tuc"}
	return c
}

// newType gives the type that a column of the live table has in the shadow.
func (c *copied) newType(col planner.Column) string {
	for _, m := range c.Columns {
		if m.From == col.Name && m.Type != "" {
			return m.Type
		}
	}
	return col.Type
}

// targets and sources give the copied columns of the shadow and the expressions that fill them.
func (c *copied) targets() string {
	var out []string
	for _, m := range c.copiedColumns() {
		out = append(out, quote(m.To))
	}
	return strings.Join(out, ", ")
}

func (c *copied) sources() string {
	var out []string
	for _, m := range c.copiedColumns() {
		if m.Using != "" {
			out = append(out, "("+m.Using+")")
		} else {
			out = append(out, quote(m.From))
		}
	}
	return strings.Join(out, ", ")
}

// createShadow makes the new table: everything of the live one that needs no rows and no name of
// its own, with the wanted clauses, and only the index that the key needs.
func (d *Dialect) createShadow(cp *planner.Copy) ([]planner.Step, error) {
	c := d.copied(cp)
	words := take[createWords](c.Live, extraCreate)
	sql := []string{words.create(c.shadow, c.live), d.ownRightsOnly(c.shadow)}
	for _, k := range c.Live.Constraints {
		if k.Kind == planner.Check && k.NotValid {
			// Rows that violate it must still be copied; it comes back with the swap.
			sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" DROP CONSTRAINT "+quote(k.Name))
		}
	}
	sql = append(sql, c.alterShadow()...)
	for _, ix := range c.indexes() {
		if ix.key {
			sql = append(sql, ix.build(c)...)
		}
	}
	sql = append(sql, fill(c.dressable(), "{table}", qualified(c.shadow))...)
	return []planner.Step{{
		Kind: planner.Expand, Title: "create the shadow table of " + c.live.String(),
		SQL: sql, Atomic: true, Proof: proof(hasTable(c.shadow)),
		Undo: []string{"DROP TABLE IF EXISTS " + qualified(c.shadow)}, UndoAtomic: true,
	}}, nil
}

func (w createWords) create(shadow, live planner.Name) string {
	text := "CREATE "
	if w.Unlogged {
		text += "UNLOGGED "
	}
	text += "TABLE " + qualified(shadow) + " (LIKE " + qualified(live) +
		" INCLUDING COMMENTS INCLUDING COMPRESSION INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE)"
	if w.Method != "" {
		text += " USING " + quote(w.Method)
	}
	if w.Tablespace != "" {
		text += " TABLESPACE " + quote(w.Tablespace)
	}
	return text
}

// ownRightsOnly takes away what default privileges gave to others: the live table's own rights follow.
func (d *Dialect) ownRightsOnly(n planner.Name) string {
	return `DO $surefoot$DECLARE r record; BEGIN
	FOR r IN SELECT DISTINCT x.grantee FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) x
		WHERE c.oid = ` + regclass(n) + ` AND x.grantee <> c.relowner LOOP
		EXECUTE format('REVOKE ALL ON ` + strings.ReplaceAll(strings.ReplaceAll(qualified(n), "%", "%%"), "'", "''") + ` FROM %s',
			CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.grantee)) END);
	END LOOP;
END$surefoot$`
}

// alterShadow gives the wanted clauses as ALTER TABLE on the empty shadow: in one statement, as
// the server would take them, unless a column's type changes twice.
func (c *copied) alterShadow() []string {
	var parts []string
	changed := map[string]bool{}
	twice := false
	for _, clause := range c.Clauses {
		switch cl := clause.(type) {
		case planner.AddConstraint:
			if cl.Constraint.Kind != planner.Check && cl.Constraint.Kind != planner.OtherKind || exclusion(cl.Constraint) || cl.Constraint.NotValid {
				continue
			}
		case planner.DropConstraint:
			k := c.Live.Constraint(cl.Constraint)
			if k == nil || k.Kind != planner.Check || k.NotValid {
				continue
			}
		case planner.ChangeType:
			twice = twice || changed[cl.Column]
			changed[cl.Column] = true
		case planner.SetNotNull:
			parts = append(parts, c.d.notNullOnShadow(c, cl))
			continue
		}
		if part := c.d.clause(clause); part != "" {
			parts = append(parts, part)
		}
	}
	alter := "ALTER TABLE " + qualified(c.shadow) + " "
	var sql []string
	if twice {
		for _, p := range parts {
			sql = append(sql, alter+p)
		}
	} else if len(parts) > 0 {
		sql = append(sql, alter+strings.Join(parts, ", "))
	}
	return append(sql, c.renameNotNull()...)
}

// notNullOnShadow writes SET NOT NULL; from PostgreSQL 18 on it is a constraint whose name is
// made of the table's, so it gets the live table's.
func (d *Dialect) notNullOnShadow(c *copied, n planner.SetNotNull) string {
	col := c.Live.Column(n.Column)
	if d.major < 18 || col != nil && col.NotNull {
		return d.clause(n)
	}
	return "ADD CONSTRAINT " + quote(objectName(c.live.Table, n.Column, "not_null")) + " NOT NULL " + quote(n.Column)
}

// renameNotNull does the same for new columns, whose NOT NULL the server named after the shadow.
func (c *copied) renameNotNull() []string {
	if c.d.major < 18 {
		return nil
	}
	var sql []string
	for _, clause := range c.Clauses {
		if a, ok := clause.(planner.AddColumn); ok && a.Column.NotNull {
			sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" RENAME CONSTRAINT "+quote(objectName(c.shadow.Table, a.Column.Name, "not_null"))+
				" TO "+quote(objectName(c.live.Table, a.Column.Name, "not_null")))
		}
	}
	return sql
}

// dressable gives the templates that make the shadow look like the live table.
func (c *copied) dressable() []string { return take[[]string](c.Live, extraDress) }

func exclusion(k planner.Constraint) bool {
	return newSource(k.Definition).skip(0, "exclude") == 1
}

func columnNames(t *planner.Table) []string { return names(t.Columns) }

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
		if ix.Invalid || c.drops(ix) {
			continue
		}
		ci := copyIndex{name: ix.Name, definition: indexTail(ix.Definition), unique: ix.Unique, key: ix.Name == keyName}
		if k := c.Live.Constraint(ix.Constraint); ix.Constraint != "" && k != nil {
			ci.constraint, ci.definition = true, constraintText(*k)
		}
		for _, e := range extras {
			if e.Name == ix.Name {
				ci.tablespace, ci.targets = e.Tablespace, e.Targets
			}
		}
		out = append(out, ci)
	}
	for _, clause := range c.Clauses {
		switch cl := clause.(type) {
		case planner.AddConstraint:
			k := cl.Constraint
			if k.Kind == planner.PrimaryKey || k.Kind == planner.Unique || exclusion(k) {
				out = append(out, copyIndex{name: k.Name, definition: constraintText(k), constraint: true, unique: true, isNew: true})
			}
		case planner.CreateIndex:
			out = append(out, copyIndex{name: cl.Index.Name, definition: indexText(cl), unique: cl.Index.Unique, isNew: true})
		}
	}
	return out
}

func (c *copied) drops(ix planner.Index) bool {
	return slices.ContainsFunc(c.Clauses, func(cl planner.Change) bool {
		d, ok := cl.(planner.DropConstraint)
		return ok && ix.Constraint != "" && d.Constraint == ix.Constraint
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
	name := planner.SideName(ix.name, "new", maxName)
	var sql []string
	if ix.tablespace != "" {
		sql = append(sql, "SET LOCAL default_tablespace = "+quote(ix.tablespace))
	}
	if ix.constraint {
		sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" ADD CONSTRAINT "+quote(name)+" "+ix.definition)
	} else {
		sql = append(sql, createIndex(name, ix.unique, false, false, c.shadow, ix.definition))
	}
	for _, t := range ix.targets {
		sql = append(sql, "ALTER INDEX "+qualified(planner.Name{Schema: c.live.Schema, Table: name})+
			" ALTER COLUMN "+strconv.Itoa(t[0])+" SET STATISTICS "+strconv.Itoa(t[1]))
	}
	if ix.tablespace != "" {
		sql = append(sql, "SET LOCAL default_tablespace = ''")
	}
	return sql
}

// buildIndexes makes all other indexes, each in a step of its own, and the planner's statistics.
func (d *Dialect) buildIndexes(cp *planner.Copy) []planner.Step {
	c := d.copied(cp)
	var steps []planner.Step
	for _, ix := range c.indexes() {
		if ix.key {
			continue
		}
		name := planner.Name{Schema: c.live.Schema, Table: planner.SideName(ix.name, "new", maxName)}
		steps = append(steps, planner.Step{
			Kind: planner.Fill, Title: "build index " + ix.name + " on the shadow table of " + c.live.String(),
			SQL: ix.build(c), Atomic: true, Patient: true, Proof: proof(validIndex(name)), Work: planner.WriteIndex,
		})
	}
	var sql []string
	for _, st := range take[[]statistic](c.Live, extraStatistics) {
		sql = append(sql, st.create(c.shadow)...)
	}
	sql = append(sql, "ANALYZE "+qualified(c.shadow))
	return append(steps, planner.Step{
		Kind: planner.Fill, Title: "gather statistics of the shadow table of " + c.live.String(), SQL: sql, Atomic: true, Patient: true,
	})
}

// create makes an extended statistics object for the shadow, under a name beside the live one's.
func (st statistic) create(shadow planner.Name) []string {
	name := qualified(planner.Name{Schema: st.Schema, Table: planner.SideName(st.Name, "new", maxName)})
	kinds := ""
	if st.Kinds != "" && strings.Contains(st.Columns, ",") {
		kinds = " (" + st.Kinds + ")"
	}
	sql := []string{"CREATE STATISTICS " + name + kinds + " ON " + st.Columns + " FROM " + qualified(shadow)}
	if st.Target != nil {
		sql = append(sql, "ALTER STATISTICS "+name+" SET STATISTICS "+strconv.Itoa(*st.Target))
	}
	if st.Comment != "" {
		sql = append(sql, "COMMENT ON STATISTICS "+name+" IS "+literal(st.Comment))
	}
	return sql
}
