package mysql

// constants is how many rows an INSERT gives to its table whose values stand in its text; 0: it takes them from
// elsewhere, or does more.
func (d *Dialect) constants(code string) int {
	r := newReader(code, d.mode)
	if !r.take("insert") || !r.take("into") {
		return 0
	}
	if _, ok := readName(r); !ok {
		return 0
	}
	r.skipParens() // the columns
	if !r.take("values", "value") {
		return 0
	}
	for rows := 1; r.constantRow(); rows++ {
		if r.eof() {
			return rows
		}
		if !r.sign(",") {
			return 0
		}
	}
	return 0
}

// constantRow passes one row of constants.
func (r *reader) constantRow() bool {
	if !r.sign("(") {
		return false
	}
	for !r.eof() {
		switch t := r.next(); {
		case t.sign(")"):
			return true
		case t.kind == str, t.kind == number, t.sign(","), t.sign("-"), t.sign("+"), t.is("null", "true", "false", "default"),
			t.kind == word && r.peek().kind == str: // _utf8mb4'x', N'x', DATE '2020-01-01'
		default:
			return false
		}
	}
	return false
}
