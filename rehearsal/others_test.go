package rehearsal_test

import (
	"errors"
	"strings"
	"testing"

	"surefoot/schema"
)

// named is a table of which a column gets another name: one that may be NULL and has a default, and
// one that may not.
const named = `CREATE TABLE named (id INT NOT NULL PRIMARY KEY, a VARCHAR(20) DEFAULT 'x', b INT NOT NULL DEFAULT 7, c INT)
INSERT INTO named VALUES (1, 'one', 1, 1), (2, NULL, 2, 2), (3, 'three', 3, 3), (4, 'x', 4, 4), (5, '', 5, 5), (6, 'six', 6, 6), (7, 'seven', 6, 6)`

// passedOn are the ways in which the triggers of an engine pass a write on to the other name, each with
// what breaks it. The column's old name stands as OLDER, names are quoted by ~.
var passedOn = map[string][][2]string{
	"postgres": {
		{"\t\t\tNEW.~z~ := NEW.~OLDER~;\n\t\tEND IF", "\t\t\tNEW.~z~ := NULL;\n\t\tEND IF"},
		{"IS NOT NULL THEN\n\t\t\tNEW.~OLDER~ := NEW.~z~", "IS NOT NULL THEN\n\t\t\tNEW.~z~ := NEW.~z~"},
		{"::record THEN\n\t\tNEW.~OLDER~ := NEW.~z~", "::record THEN\n\t\tNEW.~z~ := NEW.~z~"},
		{"ELSIF ROW(NEW.~OLDER~)::record *<> ROW(OLD.~OLDER~)::record OR", "ELSIF"},
		{"BEFORE INSERT OR UPDATE", "BEFORE INSERT"},
		{"BEFORE INSERT OR UPDATE", "BEFORE UPDATE"},
	},
	"mysql": {
		{"IS NULL THEN SET NEW.~z~ = NEW.~OLDER~;", "IS NULL THEN SET NEW.~z~ = NULL;"},
		{"IS NULL THEN SET NEW.~z~ = NEW.~OLDER~; ELSE SET NEW.~OLDER~ = NEW.~z~", "IS NULL THEN SET NEW.~z~ = NEW.~OLDER~; ELSE SET NEW.~z~ = NEW.~z~"},
		{") THEN SET NEW.~OLDER~ = NEW.~z~", ") THEN SET NEW.~z~ = NEW.~z~"},
		{"ELSE SET NEW.~z~ = NEW.~OLDER~", "ELSE SET NEW.~z~ = OLD.~z~"},
	},
	"sqlite": {
		{"AFTER INSERT ON ~named~ WHEN", "AFTER INSERT ON ~named~ WHEN 0 AND"},
		{"COLLATE BINARY BEGIN UPDATE ~named~ SET ~z~ = NEW.~OLDER~", "COLLATE BINARY BEGIN UPDATE ~named~ SET ~z~ = ~z~"},
		{"COLLATE BINARY BEGIN UPDATE ~named~ SET ~OLDER~ = NEW.~z~", "COLLATE BINARY BEGIN UPDATE ~named~ SET ~OLDER~ = ~OLDER~"},
	},
}

// While a column has two names, whoever writes by either must be seen under both. Each way in which
// a write is passed on is broken: a rehearsal must see it.
func TestBothNamesAreWritten(t *testing.T) {
	passedOn["mariadb"] = passedOn["mysql"]
	everywhere(t, func(t *testing.T, engine, version string) {
		l := open(t, database(t, engine, version))
		l.run(named)
		quote := "`"
		if engine == "postgres" || engine == "sqlite" {
			quote = `"`
		}
		for _, column := range []string{"a", "b"} {
			change := "ALTER TABLE named RENAME COLUMN " + column + " TO z"
			if words, err := l.rehearse(change, nil); err != nil {
				t.Errorf("%s: %s%v", change, words, err)
			}
			for _, p := range passedOn[engine] {
				of := strings.NewReplacer("OLDER", column, "~", quote)
				words, err := l.rehearse(change, in(of.Replace(p[0]), of.Replace(p[1])))
				if refusal := (*schema.Refusal)(nil); !errors.As(err, &refusal) {
					t.Errorf("%s, with %s instead of %s: %s, %v", change, of.Replace(p[1]), of.Replace(p[0]), words, err)
				}
			}
		}
	})
}
