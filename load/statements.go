package load

import (
	"fmt"
	"strings"
)

// statements are the texts a writer sends, in the engine's own placeholders.
type statements struct {
	insert       string // key…, ref, amount, note, price, changed_at, version
	insertAuto   string // ref, amount, note, price, changed_at, version; the server hands out the key
	updateAll    string // amount, note, price, changed_at, key…
	updateAmount string // amount, changed_at, key…
	rekey        string // new key…, changed_at, key…
	remove       string // key…
	upsert       string // as insert; MySQL: then amount, note, price, changed_at again
	byKey        string // key…; selects key texts and columns
	byRef        string // ref; the same
	all          string // the same for the whole table
}

var valueColumns = []string{"ref", "amount", "note", "price", "changed_at", "version"}

func newStatements(engine string, shape Shape, table string) statements {
	t := quote(engine, table)
	key := shape.KeyColumns()
	all := append(append([]string{}, key...), valueColumns...)
	set := func(cols ...string) string { return strings.Join(cols, " = ?, ") + " = ?" }
	where := " WHERE " + strings.Join(key, " = ? AND ") + " = ?"
	sel := "SELECT " + keyTexts(engine, shape) + ", " + columns(engine) + " FROM " + t
	insert := "INSERT INTO " + t + " (" + strings.Join(all, ", ") + ") VALUES (" + marks(len(all)) + ")"
	s := statements{
		insert: insert,
		insertAuto: "INSERT INTO " + t + " (" + strings.Join(valueColumns, ", ") + ") VALUES (" +
			marks(len(valueColumns)) + ")",
		updateAll: "UPDATE " + t + " SET " + set("amount", "note", "price", "changed_at") +
			", version = version + 1" + where,
		updateAmount: "UPDATE " + t + " SET " + set("amount", "changed_at") + ", version = version + 1" + where,
		rekey:        "UPDATE " + t + " SET " + set(append(key, "changed_at")...) + ", version = version + 1" + where,
		remove:       "DELETE FROM " + t + where,
		byKey:        sel + where,
		byRef:        sel + " WHERE ref = ?",
		all:          sel,
	}
	if isMySQL(engine) {
		s.upsert = insert + " ON DUPLICATE KEY UPDATE " + set("amount", "note", "price", "changed_at") +
			", version = version + 1"
		return s
	}
	s.upsert = insert + " ON CONFLICT (" + strings.Join(key, ", ") + ") DO UPDATE SET amount = excluded.amount, " +
		"note = excluded.note, price = excluded.price, changed_at = excluded.changed_at, version = " + t + ".version + 1"
	if engine == Postgres {
		s.insertAuto += " RETURNING id"
		for _, text := range []*string{
			&s.insert, &s.insertAuto, &s.updateAll, &s.updateAmount, &s.rekey, &s.remove, &s.upsert, &s.byKey, &s.byRef,
		} {
			*text = numbered(*text)
		}
	}
	return s
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// numbered replaces each ? by $1, $2, …; none of our texts has a ? in a literal.
func numbered(text string) string {
	parts := strings.Split(text, "?")
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i < len(parts)-1 {
			fmt.Fprintf(&b, "$%d", i+1)
		}
	}
	return b.String()
}

// valueArgs are the arguments for valueColumns.
func valueArgs(engine string, r Row) []any {
	return []any{r.Ref, r.amountArg(), r.noteArg(), centsText(r.Cents), timeArg(engine, r.At), r.Version}
}

func (r Row) amountArg() any {
	if !r.HasAmount {
		return nil
	}
	return int64(r.Amount)
}

func (r Row) noteArg() any {
	if !r.HasNote {
		return nil
	}
	return r.Note
}

// timeArg is a time as text. PostgreSQL needs the zone in it, MySQL's session
// has it.
func timeArg(engine string, micros int64) any {
	if engine == Postgres {
		return timeText(micros) + "+00"
	}
	return timeText(micros)
}
