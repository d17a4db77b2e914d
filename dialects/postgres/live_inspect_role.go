package postgres

// roleRefusals are what a copy needs and this role may not: the server asks it of who makes a table, a
// key or a view, and not of who alters a table's column.
const roleRefusals = `
	UNION ALL SELECT c.oid, format('this role does not own %s: connect as %I, or GRANT that role to this one', c.oid::regclass, pg_get_userbyid(c.relowner))
		FROM mine c WHERE NOT pg_has_role(c.relowner, 'USAGE')
	UNION ALL SELECT c.oid, format('this role may not make a table in schema %I, where the new one is to stand', n.nspname)
		FROM mine c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT has_schema_privilege(c.relnamespace, 'CREATE')
	UNION ALL SELECT c.oid, format('its owner %I may not make a table in schema %I, and this role may not give it the new one', pg_get_userbyid(c.relowner), n.nspname)
		FROM mine c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relowner <> current_user::regrole
		AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND NOT has_schema_privilege(c.relowner, c.relnamespace, 'CREATE')
	UNION ALL SELECT c.oid, format('constraint %I refers to %s, and this role may not add foreign keys to that (GRANT REFERENCES)', k.conname, k.confrelid::regclass)
		FROM mine c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' WHERE NOT has_table_privilege(k.confrelid, 'REFERENCES')
		AND EXISTS (SELECT FROM unnest(k.confkey) a WHERE NOT has_column_privilege(k.confrelid, a, 'REFERENCES'))
	UNION ALL SELECT c.oid, format('foreign key %I comes from %s, which this role does not own', k.conname, k.conrelid::regclass)
		FROM mine c JOIN pg_constraint k ON k.confrelid = c.oid AND k.contype = 'f' JOIN pg_class ch ON ch.oid = k.conrelid WHERE NOT pg_has_role(ch.relowner, 'USAGE')
	UNION ALL SELECT r.tab, format('view %I reads it, and this role does not own that', r.relname)
		FROM rels r JOIN pg_class v ON v.oid = r.rel WHERE v.relkind = 'v' AND NOT pg_has_role(v.relowner, 'USAGE')
	UNION ALL SELECT c.oid, format('trigger %I calls %s, which this role may not (GRANT EXECUTE)', t.tgname, t.tgfoid::regprocedure)
		FROM mine c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal WHERE NOT has_function_privilege(t.tgfoid, 'EXECUTE')
	UNION ALL SELECT c.oid, format('publication %I publishes it, and this role does not own that', p.pubname)
		FROM mine c JOIN pg_publication_rel pr ON pr.prrelid = c.oid JOIN pg_publication p ON p.oid = pr.prpubid WHERE NOT pg_has_role(p.pubowner, 'USAGE')
	UNION ALL SELECT c.oid, format('statistics %I are about it, and this role does not own them', s.stxname)
		FROM mine c JOIN pg_statistic_ext s ON s.stxrelid = c.oid WHERE NOT pg_has_role(s.stxowner, 'USAGE')`
