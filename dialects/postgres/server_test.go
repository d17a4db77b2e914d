package postgres

import (
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"surefoot/conform/servers"
	"surefoot/plan"
	"surefoot/schema"
)

func conn(t *testing.T, db *Database) *sql.Conn {
	t.Helper()
	c, err := db.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestClaim(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		first, second := conn(t, db), conn(t, db)
		if holder, err := db.Claim(t.Context(), first, "a run"); holder != "" || err != nil {
			t.Fatalf("the first gets %q, %v", holder, err)
		}
		holder, err := db.Claim(t.Context(), second, "a run")
		if err != nil || !strings.HasPrefix(holder, "session ") || !strings.Contains(holder, db.config.User) {
			t.Fatalf("the second gets %q, %v", holder, err)
		}
		if holder, err := db.Claim(t.Context(), second, strings.Repeat("another run ", 100)); holder != "" || err != nil {
			t.Fatalf("another name gets %q, %v", holder, err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFaults(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, "CREATE TABLE t (id int PRIMARY KEY, a smallint NOT NULL CHECK (a > 0))", "INSERT INTO t VALUES (1, 1)",
			"CREATE ROLE nobody_"+db.config.Database[max(0, len(db.config.Database)-20):])
		holder, err := db.pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer holder.Rollback() //nolint:errcheck // it may be over by then
		if _, err := holder.ExecContext(t.Context(), "LOCK TABLE t IN SHARE MODE"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			sql  string
			want plan.Fault
		}{
			{"SET lock_timeout = 50; INSERT INTO t VALUES (2, 2)", plan.Busy},
			{"SELECT pg_terminate_backend(pg_backend_pid())", plan.Gone},
			{"SELECT 70000::smallint", plan.BadValue},
			{"BEGIN READ ONLY; CREATE TABLE x ()", plan.ReadOnly},
			{"SELECT * FROM nothing", plan.Missing},
			{"SELECT nothing FROM t", plan.Missing},
			{"SELEC", plan.Unreadable},
			{"SET ROLE nobody_" + db.config.Database[max(0, len(db.config.Database)-20):] + "; SELECT * FROM t", plan.Privilege},
		} {
			s := conn(t, db)
			_, err := s.ExecContext(t.Context(), c.sql)
			if got := db.Fault(err); err == nil || got != c.want {
				t.Errorf("%s: %v is fault %d, not %d", c.sql, err, got, c.want)
			}
			_ = s.Raw(func(any) error { return driver.ErrBadConn }) // its settings are not for others
		}
		if err := holder.Rollback(); err != nil {
			t.Fatal(err)
		}
		for q, want := range map[string]plan.Fault{
			"INSERT INTO t VALUES (1, 2)":    plan.Duplicate,
			"INSERT INTO t VALUES (5, NULL)": plan.BadValue,
			"INSERT INTO t VALUES (5, -1)":   plan.BadValue,
		} {
			if _, err := db.pool.ExecContext(t.Context(), q); err == nil || db.Fault(err) != want {
				t.Errorf("%s: %v is fault %d, not %d", q, err, db.Fault(err), want)
			}
		}
	})
}

func TestBlockers(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, `CREATE TABLE "Odd t" (id int)`)
		if who, err := db.Blockers(t.Context(), "public.Odd t"); who != "" || err != nil {
			t.Errorf("nobody is in the way, but: %q %v", who, err)
		}
		c := conn(t, db)
		for _, q := range []string{"SET application_name = 'billing'", "BEGIN", `SELECT * FROM "Odd t"`} {
			if _, err := c.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		who, err := db.Blockers(t.Context(), "public.Odd t")
		if err != nil || !strings.Contains(who, "billing") || !strings.Contains(who, "idle in transaction for ") {
			t.Errorf("in the way is %q %v", who, err)
		}
	})
}

