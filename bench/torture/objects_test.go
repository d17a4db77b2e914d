//go:build torture

package torture

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"surefoot/load"
)

// journalObject is what may stay: the journal.
var journalObject = regexp.MustCompile(`^(schema surefoot|(table|index) (surefoot\.|_surefoot_|(sqlite_autoindex_)?surefoot_)(run|step)(_pkey|_\d+)?|` +
	`file [^/]*/_surefoot_(run|step))$`)

// objectsSQL lists everything of a database and of its server that a run could leave behind, one
// object a row: "table public.live".
var objectsSQL = map[string]string{
	load.SQLite: `SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'`,
	load.Postgres: `
WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)' AND nspname NOT IN ('pg_catalog', 'information_schema'))
SELECT 'schema ' || nspname FROM own
UNION ALL SELECT CASE c.relkind WHEN 'i' THEN 'index ' WHEN 'r' THEN 'table ' ELSE 'relation ' || c.relkind::text || ' ' END || nspname || '.' || c.relname
  FROM pg_class c JOIN own ON own.oid = c.relnamespace
UNION ALL SELECT 'function ' || nspname || '.' || p.proname FROM pg_proc p JOIN own ON own.oid = p.pronamespace
UNION ALL SELECT 'type ' || nspname || '.' || y.typname FROM pg_type y JOIN own ON own.oid = y.typnamespace WHERE y.typtype <> 'c' AND y.typelem = 0
UNION ALL SELECT 'trigger ' || g.tgname || ' on ' || g.tgrelid::regclass FROM pg_trigger g WHERE NOT g.tgisinternal
UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
UNION ALL SELECT 'publication ' || pubname FROM pg_publication
UNION ALL SELECT 'subscription ' || subname FROM pg_subscription
UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots
UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
UNION ALL SELECT 'advisory lock ' || classid || ' ' || objid FROM pg_locks WHERE locktype = 'advisory'
UNION ALL SELECT 'database ' || datname FROM pg_database
UNION ALL SELECT 'role ' || rolname FROM pg_roles
UNION ALL SELECT 'session ' || application_name || ': ' || query FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()`,
	// Its own view in information_schema fails over bytes in a statement (error 3854).
	load.MySQL:   strings.ReplaceAll(mysqlObjects, "information_schema.PROCESSLIST", "performance_schema.processlist") + mysqlLocks + mysqlFiles,
	load.MariaDB: mysqlObjects + strings.ReplaceAll(mysqlFiles, "INNODB_TABLES", "INNODB_SYS_TABLES"),
}

const (
	mysqlObjects = `
SELECT CONCAT('table ', IF(TABLE_SCHEMA = DATABASE(), '', CONCAT(TABLE_SCHEMA, '.')), TABLE_NAME) FROM information_schema.TABLES
  WHERE TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
UNION ALL SELECT CONCAT('trigger ', TRIGGER_SCHEMA, '.', TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA <> 'sys'
UNION ALL SELECT CONCAT('routine ', ROUTINE_SCHEMA, '.', ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA NOT IN ('sys', 'mysql')
UNION ALL SELECT CONCAT('event ', EVENT_SCHEMA, '.', EVENT_NAME) FROM information_schema.EVENTS
UNION ALL SELECT CONCAT('database ', SCHEMA_NAME) FROM information_schema.SCHEMATA
UNION ALL SELECT CONCAT('session ', USER, ' ', COMMAND, ': ', COALESCE(STATE, '')) FROM information_schema.PROCESSLIST
  WHERE ID <> CONNECTION_ID() AND COMMAND <> 'Daemon' AND USER <> 'event_scheduler' AND USER <> 'system user'`
	mysqlLocks = `
UNION ALL SELECT CONCAT('lock ', OBJECT_NAME) FROM performance_schema.metadata_locks WHERE OBJECT_TYPE = 'USER LEVEL LOCK'`
	mysqlFiles = `
UNION ALL SELECT CONCAT('file ', NAME) FROM information_schema.INNODB_TABLES WHERE NAME LIKE CONCAT(DATABASE(), '/%')`
)

func isSession(object string) bool { return strings.HasPrefix(object, "session ") }

// objects lists them in order.
func (w *world) objects() []string {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), objectsSQL[w.engine])
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	all = append(all, w.files()...)
	slices.Sort(all)
	return all
}

// files lists what lies beside an SQLite database, without the two files of its WAL mode, which
// come and go with connections.
func (w *world) files() []string {
	if w.engine != load.SQLite {
		return nil
	}
	path := strings.TrimPrefix(w.url, "sqlite:")
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); name != filepath.Base(path)+"-wal" && name != filepath.Base(path)+"-shm" {
			names = append(names, "file "+name)
		}
	}
	return names
}
