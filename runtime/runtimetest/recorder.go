package runtimetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

// An Option says more about the child that a run is of.
type Option func(*settings)

type settings struct {
	path     string
	shutdown runtime.Shutdown
}

// Path has the run be of the child at a path, "Shop.Ingest.Parser[2]": of the replica 2. Without it, it is "Test.Child".
func Path(path string) Option { return func(s *settings) { s.path = path } }

// Shutdown is the budget of the child's stop, instead of that which a child has about which nothing is said.
func Shutdown(drain, abort time.Duration) Option {
	return func(s *settings) { s.shutdown = runtime.Shutdown{Drain: drain, Abort: abort} }
}

// A Recorder knows what was said on a run. Its methods may be called from any goroutine.
type Recorder struct {
	tree   *runtime.Tree
	child  *runtime.Handle
	launch runtime.Launch
	finish func()        // has a run of NewRun end
	ended  chan struct{} // closed when the function has returned, or panicked
	last   bridge.Seen   // with it: what it had said until then
	err    error         // and what it returned
	waited atomic.Bool
}

// Start runs the function of a child, which may be of any type of run that was generated for one, and returns when that is
// called. What the function takes beside its run is for a closure to give.
//
// When the test ends, so does the run, as in a tree that is shut down. A run that does not stop within its budget fails the
// test, and so does one that panicked without [Recorder.Wait] having said so.
func Start[R any](t testing.TB, f func(ctx context.Context, run R) error, options ...Option) *Recorder {
	t.Helper()
	return start(t, func() {}, readies(reflect.TypeFor[R]()), options, func(l runtime.Launch) error { return f(l.Context(), runOf[R](l)) })
}

// NewRun makes a run for a function that the test calls itself, with [Recorder.Context]. The run ends with [Recorder.Wait],
// or with the test: then what was given to its Cleanup is called.
func NewRun[R any](t testing.TB, options ...Option) (R, *Recorder) {
	t.Helper()
	finished := make(chan struct{})
	finish := sync.OnceFunc(func() { close(finished) })
	r := start(t, finish, readies(reflect.TypeFor[R]()), options, func(runtime.Launch) error {
		<-finished
		return nil
	})
	return runOf[R](r.launch), r
}

func start(t testing.TB, finish func(), readies bool, options []Option, f func(runtime.Launch) error) *Recorder {
	t.Helper()
	s := settings{path: "Test.Child"}
	for _, option := range options {
		option(&s)
	}
	table, index, err := tableOf(s, readies)
	if err != nil {
		t.Fatal(err)
	}
	r := &Recorder{finish: finish, ended: make(chan struct{})}
	launched := make(chan runtime.Launch)
	table[len(table)-1].Start = func(l runtime.Launch) (err error) {
		if l.Replica().Index() != index || l.Run().Generation() > 1 {
			<-l.Context().Done()
			return nil
		}
		launched <- l
		defer func() {
			r.last, r.err = bridge.Look(l), err
			close(r.ended)
		}()
		return f(l)
	}
	r.tree = runtime.New(table, runtime.WithLogger(slog.New(slog.NewTextHandler(t.Output(), nil))))
	r.child = r.tree.Handle(s.path)
	over := make(chan error, 1)
	go func() { over <- r.tree.Run(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		r.finish()
		r.tree.Shutdown("runtimetest", "the test is over")
		if err := <-over; errors.Is(err, runtime.ErrStuck) {
			t.Error(err)
		}
		if f := r.State().Failure; f != nil && f.Kind == runtime.OutcomePanic && !r.waited.Load() {
			t.Errorf("%s panicked: %s\n%s", r.child.Path(), f.Message, f.Stack())
		}
	})
	r.launch = <-launched
	return r
}

