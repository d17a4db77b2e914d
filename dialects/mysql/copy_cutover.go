package mysql

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// swap exchanges the tables. Reverse capture is made before it, on the shadow, where nobody but us
// writes: it is active from the instant at which the new table serves. Forward capture hangs on the
// old table after it and is dropped next.
func (c *copying) swap() []plan.Step {
	f, r := c.forward(), c.reverse()
	there, back := c.exchange(c.at.shadow, c.at.old, c.wantedCounter()), c.exchange(c.at.old, c.at.shadow, "")
	there.SQL = slices.Concat(c.noneGone(), c.noneZero(), there.SQL)
	there.Made = &plan.Made{Query: c.d.Portrait(c.at.shadow), Before: true}
	back.Guards = c.d.guards(c.at.live)
	there.Captured = fmt.Sprintf("SELECT (%s) AND (%s)", f.on(c.at.live), r.on(c.at.shadow))
	back.Captured = r.on(c.at.live)
	there.Guards = append(c.d.guards(c.at.live), c.d.madeAnew(c.at.live))
	return []plan.Step{
		{
			Kind: schema.DualWrite, Title: "log the key of each row of the new table that changes",
			Act:      plan.Act{Patient: true, SQL: append([]string{"ANALYZE TABLE " + qualified(c.at.shadow), r.createLog(c.d)}, r.createTriggers()...)},
			Evidence: plan.Evidence{Proof: r.triggersThere(3)},
			WayBack:  plan.WayBack{Undo: append(r.dropTriggers(), "DROP TABLE IF EXISTS "+qualified(c.at.rev))},
		},
		{
			Act: plan.Act{CutOver: &there}, WayBack: plan.WayBack{Back: &back, Undo: c.unguard(), Loses: c.lostBack()},
			Evidence: plan.Evidence{Proof: keptAside(c.at.old)},
			Capture:  c.feed("reverse", r, c.at.live, c.at.old, c.backwards()),
		},
		{
			Title: "end the log of the old table's rows", Act: plan.Act{Patient: true, SQL: f.dropTriggers()},
			Evidence: plan.Evidence{Proof: f.triggersThere(0)},
		},
	}
}

// keptAside says whether the table that has served stands under this name. A sentry may stand there, which has
// one column and no key. Triggers prove nothing: somebody may have dropped one, or given the table another name.
func keptAside(old schema.Name) string {
	return fmt.Sprintf("SELECT COUNT(*) > 0 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND NOT (COLUMN_NAME = 'sentry' AND COLUMN_KEY = '')",
		schemaText(old), literal(old.Table))
}

// lostBack says what rows that are written after the exchange bring back to the old table otherwise
// than they had it: no column of the new table keeps it.
func (c *copying) lostBack() string {
	kept := map[string]bool{}
	var lost []string
	for _, m := range c.cp.Columns {
		live, after := c.cp.Live.Column(m.From), c.after.Column(m.To)
		if live == nil {
			lost = append(lost, "what was written to column "+m.To)
			continue
		}
		kept[live.Name] = true
		switch {
		case after == nil || live.Generated != "":
		case after.Generated != "":
			lost = append(lost, "of rows written since, the values of column "+m.From+", which is computed now")
		case !strings.EqualFold(live.Type, after.Type):
			lost = append(lost, "of rows written since, values of column "+m.From+" that only one of "+live.Type+" and "+after.Type+" can hold")
		case live.Collation != after.Collation:
			lost = append(lost, "of rows written since, values of column "+m.From+" that only one of its collations can hold")
		}
	}
	for _, col := range c.cp.Live.Columns {
		if !kept[col.Name] && col.Generated == "" {
			lost = append(lost, "of rows written since, the values of column "+col.Name)
		}
	}
	return strings.Join(lost, "; ")
}

