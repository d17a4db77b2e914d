//go:build !linux && !darwin && !freebsd

package sqlite

// freeSpace is not known here.
func freeSpace(string) (int64, bool) { return 0, false }

func inodeOf(string) (string, bool) { return "", false }
