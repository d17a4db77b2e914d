package mysql

import (
	"maps"
	"slices"
	"strings"

	"surefoot/schema"
)

// options are what may be said of a table itself. The values of those that have none are false.
var options = map[string]bool{
	"comment": true, "auto_increment": true, "row_format": true, "engine": true, "key_block_size": true, "force": false,
	"stats_persistent": true, "stats_auto_recalc": true, "stats_sample_pages": true,
	"max_rows": true, "min_rows": true, "avg_row_length": true, "checksum": true, "table_checksum": true, "delay_key_write": true,
	"pack_keys": true, "compression": true, "page_compressed": true, "page_compression_level": true, "autoextend_size": true,
}

// option reads a clause of table options; a clause may hold several.
func (a *alterReader) option(r *reader) bool {
	for first := true; first || !r.eof(); first = false {
		start := r.i
		if r.takeAll("order", "by") { // to the end of the statement
			r.i = len(r.toks)
			return a.add(schema.SetOption{On: a.on, Option: "order by", Text: r.text(start, r.i)})
		}
		if r.takeAll("convert", "to") {
			if !a.charset(r, start, true) {
				return false
			}
			continue
		}
		if r.take("default"); r.peek().is("charset", "character", "collate") {
			if !a.charset(r, start, false) {
				return false
			}
			continue
		}
		name := strings.ToLower(r.next().text)
		value, known := options[name]
		if !known {
			return false
		}
		if value {
			r.sign("=")
			r.next()
		}
		a.add(schema.SetOption{On: a.on, Option: name, Text: r.text(start, r.i)})
	}
	return true
}

// resets are the texts that take an option back.
var resets = map[string]string{
	"comment": "COMMENT=''", "row_format": "ROW_FORMAT=DEFAULT", "key_block_size": "KEY_BLOCK_SIZE=0", "stats_persistent": "STATS_PERSISTENT=DEFAULT",
	"stats_auto_recalc": "STATS_AUTO_RECALC=DEFAULT", "stats_sample_pages": "STATS_SAMPLE_PAGES=DEFAULT", "max_rows": "MAX_ROWS=0", "min_rows": "MIN_ROWS=0",
	"avg_row_length": "AVG_ROW_LENGTH=0", "checksum": "CHECKSUM=0", "table_checksum": "CHECKSUM=0", "delay_key_write": "DELAY_KEY_WRITE=0", "pack_keys": "PACK_KEYS=DEFAULT",
	"compression": "COMPRESSION='NONE'", "page_compressed": "PAGE_COMPRESSED=0",
}

// optionBack is the text of an option as the table has it; empty: it is not known. MySQL remembers of a
// column that is stated under another charset of its table that somebody said its own: that does not go away.
func (d *Dialect) optionBack(c schema.SetOption, t *schema.Table) string {
	name := c.Option
	if name == "convert" {
		name = "charset"
	}
	if t == nil || name == "auto_increment" || c.Option == "charset" && !d.maria() {
		return ""
	}
	for _, o := range t.Options {
		if o.Name == name {
			return o.Text
		}
	}
	for _, ix := range t.Indexes {
		if ix.Visibility.Name == name {
			return ix.Visibility.Text
		}
	}
	return resets[name]
}

// optionsIn gives a table's options, each with its text; those that are not known are one text.
func (d *Dialect) optionsIn(r *reader) []schema.Option {
	a := &alterReader{d: d, mode: d.mode}
	if r.eof() {
		return nil
	}
	whole := r.text(0, len(r.toks))
	if !a.option(r) {
		return []schema.Option{{Name: "options", Text: whole}}
	}
	var out []schema.Option
	for _, c := range a.out {
		o, ok := c.(schema.SetOption)
		if !ok || o.Option == "auto_increment" {
			continue // the counter changes with every row
		}
		out = append(out, schema.Option{Name: o.Option, Text: o.Text, Reset: resets[o.Option], Extra: o.Extra})
	}
	return out
}

// charset reads a character set and a collation. convert: the columns get them too.
func (a *alterReader) charset(r *reader, start int, convert bool) bool {
	charset, collation := "", ""
	for {
		switch {
		case r.take("charset"), r.takeAll("character", "set"):
			r.sign("=")
			charset = utf8Name(strings.ToLower(r.next().text))
		case r.take("collate"):
			r.sign("=")
			collation = strings.ToLower(r.next().text)
		default:
			if charset == "default" || charset == "" && collation == "" {
				return false
			}
			if collation == "" {
				collation = a.d.defaultCollation(charset)
			}
			if convert && !a.convert(collation) {
				return false
			}
			set := schema.SetOption{
				On: a.on, Option: map[bool]string{true: "convert", false: "charset"}[convert], Text: r.text(start, r.i),
				Extra: map[string]string{"collation": collation},
			}
			if a.table != nil { // as the clauses behind it find the table
				was := *a.table
				was.Extra = maps.Clone(was.Extra)
				maps.Copy(was.Extra, set.Extra)
				a.table = &was
			}
			return a.add(set)
		}
	}
}

// textSizes are the types that CONVERT TO lets grow, so that as many characters fit as before.
var textSizes = []string{"tinytext", "text", "mediumtext", "longtext"}

// convert gives the changes of the columns that CONVERT TO makes.
func (a *alterReader) convert(collation string) bool {
	if a.table == nil {
		return false
	}
	for _, col := range a.table.Columns {
		t := columnType(col.Type, col.Collation)
		if !t.isText() || sameCollation(col.Collation, collation) {
			continue
		}
		wide := charsetBytes(charsetOf(collation)) > charsetBytes(t.charset)
		if i := slices.Index(textSizes, t.name); i >= 0 && i+1 < len(textSizes) && wide {
			t.name = textSizes[i+1]
		}
		becomes := col
		becomes.Type, becomes.Collation, becomes.Definition = a.d.typeText(t), collation, ""
		a.add(schema.ChangeType{On: a.on, Column: col.Name, Type: becomes.Type, Collation: collation, Becomes: &becomes})
	}
	return true
}
