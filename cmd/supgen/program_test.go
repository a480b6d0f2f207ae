package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/supgen/supgen/internal/operate"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// program runs a program for "supgen ctl" and "supgen top", and sets SUPGEN_ADDR to its address. Its database is away, and tried
// again in an hour. It wants the token "sesame", and lets nobody quarantine anything. An argument is the
// key of a dynamic child, with "-" before it of one that is gone.
func program(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: program [key...]")
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
		{Name: "Session", Role: runtime.Worker, Dynamic: true, Max: 10, Start: wait},
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
	for _, key := range args {
		key, gone := strings.CutPrefix(key, "-")
		h, err := tree.Start(ctx, 4, runtime.Key(key), nil)
		ts.Check(err)
		if gone {
			_, err := h.Remove("bob", "it is over")
			ts.Check(err)
		}
		for there := !gone; there == gone; { // as the program tells
			view, err := c.View(ctx)
			ts.Check(err)
			there = view.Child(h.Path()) != nil
		}
	}
	ts.Setenv("SUPGEN_ADDR", server.URL)
	ts.Setenv("SUPGEN_TOKEN", "sesame")
}

// terminal runs a command in tmux, on a terminal of a size: terminal 80x24 supgen top. In it are a shell, and what the command leaves
// behind.
func terminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: terminal WIDTHxHEIGHT command [args...]")
	}
	width, height, _ := strings.Cut(args[0], "x")
	dir, err := os.MkdirTemp("", "supgen") // the path of a socket is short
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	ts.Setenv("TMUX_SOCKET", filepath.Join(dir, "tmux"))
	ts.Setenv("LC_ALL", "C.UTF-8")
	tmux(ts, "-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, "PS1='$ ' exec sh")
	ts.Defer(func() { tmux(ts, "kill-server") })
	press(ts, false, []string{strings.Join(args[1:], " "), "Enter"})
}

// tmux gives the terminal a command, and returns what that prints.
func tmux(ts *testscript.TestScript, args ...string) string {
	cmd := exec.Command("tmux", append([]string{"-S", ts.Getenv("TMUX_SOCKET")}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LC_ALL", "SUPGEN_ADDR", "SUPGEN_TOKEN", "GORACE"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		ts.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// press presses keys on the terminal, by tmux's names.
func press(ts *testscript.TestScript, neg bool, args []string) {
	tmux(ts, append([]string{"send-keys"}, args...)...)
}

// resize changes the size of the terminal: resize 40x12.
func resize(ts *testscript.TestScript, neg bool, args []string) {
	width, height, _ := strings.Cut(args[0], "x")
	tmux(ts, "resize-window", "-x", width, "-y", height)
}

// screen waits until the terminal shows what matches, or with "!" does not show it any more.
func screen(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: screen regexp")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	shown, end := "", time.After(time.Minute)
	for again := time.NewTicker(50 * time.Millisecond); ; {
		if shown = tmux(ts, "capture-pane", "-p"); want.MatchString(shown) != neg {
			return
		}
		select {
		case <-again.C:
		case <-end:
			ts.Fatalf("after a minute the screen is\n%s", shown)
		}
	}
}
