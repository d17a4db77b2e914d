package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// picked are the log entries of a batch.
const picked = "seq IN (SELECT value FROM json_each('[' || ?1 || ']'))"

func (cp *copying) forward() *plan.Capture {
	return cp.feed("forward", cp.log, cp.live, cp.live.Name.Table, cp.next, cp.shadow, cp.columns)
}

func (cp *copying) reverse() *plan.Capture {
	return cp.feed("reverse", cp.rev, cp.next, cp.live.Name.Table, cp.live, cp.old, cp.reversed())
}

// feed makes the target's rows of logged keys what the source's are now.
func (cp *copying) feed(name, log string, from *schema.Table, source string, to *schema.Table, target string, columns []schema.Mapping) *plan.Capture {
	q := quote(log)
	ids := []string{"ids"}
	atSource := cp.keyed(log, source, from)
	apply := []plan.Stmt{{SQL: fmt.Sprintf("DELETE FROM %s WHERE %s", quote(target), cp.keyed(log, target, to)), Args: ids}}
	for _, u := range uniques(to, cp.key, cp.rowid) {
		if values := u.values(columns, cp.rowid); values != nil {
			makeWay := u.evict
			if u.rowid != "" && keeps(to, columns) {
				makeWay = u.setAside
			}
			apply = append(apply, plan.Stmt{SQL: makeWay(target, log, cp.key, values, quote(source)+" WHERE "+atSource), Args: ids})
		}
	}
	apply = append(apply, plan.Stmt{SQL: cp.insert(target, source, columns, atSource), Args: ids})
	if keeps(to, columns) {
		apply[0].SQL += " AND " + cp.without(target, source)
		apply[len(apply)-1].SQL += " AND " + cp.without(source, target)
		update := plan.Stmt{SQL: cp.update(target, source, columns, atSource), Args: ids}
		apply = slices.Insert(apply, len(apply)-1, update)
	}
	apply = append(apply, plan.Stmt{SQL: fmt.Sprintf("DELETE FROM %s WHERE %s", q, picked), Args: ids})
	for i := range apply {
		apply[i] = apply[i].Numbered(beganParameter)
	}
	below := &bounds{key: cp.key}
	where := below.in("", false, true)
	if null := nullKeys(cp.key); null != "" {
		where = "(" + where + " OR " + null + ")"
	}
	below.args = append(below.args, "limit")
	var shown []string
	for _, k := range cp.key {
		shown = append(shown, "quote("+quote(k.Name)+")")
	}
	return &plan.Capture{
		Name: name, Names: names(cp.key), Apply: apply,
		Take:      plan.Stmt{SQL: fmt.Sprintf("SELECT seq FROM %s ORDER BY seq LIMIT ?1", q), Args: []string{"limit"}},
		TakeBelow: plan.Stmt{SQL: fmt.Sprintf("SELECT seq FROM %s WHERE %s ORDER BY seq LIMIT ?%d", q, where, len(below.args)), Args: below.args},
		Keys:      plan.Stmt{SQL: fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(shown, ", "), q, picked), Args: ids},
		Backlog:   plan.Stmt{SQL: fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT ?1)", q), Args: []string{"limit"}},
	}
}

// keeps says that the target has columns which the source lacks: their values must outlive a
// change of their row, so that a rollback brings them back.
func keeps(to *schema.Table, columns []schema.Mapping) bool {
	for _, c := range to.Columns {
		if c.Generated == "" && !slices.ContainsFunc(columns, func(m schema.Mapping) bool { return strings.EqualFold(m.To, c.Name) }) {
			return true
		}
	}
	return false
}

// without is the condition that no row of another table has a row's key. Rows with a NULL in it are nobody's: they
// go and come.
func (cp *copying) without(table, other string) string {
	on := make([]string, len(cp.key))
	for i, k := range cp.key {
		on[i] = fmt.Sprintf("_sf_o.%s = +%s.%s", quote(k.Name), quote(table), quote(k.Name))
	}
	return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s AS _sf_o WHERE %s)", quote(other), strings.Join(on, " AND "))
}

// update changes the rows that both tables have.
func (cp *copying) update(target, source string, columns []schema.Mapping, where string) string {
	var set, on []string
	rowid := ""
	if cp.rowid != "" {
		rowid = cp.rowid + " AS _sf_rowid, "
		set = append(set, cp.rowid+" = n._sf_rowid")
	}
	for _, m := range columns {
		if m.From != "" {
			set = append(set, fmt.Sprintf("%s = n.%s", quote(m.To), quote(m.From)))
		}
	}
	for _, k := range cp.key {
		on = append(on, fmt.Sprintf("%s.%s = +n.%s", quote(target), quote(k.Name), quote(k.Name)))
	}
	return fmt.Sprintf("UPDATE %s SET %s FROM (SELECT %s* FROM %s WHERE %s) AS n WHERE %s",
		quote(target), strings.Join(set, ", "), rowid, quote(source), where, strings.Join(on, " AND "))
}

// keyed is the condition that a row has a key of the batch. A key that may be NULL cannot be
// compared by IN.
func (cp *copying) keyed(log, table string, t *schema.Table) string {
	if nullKeys(cp.key) == "" {
		return fmt.Sprintf("%s IN (SELECT %s FROM %s WHERE %s)", tuple(cp.key, ""), keyList(cp.key, "+"), quote(log), picked)
	}
	rowid := hiddenRowid(t)
	if rowid == "" {
		rowid = "rowid"
	}
	var on []string
	for _, k := range cp.key {
		on = append(on, fmt.Sprintf("r.%s IS +g.%s", quote(k.Name), quote(k.Name)))
	}
	return fmt.Sprintf("%s IN (SELECT r.%s FROM %s AS g CROSS JOIN %s AS r ON %s WHERE g.%s)",
		rowid, rowid, quote(log), quote(table), strings.Join(on, " AND "), picked)
}
