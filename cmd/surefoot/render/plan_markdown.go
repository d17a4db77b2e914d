package render

import (
	"io"
	"strings"

	"surefoot/plan"
)

// planMarkdown writes a plan for a pull request: a table to read, and the SQL folded below it.
func planMarkdown(w io.Writer, p *plan.Plan) error {
	out := &printer{w: w}
	out.line("## Surefoot plan: ", string(p.Verdict))
	out.line()
	out.line("For ", server(p), ", mode **", string(p.Mode), "**. ", totalsSentence(p.Totals))
	out.line()
	for _, st := range p.Statements {
		out.line("- `", oneLine(st.Text(), 160), "`  ")
		out.line("  ", code(place(st.File, st.Line, st.Column)), " by itself ", cell(nativeSentence(st.Native)))
	}
	out.line()
	if len(p.Steps) == 0 {
		out.line("Nothing to do: the database is as wanted.")
		writeNotCompared(out, p)
		return out.err
	}
	out.print(markdownTable(stepGrid(p)))
	out.line()
	for _, s := range wayBackSentences(p) {
		out.line(s)
	}
	out.line()
	out.line("<details><summary>SQL of every step</summary>")
	for _, s := range p.Steps {
		out.line()
		out.line("**", s.ID, "** ", cell(stepTitle(s)))
		for _, part := range stepParts(s) {
			out.line()
			out.line(part.Name, ":")
			out.line(fence(strings.Join(part.SQL, ";\n")+";", "sql"))
		}
	}
	out.line()
	out.line("</details>")
	writeNotCompared(out, p)
	out.line()
	out.line("<sub>plan ", short(p.Hash), ", made for schema ", short(p.Base), "</sub>")
	return out.err
}

// short gives the beginning of a fingerprint.
func short(hash string) string {
	hash = strings.TrimPrefix(hash, "sha256:")
	return hash[:min(len(hash), 12)]
}

func markdownTable(g grid) string {
	var b strings.Builder
	row := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + cell(c) + " |")
		}
		b.WriteString("\n")
	}
	row(g.head)
	b.WriteString("|" + strings.Repeat(" --- |", len(g.head)) + "\n")
	for _, r := range g.rows {
		row(r)
	}
	return b.String()
}

// cell makes text safe inside a table and free of markup.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`, "_", `\_`).Replace(s)
}

func code(s string) string { return "`" + strings.ReplaceAll(s, "`", "'") + "`" }

// fence puts text into a code block whose fence is longer than any in the text.
func fence(text, language string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + language + "\n" + text + "\n" + marks
}
