package mysql

import (
	"slices"
	"strings"

	"surefoot/plan"
	"surefoot/schema"
)

// The kinds of change.
const (
	addColumn                 sort = "add a column at the end"
	addColumnAt               sort = "add a column at a place"
	addColumnAtVirtual        sort = "add a column at a place in a table with a virtual column"
	addColumnIndexedVirtual   sort = "add a column to a table with an indexed virtual column"
	addUnfilled               sort = "add a column that is NOT NULL, of dates or places, without a default"
	addExpressionDefault      sort = "add a column with an expression as default"
	addRowDefault             sort = "add a column with a default that differs from row to row"
	addNumberDefault          sort = "add a column that takes numbers from a sequence"
	addRandomDefault          sort = "add a column with RAND() as default"
	addAutoIncrement          sort = "add an AUTO_INCREMENT column"
	addVirtual                sort = "add a virtual column"
	addStored                 sort = "add a stored generated column"
	dropColumn                sort = "drop a column"
	dropIndexedColumn         sort = "drop an indexed column"
	dropVirtual               sort = "drop a virtual column"
	renameColumn              sort = "rename a column"
	renameReferred            sort = "rename a column that a foreign key of another table refers to"
	reorderColumn             sort = "move a column"
	changeMetadata            sort = "change a column's comment or ON UPDATE"
	makeAutoIncrement         sort = "make a column AUTO_INCREMENT"
	dropAutoIncrement         sort = "take AUTO_INCREMENT from a column"
	changeStored              sort = "change how a stored column is generated"
	changeVirtual             sort = "change how a virtual column is generated"
	setDefault                sort = "set or drop a default"
	setNotNull                sort = "set NOT NULL"
	setNotNullComputed        sort = "set NOT NULL in a table with a computed column"
	dropNotNull               sort = "drop NOT NULL"
	changeType                sort = "change a type"
	widenVarchar              sort = "lengthen a VARCHAR"
	widenVarcharIndexed       sort = "lengthen an indexed VARCHAR"
	crossVarchar              sort = "lengthen a VARCHAR of up to 127 bytes over 255"
	crossVarcharLate          sort = "lengthen a VARCHAR of 128 to 255 bytes over 255"
	shortenVarchar            sort = "shorten a VARCHAR"
	appendMember              sort = "append to an ENUM or SET"
	changeMembers             sort = "change the members of an ENUM or SET"
	changeCollation           sort = "change a collation"
	changeCollationIndexed    sort = "change the collation of an indexed column"
	changeCollationMembers    sort = "change the collation of an ENUM or SET"
	changeCollationText       sort = "change the collation of CHAR or TEXT"
	widenCharset              sort = "change utf8mb3 to utf8mb4"
	changeCharset             sort = "change a character set"
	addIndex                  sort = "add an index"
	addHashed                 sort = "add a unique index over hashes"
	addExpressionIndex        sort = "add an index over an expression"
	addExpressionIndexCopied  sort = "add a unique index over an expression, or one more"
	addFulltext               sort = "add a FULLTEXT index"
	addSpatial                sort = "add a SPATIAL index"
	dropIndex                 sort = "drop an index"
	dropHashed                sort = "drop the only index over hashes"
	dropExpressionIndexCopied sort = "drop an index over an expression of a partitioned table"
	renameIndex               sort = "rename an index"
	addPrimaryKey             sort = "add a primary key"
	dropPrimaryKey            sort = "drop the primary key"
	addClustered              sort = "add the first unique key that cannot be NULL, without a primary key"
	dropClustered             sort = "lose the only unique key that cannot be NULL, without a primary key"
	dropClusteredOfTwo        sort = "lose the first of two unique keys that cannot be NULL, without a primary key"
	addCheck                  sort = "add a check"
	addCheckLater             sort = "add a check that is not enforced"
	enforceCheck              sort = "enforce a check"
	dropCheck                 sort = "drop a check"
	addForeignKey             sort = "add a foreign key"
	addForeignKeyLater        sort = "add a foreign key without checking rows"
	findOrphans               sort = "look for rows that break a foreign key"
	dropForeignKey            sort = "drop a foreign key"
	setOption                 sort = "say something of a table"
	rebuildOption             sort = "say how a table is stored"
	orderRows                 sort = "order a table's rows"
	unheardOf                 sort = "something else"
)

