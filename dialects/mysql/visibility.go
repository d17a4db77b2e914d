package mysql

import (
	"strings"

	"surefoot/schema"
)

// visibilityOf begins the name of what a clause of its own sets of an index. Dropping a hidden index and adding
// it as a visible one in one statement, or the other way round, changes nothing: the server takes both for the
// same (seen on MySQL 9.7, MariaDB 10.11 and 11.8).
const visibilityOf = "visibility of index "

func alterIndex(index string) string { return "ALTER INDEX " + quote(index) }

// visibility notes whether the optimizer may use an index.
func (d *Dialect) visibility(ix *schema.Index) {
	if ix.Primary {
		return
	}
	hide, show := " INVISIBLE", " VISIBLE"
	if d.maria() {
		hide, show = " IGNORED", " NOT IGNORED"
	}
	r := newReader(ix.Definition, sqlMode{})
	cut := textCutter{r: r}
	state := show
	for !r.eof() {
		at := r.i
		switch {
		case r.peek().sign("("):
			r.skipParens()
		case r.take("invisible", "ignored"):
			state = hide
			cut.leaveOut(at, r.i)
		case r.take("visible"), r.takeAll("not", "ignored"):
			cut.leaveOut(at, r.i)
		default:
			r.next()
		}
	}
	ix.Rest = cut.text()
	ix.Visibility = schema.Option{Name: visibilityOf + ix.Name, Text: alterIndex(ix.Name) + state}
}

// beyondColumns gives what a key says beside the names of its columns: lengths, directions, expressions and
// options, but for its visibility. Of a key over whole columns that is nothing.
func beyondColumns(text string) string {
	r := newReader(text, sqlMode{})
	var said []string
	for !r.eof() {
		switch {
		case r.peek().sign("("):
			said = append(said, partsBeyond(r))
		case r.take("visible", "invisible", "ignored"), r.takeAll("not", "ignored"):
		default:
			said = append(said, r.text(r.i, r.i+1))
			r.next()
		}
	}
	return strings.TrimSpace(strings.Join(said, " "))
}

func partsBeyond(r *reader) string {
	r.next()
	var said []string
	plain := true
	for _, p := range r.commas() {
		part := r.part(p)
		if part.peek().named() {
			part.next()
		}
		part.take("asc")
		text := part.text(part.i, p[1])
		plain = plain && text == ""
		said = append(said, text)
	}
	r.sign(")")
	if plain {
		return ""
	}
	return "(" + strings.Join(said, ",") + ")"
}
