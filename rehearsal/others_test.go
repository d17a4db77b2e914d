package rehearsal_test

import (
	"errors"
	"strings"
	"testing"

	"surefoot/planner"
)

// named is a table of which a column gets another name: one that may be NULL and has a default, and
// one that may not.
const named = `CREATE TABLE named (id INT PRIMARY KEY, a VARCHAR(20) DEFAULT 'x', b INT NOT NULL, c INT)
INSERT INTO named VALUES (1, 'one', 1, 1), (2, NULL, 2, 2), (3, 'three', 3, 3), (4, 'x', 4, 4), (5, '', 5, 5), (6, 'six', 6, 6), (7, 'seven', 6, 6), (8, 'eight', 8, 8), (9, 'nine', 8, 8), (10, 'ten', 8, 8)`

// While a column has two names, whoever writes by either must be seen under both. Each way in which
// a write is passed on is broken: a rehearsal must see it.
func TestBothNamesAreWritten(t *testing.T) {
	const q = "`"
	broken := map[string][][2]string{
		"postgres": {
			{`NEW."z" := NEW."?";` + "\n\t\tEND IF", `NEW."z" := NULL;` + "\n\t\tEND IF"}, // insert by the old name
			{"IS NOT NULL THEN\n\t\t\tNEW.\"?\" := NEW.\"z\"", "IS NOT NULL THEN\n\t\t\tNEW.\"z\" := NEW.\"z\""},
			{"*<> ROW(OLD.\"z\")::record THEN\n\t\tNEW.\"?\" := NEW.\"z\"", "*<> ROW(OLD.\"z\")::record THEN\n\t\tNEW.\"z\" := NEW.\"z\""},
			{`ELSIF ROW(NEW."?")::record *<> ROW(OLD."?")::record OR`, "ELSIF"},
			{"BEFORE INSERT OR UPDATE", "BEFORE INSERT"},
			{"BEFORE INSERT OR UPDATE", "BEFORE UPDATE"},
		},
		"mysql": {
			{"IS NULL THEN SET NEW." + q + "z" + q + " = NEW." + q + "?" + q, "IS NULL THEN SET NEW." + q + "z" + q + " = NULL"},
			{"ELSE SET NEW." + q + "?" + q + " = NEW." + q + "z" + q, "ELSE SET NEW." + q + "?" + q + " = NEW." + q + "?" + q},
			{"THEN SET NEW." + q + "?" + q + " = NEW." + q + "z" + q, "THEN SET NEW." + q + "z" + q + " = NEW." + q + "z" + q},
			{"THEN SET NEW." + q + "z" + q + " = NEW." + q + "?" + q + "; END", "THEN SET NEW." + q + "z" + q + " = OLD." + q + "z" + q + "; END"},
		},
		"sqlite": {
			{"AFTER INSERT ON \"named\" WHEN", "AFTER INSERT ON \"named\" WHEN 0 AND"},
			{"COLLATE BINARY BEGIN UPDATE \"named\" SET \"z\" = NEW.\"?\"", "COLLATE BINARY BEGIN UPDATE \"named\" SET \"z\" = \"z\""},
			{"COLLATE BINARY BEGIN UPDATE \"named\" SET \"?\" = NEW.\"z\"", "COLLATE BINARY BEGIN UPDATE \"named\" SET \"?\" = \"?\""},
		},
	}
	broken["mariadb"] = broken["mysql"]
	everywhere(t, func(t *testing.T, engine, version string) {
		l := open(t, database(t, engine, version))
		l.run(named)
		for _, column := range []string{"a", "b"} {
			change := "ALTER TABLE named RENAME COLUMN " + column + " TO z"
			if words, err := l.rehearse(change, nil); err != nil {
				t.Errorf("%s: %s%v", change, words, err)
			}
			for _, b := range broken[engine] {
				of := strings.NewReplacer("?", column)
				words, err := l.rehearse(change, in(of.Replace(b[0]), of.Replace(b[1])))
				if refusal := (*planner.Refusal)(nil); !errors.As(err, &refusal) {
					t.Errorf("%s, with %s instead of %s: %s, %v", change, of.Replace(b[1]), of.Replace(b[0]), words, err)
				}
			}
		}
	})
}
