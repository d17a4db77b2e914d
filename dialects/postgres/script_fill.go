package postgres

import (
	"fmt"

	"surefoot/plan"
	"surefoot/schema"
)

// quietly keeps the user's triggers from firing for the rest of a transaction: a row that is filled
// was not changed by anybody, so its time of change stays and no audit is written, as with the
// server's own ADD COLUMN … DEFAULT. Triggers that are always enabled fire, ours among them.
const quietly = "SET LOCAL session_replication_role = replica"

// backfill gives a column its value in existing rows, key range by key range. A row that already
// has its value is left alone, so a range may be run twice.
func (d *Dialect) backfill(c schema.Backfill, s *schema.Schema) ([]plan.Step, error) {
	n := s.Resolve(c.Table())
	t := s.Table(n)
	if t == nil {
		return nil, fmt.Errorf("fill %s.%s: the table is not known", n, c.Column)
	}
	key, why := t.Key()
	if why != "" {
		return nil, fmt.Errorf("fill %s.%s by key ranges: %s", n, c.Column, why)
	}
	column, expr, where := quote(c.Column), c.Expr, c.Where
	if where == "" {
		where = column + " IS NULL"
	}
	if c.From != "" {
		expr = quote(c.From)
		if c.Where == "" {
			where += " AND " + expr + " IS NOT NULL"
		}
	}
	k := walkKey{table: n, columns: key}
	update := "UPDATE " + qualified(n) + " SET " + column + " = (" + expr + ") WHERE (" + where + ")"
	title := c.Title(n)
	do, once := []plan.Ranged{k.ranged(update, " AND ", "")}, []string{update}
	switch {
	case d.quiet && len(t.Triggers) > 0:
		do = append([]plan.Ranged{shapes(func(bool, bool) plan.Stmt { return plan.Stmt{SQL: quietly} })}, do...)
		once = append([]string{quietly}, once...)
	case len(t.Triggers) > 0:
		title += " (the table's own triggers fire: this role may not keep them from it)"
	}
	steps := []plan.Step{{
		Title: title,
		Act: plan.Act{Walk: &plan.Walk{
			Table: n.String(), Keys: len(key), Names: names(key), Rows: t.Stats.Rows, Next: k.next(),
			Do: do,
		}},
		WayBack: plan.WayBack{Loses: "the values of " + c.Column + " stay as they are"}, Price: plan.Price{Work: plan.WriteRows},
	}}
	// A row whose key changed meanwhile may have moved to where the walk had been. One statement sees
	// all rows at one moment, wherever they move; it finds few.
	return append(steps, plan.Step{
		Title: c.Title(n) + " in rows whose key changed meanwhile",
		Act:   plan.Act{SQL: once, Atomic: true}, Price: plan.Price{Work: plan.ReadRows},
	}), nil
}

// syncNames gives the trigger's and the function's name for a pair of columns. The trigger's sorts
// behind the user's, because the last BEFORE trigger has the last word.
func syncNames(n schema.Name, older, newer string) (trigger string, function schema.Name) {
	pair := n.Table + "_" + older + "_" + newer
	return "~" + schema.SideName(pair, "sync", maxName-1), schema.Name{Schema: n.Schema, Table: schema.SideName(pair, "sync", maxName)}
}

// syncFunction keeps two columns equal under writes to either. It compares images of values
// (*<>), because values that count as equal may still differ.
//
//	          | new column given        | new column not given
//	----------+-------------------------+---------------------
//	INSERT    | old := new              | new := old
//	UPDATE    | changed: old := new     | old changed or new never filled: new := old
func syncFunction(function schema.Name, older, newer string) string {
	o, w := quote(older), quote(newer)
	return "CREATE OR REPLACE FUNCTION " + qualified(function) + `() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $surefoot$
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NEW.` + w + ` IS NOT NULL THEN
			NEW.` + o + ` := NEW.` + w + `;
		ELSE
			NEW.` + w + ` := NEW.` + o + `;
		END IF;
	ELSIF ROW(NEW.` + w + `)::record *<> ROW(OLD.` + w + `)::record THEN
		NEW.` + o + ` := NEW.` + w + `;
	ELSIF ROW(NEW.` + o + `)::record *<> ROW(OLD.` + o + `)::record OR NEW.` + w + ` IS NULL THEN
		NEW.` + w + ` := NEW.` + o + `;
	END IF;
	RETURN NEW;
END
$surefoot$`
}

// makeSync gives the statements that start the dual write within the row.
func makeSync(n schema.Name, older, newer string) []string {
	trigger, function := syncNames(n, older, newer)
	return []string{
		syncFunction(function, older, newer),
		"DROP TRIGGER IF EXISTS " + quote(trigger) + " ON " + qualified(n),
		"CREATE TRIGGER " + quote(trigger) + " BEFORE INSERT OR UPDATE ON " + qualified(n) + " FOR EACH ROW EXECUTE FUNCTION " + qualified(function) + "()",
		"ALTER TABLE " + qualified(n) + " ENABLE ALWAYS TRIGGER " + quote(trigger),
	}
}

