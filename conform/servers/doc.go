// Package servers starts private PostgreSQL, MySQL and MariaDB servers for
// tests and measurements, and stops them.
//
// Servers are fetched by .ci/servers into a cache. Each instance listens on a
// free port of 127.0.0.1, keeps its data in a temporary folder, and dies with
// the process that started it, even if that one is killed.
//
// It touches processes, files and ports, and imports nothing of the product. Start reading at
// servers.go.
package servers
