package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"surefoot/dialects"
	"surefoot/plan"
	"surefoot/schema"
)

// scratch is an empty server of the same engine on which a change to a schema file is rehearsed, without
// rows. The zero value: there is none.
type scratch struct {
	made  bool
	name  string       // of the database made there, where plans would name it; nobody else has it
	clean func() error // the second process need not watch any more
}

func (f *targetFlags) addScratch(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.scratch, "scratch", "", "with --schema: ask an empty server of the same engine at `URL`, and rehearse there (sqlite: needs none)")
}

// openScratch makes a database with the present schema on the scratch server. How large its tables really
// are only --stats can say.
func (f *targetFlags) openScratch(ctx context.Context, fx *facts) (*target, error) {
	if f.schema == "" {
		return nil, usagef("--scratch needs --schema: the present schema is made there, and the change tried on it")
	}
	text, err := os.ReadFile(f.schema)
	if err != nil {
		return nil, readError(f.schema, err)
	}
	t := &target{address: f.scratch, facts: fx}
	if !strings.HasPrefix(f.scratch, "sqlite:") {
		if t.scratch.clean, err = watch(f.scratch); err != nil {
			return nil, err
		}
	}
	if t.db, t.scratch.name, err = dialects.Settle(ctx, f.scratch, string(unmarked(text))); err != nil {
		return nil, f.unsettled(err)
	}
	t.Dialect, t.scratch.made = t.db, true
	if t.have, err = t.db.Inspect(ctx); err == nil {
		err = f.sameEngine(t.have)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	for _, table := range t.have.Tables {
		table.Stats = schema.Stats{}
		if fx == nil {
			continue
		}
		for _, size := range fx.Sizes {
			if t.scratch.name != "" {
				size.Table.Schema = t.scratch.name
			}
			if t.have.Resolve(size.Table) == table.Name {
				table.Stats = size.Stats
			}
		}
	}
	return t, nil
}

// unsettled says whether the address or the schema is at fault.
func (f *targetFlags) unsettled(err error) error {
	var bad *dialects.BadURL
	var syntax *schema.SyntaxError
	switch {
	case errors.As(err, &bad):
		return &usageError{"--scratch: " + bad.Reason}
	case errors.As(err, &syntax):
		return inFile(err, f.schema)
	}
	return exitWith(exitFailed, fmt.Errorf("--scratch: %w", withoutPassword(err, f.scratch)), "nothing was changed; check that the server runs, and its address, user and password")
}

// sameEngine refuses answers of another engine, or of another version, than was asked for.
func (f *targetFlags) sameEngine(have *schema.Schema) error {
	if f.dialect != "" && f.dialect != have.Dialect {
		return usagef("--scratch is a server of %s, and --dialect says %s", have.Dialect, f.dialect)
	}
	if f.version != "" && f.version != have.Version && !strings.HasPrefix(have.Version, f.version+".") {
		return usagef("--scratch is a server of version %s, and version %s was asked for: what a change does depends on it", have.Version, f.version)
	}
	return nil
}

// left is called when nothing of the scratch database is there any more.
func (s scratch) left() {
	if s.clean != nil {
		_ = s.clean() // else the second process looks for it in vain
	}
}

// words says of a rehearsal that it took place there: of a schema file, rights and owners are passed over,
// since the roles may be missing.
func (s scratch) words(rehearsal string) string {
	if !s.made {
		return rehearsal
	}
	return "on an empty server, without rows, rights and owners: " + rehearsal
}

// text leaves the scratch database's name out: statements are said as they would be without a server.
func (s scratch) text(text string) string {
	if s.name == "" {
		return text
	}
	return strings.NewReplacer("`"+s.name+"`.", "", "'"+s.name+"'", "DATABASE()", `"`+s.name+`"`, `""`, s.name+".", "").Replace(text)
}

// plan gives a plan without the scratch database's name.
func (s scratch) plan(p *plan.Plan) (*plan.Plan, error) {
	if s.name == "" {
		return p, nil
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("write the plan: %w", err)
	}
	out := &plan.Plan{Findings: p.Findings}
	if err := json.Unmarshal([]byte(s.text(string(b))), out); err != nil {
		return nil, fmt.Errorf("read the plan again: %w", err)
	}
	s.findings(out.Findings)
	return out, out.Note(p.Rehearsed, s.text(p.Rehearsal))
}

func (s scratch) findings(all []*plan.Finding) {
	for _, f := range all {
		f.Message, f.Table = s.text(f.Message), s.text(f.Table)
		for i := range f.Instead {
			f.Instead[i] = s.text(f.Instead[i])
		}
	}
}

// error says an error without the scratch database's name.
func (s scratch) error(err error) error {
	if s.name == "" || err == nil {
		return err
	}
	return nameless{err, s}
}

type nameless struct {
	error
	of scratch
}

func (n nameless) Error() string { return n.of.text(n.error.Error()) }
func (n nameless) Unwrap() error { return n.error }
