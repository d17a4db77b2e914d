package postgres

import (
	"slices"
	"strings"
	"unicode/utf8"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"surefoot/plan"
	"surefoot/schema"
)

// reader maps the statements of one text to changes.
type reader struct {
	file      string
	text      string // as the user wrote it
	src       source
	lines     []int // offset of each line's start
	schema    *schema.Schema
	path      searchPath           // where unqualified names are looked for, once the text said so
	settings  []setting            // what else it set
	unchecked bool                 // the bodies of routines are not looked into
	taken     map[string]bool      // names that earlier statements of the text chose
	freed     map[string]bool      // names of constraints and indexes that the present statement gives up
	dropped   map[string]bool      // the columns that it drops
	others    map[schema.Name]bool // what a schema file makes that has a table's kind of name
	// mentions are names without a schema under a search_path that the text set, made those of what it makes so.
	mentions []mention
	made     map[called][]string
	in       []insertion // what text has that the user did not write
}

// Parse reads a text of statements. With a schema, unqualified names are resolved and names that
// the server would choose are chosen as it would. What is not understood becomes Verbatim;
// BEGIN, COMMIT and SET become statements without changes, because a plan has its own.
func (d *Dialect) Parse(file, text string, s *schema.Schema) ([]schema.Statement, error) {
	_, statements, err := d.parse(file, text, s, nil)
	return statements, err
}

// parse reads a text after something was put into it.
func (d *Dialect) parse(file, text string, s *schema.Schema, in []insertion) (*reader, []schema.Statement, error) {
	plain, err := plainSQL(file, strings.TrimPrefix(text, "\uFEFF"), false)
	if err != nil {
		return nil, nil, err
	}
	text = inserted(plain, in)
	r := &reader{file: file, text: text, src: newSource(text), schema: s, taken: map[string]bool{}, made: map[called][]string{}, in: in}
	if s != nil {
		r.path.own, r.path.now = s.Path, s.Path
	}
	r.lines = lineStarts(plain)
	if d.escapes {
		if err := r.escaped(); err != nil {
			return nil, nil, err
		}
	}
	tree, at, err := readTree(text, r.src)
	if err != nil {
		line, column := r.place(byteOffset(text, at))
		return nil, nil, &schema.SyntaxError{File: file, Line: line, Column: column, Message: err.Error()}
	}
	var statements []schema.Statement
	for _, raw := range tree.Stmts {
		src := r.statementSource(raw)
		if len(src.tokens) == 0 {
			continue
		}
		r.mentioned(len(statements), raw.Stmt, src)
		st := r.statement(raw.Stmt, src)
		statements = append(statements, st)
		for _, c := range st.Changes {
			if r.schema != nil {
				r.schema = schema.Apply(r.schema, c)
			}
		}
	}
	return r, statements, nil
}

func (r *reader) statement(node *pgquery.Node, src source) schema.Statement {
	first, last := src.tokens[0].start, src.tokens[len(src.tokens)-1].end
	st := schema.Statement{SQL: r.text[first:last], File: r.file}
	st.Line, st.Column = r.place(first)
	st.EndLine, st.EndColumn = r.place(last)
	st.Changes = r.changes(node, src)
	for i, c := range st.Changes {
		if v, unread := c.(schema.Verbatim); unread {
			v.Names = r.named(node)
			if n := node.GetAlterObjectSchemaStmt(); n.GetObjectType() == pgquery.ObjectType_OBJECT_TABLE {
				v.Moves = n.Newschema
			}
			st.Changes[i] = v
		}
	}
	r.within(&st)
	return st
}

// statementSource gives a statement's tokens, without the semicolon.
func (r *reader) statementSource(raw *pgquery.RawStmt) source {
	start, end := int(raw.StmtLocation), len(r.text)
	if raw.StmtLen > 0 {
		end = start + int(raw.StmtLen)
	}
	src := r.src.span(start, end)
	for n := len(src.tokens); n > 0 && src.tokens[n-1].punct == ';'; n-- {
		src = src.to(n - 1)
	}
	return src
}

