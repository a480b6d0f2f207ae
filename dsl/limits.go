package dsl

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
)

// limits holds limits to what can happen: the delays of a backoff, the time a start may take, the starts that add up
// on the way to the root.
func (c *checker) limits() {
	reported := map[Pos]bool{} // a policy may be used by many
	growth := map[Pos][]*subject{}
	var backoffs []Pos
	for _, s := range c.subjects {
		if hasChildren(s.Role) && s.parent == nil || s.Role == runtime.Group || s.unsure() || c.anyInvalid(s) || !s.restarted() {
			continue
		}
		if pos := c.saidBy(s); !reported[pos] {
			reported[pos] = c.reach(s, pos)
		}
		if pos := s.Backoff.Source.Pos; pos.IsValid() {
			if growth[pos] == nil {
				backoffs = append(backoffs, pos)
			}
			growth[pos] = append(growth[pos], s)
		}
	}
	for _, pos := range backoffs {
		c.backoffMax(pos, growth[pos])
	}
	for _, root := range c.roots {
		c.starts(root)
	}
}

// saidBy is the statement to show where limit and backoff do not fit: the limit, or the backoff if no limit was
// written.
func (c *checker) saidBy(s *subject) Pos {
	if pos := s.Limit.Source.Pos; pos.IsValid() {
		return pos
	}
	return s.Backoff.Source.Pos
}

// reach reports a limit that is not reached, and whether it did.
func (c *checker) reach(s *subject, pos Pos) bool {
	limit, backoff := s.Limit.Value, s.Backoff.Value
	delays := spanOf(backoff, limit.N)
	starts := saturated(delays, times(limit.N, s.Ready.Value.Within))
	end := pos.plus(len("limit"))
	if pos != s.Limit.Source.Pos {
		end = pos.plus(len("backoff"))
	}
	if !pos.IsValid() { // neither was written; then the time to become ready was
		pos = s.Ready.Source.Pos
		end = pos.plus(len("ready"))
	}
	what := fmt.Sprintf("limit %d in %s", limit.N, short(limit.In))
	var r report
	switch {
	case delays > limit.In && byLuck(backoff, limit):
		r = c.warn(CodeLimitByLuck, pos, end, "only by luck of its jitter does %q reach %s: the delays between %d restarts are %s before it", s.Name, what, limit.N+1, sumOf(summand{}, backoff, limit.N)).
			hint("write a window of %s or more, or shorter delays", short(delays))
	case delays > limit.In:
		r = c.error(CodeLimitUnreachable, pos, end, "%q can never reach %s: the delays between %d restarts are %s", s.Name, what, limit.N+1, sumOf(summand{}, backoff, limit.N)).
			hint("write a window of %s or more, or shorter delays", short(delays))
	case starts > limit.In && s.On[runtime.OutcomeTimeout].Value == runtime.ActionRestart:
		r = c.warn(CodeLimitByTimeouts, pos, end, "%q does not reach %s when it is never ready in time: its starts and the delays between take %s",
			s.Name, what, sumOf(summand{limit.N, s.Ready.Value.Within}, backoff, limit.N)).
			hint("write a window of %s or more, or a shorter within", short(starts))
	default:
		return false
	}
	for _, p := range []struct {
		source Source
		what   string
	}{{s.Limit.Source, "the limit"}, {s.Backoff.Source, "the backoff"}, {s.Ready.Source, "the time to become ready"}} {
		if p.source.Pos.IsValid() && p.source.Pos != pos {
			r.note(p.source.Pos, "%s", p.what)
		}
	}
	return true
}

// byLuck reports whether jitter can make the delays short enough for the limit.
func byLuck(b runtime.Backoff, limit runtime.Limit) bool {
	switch b.Jitter {
	case runtime.FullJitter:
		return true
	case runtime.DecorrelatedJitter:
		return times(limit.N, b.Min) <= limit.In
	}
	return false
}

// spanOf is the sum of the first n delays, without jitter.
func spanOf(b runtime.Backoff, n int) time.Duration {
	if b.None {
		return 0
	}
	var span time.Duration
	delay := b.Min
	for i := range n {
		if delay >= b.Max {
			return saturated(span, times(n-i, b.Max))
		}
		span = saturated(span, delay)
		delay = grown(delay, b)
	}
	return span
}

// sumOf is the sum of the first n delays, behind another summand, as one adds up on paper: "2 × 1m + 1s + 2s = 2m3s".
func sumOf(first summand, b runtime.Backoff, n int) string {
	total := saturated(times(first.n, first.d), spanOf(b, n))
	var words []string
	add := func(s summand) {
		if s.n > 0 && s.d > 0 {
			words = append(words, s.String())
		}
	}
	add(first)
	delay := b.Min
	for i := 0; i < n; i++ {
		if delay >= b.Max {
			add(summand{n - i, b.Max})
			break
		}
		if len(words) == maxSummands {
			words = append(words, "…")
			break
		}
		add(summand{1, delay})
		delay = grown(delay, b)
	}
	sum := strings.Join(words, " + ")
	if sum == short(total) {
		return sum
	}
	return sum + " = " + short(total)
}

