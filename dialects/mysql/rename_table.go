package mysql

import (
	"fmt"

	"surefoot/plan"
	"surefoot/schema"
)

func (d *Dialect) renameTable(c schema.RenameTable, s *schema.Schema) ([]plan.Step, error) {
	from := s.Resolve(c.Name)
	to := schema.Name{Schema: from.Schema, Table: c.To}
	return one(plan.Step{
		Act:      plan.Act{SQL: []string{"RENAME TABLE " + qualified(from) + " TO " + qualified(to)}},
		Evidence: plan.Evidence{Proof: fmt.Sprintf("SELECT (%s) = 1 AND (%s) = 0", tableExists(to), tableExists(from))},
		WayBack:  plan.WayBack{Undo: []string{renameBack(from, to)}},
	})
}

// renamedBeside gives the name that a table gets in a statement which changes more of it, and its other changes.
func renamedBeside(changes []schema.Change, name schema.Name) (schema.Name, []schema.Change) {
	last := len(changes) - 1
	to, ok := changes[last].(schema.RenameTable)
	if _, several := changes[0].(schema.RenameTable); !ok || several { // those of RENAME TABLE are about several tables
		return name, changes
	}
	return schema.Name{Schema: name.Schema, Table: to.To}, changes[:last]
}

// renameBack gives a table its first name again, where it has the second.
func renameBack(from, to schema.Name) string {
	return ifTrue(fmt.Sprintf("(%s) = 1 AND (%s) = 0", tableExists(to), tableExists(from)), "RENAME TABLE "+qualified(to)+" TO "+qualified(from))
}
