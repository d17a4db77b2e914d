package sqlite

import (
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"

	"surefoot/plan"
	"surefoot/schema"
)

// Parse reads statements: it takes them apart itself, and runs each on a copy of the schema in
// memory, so that SQLite says whether it can be read, and later statements meet what earlier ones
// made. s is what the statements meet; nil: not known.
func (d *Dialect) Parse(file, text string, s *schema.Schema) ([]schema.Statement, error) {
	r, err := d.newReader(file, text, s)
	if err != nil {
		return nil, err
	}
	defer r.scratch.close()
	r.findRebuilds()
	for i, tokens := range r.pieces {
		st := r.statement(tokens)
		if st.Changes, err = r.read(i, st); err != nil {
			return nil, err
		}
		r.out = append(r.out, st)
	}
	if err := r.lostWithRebuilds(); err != nil {
		return nil, err
	}
	return r.out, nil
}

// reader reads one text.
type reader struct {
	dialect  *Dialect
	file     string
	text     string
	scratch  *scratch
	partial  bool // tables that are not in the scratch database may exist
	pieces   [][]token
	rebuilds map[int]*rebuiltTable // by the position of their statements
	legacy   string                // the file's own setting, if it has one
	holds    []string              // the settings of the script's session behind which a statement may do otherwise
	triggers bool                  // one is there
	out      []schema.Statement
}

func (d *Dialect) newReader(file, text string, s *schema.Schema) (*reader, error) {
	sc, err := newScratch()
	if err != nil {
		return nil, err
	}
	r := &reader{dialect: d, file: file, text: text, scratch: sc, pieces: split(text), partial: s == nil || s.Partial}
	if s == nil {
		return r, nil
	}
	for _, t := range s.Tables {
		r.triggers = r.triggers || len(t.Triggers) > 0
		if t.Definition == "" || sc.load(t) != nil {
			r.partial = true // it uses what only the application knows
		}
	}
	return r, nil
}

func (r *reader) statement(tokens []token) schema.Statement {
	first, last := tokens[0], tokens[len(tokens)-1]
	st := schema.Statement{File: r.file, SQL: r.text[first.start:last.end]}
	st.Line, st.Column = place(r.text, first.start)
	st.EndLine, st.EndColumn = place(r.text, last.end)
	return st
}

// read says what a statement changes, and makes the change on the scratch database.
func (r *reader) read(i int, st schema.Statement) ([]schema.Change, error) {
	tokens := r.pieces[i]
	if err := r.unheld(tokens, st); err != nil {
		return nil, err
	}
	if rb := r.rebuilds[i]; rb != nil {
		return r.rebuilt(rb, i, st)
	}
	switch {
	case tokens[0].is("PRAGMA"):
		return r.pragma(tokens, st)
	case tokens[0].is("SELECT", "VALUES", "BEGIN", "COMMIT", "END", "SAVEPOINT", "RELEASE", "EXPLAIN"):
		return nil, r.check(tokens, st) // changes nothing that stays; plans have transactions of their own
	case tokens[0].is("ROLLBACK"):
		return nil, &schema.Refusal{Statement: st, Reasons: []string{
			"it takes back what stands before it, and each statement of a plan commits by itself: leave out both",
		}}
	case tokens[0].is("CREATE"):
		return r.create(tokens, st)
	case tokens[0].is("DROP"):
		return r.drop(tokens, st)
	case tokens[0].is("ALTER"):
		return r.alter(tokens, st)
	case tokens[0].is("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"):
		return r.verbatim(tokens, st, "it changes rows, and how many is not known")
	case tokens[0].is("VACUUM", "REINDEX", "ANALYZE", "ATTACH", "DETACH"):
		return r.verbatim(tokens, st, "it is no change of the schema")
	}
	return nil, r.failed(tokens, st, r.scratch.exec(st.SQL))
}

func (r *reader) verbatim(tokens []token, st schema.Statement, reason string) ([]schema.Change, error) {
	if err := r.check(tokens, st); err != nil {
		return nil, err
	}
	keeps := tokens[0].is("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VACUUM", "REINDEX", "ANALYZE")
	return []schema.Change{schema.Verbatim{SQL: st.SQL, Reason: reason, KeepsTables: keeps}}, nil
}

// check lets SQLite read a statement without running it.
func (r *reader) check(tokens []token, st schema.Statement) error {
	if tokens[0].is("EXPLAIN") {
		return r.failed(tokens, st, r.scratch.exec(st.SQL))
	}
	return r.failed(tokens, st, r.scratch.exec("EXPLAIN "+st.SQL))
}

