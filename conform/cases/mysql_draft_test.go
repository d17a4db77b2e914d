package cases

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// pick draws one of some.
func pick[E any](t *rapid.T, label string, from ...E) E {
	return rapid.SampledFrom(from).Draw(t, label)
}

// chance is true in so many of a hundred cases.
func chance(t *rapid.T, label string, percent int) bool {
	return rapid.IntRange(1, 100).Draw(t, label) <= percent
}

// oddNames are hard to quote or easy to mistake.
var oddNames = []string{"order", "a-b", "größe", "two words", "UPPER", "Mixed_Case", "select", "x'y", "emoji_größe", "naïve", "a.b", "{table}", "100%"}

// oddTexts are hard to write as a literal; quotes are doubled already.
var oddTexts = []string{"plain", "it''s", `{table} and {"json": 1}`, `back\\slash`, "Ключ", "四 𝄞 🎼", "%s %d 100 %", "two\nlines", "-- no comment", "semi;colon", "`tick` \"quote\""}

// mysqlType is a type and literals for it with its extremes.
type kind struct {
	def    string
	values []string
	class  string // number, text, time, other: what may be made of it
}

var mysqlKinds = []kind{
	{"TINYINT", []string{"0", "1", "-128", "127"}, "number"},
	{"SMALLINT UNSIGNED", []string{"0", "1", "65535"}, "number"},
	{"INT", []string{"0", "1", "-1", "-2147483648", "2147483647"}, "number"},
	{"INT UNSIGNED", []string{"0", "7", "4294967295"}, "number"},
	{"BIGINT", []string{"0", "-9223372036854775808", "9223372036854775807"}, "number"},
	{"DECIMAL(10,2)", []string{"0", "0.01", "-99999999.99", "99999999.99"}, "number"},
	{"FLOAT", []string{"0", "1.5", "-3.25e10"}, "number"},
	{"DOUBLE", []string{"0", "0.1", "-1.7976931348623157e308", "2.2250738585072014e-308"}, "number"},
	{"BIT(9)", []string{"b'0'", "b'101'", "b'111111111'"}, "other"},
	{"CHAR(10)", []string{"''", "'a'", "'abcdefghij'", "'Ä'"}, "text"},
	{"VARCHAR(50)", []string{"''", "'a '", "'it''s'", "'🎼 four'", "'" + strings.Repeat("x", 50) + "'"}, "text"},
	{"VARCHAR(20) CHARACTER SET latin1", []string{"''", "'é'", "'plain'"}, "text"},
	{"VARCHAR(20) COLLATE utf8mb4_bin", []string{"''", "'A'", "'a'"}, "text"},
	{"TEXT", []string{"''", "'{table}'", "REPEAT('long ', 500)", `'back\\slash'`}, "text"},
	{"BLOB", []string{"''", "x'00FF'", "REPEAT('b', 3000)"}, "other"},
	{"BINARY(4)", []string{"x'00000000'", "x'FFFFFFFF'", "'ab'"}, "other"},
	{"VARBINARY(20)", []string{"''", "x'00'", "x'FF00FF'"}, "other"},
	{"DATE", []string{"'1000-01-01'", "'9999-12-31'", "'2024-02-29'"}, "time"},
	{"DATETIME(3)", []string{"'1000-01-01 00:00:00'", "'2024-03-31 02:30:00.123'", "'9999-12-31 23:59:59.999'"}, "time"},
	{"TIMESTAMP NULL DEFAULT NULL", []string{"'1970-01-02 00:00:01'", "'2024-10-27 02:30:00'", "'2038-01-18 03:14:07'"}, "time"},
	{"TIME", []string{"'-838:59:59'", "'00:00:00'", "'838:59:59'"}, "other"},
	{"YEAR", []string{"1901", "2155", "2000"}, "other"},
	{"ENUM('a','b','it''s')", []string{"'a'", "'b'", "'it''s'"}, "text"},
	{"SET('x','y','z')", []string{"''", "'x'", "'x,z'", "'x,y,z'"}, "text"},
	{"JSON", []string{"'{}'", "'[1, 2, \"three\"]'", "'null'", "'{\"a\": {\"b\": \"🎼\"}}'"}, "other"},
}

