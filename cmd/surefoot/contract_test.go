package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// contract holds the documented shape of each JSON output. Every field named here must be there
// with a value of the same kind; null may stand for a number that is not known.
var contract = map[string]string{
	"plan": `{"format": 1, "dialect": "", "server_version": "", "mode": "", "base": "", "hash": "",
		"statements": [{"sql": "", "file": "", "line": 1, "column": 1, "table": "", "kind": "",
			"native": {"blocks": "", "lock": "", "algorithm": "", "rewrites_table": true, "scans_table": true, "rebuilds_indexes": true,
				"loses_data": true, "breaks_application": true, "held_ms": 1, "source": ""},
			"findings": [""],
			"ways": [{"name": "", "taken": true, "why": "", "steps": 1, "deploys": 1, "blocked_ms": 1, "duration_ms": 1, "disk_bytes": 1, "log_bytes": 1}]}],
		"steps": [{"id": "", "kind": "", "title": "", "sql": [""], "proof": "", "undo": [""], "lost": "",
			"blocks": "", "lock": "", "held_ms": 1, "duration_ms": 1, "disk_bytes": 1, "log_bytes": 1, "hold": "", "locks": [{"table": "", "level": "", "lock": ""}]}],
		"totals": {"steps": 1, "deploys": 1, "blocked_ms": 1, "duration_ms": 1, "disk_bytes": 1, "log_bytes": 1}, "verdict": ""}`,
	"check": `{"format": 1, "findings": [{"rule": "", "severity": "", "file": "", "line": 1, "column": 1, "end_line": 1, "end_column": 1,
		"statement": "", "table": "", "message": "", "instead": [""], "blocks": "", "lock": "", "held_ms": 1}],
		"summary": {"files": 1, "statements": 1, "errors": 1, "warnings": 1, "notes": 1, "unparsed": 1, "suppressed": 1}}`,
	"status": `{"format": 1, "runs": [{"id": "", "table": "", "mode": "", "state": "", "step": "", "kind": "", "hold": "",
		"rows_done": 1, "rows_total": 1, "backlog": 1, "eta_ms": 1, "waits_for": "", "error": "", "started": "", "updated": ""}]}`,
	"compare": `{"format": 1,
		"safe": {"steps": 1, "deploys": 1, "blocked_ms": 1, "duration_ms": 1, "disk_bytes": 1, "log_bytes": 1},
		"window": {"steps": 1, "deploys": 1, "blocked_ms": 1, "duration_ms": 1, "disk_bytes": 1, "log_bytes": 1,
			"outage": {"tables": [""], "blocks": "", "ms": 1, "low_ms": 1, "high_ms": 1}},
		"costs": {}, "recommend": "", "because": "", "break_even": {}}`,
	"progress": `{"time": "", "event": "", "run": "", "state": "", "step": "", "kind": "", "title": "", "number": 1, "steps": 1,
		"rows_done": 1, "rows_total": 1, "rows_per_second": 1, "eta_ms": 1, "backlog": 1, "waits_for": "", "text": ""}`,
}

// open are the objects that may hold more than the contract names: a plan carries what run needs,
// and prices are free in their form.
var open = []string{"plan", "plan.statements[].native", "plan.steps[]", "compare.costs", "compare.break_even", "status.runs[]"}

func scriptStrict(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: strict SHAPE FILE")
	}
	shape, ok := contract[args[0]]
	if !ok {
		ts.Fatalf("no shape is called %s", args[0])
	}
	var want any
	ts.Check(json.Unmarshal([]byte(shape), &want))
	texts := []string{ts.ReadFile(args[1])}
	if args[0] == "progress" { // a line each
		texts = slices.DeleteFunc(strings.Split(texts[0], "\n"), func(l string) bool { return !strings.HasPrefix(l, "{") })
	}
	if len(texts) == 0 {
		ts.Fatalf("%s holds no JSON", args[1])
	}
	for _, text := range texts {
		var got any
		ts.Check(json.Unmarshal([]byte(text), &got))
		if faults := differences(args[0], want, got); len(faults) > 0 {
			ts.Fatalf("not the documented shape:\n%s", strings.Join(faults, "\n"))
		}
	}
}

// differences says where got has another shape than want.
func differences(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return []string{path + " is no object"}
		}
		var faults []string
		for key, inner := range want {
			value, ok := got[key]
			if !ok {
				faults = append(faults, path+"."+key+" is missing")
				continue
			}
			faults = append(faults, differences(path+"."+key, inner, value)...)
		}
		for key := range got {
			if _, ok := want[key]; !ok && !slices.Contains(open, path) {
				faults = append(faults, path+"."+key+" is not documented")
			}
		}
		return faults
	case []any:
		got, ok := got.([]any)
		if !ok {
			return []string{path + " is no list"}
		}
		var faults []string
		for _, value := range got {
			faults = append(faults, differences(path+"[]", want[0], value)...)
		}
		return faults
	}
	_, number := want.(float64)
	if got == nil && number {
		return nil
	}
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return []string{fmt.Sprintf("%s is %T, not %T", path, got, want)}
	}
	return nil
}
