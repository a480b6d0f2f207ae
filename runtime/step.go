package runtime

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// step brings one input to the kernel and carries out what it says. The caller holds the lock, and holds it
// until all is carried out: effects that were carried out after unlocking would overtake each other. None of them
// calls the user's code. The clock is read under the lock, or time would run backwards; only what has ended while the tree
// was busy is as of when it came, unless the tree is past that.
func (t *Tree) step(in *kernel.Input) {
	if t.stepKernel(in) {
		t.applyStep()
	}
}

// A stepper brings an input to the kernel, does what follows, and returns the reply: a tree, or a simulation of one.
type stepper func(*kernel.Input) kernel.Reply

// stepReply is step, and returns the reply of the kernel.
func (t *Tree) stepReply(in *kernel.Input) kernel.Reply {
	if !t.stepKernel(in) {
		return kernel.Reply{Refusal: kernel.RefusedNotRunning, Node: in.Node}
	}
	reply := t.k.Reply()
	t.applyStep()
	return reply
}

// manyEffects is from how many effects on stepAndUnlock leaves them to a worker.
const manyEffects = 500

// stepAndUnlock steps with what a child says of itself, and gives the lock back. If that launches or cancels thousands, it is not
// done on the child's stack but by a worker, which holds the lock until it is done.
func (t *Tree) stepAndUnlock(in *kernel.Input) {
	switch {
	case !t.stepKernel(in):
		t.mu.Unlock()
	case len(t.k.Effects()) < manyEffects:
		defer t.mu.Unlock()
		t.applyStep()
	default:
		go func() {
			defer t.mu.Unlock()
			t.applyStep()
		}()
	}
}

// stepKernel brings one input to the kernel, if there still is one. After the end it hears of nothing but what was stuck
// and returns.
func (t *Tree) stepKernel(in *kernel.Input) (decided bool) {
	if t.done == nil || t.poison != nil {
		return false
	}
	t.readClock()
	return t.stepAtClock(in)
}

// readClock reads the clock, and brings what has ended by then. Under the lock.
//
//go:noinline // nothing of it is to be on the stack of a run that ended
func (t *Tree) readClock() {
	now := time.Now()
	t.stepDueEnds(now)
	t.clock = now
}

// clockTime is the kernel's time when the clock was read last.
//
//go:noinline // like readClock
func (t *Tree) clockTime() kernel.Time { return t.clock.Sub(t.began) }

// stepAtClock is stepKernel for what happened when the clock was read last.
func (t *Tree) stepAtClock(in *kernel.Input) (decided bool) {
	if t.done == nil || t.poison != nil || t.hasEnded && in.Kind != kernel.InputEnded && in.Kind != kernel.InputCleaned && in.Kind != kernel.InputStacks {
		return false
	}
	defer t.recoverKernel()
	if in.Kind == kernel.InputReady {
		t.keepReadyValue(in)
	}
	t.k.Step(t.clockTime(), in)
	if in.Kind == kernel.InputAdd {
		t.enrollNew()
	}
	return true
}

// enrollNew enrolls who was just added.
//
//go:noinline // like readClock
func (t *Tree) enrollNew() { t.enroll(t.k.Reply()) }

// keepReadyValue keeps the value of a run that is ready, before the step that launches those that need it.
func (t *Tree) keepReadyValue(in *kernel.Input) {
	if m := &t.members[in.Node]; m.value == nil && t.k.Current(in.Node, in.Gen) {
		m.value = in.Cause
	}
}

// applyStep does what the last step of the kernel decided.
func (t *Tree) applyStep() {
	defer t.recoverKernel()
	t.applyEffects()
	if len(t.samples) > 0 {
		t.sample()
	}
	t.k.ReleaseBuffers()
	t.rearm()
}

