package postgres

import (
	"strings"
	"testing"

	"surefoot/plan"
	"surefoot/schema"
)

// The comparison before the swap finds every difference, down to bytes that count as equal.
func TestDiffFindsEverything(t *testing.T) {
	eachVersion(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, `CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
			`CREATE TABLE t (id int, k text, i int, n numeric, f float8, b bytea, v text, c char(5), ci text COLLATE blind, j jsonb, a numeric[], iv interval, bo boolean, PRIMARY KEY (id, k))`,
			`INSERT INTO t SELECT g, 'k', g, 1.0, 0.0, '\x00', 'a', 'a', 'a', '{"a": 1.0}', '{1.0}', '24:00', NULL FROM generate_series(1, 20) g`)
		s := inspect(t, db)
		live := s.Tables[0]
		key, _ := live.Key()
		cp := &schema.Copy{On: schema.On{Name: live.Name}, Live: live, Key: key, Clauses: []schema.Change{
			schema.ChangeType{On: schema.On{Name: live.Name}, Column: "i", Type: "bigint"},
		}}
		for _, col := range live.Columns {
			m := schema.Mapping{To: col.Name, From: col.Name}
			if col.Name == "i" {
				m.Type = "bigint"
			}
			cp.Columns = append(cp.Columns, m)
		}
		script := func(part schema.CopyPart) plan.Step {
			steps, err := db.Script(schema.CopyTable{Copy: cp, Part: part}, s)
			if err != nil {
				t.Fatal(err)
			}
			return steps[0]
		}
		exec(t, db.pool, script(schema.MakeShadow).SQL...)
		exec(t, db.pool, script(schema.StartCapture).SQL...)
		fill := script(schema.CopyRows).Walk.Do[0].All.SQL
		diff := script(schema.CompareRows).Walk.Diff.All.SQL
		for _, c := range []struct{ change, want string }{
			{"SELECT 1", ""},
			{"UPDATE t_sf_new SET i = 99 WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET n = 1.00 WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET f = '-0' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET b = '' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET b = NULL WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET v = '' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET ci = 'A' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET j = '{\"a\": 1.00}' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET a = '{1.00}' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET iv = '1 day' WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET bo = false WHERE id = 3", "3 k"},
			{"UPDATE t_sf_new SET v = 'ab', c = '' WHERE id = 4", "4 k"},
			{"DELETE FROM t_sf_new WHERE id = 3", "3 k"},
			{"INSERT INTO t_sf_new SELECT 21, 'k', i, n, f, b, v, c, ci, j, a, iv, bo FROM t_sf_new WHERE id = 5", "21 k"},
			{"UPDATE t_sf_new SET k = 'K' WHERE id = 3", "3 K, 3 k"},
			{"UPDATE t_sf_new SET v = 'x' WHERE id = 3; INSERT INTO t_sf_log (k0, k1) VALUES (3, 'k')", ""}, // it waits in the log
			{"UPDATE t_sf_new SET v = 'x' WHERE id < 3; INSERT INTO t_sf_log (k0, k1) VALUES (1, 'k')", "2 k"},
		} {
			exec(t, db.pool, "TRUNCATE t_sf_new, t_sf_log", fill, c.change)
			got := value(t, db.pool, "SELECT string_agg(concat_ws(' ', a, b), ', ' ORDER BY a, b COLLATE \"C\") FROM ("+strings.Replace(diff, "$1", "100", 1)+") x(a, b)")
			if got != c.want {
				t.Errorf("%s: found %q, not %q", c.change, got, c.want)
			}
		}
		repair := script(schema.CompareRows).Walk.Repair[0].All.SQL
		feed := script(schema.StartCapture).Capture
		exec(t, db.pool, "TRUNCATE t_sf_new, t_sf_log", fill, "UPDATE t_sf_new SET k = 'K' WHERE id = 3", "DELETE FROM t_sf_new WHERE id = 7", repair)
		ids := value(t, db.pool, "SELECT string_agg(id::text, ',') FROM t_sf_log")
		for _, st := range feed.Apply {
			if _, err := db.pool.ExecContext(t.Context(), st.SQL, ids); err != nil {
				t.Fatal(err)
			}
		}
		if got := value(t, db.pool, "SELECT concat_ws(' ', (SELECT count(*) FROM t_sf_log), (SELECT count(*) FROM ("+strings.Replace(diff, "$1", "100", 1)+") x))"); got != "0 0" {
			t.Errorf("after the repair: %s", got)
		}
	})
}
