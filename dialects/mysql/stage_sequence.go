package mysql

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"surefoot/plan"
	"surefoot/schema"
)

// takesNumber says that a default is the next number of a sequence.
func takesNumber(def string) bool { return (schema.Column{Default: def}).Numbered() }

// keepSequences keeps what makes the sequences that the twins' defaults take numbers from, now or after the
// change, each at the number that it has reached. A twin must not take numbers from a live one.
func (st *Stage) keepSequences(ctx context.Context) error {
	var defaults []string
	for _, s := range []*schema.Schema{st.have, st.after} {
		for _, tw := range st.twins {
			if t := s.Table(tw.table.Name); t != nil {
				for _, c := range t.Columns {
					if takesNumber(c.Default) {
						defaults = append(defaults, c.Default)
					}
				}
			}
		}
	}
	if len(defaults) == 0 || !st.live.maria() {
		return nil
	}
	names, err := sequencesOf(ctx, st.live)
	if err != nil {
		return fmt.Errorf("read the sequences: %w", err)
	}
	for _, name := range names {
		if !slices.ContainsFunc(defaults, func(def string) bool { return named(def, name) }) {
			continue
		}
		create, next, err := readSequence(ctx, st.live, name)
		if err != nil {
			return fmt.Errorf("read sequence %s: %w", name, err)
		}
		st.sequences = append(st.sequences, create, "ALTER SEQUENCE "+quote(name)+" RESTART WITH "+strconv.FormatInt(next, 10))
	}
	return nil
}

// pictureSequences says how the twins' sequences are defined, and which number each gives next.
func (st *Stage) pictureSequences(ctx context.Context) ([]string, error) {
	names, err := sequencesOf(ctx, st.twin)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, name := range names {
		create, next, err := readSequence(ctx, st.twin, name)
		if err != nil {
			return nil, err
		}
		lines = append(lines, "sequence "+name+": "+create, fmt.Sprintf("%s%s: %d", plan.CounterOf, name, next))
	}
	return lines, nil
}

func sequencesOf(ctx context.Context, db *Database) ([]string, error) {
	return column(ctx, db.pool, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'SEQUENCE' AND TABLE_SCHEMA = ? ORDER BY 1", db.name)
}

// readSequence gives what makes a sequence and the number that it gives next to a session without any in hand.
func readSequence(ctx context.Context, db *Database, name string) (create string, next int64, err error) {
	at := qualified(schema.Name{Schema: db.name, Table: name})
	var shown string
	if err := db.pool.QueryRowContext(ctx, "SHOW CREATE SEQUENCE "+at).Scan(&shown, &create); err != nil {
		return "", 0, err
	}
	err = db.pool.QueryRowContext(ctx, "SELECT next_not_cached_value FROM "+at).Scan(&next)
	return db.ticked(create), next, err
}

// named says that a text has a name among its words.
func named(text, name string) bool {
	return slices.ContainsFunc(tokenize(text, sqlMode{}), func(t token) bool { return t.named() && t.text == name })
}
