package plan

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"surefoot/schema"
)

const (
	windowRows   = 10_000  // that a query may look at within SampleMoment
	windowBytes  = 4 << 20 // of them
	windowTakes  = 20      // most rows that a query takes
	windowRounds = 5       // most queries of a window that had more to take
	windowCount  = 1000    // most windows of a table
	mostJudged   = 30      // columns of a table whose extremes are looked for: a condition has no end of terms
)

// Windows look for the extremes of columns whose values a change converts or checks, where no index finds
// them: among the rows of one part of the key after another, spread over all of it, for as long as there is
// time. Each takes rows whose values lie beyond those of the rows sampled so far.
type Windows struct {
	// Ends is the query for the least and the greatest key, or place: two whole numbers.
	Ends string

	table   *schema.Table
	among   func(from, to int64) string
	columns []schema.Column
	words   SampleWords
}

// NewWindows gives a table's windows; nil: there is nothing to go along, or nothing to look for.
func NewWindows(t *schema.Table, after *schema.Schema, w SampleWords) *Windows {
	if sortedAtOnce(t) || t.Stats.Rows == nil {
		return nil
	}
	windows := &Windows{Ends: w.PlaceEnds, table: t, among: w.Places, words: w}
	if key, why := t.Key(); why == "" && numeric(key[0].Type) {
		first := w.Quote(key[0].Name)
		least, greatest := w.ends(first)
		windows.Ends = "SELECT " + least + ", " + greatest
		windows.among = func(from, to int64) string { return fmt.Sprintf("%s BETWEEN %d AND %d", first, from, to) }
	}
	judged := schema.JudgedIn(after, t)
	for _, name := range Unseen(t) {
		if t.Among(judged, name) && len(windows.columns) < mostJudged {
			windows.columns = append(windows.columns, *t.Column(name))
		}
	}
	if windows.Ends == "" || len(windows.columns) == 0 {
		return nil
	}
	return windows
}

// Look goes through the windows between two ends until a time. sampled names the rows sampled so far as a
// query does; take adds those that stand behind "SELECT … FROM table" to them and says how many.
func (w *Windows) Look(until time.Time, least, greatest int64, sampled func() string, take func(tail string) (int64, error)) error {
	for _, window := range w.between(least, greatest) {
		for range windowRounds {
			if time.Now().After(until) {
				return nil
			}
			rows, err := take(w.tail(window[0], window[1], sampled()))
			if err != nil {
				return err
			}
			if rows < windowTakes {
				break
			}
		}
	}
	return nil
}

// between gives the first and the last key of each window: the first windows are far from each other.
func (w *Windows) between(least, greatest int64) [][2]int64 {
	rows, span := *w.table.Stats.Rows, greatest-least
	if rows <= 0 || span <= 0 {
		return nil
	}
	most := int64(windowRows)
	if w.table.Stats.Bytes != nil {
		most = min(most, max(windowBytes/max(*w.table.Stats.Bytes/rows, 1), 1))
	}
	width := max(int64(float64(span)*float64(most)/float64(rows)), 1)
	count := min(span/width+1, windowCount)
	step := max(width, span/count)
	windows := make([][2]int64, count)
	for i := range windows {
		from := least + int64(i)*step
		windows[i] = [2]int64{from, from + min(width, greatest-from)}
	}
	place := func(window [2]int64) uint64 { return bits.Reverse64(uint64((window[0] - least) / step)) }
	slices.SortFunc(windows, func(a, b [2]int64) int { return cmp.Compare(place(a), place(b)) })
	return windows
}

func (w *Windows) tail(from, to int64, sampled string) string {
	var known, beyond []string
	for i, c := range w.columns {
		name, n := w.words.Quote(c.Name), fmt.Sprint(i)
		is := func(what, query string) {
			known = append(known, "(SELECT "+query+") AS sf_"+what+n)
		}
		is("nulls", "COUNT(*) - COUNT("+name+") FROM "+sampled)
		beyond = append(beyond, name+" IS NULL AND sf_nulls"+n+" = 0")
		if surelySorts(c.Type) {
			is("least", name+" FROM "+sampled+" WHERE "+name+" IS NOT NULL ORDER BY "+name+" LIMIT 1")
			is("most", name+" FROM "+sampled+" WHERE "+name+" IS NOT NULL ORDER BY "+name+" DESC LIMIT 1")
			beyond = append(beyond, name+" < sf_least"+n, name+" > sf_most"+n, name+" IS NOT NULL AND sf_least"+n+" IS NULL")
		}
		if !numeric(c.Type) {
			is("longest", "COALESCE(MAX("+w.words.Length(name)+"), -1) FROM "+sampled)
			beyond = append(beyond, w.words.Length(name)+" > sf_longest"+n)
		}
	}
	return fmt.Sprintf("CROSS JOIN (SELECT %s) AS sf_known WHERE %s AND (%s) LIMIT %d",
		strings.Join(known, ", "), w.among(from, to), strings.Join(beyond, " OR "), windowTakes)
}
