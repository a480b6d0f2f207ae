package runtime

import (
	"context"
	"errors"
	stdruntime "runtime"
	"runtime/pprof"
	"slices"
	"sync"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// Go starts a goroutine that is part of the run, and calls f on it. The run has ended when its function and all that was
// started with Go have returned; until then it is not launched again, and what it needs stays. The first error, panic or
// Goexit of any of them fails the run, and what each returns after that, or after the run was asked to stop, is not
// a failure any more. A function that returns nil while f runs leaves the run going.
//
// The context is the run's own. Go reports false, and f is not called, once the run has ended. Of the zero Run, f is
// called on a goroutine, with a context that does not end.
//
// A panic in a goroutine that is started by a bare go statement ends the process.
func (r Run) Go(f func(ctx context.Context) error) bool {
	if r.run == nil {
		go func() { _ = f(context.Background()) }()
		return true
	}
	p := r.run.enter()
	if p == nil {
		return false
	}
	go r.run.branch(p, f)
	return true
}

// Do calls f on the caller's goroutine as part of the run: for goroutines that others start, as package net/http does for
// handlers. The run has not ended before f returned. What f returns, Do returns: an error of it is the caller's
// business. A panic, or Goexit, fails the run and goes on to the caller, but for net/http's ErrAbortHandler, which is only
// passed on.
//
// Once the run has ended, Do returns [ErrEnded], and f is not called. Of the zero Run, Do calls f.
func (r Run) Do(f func() error) error {
	if r.run == nil {
		return f()
	}
	p := r.run.enter()
	if p == nil {
		return ErrEnded
	}
	returned := false
	defer func() {
		if returned {
			r.run.left(p, OutcomeSuccess, nil)
			return
		}
		value := recover()
		if value == nil {
			r.run.left(p, OutcomeGoexit, goexited)
			return
		}
		if abortsHandler(value) {
			r.run.left(p, OutcomeSuccess, nil)
		} else {
			e := &PanicError{Value: value, stack: new(stack)}
			e.depth = stdruntime.Callers(3, e.pcs[:])
			r.run.left(p, OutcomePanic, panicked(e))
		}
		panic(value)
	}()
	err := f()
	returned = true
	return err
}

// abortsHandler reports whether a panic is net/http's ErrAbortHandler, which says that a handler, as of a proxy, gives its
// client up. It is known by its text: this package does not import net/http.
func abortsHandler(value any) (aborts bool) {
	defer func() { _ = recover() }()
	err, ok := value.(error)
	return ok && err.Error() == "net/http: abort Handler"
}

// Fail fails the run while it lives: it is decided about as if the run had returned err, those that need it are asked to
// stop, and when they are down, the run's context ends. The first failure of a run counts. A nil error, and what comes
// after another failure, after the run was asked to stop, or after its end, does nothing but an event (stale).
//
// A [Skip] is too late here: it is a [FatalBug]. Fail may be called from any goroutine. Of the zero Run it does
// nothing.
func (r Run) Fail(err error) {
	if r.run == nil {
		return
	}
	o, f := r.run.judge(err)
	if o == OutcomeSkip {
		o = OutcomeFatalBug
		f.Kind, f.Category, f.Message = o, categoryOf(o), "a run that is up cannot be skipped: "+f.Message
	}
	r.run.fail(o, f)
}

// Cleanup has f called when the run is over and nothing holds what it has handed over: when the function and all that was
// started with [Run.Go] have returned, and all that need the child are down, or stuck; of a job that has handed a value
// over, when that is withdrawn. Until the cleanups have returned, what the child needs stays. The last one added is called
// first, all on one goroutine, and an error, a panic or Goexit of one does not keep the next from being called.
//
// The context ends when what is left of the stop budget is used up; a run that ends by itself has all of it. A run whose
// cleanups take longer than that and the abort budget is stuck: it is named, and leaked until they return, and its child goes
// on as if they had, unless its table says "on stuck shutdown".
//
// After the run has ended, f is called at once. Of the zero Run it is not called.
func (r Run) Cleanup(f func(ctx context.Context) error) {
	if r.run == nil {
		return
	}
	p := r.run.open()
	p.mu.Lock()
	late := p.going == 0
	if !late {
		p.cleanups = append(p.cleanups, f)
	}
	p.mu.Unlock()
	if late {
		r.run.cleanLate(f)
	}
}

// parts are what a run is beside its function. It has none until it wants some.
type parts struct {
	mu       sync.Mutex
	going    int // the function, and each Go, Do and Fail that has not returned; 0 is the end of the run
	first    *runEnd
	reported bool       // the first is a failure that the kernel knows
	others   []*Failure // what is unclean of the rest; not too many
	cleanups []func(context.Context) error
}

// closed are the parts of a run that has ended without any.
var closed = new(parts)

// open are the run's parts, which there are from now on.
func (r *run) open() *parts {
	if p := r.parts.Load(); p != nil {
		return p
	}
	r.parts.CompareAndSwap(nil, &parts{going: 1})
	return r.parts.Load()
}

// enter adds a part, or is nil if the run has ended.
func (r *run) enter() *parts {
	p := r.open()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.going == 0 {
		return nil
	}
	p.going++
	return p
}

// left is the end of a part. The first that fails tells so, unless it is the last; the last brings the end of the run.
func (r *run) left(p *parts, o Outcome, f *Failure) {
	again := p.repeats(f)
	p.mu.Lock()
	switch {
	case o == OutcomeSuccess || again:
	case p.first != nil:
		p.other(f)
	default:
		p.first = &runEnd{outcome: o, failure: f}
		if p.going > 1 {
			p.mu.Unlock()
			told := r.reportFailure(o, f, false)
			p.mu.Lock()
			p.reported = told
		}
	}
	p.going--
	if p.going > 0 {
		p.mu.Unlock()
		return
	}
	o, f = p.outcome()
	cleanups := len(p.cleanups) > 0
	p.mu.Unlock()
	r.tree.ended(r, o, f, cleanups)
}

// outcome is how a run ends, of whose first failure nothing is known yet; or else what was unclean after that. If nobody
// wanted to know of the first, the run was asked to stop, and what counts is all that is unclean. Under the lock of the parts,
// as all that follows.
func (p *parts) outcome() (Outcome, *Failure) {
	if p.first != nil && !p.reported {
		if len(p.others) == 0 {
			return p.first.outcome, p.first.failure
		}
		if !p.first.failure.clean {
			p.others = slices.Insert(p.others, 0, p.first.failure)
		}
	}
	if f := p.takeOthers(); f != nil {
		return f.Kind, f
	}
	return OutcomeSuccess, nil
}

// other keeps a failure that is not the first, unless it is clean, or is the first once more.
func (p *parts) other(f *Failure) {
	const most = 16
	if !f.clean && len(p.others) < most {
		p.others = append(p.others, f)
	}
}

// takeOthers are the failures that were not told yet, as one.
func (p *parts) takeOthers() *Failure {
	others := p.others
	if p.others = nil; len(others) < 2 {
		return append(others, nil)[0]
	}
	all, errs := *others[0], make([]error, len(others))
	for i, f := range others {
		errs[i] = f.Err
		if i > 0 {
			all.Message += "; " + f.Message
		}
	}
	all.Err, all.Message = errors.Join(errs...), bounded(all.Message)
	return &all
}

// unclean is takeOthers, for who has not the lock.
func (p *parts) unclean() *Failure {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.takeOthers()
}

// repeats reports whether a failure is the first one once more: what was given to Fail, say, and is returned then.
func (p *parts) repeats(f *Failure) bool {
	p.mu.Lock()
	first := p.first
	p.mu.Unlock()
	if first == nil || f == nil || f.Err == nil || first.failure.Err == nil {
		return false
	}
	defer func() { _ = recover() }() // Is is the user's code
	return errors.Is(f.Err, first.failure.Err)
}

// fail is what Fail says.
func (r *run) fail(o Outcome, f *Failure) {
	p := r.enter()
	if p == nil {
		r.reportFailure(o, f, true)
		return
	}
	p.mu.Lock()
	first := p.first == nil && o != OutcomeSuccess
	if first {
		p.first = &runEnd{outcome: o, failure: f}
	}
	p.mu.Unlock()
	told := r.reportFailure(o, f, true)
	if first {
		p.mu.Lock()
		if p.reported = told; !told { // it was reported as stale
			p.first = nil
		}
		p.mu.Unlock()
	}
	r.left(p, OutcomeSuccess, nil)
}

// reportFailure tells that the run failed, and reports whether that is decided about now. If it is not, it is reported as stale only if
// somebody said it with Fail.
func (r *run) reportFailure(o Outcome, f *Failure, said bool) bool {
	in := kernel.Input{Kind: kernel.InputFailed, Node: r.node, Gen: r.gen, Outcome: o}
	if f != nil {
		in.Cause = f
	}
	r.tree.mu.Lock()
	decides := r.tree.k.Decides(r.node, r.gen, o)
	if !decides && !said {
		r.tree.mu.Unlock()
		return false
	}
	r.tree.stepAndUnlock(&in)
	return decides
}

// branch is a goroutine of Go.
func (r *run) branch(p *parts, f func(context.Context) error) {
	pprof.SetGoroutineLabels(r.base())
	o, failed := OutcomeGoexit, goexited
	defer func() { r.left(p, o, failed) }()
	o, failed = r.execute(r, func(l Launch) error { return f(l.Context()) })
}

// cleanUp starts the cleanups of a run: of the one that is being brought, if it was stuck and another has its place. Under
// the lock.
func (t *Tree) cleanUp(e *kernel.Effect) {
	r := t.members[e.Node].run
	if t.endingRun != nil && t.endingRun.node == e.Node && t.endingRun.gen == e.Gen {
		r = t.endingRun
	}
	if e.Until != 0 {
		r.until.Store(int64(e.Until))
	}
	go r.clean()
}

// clean calls the cleanups, on a goroutine of its own: should one of them call Goexit, the rest have another.
func (r *run) clean() {
	pprof.SetGoroutineLabels(r.base())
	p, ctx := r.parts.Load(), r.graceful()
	over := false
	defer func() {
		if !over {
			p.note(goexited)
			go r.clean()
		}
	}()
	for f := p.next(); f != nil; f = p.next() {
		if _, failed := r.execute(ctx, func(l Launch) error { return f(l.Context()) }); failed != nil {
			p.note(failed)
		}
	}
	over = true
	r.tree.cleaned(r, p.unclean())
}

// empty reports whether the run has ended, and has nothing to clean up.
func (p *parts) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.going == 0 && len(p.cleanups) == 0
}

// cleanLate calls a cleanup of a run that has ended.
func (r *run) cleanLate(f func(context.Context) error) {
	if _, failed := r.execute(r.graceful(), func(l Launch) error { return f(l.Context()) }); failed != nil && !failed.clean {
		r.tree.stepEnd(&runEnd{run: r, cleaned: true, cleanups: true, outcome: failed.Kind, failure: failed})
	}
}

// next takes the last cleanup out, nil if there is none.
func (p *parts) next() (f func(context.Context) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last := len(p.cleanups) - 1; last >= 0 {
		f, p.cleanups = p.cleanups[last], p.cleanups[:last]
	}
	return f
}

// note keeps how a cleanup failed.
func (p *parts) note(f *Failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.other(f)
}

// cleaned is the end of a run's cleanups, and what they did beside that.
func (t *Tree) cleaned(r *run, f *Failure) {
	r.endGrace(graceOver)
	e := runEnd{run: r, cleaned: true, outcome: OutcomeSuccess, failure: f}
	if f != nil {
		e.outcome = f.Kind
	}
	t.stepEnd(&e)
}
