package mysql

import (
	"context"
	"strings"

	"surefoot/planner"
)

// smallRows is the number of rows below which a count is cheap, so that it is counted: the
// server's own figures lag behind a load, and a table that only looks small would be locked.
const smallRows = 200_000

// measure puts right what the server's statistics say about sizes. They are gathered in the
// background and may be a load behind: the files' sizes are not. Where this user may not see them,
// a table that is said to be small is counted, no further than smallRows.
func (db *Database) measure(ctx context.Context, q querier, s *planner.Schema) error {
	files, err := db.fileSizes(ctx, q, s.Default)
	if err != nil && db.Fault(err) != planner.Privilege {
		return err
	}
	for _, t := range s.Tables {
		size, known := files[t.Name.Table]
		st := &t.Stats
		if st.Rows == nil || st.Bytes == nil || st.IndexBytes == nil {
			continue // a view of another engine: not known, so large
		}
		if known {
			*st.Bytes = max(*st.Bytes, size-*st.IndexBytes)
		}
		if known && size > 64<<20 || *st.Rows >= smallRows {
			*st.Rows = max(*st.Rows, *st.Bytes/1000)
			continue
		}
		query := "SELECT COUNT(*) FROM (SELECT 1 FROM " + qualified(t.Name) + " LIMIT ?) AS counted"
		if err := q.QueryRowContext(ctx, query, smallRows).Scan(st.Rows); err != nil {
			return err
		}
		if *st.Rows >= smallRows && !known {
			st.Bytes, st.IndexBytes = nil, nil // large, and how large is not known
		}
	}
	return nil
}

// fileSizes gives the size of each table's files in bytes, partitions added up. Names with letters
// that the file system does not take are left out.
func (db *Database) fileSizes(ctx context.Context, q querier, schema string) (map[string]int64, error) {
	view := "INNODB_TABLESPACES"
	if db.maria() {
		view = "INNODB_SYS_TABLESPACES"
	}
	rows, err := q.QueryContext(ctx, "SELECT NAME, FILE_SIZE FROM information_schema."+view+" WHERE NAME LIKE ?", strings.NewReplacer(`\`, `\\`, "_", `\_`, "%", `\%`).Replace(schema)+"/%")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		var name string
		var size int64
		if err := rows.Scan(&name, &size); err != nil {
			return nil, err
		}
		name = strings.TrimPrefix(name, schema+"/")
		if i := strings.IndexAny(name, "#"); i > 0 {
			name = name[:i]
		}
		sizes[name] += size
	}
	return sizes, rows.Err()
}
