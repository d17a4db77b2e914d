package postgres

import (
	"fmt"
	"strings"
	"testing"
)

// Values are converted as the user's own sessions convert them: in the time zone of the server, the
// database or the role, natively and through a copy.
func TestConvertedInTheUsersZone(t *testing.T) {
	for _, zone := range []string{"Asia/Kolkata", "America/New_York", "Europe/Dublin"} {
		newest(t, func(t *testing.T, url string) {
			asNative(t, url, nativeCase{
				setup: inDatabase("timezone", zone) + `CREATE TABLE m (id int PRIMARY KEY, a timestamp, b timestamptz, c text, d timestamptz, k date);
					INSERT INTO m SELECT g, ts, ts, ts::text, ts, ts::date FROM generate_series(1, 3000) g, LATERAL (SELECT timestamp '2024-03-30 00:30' + g * interval '7 hours') t(ts);`,
				change: `ALTER TABLE m ALTER a TYPE timestamptz, ALTER b TYPE timestamp, ALTER c TYPE timestamptz USING c::timestamptz, ALTER d TYPE text,
					ALTER k TYPE timestamptz, ADD COLUMN e timestamptz NOT NULL DEFAULT '2024-07-01 12:00'`,
			})
		})
	}
}

// Where the user's sessions write values as text in ways of their own, statements of the user's do
// so too, and a copy that would need it is refused.
func TestWrittenInTheUsersStyle(t *testing.T) {
	setup := inDatabase("datestyle", "German, DMY") + inDatabase("intervalstyle", "iso_8601") + inDatabase("extra_float_digits", "-3") + inDatabase("bytea_output", "escape") +
		`CREATE TABLE m (id int PRIMARY KEY, n int, a date, b interval, c float8, d bytea);
		INSERT INTO m SELECT g, g, date '2024-02-03' + g, g * interval '1 hour', g / 3.0, '\x00ff' FROM generate_series(1, 3000) g;`
	for _, c := range []nativeCase{
		{name: "carried", setup: setup, change: `ALTER TABLE m ALTER n TYPE bigint, ALTER a TYPE timestamptz, ALTER c TYPE numeric, ADD COLUMN e date DEFAULT '03.02.2024', ADD CHECK (a > '01.02.2000')`},
		{name: "refused", setup: setup, change: `ALTER TABLE m ALTER a TYPE text`, refused: "DateStyle = 'German, DMY'"},
		{name: "refused", setup: setup, change: `ALTER TABLE m ALTER n TYPE text USING n || (b::text)`, refused: "DateStyle = 'German, DMY'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			newest(t, func(t *testing.T, url string) { asNative(t, url, c) })
		})
	}
}

func inDatabase(setting, value string) string {
	return "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET " + setting + " = %L', current_database(), " + literal(value) + "); END$$; "
}

// What a server reads by standard_conforming_strings = off is refused, and what means the same in every session is not.
func TestEscapesInPlainStrings(t *testing.T) {
	newest(t, func(t *testing.T, url string) {
		db := open(t, url)
		exec(t, db.pool, "CREATE TABLE m (id int PRIMARY KEY)", inDatabase("standard_conforming_strings", "off"))
		db = open(t, url)
		for change, want := range map[string]string{
			`ALTER TABLE m ADD COLUMN w text DEFAULT 'x\y'`:                    "standard_conforming_strings is off here",
			`ALTER TABLE m ADD CHECK (id::text <> E'\\' AND id <> 5) -- 'x\y'`: "",
		} {
			_, err := db.Parse("", change, nil)
			if got := fmt.Sprint(err); want == "" && err != nil || !strings.Contains(got, want) {
				t.Errorf("%s: %s, want %q", change, got, want)
			}
		}
	})
}
