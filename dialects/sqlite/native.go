package sqlite

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

func tableQuery(name string) string {
	return "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = " + literal(name) + " COLLATE NOCASE"
}

func indexQuery(name string) string {
	return "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = " + literal(name) + " COLLATE NOCASE"
}

func triggerQuery(name string) string {
	return "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = " + literal(name) + " COLLATE NOCASE"
}

func columnQuery(table, column string) string {
	return spelledColumn(table, column) + " COLLATE NOCASE"
}

// spelledColumn asks for a column whose name has these capitals.
func spelledColumn(table, column string) string {
	return fmt.Sprintf("SELECT 1 FROM pragma_table_xinfo(%s) WHERE name = %s", literal(table), literal(column))
}

func createTable(c schema.CreateTable, s *schema.Schema) []plan.Step {
	if c.IfNotExists && s.Table(c.Name) != nil {
		return nil
	}
	text := c.SQL
	if text == "" && c.Def != nil {
		text = c.Def.Definition
	}
	return []plan.Step{{
		Act:      plan.Act{SQL: []string{text}, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + tableQuery(c.Name.Table) + ")"},
		WayBack:  plan.WayBack{Undo: []string{"DROP TABLE IF EXISTS " + quote(c.Name.Table)}, UndoAtomic: true, Loses: "the rows written to it since"},
	}}
}

// renameTable lets SQLite rewrite the views, triggers and foreign keys that name the table.
func renameTable(from, to string) plan.Step {
	sql := func(a, b string) []string {
		return []string{"PRAGMA legacy_alter_table = OFF", fmt.Sprintf("ALTER TABLE %s RENAME TO %s", quote(a), quote(b))}
	}
	proof := fmt.Sprintf("SELECT EXISTS (%s) AND NOT EXISTS (%s)", tableQuery(to), tableQuery(from))
	if strings.EqualFold(from, to) {
		proof = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = " + literal(to) + ")"
	}
	return plan.Step{
		Act: plan.Act{Atomic: true, SQL: sql(from, to)}, WayBack: plan.WayBack{Undo: sql(to, from), UndoAtomic: true},
		Evidence: plan.Evidence{Proof: proof},
	}
}

