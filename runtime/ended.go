package runtime

import (
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// An end is how a run ended, or a check of it.
type end struct {
	run      *run
	outcome  Outcome
	failure  *Failure
	check    uint32    // which check; 0 is the run itself
	cleanups bool      // the run left something to be cleaned up
	cleaned  bool      // that is done; with cleanups, one that was added after the end
	came     time.Time // of one that has to wait
}

// ended is brought by the goroutine with which the run ended. If the tree is busy, only the first waits for its turn, and brings
// the ends of all who come meanwhile: when thousands end at once, none is woken only to tell that it has.
func (t *Tree) ended(r *run, o Outcome, f *Failure, cleanups bool) {
	keeps := r.keeps(o)
	if !keeps {
		r.end(ErrEnded) // before what follows it starts
		if !cleanups {
			r.endGrace(over)
		}
	}
	if !t.mu.TryLock() {
		t.wait(r, o, f, cleanups)
		return
	}
	t.spell(r, o, f, &t.in)
	if keeps || cleanups {
		t.leaves(r, keeps, cleanups, &t.in)
	} else {
		t.step(&t.in)
	}
	t.mu.Unlock()
}

// brought is brought by the goroutine of a check, or of cleanups, that ended.
func (t *Tree) brought(e *end) {
	if !t.mu.TryLock() {
		t.queue(e)
		return
	}
	defer t.mu.Unlock()
	e.came = time.Now()
	t.bringDue(e.came)
	t.bring([]end{*e})
}

// wait is for a run that ended while the tree is busy.
//
//go:noinline // nothing of it is to be on the stack of what need not wait
func (t *Tree) wait(r *run, o Outcome, f *Failure, cleanups bool) {
	t.queue(&end{run: r, outcome: o, failure: f, cleanups: cleanups})
}

// leaves brings the end of a run that leaves more than that: a context that may last, or something to be cleaned up. Under
// the lock.
//
//go:noinline // like wait
func (t *Tree) leaves(r *run, keeps, cleanups bool, in *kernel.Input) {
	in.Cleanups = cleanups
	if cleanups {
		t.cleans = r
	}
	t.step(in)
	t.afterwards(r, keeps, cleanups)
}

// afterwards is for what the step left to the run that has ended. Under the lock.
func (t *Tree) afterwards(r *run, keeps, cleanups bool) {
	t.cleans = nil
	if keeps && !t.k.Kept(r.node, r.gen) { // its value is not used
		r.end(ErrEnded)
		if !cleanups {
			r.endGrace(over)
		}
	}
	if cleanups && t.poison != nil { // nobody is there any more who would say when
		go r.clean()
	}
}

// queue has an end brought when the tree is not busy any more.
func (t *Tree) queue(e *end) {
	if t.ends.add(e) {
		t.bringAll()
	}
}

// keeps reports whether the context of a run that ended so may last longer than the run: as long as the value that a job
// has made.
func (r *run) keeps(o Outcome) bool {
	c := r.child()
	return o == OutcomeSuccess && c.Role == Job && c.Provides
}

// bringAll brings what has ended, not too much at once: others want the lock, too.
func (t *Tree) bringAll() {
	for more := true; more; {
		var batch []end
		t.mu.Lock()
		batch, more = t.ends.take()
		t.bring(batch)
		t.mu.Unlock()
	}
}

// bringDue brings, before any deadline is kept, what has ended until now and waits: else a run that returned within its budget
// would be stuck because the tree was busy. Under the lock.
//
//go:noinline // like wait
func (t *Tree) bringDue(now time.Time) {
	if at, ok := t.k.Next(); !ok || now.Sub(t.began) < at {
		return
	}
	for batch := t.ends.due(now); batch != nil; batch = t.ends.due(now) {
		t.bring(batch)
	}
}

// bring brings ends to the kernel, each as of when it came, unless the tree is past that. Under the lock.
func (t *Tree) bring(batch []end) {
	var in kernel.Input
	for i := range batch {
		e := &batch[i]
		keeps := false
		switch r := e.run; {
		case e.check != 0:
			delete(t.checks, r)
			in = kernel.Input{Kind: kernel.InputChecked, Node: r.node, Gen: r.gen, Check: e.check, Outcome: e.outcome}
			if e.failure != nil {
				in.Cause = e.failure
			}
		case e.cleaned:
			t.stopped(r, e.outcome, e.failure)
			in = kernel.Input{Kind: kernel.InputCleaned, Node: r.node, Gen: r.gen, Outcome: e.outcome, Cleanups: e.cleanups}
			if e.failure != nil {
				in.Cause, in.Unclean = e.failure, true
			}
		default:
			keeps = r.keeps(e.outcome)
			t.spell(r, e.outcome, e.failure, &in)
			if in.Cleanups = e.cleanups; e.cleanups {
				t.cleans = r
			}
		}
		if e.came.After(t.clock) {
			t.clock = e.came
		}
		if t.take(&in) {
			t.perform()
		}
		if keeps || e.cleanups && !e.cleaned {
			t.afterwards(e.run, keeps, e.cleanups)
		}
	}
}

// spell says how a run ended as the kernel is told. Under the lock.
func (t *Tree) spell(r *run, o Outcome, f *Failure, in *kernel.Input) {
	m := &t.members[r.node]
	if m.run == r && r.keeps(o) {
		m.value = r.more.result // before the step: it may launch who needs it
	}
	t.stopped(r, o, f)
	in.Kind, in.Node, in.Gen, in.Outcome = kernel.InputEnded, r.node, r.gen, o
	in.Cause, in.Unclean, in.Cleanups = nil, false, false
	if f != nil {
		in.Cause, in.Unclean = f, !f.clean
	}
}

// ends are the runs, and the checks, that have ended while the tree was busy, in the order of time.
type ends struct {
	mu      sync.Mutex
	batches [][]end
	brought bool // somebody is about to bring them
}

// add reports whether the caller is to bring them.
func (q *ends) add(e *end) bool {
	const most = 64
	q.mu.Lock()
	defer q.mu.Unlock()
	e.came = time.Now()
	last := len(q.batches) - 1
	if last < 0 || len(q.batches[last]) == most {
		q.batches = append(q.batches, make([]end, 0, most))
		last++
	}
	q.batches[last] = append(q.batches[last], *e)
	first := !q.brought
	q.brought = true
	return first
}

// take are the first of those that wait, and whether there may be more. If there are none, the next who comes is the first.
func (q *ends) take() (batch []end, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch = q.first()
	q.brought = len(q.batches) > 0
	return batch, q.brought
}

// due are the first of those that wait, if they came by now. Who is about to bring them may find none.
func (q *ends) due(now time.Time) []end {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.batches) == 0 || q.batches[0][0].came.After(now) {
		return nil
	}
	return q.first()
}

func (q *ends) first() (batch []end) {
	if len(q.batches) == 0 {
		return nil
	}
	batch, q.batches[0] = q.batches[0], nil
	if q.batches = q.batches[1:]; len(q.batches) == 0 {
		q.batches = nil
	}
	return batch
}
