package postgres

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// snapshotGuard refuses the swap while a transaction holds a snapshot from before: it would find
// the new table empty or stale, because its rows are younger (the same holds for any table that
// ALTER TABLE rewrites; manual, section 13.6). Transactions that already read the table hold a
// lock on it, and the swap waits for them anyway. Idle ones with a snapshot are REPEATABLE READ for
// certain; of working ones the server does not tell, so those that have lasted for some seconds
// and several statements count. The error is the one of a lock that was not had: the swap is tried
// again.
const snapshotGuard = `DO $surefoot$DECLARE who text; BEGIN
	SELECT format('session %s (%s) has held a snapshot for %s s', pid, coalesce(nullif(application_name, ''), usename),
		extract(epoch FROM clock_timestamp() - xact_start)::bigint) INTO who
	FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
		AND backend_type = 'client backend' AND application_name <> 'surefoot'
		AND (state LIKE 'idle in transaction%' OR query_start > xact_start AND xact_start < clock_timestamp() - interval '3 s')
		ORDER BY xact_start LIMIT 1;
	IF who IS NOT NULL THEN RAISE EXCEPTION '% and would not see the new table''s rows', who USING ERRCODE = 'lock_not_available'; END IF;
END$surefoot$`

// rename is one exchange of names: the live thing's moves aside, the new thing's takes its place.
type rename struct {
	kind              string // INDEX, STATISTICS, SEQUENCE
	schema            string
	live, before, old string // the name; the new thing's before the swap; the old thing's after it
}

func (r rename) away() string { return r.move(r.live, r.old) }
func (r rename) in() string   { return r.move(r.before, r.live) }

func (r rename) move(from, to string) string {
	if from == "" || to == "" {
		return ""
	}
	return "ALTER " + r.kind + " " + qualified(schema.Name{Schema: r.schema, Table: from}) + " RENAME TO " + quote(to)
}

// renames gives all names that are exchanged with the tables'. live is empty in a rename's away or
// in part where only one of the tables has such a thing.
func (c *copied) renames() []rename {
	var out []rename
	kept := map[string]bool{}
	for _, ix := range c.indexes() {
		r := rename{"INDEX", c.live.Schema, ix.name, schema.SideName(ix.name, "new", maxName), schema.SideName(ix.name, "old", maxName)}
		if ix.isNew && !slices.ContainsFunc(c.Live.Indexes, func(l schema.Index) bool { return l.Name == ix.name }) {
			r.old = ""
		}
		kept[ix.name] = true
		out = append(out, r)
	}
	for _, st := range c.ownStatistics() {
		out = append(out, rename{"STATISTICS", st.Schema, st.Name, schema.SideName(st.Name, "new", maxName), schema.SideName(st.Name, "old", maxName)})
	}
	for _, sq := range c.ownSequences() {
		if sq.Internal {
			out = append(out, rename{"SEQUENCE", sq.Schema, sq.Name, objectName(c.shadow.Table, sq.Column, "seq"), schema.SideName(sq.Name, "old", maxName)})
		}
	}
	for _, clause := range c.Clauses {
		if a, ok := clause.(schema.AddColumn); ok && makesSequence(a.Column) {
			out = append(out, rename{"SEQUENCE", c.live.Schema, objectName(c.live.Table, a.Column.Name, "seq"), objectName(c.shadow.Table, a.Column.Name, "seq"), ""})
		}
	}
	return out
}

// makesSequence says whether a column's definition makes a sequence with it.
func makesSequence(col schema.Column) bool {
	src := newSource(col.Definition)
	if len(src.tokens) > 0 {
		if _, ok := serialTypes[src.tokens[0].word]; ok {
			return true
		}
	}
	return col.Identity != ""
}

