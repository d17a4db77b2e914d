package sqlite

import "surefoot/schema"

// aView is a statement that makes or drops a view: tables know nothing of those.
func (r *reader) aView(tokens []token, st schema.Statement) ([]schema.Change, error) {
	changes, err := r.other(schema.On{}, tokens, st, "a view is run as it stands")
	if err == nil {
		changes[0] = schema.Verbatim{SQL: st.SQL, Reason: "a view is run as it stands", KeepsTables: true}
	}
	return changes, err
}

// createTrigger reads CREATE TRIGGER: from then on its table has it.
func (r *reader) createTrigger(rest, tokens []token, st schema.Statement) ([]schema.Change, error) {
	name, _, _ := named(rest[1:])
	there := r.triggered(name)
	changes, err := r.other(schema.On{}, tokens, st, "a trigger is run as it stands")
	if table := r.triggered(name); err == nil && table != "" && there == "" {
		changes[0] = schema.Verbatim{On: on(table), SQL: st.SQL, Reason: "a trigger is run as it stands", KeepsTables: true, MakesTrigger: &schema.Trigger{Name: name, Definition: st.SQL}}
	}
	return changes, err
}

// dropTrigger reads DROP TRIGGER: its table has it no longer. What is not there, or is a view's, is no table's matter.
func (r *reader) dropTrigger(name string, tokens []token, st schema.Statement) ([]schema.Change, error) {
	table := r.triggered(name)
	changes, err := r.other(schema.On{}, tokens, st, "a DROP TRIGGER is run as it stands")
	if err == nil && table != "" {
		changes[0] = schema.Verbatim{On: on(table), SQL: st.SQL, Reason: "a DROP TRIGGER is run as it stands", KeepsTables: true, DropsTrigger: name}
	} else if err == nil {
		changes[0] = schema.Verbatim{SQL: st.SQL, Reason: "a DROP TRIGGER is run as it stands", KeepsTables: true}
	}
	return changes, err
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
