package plan

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// These begin lines of a picture that say nothing but in which order a table's keys, or its columns,
// stand, or which number its counter gives next.
const (
	OrderOfKeys    = "order of keys of "
	OrderOfColumns = "order of columns of "
	CounterOf      = "counter of "
)

// Instant is when, in a rehearsal, others write to a table.
type Instant int

// The instants of a table that is copied, and those of one where a column has two names for a while.
const (
	Captured Instant = iota // the keys of changed rows are logged, nothing is copied yet
	Filled                  // the shadow table is whole and compared; the tables are about to be exchanged
	Swapped                 // the new table serves, and the old one is kept current
	AtOnce                  // no copy: what the other instants leave in the end

	OldNames  // before the hold: everybody uses the old name
	BothNames // at the hold: some use the old name, others the new one
	NewNames  // after it: everybody uses the new name
)

// Writes are what others do in a rehearsal: when, and which columns of the table get another name.
type Writes struct {
	At      Instant
	Renames []schema.RenameColumn
	// Apart are columns whose values the change will keep apart; "": there is no telling which.
	Apart []string
	// Judged are columns whose values the change converts or checks: the rows with their extremes stay, since
	// one of them may be what the server refuses.
	Judged []string
}

// Others gives statements by which others write to a table at an instant. Rows go and come back, rows
// are updated, rows go for good. aside names a table that keeps rows meanwhile; insert is what
// stands between the columns and the rows of an INSERT that gives every value itself. A table whose
// rows cannot be told apart, which may break a rule of its own (one that is not valid) and then take no
// write, or whose triggers would write elsewhere, gets none; from one that foreign keys refer to, no
// row is taken.
func Others(t *schema.Table, w Writes, referred bool, aside, insert string, words SampleWords) []string {
	key, why := t.Key()
	breaks := slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool { return k.NotValid })
	if why != "" || breaks || len(t.Triggers) > 0 {
		return nil
	}
	o := others{SampleWords: words, table: t, aside: aside, insert: insert, referred: referred, apart: w.Apart, judged: w.Judged}
	for _, k := range key {
		o.keys = append(o.keys, words.Quote(k.Name))
	}
	for _, c := range t.Columns {
		if c.Generated != "" {
			continue
		}
		name := words.Quote(c.Name)
		o.columns = append(o.columns, name)
		if c.Identity == "" && !slices.Contains(o.keys, name) {
			o.plain = append(o.plain, name)
		}
	}
	switch w.At {
	case OldNames, BothNames, NewNames:
		return o.byNames(w)
	default:
		return o.copied(w.At)
	}
}

// others writes to a table. All names are quoted.
type others struct {
	SampleWords
	table         *schema.Table
	aside, insert string
	referred      bool
	apart         []string
	judged        []string
	keys          []string
	columns       []string // that take values
	plain         []string // of those, that are no key and hand out no numbers
}

// copied writes to a table that is copied. Rows whose value changes at one instant have their own again
// at a later one: who misses the later write keeps a wrong value.
func (o others) copied(at Instant) []string {
	change, changeBack := o.changeFree()
	gone, changed := o.every(7, 0), o.every(5, 1)
	take := slices.Concat(o.keep(gone+" OR "+changed), change.of(changed), []string{"DELETE FROM " + o.From + " WHERE " + gone})
	give := slices.Concat(changeBack.of("EXISTS (SELECT 1 FROM "+o.aside+" AS sf_a WHERE "+o.same()+")"), o.give(o.columns))
	forGood := []string{"DELETE FROM " + o.From + " WHERE " + o.every(11, 0) + o.butExtremes()}
	if o.referred {
		take, give, forGood = nil, nil, nil
	}
	switch at {
	case Captured:
		if len(o.plain) > 0 {
			take = append(take, fmt.Sprintf("UPDATE %s SET %s = %[2]s WHERE ", o.From, o.plain[0])+o.every(5, 0)) // of all rows, it would mend a copy that is wrong
		}
		return take
	case Filled:
		return append(give, forGood...)
	case Swapped:
		return append(take, give...)
	default:
		return forGood
	}
}

// every picks each n-th row, the first of them at a place.
func (o others) every(n, place int) string {
	return fmt.Sprintf("(%s) IN (SELECT %[1]s FROM (SELECT %[1]s, row_number() OVER (ORDER BY %[1]s) AS sf_n FROM %[2]s) AS sf_some WHERE sf_n %% %[3]d = %[4]d)",
		strings.Join(o.keys, ", "), o.From, n, place)
}

// butExtremes leaves out one row with each extreme of the judged columns: the first by its key.
func (o others) butExtremes() string {
	keys, but, judged := strings.Join(o.keys, ", "), "", 0
	for _, c := range o.table.Columns {
		if c.Generated != "" || !o.table.Among(o.judged, c.Name) || judged == mostJudged {
			continue
		}
		judged++
		name := o.Quote(c.Name)
		there := name + " IS NOT NULL ORDER BY "
		tails := []string{name + " IS NULL ORDER BY ", there + o.Length(name) + " DESC, "}
		if surelySorts(c.Type) {
			tails = append(tails, there+name+", ", there+name+" DESC, ")
		}
		for _, tail := range tails {
			but += fmt.Sprintf(" AND (%s) NOT IN (SELECT %[1]s FROM (SELECT %[1]s FROM %[2]s WHERE %[3]s%[1]s LIMIT 1) AS sf_extreme)", keys, o.From, tail)
		}
	}
	return but
}

// keep puts rows aside.
func (o others) keep(where string) []string {
	return []string{"CREATE TABLE " + o.aside + o.Aside + " AS SELECT " + strings.Join(o.columns, ", ") + " FROM " + o.From + " WHERE " + where}
}

