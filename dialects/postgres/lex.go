package postgres

import (
	"strings"
	"unicode/utf8"
)

// token is one lexeme of a statement: a byte range of the text. The parser library gives where
// expressions start, not where they end; slices of the user's own text are cut by tokens.
type token struct {
	start, end int
	depth      int    // open parentheses and brackets before it
	word       string // a keyword or identifier in lower case; "" for quoted ones and for the rest
	punct      byte   // a single character of punctuation; 0 for the rest
}

// lex cuts a text into tokens and leaves comments and white space out. It follows the server's
// rules for strings, dollar quotes, quoted identifiers and nested comments (manual, section 4.1).
func lex(text string) []token {
	var tokens []token
	depth := 0
	for i := 0; i < len(text); {
		if n := skipBlank(text, i); n > i {
			i = n
			continue
		}
		t, end := lexeme(text, i)
		t.depth = depth
		switch t.punct {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
			t.depth = depth
		}
		i = end
		tokens = append(tokens, t)
	}
	return tokens
}

// lexeme reads the token at i, which is neither white space nor a comment, and gives where it ends.
func lexeme(text string, i int) (token, int) {
	t := token{start: i}
	c := text[i]
	switch {
	case c == '\'':
		i = endOfQuoted(text, i, false)
	case c == '"':
		i = endOfQuoted(text, i, false)
	case c == '$' && dollarTag(text, i) != "":
		tag := dollarTag(text, i)
		i = endAfter(text, i+len(tag), tag)
	case isWordStart(c):
		for i < len(text) && isWordPart(text[i]) {
			i++
		}
		t.word = strings.ToLower(text[t.start:i])
		if i < len(text) && text[i] == '\'' && (t.word == "e" || t.word == "b" || t.word == "x" || t.word == "n") {
			i = endOfQuoted(text, i, t.word == "e")
			t.word = ""
		}
	case c >= '0' && c <= '9':
		for i < len(text) && (isWordPart(text[i]) || text[i] == '.') {
			i++
		}
	default:
		t.punct = c
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	t.end = i
	return t, i
}

// skipBlank gives the offset behind one stretch of white space or one comment at i, or i.
func skipBlank(text string, i int) int {
	switch {
	case strings.IndexByte(" \t\r\n\f\v", text[i]) >= 0:
		return i + 1
	case strings.HasPrefix(text[i:], "--"):
		return endAfter(text, i, "\n")
	case strings.HasPrefix(text[i:], "/*"):
		open := 0
		for ; i < len(text); i++ {
			switch {
			case strings.HasPrefix(text[i:], "/*"):
				open++
				i++
			case strings.HasPrefix(text[i:], "*/"):
				open--
				i++
				if open == 0 {
					return i + 1
				}
			}
		}
		return len(text)
	}
	return i
}

// endOfQuoted gives the offset behind a quoted string or identifier that starts at i.
func endOfQuoted(text string, i int, escapes bool) int {
	q := text[i]
	for i++; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] == q:
			if i+1 < len(text) && text[i+1] == q {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(text)
}

// dollarTag gives the opening tag of a dollar-quoted string at i, or "".
func dollarTag(text string, i int) string {
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '$':
			return text[i : j+1]
		case !isWordPart(text[j]) || j == i+1 && !isWordStart(text[j]):
			return ""
		}
	}
	return ""
}

func endAfter(text string, i int, what string) int {
	n := strings.Index(text[i:], what)
	if n < 0 {
		return len(text)
	}
	return i + n + len(what)
}

func isWordStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func isWordPart(c byte) bool { return isWordStart(c) || c >= '0' && c <= '9' || c == '$' }

// source is a text with its tokens.
type source struct {
	text   string
	tokens []token
}

func newSource(text string) source { return source{text: text, tokens: lex(text)} }

// span gives the tokens inside a byte range.
func (s source) span(start, end int) source {
	lo := 0
	for lo < len(s.tokens) && s.tokens[lo].start < start {
		lo++
	}
	hi := lo
	for hi < len(s.tokens) && s.tokens[hi].start < end {
		hi++
	}
	return source{text: s.text, tokens: s.tokens[lo:hi]}
}

// String gives the text from the first token to the last.
func (s source) String() string {
	if len(s.tokens) == 0 {
		return ""
	}
	return s.text[s.tokens[0].start:s.tokens[len(s.tokens)-1].end]
}

// from gives the tokens from the i-th on.
func (s source) from(i int) source {
	return source{text: s.text, tokens: s.tokens[min(i, len(s.tokens)):]}
}

// to gives the tokens before the i-th.
func (s source) to(i int) source { return source{text: s.text, tokens: s.tokens[:i]} }

// find gives the index of the first of these words outside parentheses at or after i, or -1.
func (s source) find(i int, words ...string) int {
	base := 0
	if len(s.tokens) > 0 {
		base = s.tokens[0].depth
	}
	for ; i < len(s.tokens); i++ {
		t := s.tokens[i]
		for _, w := range words {
			if t.depth == base && t.word == w {
				return i
			}
		}
	}
	return -1
}

// skip gives the index behind these words where they stand at i, else i.
func (s source) skip(i int, words ...string) int {
	for j, w := range words {
		if i+j >= len(s.tokens) || s.tokens[i+j].word != w {
			return i
		}
	}
	return i + len(words)
}

// skipName gives the index behind a possibly qualified name at i.
func (s source) skipName(i int) int {
	for i++; i+1 < len(s.tokens) && s.tokens[i].punct == '.'; i += 2 {
	}
	return i
}

// split cuts at commas outside parentheses.
func (s source) split() []source {
	if len(s.tokens) == 0 {
		return nil
	}
	var parts []source
	base, last := s.tokens[0].depth, 0
	for i, t := range s.tokens {
		if t.punct == ',' && t.depth == base {
			parts = append(parts, source{text: s.text, tokens: s.tokens[last:i]})
			last = i + 1
		}
	}
	return append(parts, source{text: s.text, tokens: s.tokens[last:]})
}

// closes says whether the first token's parenthesis is closed by the last token.
func closes(src source) bool {
	last := len(src.tokens) - 1
	for i := 1; i <= last; i++ {
		if src.tokens[i].punct == ')' && src.tokens[i].depth == src.tokens[0].depth {
			return i == last
		}
	}
	return false
}
