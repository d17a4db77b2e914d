package mysql

import (
	"context"
	"fmt"

	"surefoot/schema"
)

// timeZone is the zone of a session, as SET time_zone takes it.
type timeZone struct {
	name   string // "+03:00", "Europe/Dublin", or "SYSTEM": the zone of the server's process
	shifts bool   // its offset changes: one hour comes twice, and another never
}

// offsets gives the least and the greatest offset of a zone, in minutes, over the years of TIMESTAMP.
// CONVERT_TZ knows SYSTEM without the tables of time zones.
const offsets = `SELECT MIN(m), MAX(m) FROM (
  SELECT TIMESTAMPDIFF(MINUTE, at, CONVERT_TZ(at, '+00:00', ?)) AS m FROM (
    SELECT '1970-01-02 12:00:00' + INTERVAL 5 * (a.n + 10 * b.n + 100 * c.n + 1000 * d.n) DAY AS at
    FROM (SELECT 0 AS n ` + digits + `) a, (SELECT 0 AS n ` + digits + `) b, (SELECT 0 AS n ` + digits + `) c,
      (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) d) days) each_day`

const digits = `UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9`

// measured finds out whether a zone's offset changes. One that never does is known by its offset from
// then on, which means the same on every server: SYSTEM on the next may be another zone.
func (z timeZone) measured(ctx context.Context, q querier) (timeZone, error) {
	var least, most int
	if err := q.QueryRowContext(ctx, offsets, z.name).Scan(&least, &most); err != nil {
		return z, err
	}
	if least != most {
		return timeZone{name: z.name, shifts: true}, nil
	}
	sign := '+'
	if least < 0 {
		sign, least = '-', -least
	}
	return timeZone{name: fmt.Sprintf("%c%02d:%02d", sign, least/60, least%60)}, nil
}

// ambiguous says why a table cannot be walked by its key: a bound on a TIMESTAMP is written as the
// time of a zone, and in one whose offset changes two moments of a year have the same time.
func (z timeZone) ambiguous(t *schema.Table) string {
	key, _ := t.Key()
	for _, c := range key {
		if z.shifts && parseType(c.Type).name == "timestamp" {
			return "column " + c.Name + " of the key that the copy walks by is a TIMESTAMP, and in the time zone of the server's sessions (" +
				z.name + ") an hour comes twice; with time_zone='+00:00' in the database's address it can be copied"
		}
	}
	return ""
}

// UseTimeZone lets sessions begin in a zone from now on: that of the plan, whatever the server's has
// become since.
func (db *Database) UseTimeZone(name string) {
	if name == "" || name == db.zone.name {
		return
	}
	db.zone = timeZone{name: name}
	db.sessions.set("time_zone", literal(name))
	db.pool.SetMaxIdleConns(0) // those that are open have the old one
	db.pool.SetMaxIdleConns(idleSessions)
}
