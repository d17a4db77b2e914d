package sqlite

import "testing"

// A virtual table writes the names of the tables behind it in single quotes, a rename in double ones.
func TestCanonicalForgetsHowTheNameIsQuoted(t *testing.T) {
	want := canonical("CREATE TABLE f_config (k PRIMARY KEY, v) WITHOUT ROWID")
	for _, sql := range []string{"CREATE TABLE 'f_config'(k PRIMARY KEY, v) WITHOUT ROWID", `CREATE TABLE "f_config"(k PRIMARY KEY, v) WITHOUT ROWID`} {
		if got := canonical(sql); got != want {
			t.Errorf("canonical(%s) = %s, not %s", sql, got, want)
		}
	}
}
