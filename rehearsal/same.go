package rehearsal

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"surefoot/plan"
)

// otherPlan says where the plan for the twins differs from the plan; empty: nowhere.
func (r Request) otherPlan(p *plan.Plan) string {
	if len(p.Steps) != len(r.Plan.Steps) {
		return fmt.Sprintf("it has %d steps instead of %d", len(p.Steps), len(r.Plan.Steps))
	}
	for i := range p.Steps {
		other := p.Steps[i]
		other.Loses = r.Plan.Steps[i].Loses // words, in which types may have other names
		was, is := r.bare(text(r.hereStep(r.Plan.Steps[i]))), r.bare(text(other))
		if was != is {
			return fmt.Sprintf("step %s is %s instead of %s", p.Steps[i].ID, excerpt(is, was), excerpt(was, is))
		}
	}
	return ""
}

// hereStep gives a step of the plan as it would be said on the stage, but for the words for people.
func (r Request) hereStep(s plan.Step) plan.Step {
	here := r.mover().value(reflect.ValueOf(s)).Interface().(plan.Step)
	here.Title, here.Table, here.Hold, here.Loses, here.Meanwhile = s.Title, s.Table, s.Hold, s.Loses, s.Meanwhile
	if here.Walk != nil {
		here.Walk.Table, here.Walk.Breach = s.Walk.Table, s.Walk.Breach
	}
	return here
}

// bare gives a step's text from the stage with the live schemas' names, quoted or not, as they are:
// a name that needs no quotes may stand in either way.
func (r Request) bare(text string) string {
	text = r.back(text)
	for live := range r.Stage.Schemas() {
		for _, quote := range []string{`"`, "`"} {
			for _, name := range []string{strings.ReplaceAll(live, quote, quote+quote), live} { // as it is quoted, and as back puts it in
				text = strings.ReplaceAll(text, strings.ReplaceAll(quote+name+quote, `"`, `\"`), live)
			}
		}
	}
	return text
}

// text gives all of a step that is run.
func text(s plan.Step) string {
	b, err := json.Marshal(s.Bare())
	if err != nil {
		panic(fmt.Sprintf("a step is plain data: %v", err))
	}
	return string(b)
}

// excerpt gives a piece of a text from where it begins to differ.
func excerpt(s, other string) string {
	at := 0
	for at < len(s) && at < len(other) && s[at] == other[at] {
		at++
	}
	from := max(0, at-40)
	return "…" + s[from:min(len(s), at+80)] + "…"
}
