package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
)

// Forbidden says which tables of a plan this role may not alter: only their owner may, and who is a member of it.
func (db *Database) Forbidden(ctx context.Context, p *plan.Plan) ([]plan.Problem, error) {
	var found []plan.Problem
	for _, name := range p.Tables {
		if !slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Table == name.String() && slices.ContainsFunc(s.SQL, ownersOnly) }) {
			continue
		}
		owners, err := column(ctx, db.pool, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = "+regclass(name)+" AND NOT pg_has_role(relowner, 'USAGE')")
		if err != nil {
			return nil, fmt.Errorf("look who owns %s: %w", name, err)
		}
		for _, owner := range owners {
			found = append(found, plan.Problem{
				Severity: plan.Error, What: "table " + name.String() + " belongs to " + owner + ", and this role is not a member of it",
				Remedy: "connect as " + owner + ", or GRANT " + quote(owner) + " TO this role",
			})
		}
	}
	return found, nil
}

// ownersOnly says that a statement needs the table's owner.
func ownersOnly(sql string) bool {
	return slices.ContainsFunc([]string{"ALTER TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "}, func(words string) bool {
		return strings.HasPrefix(strings.ToUpper(strings.TrimSpace(sql)), words)
	})
}
