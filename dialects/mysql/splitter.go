package mysql

import (
	"strings"
)

// piece is one statement of a script: its bytes in the script, without the delimiter and without
// blanks and comments around it.
type piece struct {
	start, end int
}

// resolve makes executable comments (/*!80013 … */, /*M!100300 … */) what they are to this server:
// code or nothing. Each byte that is taken away becomes a blank, so offsets stay true.
func (d *Dialect) resolve(text string) string {
	if !strings.Contains(text, "/*") {
		return text
	}
	out := []byte(text)
	s := scanner{src: text, mode: d.mode}
	for s.pos < len(text) {
		rest := text[s.pos:]
		if head, runs, ok := d.executable(rest); ok {
			end := s.commentEnd(s.pos + head)
			if runs {
				blank(out, s.pos, s.pos+head)
				blank(out, max(end-2, s.pos+head), end)
			} else {
				blank(out, s.pos, end)
			}
			s.pos = end
			continue
		}
		if n := commentLength(rest); n > 0 {
			s.pos += n
		} else if isBlank(text[s.pos]) {
			s.pos++
		} else {
			s.next()
		}
	}
	return string(out)
}

// commentEnd finds the end of an executable comment whose code begins at pos; strings and comments
// within it count as such.
func (s *scanner) commentEnd(pos int) int {
	in := scanner{src: s.src, pos: pos, mode: s.mode}
	for in.pos < len(in.src) {
		if strings.HasPrefix(in.src[in.pos:], "*/") {
			return in.pos + 2
		}
		if isBlank(in.src[in.pos]) {
			in.pos++
			continue
		}
		if n := commentLength(in.src[in.pos:]); n > 0 {
			in.pos += n
			continue
		}
		in.next()
	}
	return len(in.src)
}

// executable reads the head of an executable comment: its length, and whether this server runs
// what is in it. MariaDB passes over versions of MySQL that it has no counterpart of, 5.7 and later.
func (d *Dialect) executable(text string) (head int, runs, ok bool) {
	switch {
	case strings.HasPrefix(text, "/*!"):
		head, runs = 3, true
	case strings.HasPrefix(text, "/*M!"):
		head, runs = 4, d.maria()
	default:
		return 0, false, false
	}
	digits := 0
	for digits < 6 && head+digits < len(text) && text[head+digits] >= '0' && text[head+digits] <= '9' {
		digits++
	}
	if digits < 5 {
		return head, runs, true
	}
	v := version(0)
	for _, c := range text[head : head+digits] {
		v = v*10 + version(c-'0')
	}
	if d.version < v || head == 3 && d.maria() && v >= 50700 && v <= 99999 {
		runs = false
	}
	return head + digits, runs, true
}

func blank(b []byte, from, to int) {
	for i := from; i < to; i++ {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
}

// split cuts a resolved script into statements as the command-line client does: at the delimiter,
// outside of strings, quoted names and comments. DELIMITER at the start of a line changes it.
func split(text string, mode sqlMode) []piece {
	var pieces []piece
	s := scanner{src: text, mode: mode}
	delimiter := ";"
	start, end := -1, -1
	var in body
	flush := func() {
		if start >= 0 {
			pieces = append(pieces, piece{start, end})
		}
		start, in = -1, body{}
	}
	for {
		s.skipBlank()
		if s.pos >= len(text) {
			flush()
			return pieces
		}
		if start < 0 {
			if next, n := delimiterLine(text[s.pos:]); n > 0 {
				delimiter = next
				s.pos += n
				continue
			}
		}
		if strings.HasPrefix(text[s.pos:], delimiter) && (delimiter != ";" || !in.open()) {
			flush()
			s.pos += len(delimiter)
			continue
		}
		if start < 0 {
			start = s.pos
		}
		in.see(s.advance(delimiter))
		end = s.pos
	}
}

// advance passes one token, but not a delimiter that is made of word characters or stands right
// behind a word.
func (s *scanner) advance(delimiter string) token {
	from := s.pos
	t, _ := s.next()
	if t.kind != word && t.kind != number {
		return t
	}
	if i := strings.Index(s.src[from:s.pos], delimiter); i > 0 {
		s.pos = from + i
	}
	return t
}

// written gives a statement as the script has it: with the marks of an executable comment that it
// begins or ends in.
func written(text, code string, at piece) string {
	from, to := at.start, at.end
	for from > 0 && isBlank(code[from-1]) {
		from--
	}
	for to < len(code) && isBlank(code[to]) {
		to++
	}
	if i := max(strings.LastIndex(text[from:at.start], "/*!"), strings.LastIndex(text[from:at.start], "/*M!")); i >= 0 {
		at.start = from + i
	}
	if i := strings.Index(text[at.end:to], "*/"); i >= 0 {
		at.end += i + len("*/")
	}
	return text[at.start:at.end]
}

// delimiterLine reads "DELIMITER //" up to the end of its line; n is 0 where there is none.
func delimiterLine(text string) (delimiter string, n int) {
	const keyword = "delimiter"
	if len(text) <= len(keyword) || !strings.EqualFold(text[:len(keyword)], keyword) || !isBlank(text[len(keyword)]) {
		return "", 0
	}
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line[len(keyword):])
	if len(fields) == 0 {
		return "", 0
	}
	return fields[0], len(line)
}

// place turns a byte offset into line and column, both 1-based; columns count bytes.
func place(text string, offset int) (line, column int) {
	offset = min(offset, len(text))
	before := text[:offset]
	return strings.Count(before, "\n") + 1, offset - strings.LastIndexByte(before, '\n')
}
