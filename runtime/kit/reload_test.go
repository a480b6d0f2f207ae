package kit_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	stdruntime "runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/runtimetest"
)

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Each way in which a file changes has it read again once: it is there, touched, longer at the same time, gone, back as a link, linked
// to another one of the same time and size, written with a mistake, and without.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.json")
	synctest.Test(t, func(t *testing.T) {
		var loads atomic.Int64
		var fails atomic.Pointer[error]
		fail := func(err error) { fails.Store(&err) }
		fail(nil)
		r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
			return kit.Reload(ctx, run, func(context.Context) error { loads.Add(1); return *fails.Load() }, file)
		})
		old := func(file string) error { return os.Chtimes(file, time.Time{}, time.Unix(1e9, 0)) }
		link := func(name, text string) func() error {
			return func() error {
				write(t, filepath.Join(dir, name), text)
				old(filepath.Join(dir, name))
				if err := os.Symlink(name, filepath.Join(dir, "new")); err != nil {
					t.Skip(err) // of Windows, where that takes a privilege
				}
				return os.Rename(filepath.Join(dir, "new"), file)
			}
		}
		time.Sleep(time.Second / 2) // not at a moment at which it looks
		for i, change := range []func() error{
			func() error { return nil },
			func() error { write(t, file, "12"); return nil },
			func() error { return old(file) },
			func() error { write(t, file, "123"); return old(file) },
			func() error { return os.Remove(file) },
			link("a", "34"),
			link("b", "34"),
			func() error { fail(errors.New("a comma is missing")); write(t, file, "345"); return nil },
			func() error { fail(nil); write(t, file, "3456"); return nil },
		} {
			before := loads.Load()
			if err := change(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if n := loads.Load() - before; n != 1 && i > 0 {
				t.Errorf("change %d: it was loaded %d times", i, n)
			}
			if s := r.State(); s.Lifecycle != runtime.LifecycleReady {
				t.Errorf("change %d: it is %s", i, s.Lifecycle)
			}
		}
		again := runtime.Again("shop.json has changed")
		fail(again)
		write(t, file, "34567")
		if err := r.Wait(); err != again {
			t.Errorf("it returned %v", err)
		}
	})
}

// What needs the configuration starts again with the new one, and a mistake changes nothing.
func TestConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.json")
	write(t, file, "tea")
	synctest.Test(t, func(t *testing.T) {
		config := runtime.Port[string]{Of: 1}
		var sells atomic.Pointer[string]
		tree := runtime.New([]runtime.Child{
			{Name: "Shop", Role: runtime.Supervisor},
			{Name: "Config", Role: runtime.Service, Provides: true, Ready: runtime.Ready{Explicit: true}, Start: func(l runtime.Launch) error {
				run := struct {
					runtime.Run
					runtime.Provider[string]
				}{l.Run(), config.Provider(l)}
				return kit.Config(l.Context(), run, func(context.Context) (string, error) {
					text, err := os.ReadFile(file)
					if err == nil && len(text) == 0 {
						err = errors.New("it sells nothing")
					}
					return string(text), err
				}, file)
			}},
			{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Start: func(l runtime.Launch) error {
				what := config.From(l)
				sells.Store(&what)
				<-l.Context().Done()
				return nil
			}},
		}, runtime.WithLogger(slog.New(slog.NewTextHandler(t.Output(), nil))))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- tree.Run(ctx) }()
		time.Sleep(time.Second / 2) // not at a moment at which it looks
		for i, text := range []string{"", "coffee", "cake", "cake"} {
			write(t, file, text)
			time.Sleep(time.Minute)
			want := cmp.Or(text, "tea")
			if got := *sells.Load(); got != want || !tree.Snapshot().Tree().Ready {
				t.Errorf("change %d: it sells %q, and not %q", i, got, want)
			}
		}
		if c := tree.Snapshot().Child(1); c.Generation != 3 || c.Failures != 0 {
			t.Errorf("Config is of generation %d, and has failed %d times", c.Generation, c.Failures)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// What cannot be loaded at all is not waited for.
func TestReloadFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := errors.New("a comma is missing")
		r := runtimetest.Start(t, func(ctx context.Context, run plainRun) error {
			return kit.Reload(ctx, run, func(context.Context) error { return want })
		})
		if err := r.Wait(); err != want {
			t.Errorf("it returned %v", err)
		}
	})
}

func TestConfigFails(t *testing.T) {
	var run struct {
		runtime.Run
		never
	}
	want := errors.New("a comma is missing")
	if err := kit.Config(t.Context(), run, func(context.Context) (string, error) { return "tea", want }); err != want {
		t.Errorf("it returned %v", err)
	}
}

// never is a provider that has nothing to hand over.
type never struct{}

func (never) Ready(v string) { panic("it handed over " + v) }
func (never) NotReady()      {}

// SIGHUP has it loaded again, and ends nothing.
func TestReloadHangup(t *testing.T) {
	if stdruntime.GOOS == "windows" {
		t.Skip("there is no SIGHUP on Windows")
	}
	loaded := make(chan bool)
	r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
		return kit.Reload(ctx, run, func(ctx context.Context) error { loaded <- true; return nil })
	})
	<-loaded
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-loaded
	r.Stop()
	if err := r.Wait(); err != nil {
		t.Error(err)
	}
}
