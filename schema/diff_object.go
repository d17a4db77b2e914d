package schema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// objects compares what stands beside the tables and what dresses them.
func (d *differ) objects() {
	var ends []Change
	for i := range d.have.Objects {
		h := &d.have.Objects[i]
		if !h.Stays && objectCalled(d.want, h) == nil && (len(h.Drop) > 0 || h.Fixed != "") && d.stays(h) {
			c := ChangeObject{On: On{h.Of}, Have: h}
			if h.Early {
				c.On = On{}
				ends = append(ends, c)
			} else {
				d.late = append(d.late, c)
			}
		}
	}
	slices.Reverse(ends)
	d.last = append(d.last, ends...)
	for i := range d.want.Objects {
		w := &d.want.Objects[i]
		h := objectCalled(d.have, w)
		if h != nil && !d.stays(h) {
			h = nil
		}
		if h != nil && sameObject(h, w) || h == nil && w.Inline && d.comesWith(w) {
			continue
		}
		c := ChangeObject{On: On{d.here(w.Of)}, Have: h, Want: w}
		if w.Of.Table == "" || w.Early {
			c.On = On{} // its table may not be there yet
		}
		if w.Early {
			d.early = append(d.early, c)
		} else {
			d.late = append(d.late, c)
		}
	}
}

func objectCalled(s *Schema, o *Object) *Object {
	for i := range s.Objects {
		if s.Objects[i].Kind == o.Kind && s.Objects[i].Name == o.Name {
			return &s.Objects[i]
		}
	}
	return nil
}

func sameObject(a, b *Object) bool { return a.Definition == b.Definition }

// stays says whether what an object belongs to is still the same.
func (d *differ) stays(o *Object) bool {
	if o.Of.Table == "" {
		return true
	}
	t := d.have.Table(o.Of)
	return t != nil && d.twin(d.want, d.have, t) != nil && (o.Part == "" || !d.gone[part{t.Name, o.Part}])
}

// comesWith says whether an object comes with its new table or its new column.
func (d *differ) comesWith(o *Object) bool {
	t := d.have.Table(d.here(o.Of))
	if t == nil {
		return true
	}
	column, ok := strings.CutPrefix(o.Part, "column ")
	return ok && t.Column(column) == nil
}

// NotCounted stands in Schema.Others for a number that nobody knows.
const NotCounted = -1

func counted(n int) string {
	if n == NotCounted {
		return "not counted"
	}
	return strconv.Itoa(n)
}

// Aside is what differs, or may differ, and is left alone.
type Aside struct {
	What string `json:"what"` // "views", "the order of columns of public.t"
	Have string `json:"have"` // what is there now, and what is wanted: a number, or names
	Want string `json:"want"`
}

// Uncompared tells what Diff leaves alone: kinds of objects with how many there are on either side,
// the order of columns where it differs, and what an heir has of its own.
func Uncompared(have, want *Schema) []Aside {
	var out []Aside
	d := &differ{have: have, want: want}
	for _, w := range want.Tables {
		h := d.twin(have, want, w)
		if h == nil {
			continue
		}
		a, b := common(h, w), common(w, h)
		if !slices.EqualFunc(a, b, strings.EqualFold) {
			out = append(out, Aside{"the order of columns of " + h.Name.String(), strings.Join(a, ", "), strings.Join(b, ", ")})
		}
		out = append(out, notNullNames(h, w)...)
		if is, shall := merged(h), merged(w); is != shall {
			out = append(out, Aside{"what " + h.Name.String() + " has of its own beside its parents", cmp.Or(is, "nothing"), cmp.Or(shall, "nothing")})
		}
	}
	kinds := map[string]bool{}
	for kind := range have.Others {
		kinds[kind] = true
	}
	for kind := range want.Others {
		kinds[kind] = true
	}
	var sorted []string
	for kind := range kinds {
		sorted = append(sorted, kind)
	}
	slices.Sort(sorted)
	for _, kind := range sorted {
		out = append(out, Aside{kind, counted(have.Others[kind]), counted(want.Others[kind])})
	}
	return out
}

// notNullNames tells which constraints that forbid NULL have other names than the wanted ones, or say something
// else of heirs, or of rows that break them. What is yet to come gets the server's choice of a name, and heirs.
func notNullNames(h, w *Table) []Aside {
	var have, want []string
	var heirs []Aside
	for _, is := range w.Columns {
		was := h.Column(is.Name)
		alone := func(c *Column) bool { return strings.HasSuffix(c.NotNullText, " NO INHERIT") }
		unnamed := was != nil && was.NotNullName == "" && is.NotNullName == "" && !sameText(was.NotNullText, is.NotNullText)
		if was != nil && is.NotNull && alone(was) != alone(&is) || unnamed {
			heirs = append(heirs, Aside{"what forbids NULL in column " + is.Name + " of " + h.Name.String(), cmp.Or(was.NotNullText, "nothing"), cmp.Or(is.NotNullText, "nothing")})
		}
		if was != nil && was.NotNull && is.NotNull && was.NotNullName != is.NotNullName && was.NotNullName != "" && is.NotNullName != "" {
			have, want = append(have, was.NotNullName), append(want, is.NotNullName)
		}
	}
	if len(have) == 0 {
		return heirs
	}
	return append(heirs, Aside{"the names of what forbids NULL in " + h.Name.String(), strings.Join(have, ", "), strings.Join(want, ", ")})
}

// merged names what a table inherits and has of its own too, columns first.
func merged(t *Table) string {
	var out []string
	for _, c := range t.Columns {
		if c.Merged {
			out = append(out, c.Name)
		}
	}
	for _, k := range t.Constraints {
		if k.Merged {
			out = append(out, k.Name)
		}
	}
	return strings.Join(out, ", ")
}

// common names the columns of a table that the other has too, in order.
func common(t, other *Table) []string {
	var out []string
	for _, c := range t.Columns {
		if other.Column(c.Name) != nil {
			out = append(out, c.Name)
		}
	}
	return out
}