// maxSummands is how many numbers a message adds up before it leaves some out.
const maxSummands = 10

// A summand is a duration so many times.
type summand struct {
	n int
	d time.Duration
}

func (s summand) String() string {
	if s.n == 1 {
		return short(s.d)
	}
	return fmt.Sprintf("%d × %s", s.n, short(s.d))
}

func grown(delay time.Duration, b runtime.Backoff) time.Duration {
	if next := float64(delay) * b.Factor; next < float64(b.Max) {
		return time.Duration(next)
	}
	return b.Max
}

func times(n int, d time.Duration) time.Duration {
	if n > 0 && d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return time.Duration(n) * d
}

// backoffMax warns of a maximum that somebody wrote and that none of those it is for can reach.
func (c *checker) backoffMax(pos Pos, subjects []*subject) {
	if slices.ContainsFunc(subjects, (*subject).reachesMax) {
		return
	}
	s := subjects[0]
	b, limit := s.Backoff.Value, s.Limit.Value
	last := b.Min
	for range limit.N - 1 {
		last = grown(last, b)
	}
	reached := short(b.Min) + ".." + short(last)
	if last == b.Min {
		reached = short(last)
	}
	c.warn(CodeBackoffMax, pos, pos.plus(len("backoff")), "the delay never grows to %s: limit %d in %s is reached after %s", short(b.Max), limit.N, short(limit.In), short(last)).
		hint("write backoff %s, or a higher limit", reached)
}

// reachesMax reports whether the delay of the backoff can become its maximum: within the restarts that the limit
// allows, or because the child can fail so slowly that its limit is never reached. A run that was ready for the
// reset time sets the delay back, so none that makes it grow is longer.
func (s *subject) reachesMax() bool {
	b, limit, stop := s.Backoff.Value, s.Limit.Value, s.Shutdown.Value
	if b.None || limit.N == 0 || b.Min >= b.Max || s.Role == runtime.Supervisor || stop.Unlimited {
		return true
	}
	run := saturated(s.Ready.Value.Within, b.Reset)
	if s.Role == runtime.Job {
		if s.Timeout.Value == 0 {
			return true
		}
		run = s.Timeout.Value
	}
	run = saturated(run, stop.Drain+stop.Abort)
	if saturated(spanOf(b, limit.N), times(limit.N, run)) > limit.In {
		return true
	}
	if b.Jitter == runtime.DecorrelatedJitter {
		b.Factor = 3
	}
	delay := b.Min
	for range limit.N - 1 {
		if delay = grown(delay, b); delay >= b.Max {
			return true
		}
	}
	return false
}

// manyStarts is how often a child may be started before that is worth a warning.
const manyStarts = 200

// starts warns of the child that may be started most often before its root gives up.
func (c *checker) starts(root *subject) {
	var worst *subject
	var most int64
	for _, s := range c.below(root) {
		if hasChildren(s.Role) || s.unsure() || c.anyInvalid(s) {
			continue
		}
		if n := product(s.factors()); n > most {
			worst, most = s, n
		}
	}
	if most <= manyStarts {
		return
	}
	var factors []string
	for _, n := range worst.factors() {
		factors = append(factors, fmt.Sprint(n))
	}
	c.warn(CodeManyStarts, worst.Pos, worst.nameEnd(), "%q may be started %d times before %q gives up: %s", worst.Path(), most, root.Name, strings.Join(factors, " × ")).
		hint("lower a limit on the way, or let it quarantine or escalate earlier")
}

// factors are how many starts each level allows, from the child up to the root. There are none if the root does not
// hear of the child's failures.
func (s *subject) factors() []int64 {
	var factors []int64
	for ; s.parent != nil; s = s.parent {
		switch s.worst() {
		case runtime.ActionRestart:
			factors = append(factors, int64(s.Limit.Value.N)+1)
			if s.On[runtime.OutcomeLimit].Value != runtime.ActionEscalate {
				return shutsDown(factors, s.On[runtime.OutcomeLimit].Value)
			}
		case runtime.ActionEscalate:
		default:
			return shutsDown(factors, s.worst())
		}
	}
	return factors
}

// shutsDown is the factors where the answer ends the whole tree, and none where it keeps the failure from the root.
func shutsDown(factors []int64, answer runtime.Action) []int64 {
	if answer == runtime.ActionShutdown {
		return factors
	}
	return nil
}

// worst is the answer to failure that makes for most starts.
func (s *subject) worst() runtime.Action {
	answers := map[runtime.Action]bool{}
	for _, o := range s.rows() {
		if slices.Contains(failures, o) {
			answers[s.On[o].Value] = true
		}
	}
	for _, a := range []runtime.Action{runtime.ActionRestart, runtime.ActionEscalate, runtime.ActionShutdown} {
		if answers[a] {
			return a
		}
	}
	return runtime.ActionStop
}

func product(factors []int64) int64 {
	n := int64(1)
	for _, f := range factors {
		n = min(n*f, 1<<40) // a factor is at most a million and one
	}
	return n
}
