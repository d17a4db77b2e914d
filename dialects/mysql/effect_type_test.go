package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
)

// fullTypes are types, each with values that use all that it can hold.
var fullTypes = []struct {
	name   string
	values []string
}{
	{"int", []string{"0", "7", "2147483647"}},
	{"mediumint", []string{"8388607"}},
	{"bigint unsigned", []string{"7", "18446744073709551615"}},
	{"bit(10)", []string{"b'1111111111'"}},
	{"year", []string{"2021"}},
	{"decimal(10,4)", []string{"1.2345", "7", "123456.7891"}},
	{"decimal(10,2)", []string{"1.25", "-0.01"}},
	{"decimal(10,0)", []string{"1234567890"}},
	{"decimal(5,2)", []string{"1.25"}},
	{"decimal(20,0)", []string{"12345678901234567890"}},
	{"float", []string{"1.5", "0.3"}},
	{"double", []string{"1.123456789012", "7", "2.5"}},
	{"double(10,4)", []string{"1.2345"}},
	{"double(10,2)", []string{"1.25"}},
	{"date", []string{"'2020-02-29'"}},
	{"time", []string{"'23:59:58'"}},
	{"time(3)", []string{"'23:59:58.987'"}},
	{"datetime", []string{"'2020-02-29 23:59:58'"}},
	{"datetime(3)", []string{"'2020-02-29 23:59:58.987'"}},
	{"datetime(6)", []string{"'2020-02-29 23:59:59.999999'"}},
	{"timestamp", []string{"'2020-02-29 23:59:58'"}},
	{"timestamp(2)", []string{"'2020-02-29 23:59:58.98'"}},
	{"char(30)", []string{"'a'", "'7'", "'1.123456789'", "'2020-02-29 23:59:58.987654'"}},
	{"varchar(30)", []string{"'a '", "'7'", "'1.123456789'", "'2020-02-29 23:59:58.987654'"}},
	{"text", []string{"'a '", "'7'", "'1.123456789'", "'2020-02-29'"}},
	{"varbinary(30)", []string{"'a '", "'7'"}},
	{"enum('a','7')", []string{"'a'", "'7'"}},
	{"set('a','7')", []string{"'a'", "'7,a'"}},
}

// What a server silently changes there and back is called lost before it runs; what keeps every value
// is not, but for digits that a float may or may not have.
func TestLosesValues(t *testing.T) {
	eachServer(t, func(t *testing.T, url string) {
		db := openTest(t, url)
		c, err := db.pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, from := range fullTypes {
			for _, to := range fullTypes {
				lost := ""
				for _, value := range from.values {
					if read, changed := retyped(t, c, from.name, to.name, value); changed {
						lost = value + " comes back as " + read
					}
				}
				if said := losesValues(parseType(from.name), parseType(to.name)); (lost != "") && !said {
					t.Errorf("%s to %s: %s, and nothing was said", from.name, to.name, lost)
				} else if said && lost == "" {
					t.Logf("%s to %s: said to lose values, and none of ours was", from.name, to.name)
				}
			}
		}
	})
}

// retyped changes a column's type and changes it back; false: a statement was refused, or the value is
// what it was.
func retyped(t *testing.T, c *sql.Conn, from, to, value string) (read string, changed bool) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	must := func(query string) {
		if _, err := c.ExecContext(ctx, query); err != nil {
			t.Fatal(query, err)
		}
	}
	must("DROP TEMPORARY TABLE IF EXISTS there")
	must(fmt.Sprintf("CREATE TEMPORARY TABLE there (v %s NULL)", from))
	must("INSERT INTO there VALUES (" + value + ")")
	var was string
	if err := c.QueryRowContext(ctx, "SELECT CONCAT(v) FROM there").Scan(&was); err != nil {
		t.Fatal(err)
	}
	for _, next := range []string{to, from} {
		if _, err := c.ExecContext(ctx, fmt.Sprintf("ALTER TABLE there MODIFY v %s NULL", next)); err != nil {
			return "", false
		}
	}
	if err := c.QueryRowContext(ctx, "SELECT CONCAT(v) FROM there").Scan(&read); err != nil {
		t.Fatal(err)
	}
	return read, read != was
}
