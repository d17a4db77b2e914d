package conform

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"surefoot/plan"
	"surefoot/schema"
)

// Fact is a row of a dialect's table of facts, as a statement.
type Fact struct {
	Name  string
	Setup []string
	SQL   string
	Want  plan.Effect
	// Measure runs the statement in the database and says what was seen; nil: it is not measured here.
	Measure func(t *testing.T, db Database, n schema.Native, s *schema.Schema) plan.Effect
}

// Facts compares what the table says of statements with what the server answers and with what
// was measured. Sources are not compared.
func Facts(t *testing.T, e Engine, cases []Fact) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			d := e.database(t, c.Setup...)
			s, err := d.live.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			statements, err := d.live.Parse("fact.sql", c.SQL, s)
			if err != nil {
				t.Fatal(err)
			}
			for _, st := range statements {
				if len(st.Changes) == 0 {
					continue
				}
				n := schema.Native{On: schema.On{Name: s.Resolve(st.Changes[0].Table())}, SQL: st.SQL, Clauses: st.Changes}
				same(t, "the table", c.Want, d.live.Effect(n, s))
				probed, err := d.live.Probe(t.Context(), n, s)
				if err != nil {
					t.Fatal(err)
				}
				same(t, "the probe", c.Want, probed)
				if c.Measure != nil {
					same(t, "the measurement", c.Want, c.Measure(t, d.live, n, s))
				}
			}
		})
	}
}

func same(t *testing.T, who string, want, got plan.Effect) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(plan.Effect{}, "Source")); diff != "" {
		t.Errorf("%s says (-want +got):\n%s", who, diff)
	}
}
