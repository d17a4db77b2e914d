package planner

import (
	"math"
	"reflect"
	"slices"
	"strings"
)

// Build plans statements against the schema as it is. A statement that is safe by itself is run
// as it was written; of an unsafe one, rules rewrite each clause until every piece is milder, and
// what no rule can better stays as it is, with a finding. Errors are *Refusal with the place.
func Build(stmts []Statement, s *Schema, d Dialect, o Options) (*Plan, error) {
	b := &builder{dialect: d, opts: o, base: s, now: s}
	for _, st := range stmts {
		if err := b.statement(st); err != nil {
			return nil, err
		}
	}
	if err := b.flush(); err != nil {
		return nil, err
	}
	b.contract(func(Name) bool { return true })
	mode := o.Mode
	if mode == "" {
		mode = Safe
	}
	p := &Plan{
		Format: Format, Dialect: s.Dialect, ServerVersion: s.Version, Mode: mode,
		Base: Fingerprint(s, b.tables), Tables: b.tables, Statements: b.planned, Steps: b.steps,
		Verdict: b.verdict, Findings: b.findings,
	}
	if p.Verdict == "" {
		p.Verdict = IsSafe
	}
	return p, p.seal()
}

// builder gathers a plan; its methods are called statement by statement.
type builder struct {
	dialect   Dialect
	opts      Options
	base, now *Schema // before the plan, and after the steps so far
	tables    []Name
	planned   []Planned
	steps     []Step
	findings  []*Finding
	verdict   Verdict
	hold      string            // put before the next step
	copying   *pending          // clauses that wait to share one copy
	old       map[Name][]Step   // contract steps that wait for the end
	order     []Name            // the order of old
	created   map[Name]struct{} // tables made by this plan: nobody uses them yet
	asked     *answer           // what is known of the present statement's only clause
}

// answer is an effect that holds for one change.
type answer struct {
	change Change
	effect NativeEffect
}

// pending is a copy that later statements on the same table may still join.
type pending struct {
	live    *Table
	clauses []Change
	at      Statement
}

func (b *builder) statement(st Statement) error {
	clauses := flatten(st.Changes)
	if len(clauses) == 0 {
		return nil
	}
	for _, c := range clauses {
		b.touch(c)
	}
	if err := b.exists(st, clauses); err != nil {
		return err
	}
	native := Native{On: On{b.now.Resolve(clauses[0].Table())}, SQL: st.SQL, Clauses: clauses}
	e := b.effect(native)
	b.asked = nil
	if len(clauses) == 1 {
		b.asked = &answer{clauses[0], e}
	}
	p := Planned{
		SQL: st.SQL, File: st.File, Line: st.Line, Column: st.Column, Kind: native.Kind(),
		Table: native.Name.String(), Native: e, Findings: []string{},
	}
	before := len(b.findings)
	var err error
	if b.unsafe(native, e) || b.always(clauses) {
		err = b.rewrite(st, native)
	} else {
		err = b.emit(st, native)
	}
	for _, f := range b.findings[before:] {
		p.Findings = append(p.Findings, f.Rule)
	}
	b.planned = append(b.planned, p)
	return err
}

// rewrite plans an unsafe statement clause by clause.
func (b *builder) rewrite(st Statement, native Native) error {
	var leaves, ride []Change
	needsCopy, rewritten := false, false
	schema := b.now
	for _, c := range native.Clauses {
		pieces, rule, err := b.milder(c, schema)
		if err != nil {
			if !b.opts.Gate {
				return at(st, err)
			}
			rule.Why += "; " + err.Error()
		}
		if rule.Name != "" {
			if rule.Name == copyTable.Name {
				rule.Name = c.Kind()
			}
			b.find(st, c, rule, pieces)
		}
		switch {
		case len(pieces) > 0 && isCopy(pieces[0]):
			needsCopy, rewritten = true, true
			ride = append(ride, c)
		case len(pieces) > 0:
			rewritten = true
			leaves = append(leaves, pieces...)
		default:
			leaves = append(leaves, c)
		}
		schema = Apply(schema, c)
	}
	if b.opts.Mode == Window || !rewritten {
		return b.emit(st, native)
	}
	if needsCopy {
		return b.copyWith(st, native, ride)
	}
	return b.emit(st, leaves...)
}

