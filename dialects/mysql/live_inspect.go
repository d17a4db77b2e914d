package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Inspect gives the tables of the database. Definitions come from SHOW CREATE TABLE through the
// same reader as a schema file; sizes, triggers and foreign keys that point here come from
// information_schema.
func (db *Database) Inspect(ctx context.Context) (*schema.Schema, error) {
	s, err := db.inspect(ctx, db.pool, db.name)
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", db.name, err)
	}
	return s, nil
}

// querier is a pool or a session.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func (db *Database) inspect(ctx context.Context, q querier, database string) (*schema.Schema, error) {
	s := &schema.Schema{Dialect: db.flavor.String(), Version: db.text, Default: database, TimeZone: db.zone.name, Ways: ways}
	var mode string
	if err := q.QueryRowContext(ctx, "SELECT @@GLOBAL.sql_mode").Scan(&mode); err != nil {
		return nil, err
	}
	s.Strict = strings.Contains(mode, "STRICT_TRANS_TABLES") || strings.Contains(mode, "STRICT_ALL_TABLES")
	if err := db.tables(ctx, q, s); err != nil {
		return nil, err
	}
	for _, t := range s.Tables {
		if err := db.define(ctx, q, t); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name.Table, err)
		}
	}
	if err := db.stored(ctx, q, s); err != nil && db.Fault(err) != plan.Privilege {
		return nil, err
	}
	if err := db.triggers(ctx, q, s); err != nil {
		return nil, err
	}
	if err := db.references(ctx, q, s); err != nil {
		return nil, err
	}
	for _, t := range s.Tables {
		db.finish(t)
		if p := t.Extra["partitions"]; p != "" {
			s.Objects = append(s.Objects, schema.Object{
				Kind: "partitioning", Name: t.Name.Table, Of: t.Name, Definition: p, Inline: true,
				Fixed: "how a table is partitioned is not changed from a wanted schema: write ALTER TABLE … PARTITION BY or REMOVE PARTITIONING",
			})
		}
	}
	return s, db.countOthers(ctx, q, s)
}

// countOthers counts what is not compared with a wanted schema.
func (db *Database) countOthers(ctx context.Context, q querier, s *schema.Schema) error {
	s.Others = map[string]int{}
	for kind, table := range map[string]string{
		"views": "VIEWS WHERE TABLE_SCHEMA", "triggers": "TRIGGERS WHERE TRIGGER_SCHEMA",
		"functions and procedures": "ROUTINES WHERE ROUTINE_SCHEMA", "events": "EVENTS WHERE EVENT_SCHEMA",
		"sequences": "TABLES WHERE TABLE_TYPE = 'SEQUENCE' AND TABLE_SCHEMA",
	} {
		if kind == "sequences" && !db.maria() {
			continue
		}
		var n int
		if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema."+table+" = ?", s.Default).Scan(&n); err != nil {
			return err
		}
		s.Others[kind] = n
	}
	return nil
}

// tables lists the base tables with their sizes, without what belongs to a run.
func (db *Database) tables(ctx context.Context, q querier, s *schema.Schema) error {
	rows, err := q.QueryContext(ctx, `SELECT TABLE_NAME, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH
		FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')`, s.Default)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		t := &schema.Table{Name: schema.Name{Schema: s.Default}, Extra: map[string]string{}}
		var count, bytes, indexes sql.NullInt64
		if err := rows.Scan(&t.Name.Table, &count, &bytes, &indexes); err != nil {
			return err
		}
		if strings.HasPrefix(t.Name.Table, journalPrefix) || isSide(t.Name.Table) {
			continue
		}
		t.Stats = schema.Stats{Rows: counter(count), Bytes: counter(bytes), IndexBytes: counter(indexes)}
		s.Tables = append(s.Tables, t)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return db.measure(ctx, q, s)
}

func counter(n sql.NullInt64) *int64 {
	if !n.Valid {
		return nil
	}
	return &n.Int64
}

