package planner

import (
	"surefoot/plan"
	"surefoot/schema"
)

// Limits say what blocks too long. The zero value calls every block that grows with its table
// too long.
type Limits struct {
	MaxBlockMS int64 // a longer block of writes or reads is unsafe
	LargeRows  int64 // from here on a table counts as large
	LargeBytes int64
}

// DefaultLimits are the limits of surefoot.yaml's defaults.
func DefaultLimits() Limits {
	return Limits{MaxBlockMS: 1000, LargeRows: 100_000, LargeBytes: 64 << 20}
}

// Options steer Build.
type Options struct {
	Mode   plan.Mode
	Limits Limits
	Rates  plan.Rates
	// Probe asks the live server for the effect of a statement; nil, or an error: Dialect.Effect
	// decides. *Rejected is an answer too: the plan is refused with it.
	Probe func(schema.Native, *schema.Schema) (plan.Effect, error)
	// After gives tables as the server itself leaves them after the first n statements; nil, or *Unfit:
	// nobody can tell. *Refusal is an answer too.
	After func(n int) ([]*schema.Table, error)
	// NotCompared is what the plan is to say that nobody compared; see Uncompared.
	NotCompared []schema.Aside
	// Gate: what cannot be planned becomes a finding instead of an error.
	Gate bool
}