// way is how the server makes a change.
type way struct {
	algorithm, lock string
	rewrites        bool // the table is written anew, and its indexes with it
	indexes         bool // an index is built
	scans           bool // rows are only read
	offline         bool // nobody writes meanwhile, on no version
	refused         string
}

var (
	instant    = way{algorithm: "INSTANT", lock: "NONE"}
	inPlace    = way{algorithm: "INPLACE", lock: "NONE"}
	noCopy     = way{algorithm: "NOCOPY", lock: "NONE"}
	rebuild    = way{algorithm: "INPLACE", lock: "NONE", rewrites: true}
	buildIndex = way{algorithm: "INPLACE", lock: "NONE", indexes: true}
	noCopyIdx  = way{algorithm: "NOCOPY", lock: "NONE", indexes: true}
	fullCopy   = way{algorithm: "COPY", lock: "SHARED", rewrites: true} // LOCK=NONE where copies are online
	numbered   = way{algorithm: "COPY", lock: "SHARED", rewrites: true, offline: true}
	noWrites   = way{algorithm: "INPLACE", lock: "SHARED", rewrites: true}
	readOnly   = way{algorithm: "", lock: "NONE", scans: true}
	notHere    = way{refused: "this server has no such statement"}
)

// fact is one row: how MySQL and MariaDB make a change of a sort. The rows were measured on MySQL
// 9.7.4 and on MariaDB 10.11.18 and 11.8.6, with and without rows in the table; the conformance
// test measures them again. On other versions they rest on the manuals ("Online DDL Operations",
// "InnoDB Online DDL Operations with the INSTANT Alter Algorithm").
type fact struct {
	sort         sort
	mysql, maria way
}

var facts = []fact{
	{addColumn, instant, instant},
	{addColumnAt, instant, instant},
	{addColumnAtVirtual, instant, fullCopy},
	{addColumnIndexedVirtual, instant, noWrites},
	{addUnfilled, rebuild, notHere},
	{addExpressionDefault, fullCopy, instant},
	{addRowDefault, refusedUnsafe, fullCopy},
	{addNumberDefault, notHere, numbered},
	{addRandomDefault, refusedUnsafe, instant},
	{addAutoIncrement, noWrites, noWrites},
	{addVirtual, instant, instant},
	{addStored, fullCopy, fullCopy},
	{dropColumn, instant, instant},
	{dropIndexedColumn, rebuild, rebuild},
	{dropVirtual, instant, instant},
	{renameColumn, instant, instant},
	{renameReferred, inPlace, instant},
	{reorderColumn, rebuild, instant},
	{changeMetadata, instant, instant},
	{makeAutoIncrement, fullCopy, numbered}, // a 0 is given the next number
	{dropAutoIncrement, fullCopy, instant},
	{changeStored, fullCopy, fullCopy},
	{changeVirtual, fullCopy, instant},
	{setDefault, instant, instant},
	{setNotNull, rebuild, rebuild},
	{setNotNullComputed, rebuild, fullCopy},
	{dropNotNull, rebuild, rebuild},
	{changeType, fullCopy, fullCopy},
	{widenVarchar, inPlace, instant},
	{widenVarcharIndexed, inPlace, instant},
	{crossVarchar, fullCopy, instant},
	{crossVarcharLate, fullCopy, fullCopy},
	{shortenVarchar, fullCopy, fullCopy},
	{appendMember, instant, instant},
	{changeMembers, fullCopy, fullCopy},
	{changeCollation, inPlace, instant},
	{changeCollationIndexed, fullCopy, noCopyIdx},
	{changeCollationMembers, instant, fullCopy},
	{changeCollationText, inPlace, instant},
	{widenCharset, inPlace, instant},
	{changeCharset, fullCopy, fullCopy},
	{addIndex, buildIndex, noCopyIdx},
	{addHashed, buildIndex, fullCopy},
	{addExpressionIndex, way{algorithm: "INPLACE", lock: "SHARED", indexes: true}, notHere},
	{addExpressionIndexCopied, fullCopy, notHere},
	{addFulltext, noWrites, noWrites},
	{addSpatial, way{algorithm: "INPLACE", lock: "SHARED", indexes: true}, way{algorithm: "NOCOPY", lock: "SHARED", indexes: true}},
	{dropIndex, inPlace, noCopy},
	{dropHashed, notHere, noCopy},
	{dropExpressionIndexCopied, fullCopy, notHere},
	{renameIndex, inPlace, instant},
	{addPrimaryKey, rebuild, rebuild},
	{dropPrimaryKey, fullCopy, fullCopy},
	{addClustered, rebuild, rebuild},
	{dropClustered, fullCopy, fullCopy},
	{dropClusteredOfTwo, fullCopy, rebuild},
	{addCheck, fullCopy, fullCopy},
	{addCheckLater, instant, notHere},
	{enforceCheck, fullCopy, notHere},
	{dropCheck, instant, instant},
	{addForeignKey, fullCopy, fullCopy},
	{addForeignKeyLater, inPlace, inPlace},
	{findOrphans, readOnly, readOnly},
	{dropForeignKey, inPlace, instant},
	{setOption, inPlace, instant},
	{rebuildOption, rebuild, rebuild},
	{orderRows, fullCopy, fullCopy},
}

