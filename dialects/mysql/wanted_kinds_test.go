package mysql

import (
	"strings"

	"surefoot/dialects/dialecttest"
)

// kindsOfChange are schemas that differ in one thing: name | there | wanted | rows | a column whose values change.
const kindsOfChange = `
pk ai added | CREATE TABLE t (id int NOT NULL, a int) | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int) | INSERT INTO t VALUES (1,5),(2,6)
pk ai new column | CREATE TABLE t (a int) | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int) | INSERT INTO t VALUES (1),(2)
pk ai new column big | CREATE TABLE t (a int, b int) | CREATE TABLE t (a int, id bigint unsigned NOT NULL AUTO_INCREMENT, b int, UNIQUE KEY uid (id)) | INSERT INTO t VALUES (1,2),(2,3)
ai goes | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int) | CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int) | INSERT INTO t VALUES (1,5),(2,6)
ai goes and key | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int) | CREATE TABLE t (id int NOT NULL, a int) | INSERT INTO t VALUES (1,5),(2,6)
ai comes | CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int) | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int) | INSERT INTO t VALUES (1,5),(2,6)
ai moves | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int NOT NULL, KEY (a)) | CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int NOT NULL AUTO_INCREMENT, KEY (a)) | INSERT INTO t VALUES (1,5),(2,6)
stored to virtual | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+1) STORED) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+1) VIRTUAL) | INSERT INTO t (id,a) VALUES (1,5),(2,6)
virtual to stored | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+1) VIRTUAL) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+1) STORED) | INSERT INTO t (id,a) VALUES (1,5),(2,6)
expr changed | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+1) STORED) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) STORED) | INSERT INTO t (id,a) VALUES (1,5),(2,6) | t.g
expr changed virtual | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+1) VIRTUAL, KEY kg (g)) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) VIRTUAL, KEY kg (g)) | INSERT INTO t (id,a) VALUES (1,5),(2,6) | t.g
plain to stored | CREATE TABLE t (id int PRIMARY KEY, a int, g int) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) STORED) | INSERT INTO t (id,a,g) VALUES (1,5,9),(2,6,9) | t.g
plain to virtual | CREATE TABLE t (id int PRIMARY KEY, a int, g int) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) VIRTUAL) | INSERT INTO t (id,a,g) VALUES (1,5,9),(2,6,9) | t.g
virtual to plain | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) VIRTUAL) | CREATE TABLE t (id int PRIMARY KEY, a int, g int) | INSERT INTO t (id,a) VALUES (1,5),(2,6)
virtual to plain with keys | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) VIRTUAL, UNIQUE KEY ug (g), KEY kg (g,a)) | CREATE TABLE t (id int PRIMARY KEY, a int, g bigint NOT NULL, UNIQUE KEY ug (g), KEY kg (g,a)) | INSERT INTO t (id,a) VALUES (1,5),(2,6)
virtual to stored with unique keys | CREATE TABLE t (id int PRIMARY KEY, a int, s varchar(40), g int AS (a+2) VIRTUAL, h varchar(50) AS (concat(s, '!')) STORED, UNIQUE KEY ug (g, id), UNIQUE KEY uh (h(20), id), KEY kg (g, h)) | CREATE TABLE t (id int PRIMARY KEY, a int, s varchar(40), g int AS (a+2) STORED, h varchar(50) AS (concat(s, '!')) VIRTUAL, UNIQUE KEY ug (g, id), UNIQUE KEY uh (h(20), id), KEY kg (g, h)) | INSERT INTO t (id,a,s) VALUES (1,5,'x'),(2,5,'y')
virtual to stored and other keys | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) VIRTUAL, UNIQUE KEY ug (g), KEY kg (g)) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) STORED, UNIQUE KEY ug (g, a), KEY kg (g, a)) | INSERT INTO t (id,a) VALUES (1,5),(2,6)
virtual to stored under checks | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) VIRTUAL, CONSTRAINT c0 CHECK (a > 0), CONSTRAINT c1 CHECK (g > 0), CONSTRAINT c2 CHECK (g > a)) | CREATE TABLE t (id int PRIMARY KEY, a int, g int AS (a+2) STORED, CONSTRAINT c0 CHECK (a > 0), CONSTRAINT c1 CHECK (g > 0), CONSTRAINT c2 CHECK (g > a)) | INSERT INTO t (id,a) VALUES (1,5),(2,6)
char to binary | CREATE TABLE t (id int PRIMARY KEY, a char(4)) | CREATE TABLE t (id int PRIMARY KEY, a binary(4)) | INSERT INTO t VALUES (1,'abcd')
varchar to varbinary | CREATE TABLE t (id int PRIMARY KEY, a varchar(4)) | CREATE TABLE t (id int PRIMARY KEY, a varbinary(16)) | INSERT INTO t VALUES (1,'abcd')
key block size | CREATE TABLE t (id int PRIMARY KEY, a int) | CREATE TABLE t (id int PRIMARY KEY, a int) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 | INSERT INTO t VALUES (1,1)
row format | CREATE TABLE t (id int PRIMARY KEY, a int) ROW_FORMAT=COMPACT | CREATE TABLE t (id int PRIMARY KEY, a int) ROW_FORMAT=DYNAMIC | INSERT INTO t VALUES (1,1)
row format gone | CREATE TABLE t (id int PRIMARY KEY, a int) ROW_FORMAT=COMPACT | CREATE TABLE t (id int PRIMARY KEY, a int) | INSERT INTO t VALUES (1,1)
stats | CREATE TABLE t (id int PRIMARY KEY, a int) | CREATE TABLE t (id int PRIMARY KEY, a int) STATS_PERSISTENT=1 STATS_AUTO_RECALC=0 STATS_SAMPLE_PAGES=30 | INSERT INTO t VALUES (1,1)
max rows | CREATE TABLE t (id int PRIMARY KEY, a int) MAX_ROWS=100 AVG_ROW_LENGTH=20 | CREATE TABLE t (id int PRIMARY KEY, a int) MIN_ROWS=3 | INSERT INTO t VALUES (1,1)
spatial key | CREATE TABLE t (id int PRIMARY KEY, g point NOT NULL) | CREATE TABLE t (id int PRIMARY KEY, g point NOT NULL, SPATIAL KEY sg (g)) | INSERT INTO t VALUES (1,point(1,1))
fulltext key | CREATE TABLE t (id int PRIMARY KEY, g text) | CREATE TABLE t (id int PRIMARY KEY, g text, FULLTEXT KEY sg (g)) | INSERT INTO t VALUES (1,'x')
fulltext goes | CREATE TABLE t (id int PRIMARY KEY, g text, FULLTEXT KEY sg (g)) | CREATE TABLE t (id int PRIMARY KEY, g text) | INSERT INTO t VALUES (1,'x')
pk to other column | CREATE TABLE t (id int NOT NULL, b int NOT NULL, PRIMARY KEY (id)) | CREATE TABLE t (id int NOT NULL, b int NOT NULL, PRIMARY KEY (b)) | INSERT INTO t VALUES (1,1)
pk to composite and retyped | CREATE TABLE t (id int NOT NULL, b int NOT NULL, PRIMARY KEY (id)) | CREATE TABLE t (id bigint NOT NULL, b int NOT NULL, PRIMARY KEY (id,b)) | INSERT INTO t VALUES (1,1)
pk ai to composite | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, b int NOT NULL, PRIMARY KEY (id)) | CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, b int NOT NULL, PRIMARY KEY (b,id), UNIQUE KEY (id)) | INSERT INTO t VALUES (1,1)
pk goes | CREATE TABLE t (id int NOT NULL, b int NOT NULL, PRIMARY KEY (id)) | CREATE TABLE t (id int NOT NULL, b int NOT NULL) | INSERT INTO t VALUES (1,1)
pk goes null | CREATE TABLE t (id int NOT NULL, b int NOT NULL, PRIMARY KEY (id)) | CREATE TABLE t (id int, b int NOT NULL) | INSERT INTO t VALUES (1,1)
pk goes replaced by unique | CREATE TABLE t (id int NOT NULL, b int NOT NULL, PRIMARY KEY (id)) | CREATE TABLE t (id int NOT NULL, b int NOT NULL, UNIQUE KEY u (id)) | INSERT INTO t VALUES (1,1)
pk on nullable | CREATE TABLE t (id int, b int) | CREATE TABLE t (id int PRIMARY KEY, b int) | INSERT INTO t VALUES (1,1)
pk column dropped | CREATE TABLE t (id int PRIMARY KEY, b int NOT NULL) | CREATE TABLE t (b int PRIMARY KEY) | INSERT INTO t VALUES (1,1)
pk column replaced | CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, b int NOT NULL) | CREATE TABLE t (uid bigint AUTO_INCREMENT PRIMARY KEY, b int NOT NULL) | INSERT INTO t VALUES (1,1)
int to enum | CREATE TABLE t (id int PRIMARY KEY, b varchar(5)) | CREATE TABLE t (id int PRIMARY KEY, b enum('a','b') NOT NULL DEFAULT 'a') | INSERT INTO t VALUES (1,'a')
enum reorder | CREATE TABLE t (id int PRIMARY KEY, b enum('a','b')) | CREATE TABLE t (id int PRIMARY KEY, b enum('b','a')) | INSERT INTO t VALUES (1,'a')
set members | CREATE TABLE t (id int PRIMARY KEY, b set('a','b')) | CREATE TABLE t (id int PRIMARY KEY, b set('a','b','c') DEFAULT 'a,c') | INSERT INTO t VALUES (1,'a')
json | CREATE TABLE t (id int PRIMARY KEY, b text) | CREATE TABLE t (id int PRIMARY KEY, b json) | INSERT INTO t VALUES (1,'{}')
json back | CREATE TABLE t (id int PRIMARY KEY, b json) | CREATE TABLE t (id int PRIMARY KEY, b longtext) | INSERT INTO t VALUES (1,'{}')
bit | CREATE TABLE t (id int PRIMARY KEY, b bit(1) DEFAULT b'0') | CREATE TABLE t (id int PRIMARY KEY, b bit(8) DEFAULT b'11') | INSERT INTO t VALUES (1,1)
bool | CREATE TABLE t (id int PRIMARY KEY, b bool) | CREATE TABLE t (id int PRIMARY KEY, b bool NOT NULL DEFAULT true) | INSERT INTO t VALUES (1,1)
decimal | CREATE TABLE t (id int PRIMARY KEY, b decimal(5,2)) | CREATE TABLE t (id int PRIMARY KEY, b decimal(9,2) NOT NULL DEFAULT 0.5) | INSERT INTO t VALUES (1,1)
unsigned zerofill | CREATE TABLE t (id int PRIMARY KEY, b int) | CREATE TABLE t (id int PRIMARY KEY, b int(5) unsigned zerofill) | INSERT INTO t VALUES (1,1) | t.b
year | CREATE TABLE t (id int PRIMARY KEY, b int) | CREATE TABLE t (id int PRIMARY KEY, b year) | INSERT INTO t VALUES (1,2001)
datetime ts | CREATE TABLE t (id int PRIMARY KEY, b datetime) | CREATE TABLE t (id int PRIMARY KEY, b timestamp NULL) | INSERT INTO t VALUES (1,'2001-01-01 01:02:03')
default expr | CREATE TABLE t (id int PRIMARY KEY, b varchar(40)) | CREATE TABLE t (id int PRIMARY KEY, b varchar(40) DEFAULT (uuid())) | INSERT INTO t VALUES (1,'a')
default expr new col | CREATE TABLE t (id int PRIMARY KEY) | CREATE TABLE t (id int PRIMARY KEY, b varchar(40) NOT NULL DEFAULT (concat('a','b'))) | INSERT INTO t VALUES (1)
col collation | CREATE TABLE t (id int PRIMARY KEY, b varchar(40)) | CREATE TABLE t (id int PRIMARY KEY, b varchar(40) COLLATE utf8mb4_bin) | INSERT INTO t VALUES (1,'a')
engine | CREATE TABLE t (id int PRIMARY KEY, b varchar(40)) ENGINE=MyISAM | CREATE TABLE t (id int PRIMARY KEY, b varchar(40)) ENGINE=InnoDB | INSERT INTO t VALUES (1,'a')
add in middle | CREATE TABLE t (id int PRIMARY KEY, c int) | CREATE TABLE t (id int PRIMARY KEY, b int, b2 int, c int) | INSERT INTO t VALUES (1,2)
comment column | CREATE TABLE t (id int PRIMARY KEY, b int) | CREATE TABLE t (id int PRIMARY KEY, b int COMMENT 'it''s \\ "x" -- y') | INSERT INTO t VALUES (1,2)
invisible | CREATE TABLE t (id int PRIMARY KEY, b int) | CREATE TABLE t (id int PRIMARY KEY, b int INVISIBLE) | INSERT INTO t VALUES (1,2)
unique to plain | CREATE TABLE t (id int PRIMARY KEY, b int, UNIQUE KEY k (b)) | CREATE TABLE t (id int PRIMARY KEY, b int, KEY k (b)) | INSERT INTO t VALUES (1,2)
plain to unique | CREATE TABLE t (id int PRIMARY KEY, b int, KEY k (b)) | CREATE TABLE t (id int PRIMARY KEY, b int, UNIQUE KEY k (b)) | INSERT INTO t VALUES (1,2)
check changed | CREATE TABLE t (id int PRIMARY KEY, b int, CONSTRAINT c CHECK (b>0)) | CREATE TABLE t (id int PRIMARY KEY, b int, CONSTRAINT c CHECK (b>-1)) | INSERT INTO t VALUES (1,2)
fk to other | CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, b int, KEY kb (b), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)) | CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, b int, KEY kb (b), CONSTRAINT f FOREIGN KEY (b) REFERENCES q (id) ON UPDATE CASCADE) | INSERT INTO p VALUES (1); INSERT INTO q VALUES (1); INSERT INTO t VALUES (1,1)
fk goes with key | CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, b int, KEY kb (b), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)) | CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, b int) | INSERT INTO p VALUES (1); INSERT INTO t VALUES (1,1)
fk column goes | CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, b int, KEY kb (b), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)) | CREATE TABLE t (id int PRIMARY KEY) | INSERT INTO p VALUES (1); INSERT INTO t VALUES (1,1)
charset table only | CREATE TABLE t (id int PRIMARY KEY, b varchar(5) CHARACTER SET utf8mb4) CHARSET=utf8mb4 | CREATE TABLE t (id int PRIMARY KEY, b varchar(5) CHARACTER SET utf8mb4) CHARSET=latin1 | INSERT INTO t VALUES (1,'x')
text shrink | CREATE TABLE t (id int PRIMARY KEY, b text) | CREATE TABLE t (id int PRIMARY KEY, b varchar(20) NOT NULL) | INSERT INTO t VALUES (1,'x')
datetime default | CREATE TABLE t (id int PRIMARY KEY, b datetime NOT NULL) | CREATE TABLE t (id int PRIMARY KEY, b datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)) | INSERT INTO t VALUES (1,'2001-01-01 00:00:00') | t.b
names | CREATE TABLE ` + "`a-b c` (`i d` int PRIMARY KEY, `x``y` int) | CREATE TABLE `a-b c` (`i d` bigint PRIMARY KEY, `x``y` int NOT NULL, KEY `k k` (`x``y`)) | INSERT INTO `a-b c` VALUES (1,2)" + `
`

func kindPairs() []dialecttest.Pair {
	var out []dialecttest.Pair
	for line := range strings.Lines(strings.TrimSpace(kindsOfChange)) {
		f := strings.Split(line, "|")
		p := dialecttest.Pair{Name: strings.TrimSpace(f[0]), Have: f[1], Want: f[2], Rows: f[3]}
		if len(f) > 4 {
			p.Changed = []string{strings.TrimSpace(f[4])}
		}
		out = append(out, p)
	}
	return out
}
