package cases

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A file of testdata/cases says in its first line what the change is and what is right.
//
// In one of two forms:
//
//	                  the setup, then   -- SEED n     a statement for each row, with {i}
//                                      -- WRITES     what the application does meanwhile, one a line
//                                      -- CHANGE     the change
//                    -- NOT: mysql or mariadb names a server that it is not for;
//                    -- ARGS: --mode window is for the program.
//	                  -- @setup, -- @change or -- @to (the wanted schema), -- @native (the native
//                    statements, where they are others), -- @writes, -- @after (queries that show
//                    the result), -- @min 18 (the oldest version that knows it), -- @args --mode window
//                    (for the program).

type caseFile struct {
	trial
	not string
	min int
}

func readCase(t *testing.T, folder, path string) caseFile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".sql")
	var c caseFile
	if x, ok := directed[folder+"/"+name]; ok {
		c.trial = x
		if x.change == "" && !x.wanted {
			c.change = string(text)
		}
		c.fillIn(string(text))
		return c
	}
	if sectionLine.Match(text) {
		c = readSections(t, string(text))
	} else {
		c = readMarked(string(text))
	}
	if strings.TrimSpace(c.change) == "" {
		t.Fatal("the file has no change")
	}
	return c
}

// fillIn puts the file's text where a direction says {file}.
func (c *caseFile) fillIn(text string) {
	c.change = strings.ReplaceAll(c.change, "{file}", text)
	for _, s := range []*string{&c.setup, &c.native} {
		*s = strings.ReplaceAll(*s, "{file}", commandLine.ReplaceAllString(text, ""))
	}
	if _, after, found := strings.Cut(text, "-- NOT: "); found {
		c.not = strings.Fields(after)[0]
	}
	if _, after, found := strings.Cut(text, "-- ARGS: "); found {
		after, _, _ = strings.Cut(after, "\n")
		c.args = strings.Fields(after)
	}
}

// commandLine is a line for psql itself.
var commandLine = regexp.MustCompile(`(?m)^\\.*$`)

var seedLine = regexp.MustCompile(`(?m)^-- SEED (\d+)\n`)

func readMarked(text string) caseFile {
	var c caseFile
	c.fillIn(text)
	head, change, _ := strings.Cut(text, "-- CHANGE\n")
	head, writes, _ := strings.Cut(head, "-- WRITES\n")
	c.change, c.native = change, change
	c.writes = lines(writes)
	c.setup, c.rows = head, 5
	if at := seedLine.FindStringSubmatchIndex(head); at != nil {
		c.rows, _ = strconv.Atoi(head[at[2]:at[3]]) // digits
		c.setup = head[:at[0]] + seeded(strings.TrimSpace(head[at[1]:]), c.rows)
	}
	return c
}

func seeded(template string, rows int) string {
	var b strings.Builder
	for i := 1; i <= rows; i++ {
		b.WriteString(strings.ReplaceAll(template, "{i}", strconv.Itoa(i)) + ";\n")
	}
	return b.String()
}

func lines(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			all = append(all, strings.TrimSuffix(line, ";"))
		}
	}
	return all
}

var sectionLine = regexp.MustCompile(`(?m)^-- @(\w+) *(.*)\n`)

func readSections(t *testing.T, text string) caseFile {
	t.Helper()
	var c caseFile
	c.rows = 500
	at := sectionLine.FindAllStringSubmatchIndex(text, -1)
	native := ""
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		body := text[m[1]:end]
		switch word := text[m[2]:m[3]]; word {
		case "setup":
			c.setup = body
		case "change":
			c.change = body
		case "to":
			c.change, c.wanted = body, true
		case "native":
			native = body
		case "writes":
			c.writes = lines(body)
		case "after":
			c.after = body
		case "args":
			c.args = strings.Fields(text[m[4]:m[5]])
		case "min":
			c.min, _ = strconv.Atoi(text[m[4]:m[5]]) // digits
		default:
			t.Fatalf("section %s is not known", word)
		}
	}
	if c.native = native; native == "" {
		c.native = c.change
	}
	return c
}

// fits says whether a case is for a server.
func (c caseFile) fits(on target) bool {
	if c.not != "" && c.not == on.engine {
		return false
	}
	_, version, _ := strings.Cut(on.name, "-")
	number, _ := strconv.Atoi(version) // SQLite has none
	return c.min == 0 || number >= c.min
}
