package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"surefoot/planner"
)

// question asks for what would stop or disturb a run: each row's text is an ailment.
type question struct {
	severity     planner.Severity
	what, remedy string // what has a %s for the row's text
	sql          string
}

// Doctor looks for what would stop or disturb a run on these tables; none: on any of the database.
func (db *Database) Doctor(ctx context.Context, tables []planner.Name) ([]planner.Ailment, error) {
	grants, err := db.grants(ctx)
	if err != nil {
		return nil, fmt.Errorf("examine the server: %w", err)
	}
	found, err := db.mayMakeTriggers(ctx, grants)
	if err != nil {
		return nil, fmt.Errorf("examine the server: %w", err)
	}
	found = append(found, db.missingPrivileges(grants)...)
	for _, q := range doctorQuestions {
		more, err := db.ask(ctx, q)
		if err != nil {
			return found, fmt.Errorf("examine the server: %w", err)
		}
		found = append(found, more...)
	}
	left, err := db.leftovers(ctx, tables)
	if err != nil {
		return found, fmt.Errorf("examine the server: %w", err)
	}
	order := []planner.Severity{planner.Error, planner.Warning, planner.Note}
	found = append(found, left...)
	slices.SortStableFunc(found, func(a, b planner.Ailment) int {
		return slices.Index(order, a.Severity) - slices.Index(order, b.Severity)
	})
	return found, nil
}

var doctorQuestions = []question{
	{
		severity: planner.Error, what: "the server takes no writes: %s is on", remedy: "connect to the primary",
		sql: "SELECT 'read_only' FROM DUAL WHERE @@GLOBAL.read_only <> 0",
	},
	{
		severity: planner.Warning, what: "sql_mode is not strict (%s): the application's values may be changed without an error", remedy: "add STRICT_TRANS_TABLES to the global sql_mode",
		sql: "SELECT IF(@@GLOBAL.sql_mode = '', 'empty', @@GLOBAL.sql_mode) FROM DUAL WHERE @@GLOBAL.sql_mode NOT LIKE '%STRICT%'",
	},
	{
		severity: planner.Warning, what: "a transaction is open for long: %s", remedy: "end it: DDL and a cut-over wait for it",
		sql: `SELECT CONCAT('session ', trx_mysql_thread_id, ' since ', trx_started) FROM information_schema.INNODB_TRX
			WHERE trx_started < NOW() - INTERVAL 1 MINUTE AND trx_mysql_thread_id <> CONNECTION_ID() ORDER BY trx_started LIMIT 5`,
	},
	{
		severity: planner.Warning, what: "binlog_format is %s: replicas would run the statements of the copy again", remedy: "SET GLOBAL binlog_format = ROW",
		sql: "SELECT @@GLOBAL.binlog_format FROM DUAL WHERE @@GLOBAL.log_bin <> 0 AND @@GLOBAL.binlog_format = 'STATEMENT'",
	},
	{
		severity: planner.Note, what: "innodb_flush_log_at_trx_commit is %s", remedy: "with 1 a crash of the machine loses no committed write",
		sql: "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit FROM DUAL WHERE @@GLOBAL.innodb_flush_log_at_trx_commit <> 1",
	},
	{
		severity: planner.Note, what: "lock_wait_timeout is %s s: a DDL statement run by hand queues for that long and everybody queues behind it", remedy: "SET GLOBAL lock_wait_timeout = 5; runs of surefoot set their own",
		sql: "SELECT @@GLOBAL.lock_wait_timeout FROM DUAL WHERE @@GLOBAL.lock_wait_timeout > 3600",
	},
}

func (db *Database) ask(ctx context.Context, q question) ([]planner.Ailment, error) {
	texts, err := texts(ctx, db.pool, q.sql)
	if err != nil {
		if db.Fault(err) == planner.Privilege {
			return nil, nil // what this user may not see is not this run's business
		}
		return nil, err
	}
	var out []planner.Ailment
	for _, text := range texts {
		out = append(out, planner.Ailment{Severity: q.severity, What: fmt.Sprintf(q.what, text), Remedy: q.remedy})
	}
	return out, nil
}

