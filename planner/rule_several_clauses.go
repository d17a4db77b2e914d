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
