package schema

import (
	"regexp"
	"slices"
	"strings"
)

// mapColumns says where each column of the copy gets its values from when clauses change the table.
// The clauses of one statement, or those of several that compose; why says what cannot be told.
func mapColumns(t *Table, clauses []Change) (columns []Mapping, why string) {
	after, from := t.together(clauses)
	for _, col := range after.Columns {
		m := Mapping{To: col.Name, From: from[col.Name]}
		if was := t.Column(m.From); col.Generated != "" && (was == nil || was.Generated != "") {
			continue // both tables compute it, or the new one does
		}
		if m.From == "" {
			m, why = mapNew(col, clauses, t)
		} else {
			m, why = mapOld(m, clauses, t)
		}
		if why != "" {
			return nil, why
		}
		columns = append(columns, m)
	}
	return columns, ""
}

// mapOld maps a column that the live table has.
func mapOld(m Mapping, clauses []Change, t *Table) (Mapping, string) {
	for _, c := range clauses {
		ch, ok := c.(ChangeType)
		if !ok || !t.Among([]string{ch.Column}, m.From) {
			continue
		}
		if m.Type != "" {
			return m, "column " + m.From + " changes its type twice"
		}
		m.Type, m.Using = ch.Type, ch.Using
	}
	return m, ""
}

// mapNew maps a column that the clauses add. Rows that exist get the default that it was added
// with, whatever it becomes afterwards.
func mapNew(col Column, clauses []Change, t *Table) (Mapping, string) {
	m := Mapping{To: col.Name}
	var added Column
	for _, c := range clauses {
		add, ok := c.(AddColumn)
		switch {
		case ok && t.Among([]string{add.Column.Name}, col.Name):
			added = add.Column
		case added.Name == "" || !t.Among([]string{Alters(c)}, col.Name):
		case !defaults(c) || !composesDefault(added):
			return m, "column " + col.Name + " is added and changed at once"
		default:
			m.Type, m.Using = added.Type, added.Default
			if m.Using == "" {
				m.Using = "NULL"
			}
		}
	}
	return m, ""
}

func defaults(c Change) bool {
	switch c.(type) {
	case SetDefault, DropDefault:
		return true
	}
	return false
}

// constant is a default that is the same wherever and whenever it is evaluated.
var constant = regexp.MustCompile(`^(?i:-?[0-9]+(\.[0-9]+)?|'[^'\\]*'|null|true|false)$`)

// composesDefault says that it is known what existing rows hold in a column that was added.
func composesDefault(col Column) bool {
	if col.Generated != "" || col.Identity != "" {
		return false
	}
	return constant.MatchString(col.Default) || col.Default == "" && !col.NotNull
}

// Composes says that one copy which makes all clauses at once means the same as the earlier ones
// followed by the later ones. It says no wherever that does not follow from what the clauses name.
func Composes(t *Table, earlier, later []Change) bool {
	return !slices.ContainsFunc(later, func(l Change) bool {
		return slices.ContainsFunc(earlier, func(e Change) bool { return !composesPair(t, e, l) })
	})
}

func composesPair(t *Table, e, l Change) bool {
	a, b := SubjectOf(e, t), SubjectOf(l, t)
	switch {
	case !a.known || !b.known || a.placed && b.placed:
		return false
	case defaults(l) && Alters(e) != "": // what a column holds does not depend on its default
		return true
	case defaults(l) && a.adds && t.Among(a.Names, Alters(l)):
		return composesDefault(e.(AddColumn).Column)
	case a.plainIndex && (Alters(l) != "" || b.adds), b.plainIndex && (Alters(e) != "" || a.adds):
		return true // an index is over the values that there are at the end
	}
	return !a.meets(b, t) && !b.meets(a, t)
}

// Subject is what a clause is about.
type Subject struct {
	Names      []string // columns
	objects    []string // indexes and constraints
	texts      []string // expressions that may name columns
	adds       bool
	placed     bool // it says where the column stands
	plainIndex bool // an index over columns that are named
	known      bool
}

