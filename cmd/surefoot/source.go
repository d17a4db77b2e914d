package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"surefoot/gate"
	"surefoot/schema"
)

// sourceFlags say where the change comes from; only one of them may.
type sourceFlags struct {
	files []string // FILE…, DIR or "-"
	sql   string
	to    string
	each  bool // a file that cannot be read ends nothing: check tells of it and of all others
}

func (f *sourceFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.sql, "sql", "", "the change as SQL `TEXT`")
	cmd.Flags().StringVar(&f.to, "to", "", "the wanted end state: a `FILE` of CREATE statements; what differs becomes the change")
	_ = cmd.MarkFlagFilename("to", "sql")
}

// text is SQL with the name to show for it, or why it could not be read.
type text struct {
	file string
	sql  string
	err  error
}

// check says what is wrong with the choice of sources, before anything is opened.
func (f *sourceFlags) check(c config) error {
	given := 0
	for _, is := range []bool{len(f.files) > 0, f.sql != "", f.to != ""} {
		if is {
			given++
		}
	}
	if given > 1 {
		return usagef("the change comes from one place only: files, --sql or --to")
	}
	if given == 0 && c.Migrations.Dir != "" {
		f.files = []string{c.Migrations.Dir}
		given = 1
	}
	if given == 0 {
		return usagef("no change is given: name a file, a folder of migrations or - (standard input), or use --sql or --to")
	}
	return nil
}

// texts reads the files.
func (f *sourceFlags) texts(e *env) ([]text, error) {
	if f.sql != "" {
		return []text{{sql: f.sql}}, nil
	}
	var all []text
	for _, name := range f.files {
		if name == "-" {
			b, err := io.ReadAll(e.in)
			if err != nil {
				return nil, fmt.Errorf("read standard input: %w", err)
			}
			all = append(all, text{file: "", sql: unmarked(b)})
			continue
		}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			more, err := readMigrations(name, e.config.Migrations.Format)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
			continue
		}
		all = append(all, readFile(name, e.config.Migrations.Format))
	}
	for _, tx := range all {
		if tx.err != nil && !f.each {
			return nil, tx.err
		}
	}
	return all, nil
}

// readError says which file could not be read, without the system call's name.
func readError(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("read %s: %w", name, pe.Err)
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// change is what was asked for, read against a target.
type change struct {
	statements  []schema.Statement
	texts       []text
	unread      []gate.Unread  // with check
	notCompared []schema.Aside // with --to
}

// read parses the change against the schema that it will meet.
func (f *sourceFlags) read(ctx context.Context, e *env, t *target) (*change, error) {
	if f.to != "" {
		return f.readWanted(ctx, t)
	}
	texts, err := f.texts(e)
	if err != nil {
		return nil, err
	}
	c := &change{texts: texts}
	now := t.have // each file meets what those before it made
	for _, tx := range texts {
		statements, err := []schema.Statement(nil), tx.err
		if err == nil {
			statements, err = t.Parse(tx.file, tx.sql, now)
		}
		if err != nil {
			if tx.err == nil && !(f.each && ofTheText(err)) {
				return nil, err
			}
			c.unread = append(c.unread, gate.Unread{File: tx.file, Err: err})
			now = now.Guessed()
			continue
		}
		c.statements = append(c.statements, statements...)
		for _, st := range statements {
			for _, ch := range st.Changes {
				now = schema.Apply(now, ch)
			}
		}
	}
	if len(c.statements) == 0 && strings.TrimSpace(f.sql) != "" {
		return nil, fmt.Errorf("--sql holds no statement")
	}
	return c, nil
}

// readWanted compares the wanted schema with the present one.
func (f *sourceFlags) readWanted(ctx context.Context, t *target) (*change, error) {
	if t.have.Partial {
		return nil, usagef("--to needs the present schema: name the database with --db, or a schema file with --schema")
	}
	b, err := os.ReadFile(f.to)
	if err != nil {
		return nil, readError(f.to, err)
	}
	want, err := t.wanted(ctx, unmarked(b))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.to, err)
	}
	changes := schema.Diff(t.have, want)
	c := &change{texts: []text{{file: f.to, sql: unmarked(b)}}, notCompared: schema.Uncompared(t.have, want)}
	for _, ch := range changes {
		c.statements = append(c.statements, schema.Statement{File: filepath.ToSlash(f.to), Changes: []schema.Change{ch}})
	}
	return c, nil
}
