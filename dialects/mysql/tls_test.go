package mysql

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"surefoot/conform/servers"
	"surefoot/schema"
)

// TestTLS asks for TLS in all spellings, of a server that has it, with a certificate for this host and
// with one for another, and of a server that has none.
func TestTLS(t *testing.T) {
	ca, other := authority(t), authority(t)
	here, elsewhere := ca.issue(t, "127.0.0.1"), ca.issue(t, "db.example")
	const encrypted, plain, refused = "encrypted", "plain", "refused"
	answers := map[string][3]string{ // certificate for here, for elsewhere, no TLS
		"":                             {plain, plain, plain},
		"ssl-mode=DISABLED":            {plain, plain, plain},
		"sslMode=disable":              {plain, plain, plain},
		"useSSL=false":                 {plain, plain, plain},
		"tls=false":                    {plain, plain, plain},
		"ssl-mode=PREFERRED":           {encrypted, encrypted, plain},
		"tls=preferred":                {encrypted, encrypted, plain},
		"ssl-mode=REQUIRED":            {encrypted, encrypted, refused},
		"sslMode=trust":                {encrypted, encrypted, refused},
		"ssl_mode=required":            {encrypted, encrypted, refused},
		"useSSL=true":                  {encrypted, encrypted, refused},
		"useSSL=true&requireSSL=true":  {encrypted, encrypted, refused},
		"ssl=1":                        {encrypted, encrypted, refused},
		"tls=skip-verify":              {encrypted, encrypted, refused},
		"ssl-ca=CA":                    {encrypted, encrypted, refused},
		"ssl-mode=VERIFY_CA&ssl-ca=CA": {encrypted, encrypted, refused},
		"sslMode=verify-ca&sslCa=CA":   {encrypted, encrypted, refused},
		"ssl-mode=VERIFY_CA&ssl-ca=XX": {refused, refused, refused},
		"ssl-mode=REQUIRED&ssl-ca=XX":  {refused, refused, refused},
		"ssl-mode=VERIFY_CA":           {refused, refused, refused},
		"verifyServerCertificate=true": {refused, refused, refused},
		"tls=true":                     {refused, refused, refused},
		"tls=true&ssl-ca=CA":           {encrypted, refused, refused},
		"sslmode=verify-full&sslca=CA": {encrypted, refused, refused},
		"ssl-mode=VERIFY_IDENTITY&ssl-ca=CA&ssl-cert=CERT&ssl-key=KEY": {encrypted, refused, refused},
	}
	client := ca.issue(t, "client")
	files := strings.NewReplacer("=CA", "="+ca.file, "=XX", "="+other.file, "=CERT", "="+client.cert, "=KEY", "="+client.key)
	settings := func(c pair) []string {
		return []string{"ssl_ca = " + ca.file, "ssl_cert = " + c.cert, "ssl_key = " + c.key}
	}
	for _, kind := range [][2]string{{"mysql", "9.7"}, {"mariadb", "11.8"}} {
		t.Run(kind[0], func(t *testing.T) {
			none := []string{"skip_ssl"}
			if kind[0] == "mysql" {
				none = []string{"tls_version = ''"}
			}
			for i, lines := range [][]string{settings(here), settings(elsewhere), none} {
				url := servers.Start(t, kind[0], kind[1], lines...).Database(t)
				for options, want := range answers {
					if got, err := connected(t, url+"?"+files.Replace(options)); got != want[i] {
						t.Errorf("server %d, %s: %s, not %s (%v)", i, options, got, want[i], err)
					}
				}
			}
		})
	}
}

func connected(t *testing.T, url string) (string, error) {
	t.Helper()
	db, err := Open(t.Context(), url)
	if err != nil {
		return "refused", err
	}
	defer db.Close()
	var name, cipher string
	if err := db.pool.QueryRow("SHOW SESSION STATUS LIKE 'Ssl_cipher'").Scan(&name, &cipher); err != nil {
		t.Fatal(err)
	}
	if cipher == "" {
		return "plain", nil
	}
	return "encrypted", nil
}

// TestUnknownParameters are refused before anything is opened.
func TestUnknownParameters(t *testing.T) {
	for _, options := range []string{
		"ssl-moed=REQUIRED", "tls=custom", "ssl-mode=REQURED", "trustCertificateKeyStoreUrl=x", "ssl-mode=DISABLED&requireSSL=true", "sslmode=disable&tls=true",
		"ssl-ca=/nowhere.pem", "ssl-cert=/x.pem", "useSSL=maybe", "charset=latin1", "a=%zz", "ssl-mode=DISABLED&ssl-ca=/x",
	} {
		var bad *schema.BadURL
		if _, err := readURL("mysql://root@127.0.0.1/d?" + options); !errors.As(err, &bad) {
			t.Errorf("%s: %v", options, err)
		}
	}
	if config, err := readURL("mysql://root@127.0.0.1/d?charset=utf8mb4&time_zone=%2B03:00"); err != nil || config.Params["time_zone"] != "'+03:00'" {
		t.Error(config, err)
	}
}

type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

type pair struct{ cert, key string }

func authority(t *testing.T) *signer {
	t.Helper()
	s := &signer{}
	s.cert, s.key = certificate(t, &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)
	s.file = filepath.Join(t.TempDir(), "ca.pem")
	saved(t, s.file, "CERTIFICATE", s.cert.Raw)
	return s
}

func (s *signer) issue(t *testing.T, host string) pair {
	t.Helper()
	template := &x509.Certificate{Subject: pkix.Name{CommonName: host}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	cert, key := certificate(t, template, s)
	dir := t.TempDir()
	p := pair{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	saved(t, p.cert, "CERTIFICATE", cert.Raw)
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	saved(t, p.key, "EC PRIVATE KEY", der)
	return p
}

func certificate(t *testing.T, template *x509.Certificate, by *signer) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	parent, signing := template, key
	if by != nil {
		parent, signing = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signing)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func saved(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
}
