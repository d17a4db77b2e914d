package planner

import (
	"fmt"
	"slices"
	"strings"
)

// These begin lines of a picture that say nothing but in which order a table's keys, or its columns,
// stand.
const (
	OrderOfKeys    = "order of keys of "
	OrderOfColumns = "order of columns of "
)

// Instant is when, in a rehearsal, others write to a table that is copied.
type Instant int

// The instants.
const (
	Captured Instant = iota // the keys of changed rows are logged, nothing is copied yet
	Filled                  // the shadow table is whole and compared; the tables are about to be exchanged
	Swapped                 // the new table serves, and the old one is kept current
	AtOnce                  // no copy: what the other instants leave in the end
)

// Others gives statements by which others write to a table at an instant. Rows go and come back, rows
// are updated, rows go for good. aside names a table that keeps rows meanwhile; insert is what
// stands between the columns and the rows of an INSERT that gives every value itself. A table whose
// rows cannot be told apart, or whose triggers would write elsewhere, gets none; from one that
// foreign keys refer to, no row is taken.
func Others(t *Table, m Instant, referred bool, aside, insert string, w SampleWords) []string {
	key, why := t.Key()
	if why != "" || len(t.Triggers) > 0 {
		return nil
	}
	var keys, columns []string
	touched := ""
	for _, k := range key {
		keys = append(keys, w.Quote(k.Name))
	}
	for _, c := range t.Columns {
		name := w.Quote(c.Name)
		if c.Generated != "" {
			continue
		}
		columns = append(columns, name)
		if touched == "" && c.Identity == "" && !slices.Contains(keys, name) {
			touched = name
		}
	}
	list, all := strings.Join(keys, ", "), strings.Join(columns, ", ")
	every := func(n int) string {
		return fmt.Sprintf(" WHERE (%s) IN (SELECT %[1]s FROM (SELECT %[1]s, row_number() OVER (ORDER BY %[1]s) AS sf_n FROM %[2]s) AS sf_some WHERE sf_n %% %[3]d = 0)",
			list, w.From, n)
	}
	take := []string{
		fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM %s%s", aside, all, w.From, every(7)), "DELETE FROM " + w.From + every(7),
	}
	give := []string{fmt.Sprintf("INSERT INTO %s (%s)%s SELECT %[2]s FROM %[4]s", w.From, all, insert, aside), "DROP TABLE " + aside}
	forGood := []string{"DELETE FROM " + w.From + every(11)}
	if referred {
		take, give, forGood = nil, nil, nil
	}
	switch m {
	case Captured:
		if touched != "" {
			take = append(take, fmt.Sprintf("UPDATE %s SET %s = %[2]s", w.From, touched)+every(5)) // of all rows, it would mend a copy that is wrong
		}
		return take
	case Filled:
		return append(give, forGood...)
	case Swapped:
		return append(take, give...)
	case AtOnce:
	}
	return forGood
}
