package load

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// seedChunk is how many rows one seeding statement writes. A larger one would
// only lengthen MySQL's undo log.
const seedChunk = 100_000

// seedEpoch is the changed_at before that of the first seeded row:
// 2020-01-01 00:00:00 UTC in seconds.
const seedEpoch = 1577836800

// seedStep is the distance of changed_at between two seeded rows, in
// microseconds.
const seedStep = 1_000_003

// seedRow is the content of the seeded row with index i. seedSelect says the
// same in SQL; a test compares the two on every engine.
func seedRow(i int64) Row {
	r := Row{
		Ref: i << serialBits, Cents: i * 37 % 1_000_000, At: seedEpoch*1_000_000 + i*seedStep, Version: 1,
		HasAmount: i%7 != 0, HasNote: i%5 != 0,
	}
	if r.HasAmount {
		r.Amount = int32(i*7919%2_000_001 - 1_000_000)
	}
	if r.HasNote && i%11 != 0 {
		r.Note = "Notiz né " + strconv.FormatInt(i, 10)
	}
	return r
}

// Seed creates the table, fills it with rows rows that follow from their index,
// inside the server, and builds the secondary indexes. The table must not exist.
func Seed(ctx context.Context, db *sql.DB, engine string, shape Shape, table string, rows int64) error {
	if rows > MaxRows {
		return fmt.Errorf("seed %s: %d rows are more than %d", table, rows, int64(MaxRows))
	}
	// One connection, for the session's recursion limit.
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("seed %s: %w", table, err)
	}
	defer conn.Close()
	if err := fill(ctx, conn, engine, shape, table, rows); err != nil {
		return fmt.Errorf("seed %s: %w", table, err)
	}
	return nil
}

func fill(ctx context.Context, conn *sql.Conn, engine string, shape Shape, table string, rows int64) error {
	ddl := shape.DDL(engine, table)
	if err := execAll(ctx, conn, ddl[0]); err != nil {
		return err
	}
	if setting := seedSetting(engine); setting != "" {
		if err := execAll(ctx, conn, setting); err != nil {
			return err
		}
	}
	for low := int64(1); low <= rows; low += seedChunk {
		high := min(low+seedChunk-1, rows)
		if err := execAll(ctx, conn, seedSelect(engine, shape, table, low, high)); err != nil {
			return err
		}
	}
	if shape == Int && engine == Postgres && rows > 0 {
		next := fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), %d)", quote(engine, table), rows)
		if err := execAll(ctx, conn, next); err != nil {
			return err
		}
	}
	if err := execAll(ctx, conn, ddl[1:]...); err != nil {
		return err
	}
	return analyze(ctx, conn, engine, table)
}

// seedSetting prepares a session: for a recursion as long as a chunk, or, in
// SQLite, with a cache that holds an index filled in random order (in KiB).
func seedSetting(engine string) string {
	switch engine {
	case MySQL:
		return "SET SESSION cte_max_recursion_depth = " + strconv.Itoa(seedChunk+1)
	case MariaDB:
		return "SET SESSION max_recursive_iterations = " + strconv.Itoa(seedChunk+1)
	case SQLite:
		return "PRAGMA cache_size = -200000"
	default:
		return ""
	}
}

// analyze gives the table what the server gives one that has lived for a while: statistics, and in
// PostgreSQL what autovacuum does.
func analyze(ctx context.Context, conn *sql.Conn, engine, table string) error {
	words := map[string]string{MySQL: "ANALYZE TABLE ", MariaDB: "ANALYZE TABLE ", Postgres: "VACUUM (ANALYZE) ", SQLite: "ANALYZE "}
	return execAll(ctx, conn, words[engine]+quote(engine, table))
}

// seedSelect is the statement that writes the rows low to high.
func seedSelect(engine string, shape Shape, table string, low, high int64) string {
	source := fmt.Sprintf("WITH RECURSIVE s(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM s WHERE i < %d) ", low, high)
	from := "s"
	bigint, price := "i", "(i * 37 % 1000000) / 100"
	note := "CONCAT('Notiz né ', i)"
	var at string
	switch engine {
	case Postgres:
		source, from = "", fmt.Sprintf("generate_series(%d::bigint, %d::bigint) AS s(i)", low, high)
		price = "(i * 37 % 1000000)::numeric / 100"
		at = fmt.Sprintf("to_timestamp(%d) + (i * %d) * interval '1 microsecond'", int64(seedEpoch), int64(seedStep))
	case SQLite:
		price += ".0"
		note = "'Notiz né ' || i"
		at = fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%S', %d + i * %d / 1000000, 'unixepoch') || printf('.%%06d', i * %d %% 1000000)",
			int64(seedEpoch), int64(seedStep), int64(seedStep))
	default:
		at = fmt.Sprintf("TIMESTAMPADD(MICROSECOND, i * %d, TIMESTAMP'%s')", int64(seedStep),
			time.Unix(seedEpoch, 0).UTC().Format("2006-01-02 15:04:05"))
	}
	return fmt.Sprintf("INSERT INTO %s (%s, %s) %sSELECT %s, %s * %d, "+
		"CASE WHEN i %% 7 = 0 THEN NULL ELSE i * 7919 %% 2000001 - 1000000 END, "+
		"CASE WHEN i %% 5 = 0 THEN NULL WHEN i %% 11 = 0 THEN '' ELSE %s END, %s, %s, 1 FROM %s",
		quote(engine, table), strings.Join(shape.KeyColumns(), ", "), strings.Join(valueColumns, ", "), source,
		seedKeySQL(engine, shape), bigint, int64(1)<<serialBits, note, price, at, from)
}

// seedKeySQL computes the key columns from the index i.
func seedKeySQL(engine string, shape Shape) string {
	switch {
	case shape == Int:
		return "i"
	case shape == Text && isMySQL(engine):
		return choose(tenants) + ", CONCAT(" + choose(prefixes) + ", i)"
	case shape == Text:
		return choose(tenants) + ", " + choose(prefixes) + " || i"
	case engine == Postgres:
		return fmt.Sprintf("(lpad(to_hex(i * %d %% 4294967296), 8, '0') || '00004000a000' || lpad(to_hex(i), 12, '0'))::uuid",
			int64(uuidMultiplier))
	case engine == SQLite:
		return fmt.Sprintf("unhex(printf('%%08x00004000a000%%012x', i * %d %% 4294967296, i))", int64(uuidMultiplier))
	default:
		return fmt.Sprintf("UNHEX(CONCAT(LPAD(HEX(i * %d %% 4294967296), 8, '0'), '00004000A000', LPAD(HEX(i), 12, '0')))",
			int64(uuidMultiplier))
	}
}

// choose picks a word by i modulo the number of words.
func choose(words []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CASE i %% %d", len(words))
	for n, word := range words {
		fmt.Fprintf(&b, " WHEN %d THEN '%s'", n, word)
	}
	return b.String() + " END"
}