// copyWith lets all clauses that a copy can carry share it, and plans the others after it.
func (b *builder) copyWith(st Statement, native Native, need []Change) error {
	var ride, rest []Change
	for _, c := range native.Clauses {
		if slices.ContainsFunc(need, func(n Change) bool { return reflect.DeepEqual(n, c) }) || copies(c) && b.dialect.Carries(c, b.now) == "" {
			ride = append(ride, c)
			continue
		}
		pieces, _, err := b.milder(c, b.now)
		if err != nil {
			return at(st, err)
		}
		if len(pieces) == 0 {
			pieces = []Change{c}
		}
		rest = append(rest, pieces...)
	}
	t := b.now.Table(native.Name)
	if b.copying == nil || b.copying.live.Name != t.Name {
		if err := b.flush(); err != nil {
			return err
		}
		b.copying = &pending{live: t, at: st}
	}
	b.copying.clauses = append(b.copying.clauses, ride...)
	for _, c := range ride {
		b.now = Apply(b.now, c)
	}
	if len(rest) == 0 {
		return nil
	}
	return b.emit(st, rest...)
}

// flush emits the copy that was waiting for company.
func (b *builder) flush() error {
	if b.copying == nil {
		return nil
	}
	p := b.copying
	b.copying = nil
	cp, err := newCopy(p.live, p.clauses)
	if err != nil {
		return at(p.at, err)
	}
	after := b.now
	b.now = b.replace(p.live)
	if err := b.emit(p.at, cp.parts()...); err != nil {
		return err
	}
	b.now = after
	return nil
}

// replace gives the schema with a table as it was.
func (b *builder) replace(t *Table) *Schema {
	next := *b.now
	next.Tables = slices.Clone(b.now.Tables)
	for i := range next.Tables {
		if next.Tables[i].Name == t.Name {
			next.Tables[i] = t
		}
	}
	return &next
}

// emit scripts changes and appends their steps.
func (b *builder) emit(st Statement, changes ...Change) error {
	if len(changes) > 0 && !isCopy(changes[0]) {
		if err := b.flush(); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if h, ok := c.(Hold); ok {
			b.hold = h.Why
			continue
		}
		name := b.now.Resolve(c.Table())
		if !isCopy(c) {
			b.contract(func(n Name) bool { return n == name })
		}
		steps, err := b.script(c)
		if err != nil {
			return at(st, err)
		}
		if _, ok := c.(DropOld); ok {
			b.keepOld(name, steps)
			continue
		}
		if len(steps) > 0 && b.hold != "" {
			steps[0].Hold, steps[0].Until = b.hold, "continue"
			b.hold = ""
		}
		b.steps = append(b.steps, steps...)
		if ct, ok := c.(CreateTable); ok {
			b.create(ct.Name)
		}
		b.now = Apply(b.now, c)
	}
	return nil
}

// script asks the dialect for a change's steps and prices them.
func (b *builder) script(c Change) ([]Step, error) {
	steps, err := b.dialect.Script(c, b.now)
	if err != nil {
		return nil, err
	}
	e := b.effect(c).Effect
	t := b.now.Table(c.Table())
	for i := range steps {
		s := &steps[i]
		s.Table = b.now.Resolve(c.Table()).String()
		own := e
		if s.Lock != "" || s.Blocks != BlocksNothing {
			own.Blocks, own.Lock = s.Blocks, s.Lock
		}
		price(s, own, t, b.rates())
	}
	return steps, nil
}

// keepOld puts the contract of a copy off to the end of the plan, or to before the next change
// of the same table.
func (b *builder) keepOld(table Name, steps []Step) {
	if len(steps) == 0 {
		return
	}
	steps[0].Hold = "the old table is kept current, so that rollback loses nothing; finish drops it"
	steps[0].Until = "finish"
	for i := range steps {
		steps[i].EndFeed = steps[i].EndFeed || i == 0
		steps[i].NoReturn = true
		if steps[i].Lost == "" {
			steps[i].Lost = "point of no return: the old table is dropped"
		}
	}
	if b.old == nil {
		b.old = map[Name][]Step{}
	}
	b.old[table] = steps
	b.order = append(b.order, table)
}

