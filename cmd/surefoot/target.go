package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"surefoot/dialects"
	"surefoot/schema"
)

// targetFlags say what a change is measured against: a live database, or a dialect and a version.
type targetFlags struct {
	liveFlags
	dialect string
	version string
	schema  string
	stats   string
	scratch string
}

func (f *targetFlags) add(cmd *cobra.Command) {
	f.liveFlags.add(cmd)
	cmd.Flags().StringVar(&f.dialect, "dialect", "", "without a database: postgres, mysql, mariadb or sqlite")
	cmd.Flags().StringVar(&f.version, "server-version", "", "without a database: the server's `VERSION`, for example 15.18")
	cmd.Flags().StringVar(&f.schema, "schema", "", "without a database: a `FILE` with the present schema's CREATE statements")
	cmd.Flags().StringVar(&f.stats, "stats", "", "without a database: a `FILE` that surefoot stats wrote (sizes, settings, measured speeds)")
	_ = cmd.RegisterFlagCompletionFunc("dialect", cobra.FixedCompletions(dialects.Names(), cobra.ShellCompDirectiveNoFileComp))
}

// liveFlags name a live database.
type liveFlags struct {
	db           string
	passwordFile string
}

func (f *liveFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.db, "db", "", "the database: `URL` postgres://, mysql://, mariadb:// or sqlite:PATH (or SUREFOOT_DB)")
	cmd.Flags().StringVar(&f.passwordFile, "password-file", "", "read the password from the first line of `FILE`")
}

// target is what a change is measured against.
type target struct {
	dialects.Dialect
	db      dialects.Database // nil: offline
	address string            // of db, with its password
	have    *schema.Schema    // the present schema; Partial: not known
	facts   *facts            // from --stats; nil: none
	scratch scratch           // what db is, with --scratch
}

func (t *target) close() {
	if t.db != nil && t.db.Close() == nil {
		t.scratch.left()
	}
}

// wanted reads the text of a schema that is to be.
func (t *target) wanted(ctx context.Context, text string) (*schema.Schema, error) {
	if t.db != nil {
		return t.db.Scratch(ctx, text)
	}
	return t.Schema(text)
}

// open connects, or makes do without a server.
func (f *targetFlags) open(ctx context.Context) (*target, error) {
	switch {
	case f.db != "" && f.dialect != "":
		return nil, usagef("--db and --dialect exclude each other: a database knows its dialect")
	case f.db != "":
		if f.scratch != "" {
			return nil, usagef("--scratch is for work without a database: with --db the rehearsal takes place beside its tables")
		}
		if f.schema != "" || f.stats != "" {
			return nil, usagef("--schema and --stats are for work without a database; with --db both come from the server")
		}
		db, err := f.liveFlags.open(ctx)
		if err != nil {
			return nil, err
		}
		have, err := db.Inspect(ctx)
		if err != nil {
			_ = db.Close()
			return nil, err
		}
		address, err := f.liveFlags.address()
		if err != nil {
			_ = db.Close()
			return nil, err
		}
		return &target{Dialect: db, db: db, address: address, have: have}, nil
	}
	return f.openOffline(ctx)
}

func (f *targetFlags) openOffline(ctx context.Context) (*target, error) {
	t := &target{}
	if f.stats != "" {
		fx, err := readFacts(f.stats)
		if err != nil {
			return nil, err
		}
		t.facts = fx
		f.dialect, f.version = orElse(f.dialect, fx.Dialect), orElse(f.version, fx.ServerVersion)
	}
	if f.scratch != "" {
		return f.openScratch(ctx, t.facts)
	}
	if f.dialect == "" {
		return nil, usagef("name the database with --db (or SUREFOOT_DB), or work without one: --dialect postgres --server-version 15.18")
	}
	if f.version == "" {
		return nil, usagef("--dialect %s needs --server-version: what a change blocks depends on it", f.dialect)
	}
	d, err := dialects.Offline(f.dialect, f.version)
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	t.Dialect = d
	if t.have, err = f.present(d, t.facts); err != nil {
		return nil, err
	}
	t.facts.addSizes(t.have)
	return t, nil
}

// present gives the schema to plan against: of a schema file, else of the facts, else an empty one
// in which any table may exist.
func (f *targetFlags) present(d dialects.Dialect, fx *facts) (*schema.Schema, error) {
	if f.schema == "" && fx != nil {
		return fx.Schema, nil
	}
	text := []byte{}
	if f.schema != "" {
		var err error
		if text, err = os.ReadFile(f.schema); err != nil {
			return nil, readError(f.schema, err)
		}
	}
	have, err := d.Schema(unmarked(text))
	if err != nil {
		return nil, inFile(err, f.schema)
	}
	have.Partial = f.schema == ""
	return have, nil
}

// inFile names the file in a syntax error that does not name one.
func inFile(err error, file string) error {
	var syntax *schema.SyntaxError
	if errors.As(err, &syntax) {
		if syntax.File == "" {
			syntax.File = file
		}
		return err
	}
	return fmt.Errorf("read %s: %w", file, err)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// readFacts reads what surefoot stats wrote.
func readFacts(path string) (*facts, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, readError(path, err)
	}
	var fx facts
	if err := json.Unmarshal(b, &fx); err != nil {
		return nil, fmt.Errorf("read %s: it is not a file of surefoot stats: %w", path, err)
	}
	if fx.Format != factsFormat || fx.Schema == nil {
		return nil, fmt.Errorf("read %s: it has format %d, this surefoot reads format %d: write it again with surefoot stats", path, fx.Format, factsFormat)
	}
	return &fx, nil
}