// The server itself may be set to end sessions early, to other formats, or to another time zone.
func TestSessionsAreFitForLongWork(t *testing.T) {
	s := servers.Start(t, "postgres", "18",
		"datestyle = 'German'", "intervalstyle = 'iso_8601'", "extra_float_digits = -3", "bytea_output = 'escape'", "timezone = 'Europe/Dublin'",
		"default_transaction_isolation = 'serializable'")
	hasty := s.Database(t)
	exec(t, open(t, hasty).pool, `DO $$DECLARE name text; BEGIN
		FOREACH name IN ARRAY ARRAY['statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'] LOOP
			EXECUTE format('ALTER DATABASE %I SET %I = 500', current_database(), name);
		END LOOP;
	END$$`)
	db := open(t, hasty)
	tx, err := db.pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it may be over by then
	time.Sleep(700 * time.Millisecond)
	var got string
	err = tx.QueryRowContext(t.Context(), `SELECT concat_ws(' ', pg_sleep(0.6), date '2024-02-01', interval '1 day', 0.1::float8 + 0.2, '\x00ff'::bytea,
		current_setting('transaction_isolation'), current_setting('TimeZone'))`).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	if want := ` 2024-02-01 1 day 0.30000000000000004 \x00ff read committed Europe/Dublin`; got != want {
		t.Errorf("the session gives %q, not %q", got, want)
	}

	// There a timestamp without and with time zone are not the same bytes.
	exec(t, db.pool, "CREATE TABLE t (id int PRIMARY KEY, ts timestamp, tz timestamptz)")
	schema := inspect(t, db)
	for _, q := range []string{"ALTER TABLE t ALTER ts TYPE timestamptz", "ALTER TABLE t ALTER tz TYPE timestamp"} {
		compareEffect(t, db, schema, "change-type-rewrite", q)
	}
	utc := open(t, strings.Replace(s.Database(t), "?", "?options=-c%20timezone%3DUTC&", 1))
	exec(t, utc.pool, "CREATE TABLE t (id int PRIMARY KEY, ts timestamp, tz timestamptz)")
	for _, q := range []string{"ALTER TABLE t ALTER ts TYPE timestamptz", "ALTER TABLE t ALTER tz TYPE timestamp"} {
		compareEffect(t, utc, inspect(t, utc), "change-type", q)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://joe:sekret@127.0.0.1:1/x":                   "connect to PostgreSQL at 127.0.0.1:1",
		"postgres://joe:sekret@127.0.0.1:notaport/x":            "invalid port",
		"postgres://joe:sekret@[::1/x":                          "the form is postgres://",
		"postgres://joe:sekret@127.0.0.1:1/x?sslmode=whatever":  "sslmode is invalid",
		servers.Shared(t, "postgres", "15").Database(t) + "nix": "",
	} {
		_, err := Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sekret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestDoctor(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, "CREATE TABLE t (id int PRIMARY KEY, a int)", "INSERT INTO t VALUES (1, 1), (2, 1)", "CREATE TABLE t_sf_new (id int)",
			"DO $$BEGIN CREATE ROLE weak LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$")
		_, err := db.pool.ExecContext(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)")
		if err == nil {
			t.Fatal("a unique index over duplicates was built")
		}
		found := func(db *Database, tables ...schema.Name) string {
			problems, err := db.Doctor(t.Context(), tables)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, a := range problems {
				out = append(out, string(a.Severity)+": "+a.What)
			}
			return strings.Join(out, "\n")
		}
		got := found(db)
		for _, want := range []string{"warning: left behind by a run: table public.t_sf_new", "warning: index t_a is invalid"} {
			if !strings.Contains(got, want) {
				t.Errorf("the doctor does not say %q but:\n%s", want, got)
			}
		}
		if strings.Contains(got, "pooler") {
			t.Errorf("there is no pooler, but:\n%s", got)
		}
		weak := open(t, strings.Replace(url, "//"+db.config.User, "//weak", 1))
		got = found(weak, schema.Name{Schema: "public", Table: "t"})
		for _, want := range []string{"error: this role does not own public.t", "error: this role may not create schema surefoot"} {
			if !strings.Contains(got, want) {
				t.Errorf("the doctor does not say %q but:\n%s", want, got)
			}
		}
	})
}
