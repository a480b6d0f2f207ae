package runtime

import (
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// An end is how a run ended, or a check of it.
type end struct {
	run     *run
	outcome Outcome
	failure *Failure
	check   uint32    // which check; 0 is the run itself
	came    time.Time // of one that has to wait
}

// ended is brought by the goroutine of the run that ended. If the tree is busy, only the first waits for its turn, and brings
// the ends of all who come meanwhile: when thousands end at once, none is woken only to tell that it has.
func (t *Tree) ended(r *run, o Outcome, f *Failure) {
	r.end(errEnded) // before what follows it starts
	r.endGrace(over)
	if !t.mu.TryLock() {
		t.wait(r, o, f)
		return
	}
	t.spell(r, o, f, &t.in)
	t.step(&t.in)
	t.mu.Unlock()
}

// checked is brought by the goroutine of a check that ended.
func (t *Tree) checked(e *end) {
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
func (t *Tree) wait(r *run, o Outcome, f *Failure) { t.queue(&end{run: r, outcome: o, failure: f}) }

// queue has an end brought when the tree is not busy any more.
func (t *Tree) queue(e *end) {
	if t.ends.add(e) {
		t.bringAll()
	}
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
		if e.check == 0 {
			t.spell(e.run, e.outcome, e.failure, &in)
		} else {
			delete(t.checks, e.run)
			in = kernel.Input{Kind: kernel.InputChecked, Node: e.run.node, Gen: e.run.gen, Check: e.check, Outcome: e.outcome}
			if e.failure != nil {
				in.Cause = e.failure
			}
		}
		if e.came.After(t.clock) {
			t.clock = e.came
		}
		if t.take(&in) {
			t.perform()
		}
	}
}

// spell says how a run ended as the kernel is told. Under the lock.
func (t *Tree) spell(r *run, o Outcome, f *Failure, in *kernel.Input) {
	m := &t.members[r.node]
	if o == OutcomeSuccess && m.run == r && r.child().Role == Job && r.child().Provides {
		m.value = r.more.result // before the step: it may launch who needs it
	}
	t.stopped(r, o, f)
	in.Kind, in.Node, in.Gen, in.Outcome = kernel.InputEnded, r.node, r.gen, o
	in.Cause, in.Unclean = nil, false
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
