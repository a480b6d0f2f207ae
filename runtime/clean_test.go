//go:build unix

package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	stdruntime "runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// text is an error of a package that is not imported here.
type text string

func (t text) Error() string { return string(t) }

// docs/runtime.md, "Stopping": what a run may return that was asked to stop, anywhere in the chain, and what is unclean.
func TestClean(t *testing.T) {
	clean := map[string]error{
		"cancelled":      fmt.Errorf("rows: %w", context.Canceled),
		"by Is":          alike{context.Canceled},
		"the cause":      &StopError{Path: "Root.C"},
		"marked":         ExternalDependency(context.Canceled),
		"again":          Again("rebalanced"),
		"skip":           fmt.Errorf("mail: %w", Skip("off")),
		"pipe":           io.ErrClosedPipe,
		"file":           &os.PathError{Op: "read", Err: os.ErrClosed},
		"server":         http.ErrServerClosed,
		"listener":       &net.OpError{Op: "accept", Err: net.ErrClosed},
		"connection":     sql.ErrConnDone,
		"transaction":    sql.ErrTxDone,
		"database":       errors.New("sql: database is closed"),
		"joined":         errors.Join(errLost, http.ErrServerClosed),
		"grpc server":    fmt.Errorf("serve: %w", text("grpc: the server has been stopped")),
		"grpc call":      text("rpc error: code = Canceled desc = context canceled"),
		"killed":         exec.Command("sh", "-c", "kill -KILL $$").Run(),
		"terminated":     exec.Command("sh", "-c", "kill -TERM $$").Run(),
		"status of TERM": exec.Command("sh", "-c", "exit 143").Run(),
	}
	for name, err := range clean {
		if _, f := judge(err, true, nil); !f.clean {
			t.Errorf("%s, %v, is not clean", name, err)
		}
	}
	for name, err := range map[string]error{
		"lost":            errLost,
		"refused":         syscall.ECONNREFUSED,
		"drain ran out":   context.DeadlineExceeded,
		"end of file":     io.EOF,
		"config":          FatalConfig(errLost),
		"the text of one": errors.New("accept: use of closed network connection"),
		"another call":    text("rpc error: code = Unavailable desc = context canceled"),
		"exit":            exec.Command("sh", "-c", "exit 1").Run(),
		"crashed":         exec.Command("sh", "-c", "kill -SEGV $$").Run(),
		"no process":      errors.New("signal: killed"),
		"evil":            evil{},
	} {
		if _, f := judge(err, true, nil); f.clean {
			t.Errorf("%s, %v, is clean", name, err)
		}
	}
	if panicked(&PanicError{Value: context.Canceled}).clean || goexited.clean {
		t.Error("a panic, or Goexit, is clean")
	}
}

// The manual lists what is clean, and lists nothing else.
func TestCleansInManual(t *testing.T) {
	listed := inManual(t, "clean when asked to stop")
	want := []string{"context.Canceled", "io.ErrClosedPipe", "os.ErrClosed", "runtime.Again", "runtime.Skip"}
	if len(cleanErrors) != 3 {
		t.Errorf("there are %d clean errors", len(cleanErrors))
	}
	want = append(want, cleanTexts...)
	want = append(want, cleanPrefix)
	want = append(append(append(want, "*exec.ExitError"), killed...), "exit status 1")
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Error(diff)
	}
}

