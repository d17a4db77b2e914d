//go:build torture

package torture

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"surefoot/load"
	"surefoot/load/proc"
)

// small checks the tool's memory.
func (w *world) small() {
	w.t.Helper()
	if w.peak == 0 || w.peak >= 64<<20 {
		w.t.Errorf("the tool took %.1f MB of memory", float64(w.peak)/(1<<20))
	}
}

// TestTorturePlan measures how soon plan has something to say, from a schema file and from the live
// table.
func TestTorturePlan(t *testing.T) {
	oneShape(t, 0, func(t *testing.T, p place, shape load.Shape) {
		w := newWorld(t, p, shape)
		var offline, live []time.Duration
		defer func() {
			if len(live) > 0 {
				w.tell("plan", "offline %s, live %s, the best of %d", ms(slices.Min(offline)), ms(slices.Min(live)), len(live))
			}
		}()
		schema := filepath.Join(t.TempDir(), "schema.sql")
		if err := os.WriteFile(schema, []byte(strings.Join(shape.DDL(p.engine, table), ";\n")+";\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		change := proc.Change(w.engine, table)
		for range 15 {
			r, err := binary.Run("", "plan", "--dialect", p.engine, "--server-version", cmp.Or(p.version, "3.50.0"), "--schema", schema, "--sql", change)
			if err != nil || r.Code != 0 {
				t.Fatalf("plan: exit code %d, %v\n%s", r.Code, err, r.Text)
			}
			offline = append(offline, r.Took)
			live = append(live, w.do("plan", "--sql", change).Took)
		}
		if best := slices.Min(offline); best > 50*time.Millisecond && p.engine != load.Postgres { // its parser takes longer to start
			t.Errorf("plan took %s at the best of %d times", best, len(offline))
		}
	})
}
