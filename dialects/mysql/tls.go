package mysql

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// tlsMode is what the mysql client calls --ssl-mode; later ones ask for more.
type tlsMode int

const (
	tlsOpen           tlsMode = iota // nothing was said
	tlsDisabled                      // never
	tlsPreferred                     // where the server has it
	tlsRequired                      // or no connection
	tlsVerifyCA                      // and the certificate is signed by one that is trusted
	tlsVerifyIdentity                // and is this host's
)

// tlsWish is what the address, and where it is silent the option file, says about TLS.
type tlsWish struct {
	mode          tlsMode
	off           bool // somebody said that there is to be none
	ca, cert, key string
}

// The spellings of the modes, by parameter: the mysql client's and PostgreSQL's, JDBC's of MySQL and of
// MariaDB, and those of Go's driver.
var (
	tlsModes = map[string]tlsMode{
		"disabled": tlsDisabled, "disable": tlsDisabled, "preferred": tlsPreferred, "prefer": tlsPreferred,
		"required": tlsRequired, "require": tlsRequired, "trust": tlsRequired,
		"verifyca": tlsVerifyCA, "verifyidentity": tlsVerifyIdentity, "verifyfull": tlsVerifyIdentity,
	}
	tlsOfGo = map[string]tlsMode{
		"true": tlsVerifyIdentity, "1": tlsVerifyIdentity, "skipverify": tlsRequired, "preferred": tlsPreferred, "false": tlsDisabled, "0": tlsDisabled,
	}
	tlsSwitches = map[string]tlsMode{ // what they mean when they are on
		"usessl": tlsRequired, "requiressl": tlsRequired, "ssl": tlsRequired,
		"verifyservercertificate": tlsVerifyCA, "sslverifyservercert": tlsVerifyIdentity, "skipssl": tlsDisabled,
	}
)

// option reads one parameter; known: it is about TLS.
func (w *tlsWish) option(name, value string) (known bool, err error) {
	mode, ok := tlsOpen, true
	switch plain := plainName(name); plain {
	case "sslca":
		w.ca = value
	case "sslcert":
		w.cert = value
	case "sslkey":
		w.key = value
	case "sslmode":
		mode, ok = tlsModes[plainName(value)]
	case "tls":
		mode, ok = tlsOfGo[plainName(value)]
	default:
		on, known := tlsSwitches[plain]
		if !known {
			return false, nil
		}
		mode, ok = switched(plain, plainName(value), on)
	}
	if !ok {
		return true, badAddress("%s=%s is not known; there are ssl-mode=DISABLED, PREFERRED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY", name, value)
	}
	w.off = w.off || mode == tlsDisabled
	w.mode = max(w.mode, mode)
	return true, nil
}

// switched is what a parameter that is on or off means. Off is a wish for no TLS only where TLS itself
// is what it switches.
func switched(name, value string, on tlsMode) (tlsMode, bool) {
	switch value {
	case "true", "1", "on", "yes", "":
		return on, true
	case "false", "0", "off", "no":
		if name == "usessl" || name == "ssl" {
			return tlsDisabled, true
		}
		return tlsOpen, true
	}
	return tlsOpen, false
}

// fromFile takes what the address leaves open from the option file.
func (w *tlsWish) fromFile(file map[string]string) error {
	if w.mode != tlsOpen || w.ca+w.cert+w.key != "" {
		return nil
	}
	for _, name := range []string{"ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "ssl", "skip-ssl", "ssl-verify-server-cert"} {
		for _, spelt := range []string{name, strings.ReplaceAll(name, "-", "_")} {
			if value, ok := file[spelt]; ok {
				if _, err := w.option(name, value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// apply sets the driver up. As with the mysql client, a CA that is named is one to be checked against.
func (w *tlsWish) apply(config *mysql.Config) error {
	if w.mode == tlsOpen && w.cert != "" {
		w.mode = tlsRequired
	}
	if w.ca != "" && (w.mode == tlsOpen || w.mode == tlsRequired) {
		w.mode = tlsVerifyCA
	}
	switch {
	case w.off && (w.mode > tlsDisabled || w.ca+w.cert+w.key != ""):
		return badAddress("the database's address asks for TLS and for none")
	case (w.cert == "") != (w.key == ""):
		return badAddress("ssl-cert and ssl-key belong together")
	case w.mode <= tlsDisabled:
		return nil
	}
	host, _, err := net.SplitHostPort(config.Addr)
	if err != nil { // a socket
		host = "localhost"
	}
	t := &tls.Config{ServerName: host, InsecureSkipVerify: w.mode < tlsVerifyIdentity, MinVersion: tls.VersionTLS12} //nolint:gosec // what is asked for
	if err := w.files(t); err != nil {
		return err
	}
	if w.mode == tlsVerifyCA {
		t.VerifyConnection = func(s tls.ConnectionState) error { return signed(s, t.RootCAs) }
	}
	config.TLS, config.AllowFallbackToPlaintext = t, w.mode == tlsPreferred
	return nil
}

func (w *tlsWish) files(t *tls.Config) error {
	if w.ca != "" {
		pem, err := os.ReadFile(w.ca)
		if err != nil {
			return badAddress("ssl-ca: %v", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return badAddress("ssl-ca: %s holds no certificate", w.ca)
		}
	}
	if w.cert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(w.cert, w.key)
	if err != nil {
		return badAddress("ssl-cert, ssl-key: %v", err)
	}
	t.Certificates = []tls.Certificate{pair}
	return nil
}

// signed checks a certificate's chain, and not whose it is.
func signed(s tls.ConnectionState, roots *x509.CertPool) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the server shows no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	return err
}
