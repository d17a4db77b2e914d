package postgres

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// A table copy writes each part as data, from the table as it was inspected. What follows the
// table's identity (its oid) rather than its name is moved in the swap's one transaction.

// copied is a table copy with the names of all that stands beside the live table.
type copied struct {
	*schema.Copy
	d                       *Dialect
	after, kept             *schema.Table // the live table as the clauses make it, and what of it they keep
	live, shadow, old       schema.Name
	log, rev                schema.Name // forward and reverse log
	liveKey, shadowKey      walkKey     // the key with the live and with the new types
	capture, captureReverse capture
}

func (d *Dialect) copied(cp *schema.Copy) *copied {
	n := cp.Live.Name
	c := &copied{
		Copy: asOfBegin(cp), d: d, live: n, shadow: side(n, "new"), old: side(n, "old"), log: side(n, "log"), rev: side(n, "rev"),
	}
	after := &schema.Schema{Tables: []*schema.Table{cp.Live}}
	kept := after
	for _, clause := range cp.Clauses {
		after = schema.Apply(after, clause)
		switch clause.(type) {
		case schema.DropColumn, schema.DropConstraint, schema.DropIndex:
			kept = schema.Apply(kept, clause)
		}
	}
	c.after, c.kept = after.Tables[0], kept.Tables[0]
	c.liveKey = walkKey{table: n, columns: cp.Key}
	newKey := make([]schema.Column, len(cp.Key))
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
func (c *copied) newType(col schema.Column) string {
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
func (d *Dialect) createShadow(cp *schema.Copy) ([]plan.Step, error) {
	c := d.copied(cp)
	for _, done := range c.Live.Applied {
		switch done.(type) {
		case schema.RenameColumn, schema.RenameTable:
			return nil, fmt.Errorf("copy %s: a step before renames (%s), and what the table owns is known by the old name: run that first, then plan this",
				c.live, done.Kind())
		}
	}
	words := take[createWords](c.Live, extraCreate)
	sql := append(slices.Clone(d.styles), words.create(c.shadow, c.live), ownRightsOnly(qualified(c.shadow), "TABLE"))
	for _, k := range unchecked(c.Live) {
		// Rows that violate it must still be copied; it comes back with the swap.
		sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" DROP CONSTRAINT "+quote(k.Name))
	}
	for _, sq := range c.ownSequences() {
		if sq.Internal {
			// LIKE makes it a bigint's, so that a new type would not raise its bounds.
			name := schema.Name{Schema: c.shadow.Schema, Table: objectName(c.shadow.Table, sq.Column, "seq")}
			sql = append(sql, "ALTER SEQUENCE "+qualified(name)+" AS "+c.Live.Column(sq.Column).Type, ownRightsOnly(qualified(name), "SEQUENCE"))
		}
	}
	sql = append(sql, c.alterShadow()...)
	for _, ix := range c.indexes() {
		if ix.key {
			sql = append(sql, ix.build(c)...)
		}
	}
	sql = append(sql, still(take[[]owned](c.Live, extraDress), c.kept, qualified(c.shadow))...)
	return []plan.Step{{
		Act: plan.Act{SQL: sql, Atomic: true, Portray: true}, Evidence: plan.Evidence{Proof: proof(hasTable(c.shadow))},
		WayBack: plan.WayBack{Undo: []string{"DROP TABLE IF EXISTS " + qualified(c.shadow)}, UndoAtomic: true},
	}}, nil
}

func (w createWords) create(shadow, live schema.Name) string {
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

// ownRightsOnly takes away what default privileges gave to others: the live thing's own rights follow.
func ownRightsOnly(name, kind string) string {
	return `DO $surefoot$DECLARE r record; BEGIN
	FOR r IN SELECT DISTINCT x.grantee FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) x
		WHERE c.oid = ` + literal(name) + `::regclass AND x.grantee <> c.relowner LOOP
		EXECUTE format('REVOKE ALL ON ` + kind + ` %s FROM %s', ` + literal(name) + `,
			CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.grantee)) END);
	END LOOP;
END$surefoot$`
}

// alterShadow gives the wanted clauses as ALTER TABLE on the empty shadow, one for each statement: within one
// the server takes clauses in an order of its own.
func (c *copied) alterShadow() []string {
	var sql []string
	for _, st := range c.Statements {
		if parts := c.onShadow(st.Clauses); len(parts) > 0 {
			sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" "+strings.Join(parts, ", "))
		}
		sql = append(sql, c.renameNotNull(st.Clauses)...)
	}
	return sql
}

// onShadow writes a statement's clauses, without those that come with the indexes or the swap.
func (c *copied) onShadow(clauses []schema.Change) []string {
	var parts []string
	for _, clause := range clauses {
		switch cl := clause.(type) {
		case schema.AddConstraint:
			if cl.Constraint.Kind != schema.Check && cl.Constraint.Kind != schema.OtherKind || exclusion(cl.Constraint) || cl.Constraint.NotValid {
				continue
			}
		case schema.DropConstraint:
			// One that is not known is a NOT NULL, which the shadow has under its name.
			if k := c.Live.Constraint(cl.Constraint); k != nil && (k.Kind != schema.Check || k.NotValid) {
				continue
			}
		case schema.SetNotNull:
			parts = append(parts, c.d.notNullOnShadow(c, cl))
			continue
		}
		if part := c.d.clause(clause, c.Live); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// notNullOnShadow writes SET NOT NULL; from PostgreSQL 18 on it is a constraint whose name is
// made of the table's, so it gets the live table's.
func (d *Dialect) notNullOnShadow(c *copied, n schema.SetNotNull) string {
	col := c.Live.Column(n.Column)
	if d.major < 18 || col != nil && col.NotNull {
		return d.clause(n, c.Live)
	}
	name := objectName(c.live.Table, n.Column, "not_null")
	for _, k := range unchecked(c.Live) {
		if k.Kind == schema.OtherKind && k.Columns[0] == n.Column {
			name = k.Name // it is checked now
		}
	}
	return "ADD CONSTRAINT " + quote(name) + " NOT NULL " + quote(n.Column)
}

// renameNotNull does the same for new columns, whose NOT NULL the server named after the shadow.
func (c *copied) renameNotNull(clauses []schema.Change) []string {
	if c.d.major < 18 {
		return nil
	}
	var sql []string
	for _, clause := range clauses {
		if a, ok := clause.(schema.AddColumn); ok && a.Column.NotNull {
			sql = append(sql, "ALTER TABLE "+qualified(c.shadow)+" RENAME CONSTRAINT "+quote(objectName(c.shadow.Table, a.Column.Name, "not_null"))+
				" TO "+quote(objectName(c.live.Table, a.Column.Name, "not_null")))
		}
	}
	return sql
}

func exclusion(k schema.Constraint) bool {
	return newSource(k.Definition).skip(0, "exclude") == 1
}

// copyTable scripts one part of a copy.
func (d *Dialect) copyTable(c schema.CopyTable) ([]plan.Step, error) {
	switch c.Part {
	case schema.MakeShadow:
		return d.createShadow(c.Copy)
	case schema.StartCapture:
		return d.startCapture(c.Copy), nil
	case schema.CopyRows:
		return d.copyRows(c.Copy), nil
	case schema.BuildIndexes:
		return d.buildIndexes(c.Copy), nil
	case schema.CompareRows:
		return d.verifyCopy(c.Copy), nil
	case schema.SwapTables:
		return d.swapTables(c.Copy), nil
	case schema.DropOld:
		return d.dropOld(c.Copy), nil
	}
	return nil, fmt.Errorf("%s is no part of a table copy", c.Part)
}
