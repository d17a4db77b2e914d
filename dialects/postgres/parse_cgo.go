//go:build cgo

package postgres

import (
	"errors"

	pgquery "github.com/pganalyze/pg_query_go/v6"
	"github.com/pganalyze/pg_query_go/v6/parser"
)

// parseTree reads a text with the server's own grammar. at is where reading failed (1-based).
func parseTree(text string) (tree *pgquery.ParseResult, at int, err error) {
	tree, err = pgquery.Parse(text)
	var broken *parser.Error
	if errors.As(err, &broken) {
		at = broken.Cursorpos
	}
	return tree, at, err
}
