package kit_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/runtimetest"
)

type dbRun = struct {
	runtime.Run
	runtime.Provider[*sql.DB]
}

// A server is a database: it answers, says what is wrong, or hangs.
type server struct {
	fails atomic.Pointer[error]
	open  atomic.Int64
}

var (
	errHangs = errors.New("it hangs")
	errStuck = errors.New("it hangs, and does not look at its context")
)

func (s *server) set(err error) { s.fails.Store(&err) }

func (s *server) Connect(ctx context.Context) (driver.Conn, error) {
	c := conn{server: s}
	if err := c.Ping(ctx); err != nil {
		return nil, err
	}
	s.open.Add(1)
	return c, nil
}

func (s *server) Driver() driver.Driver { return nil } // nobody asks

type conn struct {
	driver.Conn
	server *server
}

func (c conn) Ping(ctx context.Context) error {
	err := c.server.fails.Load()
	if err != nil && *err == errStuck {
		time.Sleep(time.Minute)
	}
	if err != nil && *err == errHangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if err != nil {
		return *err
	}
	return nil
}

func (c conn) Close() error { c.server.open.Add(-1); return nil }

func startSQL(t *testing.T, s *server, db *sql.DB) *runtimetest.Recorder {
	return runtimetest.Start(t, func(ctx context.Context, run dbRun) error { return kit.SQL(ctx, run, db) })
}

// It is ready with a pool that answers; not ready while that does not, whatever the way; and closes it.
func TestSQL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(server)
		db := sql.OpenDB(s)
		r := startSQL(t, s, db)
		if err := r.AwaitReady(t.Context()); err != nil || r.Value() != db {
			t.Errorf("it is ready with %v, %v", r.Value(), err)
		}
		for _, away := range []error{errors.New("connection refused"), driver.ErrBadConn, errHangs} {
			s.set(away)
			time.Sleep(20 * time.Second)
			wantNotReady(t, r, away)
			s.set(nil)
			time.Sleep(10 * time.Second)
			if s := r.State(); s.Lifecycle != runtime.LifecycleReady || s.NotReady != nil {
				t.Errorf("after %v, it is %s, because of %v", away, s.Lifecycle, s.NotReady)
			}
		}
		r.Stop()
		if err := r.Wait(); err != nil || db.Ping() == nil || s.open.Load() != 0 {
			t.Errorf("it returned %v, and %d connections are open", err, s.open.Load())
		}
	})
}

// A database that does not answer at the beginning is an external failure, but one of which the driver knows better; the pool is
// closed.
func TestSQLFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for says, want := range map[error]runtime.Outcome{
			errors.New("who are you?"): runtime.OutcomeExternal,
			errHangs:                   runtime.OutcomeExternal,
			runtime.FatalConfig(errors.New("no such dialect")): runtime.OutcomeFatalConfig,
		} {
			s := new(server)
			s.set(says)
			db := sql.OpenDB(s)
			r := startSQL(t, s, db)
			if err := r.Wait(); runtime.OutcomeOf(err) != want {
				t.Errorf("%v: it returned %v", says, err)
			}
			s.set(nil)
			if err := db.Ping(); err == nil {
				t.Errorf("%v: the pool is open", says)
			}
		}
	})
}

// A pool all of whose connections are in use is busy, and not away.
func TestSQLBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(server)
		db := sql.OpenDB(s)
		db.SetMaxOpenConns(1)
		r := startSQL(t, s, db)
		if err := r.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		taken, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if l := r.State().Lifecycle; l != runtime.LifecycleReady {
			t.Errorf("it is %s", l)
		}
		taken.Close()
	})
}

// Who closes the pool that all share has broken it: a new run has another.
func TestSQLClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(server)
		db := sql.OpenDB(s)
		r := startSQL(t, s, db)
		if err := r.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if err := r.Wait(); runtime.OutcomeOf(err) != runtime.OutcomeError {
			t.Errorf("it returned %v", err)
		}
	})
}

// A database that is away for longer than the declaration gives it to be ready does not fail the child, and one that hangs for
// longer than "dead" does not either.
func TestSQLAwayForLong(t *testing.T) {
	for _, away := range []error{errors.New("connection refused"), errHangs} {
		testSQLAwayForLong(t, away)
	}
}

// runBeating runs a child with a pool and a heartbeat.
func runBeating(t *testing.T, s *server) *runtime.Tree {
	child := runtime.Child{Role: runtime.Service, Provides: true, Health: watch, Shutdown: runtime.Shutdown{Unlimited: true},
		Ready: runtime.Ready{Explicit: true, Within: 10 * time.Second}}
	return run(t, child, func(l runtime.Launch) error {
		run := struct {
			runtime.Run
			runtime.Provider[*sql.DB]
			runtime.Heart
		}{l.Run(), runtime.Port[*sql.DB]{Of: 1}.Provider(l), l.Heart()}
		return kit.SQL(l.Context(), run, sql.OpenDB(s))
	})
}

func testSQLAwayForLong(t *testing.T, away error) {
	synctest.Test(t, func(t *testing.T) {
		s := new(server)
		tree := runBeating(t, s)
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.set(away)
		time.Sleep(time.Hour)
		if c, err := tree.Handle("Test.Child").State(); err != nil || c.Generation != 1 || c.Lifecycle != runtime.LifecycleRunning {
			t.Errorf("while %v, it is %s, of generation %d, %v, %v", away, c.Lifecycle, c.Generation, c.Failure, err)
		}
	})
}

// A driver that does not return from a ping when its time is over makes the run a dead one.
func TestSQLDriverHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(server)
		tree := runBeating(t, s)
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.set(errStuck)
		time.Sleep(20 * time.Second)
		if c, err := tree.Handle("Test.Child").State(); err != nil || c.Lifecycle != runtime.LifecycleShuttingDown {
			t.Errorf("it is %s, %v", c.Lifecycle, err)
		}
		s.set(nil)
		time.Sleep(time.Minute)
	})
}