// contract appends the put-off contract steps of the tables that match.
func (b *builder) contract(match func(Name) bool) {
	var left []Name
	for _, n := range b.order {
		if !match(n) {
			left = append(left, n)
			continue
		}
		b.steps = append(b.steps, b.old[n]...)
		delete(b.old, n)
	}
	b.order = left
}

// milder gives the leaves of the first rule whose pieces are all milder than c, and that rule.
// Where c is unsafe and no rule helps, the leaves are nil and the rule says why c is unsafe. The
// error says why a copy that would help is not possible.
func (b *builder) milder(c Change, s *Schema) ([]Change, Rule, error) {
	e := b.effectIn(c, s)
	unsafe := b.unsafe(c, e)
	var refusal error
	for _, r := range rules() {
		if !unsafe && !r.Always {
			continue
		}
		pieces := r.Rewrite(c, s.Table(c.Table()))
		if r.Name == copyTable.Name && unsafe && copies(c) {
			if pieces, refusal = b.copyParts(c, s); refusal != nil {
				continue
			}
		}
		if leaves, ok := b.leaves(pieces, s, b.harm(c, e)); ok {
			return leaves, r, nil
		}
	}
	if !unsafe {
		return nil, Rule{}, nil
	}
	return nil, Rule{Name: c.Kind(), Why: why(c, e)}, refusal
}

// copyParts gives the parts of a copy that makes c, or why there is none.
func (b *builder) copyParts(c Change, s *Schema) ([]Change, error) {
	t := s.Table(c.Table())
	if t == nil {
		return nil, nil
	}
	if live := b.base.Table(t.Name); live != nil {
		t = live
	}
	if len(t.Refusals) > 0 {
		return nil, &Refusal{Reasons: t.Refusals}
	}
	if reason := b.dialect.Carries(c, s); reason != "" {
		return nil, &Refusal{Reasons: []string{reason}}
	}
	cp, err := newCopy(t, []Change{c})
	if err != nil {
		return nil, err
	}
	return cp.parts(), nil
}

// leaves rewrites pieces further and says whether all that comes of it harms less than before.
func (b *builder) leaves(pieces []Change, s *Schema, before harm) ([]Change, bool) {
	var out []Change
	for _, p := range pieces {
		e := b.effectIn(p, s)
		own := []Change{p}
		if b.unsafe(p, e) {
			deeper, _, _ := b.milder(p, s)
			if len(deeper) == 0 || isCopy(deeper[0]) && !isCopy(p) {
				return nil, false
			}
			own = deeper
		} else if !b.harm(p, e).less(before) {
			return nil, false
		}
		out = append(out, own...)
		s = Apply(s, p)
	}
	return out, len(out) > 0
}

// harm is what a change does to others: whether it breaks or loses, and how long others wait.
type harm struct {
	breaks bool
	waitMS int64
}

// less is the law of rewriting: nothing gets worse, something gets better.
func (h harm) less(o harm) bool {
	if h.breaks && !o.breaks || h.waitMS > o.waitMS {
		return false
	}
	return !h.breaks && o.breaks || h.waitMS < o.waitMS
}

func (b *builder) harm(c Change, e NativeEffect) harm {
	h := harm{breaks: (e.Breaks || e.LosesData) && !deployed(c)}
	switch {
	case e.Refused != "" || e.Source == NotKnown:
		h.waitMS = math.MaxInt64
	case e.Blocks >= BlocksWrites && e.HeldMS == nil:
		h.waitMS = math.MaxInt64 / 2
	case e.Blocks >= BlocksWrites:
		h.waitMS = *e.HeldMS
	}
	return h
}

// unsafe says whether a change must not be run as it is while people work.
func (b *builder) unsafe(c Change, e NativeEffect) bool {
	if b.isNew(c.Table()) {
		return false
	}
	if e.Source == NotKnown || e.Refused != "" || (e.Breaks || e.LosesData) && !deployed(c) {
		return true
	}
	if !e.Long() || e.Blocks < BlocksWrites {
		return false
	}
	return e.HeldMS == nil || *e.HeldMS > b.opts.Limits.MaxBlockMS || b.large(c.Table())
}

