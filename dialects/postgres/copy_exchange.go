package postgres

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// exchange gives the statements of the cut-over. All of them touch the catalog alone.
func (c *copied) exchange() []string {
	live := qualified(c.live)
	sql := c.capture.unwatch(c.live)
	sql = append(sql, c.letGo()...)
	sql = append(sql, "ALTER TABLE "+live+" DISABLE TRIGGER USER")
	renames := c.renames()
	for _, r := range renames {
		sql = appendText(sql, r.away())
	}
	sql = append(sql, "ALTER TABLE "+live+" RENAME TO "+quote(c.old.Table), "ALTER TABLE "+qualified(c.shadow)+" RENAME TO "+quote(c.live.Table))
	for _, r := range renames {
		sql = appendText(sql, r.in())
	}
	sql = append(sql, c.sequences(c.old)...)
	for _, k := range c.lateChecks() {
		sql = append(sql, "ALTER TABLE "+live+" ADD CONSTRAINT "+quote(k.Name)+" "+constraintText(k))
	}
	sql = append(sql, c.ownTriggers()...)
	sql = append(sql, onAll(take[[]template](c.Live, extraLate), live)...)
	sql = append(sql, c.takeUp(c.after, c.kept)...)
	sql = append(sql, c.captureReverseIfAny()...)
	return append(sql, c.readers()...)
}

func appendText(sql []string, text string) []string {
	if text == "" {
		return sql
	}
	return append(sql, text)
}

// captureReverseIfAny starts the capture that keeps the old table current.
func (c *copied) captureReverseIfAny() []string {
	if c.oneWay() != "" {
		return nil
	}
	return append([]string{c.captureReverse.createLog()}, c.captureReverse.watch(c.live)...)
}

// exchangeBack is the cut-over backwards: the old table serves again.
func (c *copied) exchangeBack() []string {
	live := qualified(c.live)
	sql := c.captureReverse.unwatch(c.live)
	sql = append(sql, c.letGo()...)
	renames := c.renames()
	for _, r := range renames {
		sql = appendText(sql, r.move(r.live, r.before))
	}
	sql = append(sql, "ALTER TABLE "+live+" RENAME TO "+quote(c.shadow.Table), "ALTER TABLE "+qualified(c.old)+" RENAME TO "+quote(c.live.Table))
	for _, r := range renames {
		sql = appendText(sql, r.move(r.old, r.live))
	}
	sql = append(sql, c.sequences(c.shadow)...)
	for _, t := range c.Live.Triggers {
		sql = append(sql, "ALTER TABLE "+live+" "+enabling(take[map[string]string](c.Live, extraTriggers)[t.Name], t.Name))
	}
	sql = append(sql, c.takeUp(c.Live, c.Live)...)
	return append(sql, c.readers()...)
}

// letGo takes away what binds other objects to the table that serves now: foreign keys in both
// directions, and publications.
func (c *copied) letGo() []string {
	var sql []string
	for _, k := range take[[]incomingKey](c.Live, extraIncoming) {
		sql = append(sql, "ALTER TABLE "+qualified(schema.Name{Schema: k.Schema, Table: k.Table})+" DROP CONSTRAINT IF EXISTS "+quote(k.Name))
	}
	for _, k := range c.foreignKeys() {
		sql = append(sql, "ALTER TABLE "+qualified(c.live)+" DROP CONSTRAINT IF EXISTS "+quote(k.Name))
	}
	for _, p := range take[[]publication](c.Live, extraPublications) {
		sql = append(sql, "ALTER PUBLICATION "+quote(p.Name)+" DROP TABLE "+qualified(c.live))
	}
	return sql
}

// takeUp binds them to the table that serves from now on. Foreign keys do not check existing rows
// here: that is a step of its own, under a lock that lets others work.
func (c *copied) takeUp(serving, kept *schema.Table) []string {
	live := qualified(c.live)
	var sql []string
	for _, k := range ownKeys(serving) {
		k.NotValid = true
		sql = append(sql, "ALTER TABLE "+live+" ADD CONSTRAINT "+quote(k.Name)+" "+constraintText(k))
	}
	for _, k := range take[[]incomingKey](c.Live, extraIncoming) {
		child := qualified(schema.Name{Schema: k.Schema, Table: k.Table})
		sql = append(sql, "ALTER TABLE "+child+" ADD CONSTRAINT "+quote(k.Name)+" "+withoutNotValid(k.Definition)+" NOT VALID")
		if k.Comment != "" {
			sql = append(sql, "COMMENT ON CONSTRAINT "+quote(k.Name)+" ON "+child+" IS "+literal(k.Comment))
		}
	}
	sql = append(sql, still(take[[]owned](c.Live, extraMarks), kept, live)...)
	sql = append(sql, still(take[[]owned](c.Live, extraComments), kept, live)...)
	for _, p := range take[[]publication](c.Live, extraPublications) {
		sql = append(sql, "ALTER PUBLICATION "+quote(p.Name)+" ADD TABLE "+live+p.Tail)
	}
	return sql
}

// lateChecks are checks and NOT NULLs that existing rows may violate: they come with the swap.
func (c *copied) lateChecks() []schema.Constraint {
	return slices.DeleteFunc(unchecked(c.after), func(k schema.Constraint) bool {
		return k.Kind == schema.OtherKind && c.after.Column(k.Columns[0]).NotNull // proved by a clause
	})
}

