package runtime

import (
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A runEnd is how a run ended, or a check of it.
type runEnd struct {
	run      *run
	outcome  Outcome
	failure  *Failure
	check    uint32    // which check; 0 is the run itself
	cleanups bool      // the run left something to be cleaned up
	cleaned  bool      // that is done; with cleanups, one that was added after the end
	came     time.Time // of one that has to wait
}

// ended is called on the goroutine of the run that ended. If the tree is busy, only the first waits for its turn, and brings
// the ends of all who come meanwhile: when thousands end at once, none is woken only to tell that it has.
func (t *Tree) ended(r *run, o Outcome, f *Failure, cleanups bool) {
	keeps := r.keeps(o)
	if !keeps {
		r.cancel(ErrEnded) // before what follows it starts
		if !cleanups {
			r.endGrace(graceOver)
		}
	}
	if !t.mu.TryLock() {
		t.queueRunEnd(r, o, f, cleanups)
		return
	}
	t.endInput(r, o, f, &t.in)
	if keeps || cleanups {
		t.stepEndLeaving(r, keeps, cleanups, &t.in)
	} else {
		t.step(&t.in)
	}
	t.mu.Unlock()
}

// stepEnd is called on the goroutine of a check, or of cleanups, that ended. It steps, or queues the end if the tree is busy.
func (t *Tree) stepEnd(e *runEnd) {
	if !t.mu.TryLock() {
		t.queueEnd(e)
		return
	}
	defer t.mu.Unlock()
	e.came = time.Now()
	t.stepDueEnds(e.came)
	t.stepEnds([]runEnd{*e})
}

// queueRunEnd queues the end of a run that ended while the tree is busy.
//
//go:noinline // nothing of it is to be on the stack of what need not wait
func (t *Tree) queueRunEnd(r *run, o Outcome, f *Failure, cleanups bool) {
	t.queueEnd(&runEnd{run: r, outcome: o, failure: f, cleanups: cleanups})
}

// stepEndLeaving steps with the end of a run that leaves more than that: a context that may last, or something to be cleaned up. Under
// the lock.
//
//go:noinline // like wait
func (t *Tree) stepEndLeaving(r *run, keeps, cleanups bool, in *kernel.Input) {
	in.Cleanups = cleanups
	if cleanups {
		t.endingRun = r
	}
	t.step(in)
	t.afterwards(r, keeps, cleanups)
}

// afterwards is for what the step left to the run that has ended. Under the lock.
func (t *Tree) afterwards(r *run, keeps, cleanups bool) {
	t.endingRun = nil
	if keeps && !t.k.Kept(r.node, r.gen) { // its value is not used
		r.cancel(ErrEnded)
		if !cleanups {
			r.endGrace(graceOver)
		}
	}
	if cleanups && t.poison != nil { // nobody is there any more who would say when
		go r.clean()
	}
}

// queueEnd has stepAllEnds called for an end when the tree is not busy any more.
func (t *Tree) queueEnd(e *runEnd) {
	if t.endQueue.add(e) {
		t.stepAllEnds()
	}
}

// keeps reports whether the context of a run that ended so may last longer than the run: as long as the value that a job
// has made.
func (r *run) keeps(o Outcome) bool {
	c := r.child()
	return o == OutcomeSuccess && c.Role == Job && c.Provides
}

// stepAllEnds steps with all that is queued, not too much at once: others want the lock, too.
func (t *Tree) stepAllEnds() {
	for more := true; more; {
		var batch []runEnd
		t.mu.Lock()
		batch, more = t.endQueue.take()
		t.stepEnds(batch)
		t.mu.Unlock()
	}
}

// stepDueEnds steps, before any deadline fires, with what is queued and has ended until now: else a run that returned within its budget
// would be stuck because the tree was busy. Under the lock.
//
//go:noinline // like wait
func (t *Tree) stepDueEnds(now time.Time) {
	if at, ok := t.k.Next(); !ok || now.Sub(t.began) < at {
		return
	}
	for batch := t.endQueue.due(now); batch != nil; batch = t.endQueue.due(now) {
		t.stepEnds(batch)
	}
}

// stepEnds steps with some ends, each as of when it came, unless the tree is past that. Under the lock.
func (t *Tree) stepEnds(batch []runEnd) {
	var in kernel.Input
	for i := range batch {
		e := &batch[i]
		keeps := false
		switch r := e.run; {
		case e.check != 0:
			delete(t.checks, r)
			in = kernel.Input{Kind: kernel.InputChecked, Node: r.node, Gen: r.gen, Check: e.check, Outcome: e.outcome}
			if e.failure != nil {
				in.Cause = t.knownCause(r.node, e.failure)
			}
		case e.cleaned:
			t.stopped(r, e.outcome, e.failure)
			in = kernel.Input{Kind: kernel.InputCleaned, Node: r.node, Gen: r.gen, Outcome: e.outcome, Cleanups: e.cleanups}
			if e.failure != nil {
				in.Cause, in.Unclean = e.failure, true
			}
		default:
			keeps = r.keeps(e.outcome)
			t.endInput(r, e.outcome, e.failure, &in)
			if in.Cleanups = e.cleanups; e.cleanups {
				t.endingRun = r
			}
		}
		if e.came.After(t.clock) {
			t.clock = e.came
		}
		if t.stepAtClock(&in) {
			t.applyStep()
		}
		if keeps || e.cleanups && !e.cleaned {
			t.afterwards(e.run, keeps, e.cleanups)
		}
	}
}

// endInput makes the input of a run that ended. Under the lock.
func (t *Tree) endInput(r *run, o Outcome, f *Failure, in *kernel.Input) {
	m := &t.members[r.node]
	if m.run == r && r.keeps(o) {
		m.value = r.extra.result // before the step: it may launch who needs it
	}
	t.stopped(r, o, f)
	in.Kind, in.Node, in.Gen, in.Outcome = kernel.InputEnded, r.node, r.gen, o
	in.Cause, in.Unclean, in.Cleanups = nil, false, false
	if f != nil {
		in.Cause, in.Unclean = f, !f.clean
	}
}

// An endQueue holds the runs, and the checks, that have ended while the tree was busy, in the order of time.
type endQueue struct {
	mu      sync.Mutex
	batches [][]runEnd
	taken   bool // stepAllEnds is about to take them
}

// add reports whether the caller is to call stepAllEnds.
func (q *endQueue) add(e *runEnd) bool {
	const most = 64
	q.mu.Lock()
	defer q.mu.Unlock()
	e.came = time.Now()
	last := len(q.batches) - 1
	if last < 0 || len(q.batches[last]) == most {
		q.batches = append(q.batches, make([]runEnd, 0, most))
		last++
	}
	q.batches[last] = append(q.batches[last], *e)
	first := !q.taken
	q.taken = true
	return first
}

// take are the first of those that wait, and whether there may be more. If there are none, the next who comes is the first.
func (q *endQueue) take() (batch []runEnd, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch = q.first()
	q.taken = len(q.batches) > 0
	return batch, q.taken
}

// due are the first of those that wait, if they came by now. stepAllEnds may find none then.
func (q *endQueue) due(now time.Time) []runEnd {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.batches) == 0 || q.batches[0][0].came.After(now) {
		return nil
	}
	return q.first()
}

func (q *endQueue) first() (batch []runEnd) {
	if len(q.batches) == 0 {
		return nil
	}
	batch, q.batches[0] = q.batches[0], nil
	if q.batches = q.batches[1:]; len(q.batches) == 0 {
		q.batches = nil
	}
	return batch
}
