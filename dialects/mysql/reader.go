package mysql

// reader walks over tokens.
type reader struct {
	src  string
	toks []token
	i    int
}

func newReader(src string, mode sqlMode) *reader {
	return &reader{src: src, toks: tokenize(src, mode)}
}

func (r *reader) eof() bool { return r.i >= len(r.toks) }

// peek gives the next token, at the end one that is nothing.
func (r *reader) peek() token { return r.at(0) }

func (r *reader) at(n int) token {
	if r.i+n >= len(r.toks) {
		return token{kind: punct, start: len(r.src), end: len(r.src)}
	}
	return r.toks[r.i+n]
}

func (r *reader) next() token {
	t := r.peek()
	r.i++
	return t
}

// take passes one of the words and says whether it was there.
func (r *reader) take(words ...string) bool {
	if r.peek().is(words...) {
		r.i++
		return true
	}
	return false
}

// takeAll passes the words, all of them or none.
func (r *reader) takeAll(words ...string) bool {
	for n, w := range words {
		if !r.at(n).is(w) {
			return false
		}
	}
	r.i += len(words)
	return true
}

// sign passes one punctuation character.
func (r *reader) sign(c string) bool {
	if r.peek().sign(c) {
		r.i++
		return true
	}
	return false
}

// skipParens passes a parenthesised group and gives its text with the parentheses.
func (r *reader) skipParens() (string, bool) {
	if !r.peek().sign("(") {
		return "", false
	}
	start, depth := r.peek().start, 0
	for !r.eof() {
		t := r.next()
		if t.sign("(") {
			depth++
		} else if t.sign(")") {
			if depth--; depth == 0 {
				return r.src[start:t.end], true
			}
		}
	}
	return "", false
}

// text gives the source between two token positions.
func (r *reader) text(from, to int) string {
	if from >= to || from >= len(r.toks) {
		return ""
	}
	return r.src[r.toks[from].start:r.toks[to-1].end]
}

// commas cuts the tokens up to the end, or up to the parenthesis that closes the group, at commas
// outside of inner parentheses; it gives the token positions of each part.
func (r *reader) commas() [][2]int {
	var parts [][2]int
	start, depth := r.i, 0
	for !r.eof() {
		t := r.peek()
		switch {
		case t.sign("("):
			depth++
		case t.sign(")") && depth == 0:
			return append(parts, [2]int{start, r.i})
		case t.sign(")"):
			depth--
		case t.sign(",") && depth == 0:
			parts = append(parts, [2]int{start, r.i})
			start = r.i + 1
		}
		r.i++
	}
	return append(parts, [2]int{start, r.i})
}

// part gives a reader of its own for tokens from, up to but without to.
func (r *reader) part(p [2]int) *reader {
	return &reader{src: r.src, toks: r.toks[:p[1]], i: p[0]}
}

// name reads an identifier.
func (r *reader) name() (string, bool) {
	if !r.peek().named() {
		return "", false
	}
	return r.next().text, true
}
