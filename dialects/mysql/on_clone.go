package mysql

import (
	"fmt"
	"strings"

	"surefoot/schema"
)

// onClone puts a statement of one table onto another of the same definition. The user's own clauses
// stand there, so that the server makes of them what it would have made; only the names of checks
// and foreign keys are translated. Where nobody wrote the statement its clauses are put together.
// The options (ALGORITHM, LOCK) come first: ORDER BY is the last clause of all.
func (d *Dialect) onClone(n schema.Native, clone schema.Name, options string, rename func(string) string) (string, error) {
	parts, ok := d.partsOf(n.SQL, rename)
	if !ok {
		var err error
		if parts, err = d.clauses(n.Clauses, rename); err != nil {
			return "", err
		}
	}
	if len(parts) == 0 {
		return "", fmt.Errorf("nothing of the statement can be run on a copy of the table")
	}
	return "ALTER TABLE " + qualified(clone) + " " + options + ", " + strings.Join(parts, ", "), nil
}

// partsOf gives the clauses of an ALTER TABLE as the user wrote them, without ALGORITHM and LOCK and
// with names of constraints translated. ok is false for other statements, and for clauses that reach
// beyond the table.
func (d *Dialect) partsOf(sql string, rename func(string) string) (parts []string, ok bool) {
	r := newReader(d.resolve(sql), d.mode)
	if !r.take("alter") {
		return nil, false
	}
	r.take("online")
	if !r.take("table") {
		return nil, false
	}
	r.takeAll("if", "exists")
	if _, ok := readName(r); !ok {
		return nil, false
	}
	if r.take("wait") {
		r.next()
	}
	r.take("nowait")
	for _, p := range clausesOf(r) {
		part := r.part(p)
		switch {
		case part.take("algorithm", "lock"):
		case part.take("rename") && !part.peek().is("index", "key", "column"): // the clone keeps its name
		case r.part(p).peek().is("exchange", "import", "discard"):
			return nil, false
		default:
			parts = append(parts, translated(r.part(p), p[1], rename))
		}
	}
	return parts, true
}

// translated gives a clause's text with the name of its constraint in the clone.
func translated(r *reader, end int, rename func(string) string) string {
	start := r.i
	named := r.takeAll("add", "constraint") || r.takeAll("drop", "constraint") || r.takeAll("alter", "constraint") ||
		r.takeAll("drop", "check") || r.takeAll("alter", "check") || r.takeAll("drop", "foreign", "key")
	if !named || rename == nil {
		return r.text(start, end)
	}
	_ = r.takeAll("if", "exists") || r.takeAll("if", "not", "exists")
	at := r.i
	if r.peek().is("unique", "primary", "foreign", "check") { // it has no name here
		return r.text(start, end)
	}
	name, ok := r.name()
	if !ok || r.toks[start].is("add") && r.peek().is("unique", "primary") {
		return r.text(start, end)
	}
	return strings.TrimSpace(r.text(start, at) + " " + quote(rename(name)) + " " + r.text(r.i, end))
}