// swapTables is the cut-over and its way back, and after it the checks that need no lock.
func (d *Dialect) swapTables(cp *schema.Copy) []plan.Step {
	c := d.copied(cp)
	step := plan.Step{
		Evidence: plan.Evidence{Proof: proof(hasTable(c.old), hasNoTable(c.shadow))},
		Act: plan.Act{CutOver: &plan.CutOver{
			Lock: c.lock(c.shadow), Guards: []plan.Guard{{Query: c.d.Portrait(c.live)}, {Query: madeAnew(c.live), Rows: true}},
			Captured: c.capture.whole(c.live),
			Made:     &plan.Made{Query: c.d.settledPortrait(c.live)},
			SQL:      append(c.dropViews(), c.exchange()...), Release: []string{"COMMIT"}, Atomic: true,
		}},
		Price: plan.Price{Blocks: plan.BlocksAll, Lock: "ACCESS EXCLUSIVE"},
	}
	if reason := c.oneWay(); reason != "" {
		step.NoReturn, step.EndCapture = true, true
		step.Loses = "point of no return: " + reason
	} else {
		step.Capture = c.reverse()
		step.Back = &plan.CutOver{
			Lock: c.lock(c.old), Guards: []plan.Guard{{Query: c.d.settledPortrait(c.live)}},
			Captured: c.captureReverse.whole(c.live),
			SQL:      append(c.dropViews(), c.exchangeBack()...), Release: []string{"COMMIT"}, Atomic: true,
		}
		step.Undo = append([]string{"DROP TABLE IF EXISTS " + qualified(c.rev)}, c.validateBack()...)
		step.Loses = c.lostBack()
	}
	return append([]plan.Step{step}, c.validate()...)
}

// oneWay says why the old table cannot be kept current from the new one; empty: it can.
func (c *copied) oneWay() string {
	for _, m := range c.Columns {
		if m.From != "" && m.Using != "" && !plainCast(m) {
			return "no way back is known for the values that USING " + clip(m.Using) + " makes"
		}
	}
	return ""
}

func (c *copied) lostBack() string {
	var lost []string
	for _, clause := range c.Clauses {
		if a, ok := clause.(schema.AddColumn); ok {
			lost = append(lost, "the values of "+a.Column.Name)
		}
	}
	for _, m := range c.Columns {
		if m.From != "" && m.Type != "" {
			lost = append(lost, "values of "+m.To+" that do not fit "+c.Live.Column(m.From).Type+" (they stop the way back and are named)")
		}
	}
	return strings.Join(lost, "; ")
}

// lock takes all locks that the swap needs, in the order in which readers take them: a view before
// its table. LOCK TABLE on a view would lock every table that it reads; to put it into the schema
// where it is changes nothing and locks the view alone. Foreign keys
// need the other tables too: parents before the live table, children after it. The table that
// nobody uses comes first: a vacuum of it must not be waited for while the live one is locked.
func (c *copied) lock(idle schema.Name) []string {
	sql := []string{"BEGIN", "LOCK TABLE " + qualified(idle) + " IN ACCESS EXCLUSIVE MODE"}
	for _, v := range slices.Backward(take[[]view](c.Live, extraViews)) {
		sql = append(sql, "ALTER VIEW "+v.Name+" SET SCHEMA "+v.Schema)
	}
	var parents, children []string
	for _, k := range c.foreignKeys() {
		if name := qualified(k.RefTable); k.RefTable != c.live && !slices.Contains(parents, name) {
			parents = append(parents, name)
		}
	}
	for _, k := range take[[]incomingKey](c.Live, extraIncoming) {
		if name := qualified(schema.Name{Schema: k.Schema, Table: k.Table}); !slices.Contains(children, name) && !slices.Contains(parents, name) {
			children = append(children, name)
		}
	}
	slices.Sort(parents)
	for _, p := range parents {
		sql = append(sql, "LOCK TABLE "+p+" IN ACCESS EXCLUSIVE MODE")
	}
	sql = append(sql, "LOCK TABLE "+qualified(c.live)+" IN ACCESS EXCLUSIVE MODE")
	for _, p := range children {
		sql = append(sql, "LOCK TABLE "+p+" IN ACCESS EXCLUSIVE MODE")
	}
	return append(sql, snapshotGuard)
}

// dropViews takes the views away that readers makes again, those that read others first.
func (c *copied) dropViews() []string {
	var sql []string
	for _, v := range slices.Backward(take[[]view](c.Live, extraViews)) {
		sql = append(sql, "DROP VIEW "+v.Name)
	}
	return sql
}

// foreignKeys gives the outgoing keys of the table as it was and as it will be, one for each name.
func (c *copied) foreignKeys() []schema.Constraint {
	out := ownKeys(c.Live)
	for _, k := range ownKeys(c.after) {
		if !slices.ContainsFunc(out, func(o schema.Constraint) bool { return o.Name == k.Name && o.RefTable == k.RefTable }) {
			out = append(out, k)
		}
	}
	return out
}

// ownKeys gives a table's foreign keys.
func ownKeys(t *schema.Table) []schema.Constraint {
	var out []schema.Constraint
	for _, k := range t.Constraints {
		if k.Kind != schema.ForeignKey {
			continue
		}
		k.RefTable = k.Referred(t.Name)
		out = append(out, k)
	}
	return out
}
