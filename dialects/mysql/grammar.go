package mysql

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	_ "github.com/pingcap/tidb/pkg/parser/test_driver" // the parser's values

	"surefoot/schema"
)

// grammarError is a statement that TiDB's parser cannot read.
type grammarError struct {
	offset  int // in the statement, in bytes
	message string
}

func (e *grammarError) Error() string { return e.message }

var nearText = regexp.MustCompile(`(?s)near "(.*)"`)

// parsers are costly to make and not safe for two at a time.
var parsers = sync.Pool{New: func() any { return parser.New() }}

func (d *Dialect) parseTree(code string) ([]ast.StmtNode, error) {
	p := parsers.Get().(*parser.Parser)
	defer parsers.Put(p)
	mode := mysql.SQLMode(0)
	if d.mode.ansiQuotes {
		mode |= mysql.ModeANSIQuotes
	}
	if d.mode.noBackslash {
		mode |= mysql.ModeNoBackslashEscapes
	}
	p.SetSQLMode(mode)
	nodes, _, err := p.ParseSQL(code)
	return nodes, err
}

// grammar asks TiDB's parser whether it can read a statement; the error is a *grammarError.
func (d *Dialect) grammar(code string) error {
	_, err := d.parseTree(code)
	if err == nil {
		return nil
	}
	e := &grammarError{message: err.Error()}
	if m := nearText.FindStringSubmatch(err.Error()); m != nil {
		near := m[1]
		e.message = "syntax error near " + literal(shorten(near))
		if near == "" {
			e.message = "syntax error at the end of the statement"
		}
		if i := strings.LastIndex(code, near); i >= 0 {
			e.offset = i
		}
	}
	return e
}

// foreignWords are words of MySQL and MariaDB that TiDB's parser does not know. A statement with
// one of them may be right although the parser cannot read it.
var foreignWords = map[string]bool{
	"invisible": true, "visible": true, "srid": true, "geometry": true, "point": true, "linestring": true, "polygon": true,
	"multipoint": true, "multilinestring": true, "multipolygon": true, "geometrycollection": true, "spatial": true,
	"period": true, "versioning": true, "system": true, "overlaps": true, "uuid": true, "inet4": true, "inet6": true,
	"nocopy": true, "nowait": true, "wait": true, "ignored": true, "compressed": true, "persistent": true, "vector": true,
	"online": true, "ignore": true, "trigger": true, "procedure": true, "function": true, "event": true, "view": true,
	"package": true, "begin": true, "declare": true, "call": true, "delimiter": true, "returning": true, "for": true,
	"enforced": true, "sequence": true, "server": true, "tablespace": true, "convert": true, "replace": true, "if": true,
	"engine_attribute": true, "secondary_engine_attribute": true, "histogram": true, "lateral": true, "without": true,
	"page_compressed": true, "encrypted": true, "transactional": true, "constraint": true, "vcol": true, "handler": true,
	"xa": true, "install": true, "undo": true, "import": true, "exchange": true,
}

// beyondGrammar says whether a statement that TiDB's parser cannot read may still be right.
func (d *Dialect) beyondGrammar(code string, e *grammarError) bool {
	if e.offset >= len(code) {
		return false
	}
	toks := tokenize(code, d.mode)
	if inDefault(toks, e.offset) {
		return true
	}
	for i, t := range toks {
		if t.kind == word && foreignWords[strings.ToLower(t.text)] && (i < 4 || t.end >= e.offset-1) {
			return true
		}
	}
	return false
}

// inDefault says whether a place is inside the parentheses of a default's expression, of which the
// parser knows only a few functions.
func inDefault(toks []token, offset int) bool {
	var open []bool // for each parenthesis around the place: a default's
	for i, t := range toks {
		if t.start >= offset {
			break
		}
		switch {
		case t.sign("("):
			open = append(open, i > 0 && toks[i-1].is("default"))
		case t.sign(")") && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	return slices.Contains(open, true)
}

// disagrees checks what our own reader understood against TiDB's parser: a statement that the
// parser reads must have as many clauses of the same sort. A statement that it cannot read must
// have a construct that is known to be beyond it.
func (d *Dialect) disagrees(code string, changes []schema.Change) *grammarError {
	if len(changes) == 0 {
		return nil
	}
	err := d.grammar(code)
	var e *grammarError
	if errors.As(err, &e) && !d.beyondGrammar(code, e) {
		return e
	}
	return nil
}

// subject gives the table that a statement is about, as far as its words say.
func (d *Dialect) subject(code string) (schema.Name, bool) {
	r := newReader(code, d.mode)
	head, first := r.headWords(), r.next()
	switch {
	case first.is("alter"), first.is("optimize"), first.is("analyze"), first.is("truncate"):
		r.take("online")
		r.take("ignore")
		if !r.take("table") && !first.is("truncate") {
			return schema.Name{}, false
		}
		r.takeAll("if", "exists")
	case first.is("update"):
		r.take("low_priority")
		r.take("ignore")
	case first.is("insert"), first.is("replace"):
		for r.take("low_priority", "delayed", "high_priority", "ignore", "into") {
		}
	case first.is("delete"):
		for r.take("low_priority", "quick", "ignore", "from") {
		}
	case slices.Equal(head, []string{"create", "trigger"}):
		for !r.eof() && !r.next().is("on") { // name and event stand before it
		}
	default:
		return schema.Name{}, false
	}
	return readName(r)
}
