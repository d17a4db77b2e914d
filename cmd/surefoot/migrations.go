package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Migration folders are read the way the tool they were written for reads them: only what goes
// forward, in the order of their numbers. What does not count is replaced by blank lines, so that
// lines and columns stay those of the file.
//
//	format          forward files           forward part of a file
//	goose           *.sql                   -- +goose Up … -- +goose Down
//	sql-migrate     *.sql                   -- +migrate Up … -- +migrate Down
//	dbmate          *.sql                   -- migrate:up … -- migrate:down
//	golang-migrate  *.up.sql                all of it
//	flyway          V*.sql, R*.sql          all of it
//	liquibase       *.sql                   all of it but --changeset, --rollback …
//	plain           *.sql                   all of it
//
// Where the format is not said, a name tells it. A file that is named otherwise than its neighbours is read all
// the same: whoever looks through a folder must not pass one over in silence.
const (
	formatAuto   = "auto"
	formatPlain  = "plain"
	formatGoose  = "goose"
	formatDbmate = "dbmate"
	formatFlyway = "flyway"
	formatUpDown = "golang-migrate"
)

func readMigrations(dir, format string) ([]text, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, readError(dir, err)
	}
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() && strings.EqualFold(filepath.Ext(entry.Name()), ".sql") {
			names = append(names, entry.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s holds no .sql files", dir)
	}
	guessed := format == "" || format == formatAuto
	if guessed {
		format = folderFormat(names)
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		return backward(n, format) || !guessed && !forward(n, format)
	})
	slices.SortFunc(names, byNumber)
	var all []text
	for _, name := range names {
		as := format
		if !forward(name, format) {
			as = formatAuto
		}
		all = append(all, readFile(filepath.Join(dir, name), as))
	}
	return all, nil
}

// folderFormat tells the formats apart that show in file names; the others show inside the files.
func folderFormat(names []string) string {
	switch {
	case slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, ".up.sql") }):
		return formatUpDown
	case slices.ContainsFunc(names, flywayName.MatchString):
		return formatFlyway
	}
	return formatAuto
}

func forward(name, format string) bool {
	switch format {
	case formatUpDown:
		return strings.HasSuffix(name, ".up.sql")
	case formatFlyway:
		return flywayName.MatchString(name)
	}
	return true
}

// backward says that a name is that of a file which undoes, or stands for, others.
func backward(name, format string) bool {
	switch format {
	case formatUpDown:
		return strings.HasSuffix(name, ".down.sql")
	case formatFlyway:
		return flywayOther.MatchString(name)
	}
	return false
}

var (
	flywayName  = regexp.MustCompile(`^[VR][0-9._]*__.*\.sql$`)
	flywayOther = regexp.MustCompile(`^[UB][0-9._]+__.*\.sql$`)
	leadNumber  = regexp.MustCompile(`^[A-Za-z]*([0-9]+(?:[._][0-9]+)*)`)
	liquibase   = regexp.MustCompile(`(?i)^\s*--\s*liquibase formatted sql`)
	directive   = regexp.MustCompile(`^\s*--[A-Za-z]`)
	upMark      = regexp.MustCompile(`(?i)^\s*--\s*(\+goose up|\+migrate up|migrate:up)\b`)
	downMark    = regexp.MustCompile(`(?i)^\s*--\s*(\+goose down|\+migrate down|migrate:down)\b`)
)

// byNumber sorts 2_b before 10_a and 1_2 before 1_10, and names without a number behind those with one.
func byNumber(a, b string) int {
	na, nb := number(a), number(b)
	if (na == nil) != (nb == nil) {
		return cmp.Compare(len(nb), len(na))
	}
	return cmp.Or(slices.CompareFunc(na, nb, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	}), strings.Compare(a, b))
}

// number gives the parts of the number that a name begins with.
func number(name string) []string {
	m := leadNumber.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	parts := strings.FieldsFunc(m[1], func(r rune) bool { return r == '.' || r == '_' })
	for i, p := range parts {
		parts[i] = strings.TrimLeft(p, "0")
	}
	return parts
}

// upOnly blanks the part of a file that goes backward.
func upOnly(file, sql, format string) text {
	if liquibase.MatchString(sql) {
		return text{file: file, sql: withoutDirectives(sql)}
	}
	if format == formatPlain || format == formatFlyway || format == formatUpDown || !marked(sql) {
		return text{file: file, sql: sql}
	}
	lines := strings.SplitAfter(sql, "\n")
	up := false
	for i, line := range lines {
		switch {
		case upMark.MatchString(line):
			up = true
		case downMark.MatchString(line):
			up = false
		}
		if !up {
			lines[i] = blank(line)
		}
	}
	return text{file: file, sql: strings.Join(lines, "")}
}

// withoutDirectives blanks the lines by which Liquibase marks changesets and what takes them back. To MySQL
// they are no comments.
func withoutDirectives(sql string) string {
	lines := strings.SplitAfter(sql, "\n")
	for i, line := range lines {
		if directive.MatchString(line) {
			lines[i] = blank(line)
		}
	}
	return strings.Join(lines, "")
}

func marked(sql string) bool {
	return slices.ContainsFunc(strings.Split(sql, "\n"), upMark.MatchString)
}

func blank(line string) string {
	if strings.HasSuffix(line, "\n") {
		return "\n"
	}
	return ""
}