// sample answers with the last heartbeats, as of the step that asked for them, and does what follows.
func (t *Tree) sample() {
	for len(t.samples) > 0 {
		s := t.samples[0]
		t.samples = t.samples[1:]
		if !t.k.Current(s.Node, s.Gen) {
			continue // it ended in this same step
		}
		at := kernel.Time(t.members[s.Node].run.beat.Load())
		t.k.Step(t.k.Now(), &kernel.Input{Kind: kernel.InputBeat, Node: s.Node, Gen: s.Gen, At: at})
		t.applyEffects()
	}
	t.samples = nil
}

// tick is the timer's. Firing late, or twice, is harmless.
func (t *Tree) tick() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.armed = kernel.Forever
	t.step(&kernel.Input{Kind: kernel.InputTick})
}

// rearm sets the one timer to the kernel's next deadline.
func (t *Tree) rearm() {
	at, ok := t.k.Deadline()
	if !ok || t.hasEnded {
		at = kernel.Forever
	}
	switch {
	case at == t.armed:
	case at == kernel.Forever:
		t.armed = at
		t.timer.Stop()
	default:
		t.armed = at
		t.timer.Reset(at - t.now())
	}
}

// applyEffects carries out the effects of the last step, and collects the samples that it wants.
func (t *Tree) applyEffects() {
	t.note()
	if len(t.k.Events()) > 0 {
		t.ring.signal() // before a launch: what was made ready to run last runs next
	}
	ended := false
	effects := t.k.Effects()
	for i := range effects {
		e := &effects[i]
		switch e.Kind {
		case kernel.EffectLaunch:
			t.launch(e)
		case kernel.EffectAsk:
			m := &t.members[e.Node]
			t.withdraw(m)
			m.run.ask(e)
		case kernel.EffectEnded:
			ended = true
		default:
			t.applyRareEffect(e)
		}
	}
	t.asked.With = "" // it is another's in the next step
	t.publish()
	if len(t.audits) > 0 {
		t.forgetAudits()
	}
	if ended { // and everything is published
		t.close()
	}
}

// applyRareEffect carries out an effect that few children have, apart from the stack of a restart.
func (t *Tree) applyRareEffect(e *kernel.Effect) {
	m := &t.members[e.Node]
	switch e.Kind {
	case kernel.EffectAbort:
		m.run.abort()
	case kernel.EffectCleanup:
		t.cleanUp(e)
	case kernel.EffectSample:
		t.samples = append(t.samples, *e)
	case kernel.EffectCheck:
		if t.k.Current(e.Node, e.Gen) { // it may have ended in this same step
			m.run.startCheck(e)
		}
	case kernel.EffectUncheck:
		m.run.cancelCheck()
	case kernel.EffectDrop:
		m.value = nil
	case kernel.EffectGone:
		t.forget(t.path(e.Node))
	}
}

// publish puts what the last step tells into the journal.
func (t *Tree) publish() {
	events := t.k.Events()
	for i := range events {
		e := &events[i]
		if e.Kind == kernel.EventStuck {
			t.stopped(t.members[e.Node].run, OutcomeStuck, nil)
			t.wantStacks(e.Node, e.Run)
		}
		m := t.ring.put(e, t.clock, t.members[e.Node].own())
		t.complete(m, e)
		if e.Kind == kernel.EventRemoved {
			t.depart(e)
		}
	}
}

// complete adds to an entry what the kernel's event does not say in words. Under the lock.
func (t *Tree) complete(m *journalEntry, e *kernel.Event) {
	switch e.Kind {
	case kernel.EventWaits:
		m.Cause = t.unfinished(e)
	case kernel.EventAsked, kernel.EventAborted:
		m.setStopCause(t.causeOf(e))
	}
}

// unfinished says whom a supervisor's finish waits for, and what ends that. Under the lock.
func (t *Tree) unfinished(e *kernel.Event) string {
	verbs := map[Lifecycle]Verb{LifecyclePaused: VerbResume, LifecycleQuarantined: VerbRelease, LifecycleStopped: VerbStart}
	return firstFew(e.Cause.([]kernel.Node), "; ", func(n kernel.Node) string {
		life := t.k.View(n).Lifecycle
		return fmt.Sprintf("%s is %s: %s it", t.path(n), life, verbs[life])
	})
}