func (b *builder) large(name Name) bool {
	t := b.now.Table(name)
	if t == nil {
		return true
	}
	s, l := t.Stats, b.opts.Limits
	return s.Rows == nil || *s.Rows >= l.LargeRows || s.Bytes == nil || *s.Bytes >= l.LargeBytes
}

func (b *builder) always(clauses []Change) bool {
	return slices.ContainsFunc(clauses, func(c Change) bool {
		_, r, _ := b.milder(c, b.now)
		return r.Always
	})
}

func (b *builder) effect(c Change) NativeEffect { return b.effectIn(c, b.now) }

// effectIn asks the server where it can be asked, else the dialect's table.
func (b *builder) effectIn(c Change, s *Schema) NativeEffect {
	if b.asked != nil && reflect.DeepEqual(b.asked.change, c) {
		return b.asked.effect
	}
	e, asked := Effect{}, false
	if n, ok := c.(Native); ok && b.opts.Probe != nil && !b.isNew(n.Name) {
		e, asked = b.opts.Probe(n, s)
	}
	if !asked {
		e = b.dialect.Effect(c, s)
	}
	return NativeEffect{Effect: e, HeldMS: heldMS(e, s.Table(c.Table()), b.rates())}
}

func (b *builder) rates() Rates {
	if b.opts.Rates == (Rates{}) {
		return DefaultRates()
	}
	return b.opts.Rates
}

func (b *builder) find(st Statement, c Change, rule Rule, pieces []Change) {
	var steps []Step
	for _, p := range pieces {
		if h, ok := p.(Hold); ok {
			steps = append(steps, Step{Hold: h.Why, Title: "then"})
			continue
		}
		if s, err := b.dialect.Script(p, b.now); err == nil {
			steps = append(steps, s...)
		}
	}
	e := b.effect(c)
	f := found(st, c, rule, e, steps)
	if rule.Always {
		f.Severity = Warning
	}
	b.findings = append(b.findings, f)
	if len(pieces) > 0 && b.opts.Mode != Window {
		return
	}
	if b.verdict != IsUnknown {
		b.verdict = IsUnsafe
	}
	if e.Source == NotKnown {
		b.verdict = IsUnknown
	}
}

func (b *builder) touch(c Change) {
	name := b.base.Resolve(c.Table())
	if name.Table != "" && !slices.Contains(b.tables, name) {
		b.tables = append(b.tables, name)
	}
}

func (b *builder) create(name Name) {
	if b.created == nil {
		b.created = map[Name]struct{}{}
	}
	b.created[b.now.Resolve(name)] = struct{}{}
}

func (b *builder) isNew(name Name) bool {
	_, ok := b.created[b.now.Resolve(name)]
	return ok
}

// why says what is wrong with a change that no rule can better.
func why(c Change, e NativeEffect) string {
	var parts []string
	if v, ok := c.(Verbatim); ok {
		parts = append(parts, "nobody knows what it would do: "+v.Reason)
	}
	if e.Refused != "" {
		parts = append(parts, e.Refused)
	}
	if e.LosesData {
		parts = append(parts, "data is gone for good")
	}
	if e.Breaks {
		parts = append(parts, "clients written for the old schema fail from that moment on")
	}
	if e.Long() && e.Blocks >= BlocksWrites {
		parts = append(parts, "others wait until it is done")
	}
	if len(parts) == 0 {
		parts = append(parts, "what it does to others is not known")
	}
	return strings.Join(parts, ", and ")
}

// deployed says that a hold before the change made sure that nobody uses what it takes away.
func deployed(c Change) bool {
	switch c := c.(type) {
	case DropColumn:
		return c.Deployed
	case DropTable:
		return c.Deployed
	case DropOld:
		return true
	}
	return false
}

func isCopy(c Change) bool {
	switch c.(type) {
	case CreateShadow, StartCapture, CopyRows, BuildIndexes, VerifyCopy, SwapTables, DropOld:
		return true
	}
	return false
}

func flatten(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		if a, ok := c.(Alter); ok {
			out = append(out, flatten(a.Clauses)...)
			continue
		}
		out = append(out, c)
	}
	return out
}
