package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
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

// Kubernetes is told of probes that there are, on the port of the ops address, and waits for longer than the shop takes to stop.
func TestManifest(t *testing.T) {
	manifest, err := os.ReadFile("shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	find := func(pattern string) []string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(string(manifest))
		if found == nil {
			t.Fatalf("shop.yaml has no %s", pattern)
		}
		return found
	}
	grace, _ := strconv.Atoi(find(`terminationGracePeriodSeconds: (\d+)`)[1])
	root, err := NewShop(newApp("", "")).Tree().Policy("Shop")
	if err != nil {
		t.Fatal(err)
	}
	if longest := root.Shutdown.Drain; time.Duration(grace)*time.Second <= longest {
		t.Errorf("Kubernetes waits %d s, and shop.sup allows a stop to take %s", grace, longest)
	}
	for probe, path := range map[string]string{"startupProbe": "/startupz", "livenessProbe": "/livez", "readinessProbe": "/readyz"} {
		if got := find(probe + `:\s+httpGet: \{path: (/\w+), port: ops\}`)[1]; got != path {
			t.Errorf("the %s asks for %s", probe, got)
		}
	}
	if port, arg := find(`name: ops, containerPort: (\d+)`)[1], find(`"-ops=:(\d+)"`)[1]; port != arg || port != find(`prometheus.io/port: "(\d+)"`)[1] {
		t.Errorf("the ports of probes and metrics are %s and %s", port, arg)
	}
}
