package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"surefoot/schema"
)

// Steps of our own run with the role's own search_path. Where a text sets another, the types, functions,
// sequences, collations and operator classes that it names without a schema would be looked for elsewhere: they
// get their schema, as the server finds it. Operators, and functions that are called as one of the server's own
// is, it chooses by their operands, and that from a path alone: a statement with these runs as it is written.

// called is one of these by its name without a schema.
type called struct{ kind, name string }

const (
	aType      = "type"
	aFunction  = "function"
	aSequence  = "sequence"
	aCollation = "collation"
	aClass     = "operator class"
	anOperator = "operator"
	anOverload = "overload" // a function that is called as one of the server's own is
)

// mention is where a text names something without a schema, under a search_path that it has set.
type mention struct {
	called
	at   int // offset of the name
	in   int // the statement, from 0
	path []string
}

// insertion is what is put in before an offset of a text.
type insertion struct {
	at   int
	text string
}

// Parse reads statements as Dialect.Parse does, and asks the server where names are found under a
// search_path that the text sets.
func (db *Database) Parse(file, text string, s *schema.Schema) ([]schema.Statement, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	statements, err := db.parsePath(ctx, file, text, s)
	if err != nil {
		return nil, err
	}
	return statements, db.absentees(ctx, statements)
}

// parsePath reads statements whose names are where the search_path that the text sets leads.
func (db *Database) parsePath(ctx context.Context, file, text string, s *schema.Schema) ([]schema.Statement, error) {
	r, statements, err := db.parse(file, text, s, nil)
	if err != nil || len(r.mentions) == 0 || s == nil {
		return statements, err
	}
	homes, err := db.homes(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for what %s names: %w", file, err)
	}
	for c, schemas := range r.made {
		homes[c] = append(homes[c], schemas...)
	}
	own := s.Path
	if len(own) == 0 {
		own = []string{s.Default}
	}
	var in []insertion
	bound := map[int][]string{}
	for _, m := range r.mentions {
		said, ours := along(m.path, homes[m.called]), along(own, homes[m.called])
		switch {
		case slices.Equal(said, ours):
		case m.kind == anOperator || m.kind == anOverload:
			if len(said) > 0 || ownTypes(statements[m.in], s) {
				bound[m.in] = m.path
			}
		case len(said) > 0:
			in = append(in, insertion{m.at, quote(said[0]) + "."})
		}
	}
	if len(in) > 0 {
		slices.SortFunc(in, func(a, b insertion) int { return a.at - b.at })
		_, statements, err = db.parse(file, text, s, slices.Compact(in))
	}
	for i, path := range bound {
		if err == nil {
			statements[i].Setup = append(slices.Clone(statements[i].Setup), setPath+quoteAll(path))
		}
	}
	return statements, err
}

// ownTypes says that a table of the statement has a column whose type is none of the server's own, or is not
// known: operators may be made for it.
func ownTypes(st schema.Statement, s *schema.Schema) bool {
	return slices.ContainsFunc(st.Changes, func(c schema.Change) bool {
		t := s.Table(s.Resolve(c.Table()))
		return t == nil || slices.ContainsFunc(t.Columns, func(col schema.Column) bool { return strings.Contains(col.Type, ".") })
	})
}

// along gives the schemas of a path that are among some, in the path's order.
func along(path, some []string) []string {
	return slices.DeleteFunc(slices.Clone(path), func(schema string) bool { return !slices.Contains(some, schema) })
}

