package mysql

import (
	"errors"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Parse reads a script. s is what its statements meet; nil where it is not known. A statement
// that is not understood becomes Verbatim; SQL that no server would read is a *schema.SyntaxError.
func (d *Dialect) Parse(file, text string, s *schema.Schema) ([]schema.Statement, error) {
	p := parsing{d: d, file: file, text: text, code: d.resolve(text), schema: s}
	return p.all()
}

// all reads the script's statements, each against the schema as those before it leave it.
func (p *parsing) all() ([]schema.Statement, error) {
	var out []schema.Statement
	session := sessionState{vars: map[string]kept{}, prepared: map[string]kept{}}
	for _, at := range split(p.code, p.d.mode) {
		st := schema.Statement{SQL: written(p.text, p.code, at), File: p.file, Setup: p.setup}
		st.Line, st.Column = place(p.text, at.start)
		st.EndLine, st.EndColumn = place(p.text, at.end)
		setup, is, reason := p.d.inSession(&session, p.code[at.start:at.end], st.SQL, p.setup)
		if reason != "" {
			return nil, p.place(at, &grammarError{message: reason})
		}
		if p.setup = setup; is {
			out = append(out, st)
			continue
		}
		changes, err := p.statement(at)
		if err != nil {
			return nil, err
		}
		st.Changes = changes
		if len(changes) == 1 && verbatim(changes[0]) {
			st.Setup = append([]string{clientMode}, p.setup...)
		}
		out = append(out, st)
		for _, c := range changes {
			if p.schema != nil {
				p.schema = schema.Apply(p.schema, c)
			}
		}
	}
	return out, nil
}

// inSession follows what a script's statements set and leave in their session; see setting. A reason: the statement
// needs what a plan's sessions do not have, or is read otherwise there.
func (d *Dialect) inSession(session *sessionState, code, sql string, before []string) (after []string, is bool, reason string) {
	after, is, reason = d.setting(code, sql, before)
	follow := session.runs
	if is {
		follow = session.sets
	}
	if reason == "" {
		reason = follow(newReader(code, d.mode))
	}
	if reason == "" && !is {
		reason = d.misread(before, code)
	}
	return after, is, reason
}

// parsing is one run of Parse.
type parsing struct {
	d      *Dialect
	file   string
	text   string // as it was given
	code   string // with executable comments resolved; of the same length
	schema *schema.Schema
	setup  []string // what the statements so far have set in the script's session

	// With a server: ask says why it cannot read a statement (nil: it can), run says what a statement
	// does that no reader understands (nothing: not known).
	ask func(code string) *grammarError
	run func(v schema.Verbatim, now *schema.Schema) []schema.Change
	// there says that something of a kind ("view") and name is on the server.
	there func(kind string, n schema.Name) bool
}

// statement reads one statement. Two readers look at it: our own, which keeps the text of each
// part, and TiDB's, which knows the grammar. What ours understands is taken; what only TiDB's
// reads is Verbatim; what neither reads is an error, unless it is known that TiDB's cannot read it.
func (p *parsing) statement(at piece) ([]schema.Change, error) {
	code := p.code[at.start:at.end]
	r := newReader(code, p.d.mode)
	changes, understood, reason := p.d.read(r, p.schema)
	if kind := p.renamesOther(changes); kind != "" {
		reason = "it renames a " + kind
	}
	if reason == "" && understood {
		if e := p.d.disagrees(code, changes); e != nil && p.unreadable(code, &e) {
			return nil, p.place(at, e)
		}
		return grouped(changes), nil
	}
	err := p.d.grammar(code)
	var syntax *grammarError
	if errors.As(err, &syntax) && (p.ask != nil || !p.d.beyondGrammar(code, syntax)) && p.unreadable(code, &syntax) {
		return nil, p.place(at, syntax)
	}
	k, known := p.d.knownAs(code)
	if known && reason == "" {
		reason = k.why
	} else if reason == "" {
		reason = "statements of this kind are not known"
	}
	name := schema.Name{}
	if n, ok := p.d.subject(code); ok {
		name = p.schema.Resolve(n)
	}
	verbatim := schema.Verbatim{
		On: schema.On{Name: name}, SQL: written(p.text, p.code, at), Reason: reason, Known: known && k.effect.Source != plan.NotKnown,
		KeepsTables: known && k.ofNoTable() ||
			newReader(code, p.d.mode).peek().is("set", "insert", "update", "delete", "replace", "select", "with", "analyze", "lock", "unlock", "flush", "show"),
	}
	verbatim.Constants = p.d.constants(code)
	if known {
		verbatim.Says = "run " + strings.ToUpper(strings.Join(k.words, " "))
	}
	if verbatim.Absent = p.dropsNothing(at); verbatim.Absent != "" {
		verbatim.Known, verbatim.KeepsTables, verbatim.Reason = true, true, ""
	}
	if p.run != nil && p.schema != nil {
		if changes := p.run(verbatim, p.schema); len(changes) > 0 {
			return grouped(changes), nil
		}
	}
	return []schema.Change{verbatim}, nil
}

// unreadable lets the server decide about a syntax error, where there is one; its words count then.
func (p *parsing) unreadable(code string, e **grammarError) bool {
	if p.ask == nil {
		return true
	}
	if said := p.ask(code); said != nil {
		*e = said
		return true
	}
	return false
}

// grouped makes one Alter of several changes.
func grouped(changes []schema.Change) []schema.Change {
	if len(changes) > 1 {
		return []schema.Change{schema.Alter{On: schema.On{Name: changes[0].Table()}, Clauses: changes}}
	}
	return changes
}

func (p *parsing) place(at piece, e *grammarError) error {
	line, column := place(p.text, at.start+e.offset)
	return &schema.SyntaxError{File: p.file, Line: line, Column: column, Message: e.message}
}

// read understands a statement's tokens. understood: it is of a kind that becomes changes, perhaps
// none. A reason says why such a statement could not be read.
func (d *Dialect) read(r *reader, s *schema.Schema) (changes []schema.Change, understood bool, reason string) {
	switch {
	case r.peek().is("begin", "commit"), r.takeAll("start", "transaction"):
		return nil, true, "" // DDL commits by itself; there is nothing to plan
	case r.take("alter"):
		r.take("online")
		if r.take("ignore") {
			return nil, true, "ALTER IGNORE throws rows away that do not fit"
		}
		if !r.take("table") {
			return nil, false, ""
		}
		exists := r.takeAll("if", "exists")
		name, ok := readName(r)
		if !ok {
			return nil, true, "the table's name cannot be read"
		}
		if exists && s != nil && !s.Partial && s.Table(name) == nil {
			return nil, true, ""
		}
		changes, reason = d.alter(r, name, s)
		return changes, true, reason
	case r.take("create"):
		return d.readCreate(r, s)
	case r.take("drop"):
		return d.readDrop(r)
	case r.takeAll("rename", "table"), r.takeAll("rename", "tables"):
		changes, ok := readRename(r, s)
		if !ok {
			return nil, true, "the renaming cannot be read"
		}
		return changes, true, ""
	}
	return nil, false, ""
}

func (d *Dialect) readCreate(r *reader, s *schema.Schema) ([]schema.Change, bool, string) {
	whole := r.src
	if r.takeAll("or", "replace") || r.take("temporary") {
		return nil, false, ""
	}
	if r.take("table") {
		return d.readCreateTable(r, whole, s)
	}
	r.take("online")
	kind := ""
	if r.peek().is("unique", "fulltext", "spatial", "vector") {
		kind = strings.ToUpper(r.next().text)
	}
	if !r.take("index") {
		return nil, false, ""
	}
	ifNot := r.takeAll("if", "not", "exists")
	index, ok := r.name()
	if !ok {
		return nil, true, "the index's name cannot be read"
	}
	using := r.i
	r.indexType()
	usingText := r.text(using, r.i)
	if !r.take("on") {
		return nil, true, "the index has no table"
	}
	name, ok := readName(r)
	if !ok {
		return nil, true, "the table's name cannot be read"
	}
	ix, ok := r.readIndex(index, kind)
	if !ok {
		return nil, true, "the index cannot be read"
	}
	if usingText != "" {
		ix.Definition += " " + usingText
	}
	return []schema.Change{schema.CreateIndex{On: schema.On{Name: name}, Index: *ix, Text: ix.Definition, IfNotExists: ifNot}}, true, ""
}

func (d *Dialect) readDrop(r *reader) ([]schema.Change, bool, string) {
	if r.take("index") {
		exists := r.takeAll("if", "exists")
		index, _ := r.name()
		if !r.take("on") {
			return nil, true, "the index has no table"
		}
		name, ok := readName(r)
		if !ok {
			return nil, true, "the table's name cannot be read"
		}
		return []schema.Change{schema.DropIndex{On: schema.On{Name: name}, Index: index, IfExists: exists}}, true, ""
	}
	if !r.take("table", "tables") {
		return nil, false, ""
	}
	exists := r.takeAll("if", "exists")
	var changes []schema.Change
	for _, p := range r.commas() {
		part := r.part(p)
		name, ok := readName(part)
		part.take("restrict", "cascade")
		if !ok || !part.eof() {
			return nil, true, "the table's name cannot be read"
		}
		changes = append(changes, schema.DropTable{On: schema.On{Name: name}, IfExists: exists})
	}
	return changes, true, ""
}

func readRename(r *reader, s *schema.Schema) ([]schema.Change, bool) {
	exists := r.takeAll("if", "exists") && s != nil && !s.Partial
	var changes []schema.Change
	for _, p := range r.commas() {
		part := r.part(p)
		from, ok := readName(part)
		if !ok || !part.take("to") {
			return nil, false
		}
		to, ok := readName(part)
		if !ok || !part.eof() || from.Schema != to.Schema {
			return nil, false
		}
		if exists && s.Table(from) == nil {
			continue
		}
		changes = append(changes, schema.RenameTable{On: schema.On{Name: from}, To: to.Table})
	}
	return changes, true
}

// Schema reads a schema file: the tables as its statements leave them.
func (d *Dialect) Schema(text string) (*schema.Schema, error) {
	s := &schema.Schema{Dialect: d.flavor.String(), Version: d.text, Strict: true}
	stmts, err := d.Parse("", text, s)
	if err != nil {
		return nil, err
	}
	for _, st := range stmts {
		for _, c := range st.Changes {
			s = schema.Apply(s, c)
		}
	}
	for _, t := range s.Tables {
		t.Stats = schema.Stats{} // Apply knows a new table as empty; this one is not
		d.finish(t)
	}
	return s, nil
}
