package main

import (
	"context"
	"errors"

	"surefoot/executor"
	"surefoot/schema"
)

// judge gives an error its exit code and its hint. The first that fits counts.
//
//	error                          code
//	*exit                          its own
//	a command line without sense   64
//	interrupted                    3
//	drift                          4
//	anything else                  1
func judge(err error) (code int, hint string) {
	var (
		own     *exit
		usage   *usageError
		drift   *executor.Drift
		heldBy  *executor.HeldBy
		refused *executor.Refused
		noRun   *executor.NoRun
		step    *executor.StepError
		syntax  *schema.SyntaxError
		refusal *schema.Refusal
	)
	switch {
	case errors.As(err, &own):
		return own.code, own.hint
	case errors.As(err, &usage):
		return exitUsage, "surefoot help, or --help after a command, shows what there is"
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitStopped, "nothing is lost; the same command continues"
	case errors.As(err, &drift) && drift.Remedy != "":
		return exitDrift, drift.Remedy
	case errors.As(err, &drift):
		return exitDrift, "nothing was changed by this; look at the database, then make the plan again"
	case errors.As(err, &heldBy):
		return exitFailed, "wait until it is done, or stop it; surefoot status shows what runs"
	case errors.As(err, &noRun):
		return exitFailed, "surefoot status shows the runs of this database"
	case errors.As(err, &refused) && refused.Remedy != "":
		return exitFailed, refused.Remedy
	case errors.As(err, &refused):
		return exitFailed, "surefoot status shows where the run stands"
	case errors.As(err, &step) && step.Untouched:
		return exitFailed, "nothing was changed"
	case errors.As(err, &step) && step.NoReturn:
		return exitFailed, "nothing was lost; run the same command again to continue: there is no way back from what was done"
	case errors.As(err, &step):
		return exitFailed, "nothing was lost; run the same command again to continue, or surefoot rollback to take it back"
	case errors.As(err, &syntax):
		return exitFailed, "nothing was changed; mend the statement"
	case errors.As(err, &refusal):
		return exitFailed, "nothing was changed"
	}
	return exitFailed, ""
}
