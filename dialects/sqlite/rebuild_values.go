package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"surefoot/planner"
)

// byPlace says which column of the old table each column of the new one is filled from, where the
// rebuild leaves that to their places.
func (rb *rebuiltTable) byPlace(have, want *planner.Table) {
	if !rb.star {
		return
	}
	to := 0
	for _, c := range have.Columns {
		for to < len(want.Columns) && want.Columns[to].Generated != "" {
			to++
		}
		if to < len(want.Columns) {
			rb.renames[strings.ToLower(want.Columns[to].Name)] = c.Name
			to++
		}
	}
}

// values gives the expressions that make columns' values others than they are, by columns of the new
// table; now is the old one with the columns' new names. An error says what rows get that no change of
// a column makes.
func (rb *rebuiltTable) values(now, want *planner.Table) (map[string]string, error) {
	out := map[string]string{}
	for _, w := range want.Columns {
		have, key := now.Column(w.Name), strings.ToLower(w.Name)
		from, copied := rb.renames[key]
		using, computed := rb.using[key]
		switch {
		case w.Generated != "":
		case copied && have != nil && (strings.EqualFold(from, w.Name) || now.Column(from) == nil):
		case have == nil && !copied && !computed: // a new column with its default
		case have == nil:
			return nil, fmt.Errorf("the new column %s is filled from others", w.Name)
		case copied:
			out[w.Name] = quote(from)
		case !computed:
			return nil, fmt.Errorf("the values of column %s are left behind", w.Name)
		default:
			out[w.Name] = using
		}
	}
	for column, using := range out {
		if err := rb.ofOneRow(now, using); err != nil {
			return nil, fmt.Errorf("column %s is filled by %s: %w", column, using, err)
		}
	}
	return out, nil
}

// ofOneRow says why an expression over the old table is none over a row whose columns have their new
// names.
func (rb *rebuiltTable) ofOneRow(now *planner.Table, using string) error {
	renamed := map[string]bool{}
	for to, from := range rb.renames {
		if now.Column(from) == nil && !strings.EqualFold(to, from) {
			renamed[strings.ToLower(from)] = true
		}
	}
	for _, t := range tokenize(using) {
		switch {
		case renamed[strings.ToLower(t.name())]:
			return errors.New("a column that it names gets another name")
		case t.is("RANDOM", "RANDOMBLOB", "CHANGES", "TOTAL_CHANGES", "LAST_INSERT_ROWID"):
			return errors.New("it gives another value each time")
		case t.is("SELECT", "OVER", "COUNT", "SUM", "TOTAL", "AVG", "MIN", "MAX", "GROUP_CONCAT", "STRING_AGG", "JSON_GROUP_ARRAY", "JSON_GROUP_OBJECT", "ROWID", "OID", "_ROWID_"):
			return errors.New("it may need other rows than its own")
		}
	}
	return nil
}
