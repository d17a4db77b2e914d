//go:build torture

package torture

import (
	"fmt"
	"os"
	"testing"

	"surefoot/conform/servers"
	"surefoot/load"
	"surefoot/load/proc"
)

var (
	config  settings
	binary  *proc.Binary
	figures report
)

func TestMain(m *testing.M) { os.Exit(play(m)) }

// play builds the program once, runs the tests, and prints what they measured.
func play(m *testing.M) int {
	dir, err := os.MkdirTemp("", "surefoot-torture-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if config, err = readSettings(); err == nil {
		binary, err = proc.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("%d rows, %d writers, %.0f writes a second, seed %d\n", config.rows, config.writers, config.rate, config.seed)
	code := servers.Main(m)
	fmt.Print(figures.text())
	if config.report != "" {
		if err := os.WriteFile(config.report, []byte(figures.markdown()), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// eachEngine runs a test on each engine, with an instance of its own.
func eachEngine(t *testing.T, test func(t *testing.T, p place)) {
	for _, s := range config.engines {
		t.Run(s.String(), func(t *testing.T) {
			p := place{server: s}
			if s.engine != load.SQLite {
				p.instance = servers.Start(t, s.engine, s.version)
			}
			test(t, p)
		})
	}
}

// eachShape does so for each kind of key. share gives each its part of a number of kills.
func eachShape(t *testing.T, test func(t *testing.T, p place, shape load.Shape, share func(int) int)) {
	eachEngine(t, func(t *testing.T, p place) {
		for i, shape := range config.shapes {
			share := func(n int) int { return (n + len(config.shapes) - 1 - i) / len(config.shapes) }
			t.Run(string(shape), func(t *testing.T) { test(t, p, shape, share) })
		}
	})
}

// oneShape runs a test with the n-th of the shapes, where one kind of key must do.
func oneShape(t *testing.T, n int, test func(t *testing.T, p place, shape load.Shape)) {
	eachEngine(t, func(t *testing.T, p place) {
		shape := config.shapes[n%len(config.shapes)]
		t.Run(string(shape), func(t *testing.T) { test(t, p, shape) })
	})
}
