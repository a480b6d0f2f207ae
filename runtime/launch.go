package runtime

import (
	"context"
	"log/slog"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A Launch is one start of one child, or of a check of it. Only a tree makes one, and generated code makes of it what
// the child's function is given.
type Launch struct {
	run *run
	ctx context.Context
}

// Context is cancelled, with a [StopError] as its cause, when the run is asked to stop. In profiles, the run's goroutine
// has the label supgen.path (runtime/pprof), the path of its declaration, and that of one of up to 1,000 replicas supgen.index, too;
// the context carries them.
func (l Launch) Context() context.Context { return l.ctx }

// Run is for every child.
func (l Launch) Run() Run { return Run{l.run} }

// Signal is for a child that says when it is ready. It is not inlined, like HandleOf, nor are Heart and Replica.
//
//go:noinline
func (l Launch) Signal() Signal { return Signal{l.run} }

// Heart is for a child with a heartbeat.
//
//go:noinline
func (l Launch) Heart() Heart { return Heart{l.run} }

// Replica is for one of several equal children.
//
//go:noinline
func (l Launch) Replica() Replica { return Replica{l.run} }

// A Run is one run of one child, as its own function sees it. Only a launch can make one that does anything; the zero
// Run is inert, so that a child's function can be tested by calling it.
type Run struct{ run *run }

// RunOf is the run whose context ctx is, or comes from, and its tree: for packages that log or trace what a child does. Of a tree that
// runs inside of a run, it is the inner one. Without a run, the tree is nil and the run is the zero Run.
func RunOf(ctx context.Context) (*Tree, Run) {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return nil, Run{}
	}
	return r.tree, Run{r}
}

// Path names the child: "Shop.Ingest.Parser[2]".
func (r Run) Path() string {
	if r.run == nil {
		return ""
	}
	return r.run.path()
}

// Generation counts the launches of the child, from 1. Path and generation identify this run.
func (r Run) Generation() uint64 {
	if r.run == nil {
		return 0
	}
	return r.run.gen
}

// Attempt is the try since the child was last stable, from 1.
func (r Run) Attempt() int {
	if r.run == nil {
		return 0
	}
	return int(r.run.attempt)
}

// Logger carries path, generation and attempt.
func (r Run) Logger() *slog.Logger {
	if r.run == nil {
		return slog.Default()
	}
	logger := r.run.tree.options.logger
	if logger == nil {
		logger = slog.Default()
	}
	return logger.With("path", r.run.path(), "generation", r.run.gen, "attempt", r.run.attempt)
}

// Grace is a context that ends when the shutdown budget does, with context.DeadlineExceeded: what http.Server.Shutdown
// wants. Its deadline is known once the run was asked to stop. Of the zero Run it never ends.
func (r Run) Grace() context.Context {
	if r.run == nil {
		return context.Background()
	}
	return r.run.graceful()
}

// Aborted is closed when the shutdown budget is used up: what still runs after the abort budget is stuck.
// Of the zero Run it is never closed.
func (r Run) Aborted() <-chan struct{} {
	if r.run == nil {
		return nil
	}
	return r.run.graceful().Done()
}

// Progress says that a start moves on: the time within which the child is to be ready begins anew. So one that migrates a
// database for an hour is not given up, and one that hangs is. It costs one look at the clock and one atomic store. Once
// the child is ready, it is no more than a heartbeat where one is declared.
func (r Run) Progress() {
	if r.run != nil {
		r.run.recordBeat()
	}
}

// A Signal says that a run is ready. The zero Signal is inert.
type Signal struct{ run *run }

// Ready says that the child can be used, and that it is alive, as a heartbeat does. It may be called again after NotReady, from
// any goroutine of the run; what a run says after it was asked to stop, or after it ended, is ignored.
func (s Signal) Ready() { s.run.signal(kernel.InputReady, nil) }

// NotReady reports that the child cannot be used for now. That is not a failure: what needs it goes on, and nothing new
// starts that does. NotReadyCause says why.
func (s Signal) NotReady() { s.run.signal(kernel.InputNotReady, nil) }

// NotReadyCause is NotReady, and says why: err is shown wherever the child is, until it is ready again or its run is over
// (ChildState.NotReady). Before the first Ready, and while the child is not ready, it only says, or replaces, the cause. It calls the
// methods of err, and may be called with the same error again and again: only what is new is an event. A nil error says nothing of why.
func (s Signal) NotReadyCause(err error) { s.run.notReady(err) }

// notReady says that the run is not ready because of err.
func (r *run) notReady(err error) {
	if r == nil || err == nil {
		r.signal(kernel.InputNotReady, nil)
		return
	}
	_, f := r.judge(err)
	t := r.tree
	t.mu.Lock()
	t.stepAndUnlock(&kernel.Input{Kind: kernel.InputNotReady, Node: r.node, Gen: r.gen, Cause: t.knownCause(r.node, f)})
}

// knownCause is f, or what a node is not ready because of, if that says the same: the kernel tells only what is new. Under the lock.
func (t *Tree) knownCause(n kernel.Node, f *Failure) *Failure {
	if said, ok := t.k.NotReady(n).(*Failure); ok && said.Kind == f.Kind && said.Message == f.Message {
		return said
	}
	return f
}

func (r *run) signal(kind kernel.InputKind, value any) {
	if r == nil {
		return
	}
	if kind == kernel.InputReady {
		r.recordBeat() // so it is in time, however long the tree is busy
	}
	r.tree.mu.Lock()
	if value != nil && r.contradicts(value) {
		r.tree.mu.Unlock()
		Run{r}.Fail(errOtherValue)
		return
	}
	r.tree.stepAndUnlock(&kernel.Input{Kind: kind, Node: r.node, Gen: r.gen, Cause: value})
}

// A Heart is for a child that declared a heartbeat. The zero Heart is inert.
type Heart struct{ run *run }

// Heartbeat says that the child is alive; before it is ready, that it moves on, as Progress does. It costs one look at the
// clock and one atomic store.
func (h Heart) Heartbeat() {
	if h.run != nil {
		h.run.recordBeat()
	}
}

// HeartbeatInterval is how often the declaration has the child call Heartbeat: 1s for "health heartbeat 1s". Of the zero Heart,
// and of those of package runtimetest, it is zero.
func (h Heart) HeartbeatInterval() time.Duration {
	if h.run == nil {
		return 0
	}
	return h.run.child().Health.Heartbeat
}

// recordBeat notes that the child said so. Zero is none, and what a coarse clock, or that of a test, gives first.
func (r *run) recordBeat() { r.beat.Store(max(1, int64(r.tree.now()))) }

// A Replica is one of several equal children.
type Replica struct{ run *run }

// Index is which one it is, from 0.
func (r Replica) Index() int {
	if r.run == nil {
		return 0
	}
	return int(r.run.index)
}

// Replicas is how many there are, by declaration: Index is below it. It is 1 of the zero Replica.
func (r Replica) Replicas() int {
	if r.run == nil {
		return 1
	}
	return max(1, r.run.child().Replicas)
}
