package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"surefoot/schema"
)

// What InnoDB keeps of a table and SHOW CREATE TABLE does not tell.

// storage identifies where a table's rows and indexes are in InnoDB, a partition each: a rebuild
// changes the first, building an index adds to the second.
type storage struct{ tables, indexes map[int64]bool }

func (db *Database) storage(ctx context.Context, conn *sql.Conn, clone schema.Name) (storage, error) {
	tables, indexes := "INNODB_TABLES", "INNODB_INDEXES"
	if db.maria() {
		tables, indexes = "INNODB_SYS_TABLES", "INNODB_SYS_INDEXES"
	}
	at := storage{map[int64]bool{}, map[int64]bool{}}
	name := "%/" + strings.ReplaceAll(clone.Table, "_", `\_`)
	rows, err := conn.QueryContext(ctx, "SELECT t.TABLE_ID, i.INDEX_ID FROM information_schema."+tables+
		" t JOIN information_schema."+indexes+" i ON i.TABLE_ID = t.TABLE_ID WHERE t.NAME LIKE ? OR t.NAME LIKE ?", name, name+"#%")
	if err != nil {
		return at, err
	}
	defer rows.Close()
	for rows.Next() {
		var table, index int64
		if err := rows.Scan(&table, &index); err != nil {
			return at, err
		}
		at.tables[table], at.indexes[index] = true, true
	}
	return at, rows.Err()
}

// gains says whether there is something in one set that is not in another.
func gains(before, after map[int64]bool) bool {
	for id := range after {
		if !before[id] {
			return true
		}
	}
	return false
}

// stored notes how the tables are kept. A user without PROCESS may not see it.
func (db *Database) stored(ctx context.Context, q querier, s *schema.Schema) error {
	query := `SELECT SUBSTRING(COALESCE(f.NAME, t.NAME), CHAR_LENGTH(?) + 2), CAST(t.N_COLS AS SIGNED) - 3, ` + db.versionsColumn() + `
		FROM information_schema.INNODB_TABLES t LEFT JOIN information_schema.INNODB_TABLESPACES f ON f.SPACE = t.SPACE AND f.NAME LIKE '%/%'
		WHERE LEFT(COALESCE(f.NAME, t.NAME), CHAR_LENGTH(?) + 1) = CONCAT(?, '/')`
	args := []any{s.Default, s.Default, s.Default}
	if db.maria() {
		query = "SELECT " + fmt.Sprintf(fileNamed, "SUBSTRING_INDEX(SUBSTRING_INDEX(t.NAME, '/', -1), '#', 1)") + `, COUNT(*), 0
			FROM information_schema.INNODB_SYS_TABLES t JOIN information_schema.INNODB_SYS_COLUMNS c ON c.TABLE_ID = t.TABLE_ID AND c.NAME = 'FTS_DOC_ID'
			WHERE t.NAME LIKE '%/%' AND ` + fmt.Sprintf(fileNamed, "SUBSTRING_INDEX(t.NAME, '/', 1)") + " = ? GROUP BY 1"
		args = args[:1]
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var columns, versions int
		if err := rows.Scan(&name, &columns, &versions); err != nil {
			return err
		}
		t := s.Table(schema.Name{Table: withoutPartition(name)})
		if t == nil || len(t.Columns) == 0 {
			continue
		}
		if !db.maria() {
			columns -= storedColumns(t)
		}
		if columns > 0 && !hasFulltext(t) && t.Column("FTS_DOC_ID") == nil {
			t.Stats.HiddenColumn = true
		}
		t.Stats.RowVersions = max(t.Stats.RowVersions, versions)
	}
	return rows.Err()
}

func (d *Dialect) versionsColumn() string {
	if d.mysqlSince(80029) {
		return "t.TOTAL_ROW_VERSIONS"
	}
	return "0"
}

// storedColumns counts the columns that have a place in the rows.
func storedColumns(t *schema.Table) int {
	n := 0
	for _, c := range t.Columns {
		if c.Generated != "virtual" {
			n++
		}
	}
	return n
}

func hasFulltext(t *schema.Table) bool {
	return t != nil && slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return strings.HasPrefix(ix.Definition, "FULLTEXT") })
}

// formerKey lists what leaves an empty clone with the hidden column that its table has.
func formerKey(t *schema.Table, clone schema.Name) []string {
	if !t.Stats.HiddenColumn {
		return nil
	}
	for _, c := range t.Columns {
		if kind := columnType(c.Type, c.Collation); kind.isText() && !kind.isMember() && c.Generated != "virtual" {
			key, on := quote("surefoot_fulltext"), "ALTER TABLE "+qualified(clone)
			return []string{on + " ADD FULLTEXT KEY " + key + " (" + quote(c.Name) + ")", on + " DROP KEY " + key}
		}
	}
	return nil
}

// full says that no column of a table can come or go INSTANT any more until it is rebuilt. Each change that
// the plan has made in it may have counted.
func (d *Dialect) full(t *schema.Table) bool {
	if d.maria() || t == nil {
		return false
	}
	most := 255
	if d.version < 90100 {
		most = 64
	}
	return t.Stats.RowVersions > 0 && t.Stats.RowVersions+len(t.Applied) >= most
}

// comesOrGoes: a column that has a place in the rows is added or dropped.
func comesOrGoes(clauses []schema.Change) bool {
	return slices.ContainsFunc(flat(clauses), func(c schema.Change) bool {
		switch c := c.(type) {
		case schema.AddColumn:
			return c.Column.Generated != "virtual"
		case schema.DropColumn:
			return true
		}
		return false
	})
}

// beside is how a change is made on a table whose rows are not stored as those of a new one. Measured: where a
// FULLTEXT key is or was, or the versions of rows are used up, what is INSTANT elsewhere is a rebuild; where
// there is a FULLTEXT key, others cannot write meanwhile.
func (d *Dialect) beside(s sort, w way, t *schema.Table) way {
	has := hasFulltext(t)
	was := t != nil && (t.Stats.HiddenColumn || hasFulltext(t.Origin))
	moves := slices.Contains([]sort{addColumn, addColumnAt, addExpressionDefault, addRandomDefault, dropColumn, reorderColumn}, s)
	if w.algorithm == "INSTANT" && moves && (has || was || d.full(t)) {
		w = rebuild
	}
	switch {
	case !has || w != rebuild:
		return w
	case d.maria():
		return noWrites
	}
	return fullCopy
}
