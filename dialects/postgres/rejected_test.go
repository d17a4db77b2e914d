package postgres

import (
	"errors"
	"strings"
	"testing"

	"surefoot/schema"
)

// What the server would refuse is refused beforehand, in the server's own words.
func TestRejectedByTheServer(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, `
			CREATE TYPE st AS ENUM ('open', 'shut');
			CREATE TABLE p (id int PRIMARY KEY, name text);
			CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'open', n int, w text, g int GENERATED ALWAYS AS (n + 1) STORED);
			CREATE INDEX t_open ON t (n) WHERE s = 'open';
			INSERT INTO t SELECT g, 'open', g, 'w' FROM generate_series(1, 100) g`)
		before := everythingIn(t, db)
		for change, answer := range map[string]string{
			"ALTER TABLE t ALTER s DROP DEFAULT, ALTER s TYPE text USING s::text": "operator does not exist: text = st",
			"ALTER TABLE t ALTER w TYPE int":                                      `HINT: You might need to specify "USING w::integer".`,
			"ALTER TABLE t ALTER n TYPE st USING 'open'::st":                      "cannot alter type of a column used by a generated column",
			"ALTER TABLE t ADD COLUMN x nosuchtype":                               `type "nosuchtype" does not exist`,
			"ALTER TABLE t ADD COLUMN x int DEFAULT 'abc'":                        `invalid input syntax for type integer: "abc"`,
			"ALTER TABLE t ADD COLUMN x int DEFAULT nosuch()":                     "function nosuch() does not exist",
			"ALTER TABLE t ALTER w SET DEFAULT w || 'x'":                          "cannot use column reference in DEFAULT expression",
			"ALTER TABLE t ADD CONSTRAINT c CHECK (nocolumn > 0)":                 `column "nocolumn" does not exist`,
			"ALTER TABLE t ADD PRIMARY KEY (n)":                                   `multiple primary keys for table "t" are not allowed`,
			"ALTER TABLE t ADD FOREIGN KEY (w) REFERENCES p (id)":                 "incompatible types: text and integer",
			"ALTER TABLE t ADD FOREIGN KEY (w) REFERENCES p (name)":               "there is no unique constraint matching given keys",
			"CREATE INDEX ON t (lower(n))":                                        "function lower(integer) does not exist",
			"CREATE INDEX ON t USING gin (w)":                                     `has no default operator class for access method "gin"`,
			"CREATE INDEX ON t (n) WHERE random() > 0.5":                          "must be marked IMMUTABLE",
			"ALTER TABLE t ALTER id DROP NOT NULL":                                "is in a primary key",
		} {
			_, err := tryPlan(t, db, change)
			var refusal *schema.Refusal
			if answer != "" && (!errors.As(err, &refusal) || !strings.Contains(err.Error(), answer)) {
				t.Errorf("%s: %v", change, err)
			}
		}
		for _, fine := range []string{
			"CREATE INDEX t_w_idx ON t (w)", "CREATE INDEX t_n_idx ON t (n)", "ALTER TABLE t ADD CONSTRAINT t_w_key UNIQUE (w)",
			"ALTER TABLE t ADD COLUMN x int; ALTER TABLE t ALTER x SET DEFAULT 1; ALTER TABLE t ADD CHECK (x > 0)",
			"CREATE TYPE other AS ENUM ('a'); ALTER TABLE t ADD COLUMN o other DEFAULT 'a'",
		} {
			if _, err := tryPlan(t, db, fine); err != nil {
				t.Errorf("%s: %v", fine, err)
			}
		}
		if got := everythingIn(t, db); strings.Join(before, "\n") != strings.Join(got, "\n") {
			t.Error("asking changed the database")
		}
	})
}
