//go:build torture

package torture

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"surefoot/load"
)

// report collects what the tests measured.
type report struct {
	mu    sync.Mutex
	lines [][]string
}

var head = []string{"test", "engine", "key", "result", "figures"}

// tell adds a line. The test's own failures decide the result.
func (w *world) tell(test, format string, args ...any) {
	figures.add(w.server, test, string(w.shape), w.t.Failed(), fmt.Sprintf(format, args...))
}

func (r *report) add(s server, test, shape string, failed bool, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	result := "passed"
	if failed {
		result = "FAILED"
	}
	r.lines = append(r.lines, []string{test, s.String(), shape, result, text})
}

func (r *report) text() string {
	var b strings.Builder
	tab := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range append([][]string{head}, r.lines...) {
		fmt.Fprintln(tab, strings.Join(line, "\t"))
	}
	_ = tab.Flush() // into memory
	return b.String()
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, %d writers, %.0f writes a second, seed %d\n\n", config.rows, config.writers, config.rate, config.seed)
	rule := slices.Repeat([]string{"---"}, len(head))
	for _, line := range append([][]string{head, rule}, r.lines...) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(line, " | "))
	}
	return b.String()
}

// latency sums up what one kind of write took: the others are like it.
func latency(r load.Report) string {
	l := r.Kinds[load.Update]
	return fmt.Sprintf("p50 %s p99 %s max %s", ms(l.P50), ms(l.P99), ms(r.LongestStall.Length))
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// met lists the kills by the step they met.
func (w *world) met() string {
	var parts []string
	for step, n := range w.strikes {
		parts = append(parts, fmt.Sprintf("%s %d", step, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