// unchecked gives the checks and NOT NULLs of a table that were never compared with its rows.
func unchecked(t *schema.Table) []schema.Constraint {
	var out []schema.Constraint
	for _, k := range t.Constraints {
		if k.NotValid && (k.Kind == schema.Check || k.Kind == schema.OtherKind) {
			out = append(out, k)
		}
	}
	return out
}

// sequences moves sequences to the table that serves from now on. A serial column's own sequence
// changes its owner; an identity column's cannot, so the new one goes on where the other stood.
// Renaming a sequence locks it, so no value is handed out in between.
func (c *copied) sequences(other schema.Name) []string {
	var sql []string
	for _, sq := range c.ownSequences() {
		name := schema.Name{Schema: sq.Schema, Table: sq.Name}
		if !sq.Internal {
			sql = append(sql, "ALTER SEQUENCE "+qualified(name)+" OWNED BY "+qualified(c.live)+"."+quote(sq.Column))
			continue
		}
		aside := schema.Name{Schema: sq.Schema, Table: schema.SideName(sq.Name, "old", maxName)}
		if other == c.shadow {
			aside.Table = objectName(c.shadow.Table, sq.Column, "seq")
		}
		sql = append(sql, "SELECT setval("+literal(qualified(name))+"::regclass, last_value, is_called) FROM "+qualified(aside))
		sql = append(sql, onAll(sq.After, qualified(name))...)
	}
	return sql
}

// ownTriggers makes the user's triggers on the new table. Their definitions name the table, which
// has its name by now.
func (c *copied) ownTriggers() []string {
	states := take[map[string]string](c.Live, extraTriggers)
	var sql []string
	for _, t := range c.Live.Triggers {
		sql = append(sql, t.Definition)
		if state := states[t.Name]; state != "" {
			sql = append(sql, "ALTER TABLE "+qualified(c.live)+" "+enabling(state, t.Name))
		}
	}
	return sql
}

// enabling writes how a trigger fires, by pg_trigger.tgenabled; "" is the usual way.
func enabling(state, name string) string {
	word := map[string]string{"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}[state]
	if word == "" {
		word = "ENABLE"
	}
	return word + " TRIGGER " + quote(name)
}

// readers makes the views again, and makes sessions compile functions that hold the row type anew.
func (c *copied) readers() []string {
	var sql []string
	for _, v := range take[[]view](c.Live, extraViews) {
		sql = append(sql, strings.TrimSuffix(strings.TrimSpace(v.Definition), ";"), ownRightsOnly(v.Name, "TABLE"))
		sql = append(sql, onAll(v.After, v.Name)...)
	}
	return append(sql, take[[]string](c.Live, extraFunctions)...)
}

// validate checks the foreign keys that were valid before, or are to be.
func (c *copied) validate() []plan.Step {
	var steps []plan.Step
	add := func(table schema.Name, name string) {
		steps = append(steps, plan.Step{
			Title:    "check the rows of " + table.String() + " against constraint " + name,
			Act:      plan.Act{SQL: []string{"ALTER TABLE " + qualified(table) + " VALIDATE CONSTRAINT " + quote(name)}, Atomic: true},
			Evidence: plan.Evidence{Proof: proof(validConstraint(table, name))},
			Price: plan.Price{
				Locks:  []plan.Lock{lockOf(table, shareUpdateExclusive, plan.ReadRows)},
				Blocks: plan.BlocksDDL, Lock: "SHARE UPDATE EXCLUSIVE",
			},
		})
	}
	for _, k := range ownKeys(c.after) {
		if !k.NotValid {
			add(c.live, k.Name)
		}
	}
	for _, k := range take[[]incomingKey](c.Live, extraIncoming) {
		if k.Valid {
			add(schema.Name{Schema: k.Schema, Table: k.Table}, k.Name)
		}
	}
	return steps
}

// validateBack does the same after the way back, with statements that may be repeated.
func (c *copied) validateBack() []string {
	var sql []string
	add := func(table schema.Name, name string) {
		sql = append(sql, doIf(hasConstraint(table, name)+" AND NOT "+validConstraint(table, name),
			"ALTER TABLE "+qualified(table)+" VALIDATE CONSTRAINT "+quote(name)))
	}
	for _, k := range ownKeys(c.Live) {
		if !k.NotValid {
			add(c.live, k.Name)
		}
	}
	for _, k := range take[[]incomingKey](c.Live, extraIncoming) {
		if k.Valid {
			add(schema.Name{Schema: k.Schema, Table: k.Table}, k.Name)
		}
	}
	return sql
}

// dropOld ends the reverse capture, then drops the old table and the logs.
func (d *Dialect) dropOld(cp *schema.Copy) []plan.Step {
	c := d.copied(cp)
	return []plan.Step{
		{
			Title: "end keeping the old table of " + c.live.String() + " current",
			Act:   plan.Act{SQL: c.captureReverse.unwatch(c.live), Atomic: true}, EndCapture: true,
			WayBack: plan.WayBack{NoReturn: true, Loses: "point of no return: the old table is no longer current"},
			Price:   plan.Price{Blocks: plan.BlocksAll, Lock: "ACCESS EXCLUSIVE"},
		},
		{
			Act: plan.Act{
				SQL:    []string{"DROP TABLE IF EXISTS " + qualified(c.rev) + ", " + qualified(c.log) + ", " + qualified(c.old)},
				Atomic: true,
			},
			WayBack:  plan.WayBack{NoReturn: true, Loses: "point of no return: the old table is dropped"},
			Evidence: plan.Evidence{Proof: proof(hasNoTable(c.old), hasNoTable(c.log), hasNoTable(c.rev))},
		},
	}
}
