package load

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Row is the content of one row apart from its key. It is comparable with ==.
type Row struct {
	Ref       int64  // unique in the table; keeps its value when the key moves
	Amount    int32  // the column whose type is changed
	HasAmount bool   // false: NULL
	Note      string // any text
	HasNote   bool   // false: NULL
	Cents     int64  // price × 100
	At        int64  // changed_at in microseconds since 1970, UTC
	Version   int64  // counts the writes to the row; the server adds
}

// cell is what is known of a key: a row, or its absence.
type cell struct {
	row  Row
	live bool
}

func (c cell) String() string {
	if !c.live {
		return "absent"
	}
	return c.row.String()
}

// String shows a row for a person.
func (r Row) String() string {
	amount, note := "NULL", "NULL"
	if r.HasAmount {
		amount = strconv.Itoa(int(r.Amount))
	}
	if r.HasNote {
		note = strconv.Quote(r.Note)
	}
	return fmt.Sprintf("{ref %d, amount %s, note %s, price %s, at %s, version %d}",
		r.Ref, amount, note, centsText(r.Cents), timeText(r.At), r.Version)
}

// rowJSON is the row in a journal file.
type rowJSON struct {
	Ref     int64   `json:"ref"`
	Amount  *int32  `json:"amount"`
	Note    *string `json:"note"`
	Cents   int64   `json:"cents"`
	At      int64   `json:"at"`
	Version int64   `json:"version"`
}

// MarshalJSON writes NULL as null.
func (r Row) MarshalJSON() ([]byte, error) {
	out := rowJSON{Ref: r.Ref, Cents: r.Cents, At: r.At, Version: r.Version}
	if r.HasAmount {
		out.Amount = &r.Amount
	}
	if r.HasNote {
		out.Note = &r.Note
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Row) UnmarshalJSON(data []byte) error {
	var in rowJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*r = Row{Ref: in.Ref, Cents: in.Cents, At: in.At, Version: in.Version}
	if in.Amount != nil {
		r.Amount, r.HasAmount = *in.Amount, true
	}
	if in.Note != nil {
		r.Note, r.HasNote = *in.Note, true
	}
	return nil
}

const timeLayout = "2006-01-02 15:04:05.000000"

func timeText(micros int64) string { return time.UnixMicro(micros).UTC().Format(timeLayout) }

func centsText(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// foundRow is a row as the server prints it. The casts to text are in the
// query: a change of a column's type then changes neither the result type nor
// the way the value is read.
type foundRow struct {
	key           []sql.NullString
	ref, version  sql.NullString
	amount, note  sql.NullString
	price, moment sql.NullString
}

// targets lists the places to scan into, in the order of the select list.
func (f *foundRow) targets() []any {
	list := make([]any, 0, len(f.key)+6)
	for i := range f.key {
		list = append(list, &f.key[i])
	}
	return append(list, &f.ref, &f.amount, &f.note, &f.price, &f.moment, &f.version)
}

// row reads the values back. An error means that a column holds what no writer
// and no seed can have put there; its text shows the row as found.
func (f *foundRow) row() (Row, error) {
	var r Row
	var err error
	number := func(s sql.NullString, bits int) int64 {
		n, parseErr := strconv.ParseInt(s.String, 10, bits)
		if parseErr != nil || !s.Valid {
			err = fmt.Errorf("not a value of this load: %s", f)
		}
		return n
	}
	r.Ref, r.Version = number(f.ref, 64), number(f.version, 64)
	if f.amount.Valid {
		r.Amount, r.HasAmount = int32(number(f.amount, 32)), true
	}
	r.Note, r.HasNote = f.note.String, f.note.Valid
	whole, fraction, _ := strings.Cut(f.price.String, ".")
	if len(fraction) != 2 {
		err = fmt.Errorf("not a value of this load: %s", f)
	}
	r.Cents = number(sql.NullString{String: whole + fraction, Valid: f.price.Valid}, 64)
	at, parseErr := time.Parse(timeLayout, f.moment.String)
	if parseErr != nil || len(f.moment.String) != len(timeLayout) {
		err = fmt.Errorf("not a value of this load: %s", f)
	}
	r.At = at.UnixMicro()
	return r, err
}

// String shows the raw texts.
func (f *foundRow) String() string {
	show := func(s sql.NullString) string {
		if !s.Valid {
			return "NULL"
		}
		return strconv.Quote(s.String)
	}
	return fmt.Sprintf("{ref %s, amount %s, note %s, price %s, at %s, version %s}", show(f.ref),
		show(f.amount), show(f.note), show(f.price), show(f.moment), show(f.version))
}
