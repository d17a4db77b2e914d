package sqlite

import "strings"

type tokenKind int

const (
	word   tokenKind = iota // a keyword or a bare name
	quoted                  // "name", `name`, [name]
	text                    // 'text'
	number
	mark // an operator, a parenthesis, a comma …
	open // a string, name or comment that does not end
)

// token is one token of SQL; white space and comments are none.
type token struct {
	kind       tokenKind
	start, end int
	text       string
}

// is says whether the token is one of these keywords.
func (t token) is(words ...string) bool {
	if t.kind != word {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(t.text, w) {
			return true
		}
	}
	return false
}

// sign says whether the token is this operator or parenthesis.
func (t token) sign(s string) bool { return t.kind == mark && t.text == s }

// name gives an identifier without its quotes. SQLite takes a text in single quotes for a name
// where only a name can stand.
func (t token) name() string {
	if t.kind != quoted && t.kind != text || len(t.text) < 2 {
		return t.text
	}
	inner := t.text[1 : len(t.text)-1]
	if q := t.text[:1]; q != "[" {
		inner = strings.ReplaceAll(inner, q+q, q)
	}
	return inner
}

// tokenize takes SQL apart as SQLite's own tokenizer does.
func tokenize(sql string) []token {
	var out []token
	for i := 0; i < len(sql); {
		if n := blank(sql[i:]); n > 0 {
			i += n
			continue
		}
		kind, n := next(sql[i:])
		out = append(out, token{kind: kind, start: i, end: i + n, text: sql[i : i+n]})
		i += n
	}
	return out
}

// blank gives the length of the white space or comment at the start of s.
func blank(s string) int {
	switch {
	case strings.IndexByte(" \t\n\r\f", s[0]) >= 0:
		return 1
	case strings.HasPrefix(s, "\ufeff"):
		return len("\ufeff")
	case strings.HasPrefix(s, "--"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i + 1
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(s) // SQLite lets a comment end with the text
	}
	return 0
}

func next(s string) (tokenKind, int) {
	c := s[0]
	switch {
	case c == '\'':
		return until(s, c, text)
	case c == '"' || c == '`':
		return until(s, c, quoted)
	case c == '[':
		if i := strings.IndexByte(s, ']'); i >= 0 {
			return quoted, i + 1
		}
		return open, len(s)
	case (c == 'x' || c == 'X') && len(s) > 1 && s[1] == '\'':
		kind, n := until(s[1:], '\'', text)
		if kind == text {
			kind = number // a blob: a value that is no name
		}
		return kind, n + 1
	case nameByte(c) && !digit(c) && c != '$':
		n := 1
		for n < len(s) && nameByte(s[n]) {
			n++
		}
		return word, n
	case digit(c) || c == '.' && len(s) > 1 && digit(s[1]):
		return number, numberLen(s)
	case strings.IndexByte("?:@$#", c) >= 0:
		n := 1
		for n < len(s) && nameByte(s[n]) {
			n++
		}
		return mark, n
	}
	for _, op := range []string{"->>", "->", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>"} {
		if strings.HasPrefix(s, op) {
			return mark, len(op)
		}
	}
	return mark, 1
}

// until finds the closing quote; a doubled one is part of the text.
func until(s string, q byte, kind tokenKind) (tokenKind, int) {
	for i := 1; i < len(s); i++ {
		if s[i] != q {
			continue
		}
		if i+1 < len(s) && s[i+1] == q {
			i++
			continue
		}
		return kind, i + 1
	}
	return open, len(s)
}

func numberLen(s string) int {
	n := 1
	for n < len(s) {
		sign := (s[n] == '+' || s[n] == '-') && (s[n-1] == 'e' || s[n-1] == 'E') && !strings.HasPrefix(s, "0x")
		if !nameByte(s[n]) && s[n] != '.' && !sign {
			break
		}
		n++
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func nameByte(c byte) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c) || c >= 0x80
}

// closing gives the index of the token that closes the parenthesis at i, or -1.
func closing(tokens []token, i int) int {
	depth := 0
	for ; i < len(tokens); i++ {
		switch {
		case tokens[i].sign("("):
			depth++
		case tokens[i].sign(")"):
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// split cuts SQL into statements, without their semicolons. The body of a trigger has semicolons
// of its own: the trigger ends at "; END".
func split(sql string) [][]token {
	var out [][]token
	var now []token
	trigger := false
	for _, t := range tokenize(sql) {
		if !t.sign(";") {
			now = append(now, t)
			trigger = trigger || createsTrigger(now)
			continue
		}
		if trigger && !endsTrigger(now) {
			now = append(now, t)
			continue
		}
		if len(now) > 0 {
			out = append(out, now)
		}
		now, trigger = nil, false
	}
	if len(now) > 0 {
		out = append(out, now)
	}
	return out
}

func createsTrigger(tokens []token) bool {
	last := tokens[len(tokens)-1]
	if len(tokens) > 4 || !last.is("TRIGGER") || !tokens[0].is("CREATE") {
		return false
	}
	return len(tokens) == 2 || len(tokens) == 3 && tokens[1].is("TEMP", "TEMPORARY")
}

func endsTrigger(tokens []token) bool {
	n := len(tokens)
	return n >= 2 && tokens[n-1].is("END") && tokens[n-2].sign(";")
}

// place gives the line and column of a byte, both from 1; columns count bytes.
func place(sql string, at int) (line, column int) {
	before := sql[:at]
	return strings.Count(before, "\n") + 1, at - strings.LastIndexByte(before, '\n')
}
