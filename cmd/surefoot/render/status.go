package render

import (
	"fmt"
	"io"
	"time"

	"github.com/dustin/go-humanize"

	"surefoot/executor"
	"surefoot/plan"
)

// Status writes runs: text or json.
func Status(w io.Writer, runs []executor.RunStatus, format string, look Look, now time.Time) error {
	if format == "json" {
		if runs == nil {
			runs = []executor.RunStatus{}
		}
		return JSON(w, struct {
			Format int                  `json:"format"`
			Runs   []executor.RunStatus `json:"runs"`
		}{1, runs})
	}
	out := &printer{w: w}
	if len(runs) == 0 {
		out.line("No runs in this database.")
		return out.err
	}
	g := grid{head: []string{"run", "table", "state", "step", "done", "left", "backlog", "updated"}}
	for _, r := range runs {
		g.rows = append(g.rows, []string{r.ID, r.Table, state(r), r.Step, done(r), left(r), humanize.Comma(r.Backlog), ago(r.Updated, now)})
	}
	g.tone = func(row, col int) tone {
		if col != 2 {
			return plain
		}
		return stateTone(runs[row].State)
	}
	out.print(look.grid(g))
	for _, r := range runs {
		for _, line := range remarks(r) {
			out.line(look.paint(r.ID, strong), ": ", line)
		}
		if len(r.Steps) > 0 {
			out.line("")
			out.print(look.grid(steps(r)))
		}
	}
	return out.err
}

// steps are what each step of a run did, and how long it took.
func steps(r executor.RunStatus) grid {
	g := grid{head: []string{"step", "state", "rows", "took"}}
	for _, s := range r.Steps {
		rows := "-"
		if s.Rows > 0 {
			rows = humanize.Comma(s.Rows)
		}
		g.rows = append(g.rows, []string{s.ID, s.State, rows, took(s)})
	}
	return g
}

func took(s executor.StepStatus) string {
	began, err := time.Parse(time.RFC3339, s.Began)
	if err != nil {
		return "-"
	}
	ended, err := time.Parse(time.RFC3339, s.Ended)
	if err != nil {
		return "-"
	}
	return plan.Duration(ended.Sub(began).Milliseconds())
}

func state(r executor.RunStatus) string {
	if r.RollingBack {
		return string(r.State) + ", rolling back"
	}
	return string(r.State)
}

func stateTone(s executor.State) tone {
	switch s {
	case executor.Finished, executor.AfterCutOver:
		return good
	case executor.Failed:
		return bad
	case executor.Held, executor.Paused, executor.Waiting, executor.Stopped:
		return warn
	case executor.Running, executor.RolledBack:
	}
	return plain
}

func done(r executor.RunStatus) string {
	if r.RowsDone == 0 && (r.State == executor.AfterCutOver || r.State == executor.Finished || r.State == executor.RolledBack) {
		return "-" // what it counted is behind it
	}
	if r.RowsTotal != nil && *r.RowsTotal > 0 {
		return fmt.Sprintf("%.0f %%", min(float64(r.RowsDone)*100/float64(*r.RowsTotal), 100))
	}
	if r.RowsDone > 0 {
		return humanize.Comma(r.RowsDone) + " rows"
	}
	return "-"
}

func left(r executor.RunStatus) string {
	if r.ETAMS == nil {
		return "-"
	}
	return span(r.ETAMS)
}

func ago(stamp string, now time.Time) string {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return stamp
	}
	return humanize.RelTime(at, now, "ago", "from now")
}

// remarks say what the table has no room for, and what to do next.
func remarks(r executor.RunStatus) []string {
	var out []string
	add := func(what, is string) {
		if is != "" {
			out = append(out, what+is)
		}
	}
	add("works on it: ", r.By)
	add("waits for ", r.WaitsFor)
	add("error: ", r.Error)
	add("warning: ", r.Warning)
	add("", r.NoReturn)
	orBack := ", or surefoot rollback " + r.ID
	if r.NoReturn != "" {
		orBack = ""
	}
	switch r.State {
	case executor.Held:
		add("hold: ", r.Hold)
		out = append(out, "next: surefoot continue "+r.ID)
	case executor.AfterCutOver:
		if r.Behind > 0 {
			out = append(out, plural(r.Behind, "step", "steps")+" of the plan still to be made behind finish: the change is not whole yet")
		}
		out = append(out, "the new table serves and the old one is kept; next: surefoot finish "+r.ID+orBack)
	case executor.Paused:
		out = append(out, "next: surefoot resume "+r.ID)
	case executor.Stopped, executor.Failed:
		out = append(out, "next: surefoot resume "+r.ID+" to continue"+orBack)
	case executor.Running, executor.Waiting, executor.Finished, executor.RolledBack:
	}
	return out
}
