package runtime

import (
	"sync"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// An end is how a run ended.
type end struct {
	run     *run
	outcome Outcome
	failure *Failure
}

// ended is brought by the goroutine of the run that ended. If the tree is busy, only the first waits for its turn, and brings
// the ends of all who come meanwhile: when thousands end at once, none is woken only to tell that it has.
func (t *Tree) ended(r *run, o Outcome, f *Failure) {
	r.end(errEnded) // before what follows it starts
	r.endGrace(over)
	e := end{r, o, f}
	switch {
	case t.mu.TryLock():
		t.bring(&e)
		t.mu.Unlock()
	case t.ends.add(e):
		t.bringAll()
	}
}

// bringAll brings what has ended, not too much at once: others want the lock, too.
func (t *Tree) bringAll() {
	for more := true; more; {
		var batch []end
		t.mu.Lock()
		batch, more = t.ends.take()
		for i := range batch {
			t.bring(&batch[i])
		}
		t.mu.Unlock()
	}
}

// bring brings one end to the kernel. Under the lock.
func (t *Tree) bring(e *end) {
	r, o := e.run, e.outcome
	m := &t.members[r.node]
	if o == OutcomeSuccess && m.run == r && r.child().Role == Job && r.child().Provides {
		m.value = r.more.result // before the step: it may launch who needs it
	}
	t.stopped(r, o, e.failure)
	t.in = kernel.Input{Kind: kernel.InputEnded, Node: r.node, Gen: r.gen, Outcome: o}
	if f := e.failure; f != nil {
		t.in.Cause, t.in.Unclean = f, !f.clean
	}
	t.step(&t.in)
}

// ends are the runs that have ended while the tree was busy.
type ends struct {
	mu      sync.Mutex
	batches [][]end
	brought bool // somebody is about to bring them
}

// add reports whether the caller is to bring them.
func (q *ends) add(e end) bool {
	const most = 64
	q.mu.Lock()
	defer q.mu.Unlock()
	last := len(q.batches) - 1
	if last < 0 || len(q.batches[last]) == most {
		q.batches = append(q.batches, make([]end, 0, most))
		last++
	}
	q.batches[last] = append(q.batches[last], e)
	first := !q.brought
	q.brought = true
	return first
}

// take are the first of those that wait, and whether there are more. If there are none, the next who comes is the first.
func (q *ends) take() (batch []end, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch, q.batches[0] = q.batches[0], nil
	if q.batches = q.batches[1:]; len(q.batches) == 0 {
		q.batches = nil
	}
	q.brought = q.batches != nil
	return batch, q.brought
}
