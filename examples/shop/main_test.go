package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// The whole program, as the platform and an operator see it: probed, commanded, and asked to leave while it serves on.
func TestOperated(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the lame duck")
	}
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send itself SIGTERM on Windows")
	}
	addr, ops, socket := freeAddr(t), freeAddr(t), filepath.Join(t.TempDir(), "s", "supgen.sock")
	status := make(chan int, 1)
	go func() { status <- run(addr, ops, socket, "", false) }()
	probe := func(path string) string {
		response, err := http.Get("http://" + ops + path)
		if err != nil {
			return ""
		}
		defer response.Body.Close()
		word, err := io.ReadAll(response.Body)
		if err != nil {
			t.Error(err)
		}
		return fmt.Sprint(response.StatusCode, " ", strings.TrimSpace(string(word)))
	}
	eventually(t, func() bool { return probe("/readyz") == "200 ready" })

	operator := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", socket)
	}}}
	defer operator.CloseIdleConnections()
	command, err := http.NewRequest("POST", "http://shop/command", strings.NewReader(`{"path": "Shop.Ingest", "verb": "restart", "why": "new certificate"}`))
	if err != nil {
		t.Fatal(err)
	}
	command.Header = http.Header{"Content-Type": {"application/json"}, "Supgen-Command": {"1"}}
	response, err := operator.Do(command)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the command: %s", response.Status)
	}
	eventually(t, func() bool {
		return strings.Contains(get(t, "http://"+ops+"/state?under=Shop.Ingest&depth=0"), `"generation":2`) && probe("/readyz") == "200 ready"
	})

	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return probe("/readyz") == "503 leaving" })
	if live := probe("/livez"); live != "200 alive" {
		t.Errorf("while it leaves, /livez is %s", live)
	}
	if text := get(t, "http://"+addr); !strings.Contains(text, "cake") {
		t.Errorf("while it leaves, it sells %s", text)
	}
	if s := <-status; s != 0 {
		t.Errorf("it ended with status %d", s)
	}
}
