package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"surefoot/executor"
	"surefoot/load"
	"surefoot/plan"
	"surefoot/planner"
	"surefoot/schema"
)

// variant is a table that is hard to copy in one way or another. Its columns beside the key are
// u (unique), e (unique where it is not empty, without case), a, p.
type variant struct {
	name, create string
	key          []string
	value        func(r *rand.Rand) string // a value for each key column
}

var variants = []variant{
	{
		"rowid key", "CREATE TABLE %s (id INTEGER PRIMARY KEY AUTOINCREMENT, u int UNIQUE, e text, a int, p int REFERENCES parent(id) ON DELETE CASCADE)",
		[]string{"id"},
		func(r *rand.Rand) string { return fmt.Sprint(r.IntN(4000) - 1000) },
	},
	{
		"nullable key without case", "CREATE TABLE %s (id TEXT COLLATE NOCASE PRIMARY KEY, u int UNIQUE, e text, a int, p int REFERENCES parent(id) ON DELETE SET NULL)",
		[]string{"id"},
		func(r *rand.Rand) string {
			return fmt.Sprintf("'%s%d' || iif(%d, char(0), '') || 'é'", []string{"k", "K", "''"}[r.IntN(3)], r.IntN(1200), r.IntN(2))
		},
	},
	{
		"composite key without rowid", "CREATE TABLE %s (b blob, k varchar(20) COLLATE NOCASE, u int UNIQUE, e text, a int, p int REFERENCES parent(id) ON DELETE CASCADE, PRIMARY KEY (b, k)) WITHOUT ROWID",
		[]string{"b", "k"},
		func(r *rand.Rand) string {
			return []string{"x'00ff%04d'", "'Text%d'", "'tEXT%d'", "%d.5"}[r.IntN(4)]
		},
	},
	{
		"values of any type as key", "CREATE TABLE %s (k NOT NULL UNIQUE, u int, e text, a int, p int REFERENCES parent(id), UNIQUE (u))",
		[]string{"k"},
		func(r *rand.Rand) string { return []string{"x'00ff%04d'", "'t%d'", "%d", "%d.5"}[r.IntN(4)] },
	},
	{
		"strict", "CREATE TABLE %s (id INTEGER PRIMARY KEY, u INT UNIQUE ON CONFLICT REPLACE, e TEXT, a INT, p INT REFERENCES parent(id) ON DELETE CASCADE) STRICT",
		[]string{"id"},
		func(r *rand.Rand) string { return fmt.Sprint(r.IntN(3000)) },
	},
}

// Random statements, among them all that SQLite does to rows by the way (REPLACE, cascades), go to
// the table and to a mirror of it; at the end both must be equal, with rowids.
func TestCopyUnderHardStatements(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for _, back := range []bool{false, true} {
				v.run(t, back)
			}
		})
	}
}

func (v variant) run(t *testing.T, back bool) {
	db := openTemp(t, "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
		fmt.Sprintf(v.create, "t"), "CREATE UNIQUE INDEX t_e ON t (lower(e)) WHERE e <> ''",
		fmt.Sprintf(v.create, "mirror"), "CREATE UNIQUE INDEX m_e ON mirror (lower(e)) WHERE e <> ''")
	w := &hardWriter{t: t, v: v, db: appPool(t, db.path), random: rand.New(rand.NewPCG(1, uint64(len(v.name))))}
	for i := range 5000 {
		w.statement(i > 4900)
	}
	s := inspected(t, db)
	p := planned(t, db, s, "ALTER TABLE t ALTER a TYPE "+v.to(), plan.Safe)
	w.start()
	defer w.end()
	opts := executor.Options{ChunkTime: time.Millisecond, Failpoint: func(string) { time.Sleep(3 * time.Millisecond) }}
	out, err := executor.Run(t.Context(), db, p, opts)
	if err != nil || out.State != executor.AfterCutOver {
		t.Fatalf("%s: %v", out.State, err)
	}
	time.Sleep(300 * time.Millisecond)
	if back {
		out, err = executor.Rollback(t.Context(), db, out.ID, opts)
	} else {
		out, err = executor.Finish(t.Context(), db, out.ID, opts)
	}
	if err != nil || out.State != executor.Finished && out.State != executor.RolledBack {
		t.Fatalf("%s: %v", out.State, err)
	}
	w.end()
	if !back {
		m := planned(t, db, inspected(t, db), "ALTER TABLE mirror ALTER a TYPE "+v.to(), plan.Window)
		if out, err := executor.Run(t.Context(), db, m, executor.Options{}); err != nil || out.State != executor.Finished {
			t.Fatalf("%s: %v", out.State, err)
		}
	}
	w.compare()
	t.Logf("%d statements, %d of them refused", w.done, w.refused)
}