// changes maps one statement. No change at all means that the statement is about the session or
// the transaction.
func (r *reader) changes(node *pgquery.Node, src source) []schema.Change {
	switch n := node.Node.(type) {
	case *pgquery.Node_ConstraintsSetStmt:
		return nil // it holds for a transaction, and each step has its own
	case *pgquery.Node_TransactionStmt:
		if takesBack(src) {
			return r.verbatim(nil, src, "")
		}
		r.path.transaction(n.TransactionStmt.Kind)
		if !r.path.open {
			r.settings = slices.DeleteFunc(slices.Clone(r.settings), func(s setting) bool { return s.local })
		}
		return nil
	case *pgquery.Node_SelectStmt:
		if r.setsConfig(src.String()) {
			return nil
		}
	case *pgquery.Node_VariableSetStmt:
		return r.set(n.VariableSetStmt, src)
	case *pgquery.Node_CreateStmt:
		return r.createTable(n.CreateStmt, src)
	case *pgquery.Node_CreateTableAsStmt:
		return r.createTableAs(n.CreateTableAsStmt, src)
	case *pgquery.Node_AlterTableStmt:
		return r.alterTable(n.AlterTableStmt, src)
	case *pgquery.Node_RenameStmt:
		return r.rename(n.RenameStmt, src)
	case *pgquery.Node_IndexStmt:
		return r.createIndex(n.IndexStmt, src)
	case *pgquery.Node_DropStmt:
		return r.drop(n.DropStmt, src)
	}
	why := "this kind of statement is not read"
	if rows, ok := changesRows(newSource(src.String())); ok && rows.why != "" {
		why = rows.why
	}
	return r.verbatim(r.subject(node), src, why)
}

// set drops settings of the session, and follows search_path for the names behind it.
func (r *reader) set(n *pgquery.VariableSetStmt, src source) []schema.Change {
	switch n.Name {
	case "role", "session_authorization":
		return r.verbatim(nil, src, "it changes the role of the session")
	case "search_path":
		r.path.set(n)
	case "":
		if n.Kind == pgquery.VariableSetKind_VAR_RESET_ALL {
			r.path.now = r.path.own
		}
	}
	r.setting(n, src)
	return nil
}

func (r *reader) rename(n *pgquery.RenameStmt, src source) []schema.Change {
	on := schema.On{}
	if n.Relation != nil {
		on = r.on(n.Relation)
	}
	switch {
	case n.Relation != nil && n.MissingOk && n.RenameType != pgquery.ObjectType_OBJECT_INDEX && r.absent(on):
		return []schema.Change{schema.Verbatim{On: on, SQL: src.String(), Known: true, Absent: on.Name.String(), KeepsTables: true}}
	case n.Relation != nil && n.RenameType == pgquery.ObjectType_OBJECT_COLUMN && r.leavesHeirs(n.Relation):
		return r.verbatim(n.Relation, src, onlyLeaves)
	case n.RenameType == pgquery.ObjectType_OBJECT_TABLE && r.absent(on):
		return r.renameOther(n, on, src)
	case n.RenameType == pgquery.ObjectType_OBJECT_TABLE:
		return []schema.Change{schema.RenameTable{On: on, To: n.Newname}}
	case n.RenameType == pgquery.ObjectType_OBJECT_COLUMN && n.RelationType == pgquery.ObjectType_OBJECT_TABLE:
		return []schema.Change{schema.RenameColumn{On: on, From: n.Subname, To: n.Newname}}
	}
	if n.RenameType == pgquery.ObjectType_OBJECT_INDEX {
		if table := r.tableOfIndex(on.Name); table.Table != "" {
			return []schema.Change{schema.RenameIndex{On: schema.On{Name: table}, From: on.Name.Table, To: n.Newname}}
		}
	}
	return r.verbatim(n.Relation, src, "only tables, columns and indexes of known tables are renamed with understanding")
}