// sideSuffixes are what stands beside a table during a copy or a probe.
var sideSuffixes = []string{"new", "old", "log", "rev", "tmp", "probe"}

func isSide(name string) bool {
	for _, s := range sideSuffixes {
		if strings.HasSuffix(name, "_sf_"+s) {
			return true
		}
	}
	return false
}

var autoIncrement = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

// define reads a table's definition. One that is not understood (system versioning, for example)
// leaves the table without columns and with a refusal.
func (db *Database) define(ctx context.Context, q querier, t *schema.Table) error {
	var name, text string
	if err := q.QueryRowContext(ctx, "SHOW CREATE TABLE "+qualified(t.Name)).Scan(&name, &text); err != nil {
		return err
	}
	// The counter changes with every row: it is no part of the definition.
	t.Definition = autoIncrement.ReplaceAllString(db.ticked(text), "")
	server := Dialect{flavor: db.flavor, version: db.version} // SHOW CREATE TABLE does not follow the user's sql_mode
	r := newReader(server.resolve(t.Definition), server.mode)
	_ = r.take("create") && r.take("table")
	if _, ok := readName(r); !ok {
		return fmt.Errorf("its definition cannot be read")
	}
	if reason := server.createTable(r, t); reason != "" {
		t.Columns, t.Indexes, t.Constraints = nil, nil, nil
		t.Refusals = append(t.Refusals, "the definition of "+t.Name.String()+" is not understood: "+reason)
	}
	return nil
}

// ticked gives what SHOW CREATE TABLE said with names between backticks: under ANSI_QUOTES it puts them
// between double quotes. Of sql_mode it follows nothing else.
func (d *Dialect) ticked(text string) string {
	if !d.mode.ansiQuotes {
		return text
	}
	server := Dialect{flavor: d.flavor, version: d.version}
	var b strings.Builder
	last := 0
	for _, t := range tokenize(server.resolve(text), sqlMode{ansiQuotes: true}) {
		if t.named() && text[t.start] == '"' {
			b.WriteString(text[last:t.start] + quote(t.text))
			last = t.end
		}
	}
	return b.String() + text[last:]
}

