package sqlite

import "surefoot/schema"

// naming reads a statement that makes or drops a view or a trigger: it is run as it stands, and from then on
// tables are named by other texts.
func (r *reader) naming(tokens []token, st schema.Statement, reason string) (schema.Verbatim, error) {
	was := r.namings()
	_, err := r.other(schema.On{}, tokens, st, reason)
	return schema.Verbatim{SQL: st.SQL, Reason: reason, KeepsTables: true, Extra: changedNamings(was, r.namings())}, err
}

// aView is a statement that makes or drops a view.
func (r *reader) aView(tokens []token, st schema.Statement) ([]schema.Change, error) {
	v, err := r.naming(tokens, st, "a view is run as it stands")
	return []schema.Change{v}, err
}

// createTrigger reads CREATE TRIGGER: from then on its table has it.
func (r *reader) createTrigger(rest, tokens []token, st schema.Statement) ([]schema.Change, error) {
	name, _, _ := named(rest[1:])
	there := r.triggered(name)
	v, err := r.naming(tokens, st, "a trigger is run as it stands")
	if table := r.triggered(name); table != "" && there == "" {
		v.On, v.MakesTrigger = on(table), &schema.Trigger{Name: name, Definition: st.SQL}
	}
	return []schema.Change{v}, err
}

// dropTrigger reads DROP TRIGGER: its table has it no longer. What is not there, or is a view's, is no table's matter.
func (r *reader) dropTrigger(name string, tokens []token, st schema.Statement) ([]schema.Change, error) {
	table := r.triggered(name)
	v, err := r.naming(tokens, st, "a DROP TRIGGER is run as it stands")
	if table != "" {
		v.On, v.DropsTrigger = on(table), name
	}
	return []schema.Change{v}, err
}

// triggered finds the table of a trigger; empty: there is none, or it is a view's.
func (r *reader) triggered(name string) string {
	var table string
	err := r.scratch.db.QueryRow(`SELECT t.name FROM sqlite_schema tr JOIN sqlite_schema t ON t.name = tr.tbl_name COLLATE NOCASE AND t.type = 'table'
		WHERE tr.type = 'trigger' AND tr.name = ?1 COLLATE NOCASE`, name).Scan(&table)
	if err != nil {
		return ""
	}
	return table
}
