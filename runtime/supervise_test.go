package runtime

import (
	"context"
	"errors"
	"fmt"
	stdruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Rows of most tables here.
const (
	root ID = iota
	one
	two
	three
	four
)

// plain is a root supervisor and its children, whose parent it is.
func plain(children ...Child) []Child {
	return append([]Child{{Name: "Root", Role: Supervisor}}, children...)
}

// until is a child that runs until it is asked to stop.
func until(l Launch) error {
	<-l.Context().Done()
	return nil
}

// supervise runs a tree in a bubble: in it, time passes when everybody waits. It hands over what Run returned.
func supervise(t *testing.T, table []Child, do func(t *testing.T, tree *Tree), options ...Option) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tree := New(table, append([]Option{WithSeed(1)}, options...)...)
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			err = tree.Run(ctx)
		}()
		synctest.Wait()
		do(t, tree)
		cancel(errors.New("the test is over"))
		<-ended
	})
	return err
}

func lifecycle(t *testing.T, tree *Tree, path string) string {
	t.Helper()
	s, err := tree.Handle(path).State()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s#%d", s.Lifecycle, s.Generation)
}

func want(t *testing.T, tree *Tree, path, state string) {
	t.Helper()
	if got := lifecycle(t, tree, path); got != state {
		t.Errorf("%s is %s, want %s", path, got, state)
	}
}

// design.md, "Starting", "Going down", I3: what needs a provider gets the value of the generation that is ready, is
// down before the next one starts, and gets that.
func TestValueTravels(t *testing.T) {
	port := Port[int]{Of: one}
	var fail chan error // made in the bubble
	var got []string
	table := plain(
		Child{Name: "DB", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			fail = make(chan error)
			p := port.Provider(l)
			p.Ready(int(l.Run().Generation()) * 10)
			p.Ready(int(l.Run().Generation()) * 10) // again
			select {
			case err := <-fail:
				return err
			case <-l.Context().Done():
				return nil
			}
		}},
		Child{Name: "HTTP", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			got = append(got, fmt.Sprintf("HTTP#%d has %d", l.Run().Generation(), port.From(l)))
			<-l.Context().Done()
			got = append(got, context.Cause(l.Context()).Error())
			return nil
		}},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		want(t, tree, "Root.HTTP", "ready#1")
		fail <- errors.New("lost")
		synctest.Wait()
		want(t, tree, "Root.DB", "restarting#1")
		want(t, tree, "Root.HTTP", "restarting#1")
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{
		"HTTP#1 has 10",
		"Root.HTTP is asked to stop with Root.DB (error: lost)",
		"HTTP#2 has 20",
		"Root.HTTP is asked to stop with Root (shutdown by context: the test is over)",
	}, got); diff != "" {
		t.Error(diff)
	}
}

// design.md, "When a run ends", 1: how each end is classified, and what follows by default.
func TestClassify(t *testing.T) {
	lost := errors.New("lost")
	for name, test := range map[string]struct {
		end     func() error
		kind    Outcome
		message string
		state   string
	}{
		"error":     {func() error { return lost }, OutcomeError, "lost", "ready#2"},
		"panic":     {func() error { panic(lost) }, OutcomePanic, "lost", "ready#2"},
		"goexit":    {func() error { stdruntime.Goexit(); return nil }, OutcomeGoexit, "called runtime.Goexit", "ready#2"},
		"external":  {func() error { return fmt.Errorf("dial: %w", ExternalDependency(lost)) }, OutcomeExternal, "dial: lost", "ready#2"},
		"cancelled": {func() error { return context.Canceled }, OutcomeError, "context canceled", "ready#2"},
		"evil":      {func() error { return evil{} }, OutcomeError, "runtime.evil, whose methods panic: evil", "ready#2"},
		"nil panic": {func() error { panic(nil) }, OutcomePanic, "panic called with nil argument", "ready#2"},
	} {
		t.Run(name, func(t *testing.T) {
			table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
				if l.Run().Generation() == 1 {
					return test.end()
				}
				return until(l)
			}})
			supervise(t, table, func(t *testing.T, tree *Tree) {
				time.Sleep(time.Second)
				s, _ := tree.Handle("Root.C").State()
				if s.Failure == nil || s.Failure.Kind != test.kind || s.Failure.Message != test.message {
					t.Errorf("failure is %+v, want %s: %s", s.Failure, test.kind, test.message)
				}
				if strings.Contains(s.Failure.Stack(), "TestClassify") != (test.kind == OutcomePanic) {
					t.Errorf("the stack is %q", s.Failure.Stack())
				}
				want(t, tree, "Root.C", test.state)
			})
		})
	}
}

