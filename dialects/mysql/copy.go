package mysql

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// beside names what stands beside a live table during a copy.
type beside struct {
	live, tmp, shadow, old, log, rev schema.Name
}

func namesBeside(live schema.Name) beside {
	side := func(suffix string) schema.Name {
		return schema.Name{Schema: live.Schema, Table: schema.SideName(live.Table, suffix, nameLimit)}
	}
	return beside{live: live, tmp: side("tmp"), shadow: side("new"), old: side("old"), log: side("log"), rev: side("rev")}
}

// copying is a table copy with what follows from its changes.
type copying struct {
	d     *Dialect
	cp    *schema.Copy
	at    beside
	after *schema.Table // the table as it will be
}

func (d *Dialect) copying(cp *schema.Copy) *copying {
	return &copying{d: d, cp: cp, at: namesBeside(cp.Live.Name), after: d.afterStatements(cp.Live, cp.Statements)}
}

// steps scripts one part of the copy.
func (c *copying) steps(part schema.CopyPart) ([]plan.Step, error) {
	switch part {
	case schema.MakeShadow:
		return c.createShadow()
	case schema.StartCapture:
		return c.startCapture(), nil
	case schema.CopyRows:
		return c.copyRows(), nil
	case schema.BuildIndexes:
		return c.buildIndexes(), nil
	case schema.CompareRows:
		return c.verify()
	case schema.SwapTables:
		return c.swap(), nil
	case schema.DropOld:
		return c.dropOld(), nil
	}
	return nil, fmt.Errorf("%s is no part of a table copy", part)
}

// createShadow makes the new table: an empty one like the live table gets the statements as the user
// wrote them, so that the server makes of them exactly what it would have made of the live table.
// Indexes that can be built after the copy are dropped then. All that happens under a temporary name:
// the shadow's being there proves it complete. ALGORITHM=COPY costs nothing where there are no rows
// and leaves none of the row versions that INSTANT would.
func (c *copying) createShadow() ([]plan.Step, error) {
	tmp := qualified(c.at.tmp)
	statements := []string{
		"DROP TABLE IF EXISTS " + tmp,
		"CREATE TABLE " + tmp + " LIKE " + qualified(c.at.live),
	}
	rename := func(name string) string { return c.d.checkOn(c.cp.Live, c.at.tmp, name) }
	for _, st := range c.cp.Statements {
		alter, err := c.d.onClone(st, c.at.tmp, "ALGORITHM=COPY", rename)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.at.live, err)
		}
		statements = append(statements, alter)
	}
	var drops []string
	for _, ix := range c.later() {
		drops = append(drops, "DROP INDEX "+quote(ix.Name))
	}
	if len(drops) > 0 {
		statements = append(statements, "ALTER TABLE "+tmp+" "+strings.Join(drops, ", ")+", ALGORITHM=COPY")
	}
	statements = append(statements, "RENAME TABLE "+tmp+" TO "+qualified(c.at.shadow))
	return []plan.Step{{
		Act: plan.Act{SQL: statements, Patient: true, Portray: true}, Evidence: plan.Evidence{Proof: tableExists(c.at.shadow)},
		WayBack: plan.WayBack{Undo: []string{"DROP TABLE IF EXISTS " + tmp + ", " + qualified(c.at.shadow)}},
	}}, nil
}

// later gives the indexes that are built after the copy: all at the end of the table's list that
// nothing needs before. One that came again before one that stayed would change their order. A table with a
// key over a hash has a hidden virtual column, beside which MariaDB up to 11 adds none in place (error 1846).
func (c *copying) later() []schema.Index {
	var out []schema.Index
	if slices.ContainsFunc(c.after.Indexes, func(ix schema.Index) bool { return c.d.hashed(ix, c.after) }) {
		return nil
	}
	needed := map[bool]bool{} // unique indexes stand before the others
	for _, ix := range slices.Backward(c.after.Indexes) {
		switch {
		case ix.Primary || special(ix):
		case needed[ix.Unique] || c.needs(ix):
			needed[ix.Unique] = true
		default:
			out = append(out, ix)
		}
	}
	slices.Reverse(out)
	return out
}

// special indexes block writes while they are built, and the feed is to go on writing then.
func special(ix schema.Index) bool {
	return strings.HasPrefix(ix.Definition, "FULLTEXT") || strings.HasPrefix(ix.Definition, "SPATIAL") || strings.HasPrefix(ix.Definition, "VECTOR")
}

// needs says whether the copy walks by an index, its AUTO_INCREMENT column needs it, or it is over an
// expression, which blocks writes while it is built.
func (c *copying) needs(ix schema.Index) bool {
	if quote(ix.Name) == keyIndex(c.after, c.cp.Key) || slices.Contains(ix.Columns, "") {
		return true
	}
	return slices.ContainsFunc(c.after.Columns, func(col schema.Column) bool {
		return col.Identity != "" && len(ix.Columns) > 0 && strings.EqualFold(ix.Columns[0], col.Name)
	})
}

// buildIndexes adds the secondary indexes in one pass, while the feed goes on.
func (c *copying) buildIndexes() []plan.Step {
	var adds, names []string
	for _, ix := range c.later() {
		adds = append(adds, "ADD "+indexText(schema.CreateIndex{Index: ix, Text: indexBody(ix)}))
		names = append(names, literal(ix.Name))
	}
	analyze := "ANALYZE TABLE " + qualified(c.at.shadow)
	if len(adds) == 0 {
		return nil
	}
	return []plan.Step{{
		Price: plan.Price{Work: plan.WriteIndex},
		Act: plan.Act{
			Patient: true,
			SQL:     []string{"ALTER TABLE " + qualified(c.at.shadow) + " " + strings.Join(adds, ", ") + ", ALGORITHM=INPLACE, LOCK=NONE", analyze},
		},
		Evidence: plan.Evidence{Proof: fmt.Sprintf("SELECT COUNT(DISTINCT INDEX_NAME) = %d FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND INDEX_NAME IN (%s)",
			len(names), schemaText(c.at.shadow), literal(c.at.shadow.Table), strings.Join(names, ", "))},
	}}
}

func indexNamed(t *schema.Table, name string) *schema.Index {
	for i := range t.Indexes {
		if strings.EqualFold(t.Indexes[i].Name, name) {
			return &t.Indexes[i]
		}
	}
	return nil
}

// checkOn is a check's name on another table of the same definition; see cloneConstraint.
func (d *Dialect) checkOn(t *schema.Table, clone schema.Name, name string) string {
	if t.Constraint(name) == nil {
		return name // a new one, with the name that was asked for
	}
	return d.cloneConstraint(t, clone, name)
}
