package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// line notes something that happens now.
func (w *world) line(l Line) {
	if w.watch != nil {
		return
	}
	l.At = w.now
	w.timeline = append(w.timeline, l)
}

// A teller makes lines of what one step did: several events, and what was to be done about them, are one line where
// they are one thing to a reader.
type teller struct {
	w       *world
	events  []kernel.Event
	effects []kernel.Effect
	told    map[int]bool // events that another's line has told
}

func (w *world) tell(events []kernel.Event, effects []kernel.Effect) {
	t := teller{w, events, slices.Clone(effects), make(map[int]bool)}
	for i, e := range events {
		if t.told[i] {
			continue
		}
		if e.Kind == kernel.EventStuck {
			t.asks(e.Node)
		}
		if text := t.text(i, e); text != "" {
			event := w.Event(e).(runtime.Event)
			l := Line{Path: w.Path(e.Node), Text: text, Event: &event}
			switch {
			case e.Kind == kernel.EventCommand:
				l.Answer = w.answer
			case e.Kind == kernel.EventPhase && e.Phase == kernel.TreeEnded:
				l.Err = w.Failure()
			}
			w.line(l)
		}
	}
	t.asks(kernel.None)
}

// asks tells who is asked to stop or aborted: of one node, or all that was not told yet.
func (t *teller) asks(of kernel.Node) {
	for i, e := range t.effects {
		if of != kernel.None && e.Node != of {
			continue
		}
		switch e.Kind {
		case kernel.EffectAsk:
			if t.w.runs[e.Node].over { // a job that has completed: it goes down
				break
			}
			text := "asked to stop"
			if cause := t.w.Asked(e.Node, e.Because).(*runtime.StopError); cause.With != cause.Path {
				text += ", because of " + cause.With
			}
			t.w.line(Line{Path: t.w.Path(e.Node), Text: text})
		case kernel.EffectAbort:
			t.w.line(Line{Path: t.w.Path(e.Node), Text: "aborted"})
		default:
			continue
		}
		t.effects[i].Kind = kernel.EffectDrop // told
	}
}

// text is what an event tells a reader; nothing, if that was reported already or is of no interest.
func (t *teller) text(i int, e kernel.Event) string {
	switch e.Kind {
	case kernel.EventTransition:
		return t.transition(i, e)
	case kernel.EventFailed:
		t.skip(i, e)
		return t.outcome(e, e.Failure.Cause) + ": " + t.decision(e)
	case kernel.EventEnded:
		return t.ended(i, e)
	case kernel.EventHealth:
		switch {
		case e.Outcome == policy.OutcomeTimeout:
			return "not ready in time"
		case e.Outcome != policy.OutcomeNone:
			return e.Health.String()
		}
		if e.Health == kernel.HealthStale || e.Health == kernel.HealthHealthy && t.w.runs[e.Node].stale {
			t.w.runs[e.Node].stale = e.Health == kernel.HealthStale
			return e.Health.String()
		}
	case kernel.EventStale:
		return fmt.Sprintf("ignored: it comes from #%d", e.Run)
	case kernel.EventStuck:
		return "stuck: leaked until it returns"
	case kernel.EventReturned:
		return fmt.Sprintf("#%d has returned", e.Run)
	case kernel.EventCheckHung:
		return "its check hangs"
	case kernel.EventCommand:
		return t.command(e)
	case kernel.EventWaits:
		return "its finish waits: " + t.w.Event(e).(runtime.Event).Waits
	case kernel.EventAdded:
		return "added"
	case kernel.EventRemoved:
		return "removed"
	case kernel.EventPhase:
		return t.phase(e)
	}
	return ""
}

// next is the next event of the same node in this step, of which a kind is wanted.
func (t *teller) next(i int, kind kernel.EventKind) (int, bool) {
	for n := i + 1; n < len(t.events); n++ {
		if t.events[n].Node == t.events[i].Node {
			return n, t.events[n].Kind == kind
		}
	}
	return 0, false
}

// launched reports whether a node is launched in this step.
func (t *teller) launched(e kernel.Event) bool {
	for _, x := range t.events {
		if x.Node == e.Node && x.Seq > e.Seq && x.Kind == kernel.EventTransition && starts(x, t.w) {
			return true
		}
	}
	return false
}

// starts reports whether a transition is a launch.
func starts(e kernel.Event, w *world) bool {
	if w.isSupervisor(e.Node) {
		return e.To == kernel.LifecycleStarting
	}
	return e.To == kernel.LifecycleRunning && e.From != kernel.LifecycleReady
}

func (w *world) isSupervisor(n kernel.Node) bool {
	return w.Specs[w.Kernel.Row(n)].Role == policy.Supervisor
}

func (t *teller) transition(i int, e kernel.Event) string {
	switch {
	case e.From == e.To:
		return "" // the reason, or the attempt
	case starts(e, t.w):
		return t.launch(i, e)
	case e.To == kernel.LifecycleRunning:
		return "not ready"
	case e.To == kernel.LifecycleStarting:
		if t.launched(e) {
			return ""
		}
		return "waits for its turn"
	case e.To == kernel.LifecycleShuttingDown:
		for _, x := range t.effects {
			if x.Kind == kernel.EffectAsk && x.Node == e.Node {
				return ""
			}
		}
		return "shutting down"
	case e.To == kernel.LifecycleRestarting && t.launched(e):
		return ""
	case e.From == kernel.LifecycleShuttingDown:
		return "down, " + e.To.String()
	}
	return e.To.String()
}

