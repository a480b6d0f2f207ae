package runtime

import (
	"context"
	"errors"
	"fmt"
	stdruntime "runtime"
	"runtime/pprof"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

type runKey struct{}

// A run is the record of one launch of one child, and its context.
type run struct {
	context lazyContext
	tree    *Tree
	node    kernel.Node
	row     ID
	index   int32
	attempt int32
	gen     uint64
	dynamic *dynamic // what it was started with, and as

	beat  atomic.Int64 // the last heartbeat, or progress, since Tree.began
	until atomic.Int64 // when the drain ends, since Tree.began; 0 is not asked yet
	grace atomic.Pointer[graceState]
	parts atomic.Pointer[parts] // what it is beside its function

	stop  *stopRecord // under the tree's lock
	extra *runExtra   // of a job, of who needs something, and of who has a check
}

// A stopRecord is what there is of a run that was asked to stop, or ended while the tree stops.
type stopRecord struct {
	cause   StopError
	asked   kernel.Time
	aborted bool
	report  ChildReport // without an Outcome until it ended
}

// A runExtra is what few runs have.
type runExtra struct {
	values []any // by need, replicas in a row; each a *box[T] or nil
	result any   // what a job returned: written by its own goroutine, read when that ends
	check  context.CancelCauseFunc
}

func (r *run) child() *Child { return &r.tree.table[r.row] }

// base is what the context of a run is made of: the values that Run was given, and the labels.
func (r *run) base() context.Context {
	if r.dynamic != nil && r.dynamic.base != nil {
		return r.dynamic.base
	}
	bases := r.tree.bases[r.row]
	return bases[min(int(r.index), len(bases)-1)]
}

// box is how a value of any type, a nil interface too, travels.
type box[T any] struct{ value T }

// String names it where a context is printed.
func (r *run) String() string { return fmt.Sprintf("%s#%d", r.path(), r.gen) }

func (r *run) path() string { return r.tree.pathAt(r.row, int(r.index), r.dynamic) }

// live is the goroutine of a run: another for each, so that none inherits a locked thread, labels or a grown stack.
// The run's end is decided here, and kept shallow: a goroutine begins with 2 KiB of stack, and to move it to a larger one
// costs as much as all else.
func (r *run) live() {
	pprof.SetGoroutineLabels(r.base()) // they were those of the goroutine that started it
	o, f := r.runFunction()
	r.returned(o, f)
}

// returned is the end of the run's function.
func (r *run) returned(o Outcome, f *Failure) {
	if r.parts.CompareAndSwap(nil, closed) { // which is all that most runs are
		r.tree.ended(r, o, f, false)
		return
	}
	r.left(r.parts.Load(), o, f)
}

// runFunction says how a run ended. All that the user's code may do is done in it; if that ends the goroutine, the run has
// ended, too.
func (r *run) runFunction() (o Outcome, f *Failure) {
	defer func() {
		if o == OutcomeNone {
			r.returned(OutcomeGoexit, goexited)
		}
	}()
	return r.execute(r, r.child().Start)
}

// execute calls a function of the child, and says how that ended.
func (r *run) execute(ctx context.Context, f func(Launch) error) (Outcome, *Failure) {
	p, err := r.call(ctx, f)
	if p != nil {
		return OutcomePanic, panicked(p)
	}
	return r.judge(err)
}

// judge judges an error of the run.
func (r *run) judge(err error) (Outcome, *Failure) {
	return judge(err, remote(r.child()), r.tree.options.clean)
}

// remote reports whether an EOF that a child returns is the end of a connection, whatever it is wrapped in: of what lives as
// long as the program, and of a job that was given something. A job that needs nothing reads what it opens itself, files
// mostly, and to retry it for one that is too short would hide that.
func remote(c *Child) bool { return c.Role != Job || len(c.Needs) > 0 }

// call calls a function of the child. What a panic says is the user's code, and asked for where the stack is not deep any more.
func (r *run) call(ctx context.Context, f func(Launch) error) (p *PanicError, err error) {
	defer func() {
		if value := recover(); value != nil {
			p = &PanicError{Value: value, stack: new(stack)}
			p.depth = stdruntime.Callers(3, p.pcs[:])
		}
	}()
	return nil, f(Launch{r, ctx})
}

// ask cancels the run's context. Under the lock.
func (r *run) ask(e *kernel.Effect) {
	r.until.Store(int64(e.Until))
	r.stop = &stopRecord{cause: r.tree.stopError(r, e.Because), asked: r.tree.k.Now()}
	r.cancel(&r.stop.cause)
	if p := r.parts.Load(); p != nil && p.empty() { // of a job that has completed, there is only its context
		r.endGrace(graceOver)
	}
}

// abort ends the drain.
func (r *run) abort() {
	if r.stop != nil {
		r.stop.aborted = true
	}
	r.endGrace(graceOverdue)
}

// A graceState is the context that ends when the shutdown budget does: its cause is how. It is made when somebody wants it.
type graceState struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// What the drain of a run is that nobody asked about it in time: its budget was over first, or the run.
var (
	graceOverdue = endedGrace(context.DeadlineExceeded)
	graceOver    = endedGrace(context.Canceled)
)

func endedGrace(why error) *graceState {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	return &graceState{ctx, cancel}
}

// graceful is the context that ends with the drain.
func (r *run) graceful() context.Context {
	d := r.grace.Load()
	if d == nil {
		d = new(graceState)
		d.ctx, d.cancel = context.WithCancelCause(context.Background())
		if !r.grace.CompareAndSwap(nil, d) {
			d = r.grace.Load()
		}
	}
	return &graceContext{context.WithoutCancel(r), d.ctx, r}
}

// endGrace ends the drain. The first reason counts.
func (r *run) endGrace(as *graceState) {
	for d := r.grace.Load(); d != graceOverdue && d != graceOver; d = r.grace.Load() {
		if r.grace.CompareAndSwap(d, as) {
			if d != nil {
				d.cancel(context.Cause(as.ctx))
			}
			return
		}
	}
}

// A graceContext has the values of its run, and ends with its drain. It knows its deadline once the run was asked to stop.
type graceContext struct {
	context.Context // the run, without its end
	drain           context.Context
	run             *run
}

// Deadline is when the drain ends: unknown until the run is asked to stop.
func (g *graceContext) Deadline() (time.Time, bool) {
	switch until := g.run.until.Load(); kernel.Time(until) {
	case 0, kernel.Forever:
		return time.Time{}, false
	default:
		return g.run.tree.began.Add(kernel.Time(until)), true
	}
}

// Done is closed when the budget is over, or the run has ended.
func (g *graceContext) Done() <-chan struct{} { return g.drain.Done() }

// Err is context.DeadlineExceeded when the budget was over first, context.Canceled when the run was.
func (g *graceContext) Err() error { return context.Cause(g.drain) }

// AfterFunc is how package context ends what is derived from g, with g's Err, without a goroutine.
func (g *graceContext) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(g.drain, f) }

