package executor

import (
	"sync"
	"time"

	"surefoot/plan"
)

// EventKind says what an event tells.
type EventKind string

// The kinds of events.
const (
	StepBegun  EventKind = "step"
	StepDone   EventKind = "done"
	StepUndone EventKind = "undone"
	Progressed EventKind = "progress" // about once a second
	Message    EventKind = "message"  // something worth a line
	Warned     EventKind = "warning"
	Reached    EventKind = "state" // the run came into this state
)

// Event is what a run tells while it works.
type Event struct {
	Kind     EventKind
	Run      string
	State    State
	Step     plan.Step
	Number   int // of the step, from 1
	Steps    int
	Rows     int64          // done in this step
	Total    *int64         // about how many there are; nil: not known
	Rate     float64        // rows a second
	Left     *time.Duration // nil: not known
	Backlog  int64          // captured keys that wait
	WaitsFor string         // empty: for nothing
	Text     string         // the message, the warning, why it is held
}

// progress is what is known of a run right now. The journal and Notify are told from it.
type progress struct {
	mu     sync.Mutex
	notify func(Event)
	now    Event
	since  time.Time // rate is measured from here
	from   int64     // with these rows done
}

func newProgress(id string, steps int, notify func(Event)) *progress {
	return &progress{notify: notify, now: Event{Run: id, State: Running, Steps: steps}}
}

// tell sends an event of a kind with all that is known.
func (p *progress) tell(kind EventKind, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.read()
	e.Kind, e.Text = kind, text
	p.notify(e)
}

// read completes rate and time left; the caller holds mu.
func (p *progress) read() Event {
	e := p.now
	if took := time.Since(p.since).Seconds(); took > 0.5 && e.Rows > p.from {
		e.Rate = float64(e.Rows-p.from) / took
	}
	if e.Total != nil && e.Rate > 0 && *e.Total >= e.Rows {
		left := time.Duration(float64(*e.Total-e.Rows) / e.Rate * float64(time.Second)).Round(time.Second)
		e.Left = &left
	}
	return e
}

func (p *progress) snapshot() Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.read()
}

// step begins to count for a step.
func (p *progress) step(s plan.Step, number int, rows int64) {
	p.mu.Lock()
	p.now.Step, p.now.Number, p.now.Rows, p.now.Total = s, number, rows, nil
	if s.Walk != nil {
		p.now.Total = s.Walk.Rows
	}
	p.since, p.from = time.Now(), rows
	p.mu.Unlock()
}

func (p *progress) add(rows int64) {
	p.mu.Lock()
	p.now.Rows += rows
	p.mu.Unlock()
}

func (p *progress) backlog(n int64) {
	p.mu.Lock()
	p.now.Backlog = n
	p.mu.Unlock()
}

func (p *progress) state(s State) {
	p.mu.Lock()
	p.now.State = s
	p.mu.Unlock()
}

// waits notes what the run waits for; empty: it works again.
func (p *progress) waits(what string) {
	p.mu.Lock()
	changed := p.now.WaitsFor != what
	p.now.WaitsFor = what
	switch {
	case what != "" && p.now.State == Running:
		p.now.State = Waiting
	case what == "" && p.now.State == Waiting:
		p.now.State = Running
	}
	if changed && what != "" {
		e := p.read()
		e.Kind, e.Text = Message, "waits for "+what
		p.notify(e)
	}
	p.mu.Unlock()
}
