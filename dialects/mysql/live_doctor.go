package mysql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// Doctor says what would stop or disturb a run on these tables; none: on any of the database.
func (db *Database) Doctor(ctx context.Context, tables []schema.Name) ([]plan.Problem, error) {
	x := &examination{db: db, ctx: ctx}
	for _, look := range []func() error{x.settings, x.privileges, x.transactions, x.leftovers, x.replication} {
		if err := look(); err != nil {
			return nil, fmt.Errorf("examine the server: %w", err)
		}
	}
	for _, name := range tables {
		if name.Schema != "" && name.Schema != db.name {
			x.note(plan.Error, fmt.Sprintf("table %s is not in database %s", name, db.name), "give the address of its own database")
		}
	}
	return x.found, nil
}

// examination gathers problems.
type examination struct {
	db    *Database
	ctx   context.Context //nolint:containedctx // lives as long as one call of Doctor
	found []plan.Problem
}

func (x *examination) note(severity plan.Severity, what, remedy string) {
	x.found = append(x.found, plan.Problem{Severity: severity, What: what, Remedy: remedy})
}

// variables reads global variables; those that the server does not have are left out.
func (x *examination) variables(names ...string) (map[string]string, error) {
	rows, err := x.db.pool.QueryContext(x.ctx, "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('"+strings.Join(names, "','")+"')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		found[name] = value
	}
	return found, rows.Err()
}

func (x *examination) settings() error {
	v, err := x.variables("sql_mode", "read_only", "super_read_only", "log_bin", "log_bin_trust_function_creators", "binlog_format",
		"lock_wait_timeout", "max_write_lock_count", "innodb_autoinc_lock_mode", "event_scheduler", "secure_timestamp")
	if err != nil {
		return err
	}
	if !strings.Contains(v["sql_mode"], "STRICT_") {
		x.note(plan.Warning, "sql_mode is not strict: the application's statements change values that do not fit, without an error",
			"SET GLOBAL sql_mode = CONCAT(@@GLOBAL.sql_mode, ',STRICT_TRANS_TABLES'); runs are strict all the same")
	}
	if v["read_only"] == "ON" || v["super_read_only"] == "ON" {
		x.note(plan.Error, "the server is read_only", "connect to the primary")
	}
	if v["log_bin"] == "ON" && v["binlog_format"] == "STATEMENT" {
		x.note(plan.Error, "binlog_format is STATEMENT: the copy cannot write under READ COMMITTED", "SET GLOBAL binlog_format = ROW")
	}
	if n := v["max_write_lock_count"]; len(n) < 4 && n != "" {
		x.note(plan.Error, "max_write_lock_count is "+n+": writes may go before the statement that exchanges the tables",
			"SET GLOBAL max_write_lock_count = DEFAULT")
	}
	if x.db.keepsTriggerLists() && v["secure_timestamp"] != "" && v["secure_timestamp"] != "NO" && v["secure_timestamp"] != "REPLICATION" {
		x.note(plan.Warning, "secure_timestamp is "+v["secure_timestamp"]+": the triggers' creation time cannot be set", "run with the SUPER privilege, or set secure_timestamp = NO")
	}
	if len(v["lock_wait_timeout"]) > 5 {
		x.note(plan.Note, "lock_wait_timeout is "+v["lock_wait_timeout"]+" s: DDL of others that waits behind a long transaction stops the table for that long",
			"SET GLOBAL lock_wait_timeout = 50; runs set their own")
	}
	return nil
}

// needs are the privileges of a run, on the database.
var needs = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "TRIGGER", "LOCK TABLES"}

func (x *examination) privileges() error {
	granted, err := x.grants()
	if err != nil {
		return err
	}
	var missing []string
	for _, need := range needs {
		if !slices.Contains(granted, need) && !slices.Contains(granted, "ALL PRIVILEGES") {
			missing = append(missing, need)
		}
	}
	var user string
	if err := x.db.pool.QueryRowContext(x.ctx, "SELECT CURRENT_USER()").Scan(&user); err != nil {
		return err
	}
	if len(missing) > 0 {
		x.note(plan.Error, "user "+user+" lacks "+strings.Join(missing, ", ")+" on database "+x.db.name,
			fmt.Sprintf("GRANT %s ON %s.* TO %s", strings.Join(missing, ", "), quote(x.db.name), account(user)))
	}
	super := slices.Contains(granted, "SUPER") || slices.Contains(granted, "SET_ANY_DEFINER") || slices.Contains(granted, "BINLOG ADMIN") ||
		slices.Contains(granted, "ALL PRIVILEGES ON *.*")
	v, err := x.variables("log_bin", "log_bin_trust_function_creators")
	if err != nil {
		return err
	}
	if v["log_bin"] == "ON" && v["log_bin_trust_function_creators"] == "OFF" && !super {
		x.note(plan.Error, "user "+user+" may not create triggers while the binary log is on (error 1419)",
			"SET GLOBAL log_bin_trust_function_creators = 1, or grant SUPER")
	}
	return nil
}

