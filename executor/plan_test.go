package executor

import (
	"fmt"
	"strings"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// orders makes the live table of most tests.
func orders(t testing.TB, d *database, rows int) {
	t.Helper()
	d.exec(t, "CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER)",
		fmt.Sprintf("WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < %d) INSERT INTO orders SELECT value, 'name ' || value, value * 7 %% 1000 FROM n", rows))
}

// triggers capture the keys of a table's changed rows in a log.
func triggers(table, log, suffix string) []string {
	return []string{
		fmt.Sprintf("CREATE TRIGGER %[3]s_i AFTER INSERT ON %[1]s BEGIN INSERT INTO %[2]s (id) VALUES (NEW.id); END", table, log, suffix),
		fmt.Sprintf("CREATE TRIGGER %[3]s_u AFTER UPDATE ON %[1]s BEGIN INSERT INTO %[2]s (id) VALUES (OLD.id); INSERT INTO %[2]s (id) SELECT NEW.id WHERE NEW.id IS NOT OLD.id; END", table, log, suffix),
		fmt.Sprintf("CREATE TRIGGER %[3]s_d AFTER DELETE ON %[1]s BEGIN INSERT INTO %[2]s (id) VALUES (OLD.id); END", table, log, suffix),
	}
}

func dropTriggers(suffix string) []string {
	return []string{
		"DROP TRIGGER IF EXISTS " + suffix + "_i", "DROP TRIGGER IF EXISTS " + suffix + "_u", "DROP TRIGGER IF EXISTS " + suffix + "_d",
	}
}

func feedOf(name, log, from, to, columns string) *plan.Capture {
	keys := "(SELECT id FROM " + log + " WHERE seq IN (SELECT value FROM json_each('[' || ? || ']')))"
	ids := []string{"ids"}
	return &plan.Capture{
		Name: name, Names: []string{"id"},
		Take:      plan.Stmt{SQL: "SELECT seq FROM " + log + " ORDER BY seq LIMIT ?", Args: []string{"limit"}},
		TakeBelow: plan.Stmt{SQL: "SELECT seq FROM " + log + " WHERE id <= CAST(? AS INTEGER) ORDER BY seq LIMIT ?", Args: []string{"hi0", "limit"}},
		Apply: []plan.Stmt{
			{SQL: "DELETE FROM " + to + " WHERE id IN " + keys, Args: ids},
			{SQL: "INSERT INTO " + to + " (id, name, amount) SELECT " + columns + " FROM " + from + " WHERE id IN " + keys, Args: ids},
			{SQL: "DELETE FROM " + log + " WHERE seq IN (SELECT value FROM json_each('[' || ? || ']'))", Args: ids},
		},
		Keys:    plan.Stmt{SQL: "SELECT CAST(id AS TEXT) FROM " + log + " WHERE seq IN (SELECT value FROM json_each('[' || ? || ']'))", Args: ids},
		Backlog: plan.Stmt{SQL: "SELECT count(*) FROM (SELECT 1 FROM " + log + " LIMIT ?)", Args: []string{"limit"}},
	}
}

// shapes writes a statement for all four kinds of range: each %s becomes the condition on one of
// the columns. last names an argument that is bound after the bounds.
func shapes(sql string, last []string, columns ...string) plan.Ranged {
	stmt := func(cond string, bounds ...string) plan.Stmt {
		var args []string
		var conds []any
		for _, c := range columns {
			args = append(args, bounds...)
			conds = append(conds, strings.ReplaceAll(cond, "key", c))
		}
		return plan.Stmt{SQL: fmt.Sprintf(sql, conds...), Args: append(args, last...)}
	}
	lo, hi := "key > CAST(? AS INTEGER)", "key <= CAST(? AS INTEGER)"
	return plan.Ranged{
		First: stmt(hi, "hi0"), Mid: stmt(lo+" AND "+hi, "lo0", "hi0"), Last: stmt(lo, "lo0"), All: stmt("true"),
	}
}

// copyPlan changes the type of orders.amount to TEXT, and wants it to be shorter than that of a
// million: the whole copy, on SQLite.
func copyPlan() *plan.Plan {
	exists := func(name string) string {
		return "SELECT count(*) FROM sqlite_schema WHERE name = '" + name + "'"
	}
	forward := feedOf("forward", "orders_sf_log", "orders", "orders_sf_new", "id, name, CAST(amount AS TEXT)")
	reverse := feedOf("reverse", "orders_sf_rev", "orders", "orders_sf_old", "id, name, CAST(amount AS INTEGER)")
	next := shapes("SELECT CAST(id AS TEXT) FROM orders WHERE %s ORDER BY id LIMIT 1 OFFSET ?", []string{"skip"}, "id")
	diff := shapes(`SELECT CAST(id AS TEXT) FROM (
		SELECT l.id FROM orders l LEFT JOIN orders_sf_new s ON s.id = l.id WHERE %s
		AND (s.id IS NULL OR l.name IS NOT s.name OR CAST(l.amount AS TEXT) IS NOT s.amount)
		UNION SELECT s.id FROM orders_sf_new s LEFT JOIN orders l ON s.id = l.id WHERE l.id IS NULL AND %s)
		WHERE id NOT IN (SELECT id FROM orders_sf_log) LIMIT ?`, []string{"limit"}, "l.id", "s.id")
	log := "(seq INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER)"
	walk := func() *plan.Walk {
		return &plan.Walk{Table: "orders", Keys: 1, Names: []string{"id"}, Next: next, Alone: true}
	}
	copyRows, verify := walk(), walk()
	copyRows.Do = []plan.Ranged{shapes("INSERT INTO orders_sf_new (id, name, amount) SELECT id, name, CAST(amount AS TEXT) FROM orders WHERE %s", nil, "id")}
	verify.Diff, verify.Alone = &diff, false
	verify.Repair = []plan.Ranged{
		shapes("INSERT INTO orders_sf_log (id) SELECT id FROM orders WHERE %s UNION SELECT id FROM orders_sf_new WHERE %s", nil, "id", "id"),
	}
	guards := []plan.Guard{{Query: `SELECT type || ' ' || name || ': ' || sql FROM sqlite_schema WHERE tbl_name = 'orders' AND name NOT LIKE '%\_sf\_%' ESCAPE '\'`}}
	p := &plan.Plan{Format: plan.Format, Origin: plan.Origin{Dialect: "sqlite", Mode: plan.Safe, Base: "base"}, Steps: []plan.Step{
		{
			Kind: schema.Expand, Title: "create the shadow table",
			Act: plan.Act{
				SQL:    []string{"CREATE TABLE orders_sf_new (id INTEGER PRIMARY KEY, name TEXT, amount TEXT CHECK (length(amount) < 7))"},
				Atomic: true, Portray: true,
			},
			Evidence: plan.Evidence{Proof: exists("orders_sf_new")},
			WayBack:  plan.WayBack{Undo: []string{"DROP TABLE IF EXISTS orders_sf_new"}, UndoAtomic: true},
		},
		{
			Kind: schema.DualWrite, Title: "start capture",
			Act: plan.Act{
				SQL:    append([]string{"CREATE TABLE orders_sf_log " + log}, triggers("orders", "orders_sf_log", "orders_sf_log")...),
				Atomic: true,
			},
			Evidence: plan.Evidence{Proof: exists("orders_sf_log_i")},
			WayBack:  plan.WayBack{Undo: append(dropTriggers("orders_sf_log"), "DROP TABLE IF EXISTS orders_sf_log")}, Capture: forward,
		},
		{Kind: schema.Fill, Title: "copy orders", Act: plan.Act{Walk: copyRows}},
		{
			Kind: schema.Expand, Title: "build the index",
			Act:      plan.Act{SQL: []string{"CREATE INDEX orders_sf_name ON orders_sf_new (name)"}},
			Evidence: plan.Evidence{Proof: exists("orders_sf_name")},
			WayBack:  plan.WayBack{Undo: []string{"DROP INDEX IF EXISTS orders_sf_name"}},
		},
		{Kind: schema.Verify, Title: "compare orders", Act: plan.Act{Walk: verify}},
		{
			Kind: schema.CutOver, Title: "exchange the tables",
			Evidence: plan.Evidence{Proof: exists("orders_sf_old")}, Capture: reverse,
			Act: plan.Act{CutOver: &plan.CutOver{
				Lock: []string{"BEGIN IMMEDIATE"}, Release: []string{"COMMIT"}, Atomic: true, Guards: guards,
				SQL: append(append(dropTriggers("orders_sf_log"), "DROP TABLE orders_sf_log",
					"ALTER TABLE orders RENAME TO orders_sf_old", "ALTER TABLE orders_sf_new RENAME TO orders", "CREATE TABLE orders_sf_rev "+log),
					triggers("orders", "orders_sf_rev", "orders_sf_rev")...),
			}},
			WayBack: plan.WayBack{
				Back: &plan.CutOver{
					Lock: []string{"BEGIN IMMEDIATE"}, Release: []string{"COMMIT"}, Atomic: true, Guards: guards,
					SQL: append(dropTriggers("orders_sf_rev"), "ALTER TABLE orders RENAME TO orders_sf_new", "ALTER TABLE orders_sf_old RENAME TO orders"),
				},
				Undo: []string{"DROP TABLE IF EXISTS orders_sf_rev"},
			},
		},
		{
			Kind: schema.Contract, Title: "drop the old table",
			Act:     plan.Act{SQL: append(dropTriggers("orders_sf_rev"), "DROP TABLE orders_sf_rev", "DROP TABLE orders_sf_old"), Atomic: true},
			WayBack: plan.WayBack{NoReturn: true}, EndCapture: true,
			Pause: plan.Pause{Hold: "the old table is kept until finish", Until: "finish"},
		},
	}}
	for i := range p.Steps {
		p.Steps[i].ID = fmt.Sprintf("%02d-%s", i+1, p.Steps[i].Kind)
		p.Steps[i].Table = "orders"
	}
	return p
}
