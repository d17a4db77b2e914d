package mysql

import (
	"strings"

	"surefoot/schema"
)

// Portrait gives the query that describes a table, one line a row: see plan.PortraitDiff. It asks
// information_schema anew, knows nothing of Inspect, and leaves out what a run itself puts on a
// table. Every part names database and table, without which MariaDB opens all tables there are.
// Rights are no part of it: they belong to the name, and stay with whatever table has it.
func (d *Dialect) Portrait(table schema.Name) string {
	return d.lines(table, append(d.portraitOwn(), portraitKeysTo))
}

// lines makes one query of parts. {at} picks the table by TABLE_SCHEMA and TABLE_NAME.
func (d *Dialect) lines(table schema.Name, parts []string) string {
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteString("\nUNION ALL ")
		}
		hint := ""
		if i == 0 && !d.maria() { // there GROUP_CONCAT cuts at 1024 bytes
			hint = "/*+ SET_VAR(group_concat_max_len=4294967295) */ "
		}
		b.WriteString("SELECT " + hint + "CONVERT(x.line USING utf8mb4) COLLATE utf8mb4_bin AS line FROM (" + part + ") x")
	}
	schema, name := schemaText(table), literal(table.Table)
	return strings.NewReplacer("{at}", "TABLE_SCHEMA = "+schema+" AND TABLE_NAME = "+name, "{schema}", schema, "{table}", name).Replace(b.String())
}

func (d *Dialect) portraitOwn() []string {
	parts := []string{portraitTable, d.portraitColumns(), d.portraitIndexes(), portraitKeys, d.portraitChecks(), portraitTriggers, portraitPartitions}
	if d.mysqlSince(80021) {
		parts = append(parts, portraitAttributes...)
	}
	if !d.maria() {
		parts = append(parts, "SELECT CONCAT('histogram of ', COLUMN_NAME, ': ', HISTOGRAM->>'$.\"number-of-buckets-specified\"') AS line"+
			" FROM information_schema.COLUMN_STATISTICS WHERE SCHEMA_NAME = {schema} AND TABLE_NAME = {table}")
	}
	if d.mariaSince(110400) {
		parts = append(parts, "SELECT CONCAT('period ', PERIOD, ': ', START_COLUMN_NAME, ', ', END_COLUMN_NAME) AS line FROM information_schema.PERIODS WHERE {at}")
	}
	return parts
}

const portraitTable = `SELECT CONCAT(o.name, ': ', o.value) AS line FROM (
	SELECT 'kind' AS name, TABLE_TYPE AS value FROM information_schema.TABLES WHERE {at}
	UNION ALL SELECT 'engine', ENGINE FROM information_schema.TABLES WHERE {at}
	UNION ALL SELECT 'row format', ROW_FORMAT FROM information_schema.TABLES WHERE {at}
	UNION ALL SELECT 'collation', TABLE_COLLATION FROM information_schema.TABLES WHERE {at}
	UNION ALL SELECT 'options', CREATE_OPTIONS FROM information_schema.TABLES WHERE {at}
	UNION ALL SELECT 'comment', TABLE_COMMENT FROM information_schema.TABLES WHERE {at}) o WHERE o.value <> ''`

// portraitColumns: a column's place is told by the one before it. MySQL tells a spatial column's
// reference system.
func (d *Dialect) portraitColumns() string {
	srid := ""
	if !d.maria() {
		srid = ", COALESCE(CONCAT(', srid ', SRS_ID), '')"
	}
	return `SELECT CONCAT('column ', COLUMN_NAME, ': ', COLUMN_TYPE, COALESCE(CONCAT(' collate ', COLLATION_NAME), ''),
		IF(IS_NULLABLE = 'YES', '', ' not null'), COALESCE(CONCAT(' default ', QUOTE(COLUMN_DEFAULT)), ''),
		IF(COALESCE(GENERATION_EXPRESSION, '') = '', '', CONCAT(' as (', GENERATION_EXPRESSION, ')')),
		IF(EXTRA = '', '', CONCAT(', ', EXTRA))` + srid + `, ', ', COALESCE(CONCAT('after ', LAG(COLUMN_NAME) OVER (ORDER BY ORDINAL_POSITION)), 'first'),
		IF(COLUMN_COMMENT = '', '', CONCAT(', comment ', QUOTE(COLUMN_COMMENT)))) AS line
	FROM information_schema.COLUMNS WHERE {at}`
}

func (d *Dialect) portraitIndexes() string {
	part, hidden := "COLUMN_NAME", "IF(MAX(IGNORED) = 'YES', ', ignored', '')"
	if !d.maria() {
		part, hidden = "COALESCE(COLUMN_NAME, CONCAT('(', EXPRESSION, ')'))", "IF(MAX(IS_VISIBLE) = 'NO', ', invisible', '')"
	}
	return `SELECT CONCAT('index ', INDEX_NAME, ': ', IF(MAX(NON_UNIQUE) = 0, 'unique ', ''), MAX(INDEX_TYPE), ' (', GROUP_CONCAT(` + part + `,
		COALESCE(CONCAT('(', SUB_PART, ')'), ''), IF(COLLATION = 'D', ' desc', '') ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')', ` + hidden + `,
		IF(MAX(INDEX_COMMENT) = '', '', CONCAT(', comment ', QUOTE(MAX(INDEX_COMMENT))))) AS line
	FROM information_schema.STATISTICS WHERE {at} GROUP BY INDEX_NAME`
}

