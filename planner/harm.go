package planner

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// milder gives the leaves of the first rule whose pieces are all milder than c, and that rule.
// Where c is unsafe and no rule helps, the leaves are nil and the rule says why c is unsafe. The
// error says why a copy that would help is not possible.
func (b *builder) milder(c schema.Change, s *schema.Schema) ([]schema.Change, Rule, error) {
	e := b.effectIn(c, s)
	unsafe := b.unsafe(c, e)
	worth := unsafe || b.heavy(c, e)
	var refusal error
	hindrance := ""
	for _, r := range rules() {
		if !worth && !r.Always {
			continue
		}
		ways := r.Rewrite(c, s.Table(c.Table()))
		if r.Name == copyTable.Name && worth && copies(c) {
			var parts []schema.Change
			if parts, refusal = b.copyParts(c, s); refusal != nil {
				continue
			}
			ways = [][]schema.Change{parts}
		}
		leaves, why := b.fitting(ways, s, b.harm(c, e), e.Long())
		if len(leaves) > 0 {
			return leaves, r, nil
		}
		if refused := (*schema.Refusal)(nil); r.InTheWay == nil && errors.As(why, &refused) {
			refusal = refused
		}
		if r.InTheWay != nil && r.Name == c.Kind() {
			if hindrance = r.InTheWay(c, s.Table(c.Table())); hindrance == "" && why != nil {
				hindrance = why.Error()
			}
		}
	}
	if !unsafe { // what is only heavy may stay as it is
		return nil, Rule{}, nil
	}
	rule := Rule{Name: c.Kind(), Why: why(c, e)}
	if hindrance != "" {
		rule.Why += "; there is no milder way, because " + hindrance
	}
	return nil, rule, refusal
}

// fitting gives the leaves of the first way that fits, or why the last one does not.
func (b *builder) fitting(ways [][]schema.Change, s *schema.Schema, before harm, grew bool) (leaves []schema.Change, why error) {
	for _, pieces := range ways {
		if leaves, why = b.leaves(pieces, s, before, grew); len(leaves) > 0 {
			return leaves, nil
		}
	}
	return nil, why
}

// leaves rewrites pieces further. Where not all that comes of it harms less than before, it gives
// none, and why: a refusal where a copy would help that is not possible. What takes a moment on a table of any size is better than what grows with it, where
// both are thought to take as long on this one.
func (b *builder) leaves(pieces []schema.Change, s *schema.Schema, before harm, grew bool) (leaves []schema.Change, why error) {
	var out []schema.Change
	for _, p := range pieces {
		e := b.effectIn(p, s)
		own := []schema.Change{p}
		if b.unsafe(p, e) {
			deeper, _, refusal := b.milder(p, s)
			switch {
			case lastPiece(p) && refusal != nil:
				return nil, refusal
			case len(deeper) == 0 || isCopy(deeper[0]) && !lastPiece(p):
				return nil, hindered(p, e)
			}
			own = deeper
		} else if h := b.harm(p, e); !h.less(before) && (h != before || !grew || e.Long()) {
			return nil, hindered(p, e)
		}
		out = append(out, own...)
		s = schema.Apply(s, p)
	}
	return out, nil
}

// hindered says why a piece is no better than what it is a piece of.
func hindered(p schema.Change, e plan.NativeEffect) error {
	if e.Refused != "" {
		return errors.New(e.Refused)
	}
	if twin, ok := p.(schema.TwinIndex); ok {
		return errors.New("others would wait while an index like " + twin.Of.Name + " is built")
	}
	return errors.New("others would wait for its " + p.Kind())
}

// lastPiece says that a piece may become a copy of its own: one that drops what others were
// rewritten away from.
func lastPiece(c schema.Change) bool {
	_, drops := c.(schema.DropColumn)
	return drops
}

// harm is what a change does to others: whether it breaks or loses, how long others wait, and for
// how long the server is at work on it in one go, which nobody can pause, throttle or take back
// and every replica repeats.
type harm struct {
	breaks  bool
	waitMS  int64
	stallMS int64
}

// less is the law of rewriting: nothing gets worse, something gets better; the server's own work
// counts only where nobody waits longer. Clients that fail are worse off than those that wait for
// as long as the limits allow.
func (h harm) less(o harm) bool {
	if h.breaks != o.breaks {
		return o.breaks
	}
	return h.waitMS < o.waitMS || h.waitMS == o.waitMS && h.stallMS < o.stallMS
}

func (b *builder) harm(c schema.Change, e plan.NativeEffect) harm {
	h := harm{breaks: (e.Breaks || e.LosesData) && !deployed(c)}
	switch {
	case e.Refused != "" || e.Source == plan.NotKnown:
		h.waitMS = math.MaxInt64
	case e.Most() >= plan.BlocksWrites && e.HeldMS == nil:
		h.waitMS = math.MaxInt64 / 2
	case e.Most() >= plan.BlocksWrites:
		h.waitMS = *e.HeldMS
	}
	if e.Online && e.Rewrites {
		h.stallMS = math.MaxInt64 / 2
		if n := workMS(plan.WriteAll, b.now.Table(c.Table()), b.rates()); n != nil {
			h.stallMS = *n
		}
	}
	return h
}

// heavy says that the server would write a large table anew in one go: online, but not to be
// paused, throttled or taken back, and each replica stands still for as long.
func (b *builder) heavy(c schema.Change, e plan.NativeEffect) bool {
	if !e.Online || !e.Rewrites || b.isNew(c.Table()) {
		return false
	}
	return b.harm(c, e).stallMS > b.opts.Limits.MaxBlockMS || b.large(c.Table())
}

