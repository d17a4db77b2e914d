package plan

import (
	"fmt"
	"time"
)

// Rates are a server's speeds in bytes a second. Measured ones come from the server's own runs;
// the defaults are from a machine with two cores.
type Rates struct {
	Write int64 // rows written anew by INSERT … SELECT or a rewrite
	Read  int64 // rows read
	Index int64 // index bytes built
}

// DefaultRates are cautious: estimates from them rather say too long than too short.
func DefaultRates() Rates {
	return Rates{Write: 30 << 20, Read: 200 << 20, Index: 20 << 20}
}

// TotalsOf sums up steps.
func TotalsOf(steps []Step) Totals {
	t := Totals{Steps: len(steps), BlockedMS: Known(0), DurationMS: Known(0), DiskBytes: Known(0), LogBytes: Known(0)}
	for _, s := range steps {
		if s.Hold != "" && s.Until == "continue" {
			t.Deploys++
		}
		if s.Most() >= BlocksWrites {
			Sum(&t.BlockedMS, s.HeldMS)
		}
		Sum(&t.DurationMS, s.DurationMS)
		Sum(&t.DiskBytes, s.DiskBytes)
		Sum(&t.LogBytes, s.LogBytes)
	}
	return t
}

// Sum sums; what is not known makes the sum unknown.
func Sum(sum **int64, n *int64) {
	if *sum == nil || n == nil {
		*sum = nil
		return
	}
	*sum = Known(**sum + *n)
}

// Known gives a number that is known.
func Known(n int64) *int64 { return &n }

// Duration writes milliseconds for people: "5 ms", "1.5 s", "4m10s".
func Duration(n int64) string {
	d := time.Duration(n) * time.Millisecond
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", n)
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return d.Round(time.Second).String()
}
