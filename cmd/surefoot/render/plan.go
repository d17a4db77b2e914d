package render

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"surefoot/plan"
)

// Plan writes a plan in a format: text, json, markdown or html. verbose adds SQL, proofs and ways
// back to text.
func Plan(w io.Writer, p *plan.Plan, format string, look Look, verbose bool) error {
	switch format {
	case "json":
		return JSON(w, p)
	case "markdown":
		return planMarkdown(w, p)
	case "html":
		return planHTML(w, p)
	}
	return planText(w, p, look, verbose)
}

// JSON writes indented JSON without escaping <, > and &.
func JSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func planText(w io.Writer, p *plan.Plan, look Look, verbose bool) error {
	out := &printer{w: w}
	out.line(look.paint("Plan", strong), " for ", server(p), ", mode ", string(p.Mode), ", verdict ", look.paint(string(p.Verdict), verdictTone(p.Verdict)))
	for _, st := range p.Statements {
		out.line()
		out.line(look.paint(place(st.File, st.Line, st.Column), faint), "  ", oneLine(st.Text(), 0))
		out.line("  by itself: ", nativeSentence(st.Native))
		if len(st.Findings) > 0 {
			out.line("  found: ", look.paint(strings.Join(st.Findings, ", "), warn))
		}
	}
	out.line()
	if len(p.Steps) == 0 {
		out.line("Nothing to do: the database is as wanted.")
		writeNotCompared(out, p)
		return out.err
	}
	out.print(look.grid(stepGrid(p)))
	out.line()
	out.line(totalsSentence(p.Totals))
	for _, s := range wayBackSentences(p) {
		out.line(s)
	}
	if verbose {
		writeSteps(out, p, look)
	}
	writeNotCompared(out, p)
	return out.err
}

// NotCompared writes what a wanted schema was not compared in; nothing for other plans.
func NotCompared(w io.Writer, p *plan.Plan) error {
	out := &printer{w: w}
	writeNotCompared(out, p)
	return out.err
}

// writeNotCompared names what a wanted schema was not compared in, with what is on either side.
func writeNotCompared(out *printer, p *plan.Plan) {
	if len(p.NotCompared) == 0 {
		return
	}
	out.line()
	out.line("Not compared, and left as it is (there now, in the wanted schema):")
	var none []string
	for _, a := range p.NotCompared {
		if a.Have == "0" && a.Want == "0" {
			none = append(none, a.What)
			continue
		}
		out.line("- ", a.What, ": ", a.Have, "; ", a.Want)
	}
	if len(none) > 0 {
		out.line("- ", strings.Join(none, ", "), ": none on either side")
	}
}

func server(p *plan.Plan) string {
	return strings.TrimSpace(p.Dialect + " " + p.ServerVersion)
}

func verdictTone(v plan.Verdict) tone {
	switch v {
	case plan.IsSafe:
		return good
	case plan.IsUnsafe:
		return bad
	case plan.IsUnknown:
	}
	return warn
}

// blocked says in words what a level keeps others from doing.
func blocked(l plan.Level) string {
	switch l {
	case plan.BlocksDDL:
		return "other schema changes"
	case plan.BlocksWrites:
		return "writes"
	case plan.BlocksAll:
		return "reads and writes"
	case plan.BlocksNothing:
	}
	return "nothing"
}

// nativeSentence says what a statement does when it is run as it stands.
func nativeSentence(n plan.NativeEffect) string {
	if n.Refused != "" {
		return "the server refuses it: " + n.Refused
	}
	s := "blocks " + blocked(n.Blocks)
	if words := strings.Join(nonEmpty(n.Lock, n.Algorithm), ", "); words != "" {
		s += " (" + words + ")"
	}
	if n.Blocks > plan.BlocksNothing {
		switch {
		case !n.Long():
			s += " for a moment"
		case n.HeldMS == nil:
			s += " for a time that grows with the table"
		default:
			s += " for " + about(span(n.HeldMS))
		}
	}
	var does []string
	for _, d := range []struct {
		is   bool
		what string
	}{
		{n.Rewrites, "rewrites the table"},
		{n.Scans, "scans the table"},
		{n.RebuildsIndexes, "builds indexes"},
		{n.LosesData, "loses data"},
		{n.Breaks, "breaks clients that know the old schema"},
	} {
		if d.is {
			does = append(does, d.what)
		}
	}
	if len(does) > 0 {
		s += "; " + strings.Join(does, ", ")
	}
	return s + source(n.Source)
}

func source(s plan.Source) string {
	switch s {
	case plan.Measured:
		return " [measured on this version]"
	case plan.FromDocs:
		return " [from the manual]"
	case plan.Probed:
		return " [the server was asked]"
	case plan.NotKnown:
	}
	return " [not known, so the worst is assumed]"
}

