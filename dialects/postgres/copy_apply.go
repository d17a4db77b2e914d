package postgres

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// capture writes the key of each changed row of a table into a log.
type capture struct {
	log              schema.Name
	key              []schema.Column // with the types of the table that is watched
	target           schema.Name     // the table that the keys are for
	suffix, truncate string          // of the names of functions and triggers
}

func (c capture) function(n schema.Name) schema.Name { return side(n, c.suffix) }

func (c capture) truncateFunction(n schema.Name) schema.Name { return side(n, c.truncate) }

// trigger names sort behind the user's.
func (c capture) trigger(n schema.Name) string {
	return "~" + schema.SideName(n.Table, c.suffix, maxName-1)
}

func (c capture) truncateTrigger(n schema.Name) string {
	return "~" + schema.SideName(n.Table, c.truncate, maxName-1)
}

func logColumns(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = "k" + strconv.Itoa(i)
	}
	return out
}

// createLog makes the log. It is logged like any table: it must survive a crash. Entries come and
// go fast, so it is vacuumed often.
func (c capture) createLog() string {
	columns := []string{"id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}
	for i, col := range c.key {
		text := "k" + strconv.Itoa(i) + " " + col.Type
		if col.Collation != "" {
			text += " COLLATE " + collation(col.Collation)
		}
		columns = append(columns, text)
	}
	return "CREATE TABLE " + qualified(c.log) + " (" + strings.Join(columns, ", ") +
		") WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)"
}

func rowOf(prefix string, key []schema.Column) string {
	out := make([]string, len(key))
	for i, col := range key {
		out[i] = prefix + quote(col.Name)
	}
	return strings.Join(out, ", ")
}

// watch gives the statements that start the capture on table n. The functions run with the rights
// of their owner, so that every writer may fill the log, and the triggers fire for replication
// roles too. A TRUNCATE logs every key that the target has.
func (c capture) watch(n schema.Name) []string {
	insert := "INSERT INTO " + qualified(c.log) + " (" + strings.Join(logColumns(len(c.key)), ", ") + ") "
	head := "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $surefoot$\n"
	row := "CREATE OR REPLACE FUNCTION " + qualified(c.function(n)) + head + `BEGIN
	IF TG_OP <> 'INSERT' THEN
		` + insert + `VALUES (` + rowOf("OLD.", c.key) + `);
	END IF;
	IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ROW(` + rowOf("NEW.", c.key) + `)::record *<> ROW(` + rowOf("OLD.", c.key) + `)::record THEN
		` + insert + `VALUES (` + rowOf("NEW.", c.key) + `);
	END IF;
	RETURN NULL;
END
$surefoot$`
	table := "CREATE OR REPLACE FUNCTION " + qualified(c.truncateFunction(n)) + head + `BEGIN
	` + insert + `SELECT ` + rowOf("", c.key) + ` FROM ` + qualified(c.target) + `;
	RETURN NULL;
END
$surefoot$`
	return []string{
		row, table,
		"CREATE TRIGGER " + quote(c.trigger(n)) + " AFTER INSERT OR UPDATE OR DELETE ON " + qualified(n) + " FOR EACH ROW EXECUTE FUNCTION " + qualified(c.function(n)) + "()",
		"CREATE TRIGGER " + quote(c.truncateTrigger(n)) + " AFTER TRUNCATE ON " + qualified(n) + " FOR EACH STATEMENT EXECUTE FUNCTION " + qualified(c.truncateFunction(n)) + "()",
		"ALTER TABLE " + qualified(n) + " ENABLE ALWAYS TRIGGER " + quote(c.trigger(n)) + ", ENABLE ALWAYS TRIGGER " + quote(c.truncateTrigger(n)),
	}
}

// unwatch ends the capture on table n.
func (c capture) unwatch(n schema.Name) []string {
	return []string{
		"DROP TRIGGER IF EXISTS " + quote(c.trigger(n)) + " ON " + qualified(n),
		"DROP TRIGGER IF EXISTS " + quote(c.truncateTrigger(n)) + " ON " + qualified(n),
		"DROP FUNCTION IF EXISTS " + qualified(c.function(n)) + "()",
		"DROP FUNCTION IF EXISTS " + qualified(c.truncateFunction(n)) + "()",
	}
}

// whole says that both triggers are there and fire always: who switches a table's triggers off and on leaves
// them so that they fire usually.
func (c capture) whole(n schema.Name) string {
	return fmt.Sprintf("SELECT (count(*) = 2)::int FROM pg_trigger t WHERE t.tgrelid = %s AND t.tgname IN (%s, %s) AND t.tgenabled = 'A'",
		regclass(n), literal(c.trigger(n)), literal(c.truncateTrigger(n)))
}

func (d *Dialect) startCapture(cp *schema.Copy) []plan.Step {
	c := d.copied(cp)
	return []plan.Step{{
		Act:      plan.Act{SQL: append([]string{c.capture.createLog()}, c.capture.watch(c.live)...), Atomic: true},
		Evidence: plan.Evidence{Proof: proof(hasTrigger(c.live, c.capture.trigger(c.live)), hasTable(c.log))},
		WayBack:  plan.WayBack{Undo: append(c.capture.unwatch(c.live), "DROP TABLE IF EXISTS "+qualified(c.log)), UndoAtomic: true},
		Capture:  c.forward(),
		Price:    plan.Price{Blocks: plan.BlocksWrites, Lock: "SHARE ROW EXCLUSIVE"},
	}}
}

// ofIDs is the condition for the log entries whose ids come as one text.
const ofIDs = "id = ANY(string_to_array($1::text, ',')::bigint[])"

// laterThanIDs is the condition for the entries that came next. A row that changed again has one of
// them, and is left to it: what the batch inserts is then the table as the batch knows it, so no
// unique value is met that a row behind the batch has let go of meanwhile (who lets go of a value
// has the older entry). It looks no further than a backlog may be at a cut-over.
const laterThanIDs = "id > (SELECT max(i) FROM unnest(string_to_array($1::text, ',')::bigint[]) i)" +
	" AND id <= (SELECT max(i) + 5000 FROM unnest(string_to_array($1::text, ',')::bigint[]) i)"

// feed makes a feed from a log: the target's rows of the logged keys become what the source has.
func (c capture) feed(name string, source schema.Name, targetKey []schema.Column, targets, sources string) *plan.Capture {
	logged := walkKey{table: c.log, columns: logKey(c.key)}
	below, args := logged.bound("hi", 2)
	keys := strings.Join(logColumns(len(c.key)), ", ")
	matches := make([]string, len(c.key))
	for i, col := range targetKey {
		matches[i] = "t." + quote(col.Name) + " = g.k" + strconv.Itoa(i) + keyCast(c.key[i].Type, col.Type)
	}
	return &plan.Capture{
		Name: name, Names: names(c.key),
		Take:      plan.Stmt{SQL: "SELECT id FROM " + qualified(c.log) + " ORDER BY id LIMIT $1::bigint", Args: []string{"limit"}},
		TakeBelow: plan.Stmt{SQL: "SELECT id FROM " + qualified(c.log) + " WHERE " + logged.row() + " <= " + below + " ORDER BY id LIMIT $1::bigint", Args: append([]string{"limit"}, args...)},
		Apply: []plan.Stmt{
			{SQL: "DELETE FROM " + qualified(c.target) + " t USING (SELECT DISTINCT " + keys + " FROM " + qualified(c.log) + " WHERE " + ofIDs + ") g WHERE " + strings.Join(matches, " AND "), Args: []string{"ids"}},
			plan.Stmt{SQL: "INSERT INTO " + qualified(c.target) + " (" + targets + ") OVERRIDING SYSTEM VALUE SELECT " + sources + " FROM " + qualified(source) +
				" WHERE (" + rowOf("", c.key) + ") IN (SELECT " + keys + " FROM " + qualified(c.log) + " WHERE " + ofIDs + ")" +
				" AND (" + rowOf("", c.key) + ") NOT IN (SELECT " + keys + " FROM " + qualified(c.log) + " WHERE " + laterThanIDs + ")", Args: []string{"ids"}}.Numbered(beganParameter),
			{SQL: "DELETE FROM " + qualified(c.log) + " WHERE " + ofIDs, Args: []string{"ids"}},
		},
		Keys:    plan.Stmt{SQL: "SELECT " + logged.texts() + " FROM " + qualified(c.log) + " WHERE " + ofIDs, Args: []string{"ids"}},
		Backlog: plan.Stmt{SQL: "SELECT count(*) FROM (SELECT FROM " + qualified(c.log) + " LIMIT $1::bigint) x", Args: []string{"limit"}},
	}
}

// logKey gives the key's columns under the names that they have in a log.
func logKey(key []schema.Column) []schema.Column {
	out := make([]schema.Column, len(key))
	for i, col := range key {
		col.Name = "k" + strconv.Itoa(i)
		out[i] = col
	}
	return out
}

// keyCast brings a logged key to the target's type where the target's index needs it: an integer
// column is not found by a numeric value.
func keyCast(logged, target string) string {
	if parseType(logged).base == "numeric" && integers[parseType(target).base] > 0 {
		return "::" + target
	}
	return ""
}

func (c *copied) forward() *plan.Capture {
	return c.capture.feed("forward", c.live, c.shadowKey.columns, c.targets(), c.sources())
}

// reverse keeps the old table current from the new one. Both have their names after the swap.
func (c *copied) reverse() *plan.Capture {
	var targets, sources []string
	for _, m := range c.Columns {
		if m.From == "" {
			continue
		}
		targets = append(targets, quote(m.From))
		sources = append(sources, c.backward(m))
	}
	return c.captureReverse.feed("reverse", c.live, c.Key, strings.Join(targets, ", "), strings.Join(sources, ", "))
}

// backward gives the expression that makes an old value of a new one. A value that has no equal in
// the old type is an error, so that it is parked and not changed.
func (c *copied) backward(m schema.Mapping) string {
	col := c.Live.Column(m.From)
	to := quote(m.To)
	if m.Type == "" || col == nil || parseType(m.Type).String() == parseType(col.Type).String() {
		return to
	}
	was := to + "::" + col.Type
	return "CASE WHEN (" + was + ")::" + m.Type + "::text IS NOT DISTINCT FROM " + to + "::text THEN " + was +
		" ELSE (" + literal("no "+col.Type+" equals ") + " || " + to + "::text)::numeric::text::" + col.Type + " END"
}

// numbers says that rows get the next numbers of a counter in a new column: one after the other, in the key's order.
func (c *copied) numbers() bool {
	return slices.ContainsFunc(c.Columns, func(m schema.Mapping) bool {
		col := c.after.Column(m.To)
		return m.From == "" && m.Using == "" && col != nil && col.Numbered()
	})
}

func (d *Dialect) copyRows(cp *schema.Copy) []plan.Step {
	c := d.copied(cp)
	order, workers, title := "", 0, ""
	if c.numbers() {
		order, workers = " ORDER BY "+c.liveKey.list(), 1
		title = "copy the rows of " + c.live.String() + " into its shadow table, and number them in the key's order"
	}
	return []plan.Step{{
		Title: title,
		Act: plan.Act{Walk: &plan.Walk{
			Table: c.live.String(), Keys: len(c.Key), Names: names(c.Key), Rows: c.Live.Stats.Rows, Next: c.liveKey.next(),
			Do: []plan.Ranged{c.liveKey.ranged(
				"INSERT INTO "+qualified(c.shadow)+" ("+c.targets()+") OVERRIDING SYSTEM VALUE SELECT "+c.sources()+" FROM "+qualified(c.live), " WHERE ", order)},
			Workers: workers,
		}},
		Price: plan.Price{Work: plan.WriteRows},
	}}
}

// verifyCopy compares bytes, not values: values that count as equal may differ (see equalIsSame). It
// is one statement, so both tables and the log are seen at one moment, at which a row is equal or
// its key waits in the log. The log is looked at only for rows that differ.
func (d *Dialect) verifyCopy(cp *schema.Copy) []plan.Step {
	c := d.copied(cp)
	keys := logColumns(len(c.Key))
	diff := shapes(func(lo, hi bool) plan.Stmt {
		live, args := c.liveKey.within(lo, hi, 2)
		shadow, _ := c.shadowKey.within(lo, hi, 2)
		return plan.Stmt{SQL: c.diff(live, shadow), Args: append([]string{"limit"}, args...)}
	})
	repair := shapes(func(lo, hi bool) plan.Stmt {
		live, args := c.liveKey.within(lo, hi, 1)
		shadow, _ := c.shadowKey.within(lo, hi, 1)
		back := make([]string, len(c.Key))
		for i, col := range c.Key {
			back[i] = quote(col.Name) + "::" + col.Type
		}
		return plan.Stmt{SQL: "INSERT INTO " + qualified(c.log) + " (" + strings.Join(keys, ", ") + ") SELECT " + c.liveKey.list() + " FROM " + qualified(c.live) +
			where(live) + " UNION SELECT " + strings.Join(back, ", ") + " FROM " + qualified(c.shadow) + where(shadow), Args: args}
	})
	return []plan.Step{{
		Act: plan.Act{Walk: &plan.Walk{
			Table: c.live.String(), Keys: len(c.Key), Names: names(c.Key), Rows: c.Live.Stats.Rows, Next: c.liveKey.next(),
			Diff: &diff, Repair: []plan.Ranged{repair},
		}},
		Price: plan.Price{Work: plan.ReadTwice},
	}}
}

func where(condition string) string {
	if condition == "" {
		return ""
	}
	return " WHERE " + condition
}

// diff gives the keys of one range whose rows differ, $1 at the most. The rows are formed above the
// join: below it they would be stored in its hash table.
func (c *copied) diff(liveRange, shadowRange string) string {
	var lives, shadows, differs, liveRow, shadowRow []string
	for i, m := range append(c.copiedColumns(), c.givenColumns()...) {
		if v, _ := worstCall(m.Using); m.From == "" && (v == "volatile" || v == "unknown") {
			continue // it may differ from row to row
		}
		n := strconv.Itoa(i)
		expr := quote(m.From)
		if m.Using != "" {
			expr = "(" + m.Using + ")"
		}
		if m.Type != "" {
			expr += "::" + m.Type // both rows must be made of the same types
		}
		lives, shadows = append(lives, expr+" AS l"+n), append(shadows, quote(m.To)+" AS s"+n)
		if c.equalIsSame(m) {
			differs = append(differs, "l"+n+" IS DISTINCT FROM s"+n)
		} else {
			liveRow, shadowRow = append(liveRow, "l"+n), append(shadowRow, "s"+n)
		}
	}
	if len(liveRow) > 0 {
		differs = append(differs, "ROW("+strings.Join(liveRow, ", ")+")::record *<> ROW("+strings.Join(shadowRow, ", ")+")::record")
	}
	var liveKeys, shadowKeys, joins, keys, texts, waits []string
	for i, col := range c.Key {
		k := "k" + strconv.Itoa(i)
		liveKeys = append(liveKeys, quote(col.Name)+"::"+c.shadowKey.columns[i].Type+" AS "+k)
		shadowKeys = append(shadowKeys, quote(col.Name)+" AS "+k)
		joins = append(joins, "l."+k+" = s."+k)
		keys = append(keys, "coalesce(l."+k+", s."+k+") AS "+k)
		texts = append(texts, "d."+k+"::text")
		waits = append(waits, "g."+k+" = d."+k)
	}
	return "WITH d AS MATERIALIZED (SELECT " + strings.Join(keys, ", ") +
		" FROM (SELECT " + strings.Join(append(liveKeys, lives...), ", ") + " FROM " + qualified(c.live) + where(liveRange) + ") l" +
		" FULL JOIN (SELECT " + strings.Join(append(shadowKeys, shadows...), ", ") + " FROM " + qualified(c.shadow) + where(shadowRange) + ") s" +
		" ON " + strings.Join(joins, " AND ") + " WHERE l.k0 IS NULL OR s.k0 IS NULL OR " + strings.Join(differs, " OR ") + ")" +
		" SELECT " + strings.Join(texts, ", ") + " FROM d WHERE NOT EXISTS (SELECT FROM " + qualified(c.log) + " g WHERE " + strings.Join(waits, " AND ") + ") LIMIT $1::bigint"
}

// sameIfEqual are the types whose equal values have the same bytes. (1.0 and 1.00 are equal as
// numeric, and so are -0 and 0 as floats, 24 hours and a day as interval.)
var sameIfEqual = []string{
	"smallint", "integer", "bigint", "boolean", "uuid", "date", "bytea", "oid", "text", "character varying",
	"timestamp without time zone", "timestamp with time zone", "time without time zone",
}

// equalIsSame says whether the column may be compared by its type's own equality, which is much
// faster than by images. Text is equal byte by byte unless a collation says otherwise, which that of
// a database never does; under two collations, or that of an expression, it is not compared at all.
func (c *copied) equalIsSame(m schema.Mapping) bool {
	typ, collation, was := m.Type, "", ""
	if col := c.Live.Column(m.From); col != nil {
		collation, was = col.Collation, col.Collation
		if typ == "" {
			typ = col.Type
		}
	}
	for _, clause := range c.Clauses {
		if ch, ok := clause.(schema.ChangeType); ok && ch.Column == m.From && ch.Collation != "" {
			collation = ch.Collation
		}
	}
	t := parseType(typ)
	if t.base == "text" || t.base == "character varying" {
		if m.Using != "" || collation != was || !slices.Contains([]string{"", "C", "POSIX"}, collation) {
			return false
		}
	}
	return !t.array && slices.Contains(sameIfEqual, t.base)
}

// copiedColumns gives the columns that get their values from the live table.
func (c *copied) copiedColumns() []schema.Mapping {
	var out []schema.Mapping
	for _, m := range c.Columns {
		if m.From != "" || m.Using != "" {
			out = append(out, m)
		}
	}
	return out
}