// failed judges an error of the scratch database. What is missing there is the planner's to say,
// or may exist where the schema is not known.
func (r *reader) failed(tokens []token, st schema.Statement, err error) error {
	if err == nil {
		return nil
	}
	msg := plain(err)
	if strings.HasPrefix(msg, "error in ") || strings.HasPrefix(msg, "cannot ") {
		return &schema.Refusal{Statement: st, Reasons: []string{msg}} // something else stands in the way
	}
	switch faultOf(msg) {
	case plan.Missing:
		return nil
	case plan.Unreadable:
		return syntaxError(r.file, r.text, tokens, err)
	default:
	}
	if strings.Contains(msg, "already exists") || r.partial || strings.Contains(msg, "no such") {
		return nil
	}
	return &schema.Refusal{Statement: st, Reasons: []string{msg}}
}

// plain is SQLite's own message without the driver's frame: "SQL logic error: near …: syntax error (1)".
func plain(err error) string {
	var own *driver.Error
	if errors.As(err, &own) {
		err = own
	}
	msg := strings.TrimPrefix(err.Error(), "SQL logic error: ")
	if i := strings.LastIndex(msg, " ("); i > 0 && strings.HasSuffix(msg, ")") {
		msg = msg[:i]
	}
	return msg
}

// syntaxError places SQLite's complaint: it names a token but not where it stands.
func syntaxError(file, text string, tokens []token, err error) error {
	out := &schema.SyntaxError{File: file, Message: plain(err)}
	at := tokens[len(tokens)-1].end
	near, ok := strings.CutPrefix(out.Message, `near "`)
	if !ok {
		near, ok = strings.CutPrefix(out.Message, `unrecognized token: "`)
	}
	if ok {
		if i := strings.LastIndex(near, `"`); i >= 0 {
			near = near[:i]
		}
		at = offender(text, tokens, near)
	}
	out.Line, out.Column = place(text, at)
	return out
}

// offender finds the first token of that text up to which SQLite would read on.
func offender(text string, tokens []token, near string) int {
	s, err := newScratch()
	if err != nil {
		return tokens[0].start
	}
	defer s.close()
	fallback := -1
	for i, t := range tokens {
		if t.text != near && !(t.kind == open && strings.HasPrefix(t.text, near)) {
			continue
		}
		if fallback < 0 {
			fallback = t.start
		}
		if i == 0 {
			return t.start
		}
		err := s.exec("EXPLAIN " + text[tokens[0].start:tokens[i-1].end])
		if err == nil || !strings.Contains(err.Error(), "syntax error") {
			return t.start
		}
	}
	if fallback < 0 {
		return tokens[0].start
	}
	return fallback
}

func (r *reader) create(tokens []token, st schema.Statement) ([]schema.Change, error) {
	i := 1
	unique := i < len(tokens) && tokens[i].is("UNIQUE")
	temp := i < len(tokens) && tokens[i].is("TEMP", "TEMPORARY")
	if unique || temp {
		i++
	}
	if i >= len(tokens) {
		return nil, r.failed(tokens, st, r.scratch.exec(st.SQL))
	}
	switch {
	case temp:
		return nil, &schema.Refusal{Statement: st, Reasons: []string{
			"what is temporary is gone with its session, and each statement of a plan has its own: keep the rows in a table that stays, or write the rebuild of SQLite's manual (a new table, INSERT … SELECT, DROP TABLE, RENAME)",
		}}
	case tokens[i].is("INDEX"):
		return r.createIndex(tokens, st, unique)
	case tokens[i].is("TABLE"):
		return r.createTable(tokens[i:], tokens, st)
	case tokens[i].is("VIRTUAL") && r.scratch.exec("EXPLAIN "+st.SQL) == nil: // its module is here
		return r.createTable(tokens[i+1:], tokens, st)
	case tokens[i].is("TRIGGER") && r.keptTrigger(tokens):
		return nil, nil // it was never away
	case tokens[i].is("TRIGGER"):
		return r.createTrigger(tokens[i:], tokens, st)
	case tokens[i].is("VIEW"):
		return r.aView(tokens, st)
	}
	return r.other(schema.On{}, tokens, st, "it makes something that plans know nothing of")
}

// other is a statement that is run as it stands; of is the table that it is about, where that is known.
func (r *reader) other(of schema.On, tokens []token, st schema.Statement, reason string) ([]schema.Change, error) {
	if err := r.failed(tokens, st, r.scratch.exec(st.SQL)); err != nil {
		return nil, err
	}
	return []schema.Change{schema.Verbatim{On: of, SQL: st.SQL, Reason: reason}}, nil
}

