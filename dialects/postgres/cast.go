package postgres

import (
	"slices"

	"surefoot/schema"
)

// plainCast says whether USING is the column itself, cast to types: a, (a::text)::int,
// CAST(a AS int). The way back of such values is a cast too.
func plainCast(m schema.Mapping) bool {
	r := castReader{src: newSource(m.Using)}
	return r.cast(m.From) && r.at == len(r.src.tokens)
}

// castReader reads  cast = operand { "::" type } ,  operand = column | "(" cast ")" | "CAST" "(" cast "AS" type ")".
type castReader struct {
	src source
	at  int
}

func (r *castReader) punct(c byte) bool {
	if r.at < len(r.src.tokens) && r.src.tokens[r.at].punct == c {
		r.at++
		return true
	}
	return false
}

func (r *castReader) word(words ...string) bool {
	if r.at < len(r.src.tokens) && r.src.tokens[r.at].punct == 0 && slices.Contains(words, r.src.tokens[r.at].word) {
		r.at++
		return true
	}
	return false
}

// name reads an identifier.
func (r *castReader) name() (string, bool) {
	if r.at >= len(r.src.tokens) {
		return "", false
	}
	t := r.src.tokens[r.at]
	text := r.src.text[t.start:t.end]
	if t.punct != 0 || t.word == "" && text[0] != '"' {
		return "", false
	}
	r.at++
	return identifier(text), true
}

func (r *castReader) cast(column string) bool {
	if !r.operand(column) {
		return false
	}
	for r.punct(':') {
		if !r.punct(':') || !r.typ() {
			return false
		}
	}
	return true
}

func (r *castReader) operand(column string) bool {
	if r.punct('(') {
		return r.cast(column) && r.punct(')')
	}
	if r.src.skip(r.at, "cast") > r.at && r.at+1 < len(r.src.tokens) && r.src.tokens[r.at+1].punct == '(' {
		r.at += 2
		return r.cast(column) && r.word("as") && r.typ() && r.punct(')')
	}
	name, ok := r.name()
	return ok && name == column
}

// typ reads a type's name with its modifiers.
func (r *castReader) typ() bool {
	if _, ok := r.name(); !ok {
		return false
	}
	for r.punct('.') {
		if _, ok := r.name(); !ok {
			return false
		}
	}
	words := []string{"varying", "precision", "with", "without", "time", "zone", "character", "char"}
	for r.word(words...) {
	}
	if r.punct('(') {
		for !r.punct(')') {
			if r.at++; r.at >= len(r.src.tokens) {
				return false
			}
		}
	}
	for r.word(words...) {
	}
	for r.punct('[') {
		for !r.punct(']') {
			if r.at++; r.at >= len(r.src.tokens) {
				return false
			}
		}
	}
	return true
}