type evil struct{}

func (evil) Error() string { panic("evil") }

// design.md, "Escalate": the error of Run carries the path and the whole chain, and reaches the child's own error.
func TestEscalate(t *testing.T) {
	lost := errors.New("lost")
	table := []Child{
		root:  {Name: "Root", Role: Supervisor},
		one:   {Name: "In", Role: Supervisor, Limit: Limit{N: 0, In: time.Minute}},
		two:   {Name: "C", Parent: one, Role: Service, Limit: Limit{N: 1, In: time.Minute}, Start: func(Launch) error { return lost }},
		three: {Name: "D", Parent: one, Role: Service, Start: until},
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) { <-tree.Done() })
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, lost) {
		t.Fatalf("Run returned %v", err)
	}
	if diff := cmp.Diff([]string{"Root.In.C: 2 restarts in 1m, limit 1 in 1m of Root.In.C, escalate", "Root.In: 1 restart in 1m, limit 0 in 1m of Root.In, escalate", "Root: error, escalate"}, e.Chain); diff != "" {
		t.Error(diff)
	}
	if e.Path != "Root.In.C" || len(e.Stuck) > 0 {
		t.Errorf("the error is %+v", e)
	}
}

// A supervisor that gave up is started anew by the one above it, with its jobs.
func TestSupervisorRestarts(t *testing.T) {
	jobs := 0
	table := []Child{
		root: {Name: "Root", Role: Supervisor},
		one:  {Name: "In", Role: Supervisor},
		two:  {Name: "Job", Parent: one, Role: Job, Start: func(Launch) error { jobs++; return nil }},
		three: {Name: "C", Parent: one, Role: Service, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				return FatalBug(errors.New("impossible"))
			}
			return until(l)
		}},
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(time.Second)
		want(t, tree, "Root.In", "ready#2")
		want(t, tree, "Root.In.C", "ready#2")
		want(t, tree, "Root.In.Job", "stopped#2")
	})
	if err != nil || jobs != 2 {
		t.Errorf("Run returned %v after %d jobs", err, jobs)
	}
}

func TestFatalConfigEndsTheTree(t *testing.T) {
	lost := errors.New("no such file")
	table := plain(
		Child{Name: "C", Role: Service, Start: func(Launch) error { return FatalConfig(lost) }},
		Child{Name: "D", Role: Service, Start: until},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) { <-tree.Done() })
	if !errors.Is(err, lost) || !strings.Contains(err.Error(), "Root.C failed (fatal_config: no such file)") {
		t.Errorf("Run returned %v", err)
	}
}

// design.md, "Stopping": request, drain, abort, and what is stuck is named and returned from, not waited for.
func TestStubborn(t *testing.T) {
	var release chan struct{}
	var stages []string
	table := plain(
		Child{Name: "Polite", Role: Service, Start: until},
		Child{Name: "Slow", Role: Service, Shutdown: Shutdown{Drain: 3 * time.Second, Abort: time.Second}, Start: func(l Launch) error {
			<-l.Context().Done()
			grace := l.Run().Grace()
			deadline, _ := grace.Deadline()
			stages = append(stages, fmt.Sprint("drain for ", time.Until(deadline)))
			<-grace.Done()
			<-l.Run().Aborted()
			stages = append(stages, "aborted")
			return errors.New("half done")
		}},
		Child{Name: "Stubborn", Role: Service, Needs: []ID{one}, Start: func(Launch) error {
			release = make(chan struct{})
			<-release
			return nil
		}},
	)
	var report Report
	var began time.Time
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		began = time.Now()
		if _, err := tree.Shutdown("ada", "closing time"); err != nil {
			t.Error(err)
		}
		<-tree.Done()
		if took := time.Since(began); took != 6*time.Second { // 5s + 1s; Polite ends at once after it
			t.Errorf("the stop took %s", took)
		}
		report = tree.Report()
		want(t, tree, "Root.Polite", "stopped#1")
		s := tree.Snapshot()
		if diff := cmp.Diff([]string{"Root.Stubborn#1"}, s.Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		close(release)
	})
	if diff := cmp.Diff([]string{"drain for 3s", "aborted"}, stages); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(err, ErrStuck) || !errors.Is(err, ErrUnclean) || err.Error() != "supgen: did not stop: Root.Stubborn; did not stop cleanly: Root.Slow (error: half done)" {
		t.Errorf("Run returned %v", err)
	}
	got := make(map[string]string)
	for _, c := range report.Children {
		got[c.Path] = fmt.Sprint(c.Outcome, " ", c.Took, " ", c.Err)
	}
	if diff := cmp.Diff(map[string]string{
		"Root.Polite": "drained 0s <nil>", "Root.Slow": "aborted 3s half done", "Root.Stubborn": "stuck 6s <nil>",
	}, got); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Jobs": a completed job that provides runs again when what it needs went down, with its dependants.
