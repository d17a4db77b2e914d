package mysql

import (
	"net"
	"strings"
	"testing"
)

// TestNoAnswer: a server of another kind waits for the client to begin, and so would we.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = Open(t.Context(), "mysql://app:s3cret@"+listener.Addr().String()+"/shop")
	if err == nil || !strings.Contains(err.Error(), "no answer in 10s") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}
