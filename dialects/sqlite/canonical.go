package sqlite

import (
	"slices"
	"strings"
)

// canonical writes a definition so that two that mean the same are equal: without comments and
// quotes, in small letters, and the clauses of a column in an order of their own. Texts that are no
// CREATE TABLE keep the order of their words.
func canonical(sql string) string {
	def, err := parseTable(sql)
	if err != nil {
		return plainWords(sql)
	}
	first := len(sql)
	var parts []string
	for _, c := range def.columns {
		clauses := []string{}
		for _, p := range c.parts {
			clauses = append(clauses, plainWords(p.of(sql)))
		}
		slices.Sort(clauses)
		parts = append(parts, strings.ToLower(c.name)+" "+plainWords(c.typ.of(sql))+" "+strings.Join(clauses, " "))
		first = min(first, c.start)
	}
	for _, p := range def.constraints {
		parts = append(parts, plainWords(p.of(sql)))
	}
	head := strings.ReplaceAll(plainWords(sql[:first]), "'", "") // a virtual table names its own tables in such quotes
	return head + " " + strings.Join(parts, " , ") + " " + plainWords(sql[def.lastEnd:])
}

func plainWords(sql string) string {
	var all []string
	for _, t := range tokenize(sql) {
		if t.kind == text {
			all = append(all, t.text)
			continue
		}
		all = append(all, strings.ToLower(t.name()))
	}
	return strings.Join(all, " ")
}
