package cases

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"surefoot/conform/servers"
)

// TestRoleWithoutStage: a role that may do all in its own database and make no other has no rehearsal. Its statements
// are tried on clones with rows: what the server refuses is refused before anything is begun, and nothing is left.
func TestRoleWithoutStage(t *testing.T) {
	for _, on := range servers.Share(t.Name(), append(targets("mysql"), targets("mariadb")...)) {
		t.Run(on.name, func(t *testing.T) {
			admin := on.fresh(t, "")
			name := admin.url[strings.LastIndex(admin.url, "/")+1:]
			user := "u_" + name[len(name)-12:]
			admin.exec("CREATE USER " + user + " IDENTIFIED BY 'x'; GRANT ALL ON " + name + ".* TO " + user + `;
				CREATE TABLE t (id INT PRIMARY KEY, v INT, w VARCHAR(40), z TEXT, d DATE);
				INSERT INTO t VALUES (1, NULL, 'much too long', 'z', '2024-01-01'), (2, 7, 'short', 'y', '2024-02-01'), (3, 7, 'w', 'x', NULL);`)
			t.Cleanup(func() { admin.exec("DROP USER " + user) })
			before := admin.state()
			role := *admin
			role.url = strings.Replace(admin.url, "root@", user+":x@", 1)
			s := &session{db: &role, dir: t.TempDir()}
			for change, says := range map[string]string{
				"ALTER TABLE t MODIFY v INT NOT NULL":                                             "refuses it",
				"ALTER TABLE t MODIFY w VARCHAR(5)":                                               "refuses it",
				"ALTER TABLE t ADD UNIQUE (v)":                                                    "clones with 3 rows of the tables take the statements",
				"ALTER TABLE t ADD FULLTEXT KEY (v)":                                              "refuses it",
				"ALTER TABLE t ADD CHECK (id < 3)":                                                "refuses it",
				"ALTER TABLE t ADD COLUMN n INT; ALTER TABLE t MODIFY w VARCHAR(5)":               "refuses it",
				"UPDATE t SET v = 1 WHERE v IS NULL; ALTER TABLE t MODIFY v INT NOT NULL":         "Not rehearsed: ",
				"ALTER TABLE t ADD COLUMN n INT NOT NULL, MODIFY v BIGINT, ADD CHECK (id < 30)":   "clones with 3 rows of the tables take the statements",
				"ALTER TABLE t ADD FOREIGN KEY (v) REFERENCES t (id)":                             "Not rehearsed: ",
				"ALTER TABLE t DROP COLUMN v, DROP COLUMN w, ADD COLUMN v VARCHAR(3) DEFAULT 'x'": "clones with 3 rows of the tables take the statements",
			} {
				if change == "ALTER TABLE t ADD UNIQUE (v)" {
					admin.exec("UPDATE t SET v = 8 WHERE id = 3")
				}
				s.log.Reset()
				c := s.start(t, nil, "plan", "--sql", change)
				r := c.Wait()
				if out := r.Stdout + r.Text; !strings.Contains(out, says) || (r.Code == 1) != (says == "refuses it") {
					t.Errorf("%s: exit code %d, want %q\n%s", change, r.Code, says, out)
				}
				admin.exec("UPDATE t SET v = 7 WHERE id = 3")
			}
			if diff := cmp.Diff(before, admin.state()); diff != "" {
				t.Errorf("plans leave something (-before +after):\n%s", diff)
			}
		})
	}
}
