package schema

import "slices"

// Object is what a schema holds beside its tables (a type, a sequence) or what a table has that no
// rule asks for (a comment, storage parameters). The dialect that read it gives its texts; the
// planner compares them and puts them in order.
type Object struct {
	Kind string `json:"kind"` // the engine's word: "type", "sequence", "comment"
	Name string `json:"name"` // tells objects of a kind apart, and names it for people
	// Of is the table that it belongs to and goes with; Part the column, index or constraint of it.
	Of   Name   `json:"of,omitzero"`
	Part string `json:"part,omitempty"`

	Definition string   `json:"definition"`      // what is compared
	Make       []string `json:"make,omitempty"`  // makes it; of what can be changed, also turns another of its name into it
	Drop       []string `json:"drop,omitempty"`  // takes it away; none: it goes with something else
	There      string   `json:"there,omitempty"` // a condition that holds when it is there as it is defined

	Early bool `json:"early,omitempty"` // tables may need it: it is made before them and dropped after them
	// Stays: one that is not wanted is left alone, because it may hold what is not compared.
	Stays bool `json:"stays,omitempty"`
	// Inline: it comes with its table, or with a new column.
	Inline bool `json:"inline,omitempty"`
	// Fixed says why one that is there cannot become another; empty: it can.
	Fixed string `json:"fixed,omitempty"`
}

// Ways are facts about how an engine changes tables, for what is compared rather than written.
type Ways struct {
	// Restates: a column is changed by stating its whole definition anew.
	Restates bool `json:"restates,omitempty"`
	// Places: a new column can stand between others.
	Places bool `json:"places,omitempty"`
	// RefersAhead: a foreign key may refer to a table that is not there yet, and is part of its table's text.
	RefersAhead bool `json:"refers_ahead,omitempty"`
	// RenamesIndexes: an index can get another name, so that a new one is built before the old one goes.
	RenamesIndexes bool `json:"renames_indexes,omitempty"`
	// SharesNames: two tables of one schema cannot have indexes of one name.
	SharesNames bool `json:"shares_names,omitempty"`
	// KeysHoldTypes: a column's type cannot change while a foreign key uses the column.
	KeysHoldTypes bool `json:"keys_hold_types,omitempty"`
	// KeysStay: a primary key does not go with its only column, but forbids that it goes.
	KeysStay bool `json:"keys_stay,omitempty"`
	// ToTheLetter: what changes that are read make of a table is known to the letter, and need not be looked at.
	ToTheLetter bool `json:"to_the_letter,omitempty"`
	// LooksFirst: IF EXISTS and IF NOT EXISTS are about the table as it was before the whole statement.
	LooksFirst bool `json:"looks_first,omitempty"`
}

// ChangeObject makes an object (Have is nil), drops it (Want is nil) or turns one into the other.
type ChangeObject struct {
	On
	Have, Want *Object
}

// Kind names the kind of object too: "add-comment".
func (c ChangeObject) Kind() string {
	switch {
	case c.Have == nil:
		return "add-" + c.Want.Kind
	case c.Want == nil:
		return "drop-" + c.Have.Kind
	}
	return "change-" + c.Want.Kind
}

// Title says what it does.
func (c ChangeObject) Title(Name) string {
	verb := map[bool]string{true: "set the ", false: "change the "}[c.Have == nil]
	if c.Want == nil {
		verb = "take away the "
	}
	switch o := c.Object(); {
	case o.Kind == "comment":
		return verb + "comment on " + o.Name
	case o.Early && c.Have == nil:
		return "make " + o.Kind + " " + o.Name
	case o.Early && c.Want == nil:
		return "drop " + o.Kind + " " + o.Name
	default:
		return verb + o.Kind + " of " + o.Name
	}
}

// Phase is Contract where it takes an object away.
func (c ChangeObject) Phase() Phase {
	if c.Want == nil {
		return Contract
	}
	return Expand
}

// Object gives the object that is to be, or the one that goes.
func (c ChangeObject) Object() *Object {
	if c.Want != nil {
		return c.Want
	}
	return c.Have
}

// Statements are the texts that make the change.
func (c ChangeObject) Statements() []string {
	if c.Want != nil {
		return c.Want.Make
	}
	return c.Have.Drop
}

// apply gives the objects as they are afterwards.
func (c ChangeObject) apply(all []Object) []Object {
	all = slices.Clone(all)
	if c.Have != nil {
		all = slices.DeleteFunc(all, func(o Object) bool { return o.Kind == c.Have.Kind && o.Name == c.Have.Name })
	}
	if c.Want != nil {
		all = append(all, *c.Want)
	}
	return all
}
