package render

import (
	"io"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"github.com/dustin/go-humanize"

	"surefoot/plan"
)

// Look says what the output can show. The zero value is plain text for a pipe.
type Look struct {
	Colour bool // escape sequences are understood
	Width  int  // columns of the terminal; 0: a pipe, so nothing is cut or framed
}

type tone int

const (
	plain tone = iota
	strong
	faint
	good
	bad
	warn
)

func (l Look) paint(s string, t tone) string {
	if !l.Colour || t == plain || s == "" {
		return s
	}
	return style(t).Render(s)
}

func style(t tone) lipgloss.Style {
	s := lipgloss.NewStyle()
	switch t {
	case strong:
		return s.Bold(true)
	case faint:
		return s.Faint(true)
	case good:
		return s.Foreground(lipgloss.Green)
	case bad:
		return s.Foreground(lipgloss.Red).Bold(true)
	case warn:
		return s.Foreground(lipgloss.Yellow)
	case plain:
	}
	return s
}

// grid is a table: framed on a terminal, aligned columns in a pipe.
type grid struct {
	head []string
	rows [][]string
	tone func(row, col int) tone // nil: plain
}

func (l Look) grid(g grid) string {
	if l.Width == 0 {
		return g.aligned()
	}
	t := table.New().Border(lipgloss.RoundedBorder()).Headers(g.head...).Rows(g.rows...).
		StyleFunc(func(row, col int) lipgloss.Style {
			s := lipgloss.NewStyle()
			switch {
			case !l.Colour:
			case row == table.HeaderRow:
				s = style(strong)
			case g.tone != nil:
				s = style(g.tone(row, col))
			}
			return s.Padding(0, 1)
		})
	if l.Colour {
		t = t.BorderStyle(style(faint))
	}
	if out := t.String(); lipgloss.Width(out) <= l.Width {
		return out + "\n"
	}
	return t.Width(l.Width).String() + "\n"
}

// Table writes a table: framed on a terminal, aligned columns in a pipe.
func Table(w io.Writer, look Look, head []string, rows [][]string) error {
	_, err := io.WriteString(w, look.grid(grid{head: head, rows: rows}))
	return err
}

// aligned gives columns with two spaces between them; the last one is not padded.
func (g grid) aligned() string {
	widths := make([]int, len(g.head))
	all := append([][]string{upper(g.head)}, g.rows...)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	var b strings.Builder
	for _, row := range all {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-lipgloss.Width(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func upper(cells []string) []string {
	up := make([]string, len(cells))
	for i, c := range cells {
		up[i] = strings.ToUpper(c)
	}
	return up
}

// unknown stands where an estimate is not known.
const unknown = "?"

// span writes milliseconds; nil is not known.
func span(ms *int64) string {
	if ms == nil {
		return unknown
	}
	return plan.Duration(*ms)
}

// size writes bytes; nil is not known.
func size(n *int64) string {
	if n == nil {
		return unknown
	}
	return humanize.Bytes(uint64(max(*n, 0)))
}

// about puts "about" before a known value.
func about(s string) string {
	if s == unknown {
		return "an unknown time"
	}
	return "about " + s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + many
}

// printer collects the first error of many writes.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) print(parts ...string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, strings.Join(parts, ""))
	}
}

func (p *printer) line(parts ...string) { p.print(append(parts, "\n")...) }

// place writes where a statement stands: "001.sql:3:1".
func place(file string, line, column int) string {
	if file == "" {
		file = "SQL"
	}
	if line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// oneLine folds a statement into one line of at most n characters.
func oneLine(sql string, n int) string {
	s := strings.Join(strings.Fields(sql), " ")
	if r := []rune(s); n > 0 && len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
