package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"surefoot/cmd/surefoot/render"
	"surefoot/executor"
	"surefoot/plan"
	"surefoot/schema"
)

type runOptions struct {
	sourceFlags
	liveFlags
	rehearseFlag
	wayFlags
	conductFlags
	plan string
	id   string
	yes  bool
}

func newRunCommand(e *env) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:     "run [FILE…|-]",
		Short:   "Carry a change out; run again after any interruption to continue",
		GroupID: groupAct,
		Long: `Carry a plan out on a live database. Progress goes to a journal in the database itself, so after a
kill, a crash or a lost connection the same command continues where it stopped: nothing is lost
and nothing is done twice.

After the cut-over the new table serves and the old one is kept current until surefoot finish, so
that surefoot rollback loses nothing.

Exit codes: 0 done · 1 failed · 3 stopped on purpose and can be continued · 4 the database is not
the one that was planned for.`,
		Example: `  surefoot run --db postgres://app@localhost/shop 0042_orders.sql
  surefoot plan --db "$DATABASE_URL" --out plan.json 0042_orders.sql && surefoot run --db "$DATABASE_URL" --plan plan.json --yes
  surefoot run --db sqlite:shop.db --yes --finish --sql 'ALTER TABLE orders ADD COLUMN note text'
  surefoot run --db "$DATABASE_URL" --yes --hold cut-over --wait --progress plain 0042_orders.sql`,
		RunE: action(e, func(ctx context.Context, args []string) error {
			o.files = args
			return runRun(ctx, e, o)
		}),
	}
	o.sourceFlags.add(cmd)
	o.liveFlags.add(cmd)
	o.rehearseFlag.add(cmd)
	addConfig(cmd)
	cmd.Flags().StringVar(&o.plan, "plan", "", "carry out the plan in `FILE`, written by surefoot plan --out")
	o.wayFlags.add(cmd)
	cmd.Flags().StringVar(&o.id, "id", "", "`NAME` of the run (default: from the plan's hash)")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask before starting")
	o.conductFlags.add(cmd)
	_ = cmd.MarkFlagFilename("plan", "json")
	return cmd
}

// conductFlags steer how a run works; the commands that go on with a run have them too.
type conductFlags struct {
	hold        []string
	wait        bool
	workers     int
	maxLag      time.Duration
	lockTimeout time.Duration
	progress    string
	keepOld     time.Duration
	finish      bool
}

func (f *conductFlags) add(cmd *cobra.Command) {
	kinds := []string{"expand", "dual-write", "backfill", "verify", "cut-over", "contract"}
	cmd.Flags().StringSliceVar(&f.hold, "hold", nil, "stop before steps of these `KIND`s: "+strings.Join(kinds, ", "))
	cmd.Flags().BoolVar(&f.wait, "wait", false, "stay at a hold, keep catching up, and go on when surefoot continue comes")
	cmd.Flags().IntVar(&f.workers, "workers", 0, "sessions that copy (default 2)")
	cmd.Flags().DurationVar(&f.maxLag, "max-lag", 0, "rest while replicas are further behind than this")
	cmd.Flags().DurationVar(&f.lockTimeout, "lock-timeout", time.Second, "longest wait for a lock in one try; others wait no longer for us")
	choice(cmd, &f.progress, "progress", "how to show progress on standard error", "auto", "plain", "json", "none")
	cmd.Flags().DurationVar(&f.keepOld, "keep-old", 0, "finish by itself that long after the cut-over (default: wait for surefoot finish)")
	cmd.Flags().BoolVar(&f.finish, "finish", false, "finish at once: drop the old table right after the cut-over")
	_ = cmd.RegisterFlagCompletionFunc("hold", cobra.FixedCompletions(kinds, cobra.ShellCompDirectiveNoFileComp))
}

// check says what is wrong with the flags, before anything is opened.
func (f *conductFlags) check() error {
	for _, h := range f.hold {
		switch schema.Phase(h) {
		case schema.Expand, schema.DualWrite, schema.Fill, schema.Verify, schema.CutOver, schema.Contract:
		default:
			return usagef("--hold: %q is no kind of step; there are expand, dual-write, backfill, verify, cut-over, contract", h)
		}
	}
	if f.finish && f.keepOld > 0 {
		return usagef("--finish drops the old table at once and --keep-old keeps it: choose one")
	}
	if f.workers < 0 || f.maxLag < 0 || f.lockTimeout <= 0 || f.keepOld < 0 {
		return usagef("--workers, --max-lag, --lock-timeout and --keep-old must not be negative, and --lock-timeout not 0")
	}
	return nil
}

func (f *conductFlags) options(id string) executor.Options {
	o := executor.Options{
		ID: id, Workers: f.workers, LockTimeout: f.lockTimeout, Wait: f.wait,
		KeepOld: f.keepOld, Finish: f.finish, MaxLag: f.maxLag,
	}
	for _, h := range f.hold {
		o.Hold = append(o.Hold, schema.Phase(h))
	}
	return o
}

func (o *runOptions) check(c config) error {
	if err := o.conductFlags.check(); err != nil {
		return err
	}
	if err := o.wayFlags.check(); err != nil {
		return err
	}
	if o.plan == "" {
		return o.sourceFlags.check(c)
	}
	if len(o.files) > 0 || o.sql != "" || o.to != "" {
		return usagef("--plan brings its own change: leave out files, --sql and --to")
	}
	return nil
}

