package planner

// severalClauses is about a whole statement, so Build asks it after the rules about single changes.
var severalClauses = Rule{
	Name: "several-clauses",
	Why:  "together these clauses make the server write the table anew; one after the other they do not",
}

// milderApart says that every clause by itself is harmless, although the statement is not.
func (b *builder) milderApart(native Native) bool {
	if len(native.Clauses) < 2 {
		return false
	}
	schema := b.now
	for _, c := range native.Clauses {
		if e := b.effectIn(c, schema); b.unsafe(c, e) || b.heavy(c, e) {
			return false
		}
		schema = Apply(schema, c)
	}
	return true
}

// milderWhole says that some clause by itself is unsafe, with no milder way, although the statement
// is not: a primary key that is dropped and added at once.
func (b *builder) milderWhole(native Native) bool {
	schema := b.now
	for _, c := range native.Clauses {
		if len(native.Clauses) > 1 && b.unsafe(c, b.effectIn(c, schema)) {
			if pieces, _, err := b.milder(c, schema); err != nil || len(pieces) == 0 {
				return true
			}
		}
		schema = Apply(schema, c)
	}
	return false
}