func dropSync(n schema.Name, older, newer string) []string {
	trigger, function := syncNames(n, older, newer)
	return []string{
		"DROP TRIGGER IF EXISTS " + quote(trigger) + " ON " + qualified(n),
		"DROP FUNCTION IF EXISTS " + qualified(function) + "()",
	}
}

// syncRefusal says why a second column cannot take an older one's place in the end: what the server
// ties to the old column goes with it, or keeps it from being dropped. Empty: it can.
func syncRefusal(c schema.SyncColumns, t *schema.Table) string {
	if t == nil {
		return ""
	}
	for _, sq := range take[[]sequence](t, extraSequences) {
		if sq.Column == c.Old {
			return "sequence " + sq.Name + " belongs to column " + c.Old
		}
	}
	for _, v := range take[[]view](t, extraViews) {
		if mentions(v.Definition, c.Old) {
			return "view " + v.Name + " reads column " + c.Old
		}
	}
	for _, st := range take[[]statistic](t, extraStatistics) {
		if mentions(st.Columns, c.Old) {
			return "statistics " + st.Name + " are about column " + c.Old
		}
	}
	for _, p := range take[[]publication](t, extraPublications) {
		if mentions(p.Tail, c.Old) {
			return "publication " + p.Name + " names column " + c.Old
		}
	}
	for _, text := range append(still(take[[]owned](t, extraDress), t, ""), onAll(take[[]template](t, extraLate), "")...) {
		if mentions(text, c.Old) {
			return "column " + c.Old + " has rights, options or policies of its own"
		}
	}
	return ""
}

func (d *Dialect) syncColumns(c schema.SyncColumns, s *schema.Schema) []plan.Step {
	n := s.Resolve(c.Table())
	trigger, _ := syncNames(n, c.Old, c.New)
	return []plan.Step{{
		Price:    plan.Price{Meanwhile: c.Meanwhile(s.Table(n)), Blocks: plan.BlocksWrites, Lock: "SHARE ROW EXCLUSIVE"},
		Act:      plan.Act{SQL: makeSync(n, c.Old, c.New)[:], Atomic: true},
		Evidence: plan.Evidence{Proof: proof(hasTrigger(n, trigger))},
		WayBack:  plan.WayBack{Undo: dropSync(n, c.Old, c.New), UndoAtomic: true},
	}}
}

// unsyncColumns ends the dual write. In the same transaction the old column may be left out by
// writers and the new one takes over its default, so that no INSERT fails between this step and
// the ones that follow.
func (d *Dialect) unsyncColumns(c schema.UnsyncColumns, s *schema.Schema) []plan.Step {
	n := s.Resolve(c.Table())
	trigger, _ := syncNames(n, c.Old, c.New)
	sql := dropSync(n, c.Old, c.New)
	undo := makeSync(n, c.Old, c.New)
	alter := "ALTER TABLE " + qualified(n) + " ALTER COLUMN "
	if t := s.Table(n); t != nil {
		if old := t.Column(c.Old); old != nil {
			if old.Default != "" {
				sql = append(sql, alter+quote(c.New)+" SET DEFAULT "+old.Default)
				undo = append(undo, alter+quote(c.New)+" DROP DEFAULT")
			}
			if old.NotNull {
				sql = append(sql, alter+quote(c.Old)+" DROP NOT NULL")
			}
			undo = append(undo, "UPDATE "+qualified(n)+" SET "+quote(c.Old)+" = "+quote(c.New)+
				" WHERE ROW("+quote(c.Old)+")::record *<> ROW("+quote(c.New)+")::record")
			if old.NotNull {
				undo = append(undo, alter+quote(c.Old)+" SET NOT NULL")
			}
		}
	}
	return []plan.Step{{
		Act: plan.Act{SQL: sql, Atomic: true}, Evidence: plan.Evidence{Proof: proof("NOT " + hasTrigger(n, trigger))},
		WayBack: plan.WayBack{Undo: undo, UndoAtomic: true, Loses: "values written to " + c.New + " alone are copied back in one go"},
		Price:   plan.Price{Blocks: plan.BlocksAll, Lock: "ACCESS EXCLUSIVE"},
	}}
}

// inheritNotNull gives a column that takes the place of an older one the name of that one's NOT NULL,
// as a rename leaves it. Up to PostgreSQL 17 a NOT NULL has no name.
func (d *Dialect) inheritNotNull(drop schema.DropColumn, t *schema.Table) []string {
	if d.major < 18 || t == nil || t.Column(drop.Column) == nil {
		return nil
	}
	was := t.Column(drop.Column).NotNullName
	if t.Origin != nil && t.Origin.Column(drop.Column) != nil {
		was = t.Origin.Column(drop.Column).NotNullName
	}
	for _, c := range t.Applied {
		sync, ok := c.(schema.SyncColumns)
		if !ok || sync.Old != drop.Column || was == "" {
			continue
		}
		if newer := t.Column(sync.New); newer != nil && newer.NotNull {
			name := objectName(t.Name.Table, sync.New, "not_null")
			return []string{"ALTER TABLE " + qualified(t.Name) + " RENAME CONSTRAINT " + quote(name) + " TO " + quote(was)}
		}
	}
	return nil
}
