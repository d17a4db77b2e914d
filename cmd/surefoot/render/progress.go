package render

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/dustin/go-humanize"

	"surefoot/plan"
)

// Moment is what a run looks like right now.
type Moment struct {
	At      time.Time
	Step    string // "03-backfill"; empty: about the run as a whole
	Title   string
	Number  int // of Steps
	Steps   int
	Done    int64 // rows
	Total   int64 // rows; 0: not known
	Rate    float64
	ETA     *time.Duration
	Backlog int64
	Waits   string // what it waits for; empty: it works
	Ended   bool   // the step is done
	Note    string // something to be said once
}

// Progress shows moments as they come.
type Progress interface {
	Show(m Moment)
	// Close takes away what is only there while something moves.
	Close()
}

// Live redraws one line on a terminal; lines of finished steps stay above it.
func Live(w io.Writer, look Look) Progress { return &live{w: w, look: look} }

// Lines writes a line a step, and in between one every ten per cent or thirty seconds, for logs.
func Lines(w io.Writer) Progress { return &lines{w: w} }

type live struct {
	mu    sync.Mutex
	w     io.Writer
	look  Look
	drawn bool
	last  time.Time
	step  string
	begun time.Time
}

func (l *live) Show(m Moment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.Step != l.step {
		l.step, l.begun, l.last = m.Step, m.At, time.Time{}
	}
	switch {
	case m.Note != "":
		l.say(l.look.paint("• ", faint) + m.Note)
	case m.Ended:
		l.say(l.look.paint("✓ ", good) + ended(m, m.At.Sub(l.begun)))
	case m.At.Sub(l.last) >= 100*time.Millisecond:
		l.last = m.At
		l.draw(l.look.paint("▸ ", warn) + now(m))
	}
}

// say writes a line that stays.
func (l *live) say(line string) {
	l.wipe()
	_, _ = fmt.Fprintln(l.w, line)
}

func (l *live) draw(line string) {
	if l.look.Width > 0 {
		line = lipgloss.NewStyle().Inline(true).MaxWidth(l.look.Width - 1).Render(line)
	}
	l.wipe()
	_, _ = io.WriteString(l.w, line)
	l.drawn = true
}

func (l *live) wipe() {
	if l.drawn {
		_, _ = io.WriteString(l.w, "\r\x1b[2K")
		l.drawn = false
	}
}

func (l *live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
}

type lines struct {
	mu     sync.Mutex
	w      io.Writer
	step   string
	begun  time.Time
	last   time.Time
	tenths int64
	waits  string
}

func (l *lines) Show(m Moment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.Note != "" {
		l.say(m, m.Note)
		return
	}
	tenths := int64(0)
	if m.Total > 0 {
		tenths = min(m.Done*10/m.Total, 10)
	}
	if m.Step != l.step {
		l.step, l.begun, l.last, l.tenths, l.waits = m.Step, m.At, m.At, tenths, ""
		if m.Step != "" && !m.Ended {
			l.say(m, now(m))
		}
	}
	switch {
	case m.Ended:
		l.say(m, ended(m, m.At.Sub(l.begun)))
	case tenths > l.tenths && tenths < 10, m.At.Sub(l.last) >= 30*time.Second, m.Waits != l.waits && m.Waits != "":
		l.say(m, now(m))
	default:
		return
	}
	l.tenths, l.waits, l.last = tenths, m.Waits, m.At
}

func (l *lines) say(m Moment, line string) {
	_, _ = fmt.Fprintln(l.w, m.At.UTC().Format(time.RFC3339)+" "+line)
}

func (l *lines) Close() {}

// now writes what a step is doing.
func now(m Moment) string {
	parts := []string{head(m)}
	if m.Total > 0 && m.Done > 0 {
		percent := min(float64(m.Done)*100/float64(m.Total), 100)
		parts = append(parts, fmt.Sprintf("%.0f %%", percent), humanize.Comma(m.Done)+" of about "+humanize.Comma(m.Total)+" rows")
	} else if m.Done > 0 && m.Total == 0 {
		parts = append(parts, humanize.Comma(m.Done)+" rows")
	}
	if m.Rate >= 1 {
		parts = append(parts, humanize.Comma(int64(m.Rate))+" rows/s")
	}
	if m.ETA != nil {
		parts = append(parts, plan.Duration(m.ETA.Milliseconds())+" left")
	}
	if m.Backlog > 0 {
		parts = append(parts, "backlog "+humanize.Comma(m.Backlog))
	}
	if m.Waits != "" {
		parts = append(parts, "waits for "+m.Waits)
	}
	return strings.Join(parts, ", ")
}

func ended(m Moment, took time.Duration) string {
	s := head(m)
	if m.Done > 0 {
		s += ", " + humanize.Comma(m.Done) + " rows"
	}
	return s + " in " + plan.Duration(took.Milliseconds())
}

func head(m Moment) string {
	if m.Steps == 0 {
		return strings.TrimSpace(m.Step + " " + m.Title)
	}
	return fmt.Sprintf("[%d/%d] %s %s", m.Number, m.Steps, m.Step, m.Title)
}
