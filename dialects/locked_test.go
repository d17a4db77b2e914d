package dialects_test

import (
	"slices"
	"testing"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// A plan is judged by every table that it locks and by everything whose time is not known, not by the
// size of its own table alone. par has 10,000 rows, kid 4 million, doc 20,000.
func TestWhatIsLockedCounts(t *testing.T) {
	const tables = `CREATE TABLE par (id int PRIMARY KEY, v int);
CREATE TABLE kid (id int PRIMARY KEY, par_id int, CONSTRAINT f FOREIGN KEY (par_id) REFERENCES par (id));
CREATE TABLE doc (id int PRIMARY KEY, t varchar(200) NOT NULL);`
	for _, tc := range []struct {
		dialect, version, change string
		window                   plan.Verdict
		also                     []string // other tables that wait meanwhile
	}{
		{"postgres", "18.4", "ALTER TABLE par ALTER id TYPE bigint", plan.IsUnsafe, []string{"public.kid"}},
		{"postgres", "18.4", "ALTER TABLE par ALTER v TYPE bigint", plan.IsSafe, nil},
		{"postgres", "18.4", "ALTER TABLE kid ALTER par_id TYPE bigint", plan.IsUnsafe, []string{"public.par"}},
		{"postgres", "18.4", "ALTER TABLE doc ADD FOREIGN KEY (id) REFERENCES par (id)", plan.IsSafe, []string{"public.par"}},
		{"postgres", "18.4", "ALTER TABLE kid DROP CONSTRAINT f", plan.IsSafe, []string{"public.par"}},
		{"postgres", "18.4", "CREATE INDEX i ON doc (t)", plan.IsSafe, nil},
		{"postgres", "18.4", "CREATE INDEX i ON doc USING gin (t gin_trgm_ops)", plan.IsUnsafe, nil},
		{"postgres", "18.4", "CREATE INDEX i ON doc (lower(t))", plan.IsUnsafe, nil},
		{"postgres", "18.4", "CREATE INDEX i ON doc (t) WHERE slow(t)", plan.IsUnsafe, nil},
		{"postgres", "18.4", "CREATE INDEX i ON doc (t) WHERE length(t) > 3", plan.IsSafe, nil},
		{"postgres", "18.4", "ALTER TABLE doc ADD CHECK (slow(t) > 3)", plan.IsUnsafe, nil},
		{"postgres", "18.4", "ALTER TABLE doc ADD EXCLUDE USING gist (t WITH =)", plan.IsUnsafe, nil},
		{"postgres", "18.4", "ALTER TABLE doc ALTER t TYPE int USING slow(t)", plan.IsUnsafe, nil},
		{"mysql", "9.7.0", "CREATE INDEX i ON doc (t)", plan.IsSafe, nil},
		{"mysql", "9.7.0", "CREATE FULLTEXT INDEX i ON doc (t)", plan.IsUnsafe, nil},
		{"mariadb", "11.8.2", "CREATE FULLTEXT INDEX i ON doc (t)", plan.IsUnsafe, nil},
		{"sqlite", "3.50.0", "CREATE INDEX i ON doc (t)", plan.IsSafe, nil},
		{"sqlite", "3.50.0", "CREATE INDEX i ON doc (lower(t))", plan.IsUnsafe, nil},
	} {
		t.Run(tc.dialect+" "+tc.change, func(t *testing.T) {
			d, err := dialects.Offline(tc.dialect, tc.version)
			if err != nil {
				t.Fatal(err)
			}
			s, err := d.Schema(tables)
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range s.Tables {
				rows := map[string]int64{"par": 10_000, "kid": 4_000_000, "doc": 20_000}[table.Name.Table]
				bytes := rows * 40
				table.Stats = schema.Stats{Rows: &rows, Bytes: &bytes, IndexBytes: &bytes}
			}
			stmts, err := d.Parse("", tc.change, s)
			if err != nil {
				t.Fatal(err)
			}
			p, err := planner.Build(stmts, s, d, planner.Options{Mode: plan.Window, Limits: planner.DefaultLimits()})
			if err != nil {
				t.Fatal(err)
			}
			if p.Verdict != tc.window {
				t.Errorf("by itself it is called %s, held %v, want %s", p.Verdict, p.Statements[0].Native.HeldMS, tc.window)
			}
			var also []string
			locks := p.Steps[0].Locks
			if len(locks) == 0 || locks[0].Table != p.Steps[0].Table || locks[0].Lock != p.Steps[0].Lock {
				t.Fatalf("locks %+v, want those of the step's own table first", locks)
			}
			for _, l := range locks[1:] {
				also = append(also, l.Table)
			}
			if !slices.Equal(also, tc.also) {
				t.Errorf("also locks %v, want %v", also, tc.also)
			}
		})
	}
}
