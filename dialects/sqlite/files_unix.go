//go:build linux || darwin || freebsd

package sqlite

import (
	"os"
	"strconv"
	"syscall"
)

// freeSpace gives the bytes that are left for this user on a folder's disk.
func freeSpace(dir string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert,gosec // their types differ between systems
}

func inodeOf(path string) (string, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", false
	}
	return strconv.FormatUint(uint64(st.Ino), 10), true //nolint:unconvert // its type differs between systems
}