func runRun(ctx context.Context, e *env, o runOptions) error {
	if err := o.check(e.config); err != nil {
		return err
	}
	db, err := o.liveFlags.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	r := &running{env: e, db: db, flags: o.conductFlags}
	same, err := o.sameChange(e)
	if err != nil {
		return err
	}
	live, err := o.underWay(ctx, db, same)
	if err != nil {
		return advised(ctx, db, err)
	}
	if live != "" {
		_, _ = fmt.Fprintf(e.err, "run %s of this change is under way: continuing\n", live)
		if err := r.resume(ctx, live); err != nil {
			return err
		}
		begun, err := executor.PlanOf(ctx, db, live)
		if err != nil {
			return advised(ctx, db, err)
		}
		return render.NotCompared(e.err, begun)
	}
	p, base, err := o.planFor(ctx, e, db)
	if err != nil {
		if ctx.Err() != nil {
			return exitWith(exitStopped, errInterrupted, "nothing was begun")
		}
		unfinished(ctx, e, db)
		return err
	}
	if len(p.Steps) == 0 {
		_, _ = fmt.Fprintln(e.err, "nothing to do: the database is as wanted")
		return render.NotCompared(e.err, p)
	}
	if err := permitted(ctx, db, p); err != nil {
		return advised(ctx, db, err)
	}
	if err := o.allowed(e, p); err != nil {
		return err
	}
	if err := r.start(ctx, p, o.id, base); err != nil {
		return err
	}
	return render.NotCompared(e.err, p)
}

// permitted refuses a plan that the role could begin and not end.
func permitted(ctx context.Context, db database, p *plan.Plan) error {
	asked, ok := db.(interface {
		Forbidden(ctx context.Context, p *plan.Plan) ([]plan.Problem, error)
	})
	if !ok {
		return nil
	}
	found, err := asked.Forbidden(ctx, p)
	if err != nil || len(found) == 0 {
		return err
	}
	var what, remedies []string
	for _, a := range found {
		what, remedies = append(what, a.What), append(remedies, a.Remedy)
	}
	return exitWith(exitFailed, fmt.Errorf("the run could not be brought to its end: %s", strings.Join(what, "; ")), strings.Join(append(remedies, "nothing was changed"), "\n"))
}

// planFor gives the plan and the fingerprint of the tables as they are now.
func (o *runOptions) planFor(ctx context.Context, e *env, db database) (*plan.Plan, string, error) {
	var given *plan.Plan
	if o.plan != "" {
		var err error
		if given, err = readPlan(o.plan); err != nil {
			return nil, "", err
		}
		executor.InTimeZone(db, given)
	}
	have, err := db.Inspect(ctx)
	if err != nil {
		return nil, "", err
	}
	if p := given; p != nil {
		if p.Dialect != have.Dialect {
			return nil, "", exitWith(exitDrift, fmt.Errorf("the plan was made for %s, the database is %s", p.Dialect, have.Dialect), "make the plan again for this database")
		}
		return p, plan.Fingerprint(have, p.Tables), nil
	}
	address, err := o.liveFlags.address()
	if err != nil {
		return nil, "", err
	}
	t := &target{Dialect: db, db: db, address: address, have: have}
	c, err := o.sourceFlags.read(ctx, e, t)
	if err != nil {
		return nil, "", err
	}
	p, err := t.build(ctx, c, o.mode, e.config, o.rehearse)
	if err != nil {
		return nil, "", err
	}
	return p, p.Base, nil
}

// readPlan reads what surefoot plan --out wrote.
func readPlan(path string) (*plan.Plan, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, readError(path, err)
	}
	var p plan.Plan
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("read %s: it is not a plan of surefoot: %w", path, err)
	}
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &p, nil
}

// allowed shows the plan and asks, unless --yes was given.
func (o *runOptions) allowed(e *env, p *plan.Plan) error {
	if p.Mode == plan.Safe && p.Verdict != plan.IsSafe {
		return exitWith(exitFailed, fmt.Errorf("the plan is %s: part of the change has no safe way (%s)%s", p.Verdict, unsafeParts(p), unsafeReasons(p)),
			"see surefoot plan; to carry it out while nobody works, use --mode window")
	}
	if o.yes {
		return nil
	}
	if !e.canAsk {
		return exitWith(exitUsage, fmt.Errorf("there is nobody to ask: standard input is not a terminal"), "look at surefoot plan first, then run with --yes")
	}
	if err := render.Plan(e.err, p, "text", render.Look{Colour: e.colours(), Width: e.outWidth}, false); err != nil {
		return err
	}
	_, _ = fmt.Fprint(e.err, "\nCarry this out? [y/N] ")
	answer, _ := bufio.NewReader(e.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return exitWith(exitStopped, fmt.Errorf("not started"), "")
}

// unsafeFindings are those of statements that no rule could better; where there are none, all that are errors.
func unsafeFindings(p *plan.Plan) []*plan.Finding {
	var all, without []*plan.Finding
	for _, f := range p.Findings {
		if f.Severity != plan.Error {
			continue
		}
		if all = append(all, f); len(f.Instead) == 0 {
			without = append(without, f)
		}
	}
	if len(without) == 0 {
		return all
	}
	return without
}

// unsafeParts names the statements that no rule could better.
func unsafeParts(p *plan.Plan) string {
	var rules []string
	for _, f := range unsafeFindings(p) {
		rules = append(rules, f.Rule)
	}
	if len(rules) == 0 {
		return "see its findings"
	}
	return strings.Join(rules, ", ")
}

// unsafeReasons says of each part why, with its place.
func unsafeReasons(p *plan.Plan) string {
	var b strings.Builder
	for _, f := range unsafeFindings(p) {
		b.WriteString("\n" + orElse(f.File, "SQL"))
		if f.Line > 0 { // what follows from a wanted schema has no place there
			fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
		}
		b.WriteString(": " + f.Message)
	}
	return b.String()
}
