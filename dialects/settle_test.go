package dialects_test

import (
	"os"
	"strings"
	"testing"

	"surefoot/conform/servers"
	"surefoot/dialects"
	"surefoot/schema"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// settled is what differs between engines: what makes a trigger, and what counts databases, views and gives
// the name of one's own.
type settled struct{ engine, trigger, named, views, mine string }

var onEngines = []settled{
	{
		"mysql", "CREATE TRIGGER tr BEFORE INSERT ON orders FOR EACH ROW SET NEW.amount = 1;",
		"SELECT count(*) FROM information_schema.schemata WHERE schema_name = ", "SELECT count(*) FROM information_schema.views WHERE table_schema = DATABASE()", "SELECT DATABASE()",
	},
	{
		"postgres", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();",
		"SELECT count(*) FROM pg_database WHERE datname = ", "SELECT count(*) FROM information_schema.views WHERE table_schema = 'public'", "SELECT current_database()",
	},
}

// TestSettle: a database with a schema file's tables, views and triggers, and without rows, that is gone when it
// is closed; a file that the server refuses gives none.
func TestSettle(t *testing.T) {
	maria := onEngines[0]
	maria.engine = "mariadb"
	for _, e := range append(onEngines, maria) {
		t.Run(e.engine, func(t *testing.T) {
			server := servers.Shared(t, e.engine, servers.Versions(e.engine)[0])
			text := "CREATE TABLE orders (id INT PRIMARY KEY, amount INT); INSERT INTO orders VALUES (1, 1);" + e.trigger + "CREATE VIEW v AS SELECT id FROM orders;"
			db, _, err := dialects.Settle(t.Context(), server.Database(t), text)
			if err != nil {
				t.Fatal(err)
			}
			s, err := db.Inspect(t.Context())
			if err != nil || len(s.Tables) != 1 || len(s.Tables[0].Triggers) != 1 {
				t.Errorf("%+v %v", s, err)
			}
			name := asked(t, db, e.mine)
			if rows, views := asked(t, db, "SELECT count(*) FROM orders"), asked(t, db, e.views); rows != "0" || views != "1" || !strings.Contains(name, "surefoot_scratch_") {
				t.Errorf("%s rows and %s views in %s", rows, views, name)
			}
			for range 2 { // a plan whose later statements meet what earlier ones made needs one more
				stage, err := dialects.Stage(t.Context(), db, s, s, []schema.Name{s.Tables[0].Name})
				if err == nil {
					err = stage.Close(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			other, err := dialects.Open(t.Context(), server.Database(t))
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			if left := asked(t, other, e.named+"'"+name+"'"); left != "0" {
				t.Errorf("%s is left behind", name)
			}
			if _, _, err := dialects.Settle(t.Context(), server.Database(t), "CREATE TABLE orders (id nothing at all)"); err == nil {
				t.Error("a wrong schema was made")
			}
		})
	}
}

func asked(t *testing.T, db dialects.Database, query string) (answer string) {
	t.Helper()
	if err := db.Pool().QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(query, err)
	}
	return answer
}