// unescaped gives a definition as it is said under NO_BACKSLASH_ESCAPES, where that is the mode: the server
// shows it with backslashes doubled all the same.
func (d *Dialect) unescaped(text string) string {
	if !d.mode.noBackslash {
		return text
	}
	var b strings.Builder
	last := 0
	for _, t := range tokenize(text, sqlMode{}) {
		if t.kind == str && strings.Contains(text[t.start:t.end], `\`) {
			b.WriteString(text[last:t.start] + "'" + strings.ReplaceAll(t.text, "'", "''") + "'")
			last = t.end
		}
	}
	return b.String() + text[last:]
}

func (db *Database) triggers(ctx context.Context, q querier, s *schema.Schema) error {
	rows, err := q.QueryContext(ctx, `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT, DEFINER, SQL_MODE
		FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER`, s.Default)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, table, timing, event, body, definer, mode string
		if err := rows.Scan(&name, &table, &timing, &event, &body, &definer, &mode); err != nil {
			return err
		}
		if t := s.Table(schema.Name{Table: table}); t != nil && !isSideTrigger(name) {
			body = strings.TrimRight(body, "; \t\r\n") // what a client that sends several statements at once leaves there
			text := fmt.Sprintf("%s %s FOR EACH ROW %s -- definer %s, sql_mode %s", timing, event, body, definer, mode)
			t.Triggers = append(t.Triggers, schema.Trigger{Name: name, Definition: text})
		}
	}
	return rows.Err()
}

// references notes the foreign keys of other tables that point to a table.
func (db *Database) references(ctx context.Context, q querier, s *schema.Schema) error {
	rows, err := q.QueryContext(ctx, `SELECT REFERENCED_TABLE_NAME, CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME
		FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE UNIQUE_CONSTRAINT_SCHEMA = ? ORDER BY 1, 2, 3, 4`, s.Default)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var to, database, from, name string
		if err := rows.Scan(&to, &database, &from, &name); err != nil {
			return err
		}
		if t := s.Table(schema.Name{Table: to}); t != nil {
			if t.Extra["referenced_by"] != "" {
				t.Extra["referenced_by"] += ", "
			}
			t.Extra["referenced_by"] += database + "." + from + " (" + name + ")"
		}
	}
	return rows.Err()
}

// finish notes what follows from a table's definition: what a copy could not carry over.
func (d *Dialect) finish(t *schema.Table) {
	t.FoldsCase, t.ExactName = true, !d.foldsTables
	t.Without, t.Renamed, t.Refers = withoutPart, d.renamedIn, refers
	refuse := func(reason string) {
		t.Refusals = append(t.Refusals, t.Name.String()+" cannot be copied while it is in use: "+reason)
	}
	if engine := t.Extra["engine"]; engine != "" && !strings.EqualFold(engine, "InnoDB") {
		refuse("its engine is " + engine + ", which has no transactions")
	}
	for _, k := range t.Constraints {
		switch {
		case k.Kind == schema.ForeignKey:
			refuse("its foreign key " + k.Name + " could not be carried over without a moment in which it is not enforced")
		case k.Kind == schema.Check && d.checksPerSchema() && !generatedCheckName(t.Name.Table, k.Name):
			refuse("the name of its check " + k.Name + " is taken until the old table is dropped, and MySQL cannot rename a check")
		}
	}
	for _, col := range t.Columns {
		if takesNumber(col.Default) {
			refuse("column " + col.Name + " takes numbers from a sequence, which is not locked with the tables at the cut-over")
		}
	}
	if t.Column("FTS_DOC_ID") != nil {
		refuse("beside a FULLTEXT key its column FTS_DOC_ID takes only numbers above the last one (error 182), and a copy writes rows again")
	}
	if by := ofOtherTables(t); by != "" {
		refuse("foreign keys of other tables point to it (" + by + ") and would follow the old table")
	}
	if t.Extra["period"] != "" {
		refuse("a statement on its period " + t.Extra["period"] + " may write rows that no trigger tells of")
	}
	if strings.Contains(strings.ToUpper(t.Extra["options"]), "SYSTEM VERSIONING") {
		refuse("it is system-versioned, and the copy would not have its history")
	}
	if len(t.Triggers) > 0 {
		refuse("its trigger " + t.Triggers[0].Name + " could not be carried over so that it runs exactly once for each write")
	}
	if at := namesBeside(t.Name); !d.renamesUnderLock() && (at.shadow.Table < t.Name.Table || at.old.Table < t.Name.Table) {
		// RENAME must wait for the live table first; see exchange.
		refuse("names beside one this long would sort before it, and MariaDB locks tables in the order of names")
	}
	if strings.Contains(strings.ToUpper(t.Extra["options"]), "DATA DIRECTORY") {
		refuse("its files are in a DATA DIRECTORY of their own")
	}
}

// generatedCheckName says whether a check has the name that the server gives; it follows the table
// when that is renamed.
func generatedCheckName(table, name string) bool {
	rest, ok := strings.CutPrefix(name, table+"_chk_")
	return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// qualified writes a table's name with its database.
func qualified(n schema.Name) string {
	if n.Schema == "" {
		return quote(n.Table)
	}
	return quote(n.Schema) + "." + quote(n.Table)
}

// isSideTrigger says whether a trigger is one of ours; see captureTrigger.
func isSideTrigger(name string) bool {
	for _, s := range []string{"_sf_ci", "_sf_cu", "_sf_cd", "_sf_ri", "_sf_ru", "_sf_rd", "_sf_si", "_sf_su"} {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}
