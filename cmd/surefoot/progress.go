package main

import (
	"encoding/json"
	"sync"
	"time"

	"surefoot/cmd/surefoot/render"
	"surefoot/executor"
	"surefoot/schema"
)

// shower shows a run's events in one of the ways of --progress.
type shower struct {
	env   *env
	hooks *hookRunner
	mu    sync.Mutex
	lines *json.Encoder   // --progress json
	view  render.Progress // others; nil: none
}

func newProgress(e *env, way string) *shower {
	s := &shower{env: e, hooks: newHookRunner(e)}
	switch {
	case way == "none":
	case way == "json":
		s.lines = json.NewEncoder(e.err)
		s.lines.SetEscapeHTML(false)
	case way == "plain" || !e.errTTY:
		s.view = render.Lines(e.err)
	default:
		s.view = render.Live(e.err, e.errLook())
	}
	return s
}

// errLook says what standard error, a terminal, may show.
func (e *env) errLook() render.Look {
	look := render.Look{Width: e.errWidth}
	if v := e.get("NO_COLOR"); v == "" && e.get("TERM") != "dumb" {
		look.Colour = e.errTTY
	}
	return look
}

func (s *shower) close() {
	if s.view != nil {
		s.view.Close()
	}
}

func (s *shower) notify(ev executor.Event) {
	s.hooks.event(ev)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.lines != nil:
		_ = s.lines.Encode(lineOf(ev, s.env.now()))
	case s.view != nil:
		if m, ok := momentOf(ev, s.env.now()); ok {
			s.view.Show(m)
		}
	}
}

// eventLine is a line of --progress json.
type eventLine struct {
	Time     time.Time `json:"time"`
	Event    string    `json:"event"`
	Run      string    `json:"run"`
	State    string    `json:"state"`
	Step     string    `json:"step"`
	Kind     string    `json:"kind"`
	Title    string    `json:"title"`
	Number   int       `json:"number"`
	Steps    int       `json:"steps"`
	Rows     int64     `json:"rows_done"`
	Total    *int64    `json:"rows_total"`
	Rate     float64   `json:"rows_per_second"`
	ETA      *int64    `json:"eta_ms"`
	Backlog  int64     `json:"backlog"`
	WaitsFor string    `json:"waits_for"`
	Text     string    `json:"text"`
}

func lineOf(ev executor.Event, now time.Time) eventLine {
	l := eventLine{
		Time: now.UTC(), Event: string(ev.Kind), Run: ev.Run, State: string(ev.State), Step: ev.Step.ID, Kind: string(ev.Step.Kind), Title: ev.Step.Title,
		Number: ev.Number, Steps: ev.Steps, Rows: ev.Rows, Total: ev.Total, Rate: ev.Rate, Backlog: ev.Backlog,
		WaitsFor: ev.WaitsFor, Text: ev.Text,
	}
	if ev.Left != nil {
		ms := ev.Left.Milliseconds()
		l.ETA = &ms
	}
	return l
}

// momentOf says what people see of an event; false: nothing.
func momentOf(ev executor.Event, now time.Time) (render.Moment, bool) {
	m := render.Moment{
		At: now, Step: ev.Step.ID, Title: ev.Step.Title, Number: ev.Number, Steps: ev.Steps,
		Done: ev.Rows, Rate: ev.Rate, ETA: ev.Left, Backlog: ev.Backlog, Waits: ev.WaitsFor,
	}
	if ev.Total != nil {
		m.Total = *ev.Total
	}
	switch ev.Kind {
	case executor.StepBegun, executor.Progressed:
	case executor.StepDone:
		m.Ended = true
		if ev.Step.Kind == schema.Verify {
			m.Done = 0 // its last range is of unknown size, and a count that is too low would mislead
		}
	case executor.StepUndone:
		m.Note = "taken back: " + ev.Step.ID + " " + ev.Step.Title
	case executor.Message:
		m.Note = ev.Text
	case executor.Warned:
		m.Note = "warning: " + ev.Text
	case executor.Reached:
		return m, false // the end of the run is told by the command itself
	}
	return m, true
}
