package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"surefoot/gate"
	"surefoot/schema"
)

// readFile reads a file of SQL. What went wrong is kept with its name.
func readFile(path, format string) text {
	name := filepath.ToSlash(path)
	b, err := os.ReadFile(path)
	switch {
	case err != nil:
		return text{file: name, err: readError(path, err)}
	case bytes.IndexByte(b, 0) >= 0: // no SQL holds one, and UTF-16 is full of them
		return text{file: name, err: fmt.Errorf("read %s: it is binary, or not in UTF-8", path)}
	}
	return upOnly(name, unmarked(b), format)
}

// unmarked gives a text without the mark that some editors put in front to say that it is UTF-8.
func unmarked(b []byte) string { return strings.TrimPrefix(string(b), "\ufeff") }

// ofTheText tells an error in the SQL from a server that is away.
func ofTheText(err error) bool {
	var (
		syntax  *schema.SyntaxError
		refusal *schema.Refusal
	)
	return errors.As(err, &syntax) || errors.As(err, &refusal)
}

// read are the texts that were understood.
func (c *change) read() []text {
	return slices.DeleteFunc(slices.Clone(c.texts), func(tx text) bool {
		return slices.ContainsFunc(c.unread, func(u gate.Unread) bool { return u.File == tx.file })
	})
}
