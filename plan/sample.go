package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"surefoot/schema"
)

// SampleWords is the little of an engine's language that a sample's queries need.
type SampleWords struct {
	From   string // the table, as a query names it
	Quote  func(name string) string
	Length func(column string) string // a quoted column's length
	Whole  func(expr string) string   // a number without its fraction
	Aside  string                     // stands in CREATE TABLE … AS SELECT, before AS
	// Places are whole numbers by which rows can be found where no key has any: a query for the least and the
	// greatest, and the condition for those between two. Empty: there are none.
	PlaceEnds string
	Places    func(from, to int64) string
}

// SampleTime bounds how long a rehearsal may read live tables, and how long it may look for more in windows.
const SampleTime = 500 * time.Millisecond

// SampleMoment bounds how long one query of it may take: whoever waits for the table with a lock waits
// as long.
const SampleMoment = 50 * time.Millisecond

const (
	sampleEnds   = 100     // rows at each end of the key
	sampleSpread = 50      // points between them
	sampleSmall  = 20_000  // up to so many rows all of a table may be sorted
	sampleBytes  = 2 << 20 // of a table whose rows are wide fewer are taken
)

// sampleSize gives how many rows at each end, and how many points between them.
func sampleSize(t *schema.Table) (ends, points int) {
	if t.Stats.Rows == nil || t.Stats.Bytes == nil || *t.Stats.Rows <= 0 {
		return sampleEnds, sampleSpread
	}
	fit := sampleBytes / max(int(*t.Stats.Bytes / *t.Stats.Rows), 1)
	return min(max(fit/4, 2), sampleEnds), min(max(fit/6, 2), sampleSpread)
}

// Sample picks rows of a table that say much about all of it, without reading a large table: the
// ends of its key, a spread between, and of each column NULL, the least, the greatest, the longest
// value and zero. Each answer is what stands behind "SELECT … FROM table". Where a column has no
// index and the table is large, its extremes are left out: Windows look for them.
func Sample(t *schema.Table, w SampleWords) []string {
	small := sortedAtOnce(t)
	ends, points := sampleSize(t)
	key, why := t.Key()
	if why != "" {
		return append([]string{fmt.Sprintf("LIMIT %d", 2*ends)}, extremes(t, small, w)...)
	}
	var up, down []string
	for _, k := range key {
		up, down = append(up, w.Quote(k.Name)), append(down, w.Quote(k.Name)+" DESC")
	}
	tails := []string{
		fmt.Sprintf("ORDER BY %s LIMIT %d", strings.Join(up, ", "), ends),
		fmt.Sprintf("ORDER BY %s LIMIT %d", strings.Join(down, ", "), ends),
	}
	if first := w.Quote(key[0].Name); numeric(key[0].Type) {
		least, greatest := w.ends(first)
		for i := 1; i < points; i++ {
			point := fmt.Sprintf("(%s * 1.0 + (%s * 1.0 - %[1]s) * %[3]d / %[4]d)", least, greatest, i, points)
			tails = append(tails, fmt.Sprintf("WHERE %s >= %s ORDER BY %[1]s LIMIT 3", first, w.Whole(point)))
		}
	}
	return append(tails, extremes(t, small, w)...)
}

// ends gives queries for the least and the greatest value of a key: of both in one, an engine may read all rows.
func (w SampleWords) ends(key string) (least, greatest string) {
	return "(SELECT MIN(" + key + ") FROM " + w.From + ")", "(SELECT MAX(" + key + ") FROM " + w.From + ")"
}

// sortedAtOnce: all of the table may be sorted in a moment.
func sortedAtOnce(t *schema.Table) bool { return t.Stats.Rows != nil && *t.Stats.Rows <= sampleSmall }

// found says that an index finds a column's extremes.
func found(t *schema.Table, c schema.Column) bool {
	return c.NoKey == "" && slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return !ix.Invalid && !ix.Partial && !ix.Prefix && len(ix.Columns) > 0 && t.Among(ix.Columns[:1], c.Name)
	})
}

// Unseen lists the columns of which a sample need not have the extremes.
func Unseen(t *schema.Table) []string {
	var names []string
	for _, c := range t.Columns {
		if c.Generated == "" && !sortedAtOnce(t) && !found(t, c) {
			names = append(names, c.Name)
		}
	}
	return names
}

func extremes(t *schema.Table, small bool, w SampleWords) []string {
	var tails []string
	for _, c := range t.Columns {
		if c.Generated != "" || !small && !found(t, c) {
			continue
		}
		name := w.Quote(c.Name)
		tails = append(tails, "WHERE "+name+" IS NULL LIMIT 2")
		if sorts(c.Type) {
			tails = append(tails, "WHERE "+name+" IS NOT NULL ORDER BY "+name+" LIMIT 1", "WHERE "+name+" IS NOT NULL ORDER BY "+name+" DESC LIMIT 1")
		}
		if numeric(c.Type) {
			tails = append(tails, "WHERE "+name+" = 0 LIMIT 1")
		} else if small {
			tails = append(tails, "WHERE "+name+" IS NOT NULL ORDER BY "+w.Length(name)+" DESC LIMIT 1")
		}
	}
	return tails
}

// numeric says that a type's name is one of whole numbers, as all engines spell them.
func numeric(typ string) bool {
	return slices.Contains([]string{"int", "integer", "bigint", "smallint", "mediumint", "tinyint"}, firstWord(typ))
}

func firstWord(typ string) string {
	word, _, _ := strings.Cut(strings.ToLower(typ), " ")
	word, _, _ = strings.Cut(word, "(")
	return word
}

// surelySorts says that a type is one of those that are known to have an order: a user's type may have none.
func surelySorts(typ string) bool {
	return sorts(typ) && (numeric(typ) || slices.Contains([]string{
		"numeric", "decimal", "real", "double", "float", "date", "time", "timestamp", "datetime", "year", "interval",
		"char", "character", "varchar", "text", "tinytext", "mediumtext", "longtext", "enum", "binary", "varbinary", "bytea",
		"blob", "tinyblob", "mediumblob", "longblob", "boolean", "bool", "uuid", "bit",
	}, firstWord(typ)))
}

// sorts says that every engine has an order for a type's values.
func sorts(typ string) bool {
	typ = strings.ToLower(typ)
	return !slices.ContainsFunc([]string{"json", "xml", "point", "line", "lseg", "polygon", "geometr", "path", "box", "circle", "vector", "xid", "[]"},
		func(s string) bool { return strings.Contains(typ, s) })
}
