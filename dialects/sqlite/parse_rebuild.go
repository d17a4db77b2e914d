package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// rebuiltTable is the way in which migrations change what SQLite's ALTER TABLE cannot
// (lang_altertable, section 7), recognised by its four statements:
//
//	CREATE TABLE new (…); INSERT INTO new SELECT … FROM old; DROP TABLE old; ALTER TABLE new RENAME TO old;
type rebuiltTable struct {
	table, side               string
	create, insert, end, last int               // statements
	renames                   map[string]string // columns of old by those of new
	using                     map[string]string // expressions by columns of new
	filled                    map[string]string // values of columns that old has not
	star                      bool              // all columns of old, by their places
	lost                      map[string]string // definitions of indexes and triggers that went with old, by name
	triggers                  []string          // names of those that are triggers
	whole                     bool              // it is run as it stands
}

// findRebuilds looks for the four statements.
func (r *reader) findRebuilds() {
	r.rebuilds = map[int]*rebuiltTable{}
	for i, t := range r.pieces {
		if len(t) < 6 || !t[0].is("ALTER") || !t[1].is("TABLE") || !t[len(t)-3].is("RENAME") || !t[len(t)-2].is("TO") {
			continue
		}
		side, _, _ := named(t[2:])
		rb := &rebuiltTable{table: t[len(t)-1].name(), side: side, create: -1, insert: -1, end: -1, last: i}
		for j := range i {
			r.part(rb, j)
		}
		if rb.create >= 0 && rb.insert > rb.create && rb.end > rb.insert {
			for _, j := range []int{rb.create, rb.insert, rb.end, rb.last} {
				r.rebuilds[j] = rb
			}
		}
	}
}

// part sees whether a statement is part of a rebuild.
func (r *reader) part(rb *rebuiltTable, j int) {
	t := r.pieces[j]
	switch {
	case len(t) > 3 && t[0].is("CREATE") && t[1].is("TABLE"):
		if name, _, _ := named(t[2:]); strings.EqualFold(name, rb.side) {
			rb.create = j
		}
	case len(t) >= 3 && t[0].is("DROP") && t[1].is("TABLE"):
		if name, _, _ := named(t[2:]); strings.EqualFold(name, rb.table) {
			rb.end = j
		}
	case len(t) > 4 && t[0].is("INSERT") && t[1].is("INTO"):
		if name, next, _ := named(t[2:]); strings.EqualFold(name, rb.side) && rb.create >= 0 && rb.readInsert(r.text, t[2+next:], r.textOf(rb.create)) {
			rb.insert = j
		}
	}
}

// readInsert reads "[(a, b)] SELECT x, old.y FROM old" and nothing more: a query that leaves rows out
// is no rebuild. create is the text that makes the new table.
func (rb *rebuiltTable) readInsert(text string, t []token, create string) bool {
	var to []string
	if len(t) > 0 && t[0].sign("(") {
		to = listed(t)
		t = t[closing(t, 0)+1:]
	}
	n := len(t)
	if n < 4 || !t[0].is("SELECT") || !t[n-2].is("FROM") || !strings.EqualFold(t[n-1].name(), rb.table) {
		return false
	}
	rb.renames, rb.using = map[string]string{}, map[string]string{}
	exprs := commas(t[1 : n-2])
	if len(exprs) == 1 && len(exprs[0]) == 1 && exprs[0][0].sign("*") {
		rb.star = to == nil
		return rb.star
	}
	if to == nil {
		to = given(create)
	}
	if len(to) != len(exprs) || t[1].is("DISTINCT", "ALL") {
		return false
	}
	for i, e := range exprs {
		if len(e) == 0 {
			return false
		}
		if len(e) == 3 && e[1].sign(".") && strings.EqualFold(e[0].name(), rb.table) {
			e = e[2:]
		}
		if len(e) == 1 && (e[0].kind == word || e[0].kind == quoted) && !e[0].is("NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME") {
			rb.renames[strings.ToLower(to[i])] = e[0].name()
			continue
		}
		rb.using[strings.ToLower(to[i])] = text[e[0].start:e[len(e)-1].end]
	}
	return true
}