// give puts back those rows that are gone, as an application does that knows these columns.
func (o others) give(columns []string) []string {
	list := strings.Join(columns, ", ")
	return []string{
		fmt.Sprintf("INSERT INTO %s (%s)%s SELECT %[2]s FROM %[4]s AS sf_a WHERE NOT EXISTS (SELECT 1 FROM %[1]s WHERE %[5]s)", o.From, list, o.insert, o.aside, o.same()),
		"DROP TABLE " + o.aside,
	}
}

// same says that a row and one that is aside, sf_a, have one key.
func (o others) same() string {
	var own []string
	for _, k := range o.keys {
		own = append(own, "sf_a."+k+" = "+o.From+"."+k)
	}
	return strings.Join(own, " AND ")
}

// byNames writes to a table where a column has two names: by the old one, by the new one, and by
// one after the other. In the end every value is what it was, in both columns. Each way of writing has
// rows of its own: another one could mend what it spoils.
func (o others) byNames(w Writes) []string {
	var out []string
	for _, r := range w.Renames {
		older, newer := o.table.Column(r.From), o.table.Column(r.To)
		if older == nil || newer == nil {
			continue
		}
		// Who gives no value by the new name is taken for one who does not know it.
		given := " AND " + o.Quote(newer.Name) + " IS NOT NULL"
		row := func(place int) string { return o.every(6, place) }
		switch w.At {
		case OldNames:
			out = slices.Concat(out, o.goAndComeBack(newer, row(1)), o.changeAndBack(older, older, row(2)))
		case NewNames:
			out = slices.Concat(out, o.goAndComeBack(older, row(0)+given), o.changeAndBack(newer, newer, row(5)))
		default:
			out = slices.Concat(out, o.goAndComeBack(newer, row(1)), o.changeAndBack(older, newer, row(2)),
				o.goAndComeBack(older, row(3)+given), o.changeAndBack(newer, older, row(4)))
		}
	}
	return out
}

// goAndComeBack takes rows, and gives them back without a column.
func (o others) goAndComeBack(without *schema.Column, where string) []string {
	if o.referred {
		return nil
	}
	known := slices.DeleteFunc(slices.Clone(o.columns), func(c string) bool { return c == o.Quote(without.Name) })
	return slices.Concat(o.keep(where), []string{"DELETE FROM " + o.From + " WHERE " + where}, o.give(known))
}

// changeAndBack gives rows another value by one name, and their own value again by the other.
func (o others) changeAndBack(by, back *schema.Column, where string) []string {
	if !o.mayRepeat(by.Name) {
		return nil
	}
	untouched := func(c string) bool { return c != o.Quote(by.Name) && c != o.Quote(back.Name) }
	return slices.Concat(o.keep(where), o.change(by, untouched).of(where), o.changeBack(back, untouched).of(where), []string{"DROP TABLE " + o.aside})
}

// changeFree is the same for the first column that may take any of its values in any row.
func (o others) changeFree() (change, changeBack update) {
	for i := range o.table.Columns {
		c := &o.table.Columns[i]
		name := o.Quote(c.Name)
		if slices.Contains(o.plain, name) && o.mayRepeat(c.Name) && o.unbound(c.Name) {
			untouched := func(c string) bool { return c != name }
			return o.change(c, untouched), o.changeBack(c, untouched)
		}
	}
	return nil, nil
}

// mayRepeat says that no unique index keeps a column's values apart, or will.
func (o others) mayRepeat(column string) bool {
	if slices.Contains(o.apart, "") || o.table.Among(o.apart, column) {
		return false
	}
	return !slices.ContainsFunc(o.table.Indexes, func(ix schema.Index) bool {
		yes, known := o.table.Uses(ix, column)
		return ix.Unique && (yes || !known || o.computes(ix.Columns))
	})
}

// unbound says that no constraint is about a column, nor about one that may be computed from it.
func (o others) unbound(column string) bool {
	return !slices.ContainsFunc(o.table.Constraints, func(k schema.Constraint) bool {
		return len(k.Columns) == 0 || o.table.Among(k.Columns, column) || o.computes(k.Columns)
	})
}

// computes says that one of some columns is a generated one.
func (o others) computes(columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool {
		c := o.table.Column(name)
		return c != nil && c.Generated != ""
	})
}

// update is an UPDATE without its condition; nil is none.
type update []string

func (u update) of(where string) (statements []string) {
	for _, set := range u {
		statements = append(statements, set+" WHERE "+where)
	}
	return statements
}

// change gives a column another value that it has elsewhere: not NULL, which a trigger may take for a
// value that was not given.
func (o others) change(c *schema.Column, untouched func(string) bool) update {
	return o.set(c, fmt.Sprintf("(SELECT sf_x FROM (SELECT %[1]s AS sf_x FROM %[2]s WHERE %[1]s IS NOT NULL ORDER BY %[3]s LIMIT 1) AS sf_first)",
		o.Quote(c.Name), o.From, strings.Join(o.keys, ", ")), untouched)
}

// changeBack gives it the value that is aside.
func (o others) changeBack(c *schema.Column, untouched func(string) bool) update {
	return o.set(c, fmt.Sprintf("(SELECT sf_a.%s FROM %s AS sf_a WHERE %s)", o.Quote(c.Name), o.aside, o.same()), untouched)
}

// set names the untouched columns too: one that follows every UPDATE by itself (a time of change) does not
// if it is given a value.
func (o others) set(c *schema.Column, value string, untouched func(string) bool) update {
	rest := ""
	for _, name := range o.plain {
		if untouched(name) {
			rest += ", " + name + " = " + name
		}
	}
	return update{"UPDATE " + o.From + " SET " + o.Quote(c.Name) + " = " + value + rest}
}
