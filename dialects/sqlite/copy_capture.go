package sqlite

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// capture logs the keys of a table's changed rows.
type capture struct {
	table string
	log   string
	of    *schema.Table // the captured table's definition: its key's types, what is unique
	key   []keyColumn
	rowid string
}

func (cp *copying) capture(log string, of *schema.Table) capture {
	return capture{table: cp.live.Name.Table, log: log, of: of, key: cp.key, rowid: cp.rowid}
}

// create gives the log and the triggers. The log's numbers need no AUTOINCREMENT (which would
// leave a table of SQLite's own behind): an entry that is applied twice does no harm.
func (c capture) create() []string {
	cols := make([]string, len(c.key))
	for i, k := range c.key {
		col := c.of.Column(k.Name)
		cols[i] = quote(k.Name) + " " + col.Type
		if col.Collation != "" {
			cols[i] += " COLLATE " + quote(col.Collation)
		}
	}
	out := []string{fmt.Sprintf("CREATE TABLE %s (seq INTEGER PRIMARY KEY, %s)", quote(c.log), strings.Join(cols, ", "))}
	return append(out, c.triggers()...)
}

// triggers see each changed row. A row that goes because REPLACE gives another row its unique
// value fires no trigger of its own (lang_conflict: only with recursive_triggers), so triggers
// that run before look for such rows.
func (c capture) triggers() []string {
	table := quote(c.table)
	entry := func(row string) string {
		return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s);", quote(c.log), keyList(c.key, ""), keyList(c.key, row))
	}
	moved := make([]string, len(c.key))
	for i, k := range c.key {
		moved[i] = fmt.Sprintf("OLD.%s IS NOT NEW.%s COLLATE BINARY", quote(k.Name), quote(k.Name))
	}
	out := []string{
		fmt.Sprintf("CREATE TRIGGER %s AFTER INSERT ON %s BEGIN %s END", c.trigger("i"), table, entry("NEW.")),
		fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s BEGIN %s END", c.trigger("u"), table, entry("OLD.")),
		fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s WHEN %s BEGIN %s END", c.trigger("k"), table, strings.Join(moved, " OR "), entry("NEW.")),
		fmt.Sprintf("CREATE TRIGGER %s AFTER DELETE ON %s BEGIN %s END", c.trigger("d"), table, entry("OLD.")),
	}
	for n, u := range uniques(c.of, c.key, c.rowid) {
		values := u.values(same(c.of), c.rowid)
		if values == nil {
			values = all(c.of, u) // in a trigger computed columns are known too
		}
		met := u.meets("", values, func(i int) string { return "NEW." + nameOf(u, values[i]) })
		find := func(and string) string {
			return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s%s;", quote(c.log), keyList(c.key, ""), keyList(c.key, ""), table, met, and)
		}
		var other []string
		for _, k := range c.key {
			other = append(other, fmt.Sprintf("%s IS NOT OLD.%s", quote(k.Name), quote(k.Name)))
		}
		out = append(out,
			fmt.Sprintf("CREATE TRIGGER %s BEFORE INSERT ON %s BEGIN %s END", c.trigger(fmt.Sprint("bi", n)), table, find("")),
			fmt.Sprintf("CREATE TRIGGER %s BEFORE UPDATE ON %s%s BEGIN %s END", c.trigger(fmt.Sprint("bu", n)), table,
				changes(u, values), find(" AND ("+strings.Join(other, " OR ")+")")))
	}
	return out
}

// changes is the condition that an update gives a row another unique value.
func changes(u unique, values []value) string {
	if u.exprs != nil {
		return ""
	}
	var parts []string
	for _, v := range values {
		n := nameOf(u, v)
		parts = append(parts, fmt.Sprintf("OLD.%s IS NOT NEW.%s", n, n))
	}
	return " WHEN " + strings.Join(parts, " OR ")
}

func nameOf(u unique, v value) string {
	if u.rowid != "" {
		return v.name
	}
	return quote(v.name)
}

// same maps each column that can be written to itself.
func same(t *schema.Table) []schema.Mapping { return mapping(t, nil) }

// all gives every column that a unique index may look at, the computed ones too.
func all(t *schema.Table, u unique) []value {
	var out []value
	for _, c := range t.Columns {
		if u.columns == nil || contains(u.columns, c.Name) {
			out = append(out, value{c.Name, quote(c.Name)})
		}
	}
	return out
}

func (c capture) trigger(suffix string) string { return quote(c.triggerName(suffix)) }

func (c capture) triggerName(suffix string) string { return c.log + "_" + suffix }

// suffixes end the names of the triggers.
func (c capture) suffixes() []string {
	out := []string{"i", "u", "k", "d"}
	for n := range uniques(c.of, c.key, c.rowid) {
		out = append(out, fmt.Sprint("bi", n), fmt.Sprint("bu", n))
	}
	return out
}

// drop takes the triggers away; the log stays.
func (c capture) drop() []string {
	var out []string
	for _, s := range c.suffixes() {
		out = append(out, "DROP TRIGGER IF EXISTS "+c.trigger(s))
	}
	return out
}

// whole says that all triggers hang on a table.
func (c capture) whole(table string) string {
	var names []string
	for _, s := range c.suffixes() {
		names = append(names, literal(c.triggerName(s)))
	}
	return fmt.Sprintf("SELECT count(*) = %d FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = %s COLLATE NOCASE AND name IN (%s)",
		len(names), literal(table), strings.Join(names, ", "))
}

func (cp *copying) startCapture() plan.Step {
	c := cp.capture(cp.log, cp.live)
	sql := c.create()
	if null := nullKeys(cp.key); null != "" {
		// Rows with a NULL in their key are in no range: they go through the log.
		sql = append(sql, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s",
			quote(cp.log), keyList(cp.key, ""), keyList(cp.key, ""), quote(cp.live.Name.Table), null))
	}
	return plan.Step{
		Act:      plan.Act{SQL: sql, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + triggerQuery(c.triggerName("i")) + ")"},
		WayBack:  plan.WayBack{Undo: append(c.drop(), "DROP TABLE IF EXISTS "+quote(cp.log)), UndoAtomic: true},
		Capture:  cp.forward(),
	}
}

// nullKeys is the condition that a key holds a NULL; empty: it cannot.
func nullKeys(key []keyColumn) string {
	var parts []string
	for _, k := range key {
		if !k.NotNull {
			parts = append(parts, quote(k.Name)+" IS NULL")
		}
	}
	return strings.Join(parts, " OR ")
}
