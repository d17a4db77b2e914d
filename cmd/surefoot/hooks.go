package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"surefoot/executor"
	"surefoot/plan"
	"surefoot/schema"
)

// hookTimeout ends a hook that hangs: a run does not wait for ever for somebody's script.
const hookTimeout = time.Minute

// hookRunner runs the commands of surefoot.yaml's hooks at the moments they are for.
type hookRunner struct {
	env   *env
	hooks hooks
	held  bool
}

func newHookRunner(e *env) *hookRunner { return &hookRunner{env: e, hooks: e.config.Hooks} }

// event runs the hooks that an event calls for. A hook that fails is told of and stops nothing:
// the run holds no lock while hooks run, and what it did is in its journal.
func (h *hookRunner) event(ev executor.Event) {
	cutOver := ev.Step.Kind == schema.CutOver && ev.Step.CutOver != nil
	switch {
	case ev.Kind == executor.StepBegun && cutOver:
		h.run("before_cut_over", h.hooks.BeforeCutOver, ev)
	case ev.Kind == executor.StepDone && cutOver:
		h.run("after_cut_over", h.hooks.AfterCutOver, ev)
	case ev.Kind == executor.Reached && ev.State == executor.Held && !h.held:
		h.held = true
		h.run("before_hold", h.hooks.BeforeHold, ev)
	case ev.Kind == executor.StepBegun && h.held:
		h.held = false
		h.run("after_hold", h.hooks.AfterHold, ev)
	}
}

// around runs a hook at the begin or the end of a window plan's run.
func (h *hookRunner) around(p *plan.Plan, name, command string) {
	if p.Mode == plan.Window {
		h.run(name, command, executor.Event{Run: executor.ID(p)})
	}
}

func (h *hookRunner) run(name, command string, ev executor.Event) {
	if command == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), hookTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	if runtime.GOOS == "windows" {
		cmd = exec.CommandContext(ctx, "cmd", "/c", command)
	}
	cmd.Env = append(os.Environ(), "SUREFOOT_EVENT="+name, "SUREFOOT_RUN="+ev.Run, "SUREFOOT_TABLE="+ev.Step.Table, "SUREFOOT_STEP="+ev.Step.ID)
	cmd.Stdout, cmd.Stderr = h.env.err, h.env.err
	if err := cmd.Run(); err != nil {
		_, _ = fmt.Fprintf(h.env.err, "warning: hook %s: %v\n", name, err)
	}
}
