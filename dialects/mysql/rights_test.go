package mysql

import (
	"net/url"
	"strings"
	"testing"

	"surefoot/plan"
)

// TestForbidden: what a role lacks for a copy is said before one is begun, and a role that has it by way of
// another one, which SHOW GRANTS may not tell, lacks nothing.
func TestForbidden(t *testing.T) {
	const dml = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX"
	eachServer(t, func(t *testing.T, address string) {
		admin := openTest(t, address)
		name := admin.name
		on := " ON " + quote(name) + ".* TO "
		user := "u_" + name[len(name)-12:]
		owner := "r_" + name[len(name)-12:]
		execute(t, admin, "CREATE USER "+user+" IDENTIFIED BY 'x'", "CREATE ROLE "+owner, "GRANT ALL"+on+owner, "GRANT SUPER ON *.* TO "+owner)
		t.Cleanup(func() { execute(t, admin, "DROP USER "+user, "DROP ROLE "+owner) })
		for _, tt := range []struct {
			grant, lacks string
		}{
			{"GRANT " + dml + on + user, "lacks TRIGGER, LOCK TABLES"},
			{"GRANT " + dml + ", TRIGGER" + on + user, "lacks LOCK TABLES"},
			{"GRANT " + owner + " TO " + user, ""},
		} {
			execute(t, admin, tt.grant)
			if tt.lacks == "" {
				execute(t, admin, defaultRole(admin, owner, user))
			}
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			u.User = url.UserPassword(user, "x")
			db := openTest(t, u.String())
			found, err := db.Forbidden(t.Context(), &plan.Plan{Steps: []plan.Step{{Capture: &plan.Capture{}}}})
			if err != nil {
				t.Fatal(err)
			}
			if tt.lacks == "" && len(found) > 0 || tt.lacks != "" && (len(found) == 0 || !strings.Contains(found[0].What, tt.lacks)) {
				t.Errorf("%s: %v, want %q", tt.grant, found, tt.lacks)
			}
			if left, err := column(t.Context(), admin.pool, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?", name); err != nil || len(left) > 0 {
				t.Errorf("%s: %v is left, %v", tt.grant, left, err)
			}
		}
	})
}

func defaultRole(db *Database, role, user string) string {
	if db.maria() {
		return "SET DEFAULT ROLE " + role + " FOR " + user
	}
	return "SET DEFAULT ROLE " + role + " TO " + user
}
