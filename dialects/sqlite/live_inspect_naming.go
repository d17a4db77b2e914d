package sqlite

import (
	"context"
	"maps"
	"strings"

	"surefoot/schema"
)

// nameAll adds a table's triggers, what else names it, and what these name besides.
func nameAll(t *schema.Table, objects []object) {
	for _, o := range objects {
		if o.kind == "trigger" && strings.EqualFold(o.table, t.Name.Table) && !ours.MatchString(o.name) {
			t.Triggers = append(t.Triggers, schema.Trigger{Name: o.name, Definition: o.sql})
		}
	}
	maps.Copy(t.Extra, naming(t.Name.Table, objects))
	beside(t, objects)
}

// naming gives the views, and the triggers of others, that name a table, also by way of a view.
func naming(table string, objects []object) map[string]string {
	out := map[string]string{}
	names := []string{table}
	for seen := 0; seen < len(names); {
		name := names[seen]
		seen++
		for _, o := range objects {
			key := extraView + o.name
			switch {
			case o.kind == "trigger" && !ours.MatchString(o.name) && !strings.EqualFold(o.table, table):
				key = extraTrigger + o.name
			case o.kind != "view":
				continue
			}
			if out[key] != "" || !mentions(o.sql, name) {
				continue
			}
			out[key] = o.sql
			if o.kind == "view" {
				names = append(names, o.name)
			}
		}
	}
	return out
}

// beside notes what a table's triggers, and what names it, name besides it, and so on: SQLite looks at that too
// when it rewrites them.
func beside(t *schema.Table, objects []object) {
	var texts []string
	for _, tr := range t.Triggers {
		texts = append(texts, tr.Definition)
	}
	for key, text := range t.Extra {
		if strings.HasPrefix(key, extraView) || strings.HasPrefix(key, extraTrigger) {
			texts = append(texts, text)
		}
	}
	for seen := 0; seen < len(texts); seen++ {
		for _, o := range objects {
			key := extraBeside + o.name
			if o.kind != "table" && o.kind != "view" || o.sql == "" || strings.EqualFold(o.name, t.Name.Table) || t.Extra[extraView+o.name] != "" || t.Extra[key] != "" || !mentions(texts[seen], o.name) {
				continue
			}
			t.Extra[key] = o.sql
			if o.kind == "view" {
				texts = append(texts, o.sql)
			}
		}
	}
}

// mayUse says that a text which names a table may use a column of it, in a trigger also by its place.
func mayUse(key, text, column string) bool {
	view, trigger := strings.HasPrefix(key, extraView), strings.HasPrefix(key, extraTrigger)
	return (view || trigger) && mentions(text, column) || trigger && byPlace(tokenize(text))
}

// byPlace says that a statement takes or gives the columns of a table without their names.
func byPlace(tokens []token) bool {
	for i, t := range tokens {
		if t.sign("*") && tokens[i-1].is("SELECT", "ALL", "DISTINCT") || t.sign("*") && tokens[i-1].sign(".") {
			return true
		}
		if !t.is("INTO") {
			continue
		}
		_, next, _ := named(tokens[i+1:])
		if at := i + 1 + next; at < len(tokens) && tokens[at].is("VALUES", "SELECT", "WITH") {
			return true
		}
	}
	return false
}

// namings gives what names each table, and what stands beside it, as SQLite has it now.
func (r *reader) namings() []schema.Extra {
	objects, err := readObjects(context.Background(), r.scratch.db)
	if err != nil {
		return nil
	}
	var out []schema.Extra
	for _, o := range objects {
		if o.kind == "table" {
			t := &schema.Table{Name: on(o.name).Name, Extra: map[string]string{}}
			nameAll(t, objects)
			out = append(out, schema.Extra{On: on(o.name), Texts: t.Extra})
		}
	}
	return out
}

// changedNamings gives what has become of the texts that name tables.
func changedNamings(was, is []schema.Extra) []schema.Extra {
	var out []schema.Extra
	if len(was) != len(is) {
		return nil // they could not be read
	}
	for i, extra := range is { // a view or a trigger makes and drops no table
		diff := maps.Clone(extra.Texts)
		for key, text := range was[i].Texts {
			if now, there := diff[key]; !there {
				diff[key] = "" // it is gone
			} else if now == text {
				delete(diff, key)
			}
		}
		if len(diff) > 0 {
			out = append(out, schema.Extra{On: extra.On, Texts: diff})
		}
	}
	return out
}
