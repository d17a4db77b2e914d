// Command release reads a GoReleaser configuration as GoReleaser does and ends
// with 1 where it would refuse it: an unknown field, a wrong type. GoReleaser
// itself takes minutes to build, its reader seconds.
//
//	go -C .ci/release run . ../../.goreleaser.yaml
package main

import (
	"fmt"
	"os"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: release FILE")
		os.Exit(2)
	}
	project, err := config.Load(os.Args[1])
	if err == nil && project.Version != 2 {
		err = fmt.Errorf("%s: version %d, not 2", os.Args[1], project.Version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
