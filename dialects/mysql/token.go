package mysql

import (
	"strings"
)

type tokenKind int

const (
	word   tokenKind = iota // a bare identifier or keyword
	ident                   // a quoted identifier
	str                     // a string literal
	number                  // a number, also 0x1F, x'1F' and b'01'
	punct                   // one other character
)

// token is a piece of SQL with its bytes in the source.
type token struct {
	kind       tokenKind
	start, end int
	text       string // the value: without quotes and escapes
}

// is compares a bare word without case.
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

func (t token) sign(c string) bool { return t.kind == punct && t.text == c }

// named says whether the token can be a name.
func (t token) named() bool { return t.kind == word || t.kind == ident }

// scanner cuts SQL into tokens. Comments are left out.
type scanner struct {
	src  string
	pos  int
	mode sqlMode
}

func tokenize(src string, mode sqlMode) []token {
	s := scanner{src: src, mode: mode}
	var toks []token
	for {
		t, ok := s.next()
		if !ok {
			return toks
		}
		toks = append(toks, t)
	}
}

// next gives the next token; false at the end. An unterminated string or comment reaches to the end.
func (s *scanner) next() (token, bool) {
	s.skipBlank()
	if s.pos >= len(s.src) {
		return token{}, false
	}
	start := s.pos
	c := s.src[start]
	switch {
	case c == '`' || c == '"' && s.mode.ansiQuotes:
		text := s.quoted(c, false)
		return token{ident, start, s.pos, text}, true
	case c == '\'' || c == '"':
		text := s.quoted(c, !s.mode.noBackslash)
		return token{str, start, s.pos, text}, true
	case (c == 'x' || c == 'X' || c == 'b' || c == 'B') && start+1 < len(s.src) && s.src[start+1] == '\'':
		s.pos++
		s.quoted('\'', false)
		return token{number, start, s.pos, s.src[start:s.pos]}, true
	case c >= '0' && c <= '9', s.fraction():
		return s.digits(start), true
	case isWord(c):
		for s.pos < len(s.src) && isWord(s.src[s.pos]) {
			s.pos++
		}
		return token{word, start, s.pos, s.src[start:s.pos]}, true
	}
	s.pos++
	return token{punct, start, s.pos, s.src[start:s.pos]}, true
}

// fraction: a number begins with its point, which does not stand between a name and one that begins with digits.
func (s *scanner) fraction() bool {
	rest := s.src[s.pos:]
	if rest[0] != '.' || len(rest) < 2 || rest[1] < '0' || rest[1] > '9' {
		return false
	}
	return s.pos == 0 || !isWord(s.src[s.pos-1]) && s.src[s.pos-1] != '`' && s.src[s.pos-1] != '"'
}

// digits reads a number; an identifier may begin with digits too.
func (s *scanner) digits(start int) token {
	for s.pos < len(s.src) && isWord(s.src[s.pos]) {
		s.pos++
	}
	text := s.src[start:s.pos]
	if strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X") {
		return token{number, start, s.pos, text}
	}
	if text != "" && strings.Trim(text, "0123456789") != "" && !isExponent(text) {
		return token{word, start, s.pos, text}
	}
	if s.pos < len(s.src) && s.src[s.pos] == '.' {
		s.pos++
		for s.pos < len(s.src) && isWord(s.src[s.pos]) {
			s.pos++
		}
	}
	s.signedExponent(start)
	return token{number, start, s.pos, s.src[start:s.pos]}
}

// signedExponent passes the sign and the digits behind the e of 1.5e-3.
func (s *scanner) signedExponent(start int) {
	c := s.src[s.pos-1]
	if c != 'e' && c != 'E' || s.pos-1 == start || s.pos+1 >= len(s.src) || s.src[s.pos] != '-' && s.src[s.pos] != '+' {
		return
	}
	if next := s.src[s.pos+1]; next >= '0' && next <= '9' {
		s.pos++
		for s.pos < len(s.src) && s.src[s.pos] >= '0' && s.src[s.pos] <= '9' {
			s.pos++
		}
	}
}

func isExponent(text string) bool {
	mantissa, exponent, found := strings.Cut(strings.ToLower(text), "e")
	return found && strings.Trim(mantissa+exponent, "0123456789") == ""
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// quoted reads up to the closing quote; a doubled quote stands for one.
func (s *scanner) quoted(q byte, backslash bool) string {
	var b strings.Builder
	s.pos++
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '\\' && backslash && s.pos+1 < len(s.src):
			b.WriteString(unescape(s.src[s.pos+1]))
			s.pos += 2
		case c == q && s.pos+1 < len(s.src) && s.src[s.pos+1] == q:
			b.WriteByte(q)
			s.pos += 2
		case c == q:
			s.pos++
			return b.String()
		default:
			b.WriteByte(c)
			s.pos++
		}
	}
	return b.String()
}

// unescape is the table of the manual, section "String Literals".
func unescape(c byte) string {
	switch c {
	case '0':
		return "\x00"
	case 'b':
		return "\b"
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case 'Z':
		return "\x1a"
	case '%', '_':
		return "\\" + string(c)
	}
	return string([]byte{c})
}

func (s *scanner) skipBlank() {
	for s.pos < len(s.src) {
		n := commentLength(s.src[s.pos:])
		switch {
		case n > 0:
			s.pos += n
		case isBlank(s.src[s.pos]):
			s.pos++
		default:
			return
		}
	}
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// commentLength gives the length of the comment that the text begins with; 0: none. Two dashes
// begin a comment only before a blank.
func commentLength(text string) int {
	switch {
	case strings.HasPrefix(text, "#"), text == "--",
		strings.HasPrefix(text, "--") && (isBlank(text[2]) || text[2] < ' '):
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			return i + 1
		}
		return len(text)
	case strings.HasPrefix(text, "/*"):
		if i := strings.Index(text[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(text)
	}
	return 0
}
