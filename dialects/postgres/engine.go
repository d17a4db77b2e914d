package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"surefoot/schema"
)

// maxName is the longest identifier in bytes; the server cuts longer ones (NAMEDATALEN - 1).
const maxName = 63

// Dialect supplies PostgreSQL's facts and verbs at one version. It holds no connection.
type Dialect struct {
	Version string // as the server writes it: "15.18"
	major   int

	// Facts that only a live server gives.
	zone               string          // the time zone in which its sessions begin
	utc                bool            // which has no offset
	styles             []string        // settings of its own by which values become text
	escapes            bool            // \ in '…' is an escape: standard_conforming_strings is off
	constrainedDomains map[string]bool // domains with a constraint, as format_type writes them
	quiet              bool            // the role may fill a column without firing the user's triggers
}

// New gives the dialect for a server version such as "15.18" or "18".
func New(version string) (*Dialect, error) {
	head, _, _ := strings.Cut(version, ".")
	major, err := strconv.Atoi(head)
	if err != nil {
		return nil, fmt.Errorf("read PostgreSQL version %q: expected something like 15.18", version)
	}
	if major < 14 {
		return nil, fmt.Errorf("PostgreSQL %s is not supported: 14 is the oldest version that is", version)
	}
	return &Dialect{Version: version, major: major}, nil
}

// quote quotes one identifier. Every identifier in generated SQL goes through it.
func quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// quoteAll quotes identifiers and joins them: "a", "b".
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return strings.Join(quoted, ", ")
}

// qualified gives a table's quoted name with its schema where that is known.
func qualified(n schema.Name) string {
	if n.Schema == "" {
		return quote(n.Table)
	}
	return quote(n.Schema) + "." + quote(n.Table)
}

// literal writes a string constant that means the same under every standard_conforming_strings.
func literal(s string) string {
	if strings.Contains(s, `\`) {
		return ` E'` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `'`, `''`) + `'`
	}
	return `'` + strings.ReplaceAll(s, `'`, `''`) + `'`
}

// side gives the name of what stands beside a table.
func side(n schema.Name, suffix string) schema.Name {
	return schema.Name{Schema: n.Schema, Table: schema.SideName(n.Table, suffix, maxName)}
}
