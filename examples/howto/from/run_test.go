package from_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// It scrapes what its configuration says, also after that has changed, and not after a mistake; and it loses nothing when it stops.
func TestRun(t *testing.T) {
	each(t, "run", func(t *testing.T, binary string) {
		scraped := make(chan string)
		target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case scraped <- r.URL.Path:
			default: // nobody waits for it
			}
			fmt.Fprintln(w, 7)
		}))
		defer target.Close()
		await := func(path string) {
			for path != <-scraped {
			}
		}
		config := filepath.Join(t.TempDir(), "scout.json")
		write := func(text string) {
			if err := os.WriteFile(config, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		configure := func(path string) { write(fmt.Sprintf(`{"EveryMS": 10, "Targets": [%q]}`, target.URL+path)) }

		configure("/a")
		p := start(t, binary, "-config", config)
		await("/a")
		await("/a") // so the first is kept
		if _, text := p.do("GET", "/metrics", ""); text != target.URL+"/a 7\n" {
			t.Errorf("its metrics are %q", text)
		}
		if status, text := p.do("GET", "/-/ready", ""); status != http.StatusOK {
			t.Errorf("it is not ready: %d %s", status, text)
		}
		configure("/b")
		p.signal(syscall.SIGHUP)
		await("/b")
		write("{")
		if status, text := p.do("POST", "/-/reload", ""); status != http.StatusInternalServerError {
			t.Errorf("a reload of a broken file was answered by %d %s", status, text)
		}
		await("/b")
		configure("/c")
		if status, text := p.do("POST", "/-/reload", ""); status != http.StatusOK {
			t.Errorf("a reload was answered by %d %s", status, text)
		}
		await("/c")
		p.stopWhileServing("/push/orders", "42")
		if text := p.file("scout.data"); !strings.HasPrefix(text, target.URL+"/a 7\n") || !strings.HasSuffix(text, "\norders 42\n") {
			t.Errorf("it has kept %q", text)
		}

		write("{")
		if status := launch(t, binary, "-config", config).wait(); status == 0 {
			t.Error("it ends well though its configuration is broken")
		}
	})
}
