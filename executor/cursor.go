package executor

import (
	"slices"
	"strings"
)

// chunk is a key range: after Lo, up to and with Hi. A nil bound is the table's end on that side.
type chunk struct {
	Lo []string `json:"lo"`
	Hi []string `json:"hi"`

	order int64 // chunks of one walk in key order
	rows  int64 // about how many rows it has; 0: not known
}

// cursor says which ranges of a walk are done: everything up to Low, and the chunks Ahead of it.
type cursor struct {
	Low   []string `json:"low"` // nil: nothing yet
	Ahead []chunk  `json:"ahead,omitempty"`
	End   bool     `json:"end,omitempty"` // everything is done
	// Dirty are the chunks that differed and must be compared again (verification only).
	Dirty []chunk `json:"dirty,omitempty"`
}

// with gives the cursor after s is done too.
func (c cursor) with(s chunk) cursor {
	at := len(c.Ahead)
	for at > 0 && c.Ahead[at-1].order > s.order {
		at--
	}
	c.Ahead = slices.Insert(slices.Clone(c.Ahead), at, s)
	for !c.End && len(c.Ahead) > 0 && slices.Equal(c.Ahead[0].Lo, c.Low) {
		c.Low, c.End = c.Ahead[0].Hi, c.Ahead[0].Hi == nil
		c.Ahead = c.Ahead[1:]
	}
	return c
}

// gaps gives what lies between the chunks that are done, and the rest of the table behind them; the
// rest is nil when the last chunk reached the table's end. It numbers all chunks in key order.
func (c *cursor) gaps() (between []chunk, rest *chunk) {
	if c.End {
		return nil, nil
	}
	from, order := c.Low, int64(0)
	for i := range c.Ahead {
		a := &c.Ahead[i]
		if !slices.Equal(from, a.Lo) {
			between = append(between, chunk{Lo: from, Hi: a.Lo, order: order})
			order++
		}
		a.order = order
		order++
		if from = a.Hi; from == nil {
			return between, nil
		}
	}
	return between, &chunk{Lo: from, order: order}
}

// named gives a key for people: "id=42, day=2026-01-31".
func named(names, key []string) string {
	parts := slices.Clone(key)
	for i := range parts {
		if i < len(names) {
			parts[i] = names[i] + "=" + key[i]
		}
	}
	if len(names) < len(key) {
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return strings.Join(parts, ", ")
}