// texts reads the first column of a query.
func texts(ctx context.Context, q querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text.String)
	}
	return out, rows.Err()
}

// needed are the privileges that a run uses.
var needed = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "TRIGGER", "LOCK TABLES"}

// grants reads the user's own rights on the database, in capitals; every user may see them. Roles
// that are active are among them.
func (db *Database) grants(ctx context.Context) (map[string]bool, error) {
	lines, err := texts(ctx, db.pool, "SHOW GRANTS")
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, g := range lines {
		rights, on, ok := strings.Cut(strings.TrimPrefix(strings.ToUpper(g), "GRANT "), " ON ")
		if !ok || !db.covers(on) {
			continue
		}
		for right := range strings.SplitSeq(rights, ",") {
			right = strings.TrimSpace(right)
			has[right] = true
			if right == "ALL PRIVILEGES" && strings.HasPrefix(on, "*.*") {
				has["SUPER"] = true
			}
		}
	}
	return has, nil
}

func (db *Database) missingPrivileges(has map[string]bool) []planner.Ailment {
	var out []planner.Ailment
	for _, right := range needed {
		if !has[right] && !has["ALL PRIVILEGES"] {
			out = append(out, planner.Ailment{
				Severity: planner.Error, What: "this user lacks the privilege " + right + " on database " + db.name,
				Remedy: "GRANT " + right + " ON " + quote(db.name) + ".* to it",
			})
		}
	}
	return out
}

// mayMakeTriggers knows that with the binary log on only SUPER makes triggers, unless the server
// trusts all who have the TRIGGER privilege.
func (db *Database) mayMakeTriggers(ctx context.Context, has map[string]bool) ([]planner.Ailment, error) {
	var untrusting bool
	err := db.pool.QueryRowContext(ctx, "SELECT @@GLOBAL.log_bin <> 0 AND @@GLOBAL.log_bin_trust_function_creators = 0").Scan(&untrusting)
	if err != nil || !untrusting || has["SUPER"] {
		return nil, err
	}
	return []planner.Ailment{{
		Severity: planner.Error, What: "this user may not make triggers: the binary log is on and log_bin_trust_function_creators is off",
		Remedy: "SET GLOBAL log_bin_trust_function_creators = 1, or grant SUPER for the run",
	}}, nil
}

// covers says whether a grant's object, in capitals, is the whole server or this database.
func (db *Database) covers(on string) bool {
	name := strings.ToUpper(strings.ReplaceAll(quote(db.name), "_", `\_`))
	return strings.HasPrefix(on, "*.*") || strings.HasPrefix(on, strings.ToUpper(quote(db.name))+".*") || strings.HasPrefix(on, name+".*")
}

// leftovers names the side tables and triggers that stand in the database.
func (db *Database) leftovers(ctx context.Context, tables []planner.Name) ([]planner.Ailment, error) {
	names, err := texts(ctx, db.pool, `SELECT CONCAT('table ', TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?
		UNION ALL SELECT CONCAT('trigger ', TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY 1`, db.name, db.name)
	if err != nil {
		return nil, err
	}
	var out []planner.Ailment
	for _, n := range names {
		kind, name, _ := strings.Cut(n, " ")
		mine := len(tables) == 0 || slices.ContainsFunc(tables, func(t planner.Name) bool { return strings.HasPrefix(name, t.Table) })
		if mine && (kind == "table" && isSide(name) || kind == "trigger" && strings.Contains(name, "_sf_")) {
			out = append(out, planner.Ailment{
				Severity: planner.Warning, What: "left behind by a run: " + n,
				Remedy: "surefoot status names the run: finish it or roll it back, or drop what no run owns",
			})
		}
	}
	return out, nil
}