// tableOf is a tree with a child at a path and nothing else. The child is restarted by nobody.
func tableOf(s settings, readies bool) (table []runtime.Child, index int, err error) {
	names := strings.Split(s.path, ".")
	last := len(names) - 1
	name, replica, replicated := strings.Cut(names[last], "[")
	c := runtime.Child{Name: name, Role: runtime.Worker, Ready: runtime.Ready{Explicit: readies}, Shutdown: s.shutdown}
	if replicated {
		if index, err = strconv.Atoi(strings.TrimSuffix(replica, "]")); err != nil || index < 0 {
			return nil, 0, fmt.Errorf("runtimetest: %q is no path of a child", s.path)
		}
		c.Replicas = index + 1
	}
	if last == 0 {
		return nil, 0, fmt.Errorf("runtimetest: %q is no path of a child: it has a supervisor", s.path)
	}
	for o := range c.On {
		c.On[o] = runtime.ActionStop
	}
	c.On[runtime.OutcomeNone], c.On[runtime.OutcomeIntensity] = runtime.ActionNone, runtime.ActionNone // a supervisor's
	for i, name := range names[:last] {
		table = append(table, runtime.Child{Name: name, Role: runtime.Supervisor, Parent: runtime.ID(max(0, i-1))})
	}
	c.Parent = runtime.ID(last - 1)
	return append(table, c), index, nil
}

// parts yields the parts of a run: itself, or what it embeds.
func parts(run reflect.Type) (types []reflect.Type) {
	if reflect.TypeFor[runtime.Run]().ConvertibleTo(run) {
		return []reflect.Type{run}
	}
	if run.Kind() != reflect.Struct {
		panic(fmt.Sprintf("runtimetest: %s is not the type of a run", run))
	}
	for field := range run.Fields() {
		if !reflect.TypeFor[runtime.Run]().ConvertibleTo(field.Type) {
			panic(fmt.Sprintf("runtimetest: %s is not the type of a run: it has a %s", run, field.Type))
		}
		types = append(types, field.Type)
	}
	return types
}

// readies reports whether a run says when it is ready.
func readies(run reflect.Type) bool {
	return slices.ContainsFunc(parts(run), func(part reflect.Type) bool {
		_, ok := part.MethodByName("Ready")
		return ok
	})
}

// runOf is the run of a launch. Whatever it consists of is the same inside, so that one can be converted to another.
func runOf[R any](l runtime.Launch) (r R) {
	run, to := reflect.ValueOf(l.Run()), reflect.ValueOf(&r).Elem()
	if types := parts(to.Type()); types[0] == to.Type() {
		to.Set(run.Convert(to.Type()))
	} else {
		for i, part := range types {
			to.Field(i).Set(run.Convert(part))
		}
	}
	return r
}

// Context is the run's context: what the function is given.
func (r *Recorder) Context() context.Context { return r.launch.Context() }

// AwaitReady returns nil when the run is ready, or an error as [runtime.Handle.Wait] does.
func (r *Recorder) AwaitReady(ctx context.Context) error { return r.child.Wait(ctx) }

// State is how the child stands: Lifecycle is runtime.LifecycleReady after Ready and runtime.LifecycleRunning after NotReady, whose
// cause is NotReady; Failure is how it failed, be it by Fail, an error or a panic, of the function or of a goroutine of Go, and Unclean
// what it returned after it was asked to stop, or a cleanup did.
func (r *Recorder) State() runtime.ChildState {
	s, err := r.child.State()
	if err != nil {
		panic(err) // it is there as long as its tree
	}
	return s
}

// Value is what the run was first ready with, nil if it was not, or had nothing to hand over.
func (r *Recorder) Value() any { return r.seen().Value }

// Heartbeat is when the run last said that it is alive, by Heartbeat, by Progress or by Ready; the zero time if it did not.
func (r *Recorder) Heartbeat() time.Time { return r.seen().Beat }

func (r *Recorder) seen() bridge.Seen {
	select {
	case <-r.ended:
		return r.last
	default:
		return bridge.Look(r.launch)
	}
}

// Stop asks the run to stop, as a tree does that is shut down: its context ends with a [runtime.StopError] as its cause, and
// its shutdown budget begins. It does not wait.
func (r *Recorder) Stop() { r.tree.Shutdown("runtimetest", "the test stops it") }

// Abort stops the run, and has its shutdown budget be over: its Grace ends, and its Aborted is closed.
func (r *Recorder) Abort() {
	r.Stop()
	bridge.Abort(r.launch)
}

// Wait returns what the function returned, a [*runtime.PanicError] if it panicked, when the run is over with all that
// belongs to it. It asks for no end, but of a run of NewRun it is the end.
func (r *Recorder) Wait() error {
	r.waited.Store(true)
	r.finish()
	<-r.ended
	r.child.AwaitEnd(context.Background()) // how it ended is known
	if f := r.State().Failure; r.err == nil && f != nil && f.Kind == runtime.OutcomePanic {
		return f.Err
	}
	return r.err
}
