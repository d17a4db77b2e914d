package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running server.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
	err  error         // how it ended; read after done
}

// start runs a command that gets a signal when our process dies. Linux ties
// that to the thread that forked, so one goroutine keeps its thread until the
// child has ended.
func start(cmd *exec.Cmd, death syscall.Signal) (*process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = death
	cmd.SysProcAttr.Setpgid = true // Ctrl-C in a terminal is for us alone
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		if p.err == nil {
			p.err = errors.New("exit status 0")
		}
		close(p.done)
	}()
	return p, <-started
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// kill ends the process and its children at once and waits until they are gone.
func (p *process) kill() {
	if p.ended() {
		return
	}
	// Stopped, it can make no further children and does not tell these to end.
	_ = syscall.Kill(p.pid, syscall.SIGSTOP)
	children := childrenOf(p.pid)
	_ = syscall.Kill(p.pid, syscall.SIGKILL)
	for _, child := range children {
		_ = syscall.Kill(child, syscall.SIGKILL)
	}
	<-p.done
	for _, child := range children {
		for alive(child) {
			time.Sleep(time.Millisecond)
		}
	}
}

// terminate asks the process to end, and kills it after a minute.
func (p *process) terminate(signal syscall.Signal) {
	if p.ended() {
		return
	}
	_ = syscall.Kill(p.pid, signal)
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.kill()
	}
}

func childrenOf(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var children []int
	for _, field := range strings.Fields(string(text)) {
		if child, err := strconv.Atoi(field); err == nil {
			children = append(children, child)
		}
	}
	return children
}

// alive reports whether a process holds resources: a zombie does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// unprivileged makes root run a command as another user, who gets the folder
// data: PostgreSQL refuses to run as root.
func unprivileged(cmd *exec.Cmd, data string) error {
	if !isRoot() {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(account.Gid)
	if err != nil {
		return err
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
	}
	return os.Chown(data, uid, gid)
}

// lockFile opens a file and locks it until it is closed or our process ends.
func lockFile(path string, wait bool) (*os.File, error) {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), how); err != nil {
			_ = file.Close()
			return nil, err
		}
		// The one who held it may have removed it before letting go.
		mine, err1 := file.Stat()
		there, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return file, nil
		}
		_ = file.Close()
	}
}

// quickest is where a server keeps files that nobody needs after it: in memory,
// where there is much of it. No setting of MySQL keeps every statement that
// makes or drops a table from waiting for the disk, which takes most of a
// test's time.
func quickest() string {
	const memory, enough = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < enough {
		return os.TempDir()
	}
	return memory
}