func renameColumn(table string, c schema.RenameColumn) plan.Step {
	sql := func(a, b string) []string {
		return []string{"PRAGMA legacy_alter_table = OFF", fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", quote(table), quote(a), bare(b))}
	}
	proof := fmt.Sprintf("SELECT EXISTS (%s) AND NOT EXISTS (%s)", columnQuery(table, c.To), columnQuery(table, c.From))
	if strings.EqualFold(c.From, c.To) {
		proof = "SELECT EXISTS (" + spelledColumn(table, c.To) + ")"
	}
	return plan.Step{
		Act:     plan.Act{Atomic: true, SQL: sql(c.From, c.To)},
		WayBack: plan.WayBack{Undo: sql(c.To, c.From), UndoAtomic: true}, Evidence: plan.Evidence{Proof: proof},
	}
}

func addColumn(table string, c schema.AddColumn) plan.Step {
	return plan.Step{
		Act:      plan.Act{Atomic: true, SQL: []string{fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s", quote(table), columnDefinition(c.Column))}},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + columnQuery(table, c.Column.Name) + ")"},
		WayBack: plan.WayBack{
			Undo: []string{fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", quote(table), quote(c.Column.Name))}, UndoAtomic: true,
			Loses: "the values written to " + c.Column.Name + " since",
		},
	}
}

// addsInPlace asks SQLite whether its own ADD COLUMN takes this column: it refuses keys, stored
// generated columns, and defaults that are no constant where there is a row.
func addsInPlace(c schema.AddColumn, t *schema.Table) bool {
	return columnRefusal(c, t) == ""
}

func columnRefusal(c schema.AddColumn, t *schema.Table) string {
	s, err := newScratch()
	if err != nil {
		return err.Error()
	}
	defer s.close()
	var names []string
	for _, col := range t.Columns {
		if !strings.EqualFold(col.Name, c.Column.Name) {
			names = append(names, quote(col.Name))
		}
	}
	options := ""
	if t.Extra[extraStrict] != "" {
		options = " STRICT"
		for i := range names {
			names[i] += " ANY"
		}
	}
	err = s.exec("CREATE TABLE t ("+strings.Join(names, ", ")+")"+options, "INSERT INTO t DEFAULT VALUES",
		"ALTER TABLE t ADD COLUMN "+columnDefinition(c.Column))
	if err != nil && !strings.Contains(err.Error(), "constraint failed") {
		return err.Error()
	}
	return ""
}

// noValue says that a column would leave the rows that are there without the value it demands.
func noValue(c schema.AddColumn, t *schema.Table) bool {
	return strings.Contains(columnRefusal(c, t), "NOT NULL column with default value NULL")
}

func createIndex(c schema.CreateIndex, table string) plan.Step {
	return plan.Step{
		Act:      plan.Act{SQL: []string{indexSQL(c, table)}, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + indexQuery(c.Index.Name) + ")"},
		WayBack:  plan.WayBack{Undo: []string{"DROP INDEX IF EXISTS " + quote(c.Index.Name)}, UndoAtomic: true},
		Price:    plan.Price{Work: plan.WriteIndex},
	}
}

// indexSQL gives the statement as SQLite keeps it, where it has read one.
func indexSQL(c schema.CreateIndex, table string) string {
	if c.Index.Definition != "" {
		return c.Index.Definition
	}
	unique := ""
	if c.Index.Unique {
		unique = "UNIQUE "
	}
	body := c.Text
	if body == "" {
		body = "(" + bareAll(c.Index.Columns) + ")"
	}
	return fmt.Sprintf("CREATE %sINDEX %s ON %s %s", unique, bare(c.Index.Name), bare(table), body)
}

func dropIndex(c schema.DropIndex, t *schema.Table) plan.Step {
	step := plan.Step{
		Act:      plan.Act{SQL: []string{"DROP INDEX IF EXISTS " + quote(c.Index)}, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT NOT EXISTS (" + indexQuery(c.Index) + ")"},
		WayBack:  plan.WayBack{UndoAtomic: true},
	}
	if t != nil {
		for _, ix := range t.Indexes {
			if strings.EqualFold(ix.Name, c.Index) && ix.Definition != "" {
				step.Undo = []string{ifNotExists(ix.Definition)}
				return step
			}
		}
	}
	step.NoReturn, step.Loses = true, "point of no return: the index's definition is not known"
	return step
}

// ifNotExists makes a CREATE INDEX safe to repeat.
func ifNotExists(sql string) string {
	for i, t := range tokenize(sql) {
		if t.is("INDEX") && i <= 2 {
			return sql[:t.end] + " IF NOT EXISTS" + sql[t.end:]
		}
	}
	return sql
}

// validate reads the rows without a lock, then takes the mark away; programs that have read the
// definition before need not read it again for that.
func validate(c schema.ValidateConstraint, t *schema.Table) ([]plan.Step, error) {
	text, err := edit(t.Definition, c)
	if err != nil || text == t.Definition {
		return nil, err
	}
	check, _ := rowsCheck(c, t)
	update := func(from, to string) string { return rewriteText(t.Name.Table, from, to)[1] }
	return []plan.Step{{
		Act:      plan.Act{SQL: append(check, "PRAGMA writable_schema = ON", update(t.Definition, text))},
		Evidence: plan.Evidence{Proof: textProof(t.Name.Table, text)},
		WayBack: plan.WayBack{
			Undo: []string{"PRAGMA writable_schema = ON", update(text, t.Definition), "PRAGMA writable_schema = OFF"}, UndoAtomic: true,
		},
		Price: plan.Price{Work: plan.ReadRows},
	}}, nil
}

func backfill(c schema.Backfill, t *schema.Table) ([]plan.Step, error) {
	columns, why := t.Key()
	if why != "" {
		return nil, &schema.Refusal{Reasons: []string{t.Name.String() + " cannot be walked: " + why}}
	}
	key := keyOf(t, columns)
	expr, where := c.Expr, c.Where
	if c.From != "" {
		expr = quote(c.From)
	}
	if where == "" {
		where = quote(c.Column) + " IS NULL"
	}
	w := walkOver(t, key)
	w.Do = []plan.Ranged{ranged(key, func(where string) string {
		return fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", quote(t.Name.Table), quote(c.Column), expr, where)
	}, where)}
	fill := plan.Step{
		Act: plan.Act{Walk: w}, Price: plan.Price{Work: plan.WriteRows},
		WayBack: plan.WayBack{Undo: []string{}, Loses: "the values of " + c.Column + " stay as they are"},
	}
	begin, end := followMoves(c, t, key, expr, where)
	return []plan.Step{begin, fill, end}, nil
}

// followMoves fills rows whose key changes meanwhile: they may move to where the walk has been.
func followMoves(c schema.Backfill, t *schema.Table, key []keyColumn, expr, where string) (begin, end plan.Step) {
	trigger := schema.SideName(t.Name.Table+"_"+c.Column, "sync_f", nameLimit)
	drop := []string{"DROP TRIGGER IF EXISTS " + quote(trigger)}
	create := fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s BEGIN UPDATE %s SET %s = %s WHERE %s AND (%s); END",
		quote(trigger), keyList(key, ""), quote(t.Name.Table), quote(t.Name.Table), quote(c.Column), expr, rowMatch(t), where)
	begin = plan.Step{
		Kind: schema.DualWrite, Title: "fill column " + c.Column + " of " + t.Name.Table + " in rows whose key changes",
		Act:      plan.Act{SQL: []string{create}, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + triggerQuery(trigger) + ")"},
		WayBack:  plan.WayBack{Undo: drop, UndoAtomic: true},
	}
	end = plan.Step{
		Title: "stop filling column " + c.Column + " of " + t.Name.Table, Act: plan.Act{SQL: drop, Atomic: true},
		Evidence: plan.Evidence{Proof: "SELECT NOT EXISTS (" + triggerQuery(trigger) + ")"},
		WayBack:  plan.WayBack{Undo: drop, UndoAtomic: true},
	}
	return begin, end
}

func syncNames(table string) (insert, toNew, toOld string) {
	return schema.SideName(table, "sync_i", nameLimit), schema.SideName(table, "sync_n", nameLimit), schema.SideName(table, "sync_o", nameLimit)
}

// syncColumns keeps two columns equal, byte for byte: what a collation takes for the same may differ. Who sets both in one statement means the new one; who sets
// one sets the other too. A trigger's own UPDATE changes only the column that lags, so it ends.
func syncColumns(c schema.SyncColumns, t *schema.Table) plan.Step {
	table, o, n := quote(t.Name.Table), quote(c.Old), quote(c.New)
	row := rowMatch(t)
	unset := "NULL"
	if col := t.Column(c.Old); col != nil && col.Default != "" {
		unset = "(" + col.Default + ")"
	}
	insert, toNew, toOld := syncNames(t.Name.Table)
	return plan.Step{
		Act: plan.Act{
			Atomic: true,
			SQL: []string{
				fmt.Sprintf("CREATE TRIGGER %s AFTER INSERT ON %s WHEN NEW.%s IS NOT NEW.%s COLLATE BINARY BEGIN UPDATE %s SET %s = iif(NEW.%s IS %s AND NEW.%s IS NOT NULL, NEW.%s, NEW.%s), %s = iif(NEW.%s IS %s AND NEW.%s IS NOT NULL, NEW.%s, NEW.%s) WHERE %s; END",
					quote(insert), table, o, n, table, o, o, unset, n, n, o, n, o, unset, n, n, o, row),
				fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s WHEN NEW.%s IS NOT OLD.%s COLLATE BINARY AND NEW.%s IS OLD.%s COLLATE BINARY AND NEW.%s IS NOT NEW.%s COLLATE BINARY BEGIN UPDATE %s SET %s = NEW.%s WHERE %s; END",
					quote(toNew), table, o, o, n, n, o, n, table, n, o, row),
				fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s WHEN NEW.%s IS NOT OLD.%s COLLATE BINARY AND NEW.%s IS NOT NEW.%s COLLATE BINARY BEGIN UPDATE %s SET %s = NEW.%s WHERE %s; END",
					quote(toOld), table, n, n, o, n, table, o, n, row),
			},
		}, Price: plan.Price{Meanwhile: c.Meanwhile(t)},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + triggerQuery(insert) + ")"},
		WayBack:  plan.WayBack{Undo: dropSync(t.Name.Table), UndoAtomic: true},
	}
}

