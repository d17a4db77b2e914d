package mysql

// body follows the blocks of a stored program while a script is cut into statements: its own
// semicolons end nothing. Migration tools send files without DELIMITER, which is the client's word.
type body struct {
	other   bool   // the statement is of another kind
	program bool   // it makes a trigger, a procedure, a function or an event
	definer bool   // what stands between DEFINER and the kind may be any word
	blocks  []bool // the open blocks; false: CASE within an expression, where IF( is a function
	last    token
	tokens  int
}

// open says whether a semicolon belongs to the program.
func (b *body) open() bool { return len(b.blocks) > 0 }

// see takes the next token of a statement.
func (b *body) see(t token) {
	switch {
	case b.other:
	case b.program:
		b.block(t)
	default:
		b.kind(t)
	}
	b.last = t
	b.tokens++
}

// kind reads CREATE [OR REPLACE] [DEFINER = …] [AGGREGATE] and what is created.
func (b *body) kind(t token) {
	switch {
	case b.tokens == 0:
		b.other = !t.is("create")
	case t.is("trigger", "procedure", "function", "event"):
		b.program = true
	case t.is("definer"):
		b.definer = true
	case t.is("or", "replace", "aggregate"):
	case t.is("view", "sql"), !b.definer:
		b.other = true
	}
}

// block opens and closes blocks. IF, LOOP, REPEAT, WHILE and FOR open one where a statement begins;
// elsewhere they are functions, or part of another clause.
func (b *body) block(t token) {
	switch {
	case b.last.sign("."): // a column's name
	case t.is("end") && b.open():
		b.blocks = b.blocks[:len(b.blocks)-1]
	case b.last.is("end"): // END IF, END label
	case t.is("begin"):
		b.blocks = append(b.blocks, true)
	case t.is("case"):
		b.blocks = append(b.blocks, b.begins())
	case t.is("if", "loop", "repeat", "while", "for") && b.begins():
		b.blocks = append(b.blocks, true)
	}
}

// begins says whether a statement of the program may begin at the present token.
func (b *body) begins() bool {
	if n := len(b.blocks); n > 0 && !b.blocks[n-1] {
		return false
	}
	return b.last.sign(";") || b.last.sign(":") || b.last.sign(")") && !b.open() ||
		b.last.is("begin", "then", "else", "loop", "repeat", "do", "row", "deterministic", "data")
}
