package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"

	"surefoot/plan"
	"surefoot/schema"
)

// attempt is one combination of ALGORITHM and LOCK.
type attempt struct{ algorithm, lock string }

// alters says that a statement is an ALTER TABLE, which the server can be asked about though nobody here reads it.
func (d *Dialect) alters(statement string) bool {
	toks := tokenize(d.resolve(statement), d.mode)
	return len(toks) > 1 && toks[0].is("alter") && (toks[1].is("table") || len(toks) > 2 && toks[2].is("table"))
}

// attempts lists the combinations, milder first.
func (d *Dialect) attempts() []attempt {
	all := []attempt{{"INSTANT", "NONE"}}
	if d.maria() {
		all = append(all, attempt{"NOCOPY", "NONE"}, attempt{"NOCOPY", "SHARED"})
	}
	return append(all, attempt{"INPLACE", "NONE"}, attempt{"INPLACE", "SHARED"}, attempt{"INPLACE", "EXCLUSIVE"},
		attempt{"COPY", "NONE"}, attempt{"COPY", "SHARED"}, attempt{"COPY", "EXCLUSIVE"})
}

// clauses gives the text of ALGORITHM and LOCK. INSTANT takes no LOCK clause in MySQL.
func (a attempt) clauses() string {
	if a.algorithm == "INSTANT" {
		return "ALGORITHM=INSTANT"
	}
	return "ALGORITHM=" + a.algorithm + ", LOCK=" + a.lock
}

// errNotAsked says that nobody can ask the server about a change: the table of facts answers.
var errNotAsked = errors.New("the server was not asked")

// Probe runs a statement, or what a rule made of one, on an empty clone of its table with one
// ALGORITHM and LOCK after the other and gives the first that the server accepts. What the plan has
// changed before it is changed on the clone first. The table itself is not touched.
func (db *Database) Probe(ctx context.Context, n schema.Native, s *schema.Schema) (plan.Effect, error) {
	t := s.Table(n.Name)
	switch {
	case len(n.Clauses) == 1 && verbatim(n.Clauses[0]) && !db.alters(n.SQL): // what is known of it is in the manual
		return db.Effect(n, s), nil
	case !slices.ContainsFunc(n.Clauses, func(c schema.Change) bool { return !wholeTable(c) }): // a clone has nothing to say about it
		return db.Effect(n, s), nil
	case t == nil:
		return plan.Unknown(), nil
	case aboutForeignKeys(n.Clauses), t.Foretold: // a clone would be one of what the server has now
		return db.Effect(n, s), nil
	}
	if n.SQL == "" {
		if slices.ContainsFunc(n.Clauses, ownSteps) {
			return plan.Unknown(), errNotAsked
		}
		n.Clauses = db.restateAll(flat(n.Clauses), t)
	}
	clone := cloneName(t.Name)
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return plan.Unknown(), fmt.Errorf("probe %s: %w", t.Name, err)
	}
	defer conn.Close()
	e, err := db.probe(ctx, conn, n, s, clone)
	if verbatim(n.Clauses[0]) && (err != nil || e.Source == plan.NotKnown) {
		return db.Effect(n, s), nil // the clauses that ask may not fit to what nobody reads
	}
	if err != nil {
		return plan.Unknown(), fmt.Errorf("probe %s: %w", t.Name, err)
	}
	return e, nil
}

