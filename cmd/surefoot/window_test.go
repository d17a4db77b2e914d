package main

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	tests := []struct {
		window, now string
		begin, end  string // of the window that is open or opens next
	}{
		{"Sun 02:00-04:00 Europe/Dublin", "2026-06-28T01:30:00Z", "2026-06-28T01:00:00Z", "2026-06-28T03:00:00Z"}, // summer time: open
		{"Sun 02:00-04:00 Europe/Dublin", "2026-11-29T01:30:00Z", "2026-11-29T02:00:00Z", "2026-11-29T04:00:00Z"}, // winter: opens
		{"Sun 02:00-04:00 Europe/Dublin", "2026-11-29T04:00:00Z", "2026-12-06T02:00:00Z", "2026-12-06T04:00:00Z"}, // closed: next week
		{"Mon-Fri 22:30-01:00", "2026-11-28T00:30:00Z", "2026-11-27T22:30:00Z", "2026-11-28T01:00:00Z"},           // over midnight
		{"Fri-Mon 10:00-11:00 UTC", "2026-11-24T00:00:00Z", "2026-11-27T10:00:00Z", "2026-11-27T11:00:00Z"},       // over the weekend
		{"daily 02:00-04:00", "2026-11-23T03:59:59Z", "2026-11-23T02:00:00Z", "2026-11-23T04:00:00Z"},
	}
	for _, test := range tests {
		w, err := parseWindow(test.window)
		if err != nil {
			t.Errorf("%s: %v", test.window, err)
			continue
		}
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		begin, end := w.next(now)
		if got := begin.UTC().Format(time.RFC3339); got != test.begin {
			t.Errorf("%s at %s begins %s, want %s", test.window, test.now, got, test.begin)
		}
		if got := end.UTC().Format(time.RFC3339); got != test.end {
			t.Errorf("%s at %s ends %s, want %s", test.window, test.now, got, test.end)
		}
	}
	for _, bad := range []string{"", "Sun", "Sun 2-4", "Someday 02:00-04:00", "Sun 02:00-02:00", "Sun 02:00-04:00 Atlantis/Capital"} {
		if _, err := parseWindow(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
