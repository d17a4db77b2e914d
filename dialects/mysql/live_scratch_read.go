package mysql

import "strings"

// reading is what a statement of a schema file is about.
type reading struct {
	run      bool
	beside   bool   // it makes what is no table, but may read tables or act on them
	database string // that USE names
	refused  string
}

// passedOver begin statements that a dump has beside the schema: rows, rights, transactions.
var passedOver = []string{
	"insert", "replace", "update", "delete", "load", "lock", "unlock", "begin", "start", "commit", "rollback", "grant", "revoke", "flush",
	"analyze", "optimize", "select", "delimiter", "call", "handler", "do", "end",
}

// defines says what to do with a statement of a schema file. Only what defines tables in the database
// that it is read in is run: the text may come from a dump, which chooses its own database, drops
// tables and sets the server's variables.
func (db *Database) defines(code string) reading {
	r := newReader(code, db.mode)
	switch {
	case r.eof():
		return reading{}
	case r.take("set"):
		for !r.eof() {
			if t := r.next(); t.is("global", "persist", "persist_only", "password", "role", "sql_log_bin") || strings.Contains(strings.ToLower(t.text), "global") {
				return reading{}
			}
		}
		return reading{run: true}
	case r.take("use"):
		name, _ := r.name()
		return reading{database: name}
	case r.take(passedOver...):
		return reading{}
	case r.take("create"):
		return db.creates(r)
	case r.take("alter"):
		r.take("online")
		if !r.take("table", "sequence") {
			return reading{} // a database, a view, a user
		}
		r.takeAll("if", "exists")
		return here(r)
	case r.take("drop", "rename"):
		r.take("temporary")
		if !r.take("table", "index", "sequence") {
			return reading{} // what is not compared was not made either
		}
		for !r.eof() {
			if r.next().sign(".") {
				return reading{refused: elsewhere}
			}
		}
		return reading{run: true}
	}
	return reading{refused: "this kind of statement is not read in a schema file"}
}

const elsewhere = "it names a table together with its database: a schema file is read in a database of its own, so write the table's name alone"

// here runs a statement about a table that has no database in front of its name.
func here(r *reader) reading {
	name, ok := readName(r)
	switch {
	case !ok:
		return reading{run: true} // the server says what is wrong
	case name.Schema != "":
		return reading{refused: elsewhere}
	}
	return reading{run: true}
}

// creates tells tables and indexes from what is not compared.
func (db *Database) creates(r *reader) reading {
	r.takeAll("or", "replace")
	r.take("online")
	r.take("unique", "fulltext", "spatial", "vector")
	switch {
	case r.take("table", "sequence"):
		r.takeAll("if", "not", "exists")
		return here(r)
	case r.take("index"):
		for !r.eof() && !r.take("on") {
			r.next()
		}
		return here(r)
	}
	for !r.eof() {
		switch t := r.next(); {
		case t.is("view", "trigger", "function", "procedure"):
			return reading{beside: true}
		case t.is("database", "schema", "temporary", "event", "user", "role", "server", "tablespace"):
			return reading{}
		}
	}
	return reading{}
}
