package mysql

import (
	"context"
	"fmt"
	"regexp"

	"surefoot/plan"
	"surefoot/schema"
)

// smallRows is the number of rows below which a count is cheap, so that it is counted: the
// server's own figures lag behind a load, and a table that only looks small would be locked.
const smallRows = 200_000

// measure puts right what the server's statistics say about sizes. They are gathered in the
// background and may be a load behind: the files' sizes are not. Where this user may not see them,
// a table that is said to be small is counted, no further than smallRows.
func (db *Database) measure(ctx context.Context, q querier, s *schema.Schema) error {
	files, err := db.fileSizes(ctx, q, s.Default)
	if err != nil && db.Fault(err) != plan.Privilege {
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

// fileSizes gives the size of each table's files in bytes, partitions added up. MySQL names them as
// people do; MariaDB by the names of files, which it can read itself.
func (db *Database) fileSizes(ctx context.Context, q querier, schema string) (map[string]int64, error) {
	query := "SELECT SUBSTRING(NAME, CHAR_LENGTH(?) + 2), FILE_SIZE FROM information_schema.INNODB_TABLESPACES WHERE LEFT(NAME, CHAR_LENGTH(?) + 1) = CONCAT(?, '/')"
	args := []any{schema, schema, schema}
	if db.maria() {
		query = "SELECT " + fmt.Sprintf(fileNamed, "SUBSTRING_INDEX(SUBSTRING_INDEX(NAME, '/', -1), '#', 1)") +
			", FILE_SIZE FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME LIKE '%/%' AND " + fmt.Sprintf(fileNamed, "SUBSTRING_INDEX(NAME, '/', 1)") + " = ?"
		args = args[:1]
	}
	rows, err := q.QueryContext(ctx, query, args...)
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
		sizes[withoutPartition(name)] += size
	}
	return sizes, rows.Err()
}

// fileNamed gives the name of a database or table that files are named after (MariaDB).
const fileNamed = "CONVERT(CONVERT(CAST(%s AS BINARY) USING filename) USING utf8mb4)"

// withoutPartition gives the table's name out of its partition's.
func withoutPartition(name string) string {
	if at := partitionMark.FindStringIndex(name); at != nil {
		return name[:at[1]-len(`#p#`)]
	}
	return name
}

// partitionMark stands between a table's name and its partition's.
var partitionMark = regexp.MustCompile(`(?i).#p#`)
