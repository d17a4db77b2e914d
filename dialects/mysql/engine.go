package mysql

import (
	"fmt"
	"strconv"
	"strings"
)

// Flavor tells the two servers apart.
type Flavor int

// The flavors.
const (
	MySQL Flavor = iota
	MariaDB
)

func (f Flavor) String() string {
	if f == MariaDB {
		return "mariadb"
	}
	return "mysql"
}

// version is a server version as one number: 8.0.13 is 80013, 10.11.18 is 101118. It is also the
// number that executable comments (/*!80013 … */) are compared with.
type version int

func parseVersion(text string) (version, error) {
	digits := text
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		digits = text[:i]
	}
	parts := strings.Split(strings.Trim(digits, "."), ".")
	v := 0
	for i := range 3 {
		n := 0
		if i < len(parts) {
			var err error
			if n, err = strconv.Atoi(parts[i]); err != nil || n > 99 {
				return 0, fmt.Errorf("%q is no server version such as 8.0.36 or 11.8.2", text)
			}
		}
		v = v*100 + n
	}
	return version(v), nil
}

// sqlMode is the part of sql_mode that changes how text is read, or what it makes.
type sqlMode struct {
	noBackslash bool     // NO_BACKSLASH_ESCAPES
	ansiQuotes  bool     // ANSI_QUOTES
	kept        []string // words that change what a statement means: our sessions have them as the user's do
	noZeros     []string // words that refuse zero dates: the user's statements are tried under them
	keepsZero   bool     // NO_AUTO_VALUE_ON_ZERO
}

// Dialect supplies facts and SQL text for one flavor at one version.
type Dialect struct {
	flavor  Flavor
	version version
	text    string // the version as it was given
	mode    sqlMode
	// foldsTables: the server takes Orders and orders for one table (lower_case_table_names).
	foldsTables bool
	zone        timeZone // of the server's sessions; offline it is not known
}

// New gives the offline dialect for a server version, for example "9.7.4" or "11.8.2".
func New(flavor Flavor, text string) (*Dialect, error) {
	v, err := parseVersion(text)
	if err != nil {
		return nil, err
	}
	d := &Dialect{flavor: flavor, version: v, text: text}
	switch {
	case flavor == MySQL && v < 80013:
		return nil, fmt.Errorf("MySQL %s is too old: 8.0.13 is the first that can be worked with (it renames locked tables)", text)
	case flavor == MariaDB && v < 100600:
		return nil, fmt.Errorf("MariaDB %s is too old: 10.6 is the first that can be worked with (it has JSON_TABLE)", text)
	}
	return d, nil
}

// The predicates. Everything that differs between the flavors or versions is asked here.

func (d *Dialect) maria() bool { return d.flavor == MariaDB }

// mysqlSince and mariaSince are false on the other flavor.
func (d *Dialect) mysqlSince(v version) bool { return d.flavor == MySQL && d.version >= v }
func (d *Dialect) mariaSince(v version) bool { return d.flavor == MariaDB && d.version >= v }

// renamesUnderLock: the session that holds LOCK TABLES may rename the tables (MariaDB: error 1192).
func (d *Dialect) renamesUnderLock() bool { return d.mysqlSince(80013) }

// copiesOnline: ALGORITHM=COPY works with LOCK=NONE (MariaDB 11.2 and later).
func (d *Dialect) copiesOnline() bool { return d.mariaSince(110200) }

// keepsTriggerLists: a prepared statement that found triggers on its table keeps the list of tables
// that they use, and notices a new trigger only by a creation time in steps of 10 ms. One that was
// prepared within the step fails with error 1146 (MariaDB 10.11.18 and 11.8.6; seen under load). The
// table's triggers must come and go all at once.
func (d *Dialect) keepsTriggerLists() bool { return d.maria() }

// checksPerSchema: the names of CHECK constraints are unique in a database, not in a table, and
// CREATE TABLE … LIKE gives them new ones.
func (d *Dialect) checksPerSchema() bool { return !d.maria() }

// inlineReferences: REFERENCES behind a column makes a foreign key. MySQL reads over it before 9.0.
func (d *Dialect) inlineReferences() bool { return d.maria() || d.version >= 90000 }

// showsWidth: integer types are shown with a display width, int(11).
func (d *Dialect) showsWidth() bool { return d.maria() || d.version < 80019 }

// nameLimit is the longest identifier, in characters. Names are cut by bytes, which is never longer.
const nameLimit = 64

// quote writes an identifier.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return strings.Join(quoted, ", ")
}

// literal writes a string, for the places where the server takes no parameter. Backslashes are
// written in hexadecimal so that the text means the same under every sql_mode.
func literal(s string) string {
	if strings.ContainsAny(s, "\\\x00") {
		return fmt.Sprintf("_utf8mb4 0x%x", s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
