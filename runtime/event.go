package runtime

import (
	"context"
	"iter"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// EventKind is what an event tells.
type EventKind = kernel.EventKind

const (
	EventTransition = kernel.EventTransition // the lifecycle changed: From, To; of a run that says that it is not ready any more, its Failure says why
	EventFailed     = kernel.EventFailed     // a run failed: Failure, and the Decision about it
	EventEnded      = kernel.EventEnded      // a run ended with Outcome, without a failure; its Failure is an unclean stop's
	EventHealth     = kernel.EventHealth     // Health changed: if the run is asked to stop for it, its Failure says why
	EventStale      = kernel.EventStale      // something came from a run that is not the current one, or too late, and was ignored: its Failure is what was given to Run.Fail
	EventStuck      = kernel.EventStuck      // a run did not stop: it is leaked until it returns
	EventReturned   = kernel.EventReturned   // a stuck run returned
	EventCheckHung  = kernel.EventCheckHung  // a check did not return in time: it is leaked until it does
	EventCommand    = kernel.EventCommand    // an operator's command was accepted: Audit
	EventAdded      = kernel.EventAdded      // a dynamic child was started
	EventRemoved    = kernel.EventRemoved    // a dynamic child is gone
	EventPhase      = kernel.EventPhase      // the tree's Phase changed
	EventAsked      = kernel.EventAsked      // a run was asked to stop: With, and the Audit or Failure of that
	EventAborted    = kernel.EventAborted    // a run has used up its drain: With, and the Audit or Failure of that
	EventStacks     = kernel.EventStacks     // the stacks of what got stuck, of all goroutines of the declaration: Stacks
	EventFrozen     = kernel.EventFrozen     // the process did not run for Frozen
	EventWaits      = kernel.EventWaits      // "finish when" of a supervisor waits only for children that nothing but an operator moves: Waits
	EventLost       = kernel.EventLost       // the reader was too slow: Lost events are missing before the next one
	EventNotReady   = kernel.EventNotReady   // a run that is not ready says why, or for another reason than before: its Failure
)

// An Event is one thing that happened. Sequences have no gap; what a reader missed, an EventLost counts.
type Event struct {
	Sequence   uint64        `json:"sequence"`
	At         time.Duration `json:"at"`   // monotonic, since Run
	Time       time.Time     `json:"time"` // the wall clock's at that moment, whatever it was set to since
	Path       string        `json:"path"`
	Kind       EventKind     `json:"kind"`
	From       Lifecycle     `json:"from"`
	To         Lifecycle     `json:"to"`
	Health     HealthState   `json:"health"`
	Readiness  Readiness     `json:"readiness"`
	Stopped    StopReason    `json:"stopped"`
	Generation uint64        `json:"generation"` // the child's last
	Run        uint64        `json:"run"`        // the generation that the event is about
	Attempt    int           `json:"attempt"`
	Restarts   int           `json:"restarts"`
	Phase      TreePhase     `json:"phase"`
	Outcome    Outcome       `json:"outcome"`           // of the run that ended
	Cleanup    bool          `json:"cleanup,omitempty"` // of EventStuck and EventReturned: nothing of the run was left but a cleanup
	Failure    *Failure      `json:"failure,omitempty"` // of EventFailed; of EventEnded, how a run that was asked to stop did more than that; see the kinds
	Decision   *Decision     `json:"decision,omitempty"`
	Audit      *Audit        `json:"audit,omitempty"`
	With       string        `json:"with,omitempty"` // the child whose end takes this one down, perhaps itself
	Stacks     string        `json:"stacks,omitempty"`
	Waits      string        `json:"waits,omitempty"`  // of EventWaits: which children it waits for, and what ends that
	Frozen     time.Duration `json:"frozen,omitempty"` // in nanoseconds, as far as that is known
	Lost       uint64        `json:"lost,omitempty"`
}

// An Audit records an operator's command: who gave it, and why.
type Audit struct {
	Verb Verb   `json:"verb"`
	Who  string `json:"who"`
	Why  string `json:"why"`
}

// ring keeps the last events. The tree's lock guards it.
type ring struct {
	slots []journalEntry
	last  uint64        // sequence of the last one
	wake  chan struct{} // closed when there is more; nil while nobody waits
}

// A journalEntry is an event as it is kept: what costs anything is done for who reads it. The path of a dynamic child is kept,
// since its place may be another's by then, and nothing else of it.
type journalEntry struct {
	kernel.Event
	time time.Time // of the step
	path string    // of a dynamic child
	with string    // of one that is asked to stop
	text Failure   // of an older entry that tells a failure: that, without its Err
}

// recentErrs is how many of the last events keep what a child returned, which holds whatever it does.
const recentErrs = 64

func (r *ring) put(e *kernel.Event, at time.Time, path string) *journalEntry {
	n := uint64(len(r.slots))
	m := &r.slots[e.Seq%n]
	m.Event, m.time, m.path, m.with, m.text = *e, at, path, "", Failure{}
	r.last = e.Seq
	if n > recentErrs && e.Seq > recentErrs {
		r.slots[(e.Seq-recentErrs)%n].dropErr()
	}
	return m
}

// setStopCause keeps why a run is asked to stop.
func (m *journalEntry) setStopCause(e *StopError) {
	m.with, m.Cause = e.With, nil
	switch {
	case e.Audit != nil:
		m.Cause = e.Audit
	case e.Failure != nil:
		m.Cause = e.Failure
	}
}

// dropErr lets go of the errors that children returned. The failure that the event tells keeps its text.
func (m *journalEntry) dropErr() {
	told := m.Cause
	if m.Kind == EventFailed {
		told = m.Failure.Cause
	}
	if f, ok := told.(*Failure); ok {
		m.text = *f
		m.text.Err = nil
	}
	for _, cause := range []*any{&m.Failure.Cause, &m.Decision.Cause, &m.Cause} {
		switch _, ok := (*cause).(*Failure); {
		case !ok:
		case *cause == told:
			*cause = &m.text // in its own slot: it allocates nothing
		default:
			*cause = nil
		}
	}
}

// signal wakes the readers that wait for more.
func (r *ring) signal() {
	if r.wake != nil {
		close(r.wake)
		r.wake = nil
	}
}

// changed is closed when there is something new. It is called under the lock.
func (r *ring) changed() <-chan struct{} {
	if r.wake == nil {
		r.wake = make(chan struct{})
	}
	return r.wake
}

// Events yields what happens from now on, until ctx ends or, after the tree's last event, the tree has ended.
// A reader never delays the tree: one that is too slow loses the oldest events, and an EventLost says how many.
// Each loop over it reads on its own.
func (t *Tree) Events(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		t.mu.Lock()
		next := t.ring.last + 1
		t.mu.Unlock()
		t.read(ctx, next, yield)
	}
}

