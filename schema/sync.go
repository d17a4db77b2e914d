package schema

// Meanwhile says what others meet on the table while the column has two names: no engine's trigger
// can tell a NULL that is inserted as the new name from a column that is left out.
func (c SyncColumns) Meanwhile(t *Table) string {
	says := "until " + c.Old + " goes, INSERT without column names and SELECT * meet both " + c.Old + " and " + c.New
	if col := t.Column(c.Old); col != nil && col.Default != "" {
		says += ", and NULL inserted as " + c.New + " counts as no value: the row gets the default"
	}
	return says
}

// Synced says that a plan's steps so far keep a column equal to an older one, and that there still are
// writers who only know that one.
func (t *Table) Synced(column string) bool {
	on := false
	for _, c := range t.Applied {
		switch c := c.(type) {
		case SyncColumns:
			on = on || t.Among([]string{c.New}, column)
		case Hold:
			on = false
		}
	}
	return on
}
