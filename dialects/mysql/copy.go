package mysql

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/planner"
)

// beside names what stands beside a live table during a copy.
type beside struct {
	live, tmp, shadow, old, log, rev planner.Name
}

func namesBeside(live planner.Name) beside {
	side := func(suffix string) planner.Name {
		return planner.Name{Schema: live.Schema, Table: planner.SideName(live.Table, suffix, nameLimit)}
	}
	return beside{live: live, tmp: side("tmp"), shadow: side("new"), old: side("old"), log: side("log"), rev: side("rev")}
}

// copying is a table copy with what follows from its changes.
type copying struct {
	d     *Dialect
	cp    *planner.Copy
	at    beside
	after *planner.Table // the table as it will be
}

func (d *Dialect) copying(cp *planner.Copy) *copying {
	s := &planner.Schema{Default: cp.Live.Name.Schema, Tables: []*planner.Table{cp.Live}}
	s = planner.Apply(s, planner.Alter{On: cp.On, Clauses: cp.Clauses})
	return &copying{d: d, cp: cp, at: namesBeside(cp.Live.Name), after: s.Tables[0]}
}

// steps scripts one part of the copy.
func (c *copying) steps(part planner.Change) ([]planner.Step, error) {
	switch part.(type) {
	case planner.CreateShadow:
		return c.createShadow()
	case planner.StartCapture:
		return c.startCapture(), nil
	case planner.CopyRows:
		return c.copyRows(), nil
	case planner.BuildIndexes:
		return c.buildIndexes(), nil
	case planner.VerifyCopy:
		return c.verify()
	case planner.SwapTables:
		return c.swap(), nil
	case planner.DropOld:
		return c.dropOld(), nil
	}
	return nil, fmt.Errorf("%s is no part of a table copy", part.Kind())
}

// createShadow makes the new table under a temporary name and renames it when it is complete, so
// that the shadow's being there proves all of it. The table is empty: ALGORITHM=COPY costs nothing
// and leaves none of the row versions that INSTANT would.
func (c *copying) createShadow() ([]planner.Step, error) {
	tmp := qualified(c.at.tmp)
	statements := []string{
		"DROP TABLE IF EXISTS " + tmp,
		"CREATE TABLE " + tmp + " LIKE " + qualified(c.at.live),
	}
	var drops []string
	for _, ix := range c.cp.Live.Indexes {
		if c.later(ix) {
			drops = append(drops, "DROP INDEX "+quote(ix.Name))
		}
	}
	if len(drops) > 0 {
		statements = append(statements, "ALTER TABLE "+tmp+" "+strings.Join(drops, ", ")+", ALGORITHM=COPY")
	}
	for _, group := range apart(c.cp.Clauses) {
		var now []planner.Change
		for _, clause := range group {
			if !indexChange(clause) || c.kept(clause) {
				now = append(now, clause)
			}
		}
		clauses, err := c.d.clauses(now, func(name string) string { return c.d.checkOn(c.cp.Live, c.at.tmp, name) })
		if err != nil {
			return nil, err
		}
		if len(clauses) > 0 {
			statements = append(statements, "ALTER TABLE "+tmp+" "+strings.Join(clauses, ", ")+", ALGORITHM=COPY")
		}
	}
	statements = append(statements, "RENAME TABLE "+tmp+" TO "+qualified(c.at.shadow))
	return []planner.Step{{
		Kind: planner.Expand, Title: "create shadow table for " + c.at.live.String(),
		SQL: statements, Patient: true, Proof: tableExists(c.at.shadow),
		Undo: []string{"DROP TABLE IF EXISTS " + tmp + ", " + qualified(c.at.shadow)},
	}}, nil
}

// apart cuts clauses into groups that may stand in one ALTER TABLE: no column twice, unless the
// clauses came from one restated column.
func apart(clauses []planner.Change) [][]planner.Change {
	var groups [][]planner.Change
	var group []planner.Change
	touched := map[string]string{}
	for _, c := range flat(clauses) {
		column, definition := restates(c)
		switch c := c.(type) {
		case planner.SetDefault:
			column = c.Column
		case planner.DropDefault:
			column = c.Column
		case planner.AddColumn:
			column = c.Column.Name
		}
		column = strings.ToLower(column)
		was, twice := touched[column]
		if column != "" && twice && (definition != "" || was == "") && definition != was {
			groups, group, touched = append(groups, group), nil, map[string]string{}
		}
		if column != "" && (definition != "" || !twice) {
			touched[column] = definition
		}
		group = append(group, c)
	}
	return append(groups, group)
}