// given are the columns of a definition that an INSERT without names gives values to.
func given(create string) []string {
	def, err := parseTable(create)
	if err != nil {
		return nil
	}
	var names []string
	for i := range def.columns {
		if c := &def.columns[i]; c.part(partGenerated) == nil {
			names = append(names, c.name)
		}
	}
	return names
}

// rebuilt gives the changes that a rebuild makes, at its last statement; the others are part of it.
func (r *reader) rebuilt(rb *rebuiltTable, i int, st schema.Statement) ([]schema.Change, error) {
	if i == rb.create {
		// SQLite reads the definition; the table itself is not wanted here.
		s, err := newScratch()
		if err != nil {
			return nil, err
		}
		defer s.close()
		return nil, r.failed(r.pieces[i], st, s.exec(st.SQL))
	}
	if i != rb.last {
		return nil, nil
	}
	have, err := r.scratch.table(rb.table)
	if err != nil {
		return nil, &schema.Refusal{Statement: st, Reasons: []string{"there is no table " + rb.table}}
	}
	want, err := r.asWritten(rb, st)
	if err != nil {
		return nil, err
	}
	rb.byPlace(have, want)
	changes, err := rb.changes(r.dialect, have, want)
	if err != nil {
		return r.wholesale(rb, err)
	}
	made, err := r.makes(st, changes, want)
	if err == nil && !made {
		changes = asWrittenColumns(changes, want)
		made, err = r.makes(st, changes, want)
	}
	if err != nil || !made {
		return r.wholesale(rb, err)
	}
	rb.lost = map[string]string{}
	if have, err = r.scratch.table(rb.table); err != nil {
		return nil, err
	}
	for _, ix := range have.Indexes { // with renamed columns
		if ix.Definition != "" {
			rb.lost[strings.ToLower(ix.Name)] = ix.Definition
		}
	}
	for _, tr := range have.Triggers {
		rb.lost[strings.ToLower(tr.Name)] = tr.Definition
		rb.triggers = append(rb.triggers, tr.Name)
	}
	return changes, nil
}

// changes compares both tables. A column that is filled from one of another name is renamed, one
// that is filled by an expression changes its type by it. An error says what no change can make.
func (rb *rebuiltTable) changes(d *Dialect, have, want *schema.Table) ([]schema.Change, error) {
	var out []schema.Change
	before := *have
	before.Indexes, before.Triggers = nil, nil // they come back by statements of their own
	before.Columns = asForbidden(have.Columns)
	keep := d.schema([]*schema.Table{&before})
	for _, w := range want.Columns {
		from, ok := rb.renames[strings.ToLower(w.Name)]
		if ok && !strings.EqualFold(w.Name, from) && have.Column(from) != nil && want.Column(from) == nil && have.Column(w.Name) == nil {
			c := schema.RenameColumn{On: schema.On{Name: have.Name}, From: from, To: w.Name}
			out = append(out, c)
			keep = schema.Apply(keep, c)
		}
	}
	values, err := rb.values(keep.Table(have.Name), want)
	if err != nil {
		return nil, err
	}
	after := *want
	after.Indexes, after.Columns = nil, asForbidden(want.Columns)
	differ := clausesOf(schema.Diff(keep, d.schema([]*schema.Table{&after})))
	for _, w := range want.Columns { // other values of the same type
		if using := values[w.Name]; using != "" && !retypes(differ, w.Name) {
			out = append(out, schema.ChangeType{On: schema.On{Name: have.Name}, Column: w.Name, Type: w.Type, Using: using})
		}
	}
	for _, c := range differ {
		if add, ok := c.(schema.AddColumn); ok && rb.filled[add.Column.Name] != "" {
			filled, err := filledWith(add, rb.filled[add.Column.Name])
			if err != nil {
				return nil, err
			}
			out = append(out, filled...)
			continue
		}
		if ch, ok := c.(schema.ChangeType); ok {
			ch.Using = values[ch.Column]
			c = ch
		}
		if g, ok := c.(schema.SetGenerated); ok && g.Generated != "" && have.Column(g.Column).Generated == "" {
			// Who wrote the rebuild gives the column's values up.
			out = append(out, schema.DropColumn{On: g.On, Column: g.Column})
			c = schema.AddColumn{On: g.On, Column: *want.Column(g.Column)}
		}
		out = append(out, c)
	}
	if len(values) > 0 && canonical(have.Definition) == canonical(want.Definition) {
		return nil, errors.New("it changes values and nothing else")
	}
	return out, nil
}

