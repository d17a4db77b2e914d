package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
)

// Blockers says who holds the write lock, as far as it can be known: SQLite does not tell, but
// Linux lists the holders of locks on the -shm file. Only sessions of other processes are shown.
func (db *Database) Blockers(_ context.Context, _ string) (string, error) {
	pids := lockHolders(db.path + "-shm")
	if len(pids) == 0 {
		return "another writer (SQLite does not say which)", nil
	}
	return "process " + strings.Join(pids, ", process "), nil
}

// walWriteLock is the byte of the -shm file that a writer in WAL mode locks (walformat, 2.3.1).
const walWriteLock = "120"

func lockHolders(path string) []string {
	inode, ok := inodeOf(path)
	if !ok {
		return nil
	}
	f, err := os.Open("/proc/locks")
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// 1: POSIX  ADVISORY  WRITE 4711 08:01:123456 120 120
		p := strings.Fields(lines.Text())
		if len(p) < 8 || p[3] != "WRITE" || p[6] != walWriteLock || !strings.HasSuffix(p[5], ":"+inode) || p[4] == fmt.Sprint(os.Getpid()) || p[4] == "-1" {
			continue
		}
		name, err := os.ReadFile("/proc/" + p[4] + "/comm")
		if err != nil {
			name = nil
		}
		out = append(out, strings.TrimSpace(p[4]+" "+string(name)))
	}
	return out
}