func dropSync(table string) []string {
	insert, toNew, toOld := syncNames(table)
	return []string{
		"DROP TRIGGER IF EXISTS " + quote(insert), "DROP TRIGGER IF EXISTS " + quote(toNew), "DROP TRIGGER IF EXISTS " + quote(toOld),
	}
}

func unsyncColumns(c schema.UnsyncColumns, t *schema.Table) plan.Step {
	insert, _, _ := syncNames(t.Name.Table)
	back := syncColumns(schema.SyncColumns(c), t)
	copied := fmt.Sprintf("UPDATE %s SET %s = %s WHERE %[2]s IS NOT %[3]s COLLATE BINARY", quote(t.Name.Table), quote(c.Old), quote(c.New))
	return plan.Step{
		Act:      plan.Act{Atomic: true, SQL: dropSync(t.Name.Table)},
		Evidence: plan.Evidence{Proof: "SELECT NOT EXISTS (" + triggerQuery(insert) + ")"},
		WayBack: plan.WayBack{
			Undo: append(append(dropSync(t.Name.Table), back.SQL...), copied), UndoAtomic: true,
			Loses: "values written to " + c.New + " alone are copied back in one go",
		},
	}
}

// rowMatch finds, in a trigger, the row that it was fired for.
func rowMatch(t *schema.Table) string {
	if name := hiddenRowid(t); name != "" {
		return name + " = NEW." + name
	}
	key, _ := t.Key()
	var parts []string
	for _, c := range key {
		parts = append(parts, quote(c.Name)+" IS NEW."+quote(c.Name))
	}
	return strings.Join(parts, " AND ")
}
