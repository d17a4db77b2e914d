package schema

import "slices"

// KeyOf is a foreign key with the table that has it.
type KeyOf struct {
	Child *Table
	Constraint
}

// KeysTo gives the foreign keys of all tables that refer to one.
func (s *Schema) KeysTo(name Name) []KeyOf {
	var out []KeyOf
	to := s.Table(name)
	if to == nil {
		return nil
	}
	for _, t := range s.Tables {
		for _, k := range t.Constraints {
			if k.Kind == ForeignKey && s.means(k.Referred(t.Name), to) {
				out = append(out, KeyOf{t, k})
			}
		}
	}
	return out
}

// Referrer names a foreign key that refers to a column: "fk of orders"; empty: there is none.
func (s *Schema) Referrer(table Name, column string) string {
	to := s.Table(table)
	for _, k := range s.KeysTo(table) {
		if slices.ContainsFunc(k.RefColumns, func(name string) bool { return to.Column(name) == to.Column(column) }) {
			return k.Name + " of " + k.Child.Name.String()
		}
	}
	return ""
}

// Referred gives the table that a foreign key of a table refers to.
func (k Constraint) Referred(from Name) Name {
	if k.RefTable.Schema == "" {
		return Name{from.Schema, k.RefTable.Table}
	}
	return k.RefTable
}