// homesQuery gives what stands outside of the server's own schemas, and has no name of theirs: kind, name,
// schema.
const homesQuery = `
SELECT json_agg(json_build_array(kind, name, nspname))::text FROM (
	SELECT DISTINCT kind, name, n.nspname FROM (
		SELECT '` + aType + `', typname, typnamespace FROM pg_type
		UNION ALL SELECT '` + aFunction + `', proname, pronamespace FROM pg_proc
		UNION ALL SELECT '` + aSequence + `', relname, relnamespace FROM pg_class WHERE relkind = 'S'
		UNION ALL SELECT '` + aCollation + `', collname, collnamespace FROM pg_collation
		UNION ALL SELECT '` + aClass + `', opcname, opcnamespace FROM pg_opclass
		UNION ALL SELECT '` + anOperator + `', oprname, oprnamespace FROM pg_operator
		UNION ALL SELECT '` + anOverload + `', proname, pronamespace FROM pg_proc p
			WHERE EXISTS (SELECT FROM pg_proc own WHERE own.proname = p.proname AND own.pronamespace = 'pg_catalog'::regnamespace)
	) x(kind, name, nsp) JOIN pg_namespace n ON n.oid = nsp
	WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_type t WHERE kind = '` + aType + `' AND typname = name AND typnamespace = 'pg_catalog'::regnamespace)
	AND NOT EXISTS (SELECT FROM pg_proc p WHERE kind = '` + aFunction + `' AND proname = name AND pronamespace = 'pg_catalog'::regnamespace)
	AND NOT EXISTS (SELECT FROM pg_collation WHERE kind = '` + aCollation + `' AND collname = name AND collnamespace = 'pg_catalog'::regnamespace)
	AND NOT EXISTS (SELECT FROM pg_opclass WHERE kind = '` + aClass + `' AND opcname = name AND opcnamespace = 'pg_catalog'::regnamespace)
) y`

func (db *Database) homes(ctx context.Context) (map[called][]string, error) {
	found, err := column(ctx, db.pool, "SELECT coalesce(("+homesQuery+"), '[]')")
	if err != nil {
		return nil, err
	}
	var rows [][3]string
	if err := json.Unmarshal([]byte(strings.Join(found, "")), &rows); err != nil {
		return nil, err
	}
	homes := map[called][]string{}
	for _, row := range rows {
		c := called{row[0], row[1]}
		homes[c] = append(homes[c], row[2])
	}
	return homes, nil
}

// mentioned notes what a statement names without a schema, and what it makes so.
func (r *reader) mentioned(number int, node *pgquery.Node, src source) {
	if len(r.path.now) == 0 || slices.Equal(r.path.now, r.path.own) {
		return
	}
	note := func(kind, name string, at int32) {
		if name != "" && at >= 0 {
			r.mentions = append(r.mentions, mention{called{kind, name}, int(at), number, r.path.now})
		}
	}
	classes := map[string]bool{}
	walkTree(node.ProtoReflect(), func(m protoreflect.Message) {
		switch n := m.Interface().(type) {
		case *pgquery.IndexElem:
			classes[alone(n.Opclass)] = true
		case *pgquery.PartitionElem:
			classes[alone(n.Opclass)] = true
		case *pgquery.A_Expr:
			for _, name := range operators(n) {
				note(anOperator, name, n.Location)
			}
		case *pgquery.CaseExpr:
			if n.Arg != nil {
				note(anOperator, "=", n.Location)
			}
		case *pgquery.TypeName:
			note(aType, alone(n.Names), n.Location)
		case *pgquery.FuncCall:
			name := alone(n.Funcname)
			note(aFunction, name, n.Location)
			note(anOverload, name, n.Location)
			if c := firstOf(n.Args).GetAConst(); c != nil && slices.Contains([]string{"nextval", "currval", "setval"}, name) {
				if in := newSource(c.GetSval().GetSval()); len(in.tokens) == 1 {
					note(aSequence, in.name(0), c.Location+1)
				}
			}
		}
	})
	for i, t := range src.tokens {
		switch name := src.name(i); {
		case follows(src, i, "collate") && !next(src, i, '.'):
			note(aCollation, name, int32(t.start)) //nolint:gosec // no text is that long
		case classes[name] && isClass(src, i):
			note(aClass, name, int32(t.start)) //nolint:gosec // no text is that long
		}
	}
	if c, ok := makes(node); ok {
		r.made[c] = append(r.made[c], r.path.now[0])
	}
}

