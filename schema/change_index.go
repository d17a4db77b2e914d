package schema

// CreateIndex builds an index. Text is what stands behind the table's name: "USING btree (a, b) WHERE …".
type CreateIndex struct {
	On
	Index       Index
	Text        string
	IfNotExists bool
	// Online: build without blocking writers (CONCURRENTLY, LOCK=NONE).
	Online bool
}

// Kind is "add-index".
func (CreateIndex) Kind() string { return "add-index" }

// Title says what it does.
func (c CreateIndex) Title(n Name) string {
	return "build index " + c.Index.Name + " on " + n.String() + meanwhile(c.Online)
}

// Phase is Expand.
func (CreateIndex) Phase() Phase { return Expand }

// DropIndex drops an index.
type DropIndex struct {
	On
	Index    string
	IfExists bool
	Online   bool
}

// Kind is "drop-index".
func (DropIndex) Kind() string { return "drop-index" }

// Title says what it does.
func (c DropIndex) Title(Name) string { return "drop index " + c.Index + meanwhile(c.Online) }

func meanwhile(online bool) string {
	if online {
		return " while others work"
	}
	return ""
}

// Phase is Contract.
func (DropIndex) Phase() Phase { return Contract }

// RenameIndex gives an index a new name.
type RenameIndex struct {
	On
	From, To string
}

// Kind is "rename-index".
func (RenameIndex) Kind() string { return "rename-index" }

// Title says what it does.
func (c RenameIndex) Title(n Name) string { return "rename index " + c.From + " to " + c.To }

// Phase is Expand.
func (RenameIndex) Phase() Phase { return Expand }

// TwinIndex builds, without blocking writers, an index beside Of that is equal to it but for one
// column: New stands in the place of Old. Where both columns hold the same values, a unique twin
// holds if Of does.
type TwinIndex struct {
	On
	Of       Index
	Twin     string // the new index's name
	Old, New string
}

// Kind is "twin-index".
func (TwinIndex) Kind() string { return "twin-index" }

// Title says what it does.
func (c TwinIndex) Title(n Name) string { return "build index " + c.Twin + " on " + n.String() }

// Phase is Expand.
func (TwinIndex) Phase() Phase { return Expand }

// ReplaceIndex drops the index that has a twin. The twin gets its name, and its constraint where
// it serves one.
type ReplaceIndex struct{ TwinIndex }

// Kind is "replace-index".
func (ReplaceIndex) Kind() string { return "replace-index" }

// Title says what it does.
func (c ReplaceIndex) Title(n Name) string {
	return "let index " + c.Twin + " of " + n.String() + " take the place of " + c.Of.Name
}

// Phase is Contract.
func (ReplaceIndex) Phase() Phase { return Contract }