// docs/runtime.md, "Stopping": an unclean stop is no failure and no decision, but its event carries it whole, the state and
// the report keep it, and Run returns those of the last stop.
func TestUncleanStop(t *testing.T) {
	ends := map[string]func() error{
		"Error":    func() error { return fmt.Errorf("flush: %w", errLost) },
		"Panics":   func() error { panic(errLost) },
		"Exits":    func() error { stdruntime.Goexit(); return nil },
		"Clean":    func() error { return context.Canceled },
		"Nil":      func() error { return nil },
		"Accepted": func() error { return io.ErrNoProgress },
		"Evil":     func() error { return io.ErrShortBuffer },
	}
	names := []string{"Error", "Panics", "Exits", "Evil", "Clean", "Nil", "Accepted"}
	var table []Child
	for _, name := range names {
		table = append(table, Child{Name: name, Role: Service, Start: func(l Launch) error { <-l.Context().Done(); return ends[name]() }})
	}
	var tree *Tree
	var events notes
	err := supervise(t, plain(table...), func(t *testing.T, running *Tree) {
		tree = running
		replayed := make(map[string]*ChildState)
		got := told(t, tree, func(e Event) string {
			if replayed[e.Path] == nil {
				replayed[e.Path] = new(ChildState)
			}
			replayed[e.Path].Apply(e)
			if e.Kind == EventFailed {
				return e.Path + " failed"
			}
			if e.Kind != EventEnded {
				return ""
			}
			if e.Failure == nil {
				return fmt.Sprintf("%s#%d %s", e.Path, e.Run, e.Outcome)
			}
			if (e.Failure.Stack() != "") != (e.Outcome == OutcomePanic) {
				t.Errorf("the stack is %q", e.Failure.Stack())
			}
			return fmt.Sprintf("%s#%d %s: %s", e.Path, e.Run, e.Failure.Kind, e.Failure.Message)
		})
		for _, name := range names {
			tree.Handle("Root."+name).Restart("ada", "a test")
			synctest.Wait()
			s, _ := tree.Handle("Root." + name).State()
			is := slices.Contains(names[:4], name)
			if s.Failure != nil || s.Restarts != 0 || (s.Unclean != nil) != is || is && s.Unclean.Kind == OutcomeSuccess {
				t.Errorf("%s is %+v", name, s)
			}
			if again := replayed["Root."+name].Unclean; !reflect.DeepEqual(again, s.Unclean) {
				t.Errorf("replayed, the unclean stop of %s is %+v", name, again)
			}
		}
		events.lines = got.take()
	}, CleanStop(func(err error) bool {
		if err == io.ErrShortBuffer {
			panic("evil")
		}
		return false
	}), CleanStop(func(err error) bool { return err == io.ErrNoProgress }), CleanStop(func(err error) bool { return false }))
	if diff := cmp.Diff([]string{
		"0s Root.Error#1 error: flush: lost", "0s Root.Panics#1 panic: lost", "0s Root.Exits#1 goexit: called runtime.Goexit",
		"0s Root.Evil#1 error: short buffer (of which CleanStop panics: evil)",
		"0s Root.Clean#1 error", "0s Root.Nil#1 success", "0s Root.Accepted#1 error",
	}, events.take()); diff != "" {
		t.Error(diff)
	}
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrUnclean) || !errors.Is(err, errLost) || errors.Is(err, ErrStuck) || e.Path != "" {
		t.Fatalf("Run returned %v", err)
	}
	slices.SortFunc(e.Unclean, func(a, b ChildReport) int { return strings.Compare(a.Path, b.Path) })
	got := make(map[string]string)
	for _, c := range tree.Report().Children {
		if c.Unclean != nil {
			got[c.Path] = c.Unclean.Message
		}
	}
	for _, c := range e.Unclean {
		if got[c.Path] != c.Unclean.Message || c.Generation != 2 || c.Outcome != StopDrained {
			t.Errorf("%+v is in the error, and %q in the report", c, got[c.Path])
		}
		delete(got, c.Path)
	}
	if len(got) > 0 || len(e.Unclean) != 4 {
		t.Errorf("the error has %d, and the report %v more", len(e.Unclean), got)
	}
	if !strings.Contains(err.Error(), "Root.Error (error: flush: lost)") {
		t.Errorf("Run returned %v", err)
	}
}

// A thousand unclean stops are not a thousand lines.
func TestManyUncleanStops(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Replicas: 1000, Start: late(0, errLost)})
	err := supervise(t, table, func(*testing.T, *Tree) {})
	if !strings.HasSuffix(err.Error(), ", and 990 more") || len(err.(*Error).Unclean) != 1000 {
		t.Errorf("Run returned %v", err)
	}
}

// docs/runtime.md, "The error of Run": the report tells finished from asked, from gave up and from unclean.
func TestEnded(t *testing.T) {
	var release chan struct{} // made in the bubble
	asked := func(tree *Tree) { tree.Shutdown("ada", "a test") }
	itself := func(tree *Tree) { <-tree.Done() }
	finish := func(c *Child) { c.Finish = Finish{Of: []ID{one}} }
	for name, test := range map[string]struct {
		child Child
		root  func(*Child)
		do    func(*Tree)
		want  Ended
		err   error
	}{
		"asked":                {Child{Start: until}, nil, asked, EndedAsked, nil},
		"finished":             {Child{Start: after(time.Second, nil)}, finish, itself, EndedFinished, nil},
		"asked before it did":  {Child{Start: until}, finish, asked, EndedAsked, nil},
		"by success":           {Child{Start: after(time.Second, nil), On: Table{OutcomeSuccess: ActionShutdown}}, nil, itself, EndedFinished, nil},
		"gave up":              {Child{Start: after(time.Second, FatalConfig(errLost))}, nil, itself, EndedGaveUp, errLost},
		"asked, not cleanly":   {Child{Start: late(0, errLost)}, nil, asked, EndedUnclean, ErrUnclean},
		"asked, and stuck":     {Child{Start: stubborn(&release)}, nil, asked, EndedUnclean, ErrStuck},
		"gave up, not cleanly": {Child{Start: after(time.Second, FatalConfig(errLost))}, func(c *Child) { c.Name = "Worse" }, itself, EndedGaveUp, ErrUnclean},
	} {
		release = nil
		test.child.Name, test.child.Role = "C", Worker
		table := plain(test.child)
		if test.root != nil {
			test.root(&table[0])
		}
		if table[0].Name == "Worse" {
			table = append(table, Child{Name: "D", Role: Service, Start: late(0, errLost)})
		}
		var tree *Tree
		err := supervise(t, table, func(t *testing.T, running *Tree) {
			tree, release = running, make(chan struct{})
			if is := tree.Report().Ended; is != "" {
				t.Errorf("%s: before its end it is %s", name, is)
			}
			test.do(tree)
			<-tree.Done()
			close(release)
		})
		if is := tree.Report().Ended; is != test.want || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
			t.Errorf("%s: it is %s, and Run returned %v", name, is, err)
		}
	}
}

