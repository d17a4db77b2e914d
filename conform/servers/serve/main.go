// Serve starts a private server, prints its URL and stops it at an interrupt:
//
//	go run ./conform/servers/serve postgres 18
//	go run ./conform/servers/serve mysql 9.7 'lock_wait_timeout = 5'
//
// What follows the version are lines for the server's configuration file.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"surefoot/conform/servers"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: serve ENGINE VERSION [SETTING…]")
		os.Exit(64)
	}
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt, syscall.SIGTERM)
	server, err := servers.New(os.Args[1], os.Args[2], os.Args[3:]...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Println(server.URL)
	fmt.Fprintf(os.Stderr, "%s %s, process %d, files in %s; stop with Ctrl-C\n",
		server.Engine, server.Full, server.Pid(), server.Dir)
	<-interrupt
	server.Stop()
}
