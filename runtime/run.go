package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

type runKey struct{}

// A run is the record of one launch of one child.
type run struct {
	tree    *Tree
	node    kernel.Node
	child   *Child
	path    string
	index   int
	gen     uint64
	attempt int
	args    any
	values  []any // by need, replicas in a row; each a *box[T] or nil
	result  any   // what a job returned: written by its own goroutine, read when that ends

	ctx    context.Context
	cancel context.CancelCauseFunc
	beat   atomic.Int64 // the last heartbeat, since Tree.began
	until  atomic.Int64 // when the drain ends, since Tree.began; 0 is not asked yet

	once  sync.Once // of grace
	grace context.Context
	over  context.CancelFunc

	asked, aborted time.Time // under the tree's lock
	check          context.CancelFunc
}

// box is how a value of any type, a nil interface too, travels.
type box[T any] struct{ value T }

// live is the goroutine of a run.
func (r *run) live() {
	o, f := OutcomeGoexit, goexited // until it is known better
	defer func() { r.tree.ended(r, o, f) }()
	defer func() {
		if p := recover(); p != nil {
			o, f = OutcomePanic, panicked(p)
		}
	}()
	o, f = judge(r.child.Start(Launch{r, r.labelled(r.ctx)}))
}

// labelled gives the calling goroutine the labels of its own run, and carries them in ctx: those that it was started
// with are of whoever started it. To look for ctx's is the user's code.
func (r *run) labelled(ctx context.Context) context.Context {
	ctx = pprof.WithLabels(ctx, pprof.Labels("supgen.path", r.path))
	pprof.SetGoroutineLabels(ctx)
	return ctx
}

// ended is brought by the goroutine of the run that ended.
func (t *Tree) ended(r *run, o Outcome, f *Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := &t.members[r.node]
	if o == OutcomeSuccess && m.run == r && r.child.Role == Job && r.child.Provides {
		m.value = r.result // before the step: it may launch who needs it
	}
	t.stopped(r, o, f)
	in := kernel.Input{Kind: kernel.InputEnded, Node: r.node, Gen: r.gen, Outcome: o}
	if f != nil {
		in.Cause = f
	}
	t.step(in)
	r.cancel(errEnded)
	r.endGrace()
}

// ask cancels the run's context. Under the lock.
func (r *run) ask(e kernel.Effect) {
	until := e.Until
	r.until.Store(int64(until))
	r.asked = time.Now()
	r.cancel(r.tree.stopError(r, e.Because))
}

// abort ends the drain.
func (r *run) abort() {
	r.aborted = time.Now()
	r.endGrace()
}

// graceful is the context that ends with the drain. It is made when somebody wants it.
func (r *run) graceful() context.Context {
	r.once.Do(func() { r.grace, r.over = context.WithCancel(context.WithoutCancel(r.ctx)) })
	if r.grace == nil { // nobody wanted it, and it is over
		ctx, cancel := context.WithCancel(context.WithoutCancel(r.ctx))
		cancel()
		return graceContext{ctx, r}
	}
	return graceContext{r.grace, r}
}

func (r *run) endGrace() {
	if r.once.Do(func() {}); r.over != nil {
		r.over()
	}
}

// graceContext knows its deadline once the run was asked to stop.
type graceContext struct {
	context.Context
	run *run
}

// Deadline is when the drain ends: unknown until the run is asked to stop.
func (g graceContext) Deadline() (time.Time, bool) {
	switch until := g.run.until.Load(); kernel.Time(until) {
	case 0, kernel.Forever:
		return time.Time{}, false
	default:
		return g.run.tree.began.Add(kernel.Time(until)), true
	}
}

// startCheck runs a check on a goroutine of its own. Under the lock.
func (r *run) startCheck(e kernel.Effect) {
	f, timeout := r.child.HealthCheck, r.child.Health.Check.Timeout
	if e.Readiness {
		f, timeout = r.child.ReadyCheck, r.child.Ready.Check.Timeout
	}
	ctx, cancel := context.WithCancel(r.ctx)
	r.check = cancel
	r.tree.checks[r] = time.Since(r.tree.began) + timeout
	go func() {
		good := false
		defer func() {
			_ = recover() // a check that panics has failed
			cancel()
			in := kernel.Input{Kind: kernel.InputChecked, Node: r.node, Gen: r.gen, Check: e.Check, Outcome: OutcomeError}
			if good {
				in.Outcome = OutcomeSuccess
			}
			r.tree.mu.Lock()
			defer r.tree.mu.Unlock()
			delete(r.tree.checks, r)
			r.tree.step(in)
		}()
		good = f(Launch{r, r.labelled(ctx)}) == nil
	}()
}

func (r *run) cancelCheck() {
	if r.check != nil {
		r.check()
	}
}

var errEnded = errors.New("the run has ended")

// StopError is the cause of a run's context when it is asked to stop (context.Cause): who wants it, and why. It is a
// context.Canceled to errors.Is.
type StopError struct {
	Path    string   // of the run
	With    string   // whose end it is that takes it down: its own, what it needs, a sibling's, a supervisor's
	Audit   *Audit   // if an operator, or the context of Run, said so
	Failure *Failure // if that failed
}

func (e *StopError) Error() string {
	why := "it goes down"
	switch {
	case e.Audit != nil:
		why = fmt.Sprintf("%s by %s: %s", e.Audit.Verb, e.Audit.Who, e.Audit.Why)
	case e.Failure != nil:
		why = fmt.Sprintf("%s: %s", e.Failure.Kind, e.Failure.Message)
	}
	return fmt.Sprintf("%s is asked to stop with %s (%s)", e.Path, e.With, why)
}

// Is makes errors.Is(err, context.Canceled) hold.
func (e *StopError) Is(target error) bool { return target == context.Canceled }

// stopError says why a run is asked to stop. Under the lock.
func (t *Tree) stopError(r *run, because kernel.Node) *StopError {
	m := &t.members[because]
	e := &StopError{Path: r.path, With: m.path, Audit: m.audit}
	if end := t.k.End(); t.k.Phase() >= TreeStopping && !end.Asked {
		e.With, e.Audit = t.members[end.Node].path, nil
		e.Failure = t.failure(kernel.Failure{Outcome: end.Outcome, Cause: end.Cause})
	} else if v := t.k.View(because); e.Audit == nil && v.Decision.Outcome != OutcomeSuccess {
		e.Failure = t.failure(v.Failure)
	}
	return e
}
