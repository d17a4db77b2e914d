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

	"surefoot/planner"
)

// Steps of our own run with the role's own search_path. Where a text sets another, the types, functions and
// sequences that it names without a schema would be looked for elsewhere: they get their schema, as the server
// finds it.

// called is a type, a function or a sequence by its name without a schema.
type called struct{ kind, name string }

const (
	aType     = "type"
	aFunction = "function"
	aSequence = "sequence"
)

// mention is where a text names something without a schema, under a search_path that it has set.
type mention struct {
	called
	at   int // offset of the name
	path []string
}

// insertion is what is put in before an offset of a text.
type insertion struct {
	at   int
	text string
}

// Parse reads statements as Dialect.Parse does, and asks the server where names are found under a
// search_path that the text sets.
func (db *Database) Parse(file, text string, s *planner.Schema) ([]planner.Statement, error) {
	r, statements, err := db.parse(file, text, s, nil)
	if err != nil || len(r.mentions) == 0 || s == nil {
		return statements, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
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
	for _, m := range r.mentions {
		if said := along(m.path, homes[m.called]); len(said) > 0 && !slices.Equal(said, along(own, homes[m.called])) {
			in = append(in, insertion{m.at, quote(said[0]) + "."})
		}
	}
	if len(in) == 0 {
		return statements, nil
	}
	slices.SortFunc(in, func(a, b insertion) int { return a.at - b.at })
	_, statements, err = db.parse(file, text, s, slices.Compact(in))
	return statements, err
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
	) x(kind, name, nsp) JOIN pg_namespace n ON n.oid = nsp
	WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_type t WHERE kind = '` + aType + `' AND typname = name AND typnamespace = 'pg_catalog'::regnamespace)
	AND NOT EXISTS (SELECT FROM pg_proc p WHERE kind = '` + aFunction + `' AND proname = name AND pronamespace = 'pg_catalog'::regnamespace)
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
func (r *reader) mentioned(node *pgquery.Node) {
	if len(r.path.now) == 0 || slices.Equal(r.path.now, r.path.own) {
		return
	}
	note := func(kind, name string, at int32) {
		if name != "" && at >= 0 {
			r.mentions = append(r.mentions, mention{called{kind, name}, int(at), r.path.now})
		}
	}
	walkTree(node.ProtoReflect(), func(m protoreflect.Message) {
		switch n := m.Interface().(type) {
		case *pgquery.TypeName:
			note(aType, alone(n.Names), n.Location)
		case *pgquery.FuncCall:
			name := alone(n.Funcname)
			note(aFunction, name, n.Location)
			if c := firstOf(n.Args).GetAConst(); c != nil && slices.Contains([]string{"nextval", "currval", "setval"}, name) {
				if in := newSource(c.GetSval().GetSval()); len(in.tokens) == 1 {
					note(aSequence, in.name(0), c.Location+1)
				}
			}
		}
	})
	if c, ok := makes(node); ok {
		r.made[c] = append(r.made[c], r.path.now[0])
	}
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
