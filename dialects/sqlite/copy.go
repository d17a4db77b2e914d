package sqlite

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// copying is a table copy with all its names and texts.
type copying struct {
	of      *schema.Copy  // what it was worked out from
	live    *schema.Table // as it is
	next    *schema.Table // as it will be, under the same name
	columns []schema.Mapping
	key     []keyColumn
	rowid   string // the hidden rowid that is carried over; empty: there is none

	shadow, old, log, rev string // side tables
	bareShadow, bareOld   string // their definitions, without foreign keys
}

func (d *Dialect) copying(c *schema.Copy) (*copying, error) {
	if last := d.copied.Load(); last != nil && last.of == c {
		return last, nil
	}
	live, err := d.current(c.Live)
	if err != nil {
		return nil, err
	}
	if len(live.Refusals) > 0 {
		return nil, &schema.Refusal{Reasons: live.Refusals}
	}
	name := live.Name.Table
	cp := &copying{
		of: c, live: live, key: keyOf(live, c.Key), rowid: hiddenRowid(live),
		shadow: schema.SideName(name, "new", nameLimit), old: schema.SideName(name, "old", nameLimit),
		log: schema.SideName(name, "log", nameLimit), rev: schema.SideName(name, "rev", nameLimit),
	}
	if cp.next, err = d.changed(live, c.Clauses); err != nil {
		return nil, err
	}
	cp.columns = asOfBegin(c.Columns, cp.next)
	if cp.bareShadow, err = withoutForeign(cp.next.Definition, cp.shadow); err != nil {
		return nil, err
	}
	if cp.bareOld, err = withoutForeign(live.Definition, cp.old); err != nil {
		return nil, err
	}
	d.copied.Store(cp)
	return cp, nil
}

// withoutForeign gives a definition under a side table's name and without foreign keys.
func withoutForeign(text, name string) (string, error) {
	def, err := parseTable(text)
	if err != nil {
		return "", err
	}
	if text, err = def.withoutForeignKeys(); err != nil {
		return "", err
	}
	if def, err = parseTable(text); err != nil {
		return "", err
	}
	return def.renamed(name), nil
}

// changed lets SQLite read what a table will be.
func (d *Dialect) changed(live *schema.Table, clauses []schema.Change) (*schema.Table, error) {
	s, err := newScratch()
	if err != nil {
		return nil, err
	}
	defer s.close()
	after := *live
	after.Indexes = append([]schema.Index{}, live.Indexes...)
	var edits []schema.Change
	for _, c := range clauses {
		if ix, ok := c.(schema.CreateIndex); ok {
			after.Indexes = append(after.Indexes, schema.Index{Name: ix.Index.Name, Definition: indexSQL(ix, live.Name.Table)})
			continue
		}
		edits = append(edits, c)
	}
	if after.Definition, err = editAll(live, edits); err != nil {
		return nil, err
	}
	if err := s.load(&after); err != nil {
		return nil, err
	}
	return s.table(live.Name.Table)
}

// copyTable scripts one part of a copy.
func (d *Dialect) copyTable(c schema.CopyTable) ([]plan.Step, error) {
	cp, err := d.copying(c.Copy)
	if err != nil {
		return nil, err
	}
	switch c.Part {
	case schema.MakeShadow:
		return []plan.Step{cp.createShadow()}, nil
	case schema.StartCapture:
		return []plan.Step{cp.startCapture()}, nil
	case schema.CopyRows:
		return []plan.Step{cp.copyRows()}, nil
	case schema.BuildIndexes:
		return nil, nil // indexes are built while the shadow is empty: see createShadow
	case schema.CompareRows:
		return []plan.Step{cp.verify()}, nil
	case schema.SwapTables:
		return []plan.Step{cp.swap()}, nil
	case schema.DropOld:
		return cp.dropOld(), nil
	}
	return nil, fmt.Errorf("%s is no part of a table copy", c.Part)
}

// createShadow makes the shadow with its indexes. SQLite has one writer at a time, so an index
// that is built from a full table would keep all writers waiting; kept up row by row, it costs
// more work in all and nobody has to wait for it.
func (cp *copying) createShadow() plan.Step {
	sql := []string{cp.bareShadow}
	for _, ix := range cp.next.Indexes {
		if ix.Definition != "" {
			sql = append(sql, indexAs(ix.Definition, shadowIndex(ix.Name), cp.shadow))
		}
	}
	return plan.Step{
		Act:      plan.Act{SQL: sql, Atomic: true, Portray: true},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + tableQuery(cp.shadow) + ")"},
		WayBack:  plan.WayBack{Undo: []string{"DROP TABLE IF EXISTS " + quote(cp.shadow)}, UndoAtomic: true},
	}
}

