package load

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestSeedIsWhatVerifyExpects seeds every shape on every engine: the SQL that
// computes a row and the Go code that expects it must agree.
func TestSeedIsWhatVerifyExpects(t *testing.T) {
	eachEngine(t, func(t *testing.T, url string) {
		for _, shape := range Shapes() {
			t.Run(string(shape), func(t *testing.T) {
				db, engine := open(t, url)
				table := "seeded_" + string(shape)
				seed(t, db, engine, shape, table, 3000)
				verifyEmpty(t, db, NewJournal(engine, shape, table, 3000))
			})
		}
	})
}

func sqliteURL(t *testing.T) string {
	return fmt.Sprintf("sqlite:%s", filepath.Join(t.TempDir(), "test.db"))
}
