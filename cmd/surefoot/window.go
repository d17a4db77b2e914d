package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // windows name their time zones, on machines without a zone database too

	"surefoot/executor"
	"surefoot/plan"
)

// window is a time of the week in which an outage is allowed: "Sun 02:00-04:00 Europe/Dublin".
type window struct {
	text     string
	days     [7]bool
	from, to int // minutes after midnight; to may lie on the next day
	zone     *time.Location
}

// parseWindow reads "Sun 02:00-04:00 Europe/Dublin", "Mon-Fri 22:30-01:00" or "daily 02:00-04:00 UTC".
func parseWindow(s string) (window, error) {
	w := window{text: s, zone: time.UTC}
	bad := fmt.Errorf("%q is not a window such as Sun 02:00-04:00 Europe/Dublin", s)
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 3 || !w.setDays(words[0]) {
		return w, bad
	}
	from, to, ok := strings.Cut(words[1], "-")
	begin, err1 := time.Parse("15:04", from)
	end, err2 := time.Parse("15:04", to)
	if !ok || err1 != nil || err2 != nil || begin.Equal(end) {
		return w, bad
	}
	w.from, w.to = begin.Hour()*60+begin.Minute(), end.Hour()*60+end.Minute()
	if w.to < w.from {
		w.to += 24 * 60
	}
	if len(words) == 3 {
		zone, err := time.LoadLocation(words[2])
		if err != nil {
			return w, fmt.Errorf("%q: %w", s, err)
		}
		w.zone = zone
	}
	return w, nil
}

func (w *window) setDays(s string) bool {
	if strings.EqualFold(s, "daily") {
		w.days = [7]bool{true, true, true, true, true, true, true}
		return true
	}
	first, last, ranged := strings.Cut(s, "-")
	a, b := weekday(first), weekday(last)
	if !ranged {
		b = a
	}
	if a < 0 || b < 0 {
		return false
	}
	for d := a; ; d = (d + 1) % 7 {
		w.days[d] = true
		if d == b {
			return true
		}
	}
}

func weekday(s string) int {
	for d := range 7 {
		if strings.EqualFold(time.Weekday(d).String()[:3], s) || strings.EqualFold(time.Weekday(d).String(), s) {
			return d
		}
	}
	return -1
}

// next gives the window that is open at t or opens next: its begin and end.
func (w *window) next(t time.Time) (begin, end time.Time) {
	local := t.In(w.zone)
	for day := -1; day <= 8; day++ {
		y, m, d := local.AddDate(0, 0, day).Date()
		begin = time.Date(y, m, d, 0, w.from, 0, 0, w.zone)
		end = time.Date(y, m, d, 0, w.to, 0, 0, w.zone)
		if w.days[begin.Weekday()] && end.After(t) {
			break
		}
	}
	return begin, end
}

// opened says until when a maintenance window is open; none are configured: zero.
func (c config) opened(now time.Time) (until time.Time, err error) {
	var soonest time.Time
	for _, s := range c.Windows {
		w, err := parseWindow(s)
		if err != nil {
			return until, usagef("%s: windows: %v", c.path, err)
		}
		begin, end := w.next(now)
		switch {
		case !begin.After(now) && end.After(until):
			until = end
		case soonest.IsZero() || begin.Before(soonest):
			soonest = begin
		}
	}
	if len(c.Windows) > 0 && until.IsZero() {
		return until, exitWith(exitStopped, fmt.Errorf("no maintenance window is open"),
			"the next one opens at "+soonest.Format("Mon 2006-01-02 15:04 MST"))
	}
	return until, nil
}

// watched ends a window run when its window closes or its outage budget is spent. The second
// result must be called with each event; the third when the run is over.
func (e *env) watched(ctx context.Context, p *plan.Plan) (context.Context, func(executor.Event), func(), error) {
	nothing := func(executor.Event) {}
	if p.Mode != plan.Window {
		return ctx, nothing, func() {}, nil
	}
	until, err := e.config.opened(e.now())
	if err != nil {
		return ctx, nothing, func() {}, err
	}
	budget, err := e.config.budget(p)
	if err != nil {
		return ctx, nothing, func() {}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var timers []*time.Timer
	if !until.IsZero() {
		timers = append(timers, time.AfterFunc(until.Sub(e.now()), func() { cancel(fmt.Errorf("the maintenance window has closed")) }))
	}
	var once sync.Once
	begin := func(ev executor.Event) {
		if budget <= 0 || ev.Kind != executor.StepBegun || ev.Step.Blocks < plan.BlocksWrites {
			return
		}
		once.Do(func() {
			timers = append(timers, time.AfterFunc(budget, func() { cancel(fmt.Errorf("the outage budget of %s is spent", budget)) }))
		})
	}
	end := func() {
		for _, t := range timers {
			t.Stop()
		}
		cancel(nil)
	}
	return ctx, begin, end, nil
}

// budget is the longest outage allowed; 0: no limit. A plan that is known to need more is refused.
func (c config) budget(p *plan.Plan) (time.Duration, error) {
	if c.OutageBudget == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(c.OutageBudget)
	if err != nil || d <= 0 {
		return 0, usagef("%s: outage_budget: %q is not a time such as 10m", c.path, c.OutageBudget)
	}
	if n := p.Totals.BlockedMS; n != nil && *n > d.Milliseconds() {
		return d, exitWith(exitStopped, fmt.Errorf("the outage would take about %s, the budget is %s", plan.Duration(*n), d),
			"raise outage_budget, or use --mode safe")
	}
	return d, nil
}
