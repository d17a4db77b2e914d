package postgres

import (
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// subject finds the table of a statement that is not read further; nil: it is about none, or several.
func (r *reader) subject(node *pgquery.Node) *pgquery.RangeVar {
	switch n := node.Node.(type) {
	case *pgquery.Node_UpdateStmt:
		return n.UpdateStmt.Relation
	case *pgquery.Node_InsertStmt:
		return n.InsertStmt.Relation
	case *pgquery.Node_DeleteStmt:
		return n.DeleteStmt.Relation
	case *pgquery.Node_CreateTrigStmt:
		return n.CreateTrigStmt.Relation
	case *pgquery.Node_CreatePolicyStmt:
		return n.CreatePolicyStmt.Table
	case *pgquery.Node_AlterPolicyStmt:
		return n.AlterPolicyStmt.Table
	case *pgquery.Node_RuleStmt:
		return n.RuleStmt.Relation
	case *pgquery.Node_ClusterStmt:
		return n.ClusterStmt.Relation
	case *pgquery.Node_ReindexStmt:
		rel := n.ReindexStmt.Relation
		if n.ReindexStmt.Kind != pgquery.ReindexObjectType_REINDEX_OBJECT_INDEX {
			return rel
		}
		if t := r.tableOfIndex(r.on(rel).Name); t.Table != "" {
			return &pgquery.RangeVar{Schemaname: t.Schema, Relname: t.Table, Inh: true}
		}
		return rel
	case *pgquery.Node_AlterObjectSchemaStmt:
		return n.AlterObjectSchemaStmt.Relation
	case *pgquery.Node_TruncateStmt:
		return only(n.TruncateStmt.Relations)
	case *pgquery.Node_CreateStatsStmt:
		return only(n.CreateStatsStmt.Relations)
	case *pgquery.Node_GrantStmt:
		if n.GrantStmt.Objtype == pgquery.ObjectType_OBJECT_TABLE {
			return only(n.GrantStmt.Objects)
		}
	case *pgquery.Node_AlterSeqStmt:
		return r.ownerOf(extraSequences, n.AlterSeqStmt.Sequence.Schemaname, n.AlterSeqStmt.Sequence.Relname)
	case *pgquery.Node_CommentStmt:
		return r.commented(n.CommentStmt)
	}
	return nil
}

func only(relations []*pgquery.Node) *pgquery.RangeVar {
	if len(relations) != 1 {
		return nil
	}
	return relations[0].GetRangeVar()
}

// commented finds the table to which what is commented on belongs.
func (r *reader) commented(n *pgquery.CommentStmt) *pgquery.RangeVar {
	parts := stringsOf(n.Object.GetList().GetItems())
	switch n.Objtype {
	case pgquery.ObjectType_OBJECT_TABLE:
		return ranged(parts)
	case pgquery.ObjectType_OBJECT_COLUMN, pgquery.ObjectType_OBJECT_TABCONSTRAINT, pgquery.ObjectType_OBJECT_TRIGGER,
		pgquery.ObjectType_OBJECT_POLICY, pgquery.ObjectType_OBJECT_RULE:
		return ranged(parts[:max(0, len(parts)-1)])
	case pgquery.ObjectType_OBJECT_INDEX:
		if t := r.tableOfIndex(r.listName(n.Object)); t.Table != "" {
			return &pgquery.RangeVar{Schemaname: t.Schema, Relname: t.Table}
		}
	case pgquery.ObjectType_OBJECT_STATISTIC_EXT:
		name := r.listName(n.Object)
		return r.ownerOf(extraStatistics, name.Schema, name.Table)
	case pgquery.ObjectType_OBJECT_SEQUENCE:
		name := r.listName(n.Object)
		return r.ownerOf(extraSequences, name.Schema, name.Table)
	default:
	}
	return nil
}

// ranged makes a table's name of its parts.
func ranged(parts []string) *pgquery.RangeVar {
	switch len(parts) {
	case 1:
		return &pgquery.RangeVar{Relname: parts[0]}
	case 2:
		return &pgquery.RangeVar{Schemaname: parts[0], Relname: parts[1]}
	}
	return nil
}

// ownerOf finds the table that has a sequence, or statistics, of a name.
func (r *reader) ownerOf(what, in, name string) *pgquery.RangeVar {
	if r.schema == nil {
		return nil
	}
	want := r.resolve(schema.Name{Schema: in, Table: name})
	for _, t := range r.schema.Tables {
		for _, o := range take[[]struct{ Schema, Name string }](t, what) {
			if o.Schema == want.Schema && o.Name == want.Table {
				return &pgquery.RangeVar{Schemaname: t.Name.Schema, Relname: t.Name.Table}
			}
		}
	}
	return nil
}

// renameOther reads ALTER TABLE … RENAME TO of what is no table: the server takes it for an index, a sequence
// and a view too.
func (r *reader) renameOther(n *pgquery.RenameStmt, on schema.On, src source) []schema.Change {
	if table := r.tableOfIndex(on.Name); table.Table != "" {
		return []schema.Change{schema.RenameIndex{On: schema.On{Name: table}, From: on.Name.Table, To: n.Newname}}
	}
	if owner := r.ownerOf(extraSequences, on.Name.Schema, on.Name.Table); owner != nil {
		return r.verbatim(owner, newSource("ALTER SEQUENCE "+qualified(on.Name)+" RENAME TO "+quote(n.Newname)), "")
	}
	for _, t := range r.schema.Tables {
		for _, v := range take[[]view](t, extraViews) {
			if name, ok := nameOf(v.Name); ok && name == on.Name {
				return r.verbatim(n.Relation, src, "it renames a view")
			}
		}
	}
	return []schema.Change{schema.RenameTable{On: on, To: n.Newname}}
}

// dropOther reads a DROP of what is neither a table nor an index.
func (r *reader) dropOther(n *pgquery.DropStmt, src source) []schema.Change {
	var table *pgquery.RangeVar
	drops := ""
	for i, object := range n.Objects {
		switch n.RemoveType {
		case pgquery.ObjectType_OBJECT_TRIGGER, pgquery.ObjectType_OBJECT_POLICY, pgquery.ObjectType_OBJECT_RULE:
			parts := stringsOf(object.GetList().GetItems())
			table = ranged(parts[:max(0, len(parts)-1)])
		case pgquery.ObjectType_OBJECT_STATISTIC_EXT:
			name := r.listName(object)
			table = r.ownerOf(extraStatistics, name.Schema, name.Table)
		case pgquery.ObjectType_OBJECT_VIEW:
			drops += map[bool]string{true: "view ", false: ", view "}[i == 0] + r.listName(object).String()
		case pgquery.ObjectType_OBJECT_FUNCTION:
			drops += map[bool]string{true: "function ", false: ", function "}[i == 0] + strings.Join(stringsOf(object.GetObjectWithArgs().GetObjname()), ".")
		default:
		}
	}
	if len(n.Objects) > 1 {
		table = nil
	}
	reason := "only tables and indexes are dropped with understanding"
	if n.Behavior == pgquery.DropBehavior_DROP_CASCADE {
		reason = "CASCADE takes along what it does not name"
	}
	changes := r.verbatim(table, src, reason)
	if v, ok := changes[0].(schema.Verbatim); ok && n.Behavior != pgquery.DropBehavior_DROP_CASCADE {
		v.Drops = drops
		changes[0] = v
	}
	return changes
}
