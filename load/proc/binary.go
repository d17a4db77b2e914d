package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// Binary is a built surefoot.
type Binary struct {
	path string
	dir  string // where its commands run: nobody's surefoot.yaml is there
}

// settings let a table of any size count as large, so that small tables take the same steps as
// large ones.
const settings = "max_block: 1ms\nlarge_table: 1 row\n"

// Build builds the program into a folder, with further flags of go build.
func Build(dir string, flags ...string) (*Binary, error) {
	b := &Binary{path: filepath.Join(dir, "surefoot"), dir: dir}
	if runtime.GOOS == "windows" {
		b.path += ".exe"
	}
	out, err := exec.Command("go", slices.Concat([]string{"build", "-o", b.path}, flags, []string{"surefoot/cmd/surefoot"})...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("build surefoot: %w\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "surefoot.yaml"), []byte(settings), 0o644); err != nil {
		return nil, fmt.Errorf("build surefoot: %w", err)
	}
	return b, nil
}

// Start starts a command on a database. watch sees its progress, from a goroutine of its own; it
// may be nil. The address goes by environment, so that it is in no list of processes.
func (b *Binary) Start(url string, watch func(*Child, Event), args ...string) (*Child, error) {
	if watch == nil {
		watch = func(*Child, Event) {}
	}
	c := &Child{done: make(chan struct{})}
	c.cmd = exec.Command(b.path, args...)
	c.cmd.Dir = b.dir
	c.cmd.Env = append(os.Environ(), "SUREFOOT_DB="+url, "SUREFOOT_CONFIG=", "NO_COLOR=1")
	if err := c.start(watch); err != nil {
		return nil, fmt.Errorf("start surefoot: %w", err)
	}
	return c, nil
}

// Run starts a command and waits for its end.
func (b *Binary) Run(url string, args ...string) (Result, error) {
	c, err := b.Start(url, nil, args...)
	if err != nil {
		return Result{}, err
	}
	return c.Wait(), nil
}