func (r *reader) createTable(rest, tokens []token, st schema.Statement) ([]schema.Change, error) {
	name, next, exists := named(rest[1:])
	if next < len(rest)-1 && rest[1+next].is("AS") {
		return r.verbatim(tokens, st, "it fills the table from a query, and how long that takes is not known")
	}
	err := r.scratch.exec(st.SQL)
	if err := r.failed(tokens, st, err); err != nil {
		return nil, err
	}
	c := schema.CreateTable{On: on(name), SQL: st.SQL, IfNotExists: exists}
	if err == nil && name != "" {
		if c.Def, err = r.scratch.table(name); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", r.file, st.Line, err)
		}
		neverNull(c.Def)
	}
	return []schema.Change{c}, nil
}

// named reads IF [NOT] EXISTS and a name that may have a schema; next is what follows.
func named(tokens []token) (name string, next int, exists bool) {
	for next < len(tokens) && tokens[next].is("IF", "NOT", "EXISTS") {
		exists = true
		next++
	}
	if next >= len(tokens) {
		return "", next, exists
	}
	name = tokens[next].name()
	next++
	if next+1 < len(tokens) && tokens[next].sign(".") {
		name = tokens[next+1].name()
		next += 2
	}
	return name, next, exists
}

func on(table string) schema.On {
	return schema.On{Name: schema.Name{Schema: mainSchema, Table: table}}
}

func (r *reader) createIndex(tokens []token, st schema.Statement, unique bool) ([]schema.Change, error) {
	i := 2
	if unique {
		i = 3
	}
	if i >= len(tokens) {
		return nil, r.failed(tokens, st, r.scratch.exec(st.SQL))
	}
	name, next, exists := named(tokens[i:])
	i += next
	if i+2 >= len(tokens) || !tokens[i].is("ON") {
		return nil, r.failed(tokens, st, r.scratch.exec(st.SQL))
	}
	table := tokens[i+1].name()
	if r.kept(name, table, tokens) {
		return nil, nil // the rebuild that dropped it with its table is a change in place
	}
	if r.remade(table) {
		return r.other(on(table), tokens, st, "it stands behind a rebuild that is run as it stands")
	}
	err := r.scratch.exec(st.SQL)
	if err := r.failed(tokens, st, err); err != nil {
		return nil, err
	}
	c := schema.CreateIndex{On: on(table), Text: r.text[tokens[i+2].start:tokens[len(tokens)-1].end], IfNotExists: exists}
	c.Index = schema.Index{Name: name, Unique: unique}
	if t, err := r.scratch.table(table); err == nil {
		for _, ix := range t.Indexes {
			if strings.EqualFold(ix.Name, name) {
				c.Index = ix
			}
		}
	}
	if c.Index.Columns == nil {
		c.Index.Columns = listed(tokens[i+2:])
	}
	return []schema.Change{c}, nil
}

func (r *reader) drop(tokens []token, st schema.Statement) ([]schema.Change, error) {
	if len(tokens) < 3 {
		return nil, r.failed(tokens, st, r.scratch.exec(st.SQL))
	}
	name, _, exists := named(tokens[2:])
	var c schema.Change
	switch {
	case tokens[1].is("TABLE"):
		c = schema.DropTable{On: on(name), IfExists: exists}
	case tokens[1].is("INDEX"):
		c = schema.DropIndex{On: r.ownerOf(name), Index: name, IfExists: exists}
	case tokens[1].is("TRIGGER"):
		return r.dropTrigger(name, tokens, st)
	case tokens[1].is("VIEW"):
		return r.aView(tokens, st)
	default:
		return r.other(schema.On{}, tokens, st, "a DROP "+strings.ToUpper(tokens[1].text)+" is run as it stands")
	}
	return []schema.Change{c}, r.failed(tokens, st, r.scratch.exec(st.SQL))
}

// ownerOf finds the table of an index.
func (r *reader) ownerOf(index string) schema.On {
	var table string
	err := r.scratch.db.QueryRow("SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = ?1 COLLATE NOCASE", index).Scan(&table)
	if err != nil {
		return schema.On{}
	}
	return on(table)
}

// apply makes changes on the scratch database by the statements that a plan would run.
func (r *reader) apply(st schema.Statement, changes []schema.Change) error {
	for _, c := range changes {
		t, err := r.scratch.table(c.Table().Table)
		if err != nil {
			return nil //nolint:nilerr // there is none: the planner says so
		}
		statements, err := r.dialect.immediate(c, t)
		if err == nil {
			err = r.scratch.exec(statements...)
		}
		var refusal *schema.Refusal
		switch {
		case err == nil:
		case errors.As(err, &refusal):
		case faultOf(err.Error()) == plan.Unreadable:
			return syntaxError(r.file, r.text, r.tokensOf(st), err)
		default:
			if err := r.failed(nil, st, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) tokensOf(st schema.Statement) []token {
	for _, p := range r.pieces {
		if line, col := place(r.text, p[0].start); line == st.Line && col == st.Column {
			return p
		}
	}
	return r.pieces[0]
}
