package mysql

import (
	"fmt"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// known finds the table of a change that needs it.
func known(c schema.Change, s *schema.Schema) (*schema.Table, error) {
	t := s.Table(c.Table())
	if t == nil {
		return nil, fmt.Errorf("table %s is not known", s.Resolve(c.Table()))
	}
	return t, nil
}

// addConstraintSteps adds a constraint. A foreign key whose rows are checked later is added with
// foreign_key_checks off, which is a change of the dictionary alone; new rows are checked at once.
func (d *Dialect) addConstraintSteps(c schema.AddConstraint, s *schema.Schema) ([]plan.Step, error) {
	if c.UsingIndex != "" && c.Constraint.Kind == schema.Unique {
		return nil, nil // the unique index is the constraint
	}
	if k := &c.Constraint; k.Kind == schema.ForeignKey && k.NotValid {
		if d.maria() {
			k.Definition = asDefaultAction(k.Definition)
		} else if len(k.RefColumns) == 0 {
			referred, err := referredColumns(*k, k.Referred(s.Resolve(c.Name)), s)
			if err != nil {
				return nil, err
			}
			k.RefColumns = referred
			k.Definition = refers(*k)
		}
	}
	steps, err := d.alterStep(c.Name, []schema.Change{c}, s)
	if err != nil || c.Constraint.Kind != schema.ForeignKey || !c.Constraint.NotValid {
		return steps, err
	}
	steps[0].SQL = append([]string{"SET SESSION foreign_key_checks = 0"}, steps[0].SQL...)
	steps[0].Title = "add foreign key " + c.Constraint.Name + " for rows to come"
	return steps, nil
}

// asDefaultAction leaves out RESTRICT and SET DEFAULT: without a copy of the table MariaDB (10.11.18, 11.8.9)
// makes NO ACTION of them, and with one it makes what a foreign key is that says nothing.
func asDefaultAction(definition string) string {
	toks := tokenize(definition, sqlMode{})
	var b strings.Builder
	last := 0
	for i := 2; i < len(toks); i++ {
		end := i
		if toks[i].is("set") && i+1 < len(toks) && toks[i+1].is("default") {
			end++
		} else if !toks[i].is("restrict") {
			continue
		}
		if toks[i-1].is("delete", "update") && toks[i-2].is("on") {
			b.WriteString(definition[last:toks[i-2].start])
			last = toks[end].end
		}
	}
	return strings.TrimSpace(b.String() + definition[last:])
}

// validate looks for rows that break a foreign key, key range by key range, or enforces a check.
func (d *Dialect) validate(c schema.ValidateConstraint, s *schema.Schema) ([]plan.Step, error) {
	t, err := known(c, s)
	if err != nil {
		return nil, err
	}
	k := c.Constraint
	if k.Kind != schema.ForeignKey {
		return one(plan.Step{
			Price:    plan.Price{Work: plan.WriteAll},
			Act:      plan.Act{SQL: []string{"ALTER TABLE " + qualified(t.Name) + " " + enforcement(k.Name, true)}},
			Evidence: plan.Evidence{Proof: "SELECT " + isEnforced(t.Name, k.Name, true)},
			WayBack:  plan.WayBack{Undo: []string{noLongerEnforced(t.Name, k.Name)}},
		})
	}
	key, why := t.Key()
	if why != "" {
		return nil, fmt.Errorf("the rows of %s cannot be checked in chunks: %s", t.Name, why)
	}
	parent := k.Referred(t.Name)
	referred, err := referredColumns(k, parent, s)
	if err != nil {
		return nil, err
	}
	var joined, present, texts []string
	for i, col := range k.Columns {
		joined = append(joined, "p."+quote(referred[i])+" = l."+quote(col))
		present = append(present, "l."+quote(col)+" IS NOT NULL")
	}
	for _, col := range key {
		texts = append(texts, keyText(col, "l"))
	}
	walk := walkOver(t, key)
	diff := ranged(key, "l", func(where fragment) fragment {
		var f fragment
		f.add("SELECT "+strings.Join(texts, ", ")+" FROM "+qualified(t.Name)+" AS l FORCE INDEX ("+keyIndex(t, key)+") WHERE "+where.sql, where.args...)
		f.add(" AND "+strings.Join(present, " AND ")+" AND NOT EXISTS (SELECT 1 FROM "+qualified(parent)+" AS p WHERE "+strings.Join(joined, " AND ")+") LIMIT ?", "limit")
		return f
	})
	walk.Diff, walk.Breach = &diff, "rows of "+t.Name.String()+" break foreign key "+k.Name
	return one(plan.Step{
		Price: plan.Price{Work: plan.ReadRows}, Act: plan.Act{Walk: walk},
	})
}

// referredColumns are the columns of the parent that a foreign key names, or those of its primary key: MySQL
// lets them be left out since 9.0.
func referredColumns(k schema.Constraint, parent schema.Name, s *schema.Schema) ([]string, error) {
	columns := k.RefColumns
	if to := s.Table(parent); len(columns) == 0 && to != nil {
		if primary := to.Index("PRIMARY"); primary != nil {
			columns = primary.Columns
		}
	}
	if len(columns) != len(k.Columns) {
		return nil, fmt.Errorf("the columns of %s that foreign key %s refers to are not known", parent, k.Name)
	}
	return columns, nil
}

// backfill gives a column its value, key range by key range. Each chunk first locks its rows without
// waiting: it fails and is tried again where somebody else has one, so that it can never be part of
// a deadlock that takes the application's statement.
func (d *Dialect) backfill(c schema.Backfill, s *schema.Schema) ([]plan.Step, error) {
	t, err := known(c, s)
	if err != nil {
		return nil, err
	}
	key, why := t.Key()
	if why != "" {
		return nil, fmt.Errorf("the rows of %s cannot be updated in chunks: %s", t.Name, why)
	}
	value, need := c.Expr, c.Where
	if c.From != "" {
		// What was written before both triggers were there may have left the two apart.
		from := t.Column(c.From)
		if from == nil {
			return nil, fmt.Errorf("table %s has no column %s", t.Name, c.From)
		}
		value, need = quote(c.From), apart(columnType(from.Type, from.Collation), quote(c.From), quote(c.Column))
	}
	if need == "" {
		need = quote(c.Column) + " IS NULL"
	}
	name := qualified(t.Name)
	walk := walkOver(t, key)
	walk.Alone = true
	walk.Do = []plan.Ranged{
		ranged(key, name, func(where fragment) fragment {
			return fragment{"SELECT 1 FROM " + name + " WHERE (" + need + ") AND " + where.sql + " FOR UPDATE NOWAIT", where.args}
		}),
		ranged(key, name, func(where fragment) fragment {
			return fragment{"UPDATE " + name + " SET " + quote(c.Column) + " = " + value + " WHERE (" + need + ") AND " + where.sql, where.args}
		}),
	}
	fill := plan.Step{
		Price: plan.Price{Work: plan.WriteRows, Blocks: plan.BlocksNothing}, Act: plan.Act{Walk: walk},
	}
	if c.From != "" {
		return one(fill) // what keeps the columns equal fills rows that move
	}
	begin, end := followMoves(c, t)
	return []plan.Step{begin, fill, end}, nil
}

// followMoves fills rows whose key changes meanwhile: they may move to where the walk has been.
func followMoves(c schema.Backfill, t *schema.Table) (begin, end plan.Step) {
	trigger := schema.Name{Schema: t.Name.Schema, Table: schema.SideName(t.Name.Table+"_"+c.Column, "fu", nameLimit)}
	drop := []string{"DROP TRIGGER IF EXISTS " + qualified(trigger)}
	create := fmt.Sprintf("CREATE TRIGGER %s BEFORE UPDATE ON %s FOR EACH ROW BEGIN IF NEW.%[3]s IS NULL THEN SET NEW.%[3]s = %[4]s; END IF; END",
		qualified(trigger), qualified(t.Name), quote(c.Column), c.Expr)
	begin = plan.Step{
		Kind: schema.DualWrite, Title: c.Title(t.Name) + " in rows whose key changes",
		Act: plan.Act{SQL: append(drop[:1:1], create)}, Evidence: plan.Evidence{Proof: triggersCounted(1, trigger)},
		WayBack: plan.WayBack{Undo: drop},
		Price:   plan.Price{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE"},
	}
	end = plan.Step{
		Title: "stop filling column " + c.Column + " of " + t.Name.String(),
		Act:   plan.Act{SQL: drop}, Evidence: plan.Evidence{Proof: triggersCounted(0, trigger)},
		WayBack: plan.WayBack{Undo: drop},
		Price:   plan.Price{Blocks: plan.BlocksAll, Lock: "EXCLUSIVE"},
	}
	return begin, end
}

// apart says that two values of a type are not the same in every way.
func apart(t colType, a, b string) string {
	return "NOT (" + exact(t, a) + " <=> " + exact(t, b) + ")"
}

// syncColumns keeps two columns equal under writes to either: a new value in one goes to the other,
// and where a row is inserted with both, the new one counts. An update that leaves the new one alone
// fills it in, also in a row that moves to where the backfill has been.
func (d *Dialect) syncColumns(c schema.SyncColumns, s *schema.Schema) ([]plan.Step, error) {
	t, err := known(c, s)
	if err != nil {
		return nil, err
	}
	col := t.Column(c.Old)
	if col == nil {
		return nil, fmt.Errorf("table %s has no column %s", t.Name, c.Old)
	}
	typ := columnType(col.Type, col.Collation)
	names := syncTriggers(t.Name, c.Old, c.New)
	insert := fmt.Sprintf("IF NEW.%[1]s IS NULL THEN SET NEW.%[1]s = NEW.%[2]s; ELSE SET NEW.%[2]s = NEW.%[1]s; END IF;", quote(c.New), quote(c.Old))
	update := fmt.Sprintf("IF %[3]s THEN SET NEW.%[1]s = NEW.%[2]s; ELSE SET NEW.%[2]s = NEW.%[1]s; END IF;",
		quote(c.Old), quote(c.New), apart(typ, "NEW."+quote(c.New), "OLD."+quote(c.New)))
	var statements, drops []string
	for i, body := range []string{insert, update} {
		event := []string{"INSERT", "UPDATE"}[i]
		drop := "DROP TRIGGER IF EXISTS " + qualified(names[i])
		drops = append(drops, drop)
		statements = append(statements, drop, fmt.Sprintf("CREATE TRIGGER %s BEFORE %s ON %s FOR EACH ROW BEGIN %s END",
			qualified(names[i]), event, qualified(t.Name), body))
	}
	var before []plan.Step
	if d.maria() { // see effect.go on SetNotNull
		if before, err = d.sparesOld(schema.UnsyncColumns(c), t, s); err != nil {
			return nil, err
		}
	}
	return append(before, plan.Step{
		Act: plan.Act{SQL: statements}, Evidence: plan.Evidence{Proof: triggersCounted(2, names[:]...)},
		WayBack: plan.WayBack{Undo: drops},
		Price:   plan.Price{Meanwhile: c.Meanwhile(t)},
	}), nil
}

func (d *Dialect) unsyncColumns(c schema.UnsyncColumns, s *schema.Schema) ([]plan.Step, error) {
	t, err := known(c, s)
	if err != nil {
		return nil, err
	}
	names := syncTriggers(t.Name, c.Old, c.New)
	back, err := d.syncColumns(schema.SyncColumns(c), s)
	if err != nil {
		return nil, err
	}
	typ := columnType(t.Column(c.Old).Type, t.Column(c.Old).Collation)
	// Without it, each row that is read stays locked until all are.
	copied := "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; UPDATE " + qualified(t.Name) + " SET " + quote(c.Old) + " = " + quote(c.New) +
		" WHERE " + apart(typ, quote(c.Old), quote(c.New))
	var steps []plan.Step
	if !d.maria() {
		if steps, err = d.sparesOld(c, t, s); err != nil {
			return nil, err
		}
	}
	return append(steps, plan.Step{
		Act:      plan.Act{SQL: []string{"DROP TRIGGER IF EXISTS " + qualified(names[0]), "DROP TRIGGER IF EXISTS " + qualified(names[1])}},
		Evidence: plan.Evidence{Proof: triggersCounted(0, names[:]...)},
		WayBack:  plan.WayBack{Undo: append(back[len(back)-1].SQL, copied), Loses: "values written to " + c.New + " alone are copied back in one go"},
	}), nil
}

// sparesOld lets writers leave the old column out where no trigger fills it in: one that is NOT NULL
// without a default gets a default for the time until it is dropped.
func (d *Dialect) sparesOld(c schema.UnsyncColumns, t *schema.Table, s *schema.Schema) ([]plan.Step, error) {
	old := t.Column(c.Old)
	if !old.NotNull || old.Default != "" {
		return nil, nil
	}
	steps, err := d.alterStep(c.Name, []schema.Change{schema.SetDefault{On: c.On, Column: c.Old, Expr: anyValue(columnType(old.Type, old.Collation))}}, s)
	for i := range steps {
		steps[i].Title = "let writers leave column " + c.Old + " of " + t.Name.String() + " out"
	}
	return steps, err
}

// anyValue gives a default that a column of a type takes; empty: none is known.
func anyValue(t colType) string {
	switch t.name {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit":
		return "0"
	case "year":
		return "2000"
	case "date":
		return "'2000-01-01'"
	case "datetime", "timestamp":
		return "'2000-01-01 00:00:00'"
	case "time":
		return "'00:00:00'"
	case "char", "varchar", "binary", "varbinary", "set":
		return "''"
	case "enum":
		return literal(t.args[0])
	case "tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob":
		return "(concat(''))" // a mere '' in parentheses counts as a literal, which MySQL 9.7 refuses here
	case "json":
		return "(json_object())"
	}
	return ""
}

func syncTriggers(table schema.Name, from, to string) [2]schema.Name {
	name := func(event string) schema.Name {
		return schema.Name{Schema: table.Schema, Table: schema.SideName(table.Table+"_"+from+"_"+to, event, nameLimit)}
	}
	return [2]schema.Name{name("si"), name("su")}
}

// triggersCounted asks whether so many of some triggers are there.
func triggersCounted(want int, names ...schema.Name) string {
	var texts []string
	for _, n := range names {
		texts = append(texts, literal(n.Table))
	}
	return fmt.Sprintf("SELECT COUNT(*) = %d FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s AND TRIGGER_NAME IN (%s)",
		want, schemaText(names[0]), strings.Join(texts, ", "))
}
