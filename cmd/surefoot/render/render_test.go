package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"surefoot/plan"
	"surefoot/schema"
)

func number(n int64) *int64 { return &n }

// somePlan is a small plan with a bit of everything, names that need escaping among it.
func somePlan() *plan.Plan {
	return &plan.Plan{
		Format: 1,
		Origin: plan.Origin{Dialect: "postgres", ServerVersion: "15.18", Mode: plan.Safe, Base: "sha256:b", Hash: "sha256:0123456789abcdef"},
		Statements: []plan.Planned{{
			SQL: "ALTER TABLE \"a<b|c\" ALTER COLUMN a TYPE bigint", File: "001.sql", Line: 3, Column: 1, Table: "public.a<b|c", Kind: "change-type",
			Native: plan.NativeEffect{
				Effect: plan.Effect{
					Blocks: plan.BlocksAll, Lock: "ACCESS EXCLUSIVE",
					Passes: plan.Passes{Rewrites: true}, Source: plan.Measured,
				}, HeldMS: number(10_700),
			},
			Findings: []string{"change-type"},
		}},
		Steps: []plan.Step{
			{ID: "01-expand", Kind: schema.Expand, Title: "create the shadow table", Act: plan.Act{SQL: []string{"CREATE TABLE x ()"}}, WayBack: plan.WayBack{Undo: []string{"DROP TABLE x"}}, Evidence: plan.Evidence{Proof: "SELECT 1"}, Price: plan.Price{HeldMS: number(0), DurationMS: number(5)}},
			{ID: "02-contract", Kind: schema.Contract, Title: "drop the old table", Pause: plan.Pause{Hold: "the old table is kept", Until: "finish"}, WayBack: plan.WayBack{NoReturn: true}, Price: plan.Price{Blocks: plan.BlocksAll, Lock: "ACCESS EXCLUSIVE"}, Act: plan.Act{SQL: []string{"DROP TABLE y"}}},
		},
		Totals:  plan.Totals{Steps: 2, Deploys: 0, BlockedMS: number(5)},
		Verdict: plan.IsSafe,
	}
}

func TestPlanText(t *testing.T) {
	var b bytes.Buffer
	if err := Plan(&b, somePlan(), "text", Look{}, false); err != nil {
		t.Fatal(err)
	}
	want := `Plan for postgres 15.18, mode safe, verdict safe

001.sql:3:1  ALTER TABLE "a<b|c" ALTER COLUMN a TYPE bigint
  by itself: blocks reads and writes (ACCESS EXCLUSIVE) for about 10 s; rewrites the table [measured on this version]
  found: change-type

STEP         WHAT                                                 BLOCKS   HELD  TAKES  LOCK
01-expand    create the shadow table                              nothing  -     5 ms
02-contract  drop the old table (hold until surefoot finish)      all      ?     ?      ACCESS EXCLUSIVE

2 steps; writers blocked for 5 ms in all; takes an unknown time; writes an unknown amount to disk and an unknown amount to the log.
The way back ends with 02-contract: after it rollback is not possible.
`
	if diff := cmp.Diff(squeeze(want), squeeze(b.String())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// squeeze makes a comparison blind to how wide a column is.
func squeeze(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.Join(lines, "\n")
}

// A pipe gets no escape sequences; a terminal without colour gets frames and none either.
func TestNoEscapes(t *testing.T) {
	for _, look := range []Look{{}, {Width: 80}} {
		var b bytes.Buffer
		if err := Plan(&b, somePlan(), "text", look, true); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("escape sequences with %+v:\n%q", look, b.String())
		}
	}
	var b bytes.Buffer
	if err := Plan(&b, somePlan(), "text", Look{Colour: true, Width: 80}, false); err != nil || !strings.Contains(b.String(), "\x1b[") {
		t.Errorf("a terminal with colours gets none: %v\n%q", err, b.String())
	}
}

// Markup of names does not leak into the page around it.
func TestEscaping(t *testing.T) {
	var html, markdown bytes.Buffer
	if err := Plan(&html, somePlan(), "html", Look{}, false); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html.String(), "a<b") || !strings.Contains(html.String(), "a&lt;b|c") {
		t.Error("HTML is not escaped")
	}
	for _, bad := range []string{"http://", "https://", "<script", "<link"} {
		if strings.Contains(html.String(), bad) {
			t.Errorf("the page reaches out: %s", bad)
		}
	}
	if err := Plan(&markdown, somePlan(), "markdown", Look{}, false); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(markdown.String(), "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 7 {
			t.Errorf("a row of the table has other columns than its head: %s", line)
		}
	}
}

