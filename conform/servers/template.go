package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// templateFormat is raised when initialise changes.
const templateFormat = 1

// cacheDir returns where .ci/servers put the servers.
func cacheDir() (string, error) {
	if dir := os.Getenv("SUREFOOT_SERVERS"); dir != "" {
		return filepath.Abs(dir)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".cache", "surefoot", "servers"), nil
}

// templateOf returns a data directory that is ready to be copied, and makes it
// the first time: copying takes a fraction of what initialising does.
func templateOf(k kind, home string) (string, error) {
	// The files belong to the user that runs the server.
	name := fmt.Sprintf("%s-%d-uid%d", filepath.Base(home), templateFormat, os.Geteuid())
	dir := filepath.Join(filepath.Dir(home), "templates", name)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	lock, err := lockFile(dir+".lock", true)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		return dir, err
	}
	part := dir + ".part" // ours while we hold the lock
	if err := os.RemoveAll(part); err != nil {
		return "", err
	}
	if err := os.Mkdir(part, 0o755); err != nil {
		return "", err
	}
	if err := k.initialise(home, part); err != nil {
		return "", err
	}
	// Every copy becomes a server with an id of its own.
	if err := os.Remove(filepath.Join(part, "auto.cnf")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return dir, os.Rename(part, dir)
}

func copyDir(from, to string) error {
	return output(exec.Command("cp", "-a", from, to))
}
