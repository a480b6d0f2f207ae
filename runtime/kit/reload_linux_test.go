package kit_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/sdnotify"
)

// To systemd, which waits, a reload is over when load has panicked; and one that is asked for while the child waits for its backoff is the
// next run's first call.
func TestReloadForSystemd(t *testing.T) {
	heard := listenToSystemd(t)
	next := func(want string) {
		t.Helper()
		if s := <-heard; s != want {
			t.Errorf("systemd hears %q, not %q", s, want)
		}
	}
	var loads atomic.Int64
	inLoad, goOn := make(chan bool), make(chan bool)
	child := runtime.Child{Name: "Config", Role: runtime.Service, Backoff: runtime.Backoff{Min: time.Hour, Max: time.Hour, Factor: 1}}
	child.Start = func(l runtime.Launch) error {
		return kit.Reload(l.Context(), l.Run(), func(context.Context) error {
			switch loads.Add(1) {
			case 2:
				panic("no name")
			case 3:
				inLoad <- true
				<-goOn
			}
			return nil
		})
	}
	tree := runtime.New([]runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, child})
	status := make(chan int)
	go func() { status <- runtime.MainStatus(program{tree}, sdnotify.Notify()) }()
	next("READY")
	hangup(t)
	next("RELOADING")
	next("READY")
	config := tree.Handle("Shop.Config")
	for e := range tree.EventsFrom(t.Context(), 1) { // the run has ended
		if e.Path == config.Path() && e.Kind == runtime.EventTransition && e.To == runtime.LifecycleRestarting {
			break
		}
	}
	hangup(t)
	if _, err := config.Restart("ada", "not in an hour"); err != nil {
		t.Fatal(err)
	}
	<-inLoad
	next("RELOADING")
	goOn <- true
	next("READY")
	tree.Shutdown("ada", "it is over")
	if s := <-status; s != 0 {
		t.Errorf("the status is %d", s)
	}
}

type program struct{ tree *runtime.Tree }

func (p program) Run(ctx context.Context) error { return p.tree.Run(ctx) }
func (p program) Tree() *runtime.Tree           { return p.tree }

// listenToSystemd is what systemd hears of starts and reloads.
func listenToSystemd(t *testing.T) <-chan string {
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	heard := make(chan string, 100)
	go func() {
		text := make([]byte, 4096)
		for {
			n, err := conn.Read(text)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if what, _, _ := strings.Cut(string(text[:n]), "=1"); what == "READY" || what == "RELOADING" {
				heard <- what
			}
		}
	}()
	return heard
}

// hangup sends this process a SIGHUP, and returns when it was heard.
func hangup(t *testing.T) {
	t.Helper()
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-heard
	signal.Stop(heard) // when all others have it too
}
