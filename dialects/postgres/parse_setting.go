package postgres

import (
	"regexp"
	"slices"
	"strings"

	pgquery "github.com/pganalyze/pg_query_go/v6"

	"surefoot/schema"
)

// setting is what a text set in its session, so that its statements mean something else by it.
type setting struct {
	name, text string
	local      bool
}

// setLocal begins what Within gives.
const setLocal = "SET LOCAL "

// harmless are the settings, or their beginnings, by which a statement makes the same as without them.
var harmless = []string{
	"statement_timeout", "lock_timeout", "idle_", "transaction_timeout", "deadlock_timeout", "client_min_messages", "client_encoding",
	"application_name", "row_security", "synchronous_commit", "work_mem", "maintenance_work_mem", "max_parallel_", "parallel_", "log_", "enable_", "jit", "vacuum_",
	"search_path", "transaction", "session characteristics",
}

// neutral are values that are the server's own unless somebody chose others; pg_dump sets them.
var neutral = map[string]string{
	"default_tablespace": "", "default_table_access_method": "heap", "xmloption": "content", "standard_conforming_strings": "on",
}

// setting follows SET, SET LOCAL and RESET of what is not search_path.
func (r *reader) setting(n *pgquery.VariableSetStmt, src source) {
	name := strings.ToLower(n.Name)
	if n.Kind == pgquery.VariableSetKind_VAR_RESET_ALL {
		r.settings = nil
		return
	}
	if n.IsLocal && !r.path.open {
		return
	}
	value := ""
	if c := firstOf(n.Args).GetAConst(); c != nil {
		value = strings.ToLower(c.GetSval().GetSval())
	}
	sets := n.Kind == pgquery.VariableSetKind_VAR_SET_VALUE || n.Kind == pgquery.VariableSetKind_VAR_SET_CURRENT
	r.setTo(setting{name, setLocal + name + " = " + valueOf(src), n.IsLocal}, value, sets)
}

// valueOf gives what stands behind =, TO, TIME ZONE or XML OPTION.
func valueOf(set source) string {
	for i, t := range set.tokens {
		if t.punct == '=' || t.word == "to" || t.word == "zone" || t.word == "option" {
			return set.from(i + 1).String()
		}
	}
	return "DEFAULT"
}

func (r *reader) setTo(to setting, value string, sets bool) {
	if to.name == bodyCheck {
		r.unchecked = sets && slices.Contains([]string{"off", "false", "no", "0"}, value)
		return
	}
	if slices.ContainsFunc(harmless, func(h string) bool { return strings.HasPrefix(to.name, h) }) {
		return
	}
	r.settings = slices.DeleteFunc(slices.Clone(r.settings), func(s setting) bool { return s.name == to.name && s.local == to.local })
	usual, known := neutral[to.name]
	own := known && value == usual || to.name == "timezone" && r.schema != nil && strings.EqualFold(value, r.schema.TimeZone)
	if sets && !own {
		r.settings = append(r.settings, to)
	}
}

var setConfigOther = regexp.MustCompile(`(?is)^select\s+(?:pg_catalog\.)?set_config\s*\(\s*'([\w.]+)'\s*,\s*('(?:[^']|'')*')\s*,\s*(true|false)\s*\)$`)

// setsConfig reads a SELECT that does nothing but set_config. One that holds for its transaction only does
// nothing outside of one.
func (r *reader) setsConfig(text string) bool {
	m := setConfigOther.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	local := strings.EqualFold(m[3], "true")
	if !local || r.path.open {
		r.path.configured(text)
		r.setTo(setting{strings.ToLower(m[1]), setLocal + m[1] + " = " + m[2], local}, strings.ToLower(strings.Trim(m[2], "'")), true)
	}
	return true
}

// within says to the server what holds for a statement that is run as it was written. Its settings are setup:
// no steps of our own have them.
func (r *reader) within(st *schema.Statement) {
	st.Within = r.path.within()
	for _, s := range r.settings {
		st.Setup = append(st.Setup, s.text)
	}
	st.Within = append(st.Within, st.Setup...)
	if r.unchecked && makesRoutine(newSource(st.SQL)) {
		st.Within = append(st.Within, setLocal+bodyCheck+" = off")
	}
}

// bodyCheck is the setting by which the server does not look into the body of a routine that is made.
const bodyCheck = "check_function_bodies"

func makesRoutine(src source) bool {
	i := src.skip(0, "create")
	i = max(src.skip(i, "or", "replace"), i)
	return i > 0 && (src.skip(i, "function") > i || src.skip(i, "procedure") > i)
}

// leaving takes back what Within set, so that proofs are looked at as always.
func (d *Dialect) leaving(within []string) []string {
	var back []string
	for _, w := range within {
		name, _, _ := strings.Cut(strings.TrimPrefix(w, setLocal), " = ")
		back = append(back, "RESET "+name)
	}
	if len(back) > 0 {
		back = append(back, d.styles...)
	}
	return back
}

// escaped refuses what the server would read otherwise than we: our sessions have standard_conforming_strings on.
func (r *reader) escaped() error {
	for _, t := range r.src.tokens {
		if text := r.text[t.start:t.end]; strings.HasPrefix(text, "'") && strings.Contains(text, `\`) {
			line, column := r.place(t.start)
			return &schema.SyntaxError{
				File: r.file, Line: line, Column: column,
				Message: `standard_conforming_strings is off here, so that \ in '…' is an escape: write E'…'`,
			}
		}
	}
	return nil
}