func (db *Database) probe(ctx context.Context, conn *sql.Conn, n schema.Native, s *schema.Schema, clone schema.Name) (plan.Effect, error) {
	t := s.Table(n.Name)
	rename := func(name string) string { return db.cloneConstraint(asRead(t), clone, name) }
	if _, err := db.onClone(n, clone, "", rename); err != nil && n.SQL == "" {
		return plan.Unknown(), errNotAsked
	} else if err != nil {
		return plan.Unknown(), nil //nolint:nilerr // nobody can ask the server about it
	}
	if len(n.Setup) > 0 {
		defer conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // what the script sets is for nobody else
	}
	drop := "DROP TABLE IF EXISTS " + qualified(clone)
	defer conn.ExecContext(context.WithoutCancel(ctx), drop) //nolint:errcheck // Doctor finds what is left
	if err := db.makeClone(ctx, conn, t, clone, rename); err != nil {
		return plan.Unknown(), err
	}
	before, err := db.storage(ctx, conn, clone)
	if err != nil {
		return plan.Unknown(), err
	}
	setup := n.Setup
	if len(setup) == 0 && slices.ContainsFunc(flat(n.Clauses), letsCount) { // as its step runs it
		setup = []string{"SET SESSION sql_mode = " + db.usersMode(nil)}
		defer conn.ExecContext(context.WithoutCancel(ctx), "SET SESSION sql_mode = "+db.sessionMode(nil)) //nolint:errcheck // a session that is broken is not used again
	}
	if err := runAll(ctx, conn, setup); err != nil {
		return plan.Unknown(), err
	}
	for _, a := range db.attempts() { // one that is refused leaves the clone as it was
		if a.algorithm == "COPY" && a.lock == "NONE" && cascades(t) || a.algorithm == "INSTANT" && (db.full(t) && comesOrGoes(n.Clauses) || db.renamesReferred(n.Clauses, s)) {
			continue
		}
		body, _ := db.onClone(n, clone, a.clauses(), rename)
		if _, err = conn.ExecContext(ctx, body); err == nil {
			after, err := db.storage(ctx, conn, clone)
			if err != nil {
				return plan.Unknown(), err
			}
			return db.probed(n, s, a, before, after), nil
		}
	}
	return plan.Unknown(), db.refusal(n, clone, err)
}

// refusal is what the server said last, when it was asked as mildly as can be. Of a user's statement
// that is the answer, unless it is about the moment or this role; it is about the table then, not its clone.
func (db *Database) refusal(n schema.Native, clone schema.Name, err error) error {
	if declines(err) {
		return nil
	}
	if n.SQL == "" || db.ofNow(err) {
		return err
	}
	return &schema.Rejected{Answer: strings.ReplaceAll(err.Error(), clone.Table, n.Name.Table)}
}

// ofNow says that an error is about the moment or the role, and not about the statement.
func (db *Database) ofNow(err error) bool {
	return slices.Contains([]plan.Fault{plan.Busy, plan.Gone, plan.DiskFull, plan.Privilege, plan.ReadOnly}, db.Fault(err))
}

// renamesReferred: a column gets another name to which other tables refer, which is not INSTANT here. A clone has
// no such tables.
func (d *Dialect) renamesReferred(clauses []schema.Change, s *schema.Schema) bool {
	w, _ := d.way(renameReferred)
	return w.algorithm != "INSTANT" && slices.ContainsFunc(flat(clauses), func(c schema.Change) bool { return d.sortIn(c, s) == renameReferred })
}

// ownSteps says that a piece becomes more than a clause of ALTER TABLE, or nothing.
func ownSteps(c schema.Change) bool {
	switch c := c.(type) {
	case schema.AddConstraint:
		return c.UsingIndex != ""
	case schema.ValidateConstraint, schema.Backfill, schema.SyncColumns, schema.UnsyncColumns, schema.TwinIndex, schema.ReplaceIndex:
		return true
	}
	return false
}

// wholeTable: a table comes, goes or gets another name.
func wholeTable(c schema.Change) bool {
	switch c.(type) {
	case schema.CreateTable, schema.DropTable, schema.RenameTable:
		return true
	}
	return false
}

// declines says whether an error only means that this ALGORITHM or LOCK will not do.
func declines(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && (faultOf(e) == plan.Declined || e.Number == 1221)
}

