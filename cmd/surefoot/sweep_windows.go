package main

import "syscall"

// apart keeps Ctrl-C from the process that watches us.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
