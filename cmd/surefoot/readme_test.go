package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var shownCommand = regexp.MustCompile(`^(?:    |\$ |    \$ )(?:go run \./cmd/)?surefoot( .*)?$`)

// TestDocuments reads every command line that the documents and the help show, and fails on a
// command or a flag that does not exist. The scripts of testdata/script run them.
func TestDocuments(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(documents, "../../README.md", "../../CONTRIBUTING.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			if m := shownCommand.FindStringSubmatch(line); m != nil {
				if err := readable(m[1]); err != nil {
					t.Errorf("%s:%d: %s: %v", path, i+1, strings.TrimSpace(line), err)
				}
			}
		}
	}
	for _, cmd := range newRootCommand(testEnv()).Commands() {
		for _, line := range strings.Split(cmd.Example, "\n") {
			for _, one := range strings.Split(line, "&&") {
				_, args, found := strings.Cut(one, "surefoot ")
				if !found {
					continue
				}
				if err := readable(args); err != nil {
					t.Errorf("%s --help: %s: %v", cmd.Name(), strings.TrimSpace(line), err)
				}
			}
		}
	}
}

func testEnv() *env {
	return &env{in: os.Stdin, out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv, now: time.Now}
}

// readable parses a command line without running it.
func readable(line string) error {
	args := shellWords(line)
	cmd, rest, err := newRootCommand(testEnv()).Find(args)
	if err != nil {
		return err
	}
	return cmd.ParseFlags(rest)
}

// shellWords splits a line as a shell does, as far as the documents go: quotes, redirections.
func shellWords(line string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|([^\s'"]+)`).FindAllStringSubmatch(line, -1) {
		word := m[1] + m[2] + m[3]
		if strings.HasPrefix(word, "#") || strings.HasPrefix(word, ">") || word == "|" {
			break
		}
		words = append(words, word)
	}
	return words
}
