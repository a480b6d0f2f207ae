package httpsup

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// In a browser the page tells what fails, why, and what follows from it; it is used by keyboard, gives commands, and shows the
// past. It needs chromium, and node with playwright-core (NODE_PATH); with axe-core, it holds the page to WCAG.
func TestPageInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip(err)
	}
	if out, err := exec.Command("node", "-e", "require('playwright-core')").CombinedOutput(); err != nil {
		t.Skipf("node and playwright-core: %v %.100s", err, out)
	}
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