func (r *reader) drop(n *pgquery.DropStmt, src source) []schema.Change {
	cascade := n.Behavior == pgquery.DropBehavior_DROP_CASCADE
	var changes []schema.Change
	for _, object := range n.Objects {
		name := r.listName(object)
		switch n.RemoveType {
		case pgquery.ObjectType_OBJECT_TABLE:
			changes = append(changes, schema.DropTable{On: schema.On{Name: name}, IfExists: n.MissingOk, Cascade: cascade})
		case pgquery.ObjectType_OBJECT_INDEX:
			if cascade {
				return r.verbatim(nil, src, "DROP INDEX … CASCADE drops what is not named")
			}
			changes = append(changes, schema.DropIndex{
				On: schema.On{Name: r.tableOfIndex(name)}, Index: name.Table, IfExists: n.MissingOk, Online: n.Concurrent,
			})
		default:
			return r.dropOther(n, src)
		}
	}
	return changes
}

// tableOfIndex finds the table that an index belongs to; its name is empty when nobody knows.
func (r *reader) tableOfIndex(index schema.Name) schema.Name {
	if r.schema != nil {
		for _, t := range r.schema.Tables {
			for _, ix := range t.Indexes {
				if ix.Name == index.Table && t.Name.Schema == r.schema.Resolve(index).Schema {
					return t.Name
				}
			}
		}
	}
	return schema.Name{Schema: index.Schema}
}

func (r *reader) verbatim(rel *pgquery.RangeVar, src source, reason string) []schema.Change {
	on := schema.On{}
	if rel != nil {
		on = r.on(rel)
	}
	c := schema.Verbatim{On: on, SQL: src.String(), Reason: reason, KeepsTables: keepsTables(src), Only: r.concerned(src), Uproots: uproots(src)}
	c.Known = verbatimEffect(c).Source != plan.NotKnown
	c.Says = verbatimSays(c)
	if rows, ok := changesRows(newSource(c.SQL)); ok {
		c.Constants = rows.constants
	}
	return []schema.Change{c}
}

// named gives the known tables that a statement names, or whose indexes it does.
func (r *reader) named(node *pgquery.Node) []schema.Name {
	if r.schema == nil {
		return nil
	}
	var names []schema.Name
	walkTree(node.ProtoReflect(), func(m protoreflect.Message) {
		rel, ok := m.Interface().(*pgquery.RangeVar)
		if !ok {
			return
		}
		name := r.on(rel).Name
		if of := r.tableOfIndex(name); of.Table != "" {
			name = of
		}
		if r.schema.Table(name) != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	return names
}

func (r *reader) on(rel *pgquery.RangeVar) schema.On {
	return schema.On{Name: r.resolve(schema.Name{Schema: rel.Schemaname, Table: rel.Relname})}
}

func (r *reader) resolve(n schema.Name) schema.Name {
	if n.Schema == "" {
		n.Schema = r.path.schemaOf(n.Table, r.schema)
	}
	return r.schema.Resolve(n)
}

// absent says that a table is not there. Something else of that name may be: the server knows.
func (r *reader) absent(on schema.On) bool {
	return r.schema != nil && !r.schema.Partial && r.schema.Table(on.Name) == nil
}

// listName reads a name that the tree holds as a list of strings.
func (r *reader) listName(n *pgquery.Node) schema.Name {
	parts := stringsOf(n.GetList().GetItems())
	name := schema.Name{}
	if len(parts) > 0 {
		name.Table = parts[len(parts)-1]
	}
	if len(parts) > 1 {
		name.Schema = parts[len(parts)-2]
	}
	return r.resolve(name)
}

func stringsOf(nodes []*pgquery.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.GetString_().GetSval())
	}
	return out
}

func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// place turns a byte offset into a line and a column, both from 1.
func (r *reader) place(offset int) (line, column int) {
	offset = r.asWritten(offset)
	lo, hi := 0, len(r.lines)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; r.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1, offset - r.lines[lo] + 1
}

// byteOffset turns the parser's cursor (1-based, in characters) into a byte offset.
func byteOffset(text string, cursor int) int {
	offset := 0
	for i := 1; i < cursor && offset < len(text); i++ {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}
