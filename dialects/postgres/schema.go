package postgres

import (
	"fmt"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// ways are how PostgreSQL changes tables.
var ways = schema.Ways{RenamesIndexes: true, SharesNames: true}

// Schema reads a schema file: CREATE TABLE, CREATE INDEX, ALTER TABLE and CREATE TRIGGER, as
// pg_dump writes them. Other statements are passed over, and counted.
func (d *Dialect) Schema(text string) (*schema.Schema, error) {
	text, err := plainSQL("", strings.TrimPrefix(text, "\uFEFF"), true)
	if err != nil {
		return nil, err
	}
	s := &schema.Schema{Dialect: "postgres", Version: d.Version, Default: "public", Strict: true, Ways: ways, Others: map[string]int{}}
	r := &reader{text: text, src: newSource(text), schema: s, taken: map[string]bool{}, lines: lineStarts(text), others: map[schema.Name]bool{}}
	tree, at, err := readTree(text, r.src)
	if err != nil {
		line, column := r.place(byteOffset(text, at))
		return nil, &schema.SyntaxError{Line: line, Column: column, Message: err.Error()}
	}
	for _, raw := range tree.Stmts {
		src := r.statementSource(raw)
		if len(src.tokens) == 0 {
			continue
		}
		if err := r.define(raw.Stmt, src); err != nil {
			return nil, err
		}
	}
	for _, t := range r.schema.Tables {
		t.Stats, t.Applied, t.Origin = schema.Stats{}, nil, nil
	}
	return r.schema, nil
}

// define puts what a statement of a schema file makes into the schema.
func (r *reader) define(node *pgquery.Node, src source) error {
	if kind, name := r.other(node); kind != "" {
		r.schema.Others[kind]++
		if name != nil {
			r.others[r.on(name).Name] = true
		}
	}
	switch n := node.Node.(type) {
	case *pgquery.Node_CreateTrigStmt:
		if t := r.schema.Table(r.on(n.CreateTrigStmt.Relation).Name); t != nil {
			t.Triggers = append(t.Triggers, schema.Trigger{Name: n.CreateTrigStmt.Trigname, Definition: src.String()})
		}
		return nil
	case *pgquery.Node_SelectStmt:
		if src.find(0, "set_config") > 0 && strings.Contains(src.String(), "'search_path', ''") {
			r.path.now = nil
		}
		return nil
	case *pgquery.Node_CreateStmt:
		if t := r.descendant(n.CreateStmt, src); t != nil {
			r.schema = schema.Apply(r.schema, schema.CreateTable{On: schema.On{Name: t.Name}, Def: t})
			return nil
		}
	case *pgquery.Node_AlterTableStmt:
		if r.attach(n.AlterTableStmt) {
			return nil
		}
	}
	for _, c := range r.changes(node, src) {
		if _, ok := c.(schema.Verbatim); ok || r.others[r.schema.Resolve(c.Table())] {
			continue
		}
		if ix, ok := c.(schema.RenameIndex); ok && ix.Name.Table == "" {
			continue
		}
		if t := r.schema.Table(c.Table()); t == nil {
			if _, ok := c.(schema.CreateTable); !ok {
				line, column := r.place(src.tokens[0].start)
				return fmt.Errorf("line %d, column %d: table %s is not created before it is changed", line, column, c.Table())
			}
		}
		r.schema = schema.Apply(r.schema, c)
	}
	return nil
}

// other gives the kind of what a statement makes that is not compared without a server, and its name
// where it could be taken for a table's.
func (r *reader) other(node *pgquery.Node) (string, *pgquery.RangeVar) {
	switch n := node.Node.(type) {
	case *pgquery.Node_ViewStmt:
		return "views", n.ViewStmt.View
	case *pgquery.Node_CreateTableAsStmt:
		if n.CreateTableAsStmt.Objtype == pgquery.ObjectType_OBJECT_MATVIEW {
			return "materialized views", n.CreateTableAsStmt.GetInto().GetRel()
		}
	case *pgquery.Node_CreateSeqStmt:
		return "sequences", n.CreateSeqStmt.Sequence
	case *pgquery.Node_CreateForeignTableStmt:
		return "foreign tables", n.CreateForeignTableStmt.GetBaseStmt().GetRelation()
	case *pgquery.Node_CreateStmt:
		if n.CreateStmt.OfTypename != nil {
			return "typed tables", n.CreateStmt.Relation
		}
	case *pgquery.Node_CreateEnumStmt, *pgquery.Node_CompositeTypeStmt, *pgquery.Node_CreateRangeStmt:
		return "types", nil
	case *pgquery.Node_CreateDomainStmt:
		return "domains", nil
	case *pgquery.Node_CreateFunctionStmt:
		return "functions and procedures", nil
	case *pgquery.Node_CreateTrigStmt:
		return "triggers", nil
	case *pgquery.Node_RuleStmt:
		return "rules", nil
	case *pgquery.Node_CreatePolicyStmt:
		return "policies and row security", nil
	case *pgquery.Node_CommentStmt:
		return "comments", nil
	case *pgquery.Node_GrantStmt:
		return "owners and grants", nil
	case *pgquery.Node_CreateExtensionStmt:
		return "extensions", nil
	case *pgquery.Node_CreateStatsStmt:
		return "extended statistics", nil
	case *pgquery.Node_CreatePublicationStmt:
		return "publications", nil
	}
	return "", nil
}

// descendant reads a partition, or a table that inherits: it has its parents' columns, and its own.
func (r *reader) descendant(n *pgquery.CreateStmt, src source) *schema.Table {
	if len(n.InhRelations) == 0 {
		return nil
	}
	t := r.tableDef(n, src)
	var inherited []schema.Column
	for _, p := range n.InhRelations {
		parent := r.schema.Table(r.on(p.GetRangeVar()).Name)
		if parent == nil {
			continue
		}
		t.Parents = append(t.Parents, parent.Name)
		for _, c := range parent.Columns {
			if t.Column(c.Name) == nil {
				c.Inherited = true
				inherited = append(inherited, c)
			}
		}
		inheritChecks(t, parent)
	}
	t.Columns = append(inherited, t.Columns...)
	if n.Partbound != nil {
		put(extraOf(t), extraShape, shape{Partition: true, Bound: src.from(max(src.find(0, "values")-1, src.find(0, "default"))).String()})
	}
	return t
}

func extraOf(t *schema.Table) map[string]string {
	if t.Extra == nil {
		t.Extra = map[string]string{}
	}
	return t.Extra
}

func inheritChecks(t, parent *schema.Table) {
	for _, k := range parent.Constraints {
		if k.Kind == schema.Check && t.Constraint(k.Name) == nil {
			k.Inherited = true
			t.Constraints = append(t.Constraints, k)
		}
	}
}

// attach reads ALTER TABLE parent ATTACH PARTITION child, which pg_dump writes for each partition, and
// ALTER INDEX … ATTACH PARTITION.
func (r *reader) attach(n *pgquery.AlterTableStmt) bool {
	for _, c := range n.Cmds {
		cmd := c.GetAlterTableCmd()
		if cmd.Subtype != pgquery.AlterTableType_AT_AttachPartition {
			return false
		}
		child, parent := r.schema.Table(r.on(cmd.Def.GetPartitionCmd().GetName()).Name), r.schema.Table(r.on(n.Relation).Name)
		if child == nil || parent == nil {
			continue
		}
		child.Parents = append(child.Parents, parent.Name)
		for i := range child.Columns {
			child.Columns[i].Inherited = parent.Column(child.Columns[i].Name) != nil
		}
	}
	return true
}
