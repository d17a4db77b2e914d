package mysql

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// indexBody gives what stands behind an index's name, with its kind in front: "UNIQUE (`a`, `b`)".
func indexBody(ix schema.Index) string {
	if ix.Definition == "" && ix.Like != nil {
		return twinBody(*ix.Like)
	}
	if rest, ok := strings.CutPrefix(ix.Definition, "UNIQUE KEY "); ok {
		return "UNIQUE " + rest
	}
	return ix.Definition
}

// twinBody gives an index's body with one column in the place of another among its parts.
func twinBody(c schema.TwinIndex) string {
	return renamedParts(indexBody(c.Of), map[string]string{strings.ToLower(c.Old): c.New})
}

// twin is the clause that builds a twin.
func twin(c schema.TwinIndex) schema.CreateIndex {
	return schema.CreateIndex{On: c.On, Index: schema.Index{Name: c.Twin, Unique: c.Of.Unique}, Text: twinBody(c), Online: true}
}

// twinRefusal says why an index cannot have a twin that later takes its place; empty: it can.
func twinRefusal(c schema.TwinIndex, s *schema.Schema) string {
	t := s.Table(c.Table())
	if t == nil {
		return "the table is not known"
	}
	if by := s.Referrer(c.Table(), c.Old); by != "" {
		return "foreign key " + by + " needs index " + c.Of.Name
	}
	for _, by := range strings.Split(t.Extra["referenced_by"], ", ") {
		if by != "" && !strings.HasPrefix(by, t.Name.Schema+".") {
			return "foreign key " + by + " of another database may need index " + c.Of.Name
		}
	}
	if clusters(c.Of, t) {
		return "the table has no primary key and may be stored in the order of index " + c.Of.Name
	}
	if slices.ContainsFunc(tokenize(t.Extra["partitions"], sqlMode{}), func(tok token) bool { return tok.named() && strings.EqualFold(tok.text, c.Old) }) {
		return "the table is partitioned by column " + c.Old
	}
	return ""
}

// clusters says whether InnoDB may keep the rows in the order of an index: without a primary key it
// takes a unique one over columns that are NOT NULL, which cannot be dropped in place.
func clusters(ix schema.Index, t *schema.Table) bool {
	if !ix.Unique || slices.ContainsFunc(t.Indexes, func(other schema.Index) bool { return other.Primary }) {
		return false
	}
	return !slices.ContainsFunc(ix.Columns, func(name string) bool { return t.Column(name) == nil || !t.Column(name).NotNull })
}

// buildTwin builds a twin while others work.
func (d *Dialect) buildTwin(c schema.TwinIndex, s *schema.Schema) ([]plan.Step, error) {
	return d.alterStep(c.Table(), []schema.Change{twin(c)}, s)
}

// replaceIndex lets a twin take its index's place in one statement.
func (d *Dialect) replaceIndex(c schema.ReplaceIndex, s *schema.Schema) ([]plan.Step, error) {
	name := s.Resolve(c.Table())
	alter := "ALTER TABLE " + qualified(name) + " "
	there := noIndex(name, c.Twin) + " AND " + indexThere(name, c.Of.Name)
	old := indexText(schema.CreateIndex{Index: c.Of, Text: indexBody(c.Of)})
	return one(plan.Step{
		Act:      plan.Act{SQL: []string{alter + "DROP INDEX " + quote(c.Of.Name) + ", RENAME INDEX " + quote(c.Twin) + " TO " + quote(c.Of.Name) + ", " + pin(d.Effect(c, s))}},
		Evidence: plan.Evidence{Proof: "SELECT " + there},
		WayBack: plan.WayBack{
			Undo:  []string{ifTrue(there, alter+"RENAME INDEX "+quote(c.Of.Name)+" TO "+quote(c.Twin)+", ADD "+old)},
			Loses: "time: the index is built again",
		},
	})
}

// ofOtherTables lists the foreign keys that refer to a table, without its own.
func ofOtherTables(t *schema.Table) string {
	by := strings.Split(t.Extra["referenced_by"], ", ")
	return strings.Join(slices.DeleteFunc(by, func(key string) bool { return strings.HasPrefix(key, t.Name.String()+" (") }), ", ")
}