// portraitKeys are the foreign keys of the table.
const portraitKeys = `SELECT CONCAT('foreign key ', k.CONSTRAINT_NAME, ': (', GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ') references ',
		MAX(k.REFERENCED_TABLE_SCHEMA), '.', MAX(k.REFERENCED_TABLE_NAME), ' (', GROUP_CONCAT(k.REFERENCED_COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ')',
		MAX(CONCAT(' on delete ', r.DELETE_RULE, ' on update ', r.UPDATE_RULE))) AS line
	FROM (SELECT * FROM information_schema.KEY_COLUMN_USAGE WHERE {at}) k
	JOIN (SELECT * FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = {schema} AND TABLE_NAME = {table}) r ON r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
	GROUP BY k.CONSTRAINT_NAME`

// portraitKeysTo are the foreign keys of other tables, in any database, that refer to the table.
const portraitKeysTo = `SELECT CONCAT('foreign key ', k.CONSTRAINT_NAME, ' of ', k.TABLE_SCHEMA, '.', k.TABLE_NAME, ': (',
		GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ') references (', GROUP_CONCAT(k.REFERENCED_COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ')',
		MAX(CONCAT(' on delete ', r.DELETE_RULE, ' on update ', r.UPDATE_RULE))) AS line
	FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
		ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
	WHERE k.REFERENCED_TABLE_SCHEMA = {schema} AND k.REFERENCED_TABLE_NAME = {table} AND NOT (k.TABLE_SCHEMA = {schema} AND k.TABLE_NAME = {table})
		AND k.TABLE_NAME NOT REGEXP '_sf_(new|old|tmp)$'
	GROUP BY k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME`

// portraitChecks: MySQL's checks have their names in the database, MariaDB's in the table or column.
func (d *Dialect) portraitChecks() string {
	if d.maria() {
		return `SELECT CONCAT('check ', CONSTRAINT_NAME, ' (', LOWER(LEVEL), '): ', CHECK_CLAUSE) AS line
	FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = {schema} AND TABLE_NAME = {table}`
	}
	enforced := "''" // MySQL 8.0.16 was the first that kept checks
	if d.mysqlSince(80016) {
		enforced = "IF(t.ENFORCED = 'YES', '', ', not enforced')"
	}
	return `SELECT CONCAT('check ', t.CONSTRAINT_NAME, ': ', c.CHECK_CLAUSE, ` + enforced + `) AS line
	FROM information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c
		ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
	WHERE t.TABLE_SCHEMA = {schema} AND t.TABLE_NAME = {table} AND t.CONSTRAINT_TYPE = 'CHECK'`
}

// A trigger's place among those of its event counts without the ones of a run.
const portraitTriggers = `SELECT CONCAT('trigger ', TRIGGER_NAME, ': ', ACTION_TIMING, ' ', EVENT_MANIPULATION, ', ',
		ROW_NUMBER() OVER (PARTITION BY ACTION_TIMING, EVENT_MANIPULATION ORDER BY ACTION_ORDER), ', by ', DEFINER, ', ', SQL_MODE, ', ',
		CHARACTER_SET_CLIENT, ' ', COLLATION_CONNECTION, ' ', DATABASE_COLLATION, ', ', ACTION_STATEMENT) AS line
	FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = {schema} AND EVENT_OBJECT_TABLE = {table} AND TRIGGER_NAME NOT REGEXP '_sf_[a-z]+$'`

const portraitPartitions = `SELECT CONCAT('partition ', PARTITION_NAME, COALESCE(CONCAT(' ', SUBPARTITION_NAME), ''), ': ', PARTITION_ORDINAL_POSITION, ', ',
		PARTITION_METHOD, ' ', COALESCE(PARTITION_EXPRESSION, ''), ' ', COALESCE(PARTITION_DESCRIPTION, ''),
		COALESCE(CONCAT(', ', SUBPARTITION_METHOD, ' ', SUBPARTITION_EXPRESSION), ''),
		IF(PARTITION_COMMENT = '', '', CONCAT(', comment ', QUOTE(PARTITION_COMMENT)))) AS line
	FROM information_schema.PARTITIONS WHERE {at} AND PARTITION_NAME IS NOT NULL`

// portraitAttributes are what MySQL 8.0.21 and later keep for storage engines.
var portraitAttributes = []string{
	`SELECT CONCAT('attributes: ', CONCAT_WS(', ', ENGINE_ATTRIBUTE, SECONDARY_ENGINE_ATTRIBUTE)) AS line FROM information_schema.TABLES_EXTENSIONS
	WHERE {at} AND CONCAT(COALESCE(ENGINE_ATTRIBUTE, ''), COALESCE(SECONDARY_ENGINE_ATTRIBUTE, '')) <> ''`,
	`SELECT CONCAT('attributes of column ', COLUMN_NAME, ': ', CONCAT_WS(', ', ENGINE_ATTRIBUTE, SECONDARY_ENGINE_ATTRIBUTE)) AS line FROM information_schema.COLUMNS_EXTENSIONS
	WHERE {at} AND CONCAT(COALESCE(ENGINE_ATTRIBUTE, ''), COALESCE(SECONDARY_ENGINE_ATTRIBUTE, '')) <> ''`,
	`SELECT CONCAT('attributes of constraint ', CONSTRAINT_NAME, ': ', CONCAT_WS(', ', ENGINE_ATTRIBUTE, SECONDARY_ENGINE_ATTRIBUTE)) AS line
	FROM information_schema.TABLE_CONSTRAINTS_EXTENSIONS WHERE CONSTRAINT_SCHEMA = {schema} AND TABLE_NAME = {table}
	AND CONCAT(COALESCE(ENGINE_ATTRIBUTE, ''), COALESCE(SECONDARY_ENGINE_ATTRIBUTE, '')) <> ''`,
}