func ticked(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// mysqlTable is a draft under construction.
type mysqlTable struct {
	*rapid.T
	draft
	on    target
	kinds []kind   // of the columns beside the key, in their order
	free  []string // the columns beside the key, quoted
	keys  []string // names of secondary keys, quoted
	check []string // names of checks, quoted

	touched []int // columns that a clause has changed
}

func mysqlDraft(rt *rapid.T, on target) draft {
	m := &mysqlTable{T: rt, on: on}
	m.Name, m.Rows, m.Writes, m.Forced = "t", pick(rt, "rows", 0, 40, 40, 40), chance(rt, "writes", 80), chance(rt, "forced", 50)
	m.Rehearsed = chance(rt, "rehearsed", 50)
	if chance(rt, "odd table", 25) {
		m.Name = ticked(pick(rt, "table", oddNames...))
	}
	m.key()
	for i := range rapid.IntRange(2, 5).Draw(rt, "columns") {
		m.column(i)
	}
	partitioned := m.options()
	m.more(partitioned)
	if chance(rt, "gone", 15) { // rows of several versions
		m.Parts = append(m.Parts, "ALTER TABLE "+m.Name+" ADD COLUMN gone INT FIRST", "ALTER TABLE "+m.Name+" DROP COLUMN gone")
	}
	if chance(rt, "late", 25) {
		c := lateColumn(rt, "INT", "VARCHAR(20)")
		m.Columns, m.kinds, m.free = append(m.Columns, c), append(m.kinds, kind{c.Def, c.Values, "other"}), append(m.free, late)
	}
	for range pick(rt, "statements", 1, 1, 2, 3) {
		m.Change = append(m.Change, m.statement())
	}
	return m.draft
}

func (m *mysqlTable) key() {
	id := column{Name: "id", Values: []string{"{i}"}, Key: true}
	text := column{Name: "code", Def: "VARCHAR(40) NOT NULL", Values: []string{"'k{i}'"}, Key: true}
	switch pick(m.T, "key", "auto", "auto", "int", "composite", "text", "binary", "unique") {
	case "auto":
		id.Def, m.Inner = "INT NOT NULL AUTO_INCREMENT", []string{"PRIMARY KEY (id)"}
	case "int":
		id.Def, m.Inner = "BIGINT UNSIGNED NOT NULL", []string{"PRIMARY KEY (id)"}
	case "composite":
		id.Def, m.Inner = "INT NOT NULL", []string{"PRIMARY KEY (code, id)"}
		m.Columns = append(m.Columns, text)
	case "text":
		m.Columns, m.Inner = []column{text}, []string{"PRIMARY KEY (code)"}
		return
	case "binary":
		m.Columns, m.Inner = []column{{"uid", "BINARY(16) NOT NULL", []string{"UNHEX(LPAD(HEX({i}), 32, '0'))"}, true}}, []string{"PRIMARY KEY (uid)"}
		return
	case "unique":
		id.Def, m.Inner = "INT NOT NULL", []string{"UNIQUE KEY only_key (id)"}
	}
	m.Columns = append(m.Columns, id)
}

// column adds a column of any type, sometimes generated, with any attributes.
func (m *mysqlTable) column(i int) {
	name := fmt.Sprintf("c%d", i)
	if chance(m.T, "odd column", 15) {
		name = ticked(fmt.Sprint(pick(m.T, "column", oddNames...), i))
	}
	k := pick(m.T, "type", mysqlKinds...)
	c := column{Name: name, Def: k.def, Values: append([]string{}, k.values...)}
	if from := m.numbers(); len(from) > 0 && chance(m.T, "generated", 20) {
		k = kind{"BIGINT", nil, "generated"}
		c.Def, c.Values = "BIGINT AS ("+pick(m.T, "from", from...)+" % 1000 + 1) "+pick(m.T, "stored", "STORED", "VIRTUAL"), nil
	} else {
		c.Def += m.attributes(k)
		if !strings.Contains(c.Def, "NOT NULL") {
			c.Values = append(c.Values, "NULL")
		}
	}
	if chance(m.T, "comment", 25) {
		c.Def += " COMMENT '" + pick(m.T, "comment text", oddTexts...) + "'"
	}
	m.Columns, m.kinds, m.free = append(m.Columns, c), append(m.kinds, k), append(m.free, name)
}

// attributes are NOT NULL and a default.
func (m *mysqlTable) attributes(k kind) string {
	s := ""
	if chance(m.T, "not null", 35) && !strings.Contains(k.def, "NULL") {
		s = " NOT NULL"
	}
	literal := k.values[len(k.values)-1]
	switch {
	case !chance(m.T, "default", 35) || strings.Contains(k.def, "NULL"):
	case strings.Contains("TEXT BLOB JSON", k.def):
	case strings.HasPrefix(k.def, "DATETIME") && chance(m.T, "now", 60):
		s += " DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"
	case strings.Contains(literal, "("), strings.HasPrefix(literal, "x'"):
	default:
		s += " DEFAULT " + literal
	}
	return s
}

// numbers are the columns that can be reckoned with.
func (m *mysqlTable) numbers() []string {
	var all []string
	for i, k := range m.kinds {
		if k.class == "number" && !strings.HasPrefix(k.def, "DOUBLE") && !strings.HasPrefix(k.def, "FLOAT") {
			all = append(all, m.free[i])
		}
	}
	return all
}

func (m *mysqlTable) options() (partitioned bool) {
	m.Options = pick(m.T, "charset", "", "", " DEFAULT CHARSET=utf8mb4", " DEFAULT CHARSET=latin1", " CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
	if strings.Contains(m.Options, "latin1") {
		for i, c := range m.Columns {
			for j, v := range c.Values {
				m.Columns[i].Values[j] = strings.NewReplacer("🎼", "n").Replace(v)
			}
		}
	}
	if chance(m.T, "table comment", 20) {
		m.Options += " COMMENT='" + pick(m.T, "table comment text", oddTexts...) + "'"
	}
	m.Options += pick(m.T, "format", "", "", "", " ROW_FORMAT=COMPACT", " AUTO_INCREMENT=5000")
	if m.Columns[0].Name == "id" && chance(m.T, "partitions", 12) {
		m.Options += pick(m.T, "partition by", " PARTITION BY HASH (id) PARTITIONS 3",
			" PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (20), PARTITION p1 VALUES LESS THAN MAXVALUE)")
		return true
	}
	return false
}
