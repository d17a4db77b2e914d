package mysql

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// guards describe the table. MariaDB opens every table of the server to find the foreign keys that
// refer to one (1.3 s for a thousand tables at first, 0.1 s later), so these are looked for just
// before the lock and not under it.
func (d *Dialect) guards(n schema.Name) []plan.Guard {
	if !d.maria() {
		return []plan.Guard{{Query: d.Portrait(n)}}
	}
	return []plan.Guard{{Query: d.lines(n, d.portraitOwn())}, {Query: d.lines(n, []string{portraitKeysTo}), Early: true}}
}

// madeAnew sees every ALTER TABLE, also one that another took back. Values may have changed with it.
func (d *Dialect) madeAnew(n schema.Name) plan.Guard {
	return plan.Guard{Query: d.lines(n, []string{"SELECT CONCAT('made: ', CREATE_TIME) AS line FROM information_schema.TABLES WHERE {at}"}), Rows: true}
}

const truncated = "truncated during the copy: roll back, plan again"

// endRows is how many rows at each end of the shadow are looked up in the live table.
const endRows = 100

// After a TRUNCATE, which fires no trigger and leaves the table's creation time as it was, the shadow
// has rows that the live table has not. They are looked for among the first and the last of it, which
// costs nothing under the lock. (The number that InnoDB gives a table would prove it, but to read that
// takes the PROCESS privilege.)

// noneGone fails when rows at the ends of the shadow are not in the live table. A statement that is
// prepared cannot raise an error of its own, so it reads a table whose name says what is wrong.
func (c *copying) noneGone() []string {
	live, shadow := qualified(c.at.live), qualified(c.at.shadow)
	var statements []string
	for _, direction := range []string{" ASC", " DESC"} {
		var keys, order, joined []string
		for i, k := range c.cp.Key {
			keys = append(keys, quote(k.Name)+" AS "+logColumn(i))
			order = append(order, quote(k.Name)+direction)
			joined = append(joined, live+"."+quote(k.Name)+" = sf_ends."+logColumn(i))
		}
		statements = append(statements, prepared(fmt.Sprintf("SET @surefoot_prepared = IF(EXISTS (SELECT 1 FROM (SELECT %s FROM %s ORDER BY %s LIMIT %d) AS sf_ends"+
			" LEFT JOIN %s ON %s WHERE %s.%s IS NULL), %s, 'DO 0')", strings.Join(keys, ", "), shadow, strings.Join(order, ", "), endRows,
			live, strings.Join(joined, " AND "), live, quote(c.cp.Key[0].Name), literal("SELECT 1 FROM "+quote(truncated))))...)
	}
	return statements
}

// zeroCounts is a name of at most 64 letters.
const zeroCounts = "a row has 0 where AUTO_INCREMENT comes: roll back, renumber it"

// noneZero fails when a column that begins to count has a 0: to such a row the server's own ALTER gives the next
// number, and a copy keeps it.
func (c *copying) noneZero() []string {
	if c.d.mode.keepsZero {
		return nil
	}
	for _, m := range c.cp.Columns {
		live, after := c.cp.Live.Column(m.From), c.after.Column(m.To)
		if live != nil && after != nil && live.Identity == "" && after.Identity != "" {
			return prepared(fmt.Sprintf("SET @surefoot_prepared = IF(EXISTS (SELECT 1 FROM %s WHERE %s = 0), %s, 'DO 0')",
				qualified(c.at.shadow), quote(m.To), literal("SELECT 1 FROM "+quote(zeroCounts))))
		}
	}
	return nil
}

// prepared runs the statement that a SET has put into @surefoot_prepared.
func prepared(set string) []string {
	return []string{set, "PREPARE surefoot FROM @surefoot_prepared", "EXECUTE surefoot", "DEALLOCATE PREPARE surefoot"}
}
