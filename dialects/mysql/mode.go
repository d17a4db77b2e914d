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
		case word == noAutoValue:
			mode.keepsZero = true
		}
		mode.noBackslash = mode.noBackslash || word == "NO_BACKSLASH_ESCAPES"
		mode.ansiQuotes = mode.ansiQuotes || word == "ANSI_QUOTES"
	}
	return mode, nil
}

// noAutoValue lets a 0 be one in a column that counts: copies need it, where it was one before.
const noAutoValue = "NO_AUTO_VALUE_ON_ZERO"

// sessionMode is the sql_mode of our sessions, with some words more.
func (d *Dialect) sessionMode(more []string) string {
	return d.usersMode(append(more[:len(more):len(more)], noAutoValue))
}

// usersMode is the one under which the user's statements are tried: strict as ours, and a 0 is a number only where
// the server's own mode says so.
func (d *Dialect) usersMode(more []string) string {
	words := slices.Concat([]string{"STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"}, more, d.mode.kept)
	if d.mode.keepsZero && !slices.Contains(more, noAutoValue) {
		words = append(words, noAutoValue)
	}
	return "'" + strings.Join(words, ",") + "'"
}

// zeroMode sets the words of the server's own sql_mode that are about zeros, before a statement which gives zero
// dates to all rows (a new column of dates that is NOT NULL without a default), or lets a column count that may
// hold a 0. A script that sets something has its own.
func (d *Dialect) zeroMode(setup []string, clauses []schema.Change, sql string) []string {
	gives := func(c schema.Change) bool {
		add, ok := c.(schema.AddColumn)
		return ok && add.Column.NotNull && add.Column.Default == "" && add.Column.Generated == "" &&
			slices.Contains([]string{"date", "datetime", "timestamp"}, columnType(add.Column.Type, "").name)
	}
	var words []string
	if slices.ContainsFunc(clauses, gives) {
		words = d.mode.noZeros
	}
	switch {
	case len(setup) > 0:
		return []string{sql}
	case slices.ContainsFunc(clauses, letsCount):
		return []string{"SET SESSION sql_mode = " + d.usersMode(words), sql}
	case len(words) > 0:
		return []string{"SET SESSION sql_mode = " + d.sessionMode(words), sql}
	}
	return []string{sql}
}

// letsCount says that a change states a column that counts.
func letsCount(c schema.Change) bool {
	become, ok := c.(schema.ChangeType)
	return ok && become.Becomes != nil && become.Becomes.Identity != ""
}