func someFindings() *Checked {
	return &Checked{
		Format: 1, Files: []string{"a b.sql", "clean.sql"},
		Findings: []*plan.Finding{
			{
				Rule: "change-type", Severity: plan.Error,
				Place: plan.Place{File: "a b.sql", Line: 3, Column: 1, EndLine: 3, EndColumn: 42}, Statement: "ALTER …", Table: "public.t",
				Message: "100% of writers, wait: here\nand here", Instead: []string{"step <one>", "step two"}, Blocks: plan.BlocksAll, Lock: "ACCESS EXCLUSIVE",
			},
			{Rule: "drop-index", Severity: plan.Note, Place: plan.Place{File: "a b.sql", Line: 5, Column: 2}, Message: "note", Instead: []string{}},
		},
		Summary: Summary{Files: 2, Statements: 3, Errors: 1, Notes: 1},
	}
}

func TestCheckGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := Check(&b, someFindings(), "github", Look{}); err != nil {
		t.Fatal(err)
	}
	want := "::error file=a b.sql,line=3,endLine=3,col=1,endColumn=42,title=surefoot change-type::100%25 of writers, wait: here%0Aand here%0Ainstead:%0Astep <one>%0Astep two\n" +
		"::notice file=a b.sql,line=5,endLine=5,col=2,endColumn=1,title=surefoot drop-index::note\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCheckJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := Check(&b, someFindings(), "junit", Look{}); err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name     string     `xml:"name,attr"`
			Failures []struct{} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(b.Bytes(), &suite); err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	if suite.Tests != 2 || suite.Failures != 1 || len(suite.Cases) != 2 || len(suite.Cases[0].Failures) != 1 || len(suite.Cases[1].Failures) != 0 {
		t.Errorf("unexpected suite: %+v", suite)
	}
}

func TestCheckSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := Check(&b, someFindings(), "sarif", Look{}); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	dec := json.NewDecoder(&b)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || len(run.Results) != 2 || run.Results[1].RuleIndex != 1 || run.Tool.Driver.Rules[1].ID != "drop-index" {
		t.Errorf("unexpected log: %+v", log)
	}
	at := run.Results[0].Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "a%20b.sql" || at.Region.StartLine != 3 || at.Region.EndColumn != 42 {
		t.Errorf("unexpected place: %+v", at)
	}
}

// Fingerprints are unique within a report and stay when a statement moves.
func TestCheckGitLab(t *testing.T) {
	c := someFindings()
	again := *c.Findings[0]
	again.Line = 9
	c.Findings = append(c.Findings, &again)
	var b bytes.Buffer
	if err := Check(&b, c, "gitlab", Look{}); err != nil {
		t.Fatal(err)
	}
	var issues []struct {
		Fingerprint string `json:"fingerprint"`
		Severity    string `json:"severity"`
	}
	if err := json.Unmarshal(b.Bytes(), &issues); err != nil {
		t.Fatal(err)
	}
	if issues[0].Fingerprint != fingerprint(c.Findings[2]) || issues[0].Fingerprint == issues[2].Fingerprint || issues[0].Severity != "critical" {
		t.Errorf("unexpected issues: %+v", issues)
	}
}

// A log gets a line a step, one every ten per cent, and one when a wait begins.
func TestLines(t *testing.T) {
	var b bytes.Buffer
	p := Lines(&b)
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	show := func(seconds int, m Moment) {
		m.At, m.Number, m.Steps = at.Add(time.Duration(seconds)*time.Second), 3, 8
		p.Show(m)
	}
	show(0, Moment{Step: "03-backfill", Title: "copy t"})
	for i := range int64(100) {
		show(1, Moment{Step: "03-backfill", Title: "copy t", Done: i * 10, Total: 1000})
	}
	show(2, Moment{Step: "03-backfill", Title: "copy t", Done: 990, Total: 1000, Waits: "session 7"})
	show(3, Moment{Step: "03-backfill", Title: "copy t", Done: 1000, Total: 1000, Ended: true})
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 1+9+1+1 {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
	if want := "2026-11-23T09:00:03Z [3/8] 03-backfill copy t, 1,000 rows in 3.0 s"; lines[len(lines)-1] != want {
		t.Errorf("last line %q, want %q", lines[len(lines)-1], want)
	}
}

// A terminal's line is wiped before another is written, and nothing stays of it at the end.
func TestLive(t *testing.T) {
	var b bytes.Buffer
	p := Live(&b, Look{Width: 40})
	at := time.Now()
	p.Show(Moment{At: at, Step: "03-backfill", Title: strings.Repeat("long ", 20), Done: 1, Total: 10})
	p.Close()
	drawn, rest, found := strings.Cut(b.String(), "\r\x1b[2K")
	if !found || rest != "" {
		t.Errorf("something stays: %q", b.String())
	}
	if n := len([]rune(drawn)); n > 39 {
		t.Errorf("the line has %d characters and wraps: %q", n, drawn)
	}
}

func TestDoctor(t *testing.T) {
	if err := Doctor(io.Discard, nil, "json", Look{}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Doctor(&b, []plan.Problem{{Severity: plan.Error, What: "no TRIGGER privilege", Remedy: "GRANT TRIGGER"}}, "text", Look{}); err != nil {
		t.Fatal(err)
	}
	if want := "error: no TRIGGER privilege\n  remedy: GRANT TRIGGER\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}
