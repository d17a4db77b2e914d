package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// What a reader can still take in: lines of a file and of a function, exported fields of a type of the plan language.
const (
	mostLines  = 400
	mostInFunc = 60
	mostFields = 12
)

func TestSizes(t *testing.T) {
	for _, file := range sources(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		line := func(p token.Pos) int { return fset.Position(p).Line }
		if n := line(f.FileEnd); n > mostLines {
			t.Errorf("%s has %d lines", file, n)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if lines := line(n.End()) - line(n.Pos()) + 1; lines > mostInFunc {
					t.Errorf("%s: %s has %d lines", file, n.Name.Name, lines)
				}
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok && f.Name.Name == "plan" && exported(s) > mostFields {
					t.Errorf("%s: %s has %d exported fields", file, n.Name.Name, exported(s))
				}
			}
			return true
		})
	}
}

// exported counts the exported fields of a type; an embedded one is one.
func exported(s *ast.StructType) int {
	n := 0
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			n++
		}
		for _, name := range f.Names {
			if name.IsExported() {
				n++
			}
		}
	}
	return n
}
