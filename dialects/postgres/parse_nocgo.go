//go:build !cgo

package postgres

import (
	"errors"
	"sync"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	wasm "github.com/wasilibs/go-pgquery"
	"github.com/wasilibs/go-pgquery/parser"
)

// loading keeps the first parse alone: it compiles the grammar, which takes a second and much
// memory.
var loading sync.Mutex

// parseTree reads a text with the server's own grammar, run as WebAssembly. at is where reading
// failed (1-based).
func parseTree(text string) (tree *pgquery.ParseResult, at int, err error) {
	loading.Lock()
	defer loading.Unlock()
	tree, err = wasm.Parse(text)
	var broken *parser.Error
	if errors.As(err, &broken) {
		at = broken.Cursorpos
	}
	return tree, at, err
}
