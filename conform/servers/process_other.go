//go:build !linux

package servers

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

var errLinux = errors.New("test servers run on Linux only")

type process struct {
	pid  int
	done chan struct{}
	err  error
}

func start(*exec.Cmd, syscall.Signal) (*process, error) { return nil, errLinux }
func (p *process) ended() bool                          { return true }
func (p *process) kill()                                {}
func (p *process) terminate(syscall.Signal)             {}
func unprivileged(_ *exec.Cmd, _ string) error          { return errLinux }
func lockFile(_ string, _ bool) (*os.File, error)       { return nil, errLinux }
func quickest() string                                  { return os.TempDir() }