// What ordinary programs return when they are asked to stop ends none of them with an error.
func TestOrdinaryProgramsStopWell(t *testing.T) {
	db := sql.OpenDB(fakeConnector{})
	command := func(stop syscall.Signal, name string, args ...string) func(Launch) error {
		return func(l Launch) error {
			cmd := exec.CommandContext(l.Context(), name, args...)
			if stop != 0 {
				cmd.Cancel = func() error { return cmd.Process.Signal(stop) }
			}
			out, err := cmd.StdoutPipe()
			if err := errors.Join(err, cmd.Start()); err != nil {
				return err
			}
			out.Read(make([]byte, 1))
			l.Signal().Ready()
			return cmd.Wait()
		}
	}
	children := map[string]func(Launch, net.Listener) error{
		"HTTP": func(l Launch, listener net.Listener) error {
			server := &http.Server{}
			context.AfterFunc(l.Context(), func() { server.Shutdown(l.Run().Grace()) })
			l.Signal().Ready()
			return server.Serve(listener)
		},
		"Listener": func(l Launch, listener net.Listener) error {
			context.AfterFunc(l.Context(), func() { listener.Close() })
			l.Signal().Ready()
			_, err := listener.Accept()
			return fmt.Errorf("accept: %w", err)
		},
		"Request": func(l Launch, listener net.Listener) error {
			l.Signal().Ready()
			request, _ := http.NewRequestWithContext(l.Context(), "GET", "http://"+listener.Addr().String(), nil)
			_, err := http.DefaultClient.Do(request)
			return err
		},
		"Killed": func(l Launch, _ net.Listener) error { return command(0, "sh", "-c", "echo; exec sleep 600")(l) },
		"Terminated": func(l Launch, _ net.Listener) error {
			return command(syscall.SIGTERM, "sh", "-c", "echo; exec sleep 600")(l)
		},
		"Shell": func(l Launch, _ net.Listener) error {
			return command(syscall.SIGTERM, "sh", "-c", "trap 'exit 143' TERM; echo; read x <&- ; while :; do sleep 0.01; done")(l)
		},
		"Pipe": func(l Launch, _ net.Listener) error {
			r, w := io.Pipe()
			context.AfterFunc(l.Context(), func() { r.Close() })
			l.Signal().Ready()
			_, err := w.Write([]byte("x"))
			return err
		},
		"Query": func(l Launch, _ net.Listener) error {
			l.Signal().Ready()
			_, err := db.ExecContext(l.Context(), "slow")
			return err
		},
		"Database": func(l Launch, _ net.Listener) error {
			db := sql.OpenDB(fakeConnector{})
			l.Signal().Ready()
			<-l.Context().Done()
			db.Close()
			return db.Ping()
		},
		"Transaction": func(l Launch, _ net.Listener) error {
			tx, err := db.BeginTx(l.Context(), nil)
			if err != nil {
				return err
			}
			l.Signal().Ready()
			<-l.Context().Done()
			return tx.Commit()
		},
		"Connection": func(l Launch, _ net.Listener) error {
			conn, err := db.Conn(l.Context())
			if err != nil {
				return err
			}
			l.Signal().Ready()
			<-l.Context().Done()
			conn.Close()
			return conn.PingContext(context.Background())
		},
	}
	shutdown := Table{OutcomeError: ActionShutdown, OutcomeExternal: ActionShutdown, OutcomePanic: ActionShutdown}
	var table []Child
	for name, start := range children {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		table = append(table, Child{Name: name, Role: Service, Ready: Ready{Explicit: true}, On: shutdown, Start: func(l Launch) error { return start(l, listener) }})
	}
	tree := New(plain(table...))
	done := make(chan error)
	go func() { done <- tree.Run(t.Context()) }()
	if err := tree.AwaitReady(t.Context()); err != nil {
		t.Error(err)
	}
	tree.Shutdown("ada", "a test")
	err := <-done
	for _, c := range tree.Report().Children {
		if c.Err == nil {
			t.Errorf("%s returned nil, so this shows nothing of it", c.Path)
		}
		t.Logf("%s returned %v", c.Path, c.Err)
	}
	if is := tree.Report().Ended; err != nil || is != EndedAsked {
		t.Errorf("Run returned %v, and it is %s", err, is)
	}
	db.Close()
}

// A fakeConnector connects to a database in which everything takes as long as its context, and nothing fails.
type fakeConnector struct{}

func (fakeConnector) Connect(context.Context) (driver.Conn, error) { return fakeConn{}, nil }
func (fakeConnector) Driver() driver.Driver                        { return nil }

type fakeConn struct{}

func (fakeConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (fakeConn) Close() error                        { return nil }
func (c fakeConn) Begin() (driver.Tx, error)         { return c, nil }
func (fakeConn) Commit() error                       { return nil }
func (fakeConn) Rollback() error                     { return nil }
func (fakeConn) ExecContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Result, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
