package planner

import (
	"fmt"
	"slices"

	"surefoot/plan"
)

// Prices say what things cost a team, in one currency.
type Prices struct {
	EngineerHour  float64 `json:"engineer_hour"`
	Deploy        float64 `json:"deploy"`
	PartialMinute float64 `json:"partial_outage_minute"` // writes wait
	FullMinute    float64 `json:"full_outage_minute"`    // reads and writes wait
}

// DefaultPrices are round figures: a deploy costs an hour, an outage's minute costs several.
func DefaultPrices() Prices {
	return Prices{EngineerHour: 100, Deploy: 100, PartialMinute: 200, FullMinute: 500}
}

// Outage is who cannot work for how long in a window; times in milliseconds, nil: not known.
type Outage struct {
	Tables []string   `json:"tables"`
	Blocks plan.Level `json:"blocks"`
	MS     *int64     `json:"ms"`
	LowMS  *int64     `json:"low_ms"`
	HighMS *int64     `json:"high_ms"`
}

// WindowTotals are a window plan's totals with its outage.
type WindowTotals struct {
	plan.Totals
	Outage Outage `json:"outage"`
}

// Costs are both ways' prices; nil: not known.
type Costs struct {
	Prices Prices   `json:"prices"`
	Safe   *float64 `json:"safe"`
	Window *float64 `json:"window"`
}

// BreakEven says at which outage the two ways cost the same.
type BreakEven struct {
	OutageMS *int64 `json:"outage_ms"`
}

// Comparison is both ways beside each other; field names are the contract of `compare --format json`.
type Comparison struct {
	Format    int          `json:"format"`
	Safe      plan.Totals  `json:"safe"`
	Window    WindowTotals `json:"window"`
	Costs     Costs        `json:"costs"`
	Recommend plan.Mode    `json:"recommend"`
	Because   string       `json:"because"`
	BreakEven BreakEven    `json:"break_even"`
	// Plans for the renderers.
	SafePlan   *plan.Plan `json:"-"`
	WindowPlan *plan.Plan `json:"-"`
}

// Compare weighs the safe plan against the window plan of the same change.
func Compare(safe, window *plan.Plan, p Prices) Comparison {
	c := Comparison{
		Format: plan.Format, Safe: safe.Totals, Window: WindowTotals{window.Totals, outage(window)},
		SafePlan: safe, WindowPlan: window, Costs: Costs{Prices: p},
	}
	safeCost := float64(safe.Totals.Deploys)*p.Deploy + operatorHours(safe)*p.EngineerHour + minutes(safe.Totals.BlockedMS)*p.FullMinute
	if safe.Totals.BlockedMS != nil {
		c.Costs.Safe = &safeCost
	}
	perMinute := p.FullMinute
	if c.Window.Outage.Blocks == plan.BlocksWrites {
		perMinute = p.PartialMinute
	}
	fixed := operatorHours(window)*p.EngineerHour + p.EngineerHour/2 // announcing and watching a window
	if c.Window.Outage.MS != nil {
		windowCost := fixed + minutes(c.Window.Outage.MS)*perMinute
		c.Costs.Window = &windowCost
	}
	if perMinute > 0 {
		even := int64((safeCost - fixed) / perMinute * 60_000)
		even = max(even, 0)
		c.BreakEven.OutageMS = &even
	}
	c.recommend()
	return c
}

func (c *Comparison) recommend() {
	c.Recommend = plan.Safe
	switch {
	case c.SafePlan.Verdict != plan.IsSafe:
		c.Recommend = plan.Window
		c.Because = "there is no safe way for part of this change: the plan of safe steps still holds an unsafe statement"
	case c.Window.Outage.Blocks < plan.BlocksWrites || c.Window.BlockedMS != nil && c.Safe.BlockedMS != nil && *c.Window.BlockedMS <= *c.Safe.BlockedMS:
		c.Because = "nothing is blocked for long either way"
	case c.Costs.Window == nil || c.Costs.Safe == nil:
		c.Because = "the length of the outage is not known: give --db or --stats to weigh it"
	case *c.Costs.Window < *c.Costs.Safe:
		c.Recommend = plan.Window
		c.Because = fmt.Sprintf("an outage of about %s costs %.0f, the safe way with %d deploys %.0f", plan.Duration(*c.Window.Outage.MS), *c.Costs.Window, c.Safe.Deploys, *c.Costs.Safe)
	default:
		c.Because = fmt.Sprintf("the safe way costs %.0f, an outage of about %s %.0f", *c.Costs.Safe, plan.Duration(*c.Window.Outage.MS), *c.Costs.Window)
	}
}

// outage sums up who waits in a window plan. The range is the model's: the rates it rests on are
// rarely further off than a fifth below and a third above once measured.
func outage(p *plan.Plan) Outage {
	o := Outage{Tables: []string{}, MS: plan.Known(0)}
	for _, s := range p.Steps {
		if s.Most() < plan.BlocksWrites {
			continue
		}
		o.Blocks = max(o.Blocks, s.Most())
		plan.Sum(&o.MS, s.HeldMS)
		for _, l := range s.Locks {
			if l.Blocks >= plan.BlocksWrites && !slices.Contains(o.Tables, l.Table) {
				o.Tables = append(o.Tables, l.Table)
			}
		}
	}
	if o.MS != nil {
		o.LowMS, o.HighMS = plan.Known(*o.MS*4/5), plan.Known(*o.MS*4/3)
	}
	return o
}

// operatorHours is the attention that a plan takes: a quarter of an hour, and as much for each hold.
func operatorHours(p *plan.Plan) float64 {
	holds := 1
	for _, s := range p.Steps {
		if s.Hold != "" {
			holds++
		}
	}
	return float64(holds) / 4
}

func minutes(n *int64) float64 {
	if n == nil {
		return 0
	}
	return float64(*n) / 60_000
}
