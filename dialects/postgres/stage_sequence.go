package postgres

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"surefoot/schema"
)

// nextOf finds the sequences that an expression takes numbers from.
var nextOf = regexp.MustCompile(`(?i)\bnextval\s*\(\s*'((?:[^']|'')+)'`)

// sharedQuery gives a sequence by its name, unless a column of one of these tables owns it: that comes with the
// table. What makes it stands behind its name.
const sharedQuery = `
SELECT n.nspname, c.relname, format(' AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', format_type(q.seqtypid, NULL),
	q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END), coalesce(pg_sequence_last_value(c.oid::regclass), q.seqstart), pg_sequence_last_value(c.oid::regclass) IS NOT NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence q ON q.seqrelid = c.oid
WHERE c.oid = to_regclass($1) AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
	WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND format('%s.%s', tn.nspname, t.relname) = ANY ($2::text[]))`

// shared is a sequence of no table's own that twins take numbers from.
type shared struct {
	name  schema.Name
	text  string
	last  int64
	began bool // it has given numbers
}

// sharedSequences finds the sequences from which defaults of the twins take numbers, now or after the change, and
// that belong to none of them. A twin must not take numbers from a live one.
func (st *Stage) sharedSequences(ctx context.Context) error {
	var names, tables []string
	for _, tw := range st.twins {
		tables = append(tables, tw.table.Name.String())
		for _, s := range []*schema.Schema{st.have, st.after} {
			t := s.Table(tw.table.Name)
			if t == nil {
				continue
			}
			for _, c := range t.Columns {
				for _, m := range nextOf.FindAllStringSubmatch(c.Default, -1) {
					if !slices.Contains(names, m[1]) {
						names = append(names, m[1])
					}
				}
			}
		}
	}
	for _, name := range names {
		if err := st.sharedCalled(ctx, name, tables); err != nil {
			return fmt.Errorf("look for sequence %s: %w", name, err)
		}
	}
	return nil
}

func (st *Stage) sharedCalled(ctx context.Context, name string, tables []string) error {
	rows, err := st.live.pool.QueryContext(ctx, sharedQuery, name, tables)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var s shared
		if err := rows.Scan(&s.name.Schema, &s.name.Table, &s.text, &s.last, &s.began); err != nil {
			return err
		}
		if !slices.ContainsFunc(st.shared, func(o shared) bool { return o.name == s.name }) {
			st.shared = append(st.shared, s)
			st.known[s.name.String()] = true
			st.schemas[s.name.Schema] = ""
		}
	}
	return rows.Err()
}

// makeShared lists what makes these sequences on the stage.
func (st *Stage) makeShared() []string {
	var out []string
	for _, s := range st.shared {
		out = append(out, "CREATE SEQUENCE "+qualified(st.twin(s.name))+s.text)
	}
	return out
}

// setShared lets each give next what the live one does: the end of a play does not take numbers back.
func (st *Stage) setShared(ctx context.Context) error {
	for _, s := range st.shared {
		q := "SELECT setval(" + literal(qualified(st.twin(s.name))) + ", " + strconv.FormatInt(s.last, 10) + ", " + strconv.FormatBool(s.began) + ")"
		if _, err := st.conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("make the twins anew: %w", err)
		}
	}
	return nil
}
