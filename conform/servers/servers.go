package servers

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is one running instance.
type Server struct {
	Engine  string // as in a database URL: "postgres", "mysql", "mariadb"
	Version string // as asked for: "18", "9.7", "11.8"
	Full    string // as the server says it: "18.4", "9.7.4", "11.8.6"
	URL     string // for the administrator, without a database of its own
	Dir     string // holds data/ and server.log; gone after Stop

	kind     kind
	home     string // where the server is installed
	settings []string
	claim    *claim

	mu      sync.Mutex
	process *process
	stopped bool
}

// A MissingError says that a server was not fetched.
type MissingError struct{ Name string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("server %s is not there; .ci/servers %s fetches it", e.Name, e.Name)
}

// Everything says that every case is tested on every supported version: SUREFOOT_ALL_VERSIONS=1,
// as make test-all sets it.
func Everything() bool { return os.Getenv("SUREFOOT_ALL_VERSIONS") == "1" }

// Share gives those of several servers on which a case runs: all where everything is tested, else one,
// by the case's name, so that each server has its share of the cases.
func Share[T any](name string, of []T) []T {
	if Everything() || len(of) < 2 {
		return of
	}
	at := crc32.ChecksumIEEE([]byte(name)) % uint32(len(of))
	return of[at : at+1]
}

// Versions returns what to test an engine on: the quick set, or where everything is tested every
// supported version.
func Versions(engine string) []string {
	full := Everything()
	switch {
	case engine == "postgres" && full:
		return []string{"14", "15", "16", "17", "18"}
	case engine == "postgres":
		return []string{"15", "18"}
	case engine == "mysql":
		return []string{"9.7"}
	case engine == "mariadb" && full:
		return []string{"10.11", "11.8"}
	case engine == "mariadb":
		return []string{"11.8"}
	}
	return nil
}

// New starts an instance with durable settings: what it has committed survives
// Kill. Settings are lines for its configuration file, such as
// "lock_timeout = 1000". The caller calls Stop.
func New(engine, version string, settings ...string) (*Server, error) {
	return launch(engine, version, os.Getenv("SUREFOOT_TEST_FAST") == "1", settings)
}

// Start is New for a test: the instance is stopped when the test is over. A
// server that was not fetched fails the test in CI and skips it elsewhere.
func Start(t testing.TB, engine, version string, settings ...string) *Server {
	t.Helper()
	s, err := New(engine, version, settings...)
	check(t, err)
	t.Cleanup(s.Stop)
	return s
}

var shared struct {
	sync.Mutex
	servers map[string]func() (*Server, error)
}

// Shared returns the instance that all tests of this process share. It does not
// wait for the disk, so do not Kill it. Main stops it.
func Shared(t testing.TB, engine, version string) *Server {
	t.Helper()
	shared.Lock()
	if shared.servers == nil {
		shared.servers = map[string]func() (*Server, error){}
	}
	name := engine + "-" + version
	start, ok := shared.servers[name]
	if !ok {
		// Outside the lock, so that different servers start side by side.
		start = sync.OnceValues(func() (*Server, error) { return launch(engine, version, true, nil) })
		shared.servers[name] = start
	}
	shared.Unlock()
	s, err := start()
	check(t, err)
	return s
}

// Main runs the tests and stops the shared instances:
//
//	func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	for _, start := range shared.servers {
		if s, err := start(); err == nil {
			s.Stop()
		}
	}
	shared.servers = nil
	return code
}

