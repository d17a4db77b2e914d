// Command surefoot changes the schema of live databases without stopping the applications that
// use them: it plans, checks, runs, and rolls back.
//
// This package is the command line: it reads flags and files, asks, prints, and exits.
//
//	main.go, root.go      the commands; settings.go and config.go: where a flag's value comes from
//	source.go, target.go  what is to change, and where
//	build.go, rehearse.go a plan, and its trial
//	run.go, running.go    carrying it out; control.go, status.go: from elsewhere
//	judge.go, exit.go     errors to exit codes and hints
//
// It may import everything, and nothing imports it. Start reading at root.go, then run.go; no
// function below a command's RunE knows cobra.
package main