// exchange lets next take the live table's place and puts the live table aside.
//
// MySQL renames tables that the session has locked. MariaDB does not (error 1192). There a second
// session's RENAME waits behind the lock, and a sentry keeps it harmless until the log is drained:
//
//	A: LOCK TABLES live, next, aside (the sentry), the logs WRITE; drain
//	B: RENAME live TO aside, next TO live   waits for live, whose name sorts first
//	A: DROP TABLE aside, under its lock; UNLOCK TABLES
//
// B's exclusive lock goes before every write that waits, so no write comes between. If A dies
// before it dropped the sentry, B fails because aside exists, and nothing has changed. If B dies,
// nothing has changed either: capture goes on, and the step is run again.
//
// counter is the AUTO_INCREMENT value that next gets; empty: the live table's.
func (c *copying) exchange(next, aside schema.Name, counter string) plan.CutOver {
	rename := "RENAME TABLE " + qualified(c.at.live) + " TO " + qualified(aside) + ", " + qualified(next) + " TO " + qualified(c.at.live)
	locks := []schema.Name{c.at.live, next, c.at.log, c.at.rev}
	if c.d.renamesUnderLock() {
		return plan.CutOver{
			Lock: []string{lockTables(locks)}, SQL: append(c.carryCounter(next, counter), rename), Release: []string{"UNLOCK TABLES"},
		}
	}
	return plan.CutOver{
		Lock: []string{
			"CREATE TABLE IF NOT EXISTS " + qualified(aside) + " (sentry INT) ENGINE=InnoDB",
			lockTables(append(locks, aside)),
		},
		SQL:     c.carryCounter(next, counter),
		Queue:   []string{rename},
		Queued:  "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE = 'Waiting for table metadata lock' AND INFO = " + literal(rename),
		Release: []string{"DROP TABLE " + qualified(aside), "UNLOCK TABLES"},
	}
}

func lockTables(names []schema.Name) string {
	var locks []string
	for _, n := range names {
		locks = append(locks, qualified(n)+" WRITE")
	}
	return "LOCK TABLES " + strings.Join(locks, ", ")
}

// unguard drops a sentry that a cut-over left behind. It runs when the tables are back in their
// places, so nothing else has that name.
func (c *copying) unguard() []string {
	if c.d.renamesUnderLock() {
		return nil
	}
	return []string{"DROP TABLE IF EXISTS " + qualified(c.at.old)}
}

// wantedCounter is the clause by which a statement sets the counter; empty: there is none.
func (c *copying) wantedCounter() string {
	clause := ""
	for _, change := range c.cp.Clauses {
		if o, ok := change.(schema.SetOption); ok && o.Option == "auto_increment" {
			clause = o.Text
		}
	}
	return clause
}

// carryCounter gives the table the live table's AUTO_INCREMENT value, which may be ahead of its
// rows. The value is read under the lock.
func (c *copying) carryCounter(next schema.Name, counter string) []string {
	if counter != "" {
		return []string{"ALTER TABLE " + qualified(next) + " " + counter}
	}
	counts := false
	for _, col := range c.cp.Live.Columns {
		counts = counts || col.Identity != ""
	}
	if !counts {
		return nil
	}
	return prepared("SET @surefoot_prepared = (SELECT CONCAT(" + literal("ALTER TABLE "+qualified(next)+" AUTO_INCREMENT = ") +
		", CAST(COALESCE(AUTO_INCREMENT, 1) AS CHAR)) FROM information_schema.TABLES WHERE TABLE_SCHEMA = " +
		schemaText(c.at.live) + " AND TABLE_NAME = " + literal(c.at.live.Table) + ")")
}

// dropOld ends reverse capture and drops what the copy needed.
func (c *copying) dropOld() []plan.Step {
	r := c.reverse()
	served := r
	served.table = c.at.live // the new table has its name by now
	gone := []schema.Name{c.at.rev, c.at.log, c.at.old}
	var names, texts []string
	for _, n := range gone {
		names = append(names, qualified(n))
		texts = append(texts, literal(n.Table))
	}
	return []plan.Step{
		{
			Title:    "end keeping the old table of " + c.at.live.String() + " current",
			Act:      plan.Act{SQL: served.atOnce(c.d, r.dropTriggers(), c.at.rev)},
			Evidence: plan.Evidence{Proof: r.triggersThere(0)},
		},
		{
			Act: plan.Act{Patient: true, SQL: []string{"DROP TABLE IF EXISTS " + strings.Join(names, ", ")}},
			Evidence: plan.Evidence{Proof: fmt.Sprintf("SELECT COUNT(*) = 0 FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME IN (%s)",
				schemaText(c.at.live), strings.Join(texts, ", "))},
		},
	}
}
