package mysql

import (
	"fmt"

	"surefoot/planner"
)

func (d *Dialect) renameTable(c planner.RenameTable, s *planner.Schema) ([]planner.Step, error) {
	from := s.Resolve(c.Name)
	to := planner.Name{Schema: from.Schema, Table: c.To}
	return one(planner.Step{
		Kind: planner.CutOver, Title: "rename table " + from.String(), SQL: []string{"RENAME TABLE " + qualified(from) + " TO " + qualified(to)},
		Proof: fmt.Sprintf("SELECT (%s) = 1 AND (%s) = 0", tableExists(to), tableExists(from)),
		Undo:  []string{renameBack(from, to)},
	})
}

// renamedBeside gives the name that a table gets in a statement which changes more of it, and its other changes.
func renamedBeside(changes []planner.Change, name planner.Name) (planner.Name, []planner.Change) {
	last := len(changes) - 1
	to, ok := changes[last].(planner.RenameTable)
	if _, several := changes[0].(planner.RenameTable); !ok || several { // those of RENAME TABLE are about several tables
		return name, changes
	}
	return planner.Name{Schema: name.Schema, Table: to.To}, changes[:last]
}

// renameBack gives a table its first name again, where it has the second.
func renameBack(from, to planner.Name) string {
	return ifTrue(fmt.Sprintf("(%s) = 1 AND (%s) = 0", tableExists(to), tableExists(from)), "RENAME TABLE "+qualified(to)+" TO "+qualified(from))
}