// note remembers since when a child is in its lifecycle state, what it hands over, that the start was over once, and who commanded what, for those that are asked to stop
// because of it. A command that changed nothing is not a reason for anything.
//
//go:noinline // nothing of it is to be on the stack of what carries out
func (t *Tree) note() {
	events := t.k.Events()
	for i := range events {
		e := &events[i]
		m := &t.members[e.Node]
		if s, at := t.slotOf(m); s != nil {
			s.follow(at, m, e)
		}
		if e.From != e.To {
			m.since = t.clock
			t.started = t.started || e.Node == 0 && e.To == LifecycleReady
			if int(e.Node) < len(t.begun) && begins(e) {
				t.begun[e.Node] = true
			}
		}
		if e.Kind == kernel.EventCommand && t.k.Reply().Changed {
			audit := e.Cause.(Audit)
			t.audits[e.Node] = &audit
		}
	}
}

// begins reports whether a transition ends the start of a child: it is ready, or has done its work.
func begins(e *kernel.Event) bool {
	switch {
	case e.To == LifecycleReady:
		return true
	case e.To != LifecycleStopped:
		return false
	case e.Reason == StopEnded:
		o := e.Decision.Outcome
		return o == OutcomeNone || o == OutcomeSuccess || o == OutcomeSkip || o == OutcomeAgain
	}
	return e.Reason == StopCompleted
}

// forgetAudits forgets the commands that the launches of the last step end, now that all that were asked in it know why.
func (t *Tree) forgetAudits() {
	events := t.k.Events()
	for i, commanded := len(events)-1, kernel.None; i >= 0; i-- {
		switch e := &events[i]; {
		case e.Kind == kernel.EventCommand:
			commanded = e.Node // after what it did before
		case e.Kind == kernel.EventTransition && (e.To == LifecycleStarting || e.To == LifecycleRunning) && e.Node != commanded:
			delete(t.audits, e.Node)
		}
	}
}

// close ends the tree.
func (t *Tree) close() {
	t.markEnded()
	final := t.report()
	t.final, t.result = &final, t.outcome()
	final.Ended = t.endedHow(t.result)
}

// markEnded stops the timer and closes Done. It may be called once.
func (t *Tree) markEnded() {
	t.hasEnded = true
	t.timer.Stop()
	close(t.done)
	if t.awaited != nil {
		close(t.awaited)
	}
}

// recoverKernel keeps a panic of the kernel from surfacing inside a child, whose recover would swallow it: the tree is
// poisoned, all runs are cancelled, and Run returns the panic.
func (t *Tree) recoverKernel() {
	p := recover()
	if p == nil {
		return
	}
	t.poison = fmt.Errorf("supgen: bug in the kernel of %s, please report it: %v\n%s", t.paths[0], p, debug.Stack())
	for i := range t.members {
		if r := t.members[i].run; r != nil {
			r.cancel(t.poison)
			r.abort()
		}
	}
	if !t.hasEnded {
		t.markEnded()
		t.ring.signal()
	}
}

// launch starts a run: its record, and its goroutine.
func (t *Tree) launch(e *kernel.Effect) {
	m := &t.members[e.Node]
	r := &run{
		tree: t, node: e.Node, row: m.row, index: m.index,
		gen: e.Gen, attempt: t.k.Attempt(e.Node), dynamic: m.dynamic,
	}
	c := r.child()
	if c.Role == Job || c.ReadyCheck != nil || c.HealthCheck != nil || len(c.Needs) > 0 {
		r.extra = &runExtra{values: t.valuesFor(c)}
	}
	m.run = r
	go r.live()
}

// valuesFor copies what a child is handed, so that nothing is shared with a later launch.
func (t *Tree) valuesFor(c *Child) []any {
	var values []any
	for _, id := range c.Needs {
		for _, n := range t.k.Nodes(id) {
			values = append(values, t.members[n].value)
		}
	}
	return values
}
