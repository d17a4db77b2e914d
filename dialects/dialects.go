package dialects

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"surefoot/dialects/mysql"
	"surefoot/dialects/postgres"
	"surefoot/dialects/sqlite"
	"surefoot/executor"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/rehearsal"
	"surefoot/schema"
)

// Names are the engines, as --dialect takes them.
func Names() []string { return []string{"postgres", "mysql", "mariadb", "sqlite"} }

// Dialect reads SQL and supplies facts and verbs, without a server.
type Dialect interface {
	planner.Dialect
	// Parse reads statements; s is what they meet, nil where it is not known.
	Parse(file, text string, s *schema.Schema) ([]schema.Statement, error)
	// Schema reads a schema file.
	Schema(text string) (*schema.Schema, error)
}

// Database is a live server.
type Database interface {
	Dialect
	executor.Server
	Catalog
	Adviser
	Close() error
}

// Catalog reads schemas with a server's help.
type Catalog interface {
	// Inspect gives all of the user's tables with their sizes.
	Inspect(ctx context.Context) (*schema.Schema, error)
	// Scratch runs a schema's text on an empty database of its own and gives what it makes.
	Scratch(ctx context.Context, schemaSQL string) (*schema.Schema, error)
}

// Adviser answers what only a server knows.
type Adviser interface {
	// Probe asks the server what a statement does, without touching the table.
	Probe(ctx context.Context, n schema.Native, s *schema.Schema) (plan.Effect, error)
	// Doctor says what would stop a run on these tables; none: on any.
	Doctor(ctx context.Context, tables []schema.Name) ([]plan.Problem, error)
}

// Lagger is a database that knows how far its replicas are behind.
type Lagger interface {
	Lag(ctx context.Context) (time.Duration, error)
}

// Stage makes twins of tables in a scratch place of the server; see rehearsal.Stage. after is have
// with the change made.
func Stage(ctx context.Context, db Database, have, after *schema.Schema, names []schema.Name) (rehearsal.Stage, error) {
	switch db := db.(type) {
	case *postgres.Database:
		return staged(db.Stage(ctx, have, after, names))
	case *mysql.Database:
		return staged(db.Stage(ctx, have, after, names))
	case *sqlite.Database:
		return staged(db.Stage(ctx, have, after, names))
	}
	return nil, &schema.Unfit{Reason: "this engine has no stage"}
}

func staged[S rehearsal.Stage](s S, err error) (rehearsal.Stage, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// RowTrier asks what a server says of the values that tables have where a role may have no stage.
type RowTrier interface {
	// TryRows runs statements on clones with a sample of rows, and says how many; a *schema.Refusal says what
	// the server refuses.
	TryRows(ctx context.Context, have, after *schema.Schema, statements []schema.Statement) (rows int64, err error)
}

// Sweeper is a database in which a stage, or a scratch database, may outlive a process that is
// killed. Sweep drops those that nobody uses, and counts those in use.
type Sweeper interface {
	Sweep(ctx context.Context) (left int, err error)
	// StagesStay: a stage does, not only a scratch database.
	StagesStay() bool
}

// Sweep does this on the server that a URL names.
func Sweep(ctx context.Context, url string) (left int, err error) {
	db, err := openServer(ctx, url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	s, ok := db.(Sweeper)
	if !ok {
		return 0, nil
	}
	return s.Sweep(ctx)
}

// openServer opens a server, whether or not the URL names a database that is there.
func openServer(ctx context.Context, url string) (Database, error) {
	if scheme, _, _ := strings.Cut(url, ":"); strings.EqualFold(scheme, "mysql") || strings.EqualFold(scheme, "mariadb") {
		return opened(mysql.OpenServer(ctx, url))
	}
	return Open(ctx, url)
}

// Settle makes a scratch database on the server that a URL names, with what a schema file makes and no
// rows. To close it leaves nothing of it there. name is how plans name it before tables' names; empty: they
// do not.
func Settle(ctx context.Context, url, schemaSQL string) (db Database, name string, err error) {
	scheme, rest, _ := strings.Cut(url, ":")
	if strings.ToLower(scheme) == "sqlite" {
		if rest != "" && rest != ":memory:" {
			return nil, "", &BadURL{Reason: "SQLite needs no server to rehearse on: write sqlite: alone, and a file of its own is made for it"}
		}
		db, err = opened(sqlite.Settle(ctx, schemaSQL))
		return db, "", err
	}
	server, err := openServer(ctx, url)
	if err != nil {
		return nil, "", err
	}
	switch s := server.(type) {
	case *postgres.Database:
		db, err = opened(s.Settle(ctx, schemaSQL))
	case *mysql.Database:
		var settled *mysql.Database
		if settled, err = s.Settle(ctx, schemaSQL); err == nil {
			db, name = settled, settled.Named()
		}
	}
	if err != nil {
		return nil, "", errors.Join(err, server.Close())
	}
	return db, name, nil
}

// BadURL is a database address that names no engine, or that the engine cannot use.
type BadURL = schema.BadURL

// Open connects to the server that a URL names: postgres://, mysql://, mariadb://, sqlite:PATH.
func Open(ctx context.Context, url string) (Database, error) {
	scheme, _, _ := strings.Cut(url, ":")
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return opened(postgres.Open(ctx, url))
	case "mysql", "mariadb":
		return opened(mysql.Open(ctx, url))
	case "sqlite":
		return opened(sqlite.Open(ctx, url))
	}
	return nil, &BadURL{Reason: "the database's address must begin with postgres://, mysql://, mariadb:// or sqlite:"}
}

// opened keeps a nil *Database from becoming a Database that is not nil.
func opened[D Database](db D, err error) (Database, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Offline gives a dialect for a server version, without a server.
func Offline(name, version string) (Dialect, error) {
	switch name {
	case "postgres":
		return offline(postgres.New(version))
	case "mysql":
		return offline(mysql.New(mysql.MySQL, version))
	case "mariadb":
		return offline(mysql.New(mysql.MariaDB, version))
	case "sqlite":
		return offline(sqlite.New(version))
	}
	return nil, fmt.Errorf("no dialect is called %q; there are %s", name, strings.Join(Names(), ", "))
}

func offline[D Dialect](d D, err error) (Dialect, error) {
	if err != nil {
		return nil, err
	}
	return d, nil
}
