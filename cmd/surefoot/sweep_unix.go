//go:build unix

package main

import "syscall"

// apart keeps what is sent to our process group from the process that watches us.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
