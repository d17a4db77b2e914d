package postgres

import "surefoot/planner"

// verbatimEffect knows statements that nobody reads further but that touch no existing table, or
// touch it in a way that the first words say.
func verbatimEffect(c planner.Verbatim) planner.Effect {
	src := newSource(c.SQL)
	for _, row := range verbatimFacts {
		if src.skip(0, row.words...) == len(row.words) {
			f := row.fact
			f.docs = true
			return f.effect(nil)
		}
	}
	return planner.Unknown()
}

var verbatimFacts = []struct {
	words []string
	fact  fact
}{
	{[]string{"create", "function"}, fact{}},
	{[]string{"create", "or", "replace", "function"}, fact{}},
	{[]string{"create", "procedure"}, fact{}},
	{[]string{"create", "or", "replace", "procedure"}, fact{}},
	{[]string{"create", "type"}, fact{}},
	{[]string{"create", "domain"}, fact{}},
	{[]string{"create", "sequence"}, fact{}},
	{[]string{"create", "schema"}, fact{}},
	{[]string{"create", "extension"}, fact{}},
	{[]string{"create", "role"}, fact{}},
	{[]string{"create", "user"}, fact{}},
	{[]string{"create", "view"}, fact{lock: accessShare}},
	{[]string{"create", "or", "replace", "view"}, fact{lock: accessShare}},
	{[]string{"comment", "on"}, fact{lock: shareUpdateExclusive}},
	{[]string{"insert", "into"}, fact{lock: rowExclusive}},
	{[]string{"select"}, fact{lock: accessShare}},
	{[]string{"analyze"}, fact{lock: shareUpdateExclusive, scans: true}},
	{[]string{"vacuum", "full"}, fact{lock: accessExclusive, rewrites: true}},
	{[]string{"cluster"}, fact{lock: accessExclusive, rewrites: true}},
	{[]string{"truncate"}, fact{lock: accessExclusive, loses: true}},
	{[]string{"create", "trigger"}, fact{lock: shareRowExclusive}},
	{[]string{"create", "or", "replace", "trigger"}, fact{lock: shareRowExclusive}},
	{[]string{"drop", "trigger"}, fact{lock: accessExclusive}},
	{[]string{"create", "policy"}, fact{lock: accessExclusive}},
}
