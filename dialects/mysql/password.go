package mysql

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// password takes the URL's, else MYSQL_PWD, else that of ~/.my.cnf.
func password(u *url.URL, file map[string]string) string {
	if p, ok := u.User.Password(); ok {
		return p
	}
	return first(os.Getenv("MYSQL_PWD"), file["password"])
}

// readOptionFile reads the [client] groups of ~/.my.cnf; without the file it gives nothing.
func readOptionFile() map[string]string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(home, ".my.cnf"))
	if err != nil {
		return nil
	}
	return parseOptions(string(text))
}

func parseOptions(text string) map[string]string {
	options := map[string]string{}
	client := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';' || line[0] == '!':
		case line[0] == '[':
			client = strings.HasPrefix(line, "[client") // also [client-mariadb]
		case client:
			key, value, _ := strings.Cut(line, "=")
			value = strings.TrimSpace(value)
			if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
				value = value[1 : len(value)-1]
			}
			options[strings.TrimSpace(key)] = value
		}
	}
	return options
}
