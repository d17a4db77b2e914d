package postgres

import (
	"slices"
	"strconv"

	"surefoot/schema"
)

// A partition is made as a table of its own, for its columns may stand in another order than its parent's, and then
// attached; an index of it is attached to its parent's. A table that inherits gets what it does not say itself
// from its parents; one that says all itself is made alone and then inherits. A parent's constraints that its heirs
// have too are made with it.

// mostLeaves is how many partitions of those that are not named have twins.
const mostLeaves = 12

var defineTable = `UNION ALL SELECT ` + strconv.Itoa(rankTable) + `, format('CREATE %sTABLE %I (%s)%s%s%s%s%s', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, c.relname,
	(SELECT string_agg(text, ', ' ORDER BY attnum) FROM cols WHERE c.relispartition OR attislocal),
	CASE WHEN EXISTS (SELECT FROM cols WHERE NOT attislocal) AND NOT c.relispartition THEN (SELECT ' INHERITS (' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) || ')' FROM pg_inherits WHERE inhrelid = c.oid) END,
	CASE WHEN c.relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) END,
	(SELECT ' USING ' || quote_ident(amname) FROM pg_am WHERE oid = c.relam AND amname <> 'heap'),
	(SELECT ' WITH (' || string_agg(o, ', ' ORDER BY n) || ')' FROM unnest(c.reloptions ||
		(SELECT array_agg('toast.' || x) FROM pg_class tc, unnest(tc.reloptions) x WHERE tc.oid = c.reltoastrelid)) WITH ORDINALITY u(o, n)),
	(SELECT ' TABLESPACE ' || quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace)) FROM mine c
UNION ALL SELECT 11, format('ALTER TABLE %s ATTACH PARTITION %I %s', i.inhparent::regclass, c.relname, pg_get_expr(c.relpartbound, c.oid))
	FROM mine c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.relispartition
UNION ALL (SELECT 11, format('ALTER TABLE %I INHERIT %s', c.relname, i.inhparent::regclass) FROM mine c JOIN pg_inherits i ON i.inhrelid = c.oid
	WHERE NOT c.relispartition AND NOT EXISTS (SELECT FROM cols WHERE NOT attislocal))
UNION ALL SELECT 12, format('ALTER TABLE ONLY %I ALTER COLUMN %I %s', c.relname, a.attname, coalesce('SET DEFAULT ' || a.value, 'DROP DEFAULT'))
	FROM mine c, cols a WHERE NOT c.relispartition AND NOT a.attislocal AND a.attgenerated = '' AND a.attidentity = ''
`

// inheritedNotNull is a NOT NULL that a table says itself of a column that it inherits.
func (d *Dialect) inheritedNotNull() string {
	if d.major < 18 {
		return `UNION ALL SELECT 12, format('ALTER TABLE ONLY %I ALTER COLUMN %I SET NOT NULL', c.relname, a.attname)
	FROM mine c, cols a WHERE NOT c.relispartition AND NOT a.attislocal AND a.attnotnull
`
	}
	return `UNION ALL SELECT 12, format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid, true))
	FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'n' AND k.conislocal AND k.convalidated
	JOIN cols a ON a.attnum = k.conkey[1] AND NOT a.attislocal WHERE NOT c.relispartition
`
}

const defineParts = `UNION ALL SELECT 41, format('ALTER INDEX %s ATTACH PARTITION %I', h.inhparent::regclass, ic.relname)
	FROM mine c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_inherits h ON h.inhrelid = ic.oid
`

// family gives the tables that get twins: of the partitions that are not named, a few.
func family(tables []*schema.Table, names []schema.Name) []*schema.Table {
	leaves := 0
	return slices.DeleteFunc(tables, func(t *schema.Table) bool {
		if sh := take[shape](t, extraShape); !sh.Partition || sh.Key != "" || slices.Contains(names, t.Name) {
			return false
		}
		leaves++
		return leaves > mostLeaves
	})
}

// rowsOf gives the twins that hold a table's rows: itself, and what is part of it.
func (st *Stage) rowsOf(t *schema.Table) []*twinTable {
	var out []*twinTable
	for _, tw := range st.twins {
		for at := tw.table; at != nil; at = st.parent(at) {
			if at == t && !tw.partitioned() {
				out = append(out, tw)
			}
		}
	}
	return out
}

// parent gives the table whose partition one is.
func (st *Stage) parent(t *schema.Table) *schema.Table {
	if sh := take[shape](t, extraShape); !sh.Partition || len(t.Parents) == 0 {
		return nil
	}
	return st.have.Table(t.Parents[0])
}

// partitioned says that a table has no rows of its own.
func (tw *twinTable) partitioned() bool { return tw.table.Extra[extraPartitioned] != "" }