func (t *teller) launch(i int, e kernel.Event) string {
	text := fmt.Sprintf("launched #%d", e.Gen)
	if t.w.isSupervisor(e.Node) {
		text = fmt.Sprintf("starting #%d", e.Gen)
	}
	if e.Attempt > 1 {
		text += fmt.Sprintf(", attempt %d", e.Attempt)
	}
	if n, ok := t.next(i, kernel.EventTransition); ok && t.events[n].To == kernel.LifecycleReady && !t.w.isSupervisor(e.Node) {
		text += ", ready"
		t.told[n] = true
	}
	return text
}

// skip leaves out the transition that a decision's line has told.
func (t *teller) skip(i int, e kernel.Event) {
	n, ok := t.next(i, kernel.EventTransition)
	if !ok {
		return
	}
	to := t.events[n].To
	if to == kernel.LifecycleShuttingDown && !t.w.isSupervisor(e.Node) {
		t.told[n] = true // until what holds its value is down
		return
	}
	switch e.Decision.Action {
	case policy.ActionRetry, policy.ActionRestart:
		t.told[n] = to == kernel.LifecycleRestarting
	case policy.ActionStop:
		t.told[n] = to == kernel.LifecycleStopped
	case policy.ActionQuarantine:
		t.told[n] = to == kernel.LifecycleQuarantined
	}
}

// ended is about a run whose end was not a failure.
func (t *teller) ended(i int, e kernel.Event) string {
	if e.Decided {
		t.skip(i, e)
		if t.w.Specs[t.w.Kernel.Row(e.Node)].Role == policy.Job && e.Outcome == policy.OutcomeSuccess {
			return "completed"
		}
		return e.Outcome.String() + message(e.Cause) + ": " + t.decision(e)
	}
	if _, failed := t.next(i, kernel.EventFailed); failed {
		return "returned " + e.Outcome.String() // which is not what follows it
	}
	text := "down"
	for n := i + 1; n < len(t.events); n++ {
		x := t.events[n]
		if x.Node == e.Node && x.Kind == kernel.EventTransition {
			t.told[n] = true
			if !t.launched(x) {
				text += ", " + x.To.String()
			}
			break
		}
	}
	if e.Outcome != policy.OutcomeSuccess {
		text += " (returned " + e.Outcome.String() + ")"
	}
	return text
}

// outcome is how a run failed, with the message that the script gave it.
func (t *teller) outcome(e kernel.Event, cause any) string {
	if t.w.isSupervisor(e.Node) {
		return "gave up"
	}
	return e.Outcome.String() + message(cause)
}

// message is what the script says of an end, if it does.
func message(cause any) string {
	if f, ok := cause.(*runtime.Failure); ok && f.Message != simulated {
		return " (" + f.Message + ")"
	}
	return ""
}

// decision is what follows the end of a run.
func (t *teller) decision(e kernel.Event) string {
	d := t.w.Event(e).(runtime.Event).Decision
	if d.Action != runtime.ActionRestart && d.Action != runtime.ActionRetry {
		text := d.Action.String()
		if d.Delay > 0 { // of a quarantine
			text += " for " + clock(d.Delay)
		}
		if e.Decision.Outcome != e.Outcome { // another row than that of how it ended
			text += fmt.Sprintf(" (%s)", d.Reason)
		}
		return text
	}
	text := d.Action.String()
	if d.Delay > 0 {
		text += " in " + clock(d.Delay)
	}
	if d.Action == runtime.ActionRetry { // which counts in no limit
		return text
	}
	l := t.w.Specs[t.w.Kernel.Row(e.Node)].Limit
	return fmt.Sprintf("%s (%d of %d in %s)", text, e.Restarts, l.N, clock(l.In))
}

func (t *teller) command(e kernel.Event) string {
	a := t.w.Event(e).(runtime.Event).Audit
	text := spellCommand(a.Verb, a.Who, a.Why)
	switch answer := t.w.answer; {
	case a.Verb == runtime.VerbShutdown:
	case answer.Changed:
		text += fmt.Sprintf(": %s > %s", answer.Before, answer.Next)
	default:
		text += fmt.Sprintf(": nothing to do, it is %s", answer.Before)
	}
	return text
}

func (t *teller) phase(e kernel.Event) string {
	switch e.Phase {
	case kernel.TreeLeaving:
		return "the tree is leaving for " + clock(t.w.Specs[0].LameDuck)
	case kernel.TreeStopping:
		return "the tree stops"
	case kernel.TreeEnded:
		if err := t.w.Failure(); err != nil {
			return "the tree has ended: " + err.Error()
		}
		return "the tree has ended well"
	}
	return ""
}

// tellRule tells what was said with "at" where no event will.
func (w *world) tellRule(path string, r Rule) {
	switch r.Does {
	case Ready, Unready, Ends:
		if r.After != Never {
			return
		}
	}
	w.line(Line{Path: path, Text: spellDeed(r)})
}

func (w *world) tellCheck(r *run) {
	if r.proof {
		w.line(Line{Path: r.path, Text: "its check fails: not ready yet"})
		return
	}
	r.fails++
	w.line(Line{Path: r.path, Text: fmt.Sprintf("its check fails (%d of %d)", r.fails, r.spec.Health.Fail)})
}

// reason is an error of the runtime without what the line says anyway.
func reason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

func spellCommand(v runtime.Verb, who, why string) string {
	return fmt.Sprintf("%s by %s (%s)", v, who, why)
}

func spellAfter(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return " after " + d.String()
}