// makeClone makes the empty clone anew, stored as its table is, and as the plan has changed that so far.
func (db *Database) makeClone(ctx context.Context, conn *sql.Conn, t *schema.Table, clone schema.Name, rename func(string) string) error {
	statements := []string{"DROP TABLE IF EXISTS " + qualified(clone), "CREATE TABLE " + qualified(clone) + " LIKE " + qualified(asRead(t).Name)}
	statements = append(statements, formerKey(asRead(t), clone)...)
	statements = append(statements, db.rehash(asRead(t), clone)...)
	for _, c := range t.Applied {
		switch c.(type) {
		case schema.RenameTable, schema.Hold: // a clone has a name of its own
			continue
		case schema.SyncColumns, schema.UnsyncColumns, schema.Backfill: // and neither triggers nor rows
			continue
		}
		if aboutForeignKeys([]schema.Change{c}) {
			continue // and no foreign keys
		}
		parts, err := db.clauses([]schema.Change{c}, rename)
		if err != nil {
			return errNotAsked
		}
		statements = append(statements, "ALTER TABLE "+qualified(clone)+" "+strings.Join(parts, ", "))
	}
	return runAll(ctx, conn, statements)
}

// runAll runs statements in a session, one after the other.
func runAll(ctx context.Context, conn *sql.Conn, statements []string) error {
	for _, q := range statements {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// asRead is a table as it stands on the server, without what the plan has changed so far.
func asRead(t *schema.Table) *schema.Table {
	if t.Origin != nil {
		return t.Origin
	}
	return t
}

// aboutForeignKeys says whether a clause adds or drops a foreign key. A clone has none, and one on
// the clone would lock the parent table, so the table of facts answers.
func aboutForeignKeys(clauses []schema.Change) bool {
	return slices.ContainsFunc(flat(clauses), func(c schema.Change) bool {
		switch c := c.(type) {
		case schema.AddConstraint:
			return c.Constraint.Kind == schema.ForeignKey
		case schema.DropConstraint:
			return c.What == schema.ForeignKey
		}
		return false
	})
}

// cloneConstraint is the name of a foreign key or check on the clone. LIKE numbers checks anew where
// their names are unique in the database.
func (d *Dialect) cloneConstraint(t *schema.Table, clone schema.Name, name string) string {
	n := 0
	for _, k := range t.Constraints {
		if k.Kind != schema.Check {
			continue
		}
		n++
		if k.Name == name && d.checksPerSchema() {
			return fmt.Sprintf("%s_chk_%d", clone.Table, n)
		}
		if k.Name == name {
			return name
		}
	}
	return schema.SideName(name, "probe", nameLimit)
}

// cloneName is no other table's on the server, in any database, and has only letters that stand for
// themselves in the names of InnoDB's files: the clone is found by it whatever its database is called.
func cloneName(of schema.Name) schema.Name {
	sum := sha256.Sum256([]byte(of.Schema + "/" + of.Table))
	return schema.Name{Schema: of.Schema, Table: "surefoot_" + hex.EncodeToString(sum[:8]) + "_sf_probe"}
}

// probed is the effect of a statement that the server accepted with this algorithm and lock. Where
// it cannot be seen what becomes of the rows, it is at least what the table of facts says.
func (d *Dialect) probed(n schema.Native, s *schema.Schema, a attempt, before, after storage) plan.Effect {
	t := s.Table(n.Name)
	if a.algorithm == "COPY" && ownEngine(t) != "" {
		a.lock = "SHARED" // writers wait for the table's own lock, whatever the server promises
	}
	known := d.Effect(n, s)
	e := d.effectOf(a)
	e.Source = plan.Probed
	e.LosesData, e.Breaks, e.Refused = known.LosesData, known.Breaks, known.Refused
	seen := len(before.tables) > 0 && len(after.tables) > 0
	e.Rewrites = a.algorithm == "COPY" || seen && gains(before.tables, after.tables) && gains(after.tables, before.tables)
	e.RebuildsIndexes = e.Rewrites || gains(before.indexes, after.indexes)
	e.Scans = e.RebuildsIndexes
	if !seen && !e.Rewrites && !metadataOnly(t) {
		return e.Worst(known)
	}
	return e
}
