package sdnotify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	stdruntime "runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// listen is the manager's end of a socket, and NOTIFY_SOCKET its name.
func (m *manager) listen(t *testing.T, name string) {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan bool)
	t.Cleanup(func() { conn.Close(); <-closed })
	t.Setenv("NOTIFY_SOCKET", name)
	go func() {
		defer close(closed)
		message, oob := make([]byte, 8192), make([]byte, 256)
		for {
			n, oobn, _, _, err := conn.ReadMsgUnix(message, oob)
			if err != nil {
				return
			}
			files := filesOf(oob[:oobn])
			m.read(string(message[:n]), len(files))
			for _, fd := range files {
				syscall.Close(fd)
			}
		}
	}()
}

func filesOf(oob []byte) (files []int) {
	controls, _ := syscall.ParseSocketControlMessage(oob)
	for _, c := range controls {
		fds, _ := syscall.ParseUnixRights(&c)
		files = append(files, fds...)
	}
	return files
}

type program struct{ tree *runtime.Tree }

func (p program) Run(ctx context.Context) error { return p.tree.Run(ctx) }
func (p program) Tree() *runtime.Tree           { return p.tree }

// A program under systemd, by both kinds of sockets: when Main returns, all was read.
func TestSocket(t *testing.T) {
	for kind, name := range map[string]string{
		"path":     filepath.Join(t.TempDir(), "notify"),
		"abstract": fmt.Sprintf("@supgen-test-%d", os.Getpid()),
	} {
		t.Run(kind, func(t *testing.T) {
			m := newManager(t, time.Minute, time.Minute, time.Minute)
			m.listen(t, name)
			t.Setenv("WATCHDOG_USEC", "20000")
			t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
			var inherited []byte
			tree := treeOf(runtime.Child{Name: "A", Role: runtime.Worker, On: runtime.Table{runtime.OutcomeSuccess: runtime.ActionShutdown}, Start: func(l runtime.Launch) (err error) {
				inherited, err = exec.Command("env").Output()
				m.await(func() bool { return m.pings > 2 })
				reloaded := Reloading()
				m.await(func() bool { return m.state == "reloading" })
				reloaded()
				m.await(func() bool { return m.state == "active" })
				return err
			}})
			if status := runtime.MainStatus(program{tree}, Notify()); status != 0 {
				t.Errorf("the status is %d", status)
			}
			if heard := m.heard(); !strings.HasSuffix(heard, "BARRIER=1") || m.says() != "ended: finished" || m.stands() != "deactivating" {
				t.Errorf("it is %s, %s: %s", m.stands(), m.says(), heard)
			}
			for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
				if bytes.Contains(inherited, []byte(name)) {
					t.Errorf("a process that it starts has %s", name)
				}
			}
		})
	}
}