// startCheck runs a check on a goroutine of its own. Under the lock.
func (r *run) startCheck(e *kernel.Effect) {
	f, timeout := r.child().HealthCheck, r.child().Health.Check.Timeout
	if e.Readiness {
		f, timeout = r.child().ReadyCheck, r.child().Ready.Check.Timeout
	}
	ended := runEnd{run: r, check: e.Check, outcome: OutcomeGoexit, failure: goexited}
	ctx, cancel := context.WithCancelCause(r)
	r.extra.check = cancel
	r.tree.checks[r] = r.tree.k.RunningTime(r.tree.now()) + timeout
	go func() {
		defer func() {
			cancel(nil)
			r.tree.stepEnd(&ended)
		}()
		pprof.SetGoroutineLabels(ctx)
		o, failed := r.execute(ctx, f)
		if o == OutcomeError && failed.clean && context.Cause(ctx) == context.DeadlineExceeded { // it says that it was cut off, and no more
			o, failed = r.judge(fmt.Errorf("no answer in %s: %w", timeout, context.DeadlineExceeded))
		}
		ended.outcome, ended.failure = o, failed
	}()
}

// cancelCheck cuts off a check whose time is over. The running clock measures that, and not a deadline of its context.
func (r *run) cancelCheck() {
	if r.extra != nil && r.extra.check != nil {
		r.extra.check(context.DeadlineExceeded)
	}
}

// ErrEnded is the cause of the context of a run that ended before it was asked to stop, and what [Run.Do] returns once the
// run has ended.
var ErrEnded = errors.New("the run has ended")

// StopError is the cause of a run's context when it is asked to stop (context.Cause): who wants it, and why. It is a
// context.Canceled to errors.Is.
type StopError struct {
	Path    string   // of the run
	With    string   // the child whose end takes it down: itself, what it needs, a sibling, a supervisor
	Audit   *Audit   // if an operator, or the context of Run, said so
	Failure *Failure // if that failed
}

func (e *StopError) Error() string {
	return fmt.Sprintf("%s is asked to stop with %s (%s)", e.Path, e.With, e.why())
}

func (e *StopError) why() string {
	switch {
	case e.Audit != nil:
		return fmt.Sprintf("%s by %s: %s", e.Audit.Verb, e.Audit.Who, e.Audit.Why)
	case e.Failure != nil:
		return fmt.Sprintf("%s: %s", e.Failure.Kind, e.Failure.Message)
	}
	return "it goes down"
}

// Is makes errors.Is(err, context.Canceled) hold.
func (e *StopError) Is(target error) bool { return target == context.Canceled }

// stopError says why a run is asked to stop: in one step, thousands because of one. Under the lock.
func (t *Tree) stopError(r *run, because kernel.Node) StopError {
	if t.asked.With == "" || t.because != because {
		t.because, t.asked = because, t.why(because)
	}
	e := t.asked
	e.Path = r.path()
	return e
}

// causeOf is why a run was asked to stop, of an event that tells of it. Under the lock.
func (t *Tree) causeOf(e *kernel.Event) *StopError {
	if r := t.members[e.Node].run; r != nil && r.gen == e.Run && r.stop != nil {
		return &r.stop.cause
	}
	cause := t.why(e.Because) // it is another run's turn already
	cause.Path = t.path(e.Node)
	return &cause
}

// why is the reason given to all that are asked to stop because of a node, except for their paths.
func (t *Tree) why(because kernel.Node) StopError {
	e := StopError{With: t.path(because), Audit: t.audits[because]}
	end, stopping := t.k.End(), t.k.Phase() >= TreeStopping
	if stopping && t.k.Parent(because) == kernel.None {
		e.Audit = t.asker() // and not who restarted it, or asked again
	}
	if stopping && !end.Asked {
		e.With, e.Audit = t.path(end.Node), nil
		e.Failure = t.failure(kernel.Failure{Outcome: end.Outcome, Cause: end.Cause})
	} else if v := t.k.View(because); v.Suspect.Outcome != OutcomeNone {
		e.Failure = t.failure(v.Suspect)
	} else if e.Audit == nil && v.Decision.Outcome != OutcomeSuccess {
		e.Failure = t.failure(v.Failure)
	}
	return e
}
