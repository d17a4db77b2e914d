package postgres

import (
	"regexp"
	"slices"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// searchPath follows search_path through a text. Without any word of it names are the server's own path's, and
// where that has one schema, the default's.
type searchPath struct {
	own    []string // the server's own, where it has several schemas
	now    []string
	open   bool     // a transaction is open
	before []string // what holds again when it ends
	local  bool     // SET LOCAL was said in it
}

// set reads SET, SET LOCAL and RESET. SET LOCAL outside a transaction does nothing.
func (p *searchPath) set(n *pgquery.VariableSetStmt) {
	if n.IsLocal && !p.open {
		return
	}
	if n.IsLocal && !p.local {
		p.before, p.local = p.now, true
	}
	p.now = nil
	for _, a := range n.Args {
		p.add(a.GetAConst().GetSval().GetSval())
	}
	if n.Kind != pgquery.VariableSetKind_VAR_SET_VALUE {
		p.now = p.own
	}
}

// add leaves out the schema named after the user, which is the default where it is there.
func (p *searchPath) add(name string) {
	if name != "" && name != "$user" {
		p.now = append(p.now, name)
	}
}

func (p *searchPath) transaction(kind pgquery.TransactionStmtKind) {
	switch kind {
	case pgquery.TransactionStmtKind_TRANS_STMT_BEGIN, pgquery.TransactionStmtKind_TRANS_STMT_START:
		p.open = true
	case pgquery.TransactionStmtKind_TRANS_STMT_COMMIT, pgquery.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		if p.local {
			p.now = p.before
		}
		p.open, p.local = false, false
	default:
	}
}

var setConfig = regexp.MustCompile(`(?i)set_config\s*\(\s*'search_path'\s*,\s*'([^']*)'`)

// configured reads SELECT set_config('search_path', '…', …).
func (p *searchPath) configured(text string) {
	m := setConfig.FindStringSubmatch(text)
	if m == nil {
		return
	}
	p.now = nil
	for _, name := range strings.Split(m[1], ",") {
		p.add(identifier(strings.TrimSpace(name)))
	}
}

// within says the same to the server, for a statement that is run as it was written.
func (p *searchPath) within() []string {
	if len(p.now) == 0 || slices.Equal(p.now, p.own) {
		return nil
	}
	return []string{setPath + quoteAll(p.now)}
}

// setPath begins what within gives, and resetPath follows the statement.
const (
	setPath   = setLocal + "search_path = "
	resetPath = "RESET search_path"
)

// schemaOf gives the first schema that has a table of the name, else the first, where new things come to
// stand; empty: the default.
func (p *searchPath) schemaOf(table string, s *schema.Schema) string {
	for _, name := range p.now {
		if s != nil && s.Table(schema.Name{Schema: name, Table: table}) != nil {
			return name
		}
	}
	if len(p.now) > 0 {
		return p.now[0]
	}
	return ""
}

// making names the schema of a table that is to be made: one of the same name further on does not matter.
func (r *reader) making(rel *pgquery.RangeVar) {
	if rel.Schemaname == "" && len(r.path.now) > 0 {
		rel.Schemaname = r.path.now[0]
	}
}
