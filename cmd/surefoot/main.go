package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	debug.SetGCPercent(50) // little is allocated here; memory counts more than the time to collect it
	ctx, stop := interruptible(context.Background(), os.Stderr)
	code := execute(ctx, processEnv(), os.Args[1:])
	stop()
	os.Exit(code)
}

// interruptible ends its context at the first Ctrl-C (or SIGTERM), so that a run stops at the end
// of a chunk; the second one ends the process at once, which is as safe as any other kill.
func interruptible(parent context.Context, stderr io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		_, _ = fmt.Fprintln(stderr, "stopping at the next safe point; press Ctrl-C again to stop at once")
		cancel(errInterrupted)
		<-signals
		os.Exit(exitStopped)
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