// EventsFrom is Events from a sequence number on: 1 is the first event of the tree, and what a reader has to ask for to
// miss none. Of those that are not kept any more (WithEvents), an EventLost says how many there were.
func (t *Tree) EventsFrom(ctx context.Context, sequence uint64) iter.Seq[Event] {
	return func(yield func(Event) bool) { t.read(ctx, max(1, sequence), yield) }
}

// read yields events from the sequence next on.
func (t *Tree) read(ctx context.Context, next uint64, yield func(Event) bool) {
	for {
		batch, more := t.since(next)
		for _, e := range batch {
			if ctx.Err() != nil || !yield(e) {
				return
			}
			next = e.Sequence + 1
		}
		switch {
		case len(batch) > 0:
			continue
		case more == nil:
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// since are the next events from a sequence on, not too many at once. If there are none yet, more is closed when there
// are; if there will be none, it is nil.
func (t *Tree) since(next uint64) (batch []Event, more <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := uint64(len(t.ring.slots))
	if t.ring.last >= n && next <= t.ring.last-n {
		lost := t.ring.last - n + 1 - next
		next += lost
		batch = append(batch, Event{Kind: EventLost, Lost: lost, Sequence: next - 1, Time: time.Now(), Path: t.paths[0]})
	}
	for ; next <= t.ring.last && len(batch) < 64; next++ {
		batch = append(batch, t.event(t.ring.slots[next%n]))
	}
	if len(batch) == 0 && (!t.hasEnded || t.gathering != nil) {
		more = t.ring.changed()
	}
	return batch, more
}

// event is an entry as readers see it. Under the lock.
func (t *Tree) event(m journalEntry) Event {
	path := m.path
	if path == "" {
		path = t.path(m.Node)
	}
	e := Event{
		Sequence: m.Seq, At: m.At, Time: m.time, Path: path, Kind: m.Kind, From: m.From, To: m.To,
		Health: m.Health, Readiness: m.Readiness, Stopped: m.Reason, Generation: m.Gen, Run: m.Run,
		Attempt: int(m.Attempt), Restarts: int(m.Restarts), Phase: m.Phase, Outcome: m.Outcome, Cleanup: m.Cleanup, Frozen: m.Frozen,
	}
	switch m.Kind {
	case EventFailed:
		e.Failure, e.Decision = t.failure(m.Failure), t.decision(m.Decision, m.Node, path)
	case EventEnded:
		if m.Decided {
			e.Decision = t.decision(m.Decision, m.Node, path)
		}
		e.Failure = uncleanStop(m.Unclean, m.Cause)
	case EventAsked, EventAborted:
		e.With = m.with
		switch cause := m.Cause.(type) {
		case *Audit:
			a := *cause
			e.Audit = &a
		case *Failure:
			f := *cause // which may stand in the ring
			e.Failure = &f
		}
	case EventHealth:
		e.Failure = t.failure(kernel.Failure{Outcome: m.Outcome, Cause: m.Cause})
	case EventStale:
		e.Failure = uncleanStop(true, m.Cause) // what was given to Fail, too late
	case EventTransition, EventNotReady:
		e.Failure = notReady(m.Cause)
	case EventStacks:
		e.Stacks = m.Cause.(string)
	case EventWaits:
		e.Waits = m.Cause.(string)
	case EventCommand:
		a := m.Cause.(Audit)
		a.Verb = m.Verb
		e.Audit = &a
	}
	return e
}
