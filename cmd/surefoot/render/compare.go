package render

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"surefoot/plan"
	"surefoot/planner"
)

// Compare writes both ways beside each other: text, json, markdown or html.
func Compare(w io.Writer, c planner.Comparison, format string, look Look) error {
	switch format {
	case "json":
		return JSON(w, c)
	case "markdown":
		return compareMarkdown(w, c)
	case "html":
		return compareHTML(w, c)
	}
	return compareText(w, c, look)
}

// compareGrid has one row for each thing that people weigh.
func compareGrid(c planner.Comparison) grid {
	s, o := c.Safe, c.Window
	return grid{
		head: []string{"", "safe steps", "maintenance window"},
		rows: [][]string{
			{"steps", fmt.Sprint(s.Steps), fmt.Sprint(o.Steps)},
			{"deploys of the application", fmt.Sprint(s.Deploys), fmt.Sprint(o.Deploys)},
			{"writers blocked in all", span(s.BlockedMS), span(o.BlockedMS)},
			{"outage", "none", outageWords(o.Outage)},
			{"takes", span(s.DurationMS), span(o.DurationMS)},
			{"disk", size(s.DiskBytes), size(o.DiskBytes)},
			{"log", size(s.LogBytes), size(o.LogBytes)},
			{"way back", wayBack(c.SafePlan), wayBack(c.WindowPlan)},
			{"costs", money(c.Costs.Safe), money(c.Costs.Window)},
		},
		tone: func(_, col int) tone {
			if col == 0 {
				return faint
			}
			return plain
		},
	}
}

func outageWords(o planner.Outage) string {
	if o.Blocks < plan.BlocksWrites {
		return "none"
	}
	s := blocked(o.Blocks) + " of " + strings.Join(o.Tables, ", ") + " wait for "
	if o.MS == nil {
		return s + "an unknown time"
	}
	if *o.MS < 1000 {
		return s + about(span(o.MS))
	}
	return s + about(span(o.MS)) + " (" + span(o.LowMS) + " to " + span(o.HighMS) + ")"
}

// wayBack says how far a plan can be taken back, and what that may lose.
func wayBack(p *plan.Plan) string {
	if p == nil {
		return unknown
	}
	for _, s := range p.Steps {
		switch {
		case s.NoReturn && s.Until == "finish":
			return "until finish" + losing(p)
		case s.NoReturn && s.Loses != "":
			return "until " + s.ID + "; there: " + s.Loses
		case s.NoReturn:
			return "until " + s.ID + losing(p)
		}
	}
	return "at any time" + losing(p)
}

// losing says what the way back of a plan may lose, or that it loses no write; of a change that itself
// takes values away nobody can say that.
func losing(p *plan.Plan) string {
	for _, s := range p.Steps {
		if s.Loses != "" && !s.NoReturn {
			return "; loses " + s.Loses
		}
	}
	for _, st := range p.Statements {
		if st.Native.LosesData {
			return "; the change itself takes values away that nothing brings back"
		}
	}
	return ", no write lost"
}

func money(n *float64) string {
	if n == nil {
		return unknown
	}
	return fmt.Sprintf("%.0f", *n)
}

func recommendation(c planner.Comparison) string {
	name := "safe steps"
	if c.Recommend == plan.Window {
		name = "a maintenance window"
	}
	return name + ": " + c.Because
}

func breakEven(c planner.Comparison) string {
	if c.BreakEven.OutageMS == nil || *c.BreakEven.OutageMS == 0 {
		return ""
	}
	return "Both cost the same at an outage of " + span(c.BreakEven.OutageMS) + "."
}

func compareText(w io.Writer, c planner.Comparison, look Look) error {
	out := &printer{w: w}
	out.print(look.grid(compareGrid(c)))
	out.line()
	out.line("Recommended: ", look.paint(recommendation(c), strong), ".")
	if s := breakEven(c); s != "" {
		out.line(s)
	}
	return out.err
}

func compareMarkdown(w io.Writer, c planner.Comparison) error {
	out := &printer{w: w}
	out.line("## Surefoot compare")
	out.line()
	out.print(markdownTable(compareGrid(c)))
	out.line()
	out.line("**Recommended:** ", cell(recommendation(c)), ".")
	if s := breakEven(c); s != "" {
		out.line(s)
	}
	return out.err
}

func compareHTML(w io.Writer, c planner.Comparison) error {
	return template.Must(template.New("compare").Parse(comparePage)).Execute(w, struct {
		Style                    template.CSS
		Grid                     gridView
		Recommendation, BreakOff string
	}{pageStyle, viewOf(compareGrid(c)), recommendation(c), breakEven(c)})
}

const comparePage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Surefoot compare</title><style>{{.Style}}</style></head><body>
<h1>Safe steps or a maintenance window</h1>
<table><thead><tr>{{range .Grid.Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Grid.Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{end}}</tbody></table>
<p><b>Recommended:</b> {{.Recommendation}}.</p>
{{with .BreakOff}}<p>{{.}}</p>{{end}}
</body></html>
`
