package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// byPlace says which column of the old table each column of the new one is filled from, where the
// rebuild leaves that to their places.
func (rb *rebuiltTable) byPlace(have, want *schema.Table) {
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
func (rb *rebuiltTable) values(now, want *schema.Table) (map[string]string, error) {
	out := map[string]string{}
	rb.filled = map[string]string{}
	for _, w := range want.Columns {
		have, key := now.Column(w.Name), strings.ToLower(w.Name)
		from, copied := rb.renames[key]
		using, computed := rb.using[key]
		switch {
		case w.Generated != "":
		case copied && have != nil && (strings.EqualFold(from, w.Name) || now.Column(from) == nil):
		case have == nil && !copied && !computed: // a new column with its default
		case have == nil && computed && plainValue(using):
			rb.filled[w.Name] = using
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

// plainValue says that an expression is a value that stands for itself.
func plainValue(expr string) bool {
	toks := tokenize(expr)
	switch {
	case len(toks) == 1:
		return toks[0].kind == number || toks[0].kind == text || toks[0].is("NULL")
	case len(toks) == 2:
		return toks[0].sign("-") && toks[1].kind == number
	}
	return false
}

// filledWith adds a column with a value in the rows that are there, whatever its default is.
func filledWith(add schema.AddColumn, value string) ([]schema.Change, error) {
	def := add.Column.Default
	if canonical(cmp.Or(def, "NULL")) == canonical(value) {
		return []schema.Change{add}, nil
	}
	with, null := add, strings.EqualFold(value, "NULL")
	with.Column.Default = value
	if null {
		with.Column.Default = ""
	}
	var err error
	with.Column.Definition, err = redefined(add.Column, func(t *tableText, col *columnText) string {
		if null {
			return t.without(col, partDefault)
		}
		return t.defaulted(col, value)
	})
	if err != nil {
		return nil, err
	}
	if def == "" {
		return []schema.Change{with, schema.DropDefault{On: add.On, Column: add.Column.Name}}, nil
	}
	return []schema.Change{with, schema.SetDefault{On: add.On, Column: add.Column.Name, Expr: def}}, nil
}

// redefined gives a column's definition after an edit.
func redefined(c schema.Column, edit func(*tableText, *columnText) string) (string, error) {
	head := "CREATE TABLE t ("
	t, err := parseTable(head + columnDefinition(c) + ")")
	if err != nil {
		return "", err
	}
	col := &t.columns[0]
	text := edit(t, col)
	return strings.TrimSpace(text[len(head)+col.nameSpan.end-col.nameSpan.start : len(text)-1]), nil
}

// asWrittenColumns adds new columns with all that stands in their definition, checks and foreign keys too.
func asWrittenColumns(changes []schema.Change, want *schema.Table) []schema.Change {
	def, err := parseTable(want.Definition)
	if err != nil {
		return changes
	}
	added := map[string]bool{}
	var out []schema.Change
	for _, c := range changes {
		if add, ok := c.(schema.AddColumn); ok && def.column(add.Column.Name) != nil {
			added[strings.ToLower(add.Column.Name)] = true
			col, value := def.column(add.Column.Name), add.Column.Default
			whole := add.Column
			whole.Definition = def.sql[col.nameSpan.end:col.end]
			add.Column.Definition, err = redefined(whole, func(t *tableText, col *columnText) string {
				if value == "" {
					return t.without(col, partDefault)
				}
				return t.defaulted(col, value)
			})
			if err != nil {
				return changes
			}
			c = add
		}
		if k, ok := c.(schema.AddConstraint); ok && len(k.Constraint.Columns) == 1 && added[strings.ToLower(k.Constraint.Columns[0])] {
			continue // it stands in the column's definition
		}
		out = append(out, c)
	}
	return out
}

// ofChance says that an expression gives another value each time.
func ofChance(expr string) bool {
	return slices.ContainsFunc(tokenize(expr), func(t token) bool {
		return t.is("RANDOM", "RANDOMBLOB", "CHANGES", "TOTAL_CHANGES", "LAST_INSERT_ROWID")
	})
}

// ofOneRow says why an expression over the old table is none over a row whose columns have their new
// names.
func (rb *rebuiltTable) ofOneRow(now *schema.Table, using string) error {
	renamed := map[string]bool{}
	for to, from := range rb.renames {
		if now.Column(from) == nil && !strings.EqualFold(to, from) {
			renamed[strings.ToLower(from)] = true
		}
	}
	if ofChance(using) {
		return errors.New("it gives another value each time")
	}
	for _, t := range tokenize(using) {
		switch {
		case renamed[strings.ToLower(t.name())]:
			return errors.New("a column that it names gets another name")
		case t.is("SELECT", "OVER", "COUNT", "SUM", "TOTAL", "AVG", "MIN", "MAX", "GROUP_CONCAT", "STRING_AGG", "JSON_GROUP_ARRAY", "JSON_GROUP_OBJECT", "ROWID", "OID", "_ROWID_"):
			return errors.New("it may need other rows than its own")
		}
	}
	return nil
}
