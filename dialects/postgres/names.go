package postgres

import (
	"strconv"
	"strings"
	"unicode/utf8"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"surefoot/schema"
)

// choose gives the name that the server would give an object without one (ChooseRelationName and
// ChooseConstraintName in the server's source): table_columns_label, with a number when taken.
func (r *reader) choose(table schema.Name, columns, label string) string {
	for n := 0; ; n++ {
		tail := label
		if n > 0 {
			tail += strconv.Itoa(n)
		}
		name := objectName(table.Table, columns, tail)
		if !r.taken[name] && (r.freed[name] || !nameInUse(r.schema, table.Schema, name)) {
			r.taken[name] = true
			return name
		}
	}
}

// objectName joins the parts and shortens the longer of the first two until all fit
// (makeObjectName in the server's source).
func objectName(table, columns, label string) string {
	overhead := len(label) + 1
	if columns != "" {
		overhead++
	}
	for len(table)+len(columns)+overhead > maxName {
		if len(table) > len(columns) {
			table = cutCharacter(table)
		} else {
			columns = cutCharacter(columns)
		}
	}
	if columns == "" {
		return table + "_" + label
	}
	return table + "_" + columns + "_" + label
}

func cutCharacter(s string) string {
	_, size := utf8.DecodeLastRuneInString(s)
	return s[:len(s)-size]
}

func nameInUse(s *schema.Schema, schema, name string) bool {
	if s == nil {
		return false
	}
	for _, t := range s.Tables {
		if t.Name.Schema != schema {
			continue
		}
		if t.Name.Table == name || t.Constraint(name) != nil {
			return true
		}
		for _, ix := range t.Indexes {
			if ix.Name == name {
				return true
			}
		}
	}
	return false
}

// indexNameColumns gives the middle part of an unnamed index's name (ChooseIndexColumnNames).
func indexNameColumns(n *pgquery.IndexStmt) string {
	var parts []string
	seen := map[string]int{}
	for _, p := range n.IndexParams {
		e := p.GetIndexElem()
		name := e.GetName()
		if name == "" {
			name = "expr"
			if f := e.GetExpr().GetFuncCall(); f != nil {
				fn := stringsOf(f.Funcname)
				name = fn[len(fn)-1]
			}
		}
		k := seen[name]
		seen[name]++
		if k > 0 {
			name += strconv.Itoa(k)
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, "_")
}

// columnsIn lists the columns that an expression names, each once.
func columnsIn(n *pgquery.Node) []string {
	var names []string
	walkTree(n.ProtoReflect(), func(m protoreflect.Message) {
		ref, ok := m.Interface().(*pgquery.ColumnRef)
		if !ok || len(ref.Fields) == 0 {
			return
		}
		name := ref.Fields[len(ref.Fields)-1].GetString_().GetSval()
		for _, have := range names {
			if have == name {
				return
			}
		}
		names = append(names, name)
	})
	return names
}

// walkTree visits a message of the parse tree and all below it.
func walkTree(m protoreflect.Message, visit func(protoreflect.Message)) {
	if !m.IsValid() {
		return
	}
	visit(m)
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if fd.Kind() != protoreflect.MessageKind {
			return true
		}
		if fd.IsList() {
			for i := range v.List().Len() {
				walkTree(v.List().Get(i).Message(), visit)
			}
			return true
		}
		walkTree(v.Message(), visit)
		return true
	})
}
