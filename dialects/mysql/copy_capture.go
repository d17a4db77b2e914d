package mysql

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// logID numbers log entries. It is not AUTO_INCREMENT, because a trigger's INSERT in an UPDATE or
// DELETE then holds the log's AUTO-INC lock to the end of the statement (innodb_autoinc_lock_mode
// 0 and 1, MariaDB's default), and two transactions could wait for each other. UUID_SHORT needs no
// lock and rises.
const logID = "UUID_SHORT() & 9223372036854775807"

// capture logs the key of each changed row of one table.
type capture struct {
	table, log schema.Name
	key        []schema.Column
	names      [3]string // the triggers for INSERT, UPDATE and DELETE
}

// forward captures changes of the live table, reverse those of the new one after the cut-over.
func (c *copying) forward() capture {
	return capture{table: c.at.live, log: c.at.log, key: c.cp.Key, names: c.triggers("c")}
}

func (c *copying) reverse() capture {
	return capture{table: c.at.shadow, log: c.at.rev, key: c.keyAfter(), names: c.triggers("r")}
}

// triggers names the capture's triggers after the live table.
func (c *copying) triggers(which string) [3]string {
	name := func(event string) string { return schema.SideName(c.at.live.Table, which+event, nameLimit) }
	return [3]string{name("i"), name("u"), name("d")}
}

// keyAfter is the key with the types that it has in the new table.
func (c *copying) keyAfter() []schema.Column {
	var key []schema.Column
	for _, k := range c.cp.Key {
		key = append(key, *c.after.Column(k.Name))
	}
	return key
}

// createLog makes the table of keys. Its columns compare as the key does.
func (p capture) createLog(d *Dialect) string {
	columns := []string{"seq BIGINT NOT NULL PRIMARY KEY"}
	for i, k := range p.key {
		bare := schema.Column{Type: k.Type, Collation: k.Collation, NotNull: true}
		columns = append(columns, logColumn(i)+" "+d.compose(bare, colDef{}))
	}
	return "CREATE TABLE IF NOT EXISTS " + qualified(p.log) + " (" + strings.Join(columns, ", ") + ") ENGINE=InnoDB"
}

func logColumn(i int) string { return fmt.Sprintf("k%d", i) }

// createTriggers gives the statements that make the triggers, to be run again at will. They run
// with the rights of who made them, so that writers need none on the log, and pass over what our
// own sessions write.
func (p capture) createTriggers() []string {
	insert := func(row string) string {
		values := []string{logID}
		for _, k := range p.key {
			values = append(values, row+"."+quote(k.Name))
		}
		return "INSERT INTO " + qualified(p.log) + " VALUES (" + strings.Join(values, ", ") + ");"
	}
	var moved []string
	for _, k := range p.key {
		moved = append(moved, fmt.Sprintf("NOT (%s <=> %s)",
			exact(columnType(k.Type, k.Collation), "NEW."+quote(k.Name)), exact(columnType(k.Type, k.Collation), "OLD."+quote(k.Name))))
	}
	bodies := [3]string{
		insert("NEW"),
		insert("OLD") + " IF " + strings.Join(moved, " OR ") + " THEN " + insert("NEW") + " END IF;",
		insert("OLD"),
	}
	var statements []string
	for i, event := range []string{"INSERT", "UPDATE", "DELETE"} {
		name := qualified(schema.Name{Schema: p.table.Schema, Table: p.names[i]})
		statements = append(statements, "DROP TRIGGER IF EXISTS "+name,
			fmt.Sprintf("CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW BEGIN IF %s IS NULL THEN %s END IF; END",
				name, event, qualified(p.table), ours, bodies[i]))
	}
	return statements
}

// atOnce lets statements about the triggers of a table in use take effect together. Each by itself
// would make writers prepare their statements anew, and one that meets four such changes in a row
// fails with error 1615 (MySQL 9.7.4, seen under load). PREPARE comes through LOCK TABLES, so where
// it matters a creation time that lies ahead lets statements that were prepared between two
// triggers notice the second one too.
func (p capture) atOnce(d *Dialect, statements []string, used ...schema.Name) []string {
	before := []string{lockTables(append([]schema.Name{p.table}, used...))}
	if d.keepsTriggerLists() {
		before = append(before, "SET timestamp = UNIX_TIMESTAMP(SYSDATE(6)) + 1")
	}
	return append(append(before, statements...), "UNLOCK TABLES")
}

func (p capture) dropTriggers() []string {
	var statements []string
	for _, n := range p.names {
		statements = append(statements, "DROP TRIGGER IF EXISTS "+qualified(schema.Name{Schema: p.table.Schema, Table: n}))
	}
	return statements
}

// triggersThere counts the capture's triggers.
func (p capture) triggersThere(want int) string {
	var names []string
	for _, n := range p.names {
		names = append(names, literal(n))
	}
	return fmt.Sprintf("SELECT COUNT(*) = %d FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s AND TRIGGER_NAME IN (%s)",
		want, schemaText(p.table), strings.Join(names, ", "))
}

// on says that the capture's triggers hang on a table.
func (p capture) on(table schema.Name) string {
	return p.triggersThere(3) + " AND EVENT_OBJECT_TABLE = " + literal(table.Table)
}

// startCapture begins to log the keys of changed rows. The statements may be run again after a
// kill between them: the copy has not begun, so nothing is missed.
func (c *copying) startCapture() []plan.Step {
	f := c.forward()
	return []plan.Step{{
		Act:      plan.Act{SQL: append([]string{f.createLog(c.d)}, f.atOnce(c.d, f.createTriggers(), c.at.log)...)},
		Evidence: plan.Evidence{Proof: f.triggersThere(3)},
		WayBack:  plan.WayBack{Undo: append(f.atOnce(c.d, f.dropTriggers()), "DROP TABLE IF EXISTS "+qualified(c.at.log))},
		Capture:  c.feed("forward", f, c.at.live, c.at.shadow, c.values()),
	}}
}

// schemaText is a name's database as a string, for information_schema.
func schemaText(n schema.Name) string {
	if n.Schema == "" {
		return "DATABASE()"
	}
	return literal(n.Schema)
}

func tableExists(n schema.Name) string {
	return fmt.Sprintf("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s", schemaText(n), literal(n.Table))
}