// operators gives the operators that an expression calls.
func operators(n *pgquery.A_Expr) []string {
	switch n.Kind {
	case pgquery.A_Expr_Kind_AEXPR_BETWEEN, pgquery.A_Expr_Kind_AEXPR_BETWEEN_SYM:
		return []string{"<=", ">="}
	case pgquery.A_Expr_Kind_AEXPR_NOT_BETWEEN, pgquery.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return []string{"<", ">"}
	default:
		return []string{alone(n.Name)}
	}
}

// isClass says that a name stands where an index's operator class does: in parentheses, behind a column or an
// expression. Trees do not tell where.
func isClass(src source, i int) bool {
	if i == 0 || src.tokens[i].depth == 0 || follows(src, i, "collate") {
		return false
	}
	before := src.tokens[i-1].punct
	after := strings.IndexFunc(",()", func(c rune) bool { return next(src, i, byte(c)) }) >= 0 ||
		slices.ContainsFunc([]string{"asc", "desc", "nulls", "with"}, func(w string) bool { return src.skip(i+1, w) > i+1 })
	return (before == 0 || before == ')') && after
}

func follows(src source, i int, word string) bool { return i > 0 && src.tokens[i-1].word == word }

func next(src source, i int, punct byte) bool {
	return i+1 < len(src.tokens) && src.tokens[i+1].punct == punct
}

// makes says what a statement makes under a name without a schema.
func makes(node *pgquery.Node) (called, bool) {
	c := called{kind: aType}
	switch n := node.Node.(type) {
	case *pgquery.Node_CreateEnumStmt:
		c.name = alone(n.CreateEnumStmt.TypeName)
	case *pgquery.Node_CreateRangeStmt:
		c.name = alone(n.CreateRangeStmt.TypeName)
	case *pgquery.Node_CreateDomainStmt:
		c.name = alone(n.CreateDomainStmt.Domainname)
	case *pgquery.Node_CompositeTypeStmt:
		if rel := n.CompositeTypeStmt.Typevar; rel.GetSchemaname() == "" {
			c.name = rel.GetRelname()
		}
	case *pgquery.Node_CreateFunctionStmt:
		c = called{aFunction, alone(n.CreateFunctionStmt.Funcname)}
	case *pgquery.Node_CreateOpClassStmt:
		c = called{aClass, alone(n.CreateOpClassStmt.Opclassname)}
	case *pgquery.Node_DefineStmt:
		if n.DefineStmt.Kind == pgquery.ObjectType_OBJECT_COLLATION {
			c = called{aCollation, alone(n.DefineStmt.Defnames)}
		}
	case *pgquery.Node_CreateSeqStmt:
		if rel := n.CreateSeqStmt.Sequence; rel.GetSchemaname() == "" {
			c = called{aSequence, rel.GetRelname()}
		}
	}
	return c, c.name != ""
}

// alone gives a name that stands without a schema.
func alone(parts []*pgquery.Node) string {
	if len(parts) != 1 {
		return ""
	}
	return parts[0].GetString_().GetSval()
}

func firstOf(nodes []*pgquery.Node) *pgquery.Node {
	if len(nodes) == 0 {
		return nil
	}
	return nodes[0]
}

// inserted puts in what has to stand in a text.
func inserted(text string, in []insertion) string {
	var b strings.Builder
	last := 0
	for _, i := range in {
		b.WriteString(text[last:i.at] + i.text)
		last = i.at
	}
	return b.String() + text[last:]
}

// asWritten gives the offset in the text as the user wrote it.
func (r *reader) asWritten(offset int) int {
	before := 0
	for _, i := range r.in {
		if i.at+before >= offset {
			break
		}
		before += len(i.text)
	}
	return offset - before
}
