package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// watchMemory gives the peak of a process's resident memory, which only ever grows, as it was last
// seen before its end. The one of wait4 would not do: Linux counts into it what the parent had when
// the child was forked.
func watchMemory(pid int, ended <-chan struct{}) int64 {
	peak := int64(0)
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		peak = max(peak, peakOf(pid))
		select {
		case <-ended:
			return peak
		case <-time.After(wait):
		}
	}
}

// peakOf reads VmHWM; 0 where it is not known.
func peakOf(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, found := bytes.Cut(text, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if !found || len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
