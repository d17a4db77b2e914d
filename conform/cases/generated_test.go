package cases

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"surefoot/conform/servers"
)

// generators make a draft for a server.
var generators = []struct {
	engine string
	draft  func(*rapid.T, target) draft
	// mayRefuse bounds how many of a hundred cases that the server does we may refuse.
	mayRefuse int
}{
	{"mysql", mysqlDraft, 40},
	{"mariadb", mysqlDraft, 45},
	{"postgres", postgresDraft, 55},
	{"sqlite", sqliteDraft, 70},
}

// TestGenerated makes tables and changes of them at random. The program runs each while an
// application writes, the server on the same rows: definition and rows must be equal, or the program
// must refuse before it begins.
//
//	SUREFOOT_SEED=n    the first case's number; case n alone: -run 'TestGenerated/mysql/n'
//	SUREFOOT_CASES=n   how many of each engine; 300 in make test-all
//	SUREFOOT_SHRINK=s  for how many seconds parts are left out of a case that is wrong
func TestGenerated(t *testing.T) {
	usual := 0
	if servers.Everything() {
		usual = 300
	}
	seed, count := number("SUREFOOT_SEED", int(time.Now().UnixNano()%1_000_000)), number("SUREFOOT_CASES", usual)
	if count == 0 {
		t.Skip("SUREFOOT_CASES says how many; make test-all runs 300 of each engine")
	}
	t.Logf("SUREFOOT_SEED=%d SUREFOOT_CASES=%d", seed, count)
	for _, g := range generators {
		t.Run(g.engine, func(t *testing.T) {
			var tally tally
			t.Cleanup(func() { tally.judge(t, g.mayRefuse) })
			all := targets(g.engine)
			for n := seed; n < seed+count; n++ {
				t.Run(strconv.Itoa(n), func(t *testing.T) {
					t.Parallel()
					on := all[n%len(all)]
					d := rapid.Custom(func(rt *rapid.T) draft { return g.draft(rt, on) }).Example(n)
					v := d.trial().run(t, on)
					tally.add(v)
					if v.outcome == "wrong" {
						smallest, v := shrink(t, d, on, v)
						t.Errorf("%s, case %d, shrunk:\n%s\n%s", on.name, n, smallest, v)
					} else {
						what := d.change()
						if count == 1 {
							what = d.String()
						}
						t.Logf("%s: %s%s", on.name, what, v)
					}
				})
			}
		})
	}
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// String is the draft as a case file of testdata/cases.
func (d draft) String() string {
	return fmt.Sprintf("-- every table is large: %v, the application writes: %v, rehearsed: %v\n%s-- change\n%s",
		d.Forced, d.Writes, d.Rehearsed, d.setup(), d.change())
}

// shrink leaves out what the difference does not need.
func shrink(t *testing.T, d draft, on target, v verdict) (draft, verdict) {
	t.Helper()
	end := time.Now().Add(time.Duration(number("SUREFOOT_SHRINK", 120)) * time.Second)
	for again := true; again; {
		again = false
		for _, next := range d.smaller() {
			if time.Now().After(end) {
				return d, v
			}
			if got := next.trial().run(t, on); got.outcome == "wrong" && kindOf(got) == kindOf(v) {
				d, v, again = next, got, true
				break
			}
		}
	}
	return d, v
}

// kindOf is what is wrong, without its details.
func kindOf(v verdict) string {
	kind, _, _ := strings.Cut(v.why, "\n")
	return kind
}

// tally counts outcomes.
type tally struct {
	sync.Mutex
	done, refused, both, invalid, wrong int
	reasons                             map[string]int
}

func (c *tally) add(v verdict) {
	c.Lock()
	defer c.Unlock()
	switch {
	case v.outcome == "invalid":
		c.invalid++
	case v.outcome == "wrong":
		c.wrong++
	case v.outcome == "done":
		c.done++
	case v.native != nil:
		c.both++
	default:
		c.refused++
		if c.reasons == nil {
			c.reasons = map[string]int{}
		}
		c.reasons[placeless.ReplaceAllString(v.why, "")]++
	}
}

// placeless leaves a reason without its place and names.
var placeless = regexp.MustCompile(`\S+change\.sql:\d+:\d+: |test_\w+|\n(?s).*`)

func (c *tally) judge(t *testing.T, mayRefuse int) {
	t.Logf("%d done as natively, %d refused, %d refused by the server too, %d wrong, %d no valid input", c.done, c.refused, c.both, c.wrong, c.invalid)
	for why, n := range c.reasons {
		t.Logf("%4d refused: %s", n, why)
	}
	if can := c.done + c.refused; can >= 50 && c.refused*100 > mayRefuse*can {
		t.Errorf("%d of %d changes that the server does were refused, more than %d %%", c.refused, can, mayRefuse)
	}
}
