package rehearsal

import (
	"context"
	"database/sql"

	"surefoot/plan"
	"surefoot/schema"
)

// Stage is a scratch place with twins of the tables that a change concerns.
type Stage interface { //nolint:interfacebloat // each is something that only the engine can do
	// Reset makes the twins what they were at the start, and gives what an inspection says of them,
	// with the sizes of the live tables.
	Reset(ctx context.Context) (*schema.Schema, error)
	// Inspect gives what an inspection says of the twins now, with the sizes of the live tables.
	Inspect(ctx context.Context) (*schema.Schema, error)
	// Open gives a session in which unqualified names mean the twins, and what ends it.
	Open(ctx context.Context) (*sql.Conn, func() error, error)
	// Clock gives the time, in seconds since 1970, at which the last native statement was run. It stands
	// still where the engine lets it.
	Clock(ctx context.Context) (string, error)
	// Schemas gives the stage's schema for each schema of live tables. Its name stands in no text of
	// the user's.
	Schemas() map[string]string
	// Here gives SQL that names live tables as it is said on the stage.
	Here(sql string) string
	// Native runs a statement of the user's as it was written. own: the engine has no such statement,
	// and what the change makes is a rebuild of our own in one go.
	Native(ctx context.Context, st schema.Statement) (own bool, err error)
	// Act gives a statement of a plan as it is run on the stage; empty: it is left out there, because
	// it only waits for others or only opens and ends transactions.
	Act(sql string) string
	// Picture says all that is on the stage: a line for each fact, which names what it is of, and each
	// row as its table and a text "column value" for each column, by name.
	Picture(ctx context.Context) (definition []string, rows [][]string, err error)
	// Fault says what an error of the server means.
	Fault(err error) plan.Fault
	// Doubt says why a statement may fail on the twins alone, which have a part of the rows; empty: what it met
	// is there in the tables too.
	Doubt(err error) string
	// Others writes to a twin as others do; see plan.Others.
	Others(ctx context.Context, w plan.Writes, table schema.Name) error
	// Close leaves nothing behind.
	Close(ctx context.Context) error
}
