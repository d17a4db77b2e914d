package mysql

import (
	"slices"
	"strconv"
	"strings"

	"surefoot/schema"
)

// MariaDB makes a unique index one over a hash of the values where they are too long for an index, or where that is
// said (https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/optimization-and-indexes/getting-started-with-indexes#unique-index).
// The hash is a hidden virtual column, beside which nothing is altered in place. An ALTER that copies, and LIKE,
// forget a hash that was asked for where the values would fit.

// longestKey is what an InnoDB index holds, in bytes.
const longestKey = 3072

// overHashes gives the unique indexes of a table that are over hashes.
func (d *Dialect) overHashes(t *schema.Table) []schema.Index {
	if t == nil || ownEngine(t) != "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Indexes), func(ix schema.Index) bool { return !d.hashed(ix, t) })
}

func (d *Dialect) hashed(ix schema.Index, t *schema.Table) bool {
	return d.maria() && ix.Unique && (d.asksForHash(ix) || d.tooLong(ix, t))
}

func (d *Dialect) asksForHash(ix schema.Index) bool {
	toks := tokenize(ix.Definition, d.mode)
	return slices.ContainsFunc(toks, func(t token) bool { return t.is("hash") }) && slices.ContainsFunc(toks, func(t token) bool { return t.is("using", "type") })
}

// tooLong says that an index cannot hold the values of its columns, or as much of them as it is over.
func (d *Dialect) tooLong(ix schema.Index, t *schema.Table) bool {
	beginnings := beginningsIn(ix.Definition)
	bytes := 0
	for i, name := range ix.Columns {
		col := t.Column(name)
		if col == nil {
			return true
		}
		kind, most := columnType(col.Type, col.Collation), 0
		if i < len(beginnings) {
			most = beginnings[i]
		}
		width := 1
		if kind.isText() {
			width = charsetBytes(kind.charset)
		}
		switch {
		case most > 0:
			bytes += most * width
		case strings.HasSuffix(kind.name, "blob"), strings.HasSuffix(kind.name, "text"), kind.name == "json":
			return true
		case kind.isText():
			bytes += kind.arg(1) * width
		default:
			bytes += kind.arg(8)
		}
	}
	return bytes > longestKey
}

// beginningsIn gives for each part of an index how much of its values it is over; 0: all.
func beginningsIn(definition string) []int {
	var all []int
	editParts(definition, func(parts, _ []string) []string {
		for _, part := range parts {
			length := 0
			if at := partOfColumn.FindStringSubmatch(part); at != nil {
				length, _ = strconv.Atoi(at[1])
			}
			all = append(all, length)
		}
		return parts
	})
	return all
}

// addsHashed says that a new unique index over columns that are there is one over hashes.
func (d *Dialect) addsHashed(ix schema.Index, text string, t *schema.Table) bool {
	ix.Definition = text
	there := !slices.ContainsFunc(ix.Columns, func(name string) bool { return t.Column(name) == nil })
	return there && d.hashed(ix, t)
}

// besideHash is how a change is made on a table that has an index over hashes.
func (d *Dialect) besideHash(s sort, w way, t *schema.Table) way {
	if s == dropHashed || w.algorithm == "" || w.algorithm == "COPY" || w.refused != "" || len(d.overHashes(t)) == 0 {
		return w
	}
	return fullCopy
}

// rehash gives a table the hashes again that it has because they were asked for, after what forgets them.
func (d *Dialect) rehash(t *schema.Table, name schema.Name) []string {
	var all []string
	for _, ix := range d.overHashes(t) {
		if !d.tooLong(ix, t) {
			all = append(all, "ALTER TABLE "+qualified(name)+" DROP INDEX "+quote(ix.Name)+", ADD "+indexText(schema.CreateIndex{Index: ix, Text: indexBody(ix)}))
		}
	}
	return all
}