func TestJobHandsOver(t *testing.T) {
	var fail chan error
	db, config := Port[int]{Of: one}, Port[string]{Of: two}
	var got []string
	table := plain(
		Child{Name: "DB", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			fail = make(chan error)
			db.Provider(l).Ready(int(l.Run().Generation()))
			select {
			case err := <-fail:
				return err
			case <-l.Context().Done():
				return nil
			}
		}},
		Child{Name: "Load", Role: Job, Provides: true, Needs: []ID{one}, Start: func(l Launch) error {
			return config.Return(l, fmt.Sprint("config of DB ", db.From(l)), nil)
		}},
		Child{Name: "HTTP", Role: Service, Needs: []ID{two}, Start: func(l Launch) error {
			got = append(got, config.From(l))
			return until(l)
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		fail <- errors.New("lost")
		time.Sleep(time.Second)
		want(t, tree, "Root.Load", "stopped#2")
		want(t, tree, "Root.HTTP", "ready#2")
	})
	if diff := cmp.Diff([]string{"config of DB 1", "config of DB 2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReplicas(t *testing.T) {
	ports := Ports[int]{Of: one}
	var got []int
	table := plain(
		Child{Name: "P", Role: Service, Replicas: 3, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			if n := l.Replica().Replicas(); n != 3 {
				t.Errorf("there are %d", n)
			}
			ports.Provider(l).Ready(l.Replica().Index() * 100)
			return until(l)
		}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			got = ports.From(l)
			return until(l)
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		want(t, tree, "Root.P[2]", "ready#1")
		if _, err := ReplicaOf(tree, one, 3).State(); !errors.Is(err, ErrUnknown) {
			t.Errorf("the state of a fourth replica of three is %v", err)
		}
	})
	if diff := cmp.Diff([]int{0, 100, 200}, got); diff != "" {
		t.Error(diff)
	}
}

// The tree's children carry the values of Run's context, and not its cancellation.
func TestContext(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		var value any
		tree := New(plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
			value = l.Context().Value(key{})
			return until(l)
		}}))
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "carried"))
		time.AfterFunc(time.Second, cancel)
		if err := tree.Run(ctx); err != nil || value != "carried" {
			t.Errorf("Run returned %v, the child saw %v", err, value)
		}
		if err := tree.Run(ctx); !errors.Is(err, ErrState) {
			t.Errorf("a second Run returned %v", err)
		}
	})
}

// The zero values are inert, so that a child's function can be tested by calling it.
func TestZeroRun(t *testing.T) {
	var run struct {
		Run
		Provider[int]
		Heart
		Replica
	}
	run.Ready(1)
	run.NotReady()
	run.Heartbeat()
	run.Progress()
	Signal{}.Ready()
	if run.Path() != "" || run.Generation() != 0 || run.Attempt() != 0 || run.Index() != 0 || run.Replicas() != 1 || run.Logger() == nil ||
		run.Grace().Err() != nil || run.Aborted() != nil {
		t.Error("the zero run does something")
	}
}

// What a run says when it is over is ignored: it cannot speak for its successor.
func TestLateReady(t *testing.T) {
	port := Port[int]{Of: one}
	var late Provider[int]
	table := plain(
		Child{Name: "DB", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true}, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				late = port.Provider(l)
				return errors.New("lost")
			}
			return until(l)
		}},
		Child{Name: "HTTP", Role: Service, Needs: []ID{one}, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		late.Ready(1)
		synctest.Wait()
		want(t, tree, "Root.DB", "running#2")
		want(t, tree, "Root.HTTP", "declared#0")
	})
}
