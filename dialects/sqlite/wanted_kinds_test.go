package sqlite

import (
	"strings"

	"surefoot/dialects/dialecttest"
)

// kindsOfChange are schemas that differ in one thing: name | there | wanted | rows | a column whose values change | why it
// is refused.
const kindsOfChange = `
int to text | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); | INSERT INTO t VALUES (1, 5), (2, NULL); | t.a
text to int | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO t VALUES (1, '5'), (2, 'x');
real to int | CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER); | INSERT INTO t VALUES (1, 5), (2, 6.5);
blob | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB); | INSERT INTO t VALUES (1, 'x'), (2, x'00ff');
no type | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a); | INSERT INTO t VALUES (1, 5), (2, 'x');
to strict | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT) STRICT; | INSERT INTO t VALUES (1, 5), (2, NULL); | | STRICT and WITHOUT ROWID do not come from a wanted schema
from strict | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT) STRICT; | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO t VALUES (1, 5), (2, NULL); | | STRICT and WITHOUT ROWID do not come from a wanted schema
without rowid | CREATE TABLE t (id TEXT PRIMARY KEY, a INT); | CREATE TABLE t (id TEXT PRIMARY KEY, a INT) WITHOUT ROWID; | INSERT INTO t VALUES ('a', 5), ('b', NULL); | | STRICT and WITHOUT ROWID do not come from a wanted schema
with rowid | CREATE TABLE t (id TEXT PRIMARY KEY, a INT) WITHOUT ROWID; | CREATE TABLE t (id TEXT PRIMARY KEY, a INT); | INSERT INTO t VALUES ('a', 5), ('b', NULL); | | STRICT and WITHOUT ROWID do not come from a wanted schema
primary key composite | CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a)); | CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)); | INSERT INTO t VALUES (1, 2), (2, 3);
primary key to rowid | CREATE TABLE t (a INT PRIMARY KEY, b INT); | CREATE TABLE t (a INTEGER PRIMARY KEY, b INT); | INSERT INTO t VALUES (7, 2), (2, 3);
primary key other | CREATE TABLE t (a INTEGER PRIMARY KEY, b INT NOT NULL); | CREATE TABLE t (a INTEGER NOT NULL, b INT NOT NULL PRIMARY KEY); | INSERT INTO t VALUES (1, 2), (2, 3);
primary key gone | CREATE TABLE t (a INTEGER PRIMARY KEY, b INT NOT NULL); | CREATE TABLE t (a INTEGER, b INT NOT NULL); | INSERT INTO t VALUES (1, 2), (2, 3);
primary key comes | CREATE TABLE t (a INTEGER, b INT NOT NULL); | CREATE TABLE t (a INTEGER PRIMARY KEY, b INT NOT NULL); | INSERT INTO t VALUES (1, 2), (2, 3);
primary key column goes | CREATE TABLE t (a INTEGER PRIMARY KEY, b INT NOT NULL); | CREATE TABLE t (b INTEGER PRIMARY KEY); | INSERT INTO t VALUES (1, 2), (2, 3);
unique conflict | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE ON CONFLICT REPLACE); | INSERT INTO t VALUES (1, 2), (2, 3);
unique by a collation | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, UNIQUE (a, b)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, UNIQUE (a COLLATE NOCASE, b DESC)); | INSERT INTO t VALUES (1, 'x', 3), (2, 'y', 4);
primary key order | CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)); | CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b DESC) ON CONFLICT IGNORE); | INSERT INTO t VALUES (1, 3), (2, 4);
unique of two | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, UNIQUE (a)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, UNIQUE (a, b)); | INSERT INTO t VALUES (1, 2, 3), (2, 3, 4);
unique named | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, CONSTRAINT u1 UNIQUE (a)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, CONSTRAINT u2 UNIQUE (a)); | INSERT INTO t VALUES (1, 2), (2, 3);
unique gone | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO t VALUES (1, 2), (2, 3);
check changed | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 1)); | INSERT INTO t VALUES (1, 2), (2, 3);
check named changed | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, CONSTRAINT c CHECK (a > 0)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, CONSTRAINT c CHECK (a > 1)); | INSERT INTO t VALUES (1, 2), (2, 3);
check gone | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO t VALUES (1, 2), (2, 3);
default expression | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 3); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT (abs(-4))); | INSERT INTO t VALUES (1, 2), (2, 3);
default time | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT CURRENT_TIMESTAMP); | INSERT INTO t VALUES (1, 'x');
default gone | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 3); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO t VALUES (1, 2), (2, 3);
not null gone | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO t VALUES (1, 2), (2, 3);
virtual to stored | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) VIRTUAL); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) STORED); | INSERT INTO t (id, a) VALUES (1, 2), (2, 3);
stored to virtual | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) STORED); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) VIRTUAL); | INSERT INTO t (id, a) VALUES (1, 2), (2, 3);
virtual with an index | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 1) VIRTUAL); CREATE INDEX tg ON t (g); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a + 2) VIRTUAL); CREATE INDEX tg ON t (g); | INSERT INTO t (id, a) VALUES (1, 2), (2, 3); | t.g
new stored column | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a * 2) STORED); | INSERT INTO t VALUES (1, 2), (2, 3);
new unique column | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, u INT UNIQUE); | INSERT INTO t VALUES (1, 2), (2, 3);
new column with a check | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, u INT NOT NULL DEFAULT 4 CHECK (u > 3) REFERENCES t (id)); | INSERT INTO t VALUES (4, 2);
column goes with its index | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT); CREATE INDEX ta ON t (a, b); | CREATE TABLE t (id INTEGER PRIMARY KEY, b INT); | INSERT INTO t VALUES (1, 2, 3);
column goes of a unique key | CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, UNIQUE (a, b)); | CREATE TABLE t (id INTEGER PRIMARY KEY, b INT); | INSERT INTO t VALUES (1, 2, 3);
expression index | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX ta ON t (lower(a)); | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE UNIQUE INDEX ta ON t (upper(a)) WHERE a IS NOT NULL; | INSERT INTO t VALUES (1, 'x');
index collation | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX ta ON t (a); | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX ta ON t (a COLLATE NOCASE DESC); | INSERT INTO t VALUES (1, 'x');
foreign key comes | CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a INT REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED); | INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1);
foreign key goes | CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a INT REFERENCES p); | CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); | INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1);
foreign key to another | CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE q (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES p (id)); | CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE q (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES q (id) ON UPDATE CASCADE); | INSERT INTO p VALUES (1); INSERT INTO q VALUES (1); INSERT INTO t VALUES (1, 1);
names | CREATE TABLE "a-b c" ("i d" INTEGER PRIMARY KEY, [x y] INT, "q""q" TEXT); | CREATE TABLE "a-b c" ("i d" INTEGER PRIMARY KEY, [x y] INT NOT NULL, "q""q" TEXT DEFAULT 'it''s'); CREATE INDEX "k k" ON "a-b c" ("q""q"); | INSERT INTO "a-b c" VALUES (1, 2, 'z');
other letters | CREATE TABLE t (Id INTEGER PRIMARY KEY, Abc INT); | CREATE TABLE t (id INTEGER PRIMARY KEY, abc INT); | INSERT INTO t VALUES (1, 2);
`

func kindPairs() []dialecttest.Pair {
	var out []dialecttest.Pair
	for line := range strings.Lines(strings.TrimSpace(kindsOfChange)) {
		f := strings.Split(line, "|")
		p := dialecttest.Pair{Name: strings.TrimSpace(f[0]), Have: f[1], Want: f[2], Rows: f[3]}
		if len(f) > 4 {
			p.Changed = []string{strings.TrimSpace(f[4])}
		}
		if len(f) > 5 {
			p.Refused = strings.TrimSpace(f[5])
		}
		out = append(out, p)
	}
	return out
}
