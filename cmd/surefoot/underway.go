package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/schema"
)

// underWay gives the name of the run that is not over and carries out this very change; empty:
// there is none. It is found by what was asked for, not by planning again: after a part of the
// change took effect, the same statements would give another plan, or none.
func (o *runOptions) underWay(ctx context.Context, db database, same func(*plan.Plan) bool) (string, error) {
	runs, err := executor.Status(ctx, db, "")
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		if !live(r) || o.id != "" && r.ID != o.id || r.RollingBack {
			continue
		}
		p, err := executor.PlanOf(ctx, db, r.ID)
		if err != nil {
			return "", err
		}
		if same(p) {
			return r.ID, nil
		}
	}
	return "", nil
}

// unfinished says which runs are not over where no plan could be made: it may have met what is theirs.
func unfinished(ctx context.Context, e *env, db database) {
	runs, err := executor.Status(ctx, db, "")
	if err != nil {
		return // why there is no plan is said
	}
	for _, r := range runs {
		if live(r) {
			_, _ = fmt.Fprintf(e.err, "note: run %s on %s is not over (%s): where the plan meets its tables, finish it or roll it back first\n", r.ID, r.Table, r.State)
		}
	}
}

// others says which runs on a plan's tables are not over: until then run refuses the plan, and what the plan
// found is what they have made so far.
func (t *target) others(ctx context.Context, e *env, p *plan.Plan) {
	if t.db == nil || t.scratch.made {
		return
	}
	runs, err := executor.Status(ctx, t.db, "")
	if err != nil {
		_, _ = fmt.Fprintf(e.err, "note: whether a run works on these tables is not known: %v\n", err)
		return
	}
	for _, r := range runs {
		shares := slices.ContainsFunc(p.Tables, func(n schema.Name) bool { return slices.Contains(strings.Split(r.Table, ", "), n.String()) })
		if live(r) && shares {
			_, _ = fmt.Fprintf(e.err, "note: run %s on %s is not over (%s): finish it or roll it back before this plan is run\n", r.ID, r.Table, r.State)
		}
	}
}

// sameChange gives a function that knows a plan of the change that was asked for.
func (o *runOptions) sameChange(e *env) (func(*plan.Plan) bool, error) {
	if o.plan != "" {
		mine, err := readPlan(o.plan)
		if err != nil {
			return nil, err
		}
		return func(p *plan.Plan) bool { return p.Hash == mine.Hash }, nil
	}
	if o.to != "" {
		b, err := os.ReadFile(o.to)
		if err != nil {
			return nil, readError(o.to, err)
		}
		mine := fingerprint([]text{{sql: unmarked(b)}})
		return func(p *plan.Plan) bool { return string(p.Mode) == o.mode && p.Asked == mine }, nil
	}
	texts, err := o.sourceFlags.texts(e)
	if err != nil {
		return nil, err
	}
	if len(o.files) == 1 && o.files[0] == "-" { // standard input can be read only once
		o.sql, o.files = texts[0].sql, nil
	}
	all, mine := joined(texts), fingerprint(texts)
	return func(p *plan.Plan) bool {
		return string(p.Mode) == o.mode && (p.Asked == mine || holdsOnly(all, p.Statements))
	}, nil
}

// asked is what a plan keeps of the texts where its statements do not tell them: BEGIN, what a script sets, and
// what a rebuild consists of stand in no step.
func (c *change) asked(statements []plan.Planned) string {
	if holdsOnly(joined(c.texts), statements) {
		return ""
	}
	return fingerprint(c.texts)
}

func joined(texts []text) string {
	var all strings.Builder
	for _, tx := range texts {
		all.WriteString(tx.sql + "\n")
	}
	return all.String()
}

func fingerprint(texts []text) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(joined(texts))))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// holdsOnly says that a text holds these statements in this order, and between them nothing but
// comments, semicolons and white space.
func holdsOnly(text string, statements []plan.Planned) bool {
	if len(statements) == 0 {
		return false
	}
	for _, st := range statements {
		sql := strings.TrimRight(strings.TrimSpace(st.SQL), ";")
		at := strings.Index(text, sql)
		if sql == "" || at < 0 || !onlyComments(text[:at]) {
			return false
		}
		text = text[at+len(sql):]
	}
	return onlyComments(text)
}

func onlyComments(text string) bool {
	for text != "" {
		text = strings.TrimLeft(text, " \t\r\n;")
		switch {
		case strings.HasPrefix(text, "--"), strings.HasPrefix(text, "#"):
			_, text, _ = strings.Cut(text, "\n")
		case strings.HasPrefix(text, "/*"):
			_, text, _ = strings.Cut(text, "*/")
		case text != "":
			return false
		}
	}
	return true
}
