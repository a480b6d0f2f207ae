package runtime

import (
	"context"
	"errors"
	"log/slog"
	stdruntime "runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// watchdog ends the program, with all stacks, should a test hang on a lock: time stands still in a bubble then.
func watchdog(t *testing.T, what string) {
	timer := time.AfterFunc(5*time.Minute, func() { panic(t.Name() + ": " + what) })
	t.Cleanup(func() { timer.Stop() })
}

// A nosy value asks the tree whenever one of its methods is called.
type nosy func(method string)

func (n nosy) Error() string  { n("Error"); return "nosy" }
func (n nosy) Is(error) bool  { n("Is"); return false }
func (n nosy) As(any) bool    { n("As"); return false }
func (n nosy) Unwrap() error  { n("Unwrap"); return nil }
func (n nosy) String() string { n("String"); return "nosy" }

type nosyText struct{ ask nosy }

func (n nosyText) String() string { return n.ask.String() }

type nosyContext struct {
	context.Context
	ask nosy
}

func (c nosyContext) Value(key any) any           { c.ask("Value"); return c.Context.Value(key) }
func (c nosyContext) Err() error                  { c.ask("Err"); return c.Context.Err() }
func (c nosyContext) Done() <-chan struct{}       { c.ask("Done"); return c.Context.Done() }
func (c nosyContext) Deadline() (time.Time, bool) { c.ask("Deadline"); return c.Context.Deadline() }

type nosyHandler struct{ ask nosy }

func (h nosyHandler) Enabled(context.Context, slog.Level) bool  { h.ask("Enabled"); return true }
func (h nosyHandler) Handle(context.Context, slog.Record) error { h.ask("Handle"); return nil }
func (h nosyHandler) WithAttrs([]slog.Attr) slog.Handler        { h.ask("WithAttrs"); return h }
func (h nosyHandler) WithGroup(string) slog.Handler             { h.ask("WithGroup"); return h }

// design.md, "Traps of the shell": the user's code in disguise (errors, panics, log handlers, contexts, and what is
// derived from a run's) is never called under the tree's lock: all of it asks the tree, which would wait for itself.
func TestUserCodeIsNotUnderTheLock(t *testing.T) {
	watchdog(t, "the user's code is called under the lock")
	var calls notes
	var tree *Tree
	who := func(name string) nosy {
		return func(method string) { calls.tell("%s.%s", name, method); tree.Snapshot() }
	}
	fails := Backoff{Min: time.Second, Max: time.Second, Factor: 1}
	table := plain(
		Child{Name: "Returns", Role: Service, Backoff: fails, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				return who("an error")
			}
			l.Run().Logger().Info("again")
			return until(l)
		}},
		Child{Name: "Panics", Role: Service, Backoff: fails, Start: func(l Launch) error {
			switch l.Run().Generation() {
			case 1:
				panic(who("a panic"))
			case 2:
				panic(nosyText{who("a text")})
			}
			return until(l)
		}},
		Child{Name: "Derives", Role: Service, Start: func(l Launch) error {
			for _, parent := range []context.Context{l.Context(), l.Run().Grace()} {
				ctx, cancel := context.WithTimeout(nosyContext{parent, who("a derived context")}, time.Hour)
				defer cancel()
				context.AfterFunc(ctx, func() { who("after")("Func"); ctx.Value(0) })
			}
			return until(l)
		}},
		Child{Name: "Checked", Role: Service, Health: Health{Check: Check{Every: 2 * time.Second, Timeout: time.Second}, Fail: 2}, Start: until,
			HealthCheck: func(Launch) error { return who("a check's error") }},
		Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Start: until},
	)
	synctest.Test(t, func(t *testing.T) {
		tree = New(table, WithLogger(slog.New(nosyHandler{who("a handler")})))
		inner, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() { done <- tree.Run(nosyContext{inner, who("Run's context")}) }()
		synctest.Wait()
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			for range tree.Events(nosyContext{ctx, who("a reader's context")}) {
				who("a reader")("body")
			}
		}()
		tree.Start(nosyContext{ctx, who("Start's context")}, ID(len(table)-1), Key("a"), who("an argument"))
		tree.Handle("Root.Returns").Restart("ada", "a test")
		if err := tree.Handle("Root.Panics").Wait(nosyContext{ctx, who("Wait's context")}); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second)
		want(t, tree, "Root.Panics", "ready#3")
		stop()
		cancel(who("a cause"))
		if err := <-done; err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	got := count(calls.take())
	for _, name := range []string{
		"an error.Error", "an error.As", "an error.Unwrap", "a panic.Error", "a text.String", "a derived context.Value", "after.Func",
		"a handler.Handle", "a handler.Enabled", "a handler.WithAttrs", "Run's context.Value", "Run's context.Done", "a reader's context.Err",
		"a check's error.Error", "a check's error.Is", "a reader.body", "Start's context.Err", "Wait's context.Value", "Wait's context.Done", "a cause.Error",
	} {
		if got[name] == 0 {
			t.Errorf("%s was never called, so this shows nothing of it", name)
		}
	}
	for _, name := range []string{"an argument.String", "an argument.Error"} {
		if got[name] != 0 {
			t.Errorf("%s was called, which is nobody's business", name)
		}
	}
}

// A reader's body is the user's code: it may panic or exit, and neither the tree nor another reader sees of it.
func TestReadersThatEndBadly(t *testing.T) {
	watchdog(t, "a reader left the tree locked")
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		var got notes
		for name, body := range map[string]func(){"panics": func() { panic("evil") }, "exits": stdruntime.Goexit, "goes on": func() {}} {
			go func() {
				defer got.tell("%s", name)
				defer func() { _ = recover() }()
				for e := range tree.Events(t.Context()) {
					body()
					if e.To == LifecycleReady && e.Path == "Root" {
						break
					}
				}
			}()
		}
		synctest.Wait()
		tree.Handle("Root.C").Restart("ada", "a test")
		synctest.Wait()
		want(t, tree, "Root.C", "ready#2")
		if diff := cmp.Diff(map[string]int{"panics": 1, "exits": 1, "goes on": 1}, count(got.take())); diff != "" {
			t.Error(diff)
		}
	})
}

// The error that a child returned is the one that Run's reaches, as it is: errors.Is asks it, and under no lock.
func TestOwnErrorIsReached(t *testing.T) {
	watchdog(t, "an error is asked under the lock")
	var tree *Tree
	own := nosy(func(string) { tree.Snapshot() })
	err := supervise(t, plain(Child{Name: "C", Role: Service, On: Table{OutcomeError: ActionShutdown}, Start: func(l Launch) error {
		tree = l.run.tree
		return own
	}}), func(_ *testing.T, tree *Tree) { <-tree.Done() })
	var reached nosy
	if errors.Is(err, errLost) || !errors.As(err, &reached) {
		t.Errorf("Run returned %v", err)
	}
}
