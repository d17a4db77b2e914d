package executor

import "testing"

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		state string
		there bool
		want  action
	}{
		{pending, false, carry},
		{pending, true, drifted},
		{begun, false, carry},
		{begun, true, accept},
		{done, false, skip},
		{done, true, skip},
	} {
		if got := decide(c.state, c.there); got != c.want {
			t.Errorf("decide(%s, %v) = %d, want %d", c.state, c.there, got, c.want)
		}
	}
}
