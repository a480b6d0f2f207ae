//go:build unix

package main

import (
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sdnotify"
)

func TestReload(t *testing.T) {
	systemd := listenAsSystemd(t)
	app := &App{file: filepath.Join(t.TempDir(), "shop.json")}
	address := freeAddress(t)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(app.file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	configure := func(level, greeting string) {
		t.Helper()
		write(fmt.Sprintf(`{"level": %q, "site": {"listen": %q, "greeting": %q}}`, level, address, greeting))
	}
	configure("INFO", "Good morning")
	shop := NewShop(app)
	next, stop := iter.Pull(shop.Tree().EventsFrom(t.Context(), 1))
	defer stop()
	// await reads events up to one that tells that a child has come to a state.
	await := func(path string, to runtime.Lifecycle) {
		t.Helper()
		for {
			switch e, ok := next(); {
			case !ok:
				t.Fatalf("the tree ended before %s was %s", path, to)
			case e.Path == path && e.Kind == runtime.EventTransition && e.To == to:
				return
			}
		}
	}
	answers := func(want string) {
		t.Helper()
		response, err := http.Get("http://" + address)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if text, _ := io.ReadAll(response.Body); string(text) != want+"\n" {
			t.Errorf("it answers %q, and not %q", text, want)
		}
	}
	// reload is systemctl reload.
	reload := func() {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		systemd.await(t, "RELOADING=1")
		systemd.await(t, "READY=1")
	}
	status := make(chan int)
	go func() { status <- runtime.MainStatus(shop, sdnotify.Notify()) }()
	systemd.await(t, "READY=1")
	answers("Good morning, visitor 1")

	// In place: nothing restarts.
	configure("DEBUG", "Good morning")
	reload()
	if l := app.level.Level(); l != slog.LevelDebug {
		t.Errorf("the level is %s", l)
	}
	answers("Good morning, visitor 2")

	// A mistake changes nothing.
	write("{")
	reload()
	answers("Good morning, visitor 3")
	if s := shop.State(); s.HTTP.Generation != 1 || s.Config.Generation != 1 {
		t.Errorf("HTTP was launched %d times, Config %d times", s.HTTP.Generation, s.Config.Generation)
	}

	// What needs the configuration starts again, without a signal too, and what does not goes on.
	await("Shop", runtime.LifecycleReady)
	configure("DEBUG", "Good evening")
	await("Shop.HTTP", runtime.LifecycleRestarting)
	await("Shop", runtime.LifecycleReady)
	answers("Good evening, visitor 4")

	shop.Tree().Shutdown("test", "it is over")
	if s := <-status; s != 0 {
		t.Errorf("the status is %d", s)
	}
}

// systemd is the socket of a service manager.
type systemd struct{ *net.UnixConn }

func listenAsSystemd(t *testing.T) systemd {
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	return systemd{conn}
}

// await reads messages up to one that says something.
func (s systemd) await(t *testing.T, what string) {
	t.Helper()
	message := make([]byte, 4096)
	for {
		n, err := s.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprintf("\n%s\n", message[:n]), "\n"+what+"\n") {
			return
		}
	}
}

// freeAddress is an address at which nothing listens.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
