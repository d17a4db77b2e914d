package main

import (
	"math"
	"strconv"
	"strings"
)

func splitOr(s string) []string {
	return strings.Split(strings.ToLower(s), " or ")
}

// numberAndUnit reads "100k rows", "64 mb" or "2gb"; sizes come back in bytes.
func numberAndUnit(s string) (n int64, unit string, ok bool) {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end <= 0 {
		return 0, "", false
	}
	value, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return 0, "", false
	}
	rest := strings.Fields(s[end:])
	scale := 1.0
	if len(rest) == 2 { // "100k rows"
		if scale, ok = thousands(rest[0]); !ok {
			return 0, "", false
		}
		rest = rest[1:]
	}
	if len(rest) != 1 {
		return 0, "", false
	}
	unit = rest[0]
	if unit != "rows" && unit != "row" {
		if scale, ok = bytesUnit(unit); !ok {
			return 0, "", false
		}
	}
	n = int64(math.Round(value * scale))
	return n, unit, true
}

func thousands(s string) (float64, bool) {
	scale, ok := map[string]float64{"k": 1e3, "m": 1e6, "million": 1e6, "g": 1e9, "billion": 1e9}[s]
	return scale, ok
}

func bytesUnit(s string) (float64, bool) {
	scale, ok := map[string]float64{
		"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
	}[s]
	return scale, ok
}
