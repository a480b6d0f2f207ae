package kernel

import "slices"

// A step is what the kernel notes for the step that it is in. The next does not look at it; it is kept so that a step
// allocates nothing.
//
// Results: beginStep empties effects, events and reply, and makes the places in vacated free; all else appends to them.
// Lists of work: runRounds goes on until touched is empty, which swaps it with round in each round of starts;
// updateReadiness empties lateStarts, openScopes openable. So all of them are empty between two steps. Scratch of one
// function: takeDown sets members, findVerdict the verdict (of which decide and decideFor set the origin), countRestart
// windows and tripped, each before it reads them. They are here since Step may be on the stack of a run that ended, which
// is small.
type step struct {
	effects []Effect
	events  []Event
	reply   Reply
	vacated []Node // places of dynamic children that are free from the next step on

	touched      []Node  // to be looked at again before the step ends
	round        []Node  // those of them that are being looked at
	lateStarts   []Node  // those touched in a round of starts, and to be started in it
	lateDone     int     // how many of these were
	inStartRound bool    // a round of starts is going on
	openable     []int32 // scopes to be opened once nothing stops any more

	members []Node // of the teardown that is being collected
	verdict verdict
	windows [3]*window // that a restart counts in
	tripped Decision   // the strictest of those that are full
}

// beginStep begins a step: there is nothing to tell yet.
//
//go:noinline // a run that ended has a small stack
func (k *Kernel) beginStep(now Time) {
	s := &k.step
	s.effects, s.events, s.reply = s.effects[:0], s.events[:0], Reply{Node: None}
	k.freeVacated()
	k.advanceClocks(now)
}

// ReleaseBuffers releases the memory of Effects and Events, which must have been carried out, and of the lists of a step, if
// the start or stop of a whole tree has made them large. It need not be called.
func (k *Kernel) ReleaseBuffers() {
	const large = 4096
	s := &k.step
	if max(cap(s.effects), cap(s.events), cap(s.touched), cap(s.round), cap(s.lateStarts), cap(s.openable), cap(s.members)) > large {
		s.effects, s.events = nil, nil
		s.touched, s.round, s.lateStarts, s.openable, s.members = nil, nil, nil, nil, nil
	}
}

// reserve makes room for what a step tells that moves so many nodes.
func (k *Kernel) reserve(nodes int) {
	k.step.effects, k.step.events = slices.Grow(k.step.effects, nodes), slices.Grow(k.step.events, 2*nodes)
}
