package kernel

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/runtime/policy"
)

var refusals = [...]string{
	RefusedUnknown: "unknown", RefusedState: "state", RefusedStopping: "stopping", RefusedNotRunning: "not running",
	RefusedStuck: "stuck", RefusedMax: "max",
}

func verbNamed(name string) (Verb, bool) {
	var v Verb
	return v, v.UnmarshalText([]byte(name)) == nil
}

// sayEvent tells what an observer sees.
func (s *theatre) sayEvent(e Event) {
	name := s.names[e.Node]
	run := fmt.Sprintf("%s#%d", name, e.Run)
	cleanup := ""
	if e.Cleanup {
		cleanup = " in a cleanup"
	}
	switch e.Kind {
	case EventFailed, EventEnded:
		if !e.Decided {
			s.say("%s ended", run)
			return
		}
		s.say("%s %s: %s", name, e.Outcome, s.decision(e.Node, e.Outcome, e.Decision))
	case EventHealth:
		s.say("%s is %s", name, e.Health)
	case EventStale:
		s.say("%s ignored", run)
	case EventStuck:
		s.say("%s stuck%s", run, cleanup)
	case EventReturned:
		s.say("%s returned%s", run, cleanup)
	case EventCheckHung:
		s.say("%s hung", run)
	case EventWaits:
		var of []string
		for _, n := range e.Cause.([]Node) {
			of = append(of, s.names[n])
		}
		s.say("%s waits for %s", name, strings.Join(of, " "))
	case EventFrozen:
		s.say("frozen for %s", e.Frozen)
	case EventNotReady:
		s.say("%s is not ready: %s", name, why(e.Cause))
	case EventAdded:
		name = fmt.Sprintf("%s[%d]", s.rows[s.k.Row(e.Node)], s.k.View(e.Node).Index)
		s.name(e.Node, name)
		s.say("%s added", name)
	case EventRemoved:
		s.say("%s removed", name)
	case EventTransition:
		if s.loud {
			s.say("%s %s>%s", name, e.From, e.To)
		}
	case EventPhase:
		if s.loud {
			s.say("phase %s", e.Phase)
		}
	case EventCommand:
		if s.loud {
			s.say("%s by hand", e.Verb)
		}
	}
}

// decision is "restart in 50ms", or "limit escalate", or "intensity escalate at Root".
func (s *theatre) decision(n Node, o policy.Outcome, d Decision) string {
	var parts []string
	if d.Outcome != o {
		parts = append(parts, d.Outcome.String())
	}
	parts = append(parts, d.Action.String())
	switch {
	case d.Delay > 0 && d.Action == policy.ActionQuarantine:
		parts = append(parts, "for", d.Delay.String())
	case d.Delay > 0:
		parts = append(parts, "in", d.Delay.String())
	}
	if d.At != n {
		at, ok := s.names[d.At]
		if !ok {
			at = s.rows[s.k.Row(d.At)]
		}
		parts = append(parts, "at", at)
	}
	return strings.Join(parts, " ")
}

func (s *theatre) sayEffect(e Effect) {
	run := fmt.Sprintf("%s#%d", s.names[e.Node], e.Gen)
	switch e.Kind {
	case EffectLaunch:
		s.say("launch %s", run)
	case EffectAsk:
		s.say("ask %s", run)
	case EffectAbort:
		s.say("abort %s", run)
	case EffectCleanup:
		s.say("clean up %s", run)
	case EffectSample:
		if e.Readiness {
			return // it is answered at once
		}
		s.say("sample %s", run)
	case EffectCheck:
		s.checks[e.Node] = e.Check
		what := "health"
		if e.Readiness {
			what = "readiness"
		}
		s.say("check %s of %s", what, run)
	case EffectUncheck:
		s.say("cut off check of %s", run)
	case EffectDrop:
		s.say("drop %s", run)
	case EffectGone:
		s.say("%s gone", s.names[e.Node])
	case EffectEnded:
		s.say("the end")
	}
}

