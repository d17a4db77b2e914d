package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"surefoot/plan"
)

// CheckFormats are the formats of check, the default first.
func CheckFormats() []string {
	return []string{"text", "json", "markdown", "github", "gitlab", "sarif", "junit"}
}

// Checked is the result of check; field names are the contract of `check --format json`.
type Checked struct {
	Format   int             `json:"format"`
	Findings []*plan.Finding `json:"findings"`
	Summary  Summary         `json:"summary"`
	Files    []string        `json:"-"` // all that were read, for JUnit
}

// Summary counts.
type Summary struct {
	Files      int `json:"files"`
	Statements int `json:"statements"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Notes      int `json:"notes"`
	Unparsed   int `json:"unparsed"`
	Suppressed int `json:"suppressed"`
}

// Check writes findings in a format of CheckFormats.
func Check(w io.Writer, c *Checked, format string, look Look) error {
	switch format {
	case "json":
		return JSON(w, c)
	case "markdown":
		return checkMarkdown(w, c)
	case "github":
		return checkGitHub(w, c)
	case "gitlab":
		return checkGitLab(w, c)
	case "sarif":
		return checkSARIF(w, c)
	case "junit":
		return checkJUnit(w, c)
	}
	return checkText(w, c, look)
}

func severityTone(s plan.Severity) tone {
	switch s {
	case plan.Error:
		return bad
	case plan.Warning:
		return warn
	case plan.Note:
	}
	return faint
}

func checkText(w io.Writer, c *Checked, look Look) error {
	out := &printer{w: w}
	for _, f := range c.Findings {
		out.line(place(f.File, f.Line, f.Column), ": ", look.paint(string(f.Severity), severityTone(f.Severity)), " ", look.paint(f.Rule, strong))
		out.line("  ", f.Message)
		if f.Statement != "" {
			out.line("  ", look.paint("> "+oneLine(f.Statement, 0), faint))
		}
		if words := effectWords(f); words != "" {
			out.line("  ", words)
		}
		for i, s := range f.Instead {
			lead := "           "
			if i == 0 {
				lead = "  instead: "
			}
			out.line(lead, strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n           "))
		}
		out.line()
	}
	out.line(summarySentence(c.Summary))
	return out.err
}

func effectWords(f *plan.Finding) string {
	if f.Blocks == plan.BlocksNothing {
		return ""
	}
	s := "blocks " + blocked(f.Blocks)
	if f.Lock != "" {
		s += " (" + f.Lock + ")"
	}
	if f.HeldMS != nil {
		s += " for " + about(span(f.HeldMS))
	}
	return s
}

func summarySentence(s Summary) string {
	parts := []string{plural(s.Statements, "statement", "statements") + " in " + plural(s.Files, "file", "files")}
	parts = append(parts, plural(s.Errors, "error", "errors"), plural(s.Warnings, "warning", "warnings"))
	if s.Notes > 0 {
		parts = append(parts, plural(s.Notes, "note", "notes"))
	}
	if s.Suppressed > 0 {
		parts = append(parts, plural(s.Suppressed, "finding", "findings")+" suppressed")
	}
	if s.Unparsed > 0 {
		parts = append(parts, fmt.Sprint(s.Unparsed)+" not understood")
	}
	return strings.Join(parts, ", ")
}

func checkMarkdown(w io.Writer, c *Checked) error {
	out := &printer{w: w}
	out.line("## Surefoot check")
	out.line()
	out.line(summarySentence(c.Summary), ".")
	if len(c.Findings) > 0 {
		g := grid{head: []string{"severity", "rule", "where", "what happens"}}
		for _, f := range c.Findings {
			g.rows = append(g.rows, []string{string(f.Severity), f.Rule, place(f.File, f.Line, f.Column), f.Message})
		}
		out.line()
		out.print(markdownTable(g))
	}
	for _, f := range c.Findings {
		if len(f.Instead) == 0 {
			continue
		}
		out.line()
		out.line("<details><summary>", cell(place(f.File, f.Line, f.Column)), " instead</summary>")
		out.line()
		out.line(fence(f.Statement, "sql"))
		out.line()
		out.line("becomes")
		out.line()
		out.line(fence(strings.Join(f.Instead, "\n"), "sql"))
		out.line()
		out.line("</details>")
	}
	return out.err
}

// checkGitHub writes workflow commands, which GitHub shows as annotations in a pull request.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
func checkGitHub(w io.Writer, c *Checked) error {
	out := &printer{w: w}
	level := map[plan.Severity]string{plan.Error: "error", plan.Warning: "warning", plan.Note: "notice"}
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range c.Findings {
		message := f.Message
		if len(f.Instead) > 0 {
			message += "\ninstead:\n" + strings.Join(f.Instead, "\n")
		}
		props := []string{"title=" + property.Replace("surefoot "+f.Rule)}
		if f.File != "" {
			props = append([]string{
				"file=" + property.Replace(f.File),
				fmt.Sprintf("line=%d,endLine=%d,col=%d,endColumn=%d", f.Line, max(f.EndLine, f.Line), f.Column, max(f.EndColumn, 1)),
			}, props...)
		}
		out.line("::", level[f.Severity], " ", strings.Join(props, ","), "::", value.Replace(message))
	}
	return out.err
}

// checkJUnit gives one test case a file; each finding at or above warning is a failure in it.
func checkJUnit(w io.Writer, c *Checked) error {
	type failure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	type testCase struct {
		Name      string    `xml:"name,attr"`
		ClassName string    `xml:"classname,attr"`
		File      string    `xml:"file,attr,omitempty"`
		Failures  []failure `xml:"failure"`
		SystemOut string    `xml:"system-out,omitempty"`
	}
	type testSuite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	suite := testSuite{Name: "surefoot check"}
	for _, file := range c.Files {
		tc := testCase{Name: orElse(file, "SQL"), ClassName: "surefoot", File: file}
		for _, f := range c.Findings {
			if f.File != file {
				continue
			}
			if f.Severity == plan.Note {
				tc.SystemOut += place(f.File, f.Line, f.Column) + " " + f.Rule + ": " + f.Message + "\n"
				continue
			}
			tc.Failures = append(tc.Failures, failure{
				Message: f.Message, Type: f.Rule,
				Text: strings.Join(append([]string{place(f.File, f.Line, f.Column), f.Statement, "instead:"}, f.Instead...), "\n"),
			})
		}
		if len(tc.Failures) > 0 {
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, tc)
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