// A systemd that does not read keeps nobody, and neither does one that is not there.
func TestDeafSocket(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notify")
	s := &socket{Name: name, Net: "unixgram"}
	if err := s.send("READY=1"); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("where nothing listens: %v", err)
	}
	conn, err := net.ListenUnixgram("unixgram", (*net.UnixAddr)(s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sent := 0
	for ; err == nil && sent < 10_000; sent++ {
		err = s.send("STATUS=")
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) || sent < 2 {
		t.Errorf("after %d messages: %v", sent, err)
	}
	t.Setenv("NOTIFY_SOCKET", name)
	begin := time.Now()
	if status := runtime.MainStatus(program{treeOf(runtime.Child{Name: "A", Role: runtime.Worker,
		On: runtime.Table{runtime.OutcomeSuccess: runtime.ActionShutdown}, Start: func(runtime.Launch) error { return nil }})}, Notify()); status != 0 {
		t.Errorf("the status is %d", status)
	}
	if took := time.Since(begin); took > 10*closing {
		t.Errorf("it took %s", took)
	}
}

// A barrier waits until systemd has come to it, but not for long.
func TestBarrier(t *testing.T) {
	s := &socket{Name: filepath.Join(t.TempDir(), "notify"), Net: "unixgram"}
	conn, err := net.ListenUnixgram("unixgram", (*net.UnixAddr)(s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var came atomic.Bool
	go func() {
		oob := make([]byte, 256)
		_, n, _, _, _ := conn.ReadMsgUnix(make([]byte, 64), oob)
		<-time.After(20 * time.Millisecond) // busy
		came.Store(true)
		for _, fd := range filesOf(oob[:n]) {
			syscall.Close(fd)
		}
	}()
	if s.barrier(); !came.Load() {
		t.Error("it did not wait")
	}
	begin := time.Now()
	if s.barrier(); time.Since(begin) > 10*patience {
		t.Errorf("it waited for %s", time.Since(begin))
	}
}

// Without systemd, nothing is done; and what it cannot have said is an error.
func TestEnvironment(t *testing.T) {
	tree := treeOf(runtime.Child{Name: "A", Role: runtime.Service, Start: until})
	for _, test := range []struct{ socket, usec, pid, err string }{
		{"", "30000000", "", ""},
		{"", "soon", "", ""},
		{"/", "", "", `sdnotify: NOTIFY_SOCKET is "/", and neither a path nor an abstract socket`},
		{"@", "", "", `sdnotify: NOTIFY_SOCKET is "@", and neither a path nor an abstract socket`},
		{"vsock:2:1234", "", "", `sdnotify: NOTIFY_SOCKET is "vsock:2:1234", and neither a path nor an abstract socket`},
		{"/" + strings.Repeat("n", 107), "", "", "sdnotify: NOTIFY_SOCKET is"},
		{"/run/nowhere", "soon", "", `sdnotify: WATCHDOG_USEC is "soon", and not a number of microseconds`},
		{"/run/nowhere", "0", "", `sdnotify: WATCHDOG_USEC is "0", and not a number of microseconds`},
		{"/run/nowhere", "-1", strconv.Itoa(os.Getpid()), `sdnotify: WATCHDOG_USEC is "-1", and not a number of microseconds`},
	} {
		t.Setenv("NOTIFY_SOCKET", test.socket)
		t.Setenv("WATCHDOG_USEC", test.usec)
		t.Setenv("WATCHDOG_PID", test.pid)
		before := stdruntime.NumGoroutine()
		end, err := Notify()(tree)
		if text := fmt.Sprint(err); (test.err == "") != (err == nil) || !strings.HasPrefix(text, test.err) && test.err != "" {
			t.Errorf("%+v: %v", test, err)
		}
		if after := stdruntime.NumGoroutine(); after > before {
			t.Errorf("%+v: it began %d goroutines", test, after-before)
		}
		if err == nil {
			end()
		}
		if left := os.Getenv("NOTIFY_SOCKET") + os.Getenv("WATCHDOG_USEC") + os.Getenv("WATCHDOG_PID"); left != "" {
			t.Errorf("%+v: the environment still has %s", test, left)
		}
	}
	for _, test := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"", "", 0}, {"30000000", "", 30 * time.Second}, {"30000000", strconv.Itoa(os.Getpid()), 30 * time.Second}, {"30000000", "1", 0},
		{"18446744073709551615", "", math.MaxInt64 / 1000 * time.Microsecond},
	} {
		if got, err := parseWatchdog(test.usec, test.pid); got != test.want || err != nil {
			t.Errorf("%+v: %s, %v", test, got, err)
		}
	}
}

// The clock of MONOTONIC_USEC counts microseconds since the machine was started.
func TestMonotonic(t *testing.T) {
	clock := func() time.Duration {
		usec, err := strconv.ParseInt(monotonic(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(usec) * time.Microsecond
	}
	var info syscall.Sysinfo_t
	first, begin := clock(), time.Now()
	for time.Since(begin) < 5*time.Millisecond {
		stdruntime.Gosched()
	}
	inner := time.Since(begin)
	if took := clock() - first; took < inner-time.Microsecond {
		t.Errorf("it counted %s in %s", took, inner)
	}
	if err := syscall.Sysinfo(&info); err != nil || first <= 0 || first > time.Duration(info.Uptime+1)*time.Second {
		t.Errorf("it is at %s, and the machine is up for %d s: %v", first, info.Uptime, err)
	}
}