// indexChange says whether a change is about an index that can be built after the copy.
func indexChange(c planner.Change) bool {
	switch c := c.(type) {
	case planner.CreateIndex, planner.DropIndex:
		return true
	case planner.AddConstraint:
		return c.Constraint.Kind == planner.Unique
	case planner.DropConstraint:
		return c.What == planner.Unique
	}
	return false
}

// kept says whether an index change belongs to the empty shadow: FULLTEXT and SPATIAL indexes block
// writes while they are built, and the feed is to go on writing then.
func (c *copying) kept(change planner.Change) bool {
	ix, ok := change.(planner.CreateIndex)
	return ok && (strings.HasPrefix(ix.Text, "FULLTEXT") || strings.HasPrefix(ix.Text, "SPATIAL") || strings.HasPrefix(ix.Text, "VECTOR"))
}

// later says whether an index is taken from the empty shadow and built after the copy. The index
// that the copy walks by stays, and so does one that the AUTO_INCREMENT column needs.
func (c *copying) later(ix planner.Index) bool {
	if ix.Primary || quote(ix.Name) == keyIndex(c.cp.Live, c.cp.Key) {
		return false
	}
	if strings.HasPrefix(ix.Definition, "FULLTEXT") || strings.HasPrefix(ix.Definition, "SPATIAL") || strings.HasPrefix(ix.Definition, "VECTOR") {
		return false
	}
	return !slices.ContainsFunc(c.after.Columns, func(col planner.Column) bool {
		return col.Identity != "" && len(ix.Columns) > 0 && ix.Columns[0] == col.Name
	})
}

// buildIndexes adds the secondary indexes in one pass, while the feed goes on.
func (c *copying) buildIndexes() []planner.Step {
	var adds, names []string
	for _, ix := range c.after.Indexes {
		if was := indexNamed(c.cp.Live, ix.Name); was != nil && !c.later(ix) && reflectsIndex(*was, ix) {
			continue
		}
		if ix.Primary || c.kept(planner.CreateIndex{Text: ix.Definition}) {
			continue
		}
		adds = append(adds, "ADD "+indexText(planner.CreateIndex{Index: ix, Text: indexBody(ix)}))
		names = append(names, literal(ix.Name))
	}
	analyze := "ANALYZE TABLE " + qualified(c.at.shadow)
	if len(adds) == 0 {
		return nil
	}
	return []planner.Step{{
		Kind: planner.Fill, Title: "build the indexes of " + c.at.shadow.String(), Work: planner.WriteIndex, Patient: true,
		SQL: []string{"ALTER TABLE " + qualified(c.at.shadow) + " " + strings.Join(adds, ", ") + ", ALGORITHM=INPLACE, LOCK=NONE", analyze},
		Proof: fmt.Sprintf("SELECT COUNT(DISTINCT INDEX_NAME) = %d FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND INDEX_NAME IN (%s)",
			len(names), schemaText(c.at.shadow), literal(c.at.shadow.Table), strings.Join(names, ", ")),
	}}
}

func indexNamed(t *planner.Table, name string) *planner.Index {
	for i := range t.Indexes {
		if strings.EqualFold(t.Indexes[i].Name, name) {
			return &t.Indexes[i]
		}
	}
	return nil
}

// reflectsIndex says whether an index stayed as it was.
func reflectsIndex(a, b planner.Index) bool {
	return a.Definition == b.Definition && slices.Equal(a.Columns, b.Columns)
}

// checkOn is a check's name on another table of the same definition; see cloneConstraint.
func (d *Dialect) checkOn(t *planner.Table, clone planner.Name, name string) string {
	if t.Constraint(name) == nil {
		return name // a new one, with the name that was asked for
	}
	return d.cloneConstraint(t, clone, name)
}