// refusedUnsafe: with the binary log on, MySQL refuses the statement under every algorithm.
var refusedUnsafe = way{
	algorithm: "COPY", lock: "SHARED", rewrites: true,
	refused: "MySQL refuses a default that differs from row to row in ADD COLUMN while the binary log is on (error 1674)",
}

// olderFacts are rows that differ before a version; the first that fits counts.
var olderFacts = []struct {
	flavor Flavor
	before version
	sort   sort
	way    way
}{
	{MySQL, 80029, addColumnAt, rebuild},
	{MySQL, 80029, addColumnAtVirtual, rebuild},
	{MySQL, 80029, dropColumn, rebuild},
	{MySQL, 80028, renameColumn, inPlace},
	{MySQL, 90000, changeCollation, fullCopy},
	{MySQL, 90000, changeCollationMembers, fullCopy},
	{MySQL, 90000, changeCollationText, fullCopy},
	{MariaDB, 101200, orderRows, way{algorithm: "INSTANT", lock: "NONE", rewrites: true}}, // it takes the word and copies
}

// measuredOn says whether the rows were measured on this release series.
func (d *Dialect) measuredOn() bool {
	series := d.version / 100
	return d.flavor == MySQL && series == 907 || d.flavor == MariaDB && (series == 1011 || series == 1108)
}

// fact gives the effect of a sort of change on this server.
func (d *Dialect) fact(s sort) plan.Effect { return d.factWay(s, nil) }

// factWay gives it on a table of InnoDB, as that is stored.
func (d *Dialect) factWay(s sort, t *schema.Table) plan.Effect {
	w, ok := d.way(s)
	if !ok {
		return plan.Unknown()
	}
	w = d.besideHash(s, d.beside(s, w, t), t)
	if w.algorithm == "COPY" && d.copiesOnline() && !w.offline {
		w.lock = "NONE"
	}
	return d.effectOfWay(w)
}

// factOn gives the effect on a table, whose engine may have no online DDL.
func (d *Dialect) factOn(s sort, t *schema.Table) plan.Effect {
	if _, known := d.way(s); known && ownEngine(t) != "" {
		return d.effectOfWay(offline(s))
	}
	e := d.factWay(s, t)
	if e.Algorithm == "COPY" && cascades(t) {
		e.Lock, e.Blocks, e.Online = "SHARED", plan.BlocksWrites, false
	}
	return e
}

// cascades says that a foreign key of the table changes the table's own rows: an online copy, which
// MariaDB has, would not notice, so the server declines it.
func cascades(t *schema.Table) bool {
	return t != nil && slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool {
		text := strings.ToUpper(k.Definition)
		return k.Kind == schema.ForeignKey && (strings.Contains(text, " CASCADE") || strings.Contains(text, " SET NULL") || strings.Contains(text, " SET DEFAULT"))
	})
}

func (d *Dialect) effectOfWay(w way) plan.Effect {
	e := d.effectOf(attempt{w.algorithm, w.lock})
	if w.algorithm == "" {
		e.Blocks = plan.BlocksNothing
	}
	e.Rewrites = w.rewrites
	e.RebuildsIndexes = w.rewrites || w.indexes
	e.Scans = e.RebuildsIndexes || w.scans
	e.Refused = w.refused
	if !d.measuredOn() {
		e.Source = plan.FromDocs
	}
	return e
}

func (d *Dialect) way(s sort) (way, bool) {
	for _, f := range olderFacts {
		if f.flavor == d.flavor && d.version < f.before && f.sort == s {
			return f.way, true
		}
	}
	for _, f := range facts {
		if f.sort == s && d.maria() {
			return f.maria, true
		}
		if f.sort == s {
			return f.mysql, true
		}
	}
	return way{}, false
}
