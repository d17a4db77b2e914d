package speed

import (
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"surefoot/conform/servers"
	"surefoot/load"
	"surefoot/load/proc"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

const standardRows = 1_000_000

// times are what one round took.
type times struct {
	native, online, finish, cpu time.Duration
	peak                        int64
}

// BenchmarkChange makes the change both ways. An iteration is one round of both, on fresh tables of
// the same rows, with an integer key and two secondary indexes.
func BenchmarkChange(b *testing.B) {
	rows := int64(standardRows)
	if text := os.Getenv("SPEED_ROWS"); text != "" {
		var err error
		if rows, err = strconv.ParseInt(text, 10, 64); err != nil || rows < 1 || rows > load.MaxRows {
			b.Fatalf("SPEED_ROWS: %q is no number of rows", text)
		}
	}
	binary, err := proc.Build(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	var table strings.Builder
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tab, "%d rows\tALTER s\tsurefoot s\tratio\tfinish s\tCPU s of the tool\tMB of the tool\t\n", rows)
	for _, name := range strings.Split(cmp.Or(os.Getenv("SPEED_ENGINES"), "sqlite,postgres:18,mysql:9.7,mariadb:11.8"), ",") {
		engine, version, _ := strings.Cut(name, ":")
		var sum times
		rounds := 0
		b.Run(strings.TrimSpace(engine+" "+version), func(b *testing.B) {
			url := address(b, engine, version)
			sum, rounds = times{}, 0 // the last call counts
			for b.Loop() {
				sum = sum.and(round(b, binary, url, engine, rows, rounds))
				rounds++
			}
			b.ReportMetric(sum.online.Seconds()/sum.native.Seconds(), "online/native")
			b.ReportMetric(sum.cpu.Seconds()/float64(rounds), "tool-cpu-s/op")
		})
		if rounds > 0 {
			n := time.Duration(rounds)
			fmt.Fprintf(tab, "%s\t%.1f\t%.1f\t%.2f\t%.1f\t%.2f\t%d\t\n", strings.TrimSpace(engine+" "+version), (sum.native / n).Seconds(),
				(sum.online / n).Seconds(), sum.online.Seconds()/sum.native.Seconds(), (sum.finish / n).Seconds(), (sum.cpu / n).Seconds(), sum.peak>>20)
		}
	}
	_ = tab.Flush() // into memory
	fmt.Print("\n", table.String())
}

// and adds up two rounds.
func (t times) and(o times) times {
	return times{t.native + o.native, t.online + o.online, t.finish + o.finish, t.cpu + o.cpu, max(t.peak, o.peak)}
}

// address makes an empty database. Servers wait for the disk, as they do in production.
func address(b *testing.B, engine, version string) string {
	if engine == load.SQLite {
		return "sqlite:" + filepath.Join(b.TempDir(), "speed.db")
	}
	return servers.Start(b, engine, version).Database(b)
}

// round does both on two equal tables; every second time the other way comes first.
func round(b *testing.B, binary *proc.Binary, url, engine string, rows int64, number int) times {
	db, _, err := load.Open(url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var t times
	ways := []func(){
		func() { t.native = native(b, db, engine, rows) },
		func() { online(b, binary, url, db, engine, rows, &t) },
	}
	ways[number%2]()
	ways[1-number%2]()
	return t
}

func native(b *testing.B, db *sql.DB, engine string, rows int64) time.Duration {
	seed(b, db, engine, "plainly", rows)
	defer drop(b, db, "plainly")
	started := time.Now()
	if err := proc.Native(b.Context(), db, engine, "plainly"); err != nil {
		b.Fatal(err)
	}
	return time.Since(started)
}

func online(b *testing.B, binary *proc.Binary, url string, db *sql.DB, engine string, rows int64, t *times) {
	seed(b, db, engine, "online", rows)
	defer drop(b, db, "online")
	run := must(b, binary, url, "run", "--yes", "--progress", "none", "--sql", proc.Change(engine, "online"))
	finish := must(b, binary, url, "finish", "--progress", "none")
	t.online, t.finish, t.cpu, t.peak = run.Took, finish.Took, run.CPU+finish.CPU, max(run.Peak, finish.Peak)
}

func must(b *testing.B, binary *proc.Binary, url string, args ...string) proc.Result {
	r, err := binary.Run(url, args...)
	if err != nil {
		b.Fatal(err)
	}
	if r.Code != 0 {
		b.Fatalf("surefoot %s: exit code %d\n%s", args[0], r.Code, r.Text)
	}
	return r
}

func seed(b *testing.B, db *sql.DB, engine, table string, rows int64) {
	if err := load.Seed(b.Context(), db, engine, load.Int, table, rows); err != nil {
		b.Fatal(err)
	}
}

func drop(b *testing.B, db *sql.DB, table string) {
	if _, err := db.Exec("DROP TABLE " + table); err != nil {
		b.Error(err)
	}
}
