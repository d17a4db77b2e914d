package postgres

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// Files of psql and pg_dump hold more than SQL: commands that begin with a backslash, and rows behind
// COPY … FROM stdin.

// silentCommands change nothing that a statement does.
var silentCommands = []string{"restrict", "unrestrict", "echo", "qecho", "warn", "timing", "pset", "t", "a", "x", "f", "H", "encoding", "unset"}

// silentVariables are those of \set that are about psql itself.
var silentVariables = []string{"ON_ERROR_STOP", "ON_ERROR_ROLLBACK", "AUTOCOMMIT", "ECHO", "ECHO_HIDDEN", "QUIET", "VERBOSITY", "SHOW_CONTEXT", "SINGLELINE", "SINGLESTEP"}

// plainSQL gives a text as it was, with blanks in the place of what is for psql, so that every offset
// stays right. Of a dump, rows and one \connect are passed over; in a change both are refused, as is
// what would change the text, with their place.
func plainSQL(file, text string, dump bool) (string, error) {
	out := []byte(text)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	refuse := func(at int, message string) error {
		r := reader{lines: lineStarts(text)}
		line, column := r.place(at)
		return &schema.SyntaxError{File: file, Line: line, Column: column, Message: message}
	}
	connected := false
	start := -1 // of the present statement
	for i := 0; i < len(text); {
		if n := skipBlank(text, i); n > i {
			i = n
			continue
		}
		if text[i] == '\\' {
			end := i + len(line(text[i:]))
			why := unread(text[i:end], dump, connected)
			if why != "" {
				return "", refuse(i, why)
			}
			connected = connected || strings.HasPrefix(text[i:], "\\c")
			blank(i, end)
			i = end
			continue
		}
		t, n := lexeme(text, i)
		if start < 0 {
			start = i
		}
		i = n
		if t.punct != ';' {
			continue
		}
		if copiesIn(text[start:i]) {
			if !dump {
				return "", refuse(start, "COPY … FROM stdin has its rows in the file: Surefoot changes schemas and loads no rows; load them with psql")
			}
			end := endOfRows(text, i)
			blank(start, end)
			i = end
		}
		start = -1
	}
	return string(out), nil
}

func line(text string) string {
	l, _, _ := strings.Cut(text, "\n")
	return l
}

// unread says why a command of psql is not read; empty: it says nothing about the schema.
func unread(command string, dump, connected bool) string {
	words := strings.Fields(strings.TrimPrefix(command, "\\"))
	if len(words) == 0 {
		return "a backslash stands alone"
	}
	name := words[0]
	switch {
	case slices.Contains(silentCommands, name):
		return ""
	case name == "set" && len(words) > 1 && slices.Contains(silentVariables, words[1]):
		return ""
	case name == "set":
		return "psql's \\set is not supported: write the values of variables into the statements"
	case name == "c" || name == "connect":
		if dump && !connected {
			return ""
		}
		return "psql's \\connect is not supported: Surefoot works in the one database that --db names; make a file for each database"
	case name == "i" || name == "ir" || name == "include" || name == "include_relative":
		return "psql's \\" + name + " is not supported: name the other file beside this one"
	case name == "copy":
		return "psql's \\copy is not supported: Surefoot changes schemas and loads no rows; load them with psql"
	}
	return "psql's command \\" + name + " is not supported"
}

// copiesIn says whether a statement is followed by rows.
func copiesIn(statement string) bool {
	src := newSource(statement)
	return src.skip(0, "copy") == 1 && src.find(0, "from") > 0 && src.find(0, "stdin") > 0
}

// endOfRows gives the offset behind the line \. that ends the rows behind a COPY statement.
func endOfRows(text string, i int) int {
	for i < len(text) {
		l := line(text[i:])
		i += len(l) + 1
		if strings.TrimRight(l, "\r") == `\.` {
			break
		}
	}
	return min(i, len(text))
}
