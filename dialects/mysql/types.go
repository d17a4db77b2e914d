package mysql

import (
	"strconv"
	"strings"
)

// colType is a column type taken apart. Name is the server's own name for it: "int", never
// "integer".
type colType struct {
	name      string
	args      []string // length, precision and scale; or the members of an enum or set, unquoted
	unsigned  bool
	zerofill  bool
	charset   string // "": the table's
	collation string // "": the charset's or the table's
}

// synonyms gives the server's own name of a type, and its arguments where the synonym implies them.
var synonyms = map[string]struct {
	name string
	args []string
}{
	"integer": {"int", nil}, "int1": {"tinyint", nil}, "int2": {"smallint", nil}, "int3": {"mediumint", nil},
	"middleint": {"mediumint", nil}, "int4": {"int", nil}, "int8": {"bigint", nil},
	"bool": {"tinyint", []string{"1"}}, "boolean": {"tinyint", []string{"1"}},
	"dec": {"decimal", nil}, "numeric": {"decimal", nil}, "fixed": {"decimal", nil},
	"float4": {"float", nil}, "float8": {"double", nil}, "real": {"double", nil},
	"character": {"char", nil}, "nchar": {"char", nil}, "nvarchar": {"varchar", nil}, "varcharacter": {"varchar", nil},
	"long": {"mediumtext", nil}, "geomcollection": {"geometrycollection", nil},
}

// typeNames are the types by the server's own names; true: text, which has a charset.
var typeNames = map[string]bool{
	"tinyint": false, "smallint": false, "mediumint": false, "int": false, "bigint": false,
	"decimal": false, "float": false, "double": false, "bit": false, "year": false,
	"date": false, "time": false, "datetime": false, "timestamp": false,
	"char": true, "varchar": true, "tinytext": true, "text": true, "mediumtext": true, "longtext": true,
	"enum": true, "set": true,
	"binary": false, "varbinary": false, "tinyblob": false, "blob": false, "mediumblob": false, "longblob": false,
	"json": false, "uuid": false, "inet4": false, "inet6": false, "vector": false,
	"geometry": false, "point": false, "linestring": false, "polygon": false,
	"multipoint": false, "multilinestring": false, "multipolygon": false, "geometrycollection": false,
}

// readType reads a column type with its charset and collation; false: this is no type that is
// known. The attributes may stand in any order behind the type's name.
func (r *reader) readType() (colType, bool) {
	t := colType{}
	if r.eof() || r.peek().kind != word {
		return t, false
	}
	national := r.take("national")
	first := strings.ToLower(r.next().text)
	switch {
	case first == "double":
		r.take("precision")
	case first == "long":
		if r.take("varbinary") {
			first = "mediumblob"
		} else if !r.take("varcharacter") {
			r.take("varchar")
		}
	}
	if (first == "char" || first == "character" || first == "nchar") && r.take("varying", "varchar", "varcharacter") {
		first = map[bool]string{true: "nvarchar", false: "varchar"}[first == "nchar"]
	}
	if national || first == "nchar" || first == "nvarchar" {
		t.charset = "utf8mb3"
	}
	t.name = first
	if s, ok := synonyms[first]; ok {
		t.name, t.args = s.name, s.args
	}
	if _, ok := typeNames[t.name]; !ok {
		return t, false
	}
	if r.sign("(") {
		for !r.eof() && !r.sign(")") {
			t.args = append(t.args, r.next().text)
			r.sign(",")
		}
	}
	r.typeAttributes(&t)
	t.normalise()
	return t, true
}

// typeAttributes reads what may stand behind the type's name.
func (r *reader) typeAttributes(t *colType) {
	for {
		switch {
		case r.take("unsigned"):
			t.unsigned = true
		case r.take("signed"):
		case r.take("zerofill"):
			t.zerofill, t.unsigned = true, true
		case r.take("charset"), r.takeAll("character", "set"), r.takeAll("char", "set"):
			r.sign("=")
			t.charset = strings.ToLower(r.next().text)
		case r.take("collate"):
			r.sign("=")
			t.collation = strings.ToLower(r.next().text)
		case r.take("ascii"):
			t.charset = "latin1"
		case r.take("unicode"):
			t.charset = "ucs2"
		case r.peek().is("binary") && typeNames[t.name]:
			r.next()
			t.collation = "_bin"
		default:
			return
		}
	}
}

