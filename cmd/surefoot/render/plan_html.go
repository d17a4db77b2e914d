package render

import (
	"html/template"
	"io"

	"surefoot/plan"
)

// planHTML writes one page that needs no network.
func planHTML(w io.Writer, p *plan.Plan) error {
	type stepView struct {
		ID, Title string
		Parts     []part
	}
	view := struct {
		Style      template.CSS
		Plan       *plan.Plan
		Server     string
		Summary    string
		WayBack    []string
		Statements []statementView
		Grid       gridView
		Steps      []stepView
		Short      string
	}{
		Style: pageStyle, Plan: p, Server: server(p), Summary: totalsSentence(p.Totals), WayBack: wayBackSentences(p),
		Grid: viewOf(stepGrid(p)), Short: short(p.Hash),
	}
	for _, st := range p.Statements {
		view.Statements = append(view.Statements, statementView{place(st.File, st.Line, st.Column), st.Text(), nativeSentence(st.Native)})
	}
	for _, s := range p.Steps {
		view.Steps = append(view.Steps, stepView{s.ID, stepTitle(s), stepParts(s)})
	}
	return template.Must(template.New("plan").Parse(planPage)).Execute(w, view)
}

type statementView struct{ Place, SQL, Native string }

type gridView struct {
	Head []string
	Rows [][]string
}

func viewOf(g grid) gridView { return gridView{g.head, g.rows} }

const pageStyle = `
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d5d9de;vertical-align:top}
pre{background:#f4f6f8;padding:.6rem;overflow:auto;margin:.3rem 0}
code,pre{font:14px/1.45 ui-monospace,monospace}
.safe{color:#12702f}.unsafe{color:#a61b1b}.unknown{color:#7a5200}
details{margin:.5rem 0}summary{cursor:pointer}footer{color:#57606a;margin-top:2rem}
@media (prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}pre{background:#1f2428}th,td{border-color:#3a4046}
.safe{color:#5bd17f}.unsafe{color:#ff8a80}.unknown{color:#e9c46a}footer{color:#9aa4ae}}
`

const planPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Surefoot plan</title><style>{{.Style}}</style></head><body>
<h1>Plan: <span class="{{.Plan.Verdict}}">{{.Plan.Verdict}}</span></h1>
<p>For {{.Server}}, mode {{.Plan.Mode}}. {{.Summary}}</p>
<h2>What was asked for</h2>
{{range .Statements}}<p><code>{{.Place}}</code> by itself {{.Native}}</p><pre>{{.SQL}}</pre>{{end}}
<h2>Steps</h2>
{{if .Steps}}<table><thead><tr>{{range .Grid.Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Grid.Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{end}}</tbody></table>
{{range .WayBack}}<p>{{.}}</p>{{end}}
<h2>SQL</h2>
{{range .Steps}}<details><summary><b>{{.ID}}</b> {{.Title}}</summary>
{{range $p := .Parts}}<p>{{$p.Name}}:</p>{{range $p.SQL}}<pre>{{.}}</pre>{{end}}{{end}}</details>
{{end}}{{else}}<p>Nothing to do: the database is as wanted.</p>{{end}}
<footer>plan {{.Short}}</footer>
</body></html>
`
