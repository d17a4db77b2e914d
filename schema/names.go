package schema

import (
	"crypto/sha256"
	"encoding/hex"
)

// SideName names what stands beside a table: its shadow ("new"), the old table ("old"), the logs
// ("log", "rev"). The name sorts behind the table's own, so that engines that take locks in the
// order of names take the live table's first. limit is the longest name in bytes.
func SideName(table, suffix string, limit int) string {
	name := table + "_sf_" + suffix
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(table))
	tail := "~" + hex.EncodeToString(sum[:])[:8] + "_sf_" + suffix
	keep := limit - len(tail)
	for keep > 0 && table[keep]&0xC0 == 0x80 { // not inside a character
		keep--
	}
	return table[:keep] + tail
}
