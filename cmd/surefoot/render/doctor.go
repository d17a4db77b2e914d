package render

import (
	"io"
	"slices"

	"surefoot/plan"
)

// Doctor writes what would stop a run: text or json.
func Doctor(w io.Writer, ailments []plan.Problem, format string, look Look) error {
	if format == "json" {
		if ailments == nil {
			ailments = []plan.Problem{}
		}
		return JSON(w, struct {
			Format   int            `json:"format"`
			Ailments []plan.Problem `json:"ailments"`
		}{1, ailments})
	}
	out := &printer{w: w}
	stops := slices.ContainsFunc(ailments, func(a plan.Problem) bool { return a.Severity == plan.Error })
	if !stops {
		out.line(look.paint("Nothing would stop a run.", good))
	}
	for _, a := range ailments {
		out.line(look.paint(string(a.Severity), severityTone(a.Severity)), ": ", a.What)
		if a.Remedy != "" {
			out.line("  remedy: ", a.Remedy)
		}
	}
	return out.err
}