// normalise gives a type the form that SHOW CREATE TABLE gives it.
func (t *colType) normalise() {
	t.charset = utf8Name(t.charset)
	if t.charset == "" && t.collation != "" && t.collation != "_bin" {
		t.charset = charsetOf(t.collation)
	}
	if t.charset == "binary" {
		t.toBinary()
	}
	switch t.name {
	case "decimal":
		if len(t.args) == 0 {
			t.args = []string{"10"}
		}
		if len(t.args) == 1 {
			t.args = append(t.args, "0")
		}
	case "char", "binary", "bit":
		if len(t.args) == 0 {
			t.args = []string{"1"}
		}
	case "float":
		if p := t.arg(0); len(t.args) == 1 { // FLOAT(25) is a DOUBLE
			t.args = nil
			if p > 24 {
				t.name = "double"
			}
		}
	case "datetime", "timestamp", "time":
		if t.arg(0) == 0 {
			t.args = nil
		}
	case "text", "blob":
		t.sizedText()
	case "year":
		t.args = nil
	}
}

// sizedText: TEXT(100) is the smallest type that holds 100 characters.
func (t *colType) sizedText() {
	n := t.arg(0)
	t.args = nil
	if n == 0 {
		return
	}
	if t.name == "text" {
		n *= charsetBytes(t.charset)
	}
	switch {
	case n < 1<<8:
		t.name = "tiny" + t.name
	case n < 1<<16:
	case n < 1<<24:
		t.name = "medium" + t.name
	default:
		t.name = "long" + t.name
	}
}

// toBinary: CHARACTER SET binary makes a text type its binary counterpart.
func (t *colType) toBinary() {
	counterpart := map[string]string{
		"char": "binary", "varchar": "varbinary", "tinytext": "tinyblob", "text": "blob",
		"mediumtext": "mediumblob", "longtext": "longblob",
	}
	if name, ok := counterpart[t.name]; ok {
		t.name, t.charset, t.collation = name, "", ""
	}
}

func (t colType) arg(otherwise int) int {
	if len(t.args) == 0 {
		return otherwise
	}
	n, err := strconv.Atoi(t.args[0])
	if err != nil {
		return otherwise
	}
	return n
}

func (t colType) isInt() bool { return intBytes[t.name] > 0 }

