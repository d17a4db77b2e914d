//go:build torture

package torture

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"surefoot/load"
)

// settings size the tests.
type settings struct {
	engines []server
	shapes  []load.Shape
	rows    int64
	kills   int
	crashes int // of the server
	writers int
	rate    float64
	seed    uint64
	report  string
}

// server is an engine and the version of it to start; SQLite has none.
type server struct{ engine, version string }

func (s server) String() string { return strings.TrimSpace(s.engine + " " + s.version) }

func readSettings() (settings, error) {
	s := settings{report: os.Getenv("TORTURE_REPORT")}
	for _, name := range list("TORTURE_ENGINES", "sqlite,postgres:18,mysql:9.7,mariadb:11.8") {
		engine, version, _ := strings.Cut(name, ":")
		s.engines = append(s.engines, server{engine, version})
	}
	for _, name := range list("TORTURE_SHAPES", "int,text,uuid") {
		shape, err := load.ParseShape(name)
		if err != nil {
			return s, fmt.Errorf("TORTURE_SHAPES: %w", err)
		}
		s.shapes = append(s.shapes, shape)
	}
	var numbers [6]int64
	for i, n := range []struct {
		name     string
		standard int64
	}{
		{"TORTURE_ROWS", 1_000_000},
		{"TORTURE_KILLS", 40},
		{"TORTURE_SERVER_KILLS", 5},
		{"TORTURE_WRITERS", 8},
		{"TORTURE_RATE", 300},
		{"TORTURE_SEED", time.Now().UnixNano() % 1_000_000},
	} {
		numbers[i] = n.standard
		text := os.Getenv(n.name)
		if text == "" {
			continue
		}
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil || value < 0 {
			return s, fmt.Errorf("%s: %q is not a number", n.name, text)
		}
		numbers[i] = value
	}
	s.rows, s.kills, s.crashes = numbers[0], int(numbers[1]), int(numbers[2])
	s.writers, s.rate, s.seed = int(numbers[3]), float64(numbers[4]), uint64(numbers[5])
	return s, nil
}

func list(name, standard string) []string {
	text := os.Getenv(name)
	if text == "" {
		text = standard
	}
	return strings.Split(text, ",")
}
