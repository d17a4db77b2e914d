package mysql

import (
	"context"
	"fmt"
	"slices"

	"surefoot/plan"
	"surefoot/schema"
)

// Forbidden says what this role may not do that a plan's copies of tables need. What SHOW GRANTS leaves open (roles
// may grant more than it shows) is tried on a table of its own.
func (db *Database) Forbidden(ctx context.Context, p *plan.Plan) (found []plan.Problem, err error) {
	if !slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Capture != nil }) {
		return nil, nil
	}
	x := &examination{db: db, ctx: ctx}
	if err := x.privileges(); err != nil {
		return nil, fmt.Errorf("read the privileges: %w", err)
	}
	if len(x.found) == 0 {
		return nil, nil
	}
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("try the privileges: %w", err)
	}
	defer conn.Close()
	tried := cloneName(schema.Name{Schema: db.name, Table: "privileges"})
	drop := "DROP TABLE IF EXISTS " + qualified(tried)
	for _, q := range []string{
		drop, "CREATE TABLE " + qualified(tried) + " (id INT NOT NULL PRIMARY KEY, v INT)",
		"CREATE TRIGGER " + quote(db.name) + "." + quote(tried.Table+"_sf_ci") + " BEFORE INSERT ON " + qualified(tried) + " FOR EACH ROW SET NEW.v = 1",
		"LOCK TABLES " + qualified(tried) + " WRITE", "UNLOCK TABLES",
		"ALTER TABLE " + qualified(tried) + " ADD INDEX (v)", "INSERT INTO " + qualified(tried) + " (id) VALUES (1)",
		"UPDATE " + qualified(tried) + " SET v = id", "DELETE FROM " + qualified(tried), drop,
	} {
		if _, err = conn.ExecContext(ctx, q); err != nil {
			break
		}
	}
	if err == nil {
		return nil, nil
	}
	_, _ = conn.ExecContext(context.WithoutCancel(ctx), drop) // what could not be dropped could not be made
	if db.Fault(err) != plan.Privilege {
		return nil, fmt.Errorf("try the privileges: %w", err)
	}
	return x.found, nil
}
