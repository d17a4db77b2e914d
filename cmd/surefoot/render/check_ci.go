package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"surefoot/plan"
)

// checkGitLab writes a Code Quality report.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func checkGitLab(w io.Writer, c *Checked) error {
	type lines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	level := map[plan.Severity]string{plan.Error: "critical", plan.Warning: "minor", plan.Note: "info"}
	issues := []issue{}
	seen := map[string]int{}
	for _, f := range c.Findings {
		id := fingerprint(f)
		seen[id]++
		if n := seen[id]; n > 1 {
			id = fmt.Sprintf("%s-%d", id, n)
		}
		issues = append(issues, issue{
			Description: f.Message, CheckName: f.Rule, Fingerprint: id, Severity: level[f.Severity],
			Location: location{orElse(f.File, "SQL"), lines{max(f.Line, 1), max(f.EndLine, f.Line, 1)}},
		})
	}
	return JSON(w, issues)
}

// fingerprint stays the same when the statement moves within its file.
func fingerprint(f *plan.Finding) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, f.File, f.Table, oneLine(f.Statement, 0)}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// The part of SARIF 2.1.0 that code scanning reads.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		Message             sarifText         `json:"message"`
		Locations           []sarifLocation   `json:"locations"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// checkSARIF writes SARIF 2.1.0.
func checkSARIF(w io.Writer, c *Checked) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "surefoot", Rules: []sarifRule{}}
	for _, f := range c.Findings {
		index := slices.Index(run.Tool.Driver.Rules, sarifRule{f.Rule})
		if index < 0 {
			index = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{f.Rule})
		}
		message := f.Message
		if len(f.Instead) > 0 {
			message += "\n\nInstead:\n" + strings.Join(f.Instead, "\n")
		}
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Rule, RuleIndex: index, Level: string(f.Severity), Message: sarifText{message},
			Locations:           []sarifLocation{{sarifPhysical{sarifArtifact{uri(f.File)}, region(f)}}},
			PartialFingerprints: map[string]string{"surefoot/v1": fingerprint(f)},
		})
	}
	return JSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func region(f *plan.Finding) *sarifRegion {
	if f.Line < 1 {
		return nil
	}
	r := &sarifRegion{StartLine: f.Line, StartColumn: max(f.Column, 1), EndLine: max(f.EndLine, f.Line)}
	if f.EndColumn > 0 {
		r.EndColumn = f.EndColumn
	}
	return r
}

// uri escapes what a relative URI reference must not hold.
func uri(path string) string {
	if path == "" {
		return "SQL"
	}
	return strings.NewReplacer("%", "%25", " ", "%20", "#", "%23", "?", "%3F", `\`, "/").Replace(path)
}
