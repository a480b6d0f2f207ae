package operate

import (
	"fmt"
	"strings"
	"time"
)

// states are the lifecycles, each as a shape and a word.
var states = map[string][2]string{
	"declared": {"○", "not started"}, "starting": {"◔", "starting"}, "running": {"◐", "running"}, "ready": {"●", "ready"},
	"restarting": {"▲", "restarting"}, "paused": {"‖", "paused"}, "quarantined": {"◆", "quarantined"}, "shutting_down": {"▽", "stopping"},
	"stopped": {"□", "stopped"}, "failed": {"✖", "failed"},
}

// endings are the reasons for which a child is stopped.
var endings = map[string][2]string{
	"completed": {"✔", "completed"}, "ended": {"✔", "ended"}, "by_hand": {"□", "stopped by hand"}, "tree": {"□", "stopped"},
}

// Shape is the state of a child as one character.
func Shape(c *Child) string { return stateOf(c)[0] }

// StateWord is the state of a child as a word or two.
func StateWord(c *Child) string { return stateOf(c)[1] }

func stateOf(c *Child) [2]string {
	if c.Lifecycle == "stopped" {
		if c.Stopped == "ended" && !endedWell(c) {
			return [2]string{"✖", "stopped after a failure"}
		}
		if s, ok := endings[c.Stopped]; ok {
			return s
		}
	}
	if c.NotReady != nil {
		return [2]string{states["running"][0], "not ready"}
	}
	if s, ok := states[c.Lifecycle]; ok {
		return s
	}
	return [2]string{"?", Words(c.Lifecycle)}
}

// Words is a word of the API as a person reads it: "shutting down".
func Words(word string) string { return strings.ReplaceAll(word, "_", " ") }

// lifecycle is a lifecycle as a word or two.
func lifecycle(word string) string {
	if s, ok := states[word]; ok {
		return s[1]
	}
	return Words(word)
}

// Tone is how much a state matters.
type Tone int

const (
	ToneOK   Tone = iota
	ToneDone      // it has done its work
	ToneOff       // somebody took it down, or nobody started it
	ToneWait      // it is on its way
	ToneBad
)

// Tone is how much the state of a child matters.
func (v *View) Tone(c *Child) Tone {
	switch {
	case c.Lifecycle == "ready" && (c.Health == "unhealthy" || c.Health == "stale"):
		return ToneBad
	case c.Lifecycle == "ready":
		return ToneOK
	case IsFine(c):
		return ToneDone
	case c.Lifecycle == "failed" || c.Lifecycle == "quarantined" || v.IsCause(c):
		return ToneBad
	case c.Lifecycle == "stopped" || c.Lifecycle == "paused":
		return ToneOff
	}
	return ToneWait
}

// Span is a duration for a person: "3m 20s".
func Span(d time.Duration) string {
	s := int64(max(0, d) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return pair(s, 60, "m", 1, "s")
	case s < 86400:
		return pair(s, 3600, "h", 60, "m")
	}
	return pair(s, 86400, "d", 3600, "h")
}

// pair is a duration in two units, in the larger one alone from ten of it on.
func pair(s, large int64, name string, small int64, smallName string) string {
	rest := s % large / small
	if rest == 0 || s/large >= 10 {
		return fmt.Sprintf("%d%s", s/large, name)
	}
	return fmt.Sprintf("%d%s %d%s", s/large, name, rest, smallName)
}

// short is a duration of a declaration: "1m", "250ms".
func short(d time.Duration) string {
	if 0 < d && d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return strings.ReplaceAll(Span(d), " ", "")
}

// Since is for how long a child is in its state, or "".
func Since(c *Child, now time.Time) string {
	if c.Since.Year() <= 1 {
		return ""
	}
	return Span(now.Sub(c.Since))
}

