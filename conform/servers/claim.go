package servers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A claim is a port and a folder named after it. Whoever holds the lock on the
// file beside the folder owns both, also while the server is down between Kill
// and Restart. The lock falls with the process, so leftovers can be told.
type claim struct {
	port int
	dir  string
	lock *os.File
}

const claimPrefix = "surefoot-server-"

// claimPort picks a free port and makes its folder in the given one. It stays
// below the range from which systems take the ports of outgoing connections.
func claimPort(in string) (*claim, error) {
	removeLeftovers(in)
	for range 200 {
		port := 20000 + rand.IntN(12000)
		dir := filepath.Join(in, fmt.Sprint(claimPrefix, port))
		lock, err := lockFile(dir+".lock", false)
		if err != nil {
			continue // somebody else's
		}
		c := &claim{port: port, dir: dir, lock: lock}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			c.release()
			continue
		}
		if err := errors.Join(listener.Close(), os.RemoveAll(dir), os.Mkdir(dir, 0o755)); err != nil {
			c.release()
			return nil, err
		}
		return c, nil
	}
	return nil, errors.New("found no free port in 200 tries")
}

// release removes the folder and gives the port back.
func (c *claim) release() {
	// What cannot be removed now is removed as a leftover later.
	_ = os.RemoveAll(c.dir)
	_ = os.Remove(c.lock.Name())
	_ = c.lock.Close()
}

// removeLeftovers removes the folders of processes that were killed.
func removeLeftovers(in string) {
	locks, _ := filepath.Glob(filepath.Join(in, claimPrefix+"*.lock"))
	for _, path := range locks {
		info, err := os.Stat(path)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		lock, err := lockFile(path, false)
		if err != nil {
			continue
		}
		(&claim{dir: strings.TrimSuffix(path, ".lock"), lock: lock}).release()
	}
}
