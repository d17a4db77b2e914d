package servers

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// kind is what differs between the engines.
type kind interface {
	program
	client
}

// program runs a server.
type program interface {
	home(cached string) (string, error) // where to run it from
	initialise(home, data string) error // fills the empty folder data
	configure(s *Server) error          // writes the configuration file
	command(s *Server) *exec.Cmd        // runs the server in the foreground
	facts() facts
}

// client talks to a server.
type client interface {
	url(engine string, port int, database string) string
	open(port int, database string) (*sql.DB, error)
	drop(ctx context.Context, db *sql.DB, name string) error
}

type facts struct {
	relaxed   []string       // settings that do not wait for the disk
	stop      syscall.Signal // shuts down cleanly
	death     syscall.Signal // what it gets when our process dies
	dataQuery string         // says where its data is
}

func kindOf(engine string) (kind, error) {
	switch engine {
	case "postgres":
		return postgres{}, nil
	case "mysql":
		return mysql{}, nil
	case "mariadb":
		return mysql{mariadb: true}, nil
	}
	return nil, fmt.Errorf("no test server for %q; there are postgres, mysql and mariadb", engine)
}

// output runs a command and returns an error that holds what it printed.
func output(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, err, out)
	}
	return nil
}

func isRoot() bool { return os.Geteuid() == 0 }