// unsafe says whether a change must not be run as it is while people work.
func (b *builder) unsafe(c schema.Change, e plan.NativeEffect) bool {
	if b.isNew(c.Table()) {
		return false
	}
	if e.Source == plan.NotKnown || e.Refused != "" || (e.Breaks || e.LosesData) && !deployed(c) {
		return true
	}
	if !e.Long() || e.Most() < plan.BlocksWrites {
		return false
	}
	return e.HeldMS == nil || *e.HeldMS > b.opts.Limits.MaxBlockMS || b.large(c.Table()) ||
		slices.ContainsFunc(e.Also, func(l plan.Lock) bool { return l.Work != plan.Moment && b.large(l.Of) })
}

func (b *builder) large(name schema.Name) bool {
	t := b.now.Table(name)
	if t == nil {
		return true
	}
	s, l := t.Stats, b.opts.Limits
	return s.Rows == nil || *s.Rows >= l.LargeRows || s.Bytes == nil || *s.Bytes >= l.LargeBytes
}

func (b *builder) always(clauses []schema.Change) bool {
	return slices.ContainsFunc(clauses, func(c schema.Change) bool {
		_, r, _ := b.milder(c, b.now)
		return r.Always
	})
}

func (b *builder) effect(c schema.Change) plan.NativeEffect { return b.effectIn(c, b.now) }

// effectIn asks the server where it can be asked, else the dialect's table.
func (b *builder) effectIn(c schema.Change, s *schema.Schema) plan.NativeEffect {
	if b.asked != nil && reflect.DeepEqual(b.asked.change, c) {
		return b.asked.effect
	}
	e := b.dialect.Effect(c, s)
	if said, asked := b.probe(c, s); asked { // of an empty table, to which nothing refers
		said.Also, said.Unpriced = e.Also, e.Unpriced
		e = said
	}
	return plan.NativeEffect{Effect: e, HeldMS: heldMS(e, s, s.Table(c.Table()), b.rates())}
}

// probe asks the server about a statement as it was written, or about a piece that a rule made of
// one. What earlier statements have changed in its table a dialect shows the server, or answers itself.
func (b *builder) probe(c schema.Change, s *schema.Schema) (plan.Effect, bool) {
	n := question(c, s)
	if b.opts.Probe == nil || isCopy(c) || !b.fresh(n) {
		return plan.Effect{}, false
	}
	if p := b.probed; n.SQL == "" || p.schema != s || p.sql != n.SQL {
		b.probed = probed{sql: n.SQL, schema: s}
		b.probed.effect, b.probed.err = b.opts.Probe(n, s)
	}
	return b.probed.effect, b.probed.err == nil
}

// question is a change as the server is asked about it.
func question(c schema.Change, s *schema.Schema) schema.Native {
	if n, ok := c.(schema.Native); ok {
		return n
	}
	return schema.Native{On: schema.On{Name: s.Resolve(c.Table())}, Clauses: schema.Flatten([]schema.Change{c})}
}

// fresh says that the plan holds nothing unread before, and no change of what a foreign key refers to.
func (b *builder) fresh(n schema.Native) bool {
	var about []schema.Name
	for _, c := range n.Clauses {
		if a, ok := c.(schema.AddConstraint); ok && a.Constraint.Kind == schema.ForeignKey {
			about = append(about, b.now.Resolve(a.Constraint.RefTable))
		}
	}
	return !slices.ContainsFunc(b.earlier, func(c schema.Change) bool {
		v, unread := c.(schema.Verbatim)
		return unread && !v.KeepsTables || slices.Contains(about, b.now.Resolve(c.Table()))
	})
}

// rejected refuses a statement that the server, when it was asked, would not run: no way round the
// statement would do what the user meant. A gate has a finding instead. After a statement that was not read the
// server may know more than it did when it was asked: then it is no answer.
func (b *builder) rejected(st schema.Statement, native schema.Native, e plan.NativeEffect) error {
	var answer *schema.Rejected
	if b.probed.sql != native.SQL || b.probed.schema != b.now || !errors.As(b.probed.err, &answer) || slices.ContainsFunc(b.earlier, unread) {
		return nil
	}
	if !b.opts.Gate {
		return at(st, answer)
	}
	b.findings = append(b.findings, found(st, native, Rule{Name: native.Clauses[0].Kind(), Why: answer.Error()}, e, nil))
	return nil
}

func unread(c schema.Change) bool {
	_, ok := c.(schema.Verbatim)
	return ok
}

func (b *builder) rates() plan.Rates {
	if b.opts.Rates == (plan.Rates{}) {
		return plan.DefaultRates()
	}
	return b.opts.Rates
}

// why says what is wrong with a change that no rule can better.
func why(c schema.Change, e plan.NativeEffect) string {
	var parts []string
	if v, ok := c.(schema.Verbatim); ok && !v.Known {
		parts = append(parts, "nobody knows what it would do: "+v.Reason)
	}
	if e.Refused != "" {
		parts = append(parts, e.Refused)
	}
	if e.LosesData {
		parts = append(parts, "what it takes away is gone for good: no step brings it back")
	}
	if e.Breaks {
		parts = append(parts, "clients written for the old schema fail from that moment on")
	}
	if e.Long() && e.Most() >= plan.BlocksWrites {
		parts = append(parts, "others wait until it is done")
		if e.Unpriced != "" {
			parts = append(parts, "how long "+e.Unpriced+" takes is not known")
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "what it does to others is not known")
	}
	return strings.Join(parts, ", and ")
}

// deployed says that a hold before the change made sure that nobody uses what it takes away.
func deployed(c schema.Change) bool {
	switch c := c.(type) {
	case schema.DropColumn:
		return c.Deployed
	case schema.DropTable:
		return c.Deployed
	case schema.Verbatim:
		return c.Deployed
	case schema.CopyTable:
		return c.Part == schema.DropOld
	}
	return false
}