var intBytes = map[string]int{"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8}

// isText: it has a charset and a collation.
func (t colType) isText() bool { return typeNames[t.name] }

func (t colType) isMember() bool { return t.name == "enum" || t.name == "set" }

func (t colType) isBinary() bool {
	return t.name == "binary" || t.name == "varbinary" || strings.HasSuffix(t.name, "blob")
}

func (t colType) isSpatial() bool {
	switch t.name {
	case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection":
		return true
	}
	return false
}

// String spells the type as information_schema.COLUMNS does, without charset and collation.
func (d *Dialect) typeText(t colType) string {
	var b strings.Builder
	b.WriteString(t.name)
	args := t.args
	if t.isInt() && !t.zerofill {
		keep := t.name == "tinyint" && !t.unsigned && t.arg(0) == 1
		switch {
		case !d.showsWidth() && !keep:
			args = nil
		case d.showsWidth() && len(args) == 0:
			args = []string{strconv.Itoa(displayWidth(t))}
		}
	}
	if t.zerofill && len(args) == 0 && t.isInt() {
		args = []string{strconv.Itoa(displayWidth(t))}
	}
	if t.name == "year" && d.showsWidth() {
		args = []string{"4"}
	}
	if len(args) > 0 {
		b.WriteByte('(')
		for i, a := range args {
			if i > 0 {
				b.WriteByte(',')
			}
			if t.isMember() {
				a = "'" + memberText.Replace(strings.TrimRight(a, " ")) + "'"
			}
			b.WriteString(a)
		}
		b.WriteByte(')')
	}
	if t.unsigned {
		b.WriteString(" unsigned")
	}
	if t.zerofill {
		b.WriteString(" zerofill")
	}
	return b.String()
}

// memberText writes a member of an ENUM or SET as the server shows it.
var memberText = strings.NewReplacer("'", "''", `\`, `\\`, "\n", `\n`, "\r", `\r`, "\x00", `\0`, "\x1a", `\Z`)

// displayWidth is the default width of an integer type, with its sign.
func displayWidth(t colType) int {
	signed := map[string]int{"tinyint": 4, "smallint": 6, "mediumint": 9, "int": 11, "bigint": 20}
	w := signed[t.name]
	if t.unsigned && t.name != "bigint" && t.name != "mediumint" {
		w--
	}
	if t.unsigned && t.name == "mediumint" {
		w = 8
	}
	return w
}

// parseType reads a type as the server spells it.
func parseType(text string) colType {
	r := newReader(text, sqlMode{})
	t, ok := r.readType()
	if !ok {
		return colType{name: strings.ToLower(text)}
	}
	return t
}

// columnType is the type of a column with its collation.
func columnType(typ, collation string) colType {
	t := parseType(typ)
	if t.isText() {
		t.collation, t.charset = collation, charsetOf(collation)
	}
	return t
}

// charsetOf: the charset is the collation's first word. MariaDB's uca1400 collations may stand
// without it.
func charsetOf(collation string) string {
	cs, _, _ := strings.Cut(collation, "_")
	if cs == "uca1400" {
		return ""
	}
	return utf8Name(cs)
}

// utf8Name gives utf8 its real name.
func utf8Name(name string) string {
	if name == "utf8" {
		return "utf8mb3"
	}
	return name
}

// sameCollation compares two collation names: utf8_general_ci is utf8mb3_general_ci.
func sameCollation(a, b string) bool {
	long := func(s string) string {
		if rest, ok := strings.CutPrefix(s, "utf8_"); ok {
			return "utf8mb3_" + rest
		}
		return s
	}
	return strings.EqualFold(long(a), long(b))
}

// charsetBytes is the longest character in bytes.
func charsetBytes(charset string) int {
	switch charset {
	case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030":
		return 4
	case "utf8mb3", "utf8", "ujis", "eucjpms":
		return 3
	case "ucs2", "gbk", "gb2312", "big5", "sjis", "cp932", "euckr":
		return 2
	case "":
		return 4 // not known: the widest that is common
	}
	return 1
}

// defaultCollation is the collation that a charset stands for on this server, as far as known.
func (d *Dialect) defaultCollation(charset string) string {
	switch charset {
	case "utf8mb4":
		switch {
		case d.mysqlSince(80001):
			return "utf8mb4_0900_ai_ci"
		case d.mariaSince(110600):
			return "utf8mb4_uca1400_ai_ci"
		}
		return "utf8mb4_general_ci"
	case "utf8mb3", "ucs2", "utf16", "utf32":
		if d.mariaSince(110600) {
			return charset + "_uca1400_ai_ci"
		}
		return charset + "_general_ci"
	case "latin1":
		return "latin1_swedish_ci"
	case "binary":
		return "binary"
	case "gbk", "big5", "gb18030", "gb2312":
		return charset + "_chinese_ci"
	case "sjis", "cp932", "ujis", "eucjpms":
		return charset + "_japanese_ci"
	case "dec8", "swe7":
		return charset + "_swedish_ci"
	case "euckr":
		return "euckr_korean_ci"
	case "tis620":
		return "tis620_thai_ci"
	case "latin5":
		return "latin5_turkish_ci"
	case "hp8":
		return "hp8_english_ci"
	case "":
		return ""
	}
	return charset + "_general_ci"
}
