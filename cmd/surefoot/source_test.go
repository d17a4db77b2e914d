package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A folder of migrations is read the way its own tool reads it.
func TestReadMigrations(t *testing.T) {
	tests := []struct {
		name   string
		format string
		files  map[string]string
		want   []string // "file: text", newlines shown as |
	}{
		{
			name:  "numbers sort as numbers",
			files: map[string]string{"10_b.sql": "b", "2_a.sql": "a", "x.sql": "x", "notes.txt": "no"},
			want:  []string{"2_a.sql: a", "10_b.sql: b", "x.sql: x"},
		},
		{
			name:  "golang-migrate has a file for each direction",
			files: map[string]string{"1_a.up.sql": "up", "1_a.down.sql": "down"},
			want:  []string{"1_a.up.sql: up"},
		},
		{
			name:  "goose has both directions in one file, and lines keep their numbers",
			files: map[string]string{"1.sql": "-- +goose Up\nup;\n-- +goose Down\ndown;\n"},
			want:  []string{"1.sql: -- +goose Up|up;|||"},
		},
		{
			name:  "dbmate too",
			files: map[string]string{"1.sql": "-- migrate:up\nup;\n\n-- migrate:down\ndown;\n"},
			want:  []string{"1.sql: -- migrate:up|up;||||"},
		},
		{
			name:  "flyway has versioned and repeatable files",
			files: map[string]string{"V2__b.sql": "b", "V1.1__a.sql": "a", "U1__a.sql": "undo", "R__view.sql": "r"},
			want:  []string{"V1.1__a.sql: a", "V2__b.sql: b", "R__view.sql: r"},
		},
		{
			name:  "a file that is named otherwise is read too",
			files: map[string]string{"V1__a.sql": "a", "B3__all.sql": "all", "afterMigrate.sql": "c", "2.sql": "-- +goose Up\nup;\n-- +goose Down\ndown;\n"},
			want:  []string{"V1__a.sql: a", "2.sql: -- +goose Up|up;|||", "afterMigrate.sql: c"},
		},
		{
			name:  "and so beside files for each direction",
			files: map[string]string{"1_a.up.sql": "up", "1_a.down.sql": "down", "2_b.sql": "b"},
			want:  []string{"1_a.up.sql: up", "2_b.sql: b"},
		},
		{
			name:   "but not where the format is said",
			format: "flyway",
			files:  map[string]string{"V1__a.sql": "a", "2.sql": "b"},
			want:   []string{"V1__a.sql: a"},
		},
		{
			name:  "each part of a version is a number",
			files: map[string]string{"V1_10__c.sql": "c", "V1_2__b.sql": "b", "V1__a.sql": "a", "V01.02.1__b.sql": "b1", "V10__d.sql": "d"},
			want:  []string{"V1__a.sql: a", "V1_2__b.sql: b", "V01.02.1__b.sql: b1", "V1_10__c.sql: c", "V10__d.sql: d"},
		},
		{
			name:  "liquibase's own lines are no SQL",
			files: map[string]string{"1.sql": "--liquibase formatted sql\n--changeset me:1\nup;\n-- a comment\n--rollback down;\n"},
			want:  []string{"1.sql: ||up;|-- a comment||"},
		},
		{
			name: "plain means plain", format: formatPlain,
			files: map[string]string{"1.sql": "-- +goose Up\nup;\n-- +goose Down\ndown;\n"},
			want:  []string{"1.sql: -- +goose Up|up;|-- +goose Down|down;|"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			texts, err := readMigrations(dir, test.format)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, tx := range texts {
				got = append(got, filepath.Base(tx.file)+": "+strings.ReplaceAll(tx.sql, "\n", "|"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseLarge(t *testing.T) {
	tests := []struct {
		in          string
		rows, bytes int64
		bad         bool
	}{
		{in: "100k rows or 64 MB", rows: 100_000, bytes: 64 << 20},
		{in: "1.5 million rows", rows: 1_500_000, bytes: 64 << 20},
		{in: "2GB", rows: 100_000, bytes: 2 << 30},
		{in: "5000 rows", rows: 5000, bytes: 64 << 20},
		{in: "big", bad: true},
		{in: "64", bad: true},
		{in: "64 apples", bad: true},
	}
	for _, test := range tests {
		rows, bytes, err := parseLarge(test.in)
		if (err != nil) != test.bad {
			t.Errorf("%q: error %v", test.in, err)
			continue
		}
		if !test.bad && (rows != test.rows || bytes != test.bytes) {
			t.Errorf("%q: %d rows, %d bytes; want %d, %d", test.in, rows, bytes, test.rows, test.bytes)
		}
	}
}

// A password is in no error, whatever the driver quotes.
func TestWithoutPassword(t *testing.T) {
	const address = "postgres://app:s3cr%40t@db.example/shop"
	for _, msg := range []string{
		`connect to postgres://app:s3cr%40t@db.example/shop: no`,
		`connect to postgres://app:s3cr@t@db.example/shop: no`,
		`dsn user=app password=s3cr@t: no`,
	} {
		got := withoutPassword(os.NewSyscallError(msg, os.ErrInvalid), address).Error()
		if strings.Contains(got, "s3cr") {
			t.Errorf("the password shows: %s", got)
		}
	}
}