// meets says whether one clause names, or may name, what the other is about.
func (a Subject) meets(b Subject, t *Table) bool {
	named := slices.ContainsFunc(a.Names, func(n string) bool { return t.Among(b.Names, n) })
	objects := slices.ContainsFunc(a.objects, func(n string) bool {
		return slices.ContainsFunc(b.objects, func(o string) bool { return strings.EqualFold(n, o) })
	})
	return named || objects || slices.ContainsFunc(a.texts, func(text string) bool { return Mentions(text, append(b.Names, t.Name.Table)) })
}

// Mentions says whether a text may name one of these: it does where one of them stands in it in
// any way, or where its quotes may hide one.
func Mentions(text string, names []string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, `u&"`) || slices.ContainsFunc(names, func(n string) bool {
		return strings.Contains(text, strings.ToLower(n)) || strings.ContainsAny(n, "\"`")
	})
}

// SubjectOf says what a clause is about.
func SubjectOf(c Change, t *Table) Subject {
	s := Subject{known: true}
	if column := Alters(c); column != "" {
		s.Names = []string{column}
	}
	switch c := c.(type) {
	case SetNotNull, DropNotNull, DropDefault:
	case SetDefault:
		s.texts = defaultTexts(c.Expr)
	case ChangeType:
		s.texts, s.placed = texts(c.Using), c.Position != ""
		was := t.Column(c.Column) // a value that one of the two computes depends on what the others are
		s.known = (was == nil || was.Generated == "") && (c.Becomes == nil || c.Becomes.Generated == "")
	case AddColumn:
		s.Names, s.adds = []string{c.Column.Name}, true
		s.texts = append(texts(c.Column.Expr, c.Position), defaultTexts(c.Column.Default)...)
		s.placed = c.Position != ""
	case DropColumn:
		s.Names = []string{c.Column}
	case RenameColumn:
		s.Names = []string{c.From, c.To}
	case CreateIndex:
		s.ofIndex(c)
	case AddConstraint:
		s.ofConstraint(c.Constraint)
	case DropConstraint:
		s.objects = []string{c.Constraint}
		if k := t.Constraint(c.Constraint); k != nil {
			s.ofConstraint(*k)
		}
		if col := t.NotNullBy(c.Constraint); col != nil {
			s.Names = []string{col.Name}
		}
	case DropIndex:
		s.objects = []string{c.Index}
	case RenameIndex:
		s.objects = []string{c.From, c.To}
	default:
		s.known = false
	}
	return s
}

func (s *Subject) ofIndex(c CreateIndex) {
	s.objects = []string{c.Index.Name}
	s.Names = slices.Concat(c.Index.Columns, c.Index.Uses)
	s.plainIndex = !c.Index.Partial && !slices.Contains(c.Index.Columns, "")
	if !s.plainIndex {
		s.texts = texts(c.Text, c.Index.Definition)
		s.known = len(s.texts) > 0
	}
}

func (s *Subject) ofConstraint(k Constraint) {
	s.objects = append(s.objects, k.Name)
	s.Names = k.Columns
	s.plainIndex = k.Kind == Unique
	if k.Kind == Check || k.Kind == OtherKind {
		s.texts = texts(k.Expr, k.Definition)
	}
}

func texts(all ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "" })
}

func defaultTexts(expr string) []string {
	if constant.MatchString(expr) {
		return nil
	}
	return texts(expr)
}

// NewCopy works out which column of the shadow comes from where.
func NewCopy(t *Table, statements []Native) (*Copy, error) {
	key, why := t.Key()
	if why != "" {
		return nil, &Refusal{Reasons: []string{t.Name.String() + " cannot be copied while it is in use: " + why}}
	}
	cp := &Copy{On: On{t.Name}, Statements: statements, Live: t, Key: key}
	for _, st := range statements {
		cp.Clauses = append(cp.Clauses, st.Clauses...)
	}
	if cp.Columns, why = mapColumns(t, cp.Clauses); why != "" {
		return nil, &Refusal{Reasons: []string{t.Name.String() + " cannot be copied with all these changes at once: " + why}}
	}
	return cp, nil
}
