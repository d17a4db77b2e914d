package load

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Shape is the kind of key a table has. The other columns are the same in all.
//
//	int   id, an integer that the server hands out; moved rows get negative ones
//	text  (tenant, code), mixed case and accents, in the engine's default collation
//	uuid  id, PostgreSQL uuid, MySQL BINARY(16), SQLite BLOB, in no useful order
type Shape string

// The shapes.
const (
	Int  Shape = "int"
	Text Shape = "text"
	UUID Shape = "uuid"
)

// Shapes lists all shapes.
func Shapes() []Shape { return []Shape{Int, Text, UUID} }

// ParseShape reads a shape's name.
func ParseShape(name string) (Shape, error) {
	for _, s := range Shapes() {
		if string(s) == name {
			return s, nil
		}
	}
	return "", fmt.Errorf("unknown shape %q: it is one of int, text, uuid", name)
}

// KeyColumns names the columns of the primary key.
func (s Shape) KeyColumns() []string {
	if s == Text {
		return []string{"tenant", "code"}
	}
	return []string{"id"}
}

// Numbers behind keys. A seeded row has its index, from 1 to MaxRows. A row that
// a writer adds has index<<serialBits | serial, where the index is one of the
// writer's own: its neighbours in every index are then mostly rows of the same
// writer, and gap locks of one writer seldom meet another.
const (
	serialBits = 24
	// MaxRows is the largest number of rows to seed.
	MaxRows = 1<<serialBits - 1
)

// Names that are equal under a collation blind to case and accents, and
// different otherwise. The number in the code keeps keys unique under both.
var (
	tenants  = []string{"acme", "ACME", "Äcme", "Zürich", "zurich", "mañana", "ÉCOLE", "école"}
	prefixes = []string{"Café-", "CAFE-", "café-", "CAFÉ-", "cafe-", "Cafe-", "CaFé-", "cAfE-"}
)

// A key of the text shape is number<<3 | spelling of the code.
const spellingBits = 3

// seedKey is the key of the seeded row with index i.
func (s Shape) seedKey(i int64) int64 {
	if s == Text {
		return i<<spellingBits | i%int64(len(prefixes))
	}
	return i
}

// seedIndex is the inverse of seedKey; 0 for a key that is not a seed's.
func (s Shape) seedIndex(key, rows int64) int64 {
	i := key
	if s == Text {
		i = key >> spellingBits
	}
	if i < 1 || i > rows || s.seedKey(i) != key {
		return 0
	}
	return i
}

// numberOf is the number behind a key; 0 for one that the server handed out,
// unless it is small enough for a seed's.
func (s Shape) numberOf(key int64) int64 {
	switch {
	case s == Int && key < 0:
		return -key
	case s == Int && key > MaxRows:
		return 0
	case s == Text:
		return key >> spellingBits
	default:
		return key
	}
}

// indexOf is the index behind a key, which says whose key it is; 0 for one that
// the server handed out.
func (s Shape) indexOf(key, rows int64) int64 {
	number := s.numberOf(key)
	if number > MaxRows {
		return number >> serialBits
	}
	return s.seedIndex(key, rows)
}

// newKey is the key for a new number. In the int shape it is negative: the
// server's own counter is not moved by it.
func (s Shape) newKey(number int64) int64 {
	switch s {
	case Int:
		return -number
	case Text:
		return number<<spellingBits | number>>serialBits%int64(len(prefixes))
	default:
		return number
	}
}

// respelled is the same text key in other case and accents: equal under a blind
// collation, another key elsewhere. turn is 1 to 7.
func (s Shape) respelled(key int64, turn int) int64 {
	mask := int64(len(prefixes) - 1)
	return key&^mask | (key+int64(turn))&mask
}

// keyArgs are the statement arguments for a key.
func (s Shape) keyArgs(engine string, key int64) []any {
	switch s {
	case Int:
		return []any{key}
	case Text:
		tenant, code := textKey(key)
		return []any{tenant, code}
	default:
		raw := uuidHex(key)
		if engine == Postgres {
			return []any{raw[:8] + "-" + raw[8:12] + "-" + raw[12:16] + "-" + raw[16:20] + "-" + raw[20:]}
		}
		id, _ := hex.DecodeString(raw) // uuidHex writes nothing but hex digits
		return []any{id}
	}
}

// keyOf reads a key back from the texts of its columns, exactly: a text that
// differs only in case is not the same key. ok is false for a key no row of
// this load can have.
func (s Shape) keyOf(columns []string) (key int64, ok bool) {
	switch s {
	case Int:
		key, err := strconv.ParseInt(columns[0], 10, 64)
		return key, err == nil
	case Text:
		prefix, digits, _ := strings.Cut(columns[1], "-")
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return 0, false
		}
		for spelling, p := range prefixes {
			if p != prefix+"-" {
				continue
			}
			key := number<<spellingBits | int64(spelling)
			tenant, code := textKey(key)
			return key, tenant == columns[0] && code == columns[1]
		}
		return 0, false
	default:
		raw := strings.ToLower(strings.ReplaceAll(columns[0], "-", ""))
		if len(raw) != 32 {
			return 0, false
		}
		key, err := strconv.ParseInt(raw[20:], 16, 64)
		return key, err == nil && uuidHex(key) == raw
	}
}

// show writes a key for a person.
func (s Shape) show(key int64) string {
	switch s {
	case Int:
		return strconv.FormatInt(key, 10)
	case Text:
		tenant, code := textKey(key)
		return fmt.Sprintf("(%s, %s)", tenant, code)
	default:
		return uuidHex(key)
	}
}

func textKey(key int64) (tenant, code string) {
	number := key >> spellingBits
	spelling := key & int64(len(prefixes)-1)
	return tenants[number%int64(len(tenants))], prefixes[spelling] + strconv.FormatInt(number, 10)
}

// uuidMultiplier is odd, so that the product is a permutation of 32-bit numbers.
const uuidMultiplier = 2654435761

// uuidHex is the key in the last twelve digits and a scattering in the first
// eight, so that neighbours by number are strangers in the index.
func uuidHex(key int64) string {
	return fmt.Sprintf("%08x00004000a000%012x", uint32(key*uuidMultiplier), key)
}
