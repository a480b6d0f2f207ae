package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systemd takes shop.service, but for the path of the program, which is this test's here.
func TestService(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze, of Debian's package systemd, is not installed: nothing checks shop.service")
	}
	unit, err := os.ReadFile("shop.service")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	installed := filepath.Join(t.TempDir(), "shop.service")
	if err := os.WriteFile(installed, []byte(strings.Replace(string(unit), "/usr/local/bin/shop", self, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", "--man=no", installed).CombinedOutput(); err != nil || strings.Contains(string(out), "shop.service") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