// Restarts are those that count now, with the limit: "3 of 10 in 10m". A root is not restarted: it has "intensity 30 in 1m" of those
// of its children.
func (v *View) Restarts(c *Child) string {
	switch d := v.Declared(c.Path); {
	case d.Limit != nil:
		return fmt.Sprintf("%d of %d in %s", c.Restarts, d.Limit.N, short(d.Limit.In))
	case d.Intensity != nil:
		return fmt.Sprintf("intensity %d in %s", d.Intensity.N, short(d.Intensity.In))
	}
	return fmt.Sprint(c.Restarts)
}

// Countdown is when a child is tried next, or "".
func Countdown(c *Child, now time.Time) string {
	at, ok := Until(c)
	switch left := at.Sub(now); {
	case ok && left <= 0:
		return "next try now"
	case ok:
		return "next try in " + Span(left+time.Second-1) // never "in 0s"
	case c.Lifecycle == "quarantined":
		return "it stays so until it is released"
	case c.Lifecycle == "starting":
		return "it is being tried now"
	}
	return ""
}

// Why is why a child is as it is, in a line; "" if it is fine.
func (v *View) Why(c *Child) string {
	if a, ok := v.Commanded(c); ok {
		return fmt.Sprintf("%s by %s: %s", Words(a.Verb), a.Who, a.Why)
	}
	if IsFine(c) {
		if c.Health == "unhealthy" || c.Health == "stale" {
			return c.Health
		}
		return ""
	}
	if root := v.Root(c); root != c {
		return "because of " + root.Path
	}
	if f := v.Trouble(c); f != nil {
		return f.Words()
	}
	return FirstLine(c.Waits)
}

// Words are the kind and the first line of a failure: "external: connection refused".
func (f *Failure) Words() string {
	line := FirstLine(f.Message)
	if kind := Words(f.Kind); kind != "" && kind != "error" && kind != "none" && !strings.HasPrefix(line, kind) {
		return kind + ": " + line
	}
	return line
}

// Tries says since when a child fails, and how often it was tried: "failing for 12s, try 4"; since when one is not ready that says so: "not
// ready for 12s"; else "". A child that is ready as soon as it runs fails on and off: only a run of some length ends its tries.
func (v *View) Tries(c *Child, now time.Time) string {
	if since := Since(c, now); c.NotReady != nil && since != "" {
		return "not ready for " + since
	}
	if v.Trouble(c) == nil || c.Decision == nil || c.Decision.Since.Year() <= 1 {
		return ""
	}
	failing := "failing"
	if c.Readiness == "not_required" {
		failing = "failing on and off"
	}
	return fmt.Sprintf("%s for %s, try %d", failing, Span(now.Sub(c.Decision.Since)), c.Attempt)
}

// Sentence is an event in words, without its path.
func (e *Event) Sentence() string {
	switch e.Kind {
	case "transition":
		to := lifecycle(e.To)
		if end, ok := endings[e.Stopped]; ok && e.To == "stopped" {
			to = end[1]
		}
		if e.Failure != nil {
			return "not ready: " + e.Failure.Words()
		}
		return lifecycle(e.From) + " → " + to
	case "not_ready":
		if e.Failure != nil {
			return "not ready: " + e.Failure.Words()
		}
	case "failed":
		text := "failed"
		if e.Failure != nil {
			text += ": " + e.Failure.Words()
		}
		if e.Decision != nil {
			text += " – " + Words(e.Decision.Action)
			if e.Decision.Delay > 0 {
				text += " in " + short(e.Decision.Delay)
			}
		}
		return text
	case "command":
		if e.Audit != nil {
			return fmt.Sprintf("%s by %s: %s", Words(e.Audit.Verb), e.Audit.Who, e.Audit.Why)
		}
	case "health":
		return "health: " + Words(e.Health)
	case "ended":
		return "a run ended: " + Words(e.Outcome)
	case "asked":
		if e.With != "" && e.With != e.Path {
			return "asked to stop with " + e.With
		}
		return "asked to stop"
	case "phase":
		return "the tree is " + Words(e.Phase)
	case "lost":
		return count(e.Lost, "event") + " before it: lost"
	case "waits":
		return FirstLine(e.Waits)
	}
	return Words(e.Kind)
}

// count is a number of things: "2 starts".
func count(n uint64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
