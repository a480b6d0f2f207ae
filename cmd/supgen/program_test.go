package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/supgen/supgen/internal/operate"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// program runs a program for "supgen ctl" and "supgen top", and sets SUPGEN_ADDR to its address. Its database is away, and tried
// again in an hour. It wants the token "sesame", and lets nobody quarantine anything.
func program(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: program")
	}
	wait := func(l runtime.Launch) error { <-l.Context().Done(); return nil }
	tree := runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Backoff: runtime.Backoff{Min: time.Hour, Max: time.Hour, Factor: 1},
			Start: func(runtime.Launch) error {
				return runtime.ExternalDependency(errors.New("\x1b]0;owned\x07connection refused"))
			}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Start: wait},
		{Name: "Mail", Role: runtime.Service, Start: wait},
	})
	server := httptest.NewServer(httpsup.Handler(tree, httpsup.Authorise(func(r *http.Request, a httpsup.Access) (string, error) {
		switch {
		case r.Header.Get("Authorization") != "Bearer sesame":
			return "", httpsup.Unauthenticated("Bearer")
		case a.Verb == runtime.VerbQuarantine:
			return "", errors.New("never")
		}
		return "ada", nil
	})))
	ts.Defer(server.Close)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(ctx) }()
	ts.Defer(func() { cancel(); <-ended })
	c, err := operate.Dial(server.URL, "sesame")
	ts.Check(err)
	for begun := false; !begun; { // the start is over
		view, err := c.View(ctx)
		ts.Check(err)
		begun = view.Child("Shop.DB").Lifecycle == "restarting" && view.Child("Shop.Mail").Lifecycle == "ready"
	}
	ts.Setenv("SUPGEN_ADDR", server.URL)
	ts.Setenv("SUPGEN_TOKEN", "sesame")
}
