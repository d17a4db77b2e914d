package sqlite

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// Dialect supplies SQLite's facts and verbs.
type Dialect struct {
	version string
	// rollback: the database uses a rollback journal, so that a commit locks readers out too.
	rollback bool
	// copied is the copy that was scripted last: its parts are scripted one after the other.
	copied atomic.Pointer[copying]
}

// New gives the dialect for a version of SQLite, for example "3.50.0". The program brings its own
// SQLite; the version is the one that plans are shown for.
func New(version string) (*Dialect, error) {
	if version == "" {
		version = ownVersion
	}
	major, minor, ok := strings.Cut(version, ".")
	if !ok || major != "3" {
		return nil, fmt.Errorf("SQLite version %q is not known: versions are written like 3.50.0", version)
	}
	minor, _, _ = strings.Cut(minor, ".")
	n, err := strconv.Atoi(minor)
	if err != nil {
		return nil, fmt.Errorf("SQLite version %q is not known: versions are written like 3.50.0", version)
	}
	if n < oldestMinor {
		return nil, fmt.Errorf("SQLite %s is too old: generated columns, and what plans rest on, begin with 3.%d", version, oldestMinor)
	}
	return &Dialect{version: version}, nil
}

const (
	// ownVersion is the SQLite that the program brings; a test compares it with the library's answer.
	ownVersion  = "3.54.1"
	oldestMinor = 31
	// mainSchema is the name of the only schema.
	mainSchema = "main"
	// nameLimit: SQLite has none; this is what people can still read.
	nameLimit = 120
)

// quote writes an identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal writes a text value. It is for the catalog's texts, which become part of a plan; values
// of rows are parameters.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
