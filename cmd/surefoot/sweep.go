package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/spf13/cobra"

	"surefoot/dialects"
)

// A rehearsal's scratch place may outlive a process that is killed. So a second process watches the
// first: it reads what the first writes to it, and when that ends without a goodbye it cleans up.

const (
	sweepCommand = "sweep-after"
	goodbye      = "done"
	// sweepPatience is how long a server may take to notice that a client is gone.
	sweepPatience = 30 * time.Second
)

// watched starts the second process, where a stage may stay behind.
func (t *target) watched() (clean func() error, err error) {
	if s, ok := t.db.(dialects.Sweeper); !ok || !s.StagesStay() || t.address == "" {
		return func() error { return nil }, nil
	}
	return watch(t.address)
}

// watch starts the second process. What it gives must be called when all is clean.
func watch(address string) (clean func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("watch over the rehearsal: %w", err)
	}
	cmd := exec.Command(self, sweepCommand)
	cmd.Args[0] = os.Args[0]
	cmd.SysProcAttr = apart()
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("watch over the rehearsal: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("watch over the rehearsal: %w", err)
	}
	if _, err := fmt.Fprintln(in, address); err != nil { // by a pipe, so that nobody reads a password among the arguments
		return nil, fmt.Errorf("watch over the rehearsal: %w", err)
	}
	return func() error {
		_, err := fmt.Fprintln(in, goodbye)
		return errors.Join(err, in.Close(), cmd.Wait())
	}, nil
}

func newSweepCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use: sweepCommand, Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return sweepAfter(context.Background(), e.in) },
	}
}

// sweepAfter waits for the end of the process that started this one.
func sweepAfter(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return nil
	}
	address := lines.Text()
	if lines.Scan() && lines.Text() == goodbye {
		return nil
	}
	for until := time.Now().Add(sweepPatience); ; time.Sleep(200 * time.Millisecond) {
		left, err := dialects.Sweep(ctx, address)
		if err == nil && left == 0 || time.Now().After(until) {
			return err
		}
	}
}