func check(t testing.TB, err error) {
	t.Helper()
	var missing *MissingError
	switch {
	case err == nil:
	case errors.As(err, &missing) && !required():
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// required reports whether a missing server is a failure.
func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("SUREFOOT_REQUIRE_SERVERS") == "1"
}

func launch(engine, version string, relaxed bool, settings []string) (*Server, error) {
	k, err := kindOf(engine)
	if err != nil {
		return nil, err
	}
	name := engine + "-" + version
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	cached := filepath.Join(cache, name)
	full, err := os.ReadFile(filepath.Join(cached, "version"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &MissingError{name}
	} else if err != nil {
		return nil, err
	}
	home, err := k.home(cached)
	if err != nil {
		return nil, fmt.Errorf("copy %s: %w", name, err)
	}
	template, err := templateOf(k, home)
	if err != nil {
		return nil, fmt.Errorf("initialise %s: %w", name, err)
	}
	folder := os.TempDir()
	if relaxed {
		settings, folder = append(k.facts().relaxed, settings...), quickest()
	}
	// A port can be taken between the look and the start: try another.
	for attempt := 1; ; attempt++ {
		s := &Server{
			Engine: engine, Version: version, Full: strings.TrimSpace(string(full)),
			kind: k, home: home, settings: settings,
		}
		err := s.launch(template, folder)
		if err == nil {
			return s, nil
		}
		err = fmt.Errorf("start %s: %w", name, err)
		if s.claim != nil {
			s.Stop()
		}
		if attempt == 3 {
			return nil, err
		}
	}
}

func (s *Server) launch(template, folder string) error {
	c, err := claimPort(folder)
	if err != nil {
		return err
	}
	s.claim, s.Dir = c, c.dir
	s.URL = s.kind.url(s.Engine, c.port, "")
	if err := copyDir(template, s.data()); err != nil {
		return err
	}
	if err := s.kind.configure(s); err != nil {
		return err
	}
	return s.run()
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

// run starts the server process and waits until it answers.
func (s *Server) run() error {
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.kind.command(s)
	cmd.Stdout, cmd.Stderr = log, log
	p, err := start(cmd, s.kind.facts().death)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.process = p
	s.mu.Unlock()

	const patience = 2 * time.Minute // crash recovery of a large database takes a while
	deadline := time.Now().Add(patience)
	for {
		err := s.answers()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("it ended at once: %w\n%s", p.err, s.Log())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.kill()
			return fmt.Errorf("no answer after %s: %w\n%s", patience, err, s.Log())
		}
	}
}

// answers asks the server where its data is: another server on the same port
// would answer too.
func (s *Server) answers() error {
	db, err := s.open("")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var dir string
	if err := db.QueryRowContext(ctx, s.kind.facts().dataQuery).Scan(&dir); err != nil {
		return err
	}
	if filepath.Clean(dir) != s.data() {
		return fmt.Errorf("port %d belongs to the server of %s", s.claim.port, dir)
	}
	return nil
}

// open connects to a database, or to the administrator's if name is empty.
func (s *Server) open(name string) (*sql.DB, error) {
	return s.kind.open(s.claim.port, name)
}

// Pid returns the process id of the server, 0 if it does not run.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil || s.process.ended() {
		return 0
	}
	return s.process.pid
}

// Kill ends the server and its children with SIGKILL, as a crash would. Data
// and port stay for Restart.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		s.process.kill()
	}
}

// Restart starts the server again on the same data and port, and waits until it
// answers. One that still runs is shut down cleanly first. It panics if the
// server does not come back.
func (s *Server) Restart() {
	s.mu.Lock()
	p := s.process
	s.mu.Unlock()
	if p != nil {
		p.terminate(s.kind.facts().stop)
	}
	if err := s.run(); err != nil {
		panic(fmt.Sprintf("servers: restart %s %s: %v", s.Engine, s.Version, err))
	}
}

// Stop ends the server for good and removes its data.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.stopped = true
	if s.process != nil {
		s.process.kill() // nobody will read the data again
	}
	s.claim.release()
}

func (s *Server) logPath() string { return filepath.Join(s.Dir, "server.log") }

// Log returns the last lines of the server's log.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// Database creates an empty database and returns its URL. It is dropped when
// the test is over, with the connections that are still open to it.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	url, drop, err := s.CreateDatabase()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.Pid() == 0 { // killed by the test, or stopped: nothing to drop
			return
		}
		if err := drop(); err != nil {
			t.Logf("servers: drop %s: %v", url, err)
		}
	})
	return url
}

// CreateDatabase creates an empty database and returns its URL and what drops
// it.
func (s *Server) CreateDatabase() (url string, drop func() error, err error) {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	name := "test_" + hex.EncodeToString(random)
	if err := s.exec("CREATE DATABASE " + name); err != nil {
		return "", nil, fmt.Errorf("create database on %s %s: %w", s.Engine, s.Version, err)
	}
	drop = func() error {
		db, err := s.open("")
		if err != nil {
			return err
		}
		defer db.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		return s.kind.drop(ctx, db, name)
	}
	return s.kind.url(s.Engine, s.claim.port, name), drop, nil
}

func (s *Server) exec(query string) error {
	db, err := s.open("")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err = db.ExecContext(ctx, query)
	return err
}
