package rehearsal

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// here gives a statement as it is said on the stage: every name of a live table, and every text
// that may hold one, is the twin's.
func (r Request) here(st schema.Statement) schema.Statement {
	return r.mover().value(reflect.ValueOf(st)).Interface().(schema.Statement)
}

func (r Request) mover() mover {
	return mover{text: r.Stage.Here, schemas: r.Stage.Schemas(), seen: map[uintptr]reflect.Value{}}
}

// homeward is a mover from the stage to the live tables.
func (r Request) homeward() mover {
	m := mover{text: r.backwards().Replace, schemas: map[string]string{}, seen: map[uintptr]reflect.Value{}}
	for live, here := range r.Stage.Schemas() {
		m.schemas[here] = live
	}
	return m
}

// back gives a text from the stage with the names of the live tables. One name of the stage may begin
// another, so the longest is looked for first, and what was put in is not looked at again.
func (r Request) back(text string) string { return r.backwards().Replace(text) }

func (r Request) backwards() *strings.Replacer {
	names := r.Stage.Schemas()
	var pairs []string
	for _, live := range slices.SortedFunc(maps.Keys(names), func(a, b string) int { return len(names[b]) - len(names[a]) }) {
		pairs = append(pairs, names[live], live)
	}
	return strings.NewReplacer(pairs...)
}

// own says that a name of the stage stands in what the user wrote or has: then nobody could tell them
// apart. The names are random.
func (r Request) own() error {
	text, err := json.Marshal(struct {
		Statements []schema.Statement
		Plan       *plan.Plan
	}{r.Statements, r.Plan})
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	for _, here := range r.Stage.Schemas() {
		if strings.Contains(string(text), here) {
			return &schema.Unfit{Reason: "the plan itself names " + here + ", which is the scratch place of this rehearsal"}
		}
	}
	return nil
}

// mover copies plain data and changes names and texts in it.
type mover struct {
	text    func(string) string
	schemas map[string]string
	seen    map[uintptr]reflect.Value
}

func (m mover) value(v reflect.Value) reflect.Value {
	if name, ok := v.Interface().(schema.Name); ok {
		if here, moved := m.schemas[name.Schema]; moved {
			name.Schema = here
		}
		return reflect.ValueOf(name)
	}
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(m.text(v.String()))
	case reflect.Struct:
		out.Set(v)
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue // nothing that is said
			}
			out.Field(i).Set(m.value(v.Field(i)))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		if known, ok := m.seen[v.Pointer()]; ok {
			return known
		}
		out.Set(reflect.New(v.Type().Elem()))
		m.seen[v.Pointer()] = out
		out.Elem().Set(m.value(v.Elem()))
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out.Set(m.value(v.Elem()))
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(m.value(v.Index(i)))
		}
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for _, k := range v.MapKeys() {
			out.SetMapIndex(k, m.value(v.MapIndex(k)))
		}
	default:
		out.Set(v)
	}
	return out
}

// Changed is a schema with statements made, as far as they are known.
func Changed(have *schema.Schema, statements []schema.Statement) *schema.Schema {
	for _, st := range statements {
		for _, c := range st.Changes {
			have = schema.Apply(have, c)
		}
	}
	return have
}

// Names gives every table that statements name, those first that they are about.
func Names(statements []schema.Statement) []schema.Name {
	var names []schema.Name
	for _, st := range statements {
		for _, c := range st.Changes {
			gather(reflect.ValueOf(c), map[uintptr]bool{}, &names)
		}
	}
	return names
}

func gather(v reflect.Value, seen map[uintptr]bool, names *[]schema.Name) {
	switch v.Kind() {
	case reflect.Struct:
		if n, ok := v.Interface().(schema.Name); ok {
			if n.Table != "" && !slices.Contains(*names, n) {
				*names = append(*names, n)
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				gather(v.Field(i), seen, names)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			gather(v.Index(i), seen, names)
		}
	case reflect.Interface:
		if !v.IsNil() {
			gather(v.Elem(), seen, names)
		}
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.Pointer()] {
			seen[v.Pointer()] = true
			gather(v.Elem(), seen, names)
		}
	default:
	}
}