func shadowIndex(name string) string { return schema.SideName(name, "new", nameLimit) }

func oldIndex(name string) string { return schema.SideName(name, "old", nameLimit) }

// indexAs gives a CREATE INDEX under another name, on another table.
func indexAs(sql, name, table string) string {
	tokens := tokenize(sql)
	for i, t := range tokens {
		if t.is("ON") && i > 0 && i+1 < len(tokens) {
			return sql[:tokens[i-1].start] + quote(name) + sql[tokens[i-1].end:tokens[i+1].start] + quote(table) + sql[tokens[i+1].end:]
		}
	}
	return sql
}

// copyRows copies range by range. Before each, the shadow's rows that stand in the way of one of
// its unique values are taken out: see evict.
func (cp *copying) copyRows() plan.Step {
	w := walkOver(cp.live, cp.key)
	for _, u := range uniques(cp.next, cp.key, cp.rowid) {
		if values := u.values(cp.columns, cp.rowid); values != nil {
			w.Do = append(w.Do, ranged(cp.key, func(where string) string {
				return u.evict(cp.shadow, cp.log, cp.key, values, quote(cp.live.Name.Table)+" WHERE "+where)
			}))
		}
	}
	w.Do = append(w.Do, ranged(cp.key, func(where string) string {
		return cp.insert(cp.shadow, cp.live.Name.Table, cp.columns, where)
	}))
	return plan.Step{
		Act: plan.Act{Walk: w}, Price: plan.Price{Work: plan.WriteAll},
		WayBack: plan.WayBack{Undo: []string{}, Loses: ""},
	}
}

// insert copies rows as the engine's own rebuild does.
func (cp *copying) insert(target, source string, columns []schema.Mapping, where string) string {
	to, from := mapped(columns, "")
	if cp.rowid != "" {
		to, from = append([]string{cp.rowid}, to...), append([]string{cp.rowid}, from...)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s", quote(target), strings.Join(to, ", "), strings.Join(from, ", "), quote(source), where)
}

// dropAtOnce is up to how many rows a table is dropped in one go: that takes about a tenth of a
// second a million rows, for each page becomes a free one.
const dropAtOnce = 2_000_000

// dropOld contracts. A large table is emptied range by range before it is dropped.
func (cp *copying) dropOld() []plan.Step {
	step := func(title string, absent string, sql []string) plan.Step {
		return plan.Step{
			Title: title, Act: plan.Act{SQL: sql, Atomic: true},
			Evidence: plan.Evidence{Proof: "SELECT NOT EXISTS (" + absent + ")"},
			WayBack:  plan.WayBack{NoReturn: true, Loses: "point of no return: the old table is dropped"},
		}
	}
	name := cp.live.Name.Table
	last := "DROP TABLE IF EXISTS " + quote(cp.old)
	capture := append(cp.capture(cp.rev, cp.next).drop(), "DROP TABLE IF EXISTS "+quote(cp.rev), "DROP TABLE IF EXISTS "+quote(cp.log))
	if rows := cp.live.Stats.Rows; rows != nil && *rows <= dropAtOnce {
		return []plan.Step{step("", tableQuery(cp.old), append(capture, last))}
	}
	for _, ix := range cp.live.Indexes {
		if ix.Definition != "" {
			capture = append(capture, "DROP INDEX IF EXISTS "+quote(oldIndex(ix.Name)))
		}
	}
	old := *cp.live
	old.Name.Table = cp.old
	w := walkOver(&old, cp.key)
	w.Do = []plan.Ranged{ranged(cp.key, func(where string) string { return fmt.Sprintf("DELETE FROM %s WHERE %s", quote(cp.old), where) })}
	empty := plan.Step{
		Title: "empty the old table of " + name, Act: plan.Act{Walk: w}, Price: plan.Price{Work: plan.ReadRows},
		WayBack: plan.WayBack{Undo: []string{}, NoReturn: true, Loses: "point of no return: the old table is dropped"},
	}
	return []plan.Step{
		step("end keeping the old table of "+name+" current", tableQuery(cp.rev), capture), empty,
		step("", tableQuery(cp.old), []string{last}),
	}
}

// reversed gives the mapping from the new table back to the old one. A value that was made by an
// expression goes back as it is.
func (cp *copying) reversed() []schema.Mapping {
	var out []schema.Mapping
	for _, m := range cp.columns {
		if m.From != "" {
			out = append(out, schema.Mapping{To: m.From, From: m.To})
		}
	}
	return out
}