func nonEmpty(parts ...string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func stepGrid(p *plan.Plan) grid {
	g := grid{head: []string{"step", "what", "blocks", "held", "takes", "lock"}}
	for _, s := range p.Steps {
		g.rows = append(g.rows, []string{s.ID, stepTitle(s), s.Blocks.String(), held(s), span(s.DurationMS), s.Lock})
	}
	g.tone = func(row, col int) tone {
		s := p.Steps[row]
		switch {
		case col == 0:
			return strong
		case col == 2 && s.Blocks >= plan.BlocksWrites:
			return warn
		case col == 5:
			return faint
		}
		return plain
	}
	return g
}

// stepTitle is a step's title, with what it waits for before it.
func stepTitle(s plan.Step) string {
	if s.Hold == "" {
		return s.Title
	}
	wait := "hold until surefoot " + orElse(s.Until, "continue")
	if len(s.SQL) == 0 && s.Walk == nil && s.CutOver == nil {
		return wait + ": " + s.Hold
	}
	return s.Title + " (" + wait + ")"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func held(s plan.Step) string {
	if s.Blocks == plan.BlocksNothing {
		return "-"
	}
	return span(s.HeldMS)
}

func totalsSentence(t plan.Totals) string {
	s := plural(t.Steps, "step", "steps")
	if t.Deploys > 0 {
		s += ", " + plural(t.Deploys, "deploy of the application", "deploys of the application")
	}
	s += "; writers blocked for " + orUnknown(span(t.BlockedMS)) + " in all; takes " + about(span(t.DurationMS))
	return s + "; writes " + orUnknown(size(t.DiskBytes)) + " to disk and " + orUnknown(size(t.LogBytes)) + " to the log."
}

func orUnknown(s string) string {
	if s == unknown {
		return "an unknown amount"
	}
	return s
}

// wayBackSentences say whether the plan was rehearsed, until when it can be taken back, and what that loses.
func wayBackSentences(p *plan.Plan) []string {
	out := rehearsalSentence(p)
	for _, s := range p.Steps {
		if s.Meanwhile != "" {
			out = append(out, "From "+s.ID+" on: "+s.Meanwhile+".")
		}
	}
	for i, s := range p.Steps {
		if s.NoReturn && slices.ContainsFunc(p.Steps[i:], func(later plan.Step) bool { return !later.NoReturn }) {
			return append(out, "The way back ends with "+s.ID+": after it rollback takes back only what came later.")
		}
		if s.NoReturn {
			return append(out, "The way back ends with "+s.ID+": after it rollback is not possible.")
		}
		if s.Loses != "" {
			out = append(out, "Taking back "+s.ID+" loses: "+s.Loses+".")
		}
	}
	return append(out, "Every step can be taken back with surefoot rollback.")
}

// rehearsalSentence says whether the plan was tried on twins of its tables; of plans from before
// there were rehearsals it says nothing.
func rehearsalSentence(p *plan.Plan) []string {
	switch {
	case p.Rehearsal == "":
		return nil
	case p.Rehearsed:
		return []string{"Rehearsed " + p.Rehearsal + "."}
	}
	return []string{"Not rehearsed: " + p.Rehearsal + "."}
}

// writeSteps writes what each step runs, how it is known to be done, and how it is taken back.
func writeSteps(out *printer, p *plan.Plan, look Look) {
	for _, s := range p.Steps {
		out.line()
		out.line(look.paint(s.ID, strong), "  ", stepTitle(s))
		for _, part := range stepParts(s) {
			out.line("  ", look.paint(part.Name+":", faint))
			for _, sql := range part.SQL {
				out.line("    ", strings.ReplaceAll(strings.TrimRight(sql, "; \n"), "\n", "\n    "), ";")
			}
		}
	}
}

// part is a named list of statements of a step.
type part struct {
	Name string
	SQL  []string
}

// stepParts gives a step's SQL in the order in which it is used.
func stepParts(s plan.Step) []part {
	var parts []part
	add := func(name string, sql ...string) {
		if sql = nonEmpty(sql...); len(sql) > 0 {
			parts = append(parts, part{name, sql})
		}
	}
	add("runs", s.SQL...)
	if w := s.Walk; w != nil {
		for _, do := range w.Do {
			add("for each key range", do.Mid.SQL)
		}
		if w.Diff != nil {
			add("compares each key range", w.Diff.Mid.SQL)
		}
		for _, r := range w.Repair {
			add("a range that differs", r.Mid.SQL)
		}
	}
	if s.CutOver != nil {
		add("under a lock with a short timeout", append(append([]string{}, s.CutOver.Lock...), append(append([]string{}, s.CutOver.SQL...), s.CutOver.Release...)...)...)
		add("queued behind the lock", s.CutOver.Queue...)
	}
	if s.Capture != nil {
		var apply []string
		for _, a := range s.Capture.Apply {
			apply = append(apply, a.SQL)
		}
		add(fmt.Sprintf("from here on, for each captured key (%s)", s.Capture.Name), apply...)
	}
	add("done when this is not 0", s.Proof)
	if s.Back != nil {
		add("way back, under a lock", append(append([]string{}, s.Back.Lock...), append(append([]string{}, s.Back.SQL...), s.Back.Release...)...)...)
	}
	add("way back", s.Undo...)
	return parts
}