func (v variant) to() string {
	if v.name == "strict" {
		return "TEXT"
	}
	return "text"
}

func planned(t *testing.T, db *Database, s *schema.Schema, sql string, mode plan.Mode) *plan.Plan {
	t.Helper()
	for _, table := range s.Tables {
		table.Stats = schema.Stats{} // a table of unknown size counts as large
	}
	statements, err := db.Parse("f.sql", sql, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.Build(statements, s, db, planner.Options{Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// appPool is an application's: with foreign keys.
func appPool(t *testing.T, path string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)&_pragma=synchronous(OFF)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}

type hardWriter struct {
	t             *testing.T
	v             variant
	db            *sql.DB
	random        *rand.Rand
	done, refused int
	stop          chan struct{}
	wg            sync.WaitGroup
	once          sync.Once
}

func (w *hardWriter) start() {
	w.stop = make(chan struct{})
	w.wg.Go(func() {
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(100 * time.Microsecond):
				w.statement(true)
			}
		}
	})
}

func (w *hardWriter) end() {
	w.once.Do(func() { close(w.stop) })
	w.wg.Wait()
}

// statement runs one statement on both tables in one transaction. What the table refuses, the
// mirror must refuse.
func (w *hardWriter) statement(destroy bool) {
	tx, err := w.db.BeginTx(context.Background(), nil)
	if err != nil {
		w.t.Errorf("the application cannot begin: %v", err)
		return
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	text := w.text(destroy)
	var errs [2]error
	for i, table := range []string{"t", "mirror"} {
		if _, err := tx.Exec("SAVEPOINT s"); err != nil {
			w.t.Error(err)
			return
		}
		_, errs[i] = tx.Exec(fmt.Sprintf(text, table))
		if errs[i] != nil {
			if _, err := tx.Exec("ROLLBACK TO s"); err != nil {
				w.t.Error(err)
				return
			}
		}
	}
	w.done++
	if errs[0] != nil {
		w.refused++
	}
	if (errs[0] == nil) != (errs[1] == nil) && !strings.Contains(text, "FROM parent WHERE id =") {
		w.t.Errorf("%s: the table says %v, the mirror says %v", text, errs[0], errs[1])
		return
	}
	if err := tx.Commit(); err != nil {
		w.t.Errorf("the application cannot commit: %v", err)
	}
}

func (w *hardWriter) text(destroy bool) string {
	r := w.random
	value := func() string {
		s := w.v.value(r)
		if w.v.name == "nullable key without case" && w.stop != nil && r.IntN(30) == 0 {
			return "NULL" // once the run is on
		}
		if s != "NULL" && len(s) > 0 && strings.Contains(s, "%") {
			s = fmt.Sprintf(s, 1000+r.IntN(600))
		}
		return s
	}
	keys, set, where := "", "", ""
	var list []string
	for i, k := range w.v.key {
		v := value()
		list = append(list, k)
		if i > 0 {
			keys, set, where = keys+", ", set+", ", where+" AND "
		}
		keys += v
		set += k + " = " + value()
		where += k + " IS " + v
	}
	cols := strings.Join(list, ", ")
	u := fmt.Sprint(r.IntN(5000))
	if r.IntN(10) == 0 {
		u = "NULL"
	}
	e := fmt.Sprintf("'%s%d'", []string{"e", "E", "ß"}[r.IntN(3)], r.IntN(3000))
	a := []string{"NULL", "1", "-7", "9007199254740993"}[r.IntN(4)]
	if w.v.name != "strict" {
		a = []string{a, "1.5", "x'41'", "'word'"}[r.IntN(4)] // what both types keep apart
	}
	parent := r.IntN(20) + 1
	or := []string{"", " OR REPLACE", " OR REPLACE", " OR IGNORE"}[r.IntN(4)]
	switch n := r.IntN(20); {
	case n < 8:
		return fmt.Sprintf("INSERT%s INTO %%[1]s (%s, u, e, a, p) SELECT %s, %s, %s, %s, (SELECT max(id) FROM parent WHERE id <= %d)", or, cols, keys, u, e, a, parent)
	case n < 11:
		return fmt.Sprintf("UPDATE%s %%[1]s SET u = %s, a = %s WHERE %s", or, u, a, where)
	case n < 13:
		return fmt.Sprintf("UPDATE%s %%[1]s SET %s, e = %s WHERE %s", or, set, e, where)
	case n < 14:
		return fmt.Sprintf("UPDATE%s %%[1]s SET u = u + 1, e = upper(e) WHERE a IS %s AND u < 2500", or, a)
	case n < 15 && destroy:
		return fmt.Sprintf("DELETE FROM %%[1]s WHERE u BETWEEN %d AND %d", parent*200, parent*200+5)
	case n < 16:
		return fmt.Sprintf("INSERT INTO %%[1]s (%s, u, e, a) VALUES (%s, %s, %s, %s) ON CONFLICT (u) DO UPDATE SET a = excluded.a, %s", cols, keys, u, e, a, set)
	case n < 17:
		return fmt.Sprintf("DELETE FROM %%[1]s WHERE %s", where)
	case n < 18 && destroy:
		// Both tables lose rows by the cascade at the first of the two statements.
		return fmt.Sprintf("DELETE FROM parent WHERE id = %d AND '%%[1]s' = 't'", parent)
	case n < 19:
		return fmt.Sprintf("INSERT OR IGNORE INTO parent SELECT %d WHERE '%%[1]s' <> ''", parent)
	}
	return "UPDATE %[1]s SET a = NULL WHERE u % 170 = 0"
}

func (w *hardWriter) compare() {
	w.t.Helper()
	c, err := load.CompareTables(w.t.Context(), w.db, load.SQLite, "t", "mirror", w.v.key)
	if err != nil {
		w.t.Fatal(err)
	}
	var a, b int
	q := "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM mirror)"
	if err := w.db.QueryRow(q).Scan(&a, &b); err != nil {
		w.t.Fatal(err)
	}
	if !c.Equal() && w.v.name != "nullable key without case" || a != b {
		w.t.Errorf("%d rows and %d: %s", a, b, c)
	}
	rowid := "t.rowid = mirror.rowid AND "
	if w.v.key[0] == "b" {
		rowid = ""
	}
	var same int
	q = "SELECT count(*) FROM t JOIN mirror ON " + rowid + "quote(t.u) = quote(mirror.u) AND quote(t.e) = quote(mirror.e) AND quote(t.a) = quote(mirror.a) AND quote(t.p) = quote(mirror.p)"
	for _, k := range w.v.key {
		q += fmt.Sprintf(" AND quote(t.%[1]s) = quote(mirror.%[1]s)", k)
	}
	if err := w.db.QueryRow(q).Scan(&same); err != nil {
		w.t.Fatal(err)
	}
	if same != a {
		w.t.Errorf("%d of %d rows are the same, with their rowids", same, a)
	}
}

// A row whose key moves to where the walk has been is filled all the same.
func TestBackfillFollowsMoves(t *testing.T) {
	db := openTemp(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, a int); INSERT INTO t WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5000) SELECT n, n FROM r")
	p, err := planOf(db, "ALTER TABLE t ADD COLUMN x text DEFAULT (hex(randomblob(4)))")
	if err != nil {
		t.Fatal(err)
	}
	app := appPool(t, db.path)
	var moves sync.WaitGroup
	done := make(chan struct{})
	next := 0
	moves.Go(func() {
		for ; ; next++ { // rows from the end move before the start
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
			if _, err := app.Exec("UPDATE t SET id = -id WHERE id IN (SELECT id FROM t ORDER BY id DESC LIMIT 5)"); err != nil {
				t.Error(err)
			}
		}
	})
	out, err := executor.Run(t.Context(), db, p, executor.Options{ChunkTime: time.Millisecond})
	close(done)
	moves.Wait()
	if err != nil || out.State != executor.Finished {
		t.Fatalf("%s: %v", out.State, err)
	}
	var rows, empty int
	if err := app.QueryRow("SELECT count(*), sum(x IS NULL) FROM t").Scan(&rows, &empty); err != nil || rows != 5000 || empty != 0 || next == 0 {
		t.Errorf("%d of %d rows are empty after %d moves: %v", empty, rows, next, err)
	}
}

// Without WAL readers and writers keep each other waiting, and still nothing is lost.
func TestCopyWithoutWAL(t *testing.T) {
	v := variants[0]
	db := openTemp(t, "PRAGMA journal_mode = DELETE", "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
		fmt.Sprintf(v.create, "t"), fmt.Sprintf(v.create, "mirror"))
	if !db.rollback {
		t.Fatal("the database is in WAL mode")
	}
	w := &hardWriter{t: t, v: v, db: appPool(t, db.path), random: rand.New(rand.NewPCG(3, 4))}
	for range 500 {
		w.statement(false)
	}
	p := planned(t, db, inspected(t, db), "ALTER TABLE t ALTER a TYPE text", plan.Safe)
	w.start()
	defer w.end()
	out, err := executor.Run(t.Context(), db, p, executor.Options{})
	if err != nil || out.State != executor.AfterCutOver {
		t.Fatalf("%s: %v", out.State, err)
	}
	if out, err = executor.Rollback(t.Context(), db, out.ID, executor.Options{}); err != nil || out.State != executor.RolledBack {
		t.Fatalf("%s: %v", out.State, err)
	}
	w.end()
	w.compare()
}
