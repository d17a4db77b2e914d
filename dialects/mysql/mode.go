package mysql

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// What a statement makes depends on the words of sql_mode under which it runs. Our sessions are strict on every
// server; of the user's own words they keep those that change what an expression means or how a value is cut.
var (
	keptWords = []string{
		"NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "PIPES_AS_CONCAT", "IGNORE_SPACE", "REAL_AS_FLOAT", "NO_UNSIGNED_SUBTRACTION",
		"TIME_TRUNCATE_FRACTIONAL", "TIME_ROUND_FRACTIONAL",
	}
	// barredWords would change what our own statements mean too.
	barredWords = []string{"HIGH_NOT_PRECEDENCE", "PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL", "ORACLE"}
)

// readMode reads a server's sql_mode. Under words that our own statements do not bear it is refused.
func readMode(text string) (sqlMode, error) {
	mode := sqlMode{}
	for _, word := range strings.Split(strings.ToUpper(text), ",") {
		switch {
		case slices.Contains(barredWords, word):
			return mode, fmt.Errorf("the server's sql_mode has %s, under which statements mean something else than in sessions of Surefoot: take it out of @@GLOBAL.sql_mode first", word)
		case slices.Contains(keptWords, word):
			mode.kept = append(mode.kept, word)
		case word == "NO_ZERO_DATE" || word == "NO_ZERO_IN_DATE":
			mode.noZeros = append(mode.noZeros, word)
		}
		mode.noBackslash = mode.noBackslash || word == "NO_BACKSLASH_ESCAPES"
		mode.ansiQuotes = mode.ansiQuotes || word == "ANSI_QUOTES"
	}
	return mode, nil
}

// zeroMode sets the words of the server's own sql_mode that refuse zero dates, before a statement which gives one
// to all rows: a new column of dates that is NOT NULL without a default. A script that sets something has its own.
func (d *Dialect) zeroMode(setup []string, clauses []schema.Change, sql string) []string {
	gives := func(c schema.Change) bool {
		add, ok := c.(schema.AddColumn)
		return ok && add.Column.NotNull && add.Column.Default == "" && add.Column.Generated == "" &&
			slices.Contains([]string{"date", "datetime", "timestamp"}, columnType(add.Column.Type, "").name)
	}
	if len(setup) > 0 || len(d.mode.noZeros) == 0 || !slices.ContainsFunc(clauses, gives) {
		return []string{sql}
	}
	return []string{"SET SESSION sql_mode = " + d.sessionMode(d.mode.noZeros), sql}
}
