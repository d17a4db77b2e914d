package sqlite

import (
	"bytes"
	"fmt"
	"testing"
)

// Every value that can be a key comes back from its text as it was, with its type.
func TestKeysAsText(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le"} {
		db := openTemp(t, "PRAGMA encoding = '"+encoding+"'", "CREATE TABLE t (k)",
			"INSERT INTO t VALUES (0), (-9223372036854775808), (9223372036854775807), (1.5), (-0.0), (1e300), (9e999), (0.1), (''), ('a'), ('12'), ('-x'), ('~t00'), ('~'), "+
				"('it''s'), ('é'), (char(0)), ('a' || char(0) || 'b'), ('line' || char(10)), (x''), (x'00'), (x'ff61'), ('0x10'), ('日本'), (CAST(x'ff' AS TEXT))")
		var texts []string
		rows, err := db.pool.Query("SELECT " + encode("k") + " FROM t ORDER BY rowid")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			if bytes.ContainsFunc([]byte(s), func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%s: %q is not plain text", encoding, s)
			}
			texts = append(texts, s)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for i, s := range texts {
			var same bool
			q := fmt.Sprintf("SELECT k IS %[1]s AND typeof(k) = typeof(%[1]s) AND quote(k) = quote(%[1]s) FROM t WHERE rowid = %[2]d", decode(1), i+1)
			if err := db.pool.QueryRow(q, s).Scan(&same); err != nil || !same {
				t.Errorf("%s: row %d does not come back from %q: %v", encoding, i+1, s, err)
			}
		}
	}
}