func account(user string) string {
	name, host, _ := strings.Cut(user, "@")
	return literal(name) + "@" + literal(host)
}

// grants lists the privileges that hold on the whole database, from SHOW GRANTS.
func (x *examination) grants() ([]string, error) {
	rows, err := x.db.pool.QueryContext(x.ctx, "SHOW GRANTS")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		privileges, rest, ok := strings.Cut(strings.TrimPrefix(line, "GRANT "), " ON ")
		if !ok {
			continue
		}
		everywhere := strings.HasPrefix(rest, "*.* ")
		if !everywhere && !x.covers(rest) {
			continue
		}
		for p := range strings.SplitSeq(privileges, ",") {
			p = strings.TrimSpace(p)
			all = append(all, p)
			if everywhere && p == "ALL PRIVILEGES" {
				all = append(all, "ALL PRIVILEGES ON *.*")
			}
		}
	}
	return all, rows.Err()
}

// covers says whether a grant's object is our database, or a pattern that fits it.
func (x *examination) covers(object string) bool {
	name, _, ok := strings.Cut(object, ".* ")
	if !ok {
		return false
	}
	name = strings.ReplaceAll(strings.Trim(name, "`"), "\\", "")
	prefix, pattern := strings.CutSuffix(name, "%")
	return name == x.db.name || pattern && strings.HasPrefix(x.db.name, prefix)
}

// transactions names those that are open for long: a change waits for them, and everybody behind it.
func (x *examination) transactions() error {
	rows, err := x.db.pool.QueryContext(x.ctx, `SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW())
		FROM information_schema.INNODB_TRX WHERE trx_started < NOW() - INTERVAL 30 SECOND AND trx_mysql_thread_id > 0 ORDER BY trx_started LIMIT 5`)
	unseen := func() error {
		x.note(plan.Note, "whether long transactions are open cannot be seen", "grant PROCESS to see them")
		return nil
	}
	if err != nil {
		return unseen() // without the privilege there is nothing to look at
	}
	defer rows.Close()
	for rows.Next() {
		var id, seconds int64
		if err := rows.Scan(&id, &seconds); err != nil {
			return err
		}
		x.note(plan.Warning, fmt.Sprintf("session %d has been in a transaction for %d s: changes of the tables that it used wait for its end", id, seconds),
			fmt.Sprintf("let it end, or KILL %d", id))
	}
	if rows.Err() != nil { // MySQL refuses only when the rows are read
		return unseen()
	}
	return nil
}

// leftovers are tables, triggers and databases of runs that did not end.
func (x *examination) leftovers() error {
	suffixes := "_sf_(" + strings.Join(sideSuffixes, "|") + ")$"
	rows, err := x.db.pool.QueryContext(x.ctx, `SELECT 'table', TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME REGEXP ?
		UNION ALL SELECT 'trigger', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? AND TRIGGER_NAME REGEXP '_sf_(c|r|s)[iud]$'
		UNION ALL SELECT 'database', SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ?`,
		x.db.name, suffixes, x.db.name, strings.ReplaceAll(scratchPrefix, "_", `\_`)+"%")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var what, name string
		if err := rows.Scan(&what, &name); err != nil {
			return err
		}
		x.note(plan.Note, what+" "+name+" belongs to a run", "finish or roll back the run; where there is none: DROP "+strings.ToUpper(what)+" "+quote(name))
	}
	return rows.Err()
}

func (x *examination) replication() error {
	statement := "SHOW REPLICAS"
	if x.db.maria() || !x.db.mysqlSince(80022) {
		statement = "SHOW SLAVE HOSTS"
	}
	rows, err := x.db.pool.QueryContext(x.ctx, statement)
	if err != nil {
		return nil //nolint:nilerr // without the privilege there is nothing to look at
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	if n > 0 {
		x.note(plan.Note, fmt.Sprintf("%d replicas follow this server", n), "use surefoot throttle when they fall behind: this engine does not tell by how much")
	}
	return rows.Err()
}
