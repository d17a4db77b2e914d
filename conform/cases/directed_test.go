package cases

// expected are the cases that may be refused although the server does them, with words of the true
// reason.
var expected = map[string]string{
	"mysql/n8-foreign-key-twice":                "the way back does not lead to the start", // the server lets the second key's index take the place of the first's
	"sqlite/rebuild_primary_key":                "is not made of changes that can be planned",
	"sqlite/rebuild_strict_without_rowid":       "is not made of changes that can be planned",
	"sqlite/sqlite_autoincrement_added":         "is not made of changes that can be planned",
	"sqlite/takes_back_window":                  "it takes back what stands before it",
	"sqlite/rebuild_trigger_forgotten":          "the trigger doc_log would go with the old table doc",
	"sqlite/rename_column_foreign_trigger":      "because trigger noted may name the column",
	"sqlite/rename_column_view_made":            "because view few may use column a",
	"sqlite/rename_column_trigger_made":         "because trigger passes may use column a",
	"sqlite/rename_column_by_place":             "because trigger fills may use column a",
	"sqlite/drop_column_key_in_both_directions": "its key has parts in both directions",
	"sqlite/rebuild_rename_generated":           "clients written for the old schema fail",
	"mysql/30-maria-sequence-default":           "takes numbers from a sequence, which is not locked with the tables at the cut-over",
	"mysql/mn-number-of-document":               "takes only numbers above the last one",
	"mysql/d4-maria-period":                     "a statement on its period valid may write rows that no trigger tells of",
	"mysql/swap-unique-keys-with-column":        "drop-index on t: others wait until it is done",
	"mysql/convert-beside-modify":               "column b changes its type twice",
	"mysql/drop-what-forbids-type":              "cannot be copied while it is in use: its foreign key f",
	"mysql/n05-swap-primary-and-unique":         "the copy walks by the primary key, so it cannot drop it",
	"mysql/n7-made-of-rows-then-altered":        "is known only when it is made: run the statements up to it first, then plan the rest",
	"mysql/k3-set-and-times":                    backLoses,
	"mysql/x2-system-versioned-keep":            "it is system-versioned, and the copy would not have its history",
	"postgres/multi_drop_col_stat":              backLoses,

	"mysql/p19-set-names-and-lock":      "LOCK TABLES holds for one session, and each statement of a plan has its own",
	"sqlite/k_generated_and_partial":    "add-index on main.item: others wait until it is done",
	"sqlite/k_to_wanted":                "drop-column on main.keep: what it takes away is gone for good",
	"postgres/django_bigauto":           "run the statements up to it first, then plan the rest",
	"postgres/idx_invalid":              "index public.dup_m is invalid, left behind by a failed build",
	"postgres/k_comments_then_type":     "run the statements up to it first, then plan the rest",
	"postgres/multi_drop_fk":            "run the statements up to it first, then plan the rest",
	"postgres/k_fk_not_valid_then_type": "run the statements up to it first, then plan the rest",
	"postgres/k_identity_added":         otherNumbers,
	"postgres/k_partition_column_index": "the table is partitioned: its rows are in its partitions",
	"postgres/k_time_zone":              "change-type on public.seen: others wait until it is done",
	"postgres/do_then_if_not_exists":    "it has nothing to do, unless a statement before this one (DO",
	"postgres/do_then_its_column":       "table public.t has no column z, unless a statement before this one (DO",
	"postgres/file_grant_comment":       "run the statements up to it first, then plan the rest",
	"postgres/only_drop_column":         "ONLY leaves what inherits from the table",
	"postgres/set_timezone":             "would not run in the session that the script has set up",
	"postgres/without_overlaps":         "WITHOUT OVERLAPS) is not read",
	"postgres/drop_type_cascade":        "CASCADE takes along what it does not name",
	"postgres/psql_file":                `psql's \connect is not supported`,
}

// backLoses: rows that are written after the exchange come back without what their new columns cannot
// hold, so a rehearsal refuses such a copy.
const backLoses = "shows that the way back does not lead to the start"

// otherNumbers: rows that are there get a new column's numbers in their order on disk, which no copy keeps.
const otherNumbers = "shows that the plan does not make what the server's own statements make"

// byHand is the case that TestOthersChangesMeanwhile runs.
const byHand = "postgres/mid_ddl_before_cutover"

const tablesOfFiles = `CREATE TABLE a (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, x INT, y VARCHAR(20)); INSERT INTO a (x) VALUES (1), (2);
CREATE TABLE b (id INT NOT NULL PRIMARY KEY, t INT);`

// directed are the cases whose file says in words what is to be done. {file} is the file's text.
var directed = map[string]trial{
	"mysql/p02-split-directives": {
		setup: tablesOfFiles,
		native: "CREATE DEFINER=`me`@`localhost` TRIGGER a_bi BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n  SET NEW.x = 1;\n  SET NEW.y = 'a;b';\nEND;" +
			"ALTER TABLE a ADD COLUMN z INT",
	},
	"mysql/p11-bom":                    {setup: tablesOfFiles, native: "ALTER TABLE a ADD COLUMN z INT"},
	"mysql/p13-body-without-delimiter": {setup: tablesOfFiles, native: "{file}"},
	"mysql/p19-set-names-and-lock":     {setup: tablesOfFiles, native: "{file}"},
	"mysql/p24-prepare-alter":          {setup: tablesOfFiles, native: "{file}", args: []string{"--mode", "window"}},
	"mysql/x1-hyphen-database": {
		setup: `CREATE TABLE plain1 (id INT NOT NULL PRIMARY KEY, v INT, pad VARCHAR(100));
INSERT INTO plain1 WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i * 1000 + b.i, 1, REPEAT('x', 90) FROM n a JOIN n b WHERE a.i <= 150;`,
		suffix: "-u2", change: "ALTER TABLE plain1 MODIFY v BIGINT", native: "ALTER TABLE plain1 MODIFY v BIGINT",
		step: "its shadow table",
	},
	"mysql/x2-system-versioned-keep": {
		setup: `SET GLOBAL system_versioning_alter_history = KEEP; SET SESSION system_versioning_alter_history = KEEP;
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT) WITH SYSTEM VERSIONING;
INSERT INTO t SELECT seq, seq FROM seq_1_to_300; UPDATE t SET v = v + 1 WHERE id <= 100; DELETE FROM t WHERE id > 290;`,
		change: "ALTER TABLE t MODIFY v BIGINT", native: "ALTER TABLE t MODIFY v BIGINT",
	},
	"mysql/x3-journal-charset-comment": {
		setup:  "ALTER DATABASE CHARACTER SET latin1; CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1);",
		change: "ALTER TABLE t MODIFY v BIGINT COMMENT 'Ключ'", native: "ALTER TABLE t MODIFY v BIGINT COMMENT 'Ключ'",
	},
	"mysql/kb-to-mysqldump": {
		setup: tablesOfFiles, change: "{file}", wanted: true,
		native: "ALTER TABLE b ADD COLUMN why VARCHAR(30) NOT NULL DEFAULT 'it''s; -- {table}' COMMENT 'a \"b\" \\\\ c', ADD KEY b_t (t)",
	},
	"postgres/pgdump_file": {setup: "{file}", change: "{file}", wanted: true},
	"postgres/psql_file":   {setup: "create table t(id int primary key, v int)", native: "ALTER TABLE t ADD COLUMN n int; insert into t (id, v) values (1, 2)"},
}
