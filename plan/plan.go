package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"surefoot/schema"
)

// Format is the version of the plan's JSON.
const Format = 2

// Mode says how a plan treats unsafe changes.
type Mode string

// The modes.
const (
	Safe   Mode = "safe"   // rewrite them until none is left
	Window Mode = "window" // leave them as they are, for a scheduled outage
)

// Verdict sums a plan up.
type Verdict string

// The verdicts.
const (
	IsSafe    Verdict = "safe"
	IsUnsafe  Verdict = "unsafe"
	IsUnknown Verdict = "unknown"
)

// Plan is the ordered list of steps that makes the wanted changes; field names are the contract
// of `plan --format json`.
type Plan struct {
	Format int `json:"format"`
	Origin
	Statements []Planned     `json:"statements"`
	Steps      []Step        `json:"steps"`
	Totals     Totals        `json:"totals"`
	Verdict    Verdict       `json:"verdict"`
	Tables     []schema.Name `json:"tables"` // existing tables that Base covers
	Rehearsed  bool          `json:"rehearsed"`
	Rehearsal  string        `json:"rehearsal"` // what was compared, or why nothing was
	// NotCompared is what a wanted schema was not compared in.
	NotCompared []schema.Aside `json:"not_compared,omitempty"`
	Findings    []*Finding     `json:"-"`
}

// Origin is what a plan was made for, and what tells it from others.
type Origin struct {
	Dialect       string `json:"dialect"`
	ServerVersion string `json:"server_version"`
	Mode          Mode   `json:"mode"`
	TimeZone      string `json:"time_zone,omitempty"` // of every session of the run; empty: the server's own
	Base          string `json:"base"`                // fingerprint of the tables it was made for
	Hash          string `json:"hash"`                // fingerprint of the plan itself
	Asked         string `json:"asked,omitempty"`     // fingerprint of the text that it is for; empty: the statements are all of it
}

// Planned is one statement of the user's and what it would do by itself.
type Planned struct {
	SQL      string       `json:"sql"`
	File     string       `json:"file"`
	Line     int          `json:"line"`
	Column   int          `json:"column"`
	Table    string       `json:"table"`
	Subject  string       `json:"subject,omitempty"` // what it is about, where that is no table
	Kind     string       `json:"kind"`
	Native   NativeEffect `json:"native"`
	Findings []string     `json:"findings"`
	Ways     []Way        `json:"ways"` // the ways to make it that were weighed, the one that was taken among them
}

// Way is one way to make what a statement asks for, with its price.
type Way struct {
	Name  string `json:"name"` // AsWritten, or the name of the rule that gives it
	Taken bool   `json:"taken"`
	Why   string `json:"why"` // why it was taken, or was not
	Totals
}

// AsWritten is the name of the way that leaves a statement as it is.
const AsWritten = "as-written"

// Text gives the statement for people: as it was written, or in words where nobody wrote it because
// it follows from a wanted schema.
func (p Planned) Text() string {
	if p.SQL != "" {
		return p.SQL
	}
	about := p.Subject
	if about == "" {
		about = p.Table
	}
	return strings.ReplaceAll(p.Kind, "-", " ") + " on " + about
}

// NativeEffect is an Effect with its estimated time.
type NativeEffect struct {
	Effect
	HeldMS *int64 `json:"held_ms"`
}

// Totals sums up a plan's steps; nil: not known.
type Totals struct {
	Steps      int    `json:"steps"`
	Deploys    int    `json:"deploys"`
	BlockedMS  *int64 `json:"blocked_ms"`
	DurationMS *int64 `json:"duration_ms"`
	DiskBytes  *int64 `json:"disk_bytes"`
	LogBytes   *int64 `json:"log_bytes"`
}

// Fingerprint identifies the definition of tables, without sizes. Tables that are not there count
// as absent.
func Fingerprint(s *schema.Schema, names []schema.Name) string {
	h := sha256.New()
	for _, n := range slices.SortedFunc(slices.Values(names), func(a, b schema.Name) int { return strings.Compare(a.String(), b.String()) }) {
		b, err := json.Marshal(s.Table(n))
		if err != nil {
			panic(fmt.Sprintf("a table is plain data: %v", err))
		}
		fmt.Fprintf(h, "%s %s\n", n, b)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Seal fills in step IDs, totals and the plan's hash.
func (p *Plan) Seal() error {
	for i := range p.Steps {
		s := &p.Steps[i]
		s.ID = fmt.Sprintf("%02d-%s", i+1, s.Kind)
		s.show()
		if err := s.whole(); err != nil {
			return err
		}
		if s.Undo == nil {
			s.Undo = []string{}
		}
	}
	p.Totals = TotalsOf(p.Steps)
	p.Hash = ""
	b, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	sum := sha256.Sum256(b)
	p.Hash = "sha256:" + hex.EncodeToString(sum[:])
	return nil
}

// Of says in the plan what text it is for.
func (p *Plan) Of(asked string) error {
	p.Asked = asked
	return p.Seal()
}

// Note says in the plan whether it was rehearsed, and what was compared or why nothing was.
func (p *Plan) Note(rehearsed bool, words string) error {
	p.Rehearsed, p.Rehearsal = rehearsed, words
	return p.Seal()
}

// Check says whether a plan read from a file is whole: its format is known and its hash is right.
func (p *Plan) Check() error {
	if p.Format != Format {
		return fmt.Errorf("the plan has format %d, this surefoot reads format %d: make the plan again", p.Format, Format)
	}
	want := p.Hash
	c := *p
	c.Steps = slices.Clone(p.Steps)
	if err := c.Seal(); err != nil {
		return err
	}
	if c.Hash != want {
		return fmt.Errorf("the plan was changed after it was made (its hash does not fit): make the plan again")
	}
	return nil
}

// Astride says that step at lies between the beginning of a copy and its contract, or is the cut-over of one
// whose old table nothing keeps current: a rollback that ends there would leave that table and triggers behind.
func (p *Plan) Astride(at int) bool {
	copies := map[string]bool{}
	for i, s := range p.Steps[:at+1] {
		copies[s.Table] = (copies[s.Table] || s.Capture != nil) && (!s.EndCapture || s.CutOver != nil && p.contracts(i))
	}
	return slices.Contains(slices.Collect(maps.Values(copies)), true)
}

// contracts says that a step behind step i drops what is old of its table.
func (p *Plan) contracts(i int) bool {
	return slices.ContainsFunc(p.Steps[i+1:], func(s Step) bool { return s.Table == p.Steps[i].Table && s.Until == "finish" })
}
