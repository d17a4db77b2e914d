package plan

// JournalSQL is the little of an engine's language that the executor writes itself: the journal.
type JournalSQL struct {
	// Setup is run before the journal's tables are made: CREATE SCHEMA IF NOT EXISTS ….
	Setup []string
	// Table gives the quoted, qualified name of a journal table ("run", "step").
	Table func(name string) string
	// LongText is a column type for texts of any length (a plan).
	LongText string
	// TableOptions stands behind the parenthesis that closes CREATE TABLE.
	TableOptions string
	// Clock asks for the server's time, in whole seconds since 1970.
	Clock string
	// Bind turns ? placeholders into the engine's own.
	Bind func(query string) string
}
