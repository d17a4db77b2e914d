package mysql

import (
	"slices"
	"strings"

	"surefoot/schema"
)

// Engines other than InnoDB have no online DDL: what is not only metadata is a copy under a lock that
// lets others read. The server takes its own word for it, so an accepted INPLACE is metadata.

// ownEngine is a table's engine where it is not InnoDB; empty: it is, or the table is not known.
func ownEngine(t *schema.Table) string {
	if t == nil || strings.EqualFold(t.Extra["engine"], "InnoDB") {
		return ""
	}
	return strings.ToLower(t.Extra["engine"])
}

// metadataOnly says whether what a table's engine does in place is never more than metadata. Engines
// of others (RocksDB, Spider, ColumnStore) may do anything there.
func metadataOnly(t *schema.Table) bool {
	switch ownEngine(t) {
	case "myisam", "aria", "memory", "csv", "archive", "blackhole":
		return true
	}
	return false
}

// offline is how an engine without online DDL makes a change.
func offline(s sort) way {
	switch {
	case slices.Contains([]sort{renameColumn, setDefault, changeMetadata, appendMember, renameIndex}, s):
		return instant
	case s == findOrphans:
		return readOnly
	}
	return way{algorithm: "COPY", lock: "SHARED", rewrites: true}
}
