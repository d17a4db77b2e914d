package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"surefoot/dialects"
)

// open connects to the database that the flags name.
func (f *liveFlags) open(ctx context.Context) (dialects.Database, error) {
	if f.db == "" {
		return nil, usagef("name the database with --db (or SUREFOOT_DB): postgres://, mysql://, mariadb:// or sqlite:PATH")
	}
	address, err := f.address()
	if err != nil {
		return nil, err
	}
	db, err := dialects.Open(ctx, address)
	if err == nil {
		return db, nil
	}
	var bad *dialects.BadURL
	if errors.As(err, &bad) {
		return nil, &usageError{"--db: " + bad.Reason}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	hint := "nothing was changed; check that the server runs, and its address, user and password"
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(address, "sqlite:") {
		hint = "nothing was changed; check the path: a database that is not there is not made"
	}
	return nil, exitWith(exitFailed, withoutPassword(err, address), hint)
}

// address is the database's URL with its password, if a file holds it.
func (f *liveFlags) address() (string, error) {
	if f.passwordFile == "" {
		return f.db, nil
	}
	text, err := os.ReadFile(f.passwordFile)
	if err != nil {
		return "", readError(f.passwordFile, err)
	}
	password, _, _ := strings.Cut(string(text), "\n")
	u, err := url.Parse(f.db)
	if err != nil || u.Host == "" && u.User == nil {
		return "", usagef("--password-file is for an address such as postgres://app@host/database")
	}
	u.User = url.UserPassword(u.User.Username(), strings.TrimRight(password, "\r"))
	return u.String(), nil
}

// unreadableAddress says what is wrong with a URL and shows nothing of it.
func unreadableAddress(err error) error {
	var escape url.EscapeError
	if errors.As(err, &escape) {
		return errors.New("the database's address cannot be read as a URL: a % in it is not followed by two hexadecimal digits (a % itself is written %25)")
	}
	return errors.New("the database's address cannot be read as a URL (a special character in the password must be written as %XX)")
}

// withoutPassword is a last net: an error that quotes the address does not show its password.
func withoutPassword(err error, address string) error {
	u, parseErr := url.Parse(address)
	if parseErr != nil {
		return unreadableAddress(parseErr)
	}
	password, ok := u.User.Password()
	if !ok || password == "" {
		return err
	}
	msg := err.Error()
	for _, p := range []string{password, url.QueryEscape(password), url.PathEscape(password)} {
		msg = strings.ReplaceAll(msg, ":"+p+"@", ":***@")
		msg = strings.ReplaceAll(msg, "password="+p, "password=***")
	}
	if msg == err.Error() {
		return err
	}
	return fmt.Errorf("%s", msg)
}
