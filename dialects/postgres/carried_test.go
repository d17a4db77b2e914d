package postgres

import "testing"

// What a table owns is there after a copy as it is after the server's own ALTER, or the plan is
// refused with the reason.
func TestCarriedAsNatively(t *testing.T) {
	for _, c := range carried {
		t.Run(c.name, func(t *testing.T) {
			eachVersion(t, func(t *testing.T, url string) { asNative(t, url, c) })
		})
	}
}

var carried = []nativeCase{
	{
		name: "an index predicate compares with the old type",
		setup: `CREATE TYPE st AS ENUM ('open', 'shut');
			CREATE TABLE tick (id int PRIMARY KEY, s st NOT NULL DEFAULT 'open', n int);
			CREATE INDEX tick_open ON tick (n) WHERE s = 'open';
			INSERT INTO tick SELECT g, 'open', g FROM generate_series(1, 900) g;`,
		change:  `ALTER TABLE tick ALTER s DROP DEFAULT, ALTER s TYPE text USING s::text, ALTER s SET DEFAULT 'open'`,
		refused: "operator does not exist: text = st",
	},
}
