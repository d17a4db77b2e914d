package proc

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Child is a running command.
type Child struct {
	cmd     *exec.Cmd
	started time.Time
	done    chan struct{} // closed when result is complete

	mu     sync.Mutex
	killed bool
	result Result
}

// Result is how a command ended.
type Result struct {
	Code   int    // exit code; -1: ended by a signal
	Killed bool   // by Kill
	Stdout string //
	Text   string // standard error without progress
	Last   Event  // the last that it told
	Took   time.Duration
	CPU    time.Duration // user and system time of the process
	Peak   int64         // bytes of memory at the most; 0: not known on this system
}

// Event is a line of --progress json.
type Event struct {
	Event    string `json:"event"` // step, done, undone, progress, message, warning, state
	Run      string `json:"run"`
	State    string `json:"state"`
	Step     string `json:"step"`
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	Number   int    `json:"number"` // of the step, from 1
	Steps    int    `json:"steps"`
	Rows     int64  `json:"rows_done"`
	Backlog  int64  `json:"backlog"`
	WaitsFor string `json:"waits_for"`
	Text     string `json:"text"`
}

func (c *Child) start(watch func(*Child, Event)) error {
	var out strings.Builder
	c.cmd.Stdout = &out
	lines, err := c.cmd.StderrPipe()
	if err != nil {
		return err
	}
	c.started = time.Now()
	if err := c.cmd.Start(); err != nil {
		return err
	}
	ended, peak := make(chan struct{}), make(chan int64, 1)
	go func() { peak <- watchMemory(c.cmd.Process.Pid, ended) }()
	go func() {
		defer close(c.done)
		c.read(lines, watch)
		close(ended) // all its output is read, so it is over or about to be
		err := c.cmd.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.result.Took = time.Since(c.started)
		c.result.Code, c.result.Stdout, c.result.Peak = -1, out.String(), <-peak
		if state := c.cmd.ProcessState; state != nil {
			c.result.Code, c.result.CPU = state.ExitCode(), state.UserTime()+state.SystemTime()
		}
		c.result.Killed = c.killed && err != nil && c.result.Code < 0
	}()
	return nil
}

// read takes the lines of standard error: events, and words for people.
func (c *Child) read(lines io.Reader, watch func(*Child, Event)) {
	scan := bufio.NewScanner(lines)
	scan.Buffer(nil, 16<<20)
	for scan.Scan() {
		var e Event
		if json.Unmarshal(scan.Bytes(), &e) != nil || e.Event == "" {
			c.mu.Lock()
			c.result.Text += scan.Text() + "\n"
			c.mu.Unlock()
			continue
		}
		c.mu.Lock()
		c.result.Last = e
		c.mu.Unlock()
		watch(c, e)
	}
}

// Kill ends the process with SIGKILL.
func (c *Child) Kill() { c.signal(os.Kill) }

// Dump ends the process; it first writes what each of its goroutines does.
func (c *Child) Dump() { c.signal(syscall.SIGQUIT) }

func (c *Child) signal(s os.Signal) {
	c.mu.Lock()
	c.killed = true
	c.mu.Unlock()
	_ = c.cmd.Process.Signal(s) // it may have ended meanwhile
}

// Last is the last event that was told.
func (c *Child) Last() Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.result.Last
}

// Done is closed when the process has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Wait waits for the end of the process.
func (c *Child) Wait() Result {
	<-c.done
	return c.result
}