func (s *theatre) sayEnd() {
	e := s.k.End()
	switch {
	case e.Asked:
		s.say("well")
	case e.Node == None:
		s.say("not yet")
	default:
		s.say("%s %s (%v)", s.names[e.Node], e.Outcome, e.Cause)
	}
}

// sayAsked tells of whom the last step asked to stop, until when, and because of whom.
func (s *theatre) sayAsked() {
	for _, e := range s.k.Effects() {
		if e.Kind != EffectAsk {
			continue
		}
		until := e.Until.String()
		if e.Until == Forever {
			until = "forever"
		}
		s.say("%s until %s for %s", s.names[e.Node], until, s.names[e.Because])
	}
}

// questions are what can be asked about a View.
var questions = map[string]func(*theatre, View) string{
	"attempt":   func(_ *theatre, v View) string { return fmt.Sprint(v.Attempt) },
	"restarts":  func(_ *theatre, v View) string { return fmt.Sprint(v.Restarts) },
	"left":      func(_ *theatre, v View) string { return fmt.Sprint(v.Left) },
	"leaked":    func(_ *theatre, v View) string { return fmt.Sprint(v.Leaked) },
	"health":    func(_ *theatre, v View) string { return v.Health.String() },
	"readiness": func(_ *theatre, v View) string { return v.Readiness.String() },
	"failure":   func(_ *theatre, v View) string { return fmt.Sprintf("%s final %v", v.Failure.Outcome, v.Failure.Final) },
	"why":       func(_ *theatre, v View) string { return why(v.Failure.Cause) },
	"not-ready": func(_ *theatre, v View) string { return why(v.NotReady) },
	"state":     func(_ *theatre, v View) string { return state(v) },
	"waits": func(s *theatre, v View) string {
		if v.On == None || v.Wait == WaitScope || v.Wait == WaitTurn {
			return v.Wait.String()
		}
		return fmt.Sprintf("%s %s", v.Wait, s.names[v.On])
	},
	"waits-until": func(s *theatre, v View) string {
		on := "-"
		if v.On != None {
			on = s.names[v.On]
		}
		return fmt.Sprintf("%s %s %s", v.Wait, on, v.Until)
	},
}

// why is a cause in words.
func why(cause any) string {
	switch cause {
	case nil:
		return "nothing"
	case CheckHung:
		return "it hangs"
	case NoCause:
		return "no cause"
	}
	return fmt.Sprint(cause)
}

// state is "ready#1", or "stopped(ended)#1".
func state(v View) string {
	text := v.Lifecycle.String()
	if v.Reason != StopNone {
		text += fmt.Sprintf("(%s)", v.Reason)
	}
	if v.Gen > 0 {
		text += fmt.Sprintf("#%d", v.Gen)
	}
	return text
}

// replays holds the views to I6: "replaying the events gives the snapshot at the same time". Time alone empties a window.
func (s *theatre) replays() {
	s.t.Helper()
	for n, e := range s.last {
		v := s.k.View(n)
		is := View{
			Lifecycle: v.Lifecycle, Health: v.Health, Readiness: v.Readiness, Reason: v.Reason, Gen: v.Gen, Attempt: v.Attempt,
			Failure: v.Failure, Decision: v.Decision, NotReady: v.NotReady, LastSeq: v.LastSeq,
		}
		told := View{
			Lifecycle: e.To, Health: e.Health, Readiness: e.Readiness, Reason: e.Reason, Gen: e.Gen, Attempt: e.Attempt,
			Failure: e.Failure, Decision: e.Decision, NotReady: s.lacks[n], LastSeq: e.Seq,
		}
		if e.Kind == EventRemoved {
			told.Failure, told.Decision.Cause = Failure{}, nil // nothing is kept of who is gone
		}
		if is != told || v.Restarts > e.Restarts || v.Restarts < e.Restarts && e.At == s.now {
			s.t.Fatalf("at %s, %s is %+v with %d restarts, and was told to be %+v with %d", s.now, s.names[n], is, v.Restarts, told, e.Restarts)
		}
	}
}
