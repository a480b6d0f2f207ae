package httpsup

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// In a browser the page tells what fails, why, and what follows from it; it is used by keyboard, gives commands, and shows the
// past.
func TestPageInBrowser(t *testing.T) {
	chromium := browser(t)
	fail := make(chan error)
	tree := runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Backoff: runtime.Backoff{Min: time.Hour, Max: time.Hour, Factor: 1}, Start: func(l runtime.Launch) error {
			select {
			case err := <-fail:
				return err
			case <-l.Context().Done():
				return nil
			}
		}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Start: until},
	})
	h := Handler(tree, Authorise(func(_ *http.Request, a Access) (string, error) {
		if a.Verb == runtime.VerbQuarantine {
			return "", errors.New("not this one")
		}
		return "ada", nil
	}))
	const base = "/admin/shop/" // as behind a proxy
	mux := http.NewServeMux()
	mux.Handle(base, http.StripPrefix("/admin/shop", h))
	mux.HandleFunc("POST "+base+"fail", func(http.ResponseWriter, *http.Request) { fail <- errLost })
	server := httptest.NewServer(mux)
	ctx, stop := context.WithCancel(t.Context())
	ended := startRun(ctx, tree)
	defer func() {
		stop()
		<-ended
		server.CloseClientConnections()
		server.Close()
	}()
	limit, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(limit, "node", "testdata/page.cjs", server.URL+base, chromium).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// browser returns the path of chromium, and skips the test where that or what drives it (testdata/package.json, found by NODE_PATH)
// is not installed. .ci/run installs both: there a skip is a failure.
func browser(t *testing.T) string {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	skip := t.Skipf
	if os.Getenv("SUPGEN_CI") != "" {
		skip = t.Fatalf
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		skip("%v", err)
	}
	if out, err := exec.Command("node", "-e", "require('playwright-core'); require('axe-core')").CombinedOutput(); err != nil {
		skip("node, playwright-core and axe-core: %v %.100s", err, out)
	}
	return chromium
}
