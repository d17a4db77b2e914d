package sqlite

import (
	"fmt"

	"surefoot/plan"
	"surefoot/schema"
)

// swap exchanges the tables in one transaction. Views, triggers and foreign keys of other tables
// name the table, and legacy_alter_table leaves them alone. What belongs to the table itself gets
// its name back in the catalog: indexes, the definition with its foreign keys, the table's own
// triggers, the AUTOINCREMENT value.
func (cp *copying) swap() plan.Step {
	name := cp.live.Name.Table
	forward, reverse := cp.capture(cp.log, cp.live), cp.capture(cp.rev, cp.next)
	there := forward.drop()
	there = append(there, cp.dropTriggers()...)
	there = append(there, renames(name, cp.old, cp.shadow, name)...)
	there = append(there, catalog(append([]string{
		setText(name, cp.next.Definition), setText(cp.old, cp.bareOld),
	}, append(renameIndexes(cp.live, cp.old, unchanged, oldIndex), renameIndexes(cp.next, name, shadowIndex, unchanged)...)...))...)
	if increments(cp.live) && increments(cp.next) { // else the value goes with the old table
		there = append(there, keepSequence(cp.old, name)...)
	}
	there = append(there, reverse.create()...)
	there = append(there, cp.createTriggers()...)

	back := reverse.drop()
	back = append(back, cp.dropTriggers()...)
	back = append(back, renames(name, cp.shadow, cp.old, name)...)
	back = append(back, catalog(append([]string{
		setText(name, cp.live.Definition), setText(cp.shadow, cp.bareShadow),
	}, append(renameIndexes(cp.next, cp.shadow, unchanged, shadowIndex), renameIndexes(cp.live, name, oldIndex, unchanged)...)...))...)
	if increments(cp.live) {
		back = append(back, keepSequence(cp.shadow, name)...)
	}
	back = append(back, cp.createTriggers()...)

	guards := []plan.Guard{{Query: portraitOf(name)}}
	whole := func(sql []string) *plan.CutOver {
		return &plan.CutOver{Lock: []string{"BEGIN IMMEDIATE"}, Guards: guards, SQL: sql, Release: []string{"COMMIT"}, Atomic: true}
	}
	first, last := whole(there), whole(back)
	first.Captured, last.Captured = forward.whole(name), reverse.whole(name)
	first.Made = &plan.Made{Query: portraitOf(name)}
	return plan.Step{
		Act:      plan.Act{Atomic: true, CutOver: first},
		Evidence: plan.Evidence{Proof: "SELECT EXISTS (" + tableQuery(cp.old) + ")"},
		WayBack:  plan.WayBack{Back: last, Undo: []string{"DROP TABLE IF EXISTS " + quote(cp.rev)}, UndoAtomic: true}, Capture: cp.reverse(),
	}
}

func unchanged(name string) string { return name }

// renames moves a table aside and another into its place.
func renames(from, aside, with, to string) []string {
	return []string{
		"PRAGMA legacy_alter_table = ON",
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", quote(from), quote(aside)),
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", quote(with), quote(to)),
		"PRAGMA legacy_alter_table = OFF",
	}
}

// catalog runs updates of sqlite_schema and reads the schema anew.
func catalog(updates []string) []string {
	out := append([]string{"PRAGMA writable_schema = ON"}, updates...)
	return append(out, "PRAGMA writable_schema = RESET")
}

func setText(table, text string) string {
	return fmt.Sprintf("UPDATE sqlite_schema SET sql = %s WHERE type = 'table' AND name = %s", literal(text), literal(table))
}

// renameIndexes gives a table's indexes other names. SQLite has no statement for it.
func renameIndexes(t *schema.Table, table string, from, to func(string) string) []string {
	var out []string
	for _, ix := range t.Indexes {
		if ix.Definition == "" {
			continue // SQLite renames the indexes of constraints with the table
		}
		text := ix.Definition
		if to(ix.Name) != ix.Name {
			text = indexAs(ix.Definition, to(ix.Name), table)
		}
		out = append(out, fmt.Sprintf("UPDATE sqlite_schema SET name = %s, sql = %s WHERE type = 'index' AND name = %s",
			literal(to(ix.Name)), literal(text), literal(from(ix.Name))))
	}
	return out
}

func (cp *copying) dropTriggers() []string {
	var out []string
	for _, t := range cp.live.Triggers {
		out = append(out, "DROP TRIGGER IF EXISTS "+quote(t.Name))
	}
	return out
}

func (cp *copying) createTriggers() []string {
	var out []string
	for _, t := range cp.live.Triggers {
		out = append(out, t.Definition)
	}
	return out
}
