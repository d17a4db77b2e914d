package mysql

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"surefoot/schema"
)

// scratchTime bounds what reading a script may ask of the server.
const scratchTime = 30 * time.Second

// Parse reads a script. What no reader understands is asked of the server: whether it is SQL at
// all, and what it does, by running it on a copy of its table in a scratch database and comparing
// the definitions before and after.
func (db *Database) Parse(file, text string, s *schema.Schema) ([]schema.Statement, error) {
	ctx, cancel := context.WithTimeout(context.Background(), scratchTime)
	defer cancel()
	p := parsing{d: db.Dialect, file: file, text: text, code: db.resolve(text), schema: s}
	p.ask = func(code string) *grammarError { return db.reads(ctx, code) }
	p.run = func(v schema.Verbatim, now *schema.Schema) []schema.Change { return db.ran(ctx, v, now) }
	p.there = func(kind string, n schema.Name) bool { return db.has(ctx, kind, n) }
	return p.all()
}

// placesOf say where what is no table is looked for, by database and name.
var placesOf = map[string]string{
	"view":      "VIEWS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
	"procedure": "ROUTINES WHERE ROUTINE_TYPE = 'PROCEDURE' AND ROUTINE_SCHEMA = ? AND ROUTINE_NAME = ?",
	"function":  "ROUTINES WHERE ROUTINE_TYPE = 'FUNCTION' AND ROUTINE_SCHEMA = ? AND ROUTINE_NAME = ?",
	"event":     "EVENTS WHERE EVENT_SCHEMA = ? AND EVENT_NAME = ?",
	"trigger":   "TRIGGERS WHERE TRIGGER_SCHEMA = ? AND TRIGGER_NAME = ?",
	"sequence":  "TABLES WHERE TABLE_TYPE = 'SEQUENCE' AND TABLE_SCHEMA = ? AND TABLE_NAME = ?",
}

// has says that something of a kind is there, or that nobody can tell.
func (db *Database) has(ctx context.Context, kind string, n schema.Name) bool {
	where, known := placesOf[kind]
	known = known && (kind != "sequence" || db.maria())
	if n.Schema == "" {
		n.Schema = db.name
	}
	var count int
	err := db.pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema."+where, n.Schema, n.Table).Scan(&count)
	return !known || err != nil || count > 0
}

// dropsNothing gives the names of what a DROP … IF EXISTS would drop if it were there. Scripts that may have run
// before begin so; nobody's application uses what is not there. Empty: something is there, a statement before
// this one names it too, or it is another statement.
func (p *parsing) dropsNothing(at piece) string {
	r := newReader(p.code[at.start:at.end], p.d.mode)
	if p.there == nil || !r.take("drop") {
		return ""
	}
	kind := strings.ToLower(r.next().text)
	if placesOf[kind] == "" || !r.takeAll("if", "exists") {
		return ""
	}
	var names []string
	for {
		n, ok := readName(r)
		if !ok || schema.Mentions(p.code[:at.start], []string{n.Table}) || p.there(kind, n) {
			return ""
		}
		if names = append(names, n.String()); !r.sign(",") {
			return strings.Join(names, ", ")
		}
	}
}

// renamesOther gives the kind of what RENAME TABLE renames and is no table; empty: it renames tables.
func (p *parsing) renamesOther(changes []schema.Change) string {
	for _, c := range changes {
		rename, ok := c.(schema.RenameTable)
		if !ok || p.there == nil || p.schema == nil || p.schema.Table(rename.Name) != nil {
			continue
		}
		for _, kind := range []string{"view", "sequence"} {
			if (kind == "view" || p.d.maria()) && p.there(kind, rename.Name) {
				return kind
			}
		}
	}
	return ""
}

// reads asks the server whether it can read a statement. Only a syntax error is a no: whether the
// statement would work is not asked.
func (db *Database) reads(ctx context.Context, code string) *grammarError {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil
	}
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "PREPARE surefoot_read FROM "+literal(code))
	if err == nil {
		_, _ = conn.ExecContext(ctx, "DEALLOCATE PREPARE surefoot_read") // it ends with the session
		return nil
	}
	var server *mysql.MySQLError
	if !errors.As(err, &server) || server.Number != 1064 {
		return nil
	}
	e := &grammarError{message: server.Message}
	if m := atLine.FindStringSubmatch(server.Message); m != nil {
		if i := strings.LastIndex(code, m[1]); i >= 0 && m[1] != "" {
			e.offset = i
		} else if m[1] == "" {
			e.offset = len(code)
		}
	}
	return e
}

// ran gives the changes that a statement makes to a copy of its table. It gives nothing where the
// statement fails there, and where it changes what no change stands for: options, partitions, a
// comment, the order of columns.
func (db *Database) ran(ctx context.Context, v schema.Verbatim, now *schema.Schema) []schema.Change {
	t := now.Table(v.Name)
	r := newReader(db.resolve(v.SQL), db.mode)
	if t == nil || len(t.Applied) > 0 || !r.take("alter") || strings.Contains(v.SQL, ".") {
		return nil
	}
	var changes []schema.Change
	err := db.onScratch(ctx, func(conn querier, name string) error {
		for _, other := range now.Tables {
			if other == t || strings.Contains(strings.ToLower(v.SQL), strings.ToLower(other.Name.Table)) {
				if _, err := conn.ExecContext(ctx, other.Definition); err != nil {
					return err
				}
			}
		}
		before, err := db.inspect(ctx, conn, name)
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, v.SQL); err != nil {
			return err
		}
		after, err := db.inspect(ctx, conn, name)
		if err != nil {
			return err
		}
		moved(before, now.Default)
		moved(after, now.Default)
		if onlyChanges(before.Table(t.Name), after.Table(t.Name)) {
			changes = flat(schema.Diff(before, after))
		}
		if rebuilds(changes) {
			changes = nil // the statement only renames an index
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return changes
}

// rebuilds says whether an index goes and comes again.
func rebuilds(changes []schema.Change) bool {
	gone, come := false, false
	for _, c := range changes {
		switch c.(type) {
		case schema.DropIndex:
			gone = true
		case schema.CreateIndex:
			come = true
		}
	}
	return gone && come
}

// onlyChanges says whether all that differs between two definitions of a table is what schema.Diff
// compares.
func onlyChanges(before, after *schema.Table) bool {
	if before == nil || after == nil || before.Comment != after.Comment || len(before.Refusals) != len(after.Refusals) {
		return false
	}
	for _, key := range []string{"options", "partitions", "collation", "engine"} {
		if before.Extra[key] != after.Extra[key] {
			return false
		}
	}
	var kept []string
	for _, c := range after.Columns {
		if old := before.Column(c.Name); old != nil {
			kept = append(kept, old.Name)
			if old.Comment != c.Comment {
				return false
			}
		}
	}
	i := 0
	for _, c := range before.Columns {
		if after.Column(c.Name) == nil {
			continue
		}
		if kept[i] != c.Name {
			return false // a column moved
		}
		i++
	}
	return true
}
