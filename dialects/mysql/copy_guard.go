package mysql

import (
	"fmt"
	"strings"

	"surefoot/planner"
)

// The guard notices what no trigger sees: TRUNCATE and DDL of others on the live table during a
// copy. A fingerprint of the definition is kept as the log's comment and compared under the
// cut-over's lock. After a TRUNCATE the shadow has rows that the live table has not; they are looked
// for among the first and the last of it, which costs nothing under the lock. (The number that InnoDB
// gives a table would prove it, but to read that takes the PROCESS privilege.)

const meddled = "truncated or altered during the copy: roll back, plan again"

// endRows is how many rows at each end of the shadow are looked up in the live table.
const endRows = 100

// fingerprint is an expression over information_schema.
func fingerprint(n planner.Name) string {
	at := fmt.Sprintf("TABLE_SCHEMA = %s AND TABLE_NAME = %s", schemaText(n), literal(n.Table))
	return "(SELECT CONCAT_WS('-', (SELECT CREATE_TIME FROM information_schema.TABLES WHERE " + at + ")," +
		" (SELECT SUM(CRC32(CONCAT_WS('|', ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA, COLUMN_COMMENT)))" +
		" FROM information_schema.COLUMNS WHERE " + at + ")," +
		" (SELECT SUM(CRC32(CONCAT_WS('|', INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, SUB_PART)))" +
		" FROM information_schema.STATISTICS WHERE " + at + ")))"
}

// remember keeps the table's fingerprint as the log's comment.
func (p capture) remember() []string {
	return prepared("SET @surefoot_prepared = CONCAT(" + literal("ALTER TABLE "+qualified(p.log)+" COMMENT = '") + ", " + fingerprint(p.table) + ", '''')")
}

// unchanged fails when the table is not the one that was remembered. A statement that is prepared
// cannot raise an error of its own, so it reads a table whose name says what is wrong.
func (p capture) unchanged() []string {
	log := fmt.Sprintf("(SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s)", schemaText(p.log), literal(p.log.Table))
	return prepared("SET @surefoot_prepared = IF(" + fingerprint(p.table) + " = " + log + ", 'DO 0', " +
		literal("SELECT 1 FROM "+quote(meddled)) + ")")
}

// noneGone fails when rows at the ends of the shadow are not in the live table.
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
			live, strings.Join(joined, " AND "), live, quote(c.cp.Key[0].Name), literal("SELECT 1 FROM "+quote(meddled))))...)
	}
	return statements
}

// prepared runs the statement that a SET has put into @surefoot_prepared.
func prepared(set string) []string {
	return []string{set, "PREPARE surefoot FROM @surefoot_prepared", "EXECUTE surefoot", "DEALLOCATE PREPARE surefoot"}
}