// asForbidden takes NOT NULL that follows from a key for a stated one: whether a rebuild states it too is seen
// when its result is compared.
func asForbidden(columns []schema.Column) []schema.Column {
	columns = slices.Clone(columns)
	for i := range columns {
		columns[i].Implied = false
	}
	return columns
}

func retypes(changes []schema.Change, column string) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		ch, ok := c.(schema.ChangeType)
		return ok && ch.Column == column
	})
}

// clausesOf gives changes one by one: what a rebuild makes is one statement anyway.
func clausesOf(changes []schema.Change) []schema.Change {
	var out []schema.Change
	for _, c := range changes {
		if a, ok := c.(schema.Alter); ok {
			out = append(out, clausesOf(a.Clauses)...)
			continue
		}
		out = append(out, c)
	}
	return out
}

// kept says that a statement makes an index or a trigger again that went with a rebuilt table.
func (r *reader) kept(name, table string, tokens []token) bool {
	for _, rb := range r.rebuilds {
		def, ok := rb.lost[strings.ToLower(name)]
		if ok && strings.EqualFold(rb.table, table) && sameTokens(afterOn(tokenize(def)), afterOn(tokens)) {
			delete(rb.lost, strings.ToLower(name))
			return true
		}
	}
	return false
}

// keptTrigger says that a statement makes a trigger again that went with a rebuilt table.
func (r *reader) keptTrigger(tokens []token) bool {
	for _, rb := range r.rebuilds {
		for _, name := range rb.triggers {
			if def, ok := rb.lost[strings.ToLower(name)]; ok && sameTokens(tokenize(def), tokens) {
				delete(rb.lost, strings.ToLower(name))
				return true
			}
		}
	}
	return false
}

func afterOn(tokens []token) []token {
	for i, t := range tokens {
		if t.is("ON") {
			return tokens[i:]
		}
	}
	return tokens
}

func sameTokens(a, b []token) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !strings.EqualFold(a[i].name(), b[i].name()) {
			return false
		}
	}
	return true
}

// lostWithRebuilds lets the statement that drops the old table drop the indexes that no statement
// makes again.
// A trigger is not given up so: who writes the rebuild forgets it more often than not.
func (r *reader) lostWithRebuilds() error {
	for i, rb := range r.rebuilds {
		if i != rb.last {
			continue
		}
		for _, name := range rb.triggers {
			if _, gone := rb.lost[strings.ToLower(name)]; gone {
				return &schema.Refusal{Statement: r.out[i], Reasons: []string{fmt.Sprintf(
					"the trigger %s would go with the old table %s, and no statement makes it again as it is: make it again behind the rebuild, or drop it before", name, rb.table)}}
			}
		}
		t := r.scratchNames(rb)
		for _, name := range t {
			c := schema.DropIndex{On: on(rb.table), Index: name, IfExists: true}
			r.out[rb.end].Changes = append(r.out[rb.end].Changes, c)
		}
	}
	return nil
}

// scratchNames lists the lost indexes in the order of their making.
func (r *reader) scratchNames(rb *rebuiltTable) []string {
	t, err := r.scratch.table(rb.table)
	if err != nil {
		return nil
	}
	var out []string
	for _, ix := range t.Indexes {
		if _, ok := rb.lost[strings.ToLower(ix.Name)]; ok {
			out = append(out, ix.Name)
		}
	}
	return out
}
