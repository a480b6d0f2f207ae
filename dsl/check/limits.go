package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// limits holds what somebody wrote about restarts to what can happen: the delays of a backoff, the time a start may
// take, the restarts that others share, the starts that add up on the way to the root. A limit that is not written
// is not judged: nothing was promised by it.
func (c *checker) limits() {
	reported, useless := map[diag.Pos]bool{}, map[diag.Pos]bool{} // a policy may be used by many
	growth := map[diag.Pos][]*subject{}
	var backoffs []diag.Pos
	for _, s := range c.subjects {
		if s.unsure() || c.anyInvalid(s) {
			continue
		}
		if syntax.HasChildren(s.Role) {
			c.replicasAtOnce(s)
			c.limitsFirst(s, reported)
			c.slowRestarts(s, reported)
			c.aboveFirst(s)
		}
		c.takesAlong(s, reported)
		c.timings(s, useless)
		if !s.Restarts() {
			continue
		}
		if pos := s.Limit.Source.Pos; pos.IsValid() && !reported[pos] {
			reported[pos] = c.reach(s, pos) || c.spentFirst(s, pos) || c.byChildren(s, pos) || c.oftenADay(s, pos)
		}
		if !reported[s.Limit.Source.Pos] && c.withoutEnd(s, reported) {
			continue
		}
		for _, row := range []tree.Value[tree.Row]{s.On[policy.OutcomeTimeout], s.AtStart.Of(policy.OutcomeTimeout)} {
			pos := row.Source.Pos
			if row.Value.Action == policy.ActionRestart && pos.IsValid() && !reported[pos] && !reported[s.Limit.Source.Pos] {
				reported[pos] = c.reachByTimeouts(s, pos)
			}
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

// reach reports a written limit that its backoff, or the throttle of its supervisor, does not let it reach, and whether
// it did.
func (c *checker) reach(s *subject, pos diag.Pos) bool {
	limit, backoff := s.Limit.Value, s.Backoff.Value
	mean, least := backoff.MeanSpan(limit.N), backoff.ShortestSpan(limit.N)
	throttled := s.RestartsTake(limit.N, 0, nothing) > limit.In
	if !throttled && (mean < limit.In || mean == limit.In && least < mean) {
		return false
	}
	end, what := pos.Plus(len("limit")), "limit "+rate(limit)
	sum := "the delays between " + fmt.Sprint(limit.N+1) + " restarts are " + sumOf(summand{}, backoff, limit.N)
	var r *diag.Diagnostic
	switch {
	case throttled:
		c.throttled(s, c.Reportf(diag.CodeLimitUnreachable, pos, end, "%q can never reach %s: %s", s.Name, what, s.throttling(limit.N)))
		return true
	case least == limit.In:
		r = c.Reportf(diag.CodeLimitByLuck, pos, end, "only with runs that take no time at all does %q reach %s: %s", s.Name, what, sum)
	case least <= limit.In:
		r = c.Reportf(diag.CodeLimitByLuck, pos, end, "only by luck of its jitter does %q reach %s: %s, and %s on average with jitter", s.Name, what, sum, tree.Short(mean))
	default:
		if least < mean {
			sum += fmt.Sprintf(", and %s as short as jitter can make them", tree.Short(least))
		}
		r = c.Reportf(diag.CodeLimitUnreachable, pos, end, "%q can never reach %s: %s", s.Name, what, sum)
	}
	longer := max(mean, backoff.Span(limit.N))
	if least == limit.In {
		longer = policy.Times(2, longer)
	}
	window := tree.Short(longer)
	r.Hintf("write a window of %s or more, or shorter delays; to never give up, write on failure retry and no limit", window)
	c.write(r, s.layerAt(pos).Node.(*syntax.RateDecl).In, window)
	if said := s.Backoff.Source; said.Pos.IsValid() {
		r.Notef(said.Range, "the backoff")
	}
	return true
}

func nothing(int) time.Duration { return 0 }

// throttling is why so many restarts take as long as they do.
func (s *subject) throttling(n int) string {
	t := s.Parent.Throttle.Value
	return fmt.Sprintf("throttle %d refill %s lets through %d restarts within %s at the soonest", t.N, tree.Short(t.Refill), n, tree.Short(s.RestartsTake(n, 0, nothing)))
}

func (c *checker) throttled(s *subject, r *diag.Diagnostic) {
	r.Notef(s.Parent.Throttle.Source.Range, "the throttle").
		Hintf("write a window of %s or more, or a faster throttle; to never give up, write on failure retry and no limit", tree.Short(s.RestartsTake(s.Limit.Value.N, 0, nothing)))
}

// withoutEnd reports a child that is restarted again and again without spending any limit, however fast it fails, where
// nobody wrote that it is retried; and whether there is one, reported at the same statement or not.
func (c *checker) withoutEnd(s *subject, reported map[diag.Pos]bool) bool {
	ways := s.Failings(policy.ActionRestart)
	if len(ways) == 0 || s.retriedByHand() {
		return false
	}
	limit, backoff := s.Limit.Value, s.Backoff.Value
	run := ways[0].Run
	for _, way := range ways {
		run = min(run, way.Run)
		if s.FirstSpent(func(n int) time.Duration { return s.RestartsTake(n, way.Run, s.BackoffAfter(way).ShortestSpan) }).Of != nil {
			return false
		}
	}
	if throttle := s.Parent.Throttle.Source.Pos; s.RestartsTake(limit.N, 0, nothing) > limit.In {
		if !reported[throttle] && !c.invalid[throttle] {
			reported[throttle] = true
			r := c.Reportf(diag.CodeLimitUnreachable, throttle, throttle.Plus(len("throttle")), "%q would be restarted without end, and never reach limit %s: %s", s.Name, rate(limit), s.throttling(limit.N))
			c.throttled(s, r)
		}
		return true
	}
	for _, source := range []*tree.Source{s.Backoff.Source, s.Ready.Source, s.Timeout.Source, s.Health.Source} {
		if !source.Pos.IsValid() {
			continue
		}
		if pos := source.Pos; !reported[pos] {
			reported[pos] = true
			take := s.RestartsTake(limit.N, run, backoff.Span)
			what := "the delays between"
			if run > 0 {
				what = "the runs and the delays between"
			}
			r := c.Reportf(diag.CodeLimitUnreachable, pos, pos.Plus(len(s.layerAt(pos).Keyword.Value)), "%q would be restarted without end, and never reach limit %s: %s %d restarts are %s", s.Name, rate(limit), what, limit.N+1, sumOf(summand{limit.N, run}, backoff, limit.N)).
				Hintf("write limit %d in %s, or more; to never give up, write on failure retry", limit.N, tree.Short(take))
			if said := s.Limit.Source; said.Pos.IsValid() {
				r.Notef(said.Range, "the limit")
			}
		}
		return true
	}
	return false // the defaults alone do not do this
}

// layerAt is the statement at a position that has a say about the subject.
func (s *subject) layerAt(pos diag.Pos) *syntax.Stmt {
	for _, l := range s.layers {
		if i := slices.IndexFunc(l.settings.stmts, func(st *syntax.Stmt) bool { return st.Pos() == pos }); i >= 0 {
			return l.settings.stmts[i]
		}
	}
	panic("dsl: a value of a statement that no layer has")
}

// retriedByHand reports whether somebody wrote that the subject is retried.
func (s *subject) retriedByHand() bool {
	return slices.ContainsFunc(s.Outcomes(), func(o policy.Outcome) bool {
		return s.On[o].Value.Action == policy.ActionRetry && s.On[o].Source.Pos.IsValid()
	})
}

// reachByTimeouts reports that timeouts, of which somebody wrote that they restart, never reach the limit if all starts, or
// all runs of a job, end so; and whether it did.
func (c *checker) reachByTimeouts(s *subject, pos diag.Pos) bool {
	limit, run, by := s.Limit.Value, s.Ready.Value.Within, s.Ready.Source
	when, runs, word, what := "it is never ready in time", "starts", "within", "the time to become ready"
	if s.Role == policy.Job {
		run, by = s.Timeout.Value, s.Timeout.Source
		when, runs, word, what = "each run takes too long", "runs", "timeout", "the time for a run"
	}
	if run == 0 || policy.Sum(s.Backoff.Value.ShortestSpan(limit.N), policy.Times(limit.N, run)) <= limit.In {
		return false
	}
	take := policy.Sum(s.Backoff.Value.Span(limit.N), policy.Times(limit.N, run))
	r := c.Reportf(diag.CodeLimitByTimeouts, pos, pos.Plus(len("on")), "%q does not reach limit %s when %s: its %s and the delays between take %s",
		s.Name, rate(limit), when, runs, sumOf(summand{limit.N, run}, s.Backoff.Value, limit.N)).
		Hintf("write a limit with a window of %s or more, or a shorter %s; to never give up, write on timeout retry", tree.Short(take), word)
	for _, p := range []struct {
		source *tree.Source
		what   string
	}{{s.Limit.Source, "the limit"}, {s.Backoff.Source, "the backoff"}, {by, what}} {
		if p.source.Pos.IsValid() {
			r.Notef(p.source.Range, "%s", p.what)
		}
	}
	return true
}

// spentFirst warns of a written limit that is never reached since an intensity is spent before, however slowly the
// child fails; and reports whether it did. The most restarts that an intensity allows within the limit's window is all
// of its own, once in each of its own windows.
func (c *checker) spentFirst(s *subject, pos diag.Pos) bool {
	limit := s.Limit.Value
	for _, above := range s.CountsIn() {
		intensity := above.Intensity.Value
		if c.invalid[above.Intensity.Source.Pos] || intensity.In == 0 {
			continue
		}
		windows := (limit.In + intensity.In - 1) / intensity.In
		if int64(limit.N) <= int64(intensity.N)*int64(windows) {
			continue
		}
		r := c.Reportf(diag.CodeLimitAboveIntensity, pos, pos.Plus(len("limit")), "%q never reaches limit %s: the intensity of %q, %s, is spent first", s.Name, rate(limit), above.Name, rate(intensity)).
			Hintf("write a smaller limit, or a larger intensity")
		if said := above.Intensity.Source; said.Pos.IsValid() {
			r.Notef(said.Range, "the intensity")
		}
		return true
	}
	return false
}

// limitsFirst warns of a row intensity that is never asked, since the limits of all that count in the intensity are exceeded
// before, and answer otherwise; and of a written intensity, where each of these limits is
// written too.
// Where both are exceeded by the same failure, the stricter answer wins.
func (c *checker) limitsFirst(s *subject, reported map[diag.Pos]bool) {
	intensity, row := s.Intensity.Value, s.On[policy.OutcomeIntensity]
	at, word := row.Source, "on"
	if at.Kind <= tree.SourceDefaults || row.Value.Action == policy.ActionEscalate {
		at, word = s.Intensity.Source, "intensity"
	}
	pos := at.Pos
	if at.Kind <= tree.SourceDefaults || word == "intensity" && at.Kind != tree.SourceStatement || reported[pos] || !s.Counted {
		return
	}
	most, stricter, written := int64(0), true, true
	var first *tree.Child
	for _, x := range s.Members() {
		if c.of(x).unsure() || c.anyInvalid(c.of(x)) {
			return
		}
		if !x.Restarts() || !slices.Contains(x.CountsIn(), s.Child) {
			continue
		}
		if x.Dynamic { // each has a window of its own, and more may come
			return
		}
		if first == nil {
			first = x
		}
		limit := x.Limit.Value
		written = written && x.Limit.Source.Pos.IsValid()
		most += int64(max(1, x.Replicas)) * int64(limit.N) * int64(intensity.In/(limit.In+1)+1)
		for _, then := range []policy.Action{x.On[policy.OutcomeLimit].Value.Action, x.AtStart.Of(policy.OutcomeLimit).Value.Action} {
			stricter = stricter && (then == policy.ActionNone || then > row.Value.Action)
		}
	}
	if stricter {
		most--
	}
	if first == nil || most >= int64(intensity.N) || word == "intensity" && !written {
		return
	}
	reported[pos] = true
	hint := "write larger limits"
	if most > 0 {
		hint = fmt.Sprintf("write intensity %d in %s or less, or larger limits", most, tree.Short(intensity.In))
	}
	r := c.Reportf(diag.CodeLimitsFirst, pos, pos.Plus(len(word)), "intensity %s of %q is never exceeded: the limits of its children are exceeded before, as limit %s of %q", rate(intensity), s.Name, rate(first.Limit.Value), first.Name).
		Hintf("%s", hint)
	if said := s.Intensity.Source; said.Pos.IsValid() && word == "on" {
		r.Notef(said.Range, "the intensity")
	}
	if said := first.Limit.Source; said.Pos.IsValid() {
		r.Notef(said.Range, "the limit")
	}
}

// slowRestarts warns of a written intensity that all that count in it, failing as fast as they can, do not exceed: by a backoff
// that is written too, or by far. One that says what holds without it is for its readers.
func (c *checker) slowRestarts(s *subject, reported map[diag.Pos]bool) {
	intensity, pos := s.Intensity.Value, s.Intensity.Source.Pos
	if s.Intensity.Source.Kind != tree.SourceStatement || reported[pos] || !s.Counted || intensity == s.DefaultIntensity() {
		return
	}
	most, alone, written := 0, 0, false
	var fastest *tree.Child
	for _, x := range s.Members() {
		if c.unknown(c.of(x)) {
			return
		}
		if !x.Restarts() || !slices.Contains(x.CountsIn(), s.Child) {
			continue
		}
		n := max(1, x.Replicas, x.Max)
		alone += n
		written = written || x.Backoff.Source.Pos.IsValid()
		if most += n * x.MostFailures(intensity.In, intensity.N+1); most > intensity.N {
			return
		}
		if fastest == nil || x.Backoff.Value.First() < fastest.Backoff.Value.First() {
			fastest = x
		}
	}
	if fastest == nil { // nothing counts, as far as is known
		return
	}
	if !written && most > alone && most > intensity.N/4 { // a default is not judged to a hair
		return
	}
	reported[pos] = true
	r := c.Reportf(diag.CodeLimitsFirst, pos, pos.Plus(len("intensity")), "intensity %s of %q is never exceeded: with the delays between, its children fail %d times within %s at the most", rate(intensity), s.Name, most, tree.Short(intensity.In)).
		Hintf("write a longer window, or a smaller number")
	if said := fastest.Backoff.Source; said.Pos.IsValid() {
		r.Notef(said.Range, "the backoff of %q", fastest.Name)
	}
}

// orWithIt is the end of a message about two intensities that the same failure may spend.
var orWithIt = map[bool]string{true: " or by the same failure"}

// aboveFirst warns of the written intensity of a group that is never spent since that of its supervisor is, in which its
// members count as well.
func (c *checker) aboveFirst(s *subject) {
	if s.Role != policy.Group || s.On[policy.OutcomeIntensity].Value.Action == policy.ActionQuarantine {
		return
	}
	group, above := s.Intensity, s.Parent.Intensity
	pos := group.Source.Pos
	if !pos.IsValid() || c.invalid[above.Source.Pos] || s.parent.unsure() || above.Value.In == 0 {
		return
	}
	together := group.Value == above.Value && above.Source.Pos.IsValid() && s.On[policy.OutcomeIntensity].Value.Action <= s.Parent.On[policy.OutcomeIntensity].Value.Action
	if !together && int64(group.Value.N) <= int64(above.Value.N)*int64((group.Value.In+above.Value.In-1)/above.Value.In) {
		return
	}
	r := c.Reportf(diag.CodeLimitAboveIntensity, pos, pos.Plus(len("intensity")), "group %q never reaches intensity %s: that of %q, %s, is spent first%s", s.Name, rate(group.Value), s.Parent.Name, rate(above.Value), orWithIt[together]).
		Hintf("write a smaller intensity, or a larger one above")
	if above.Source.Pos.IsValid() {
		r.Notef(above.Source.Range, "the intensity above")
	}
}

// oftenADay warns of a written limit that lets through so many restarts that it is none, where the root does not give up
// before.
func (c *checker) oftenADay(s *subject, pos diag.Pos) bool {
	n := s.DailyRestarts()
	if n <= manyADay || product(s.factors()) > manyStarts {
		return false
	}
	c.Reportf(diag.CodeManyRestarts, pos, pos.Plus(len("limit")), "limit %s lets %q be restarted %d times a day, and nobody would notice", rate(s.Limit.Value), s.Name, n).
		Hintf("write a smaller limit, or a backoff that grows")
	return true
}

// manyADay is more than eleven restarts a second, all day.
const manyADay = 1_000_000

// replicasAtOnce warns of a written intensity that is spent when all replicas of one child fail once: what they have in
// common brings the supervisor down, and not what is wrong with them.
func (c *checker) replicasAtOnce(s *subject) {
	intensity := s.Intensity
	if !intensity.Source.Pos.IsValid() {
		return
	}
	var most *tree.Child
	for _, child := range s.Members() {
		if len(child.CountsIn()) > 0 && child.Restarts() && child.Replicas > intensity.Value.N && (most == nil || child.Replicas > most.Replicas) {
			most = child
		}
	}
	if most == nil {
		return
	}
	pos := intensity.Source.Pos
	r := c.Reportf(diag.CodeIntensityReplicas, pos, pos.Plus(len("intensity")), "what %d replicas of %q have in common restarts more of them at once than intensity %s bears", most.Replicas, most.Name, rate(intensity.Value)).
		Notef(most.Range, "declared here").
		Hintf("write intensity %d in %s or more, or none: it is then twice the number of children", most.Replicas, tree.Short(intensity.Value.In))
	if st := s.layerAt(pos); syntax.KindOf(st) == "intensity" {
		c.write(r, st.Node.(*syntax.RateDecl).N, strconv.Itoa(most.Replicas))
	}
}

// takesAlong warns of a retry that somebody wrote where a strategy takes siblings along: nothing counts how often. A
// start that failed takes along what needs the child, and nothing else.
func (c *checker) takesAlong(s *subject, reported map[diag.Pos]bool) {
	by := s.Parent
	if s.Group != nil {
		by = s.Group
	}
	if by == nil || s.Role == policy.Group || tree.OutsideOrder(s.Child) || by.Strategy.Value == policy.OneForOne || len(by.Members()) < 2 {
		return
	}
	for _, o := range s.Outcomes() {
		row := s.On[o]
		pos := row.Source.Pos
		if row.Value.Action != policy.ActionRetry || o == policy.OutcomeTimeout || !pos.IsValid() || reported[pos] {
			continue
		}
		reported[pos] = true
		r := c.Reportf(diag.CodeRetryTakesAlong, pos, pos.Plus(len("on")), "each retry of %q restarts its siblings too, by %s, and nothing counts how often", s.Name, by.Strategy.Value).
			Hintf("write restart, or put %q under a supervisor of its own", s.Name)
		if said := by.Strategy.Source; said.Pos.IsValid() {
			r.Notef(said.Range, "the strategy")
		}
	}
}

// rate is a limit as it is written.
func rate(l policy.Limit) string { return fmt.Sprintf("%d in %s", l.N, tree.Short(l.In)) }

// sumOf is the sum of the first n delays, behind another summand, as one adds up on paper: "2 × 1m + 1s + 2s = 2m3s".
func sumOf(first summand, b policy.Backoff, n int) string {
	total := policy.Sum(policy.Times(first.n, first.d), b.Span(n))
	var words []string
	add := func(s summand) {
		if s.n > 0 && s.d > 0 {
			words = append(words, s.String())
		}
	}
	add(first)
	delay := b.First()
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
		delay = b.Grown(delay)
	}
	sum := strings.Join(words, " + ")
	if sum == tree.Short(total) {
		return sum
	}
	return sum + " = " + tree.Short(total)
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
		return tree.Short(s.d)
	}
	return fmt.Sprintf("%d × %s", s.n, tree.Short(s.d))
}

// backoffMax warns of a maximum that somebody wrote and that none of those it is for can reach.
func (c *checker) backoffMax(pos diag.Pos, subjects []*subject) {
	grows := func(s *subject) bool { why, _ := s.flat(); return why == "" }
	s := subjects[0]
	b, limit := s.Backoff.Value, s.Limit.Value
	if !slices.ContainsFunc(subjects, grows) {
		why, run := s.flat()
		hint := "write backoff " + tree.Short(b.First())
		if run > 0 {
			hint += ", or a reset longer than " + tree.Short(run)
		}
		c.Reportf(diag.CodeBackoffMax, pos, pos.Plus(len("backoff")), "the delay never grows to %s: %s", tree.Short(b.Max), why).Hintf("%s", hint)
		return
	}
	if slices.ContainsFunc(subjects, (*subject).reachesMax) {
		return
	}
	last := b.Min
	for range limit.N - 1 {
		last = b.Grown(last)
	}
	reached := tree.Short(b.Min) + ".." + tree.Short(last)
	if last == b.Min {
		reached = tree.Short(last)
	}
	r := c.Reportf(diag.CodeBackoffMax, pos, pos.Plus(len("backoff")), "the delay never grows to %s: limit %s is reached after %s", tree.Short(b.Max), rate(limit), tree.Short(last)).
		Hintf("write backoff %s, or a higher limit", reached)
	if d := s.layerAt(pos).Node.(*syntax.BackoffDecl); syntax.Said(d.Max) && last > b.Min {
		c.write(r, d.Max, tree.Short(last))
	}
}

// reachesMax reports whether the delay of the backoff can become its maximum: within the restarts that the limit
// allows, or because the child is retried, or can fail so slowly that its limit is never reached. A run that was ready for the
// reset time sets the delay back, so none that makes it grow is longer.
func (s *subject) reachesMax() bool {
	b, limit, stop := s.Backoff.Value, s.Limit.Value, s.Shutdown.Value
	if b.None || limit.N == 0 || b.Min >= b.Max || s.Role == policy.Supervisor || stop.Unlimited || s.Retries() {
		return true
	}
	run := policy.Sum(s.Ready.Value.Within, b.Reset)
	if s.Role == policy.Job {
		if s.Timeout.Value == 0 {
			return true
		}
		run = s.Timeout.Value
	}
	run = policy.Sum(run, stop.Drain+stop.Abort)
	if policy.Sum(b.Span(limit.N), policy.Times(limit.N, run)) > limit.In {
		return true
	}
	if b.Jitter == policy.DecorrelatedJitter { // at the longest, each is three times the one before
		b.Jitter, b.Factor, b.Min = 0, 3, min(policy.Times(3, b.Min), b.Max)
	}
	delay := b.Min
	for range limit.N - 1 {
		if delay = b.Grown(delay); delay >= b.Max {
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
		if syntax.HasChildren(s.Role) || s.unsure() || c.anyInvalid(s) {
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
	product := ""
	if len(factors) > 1 {
		product = ": " + strings.Join(factors, " × ")
	}
	c.Reportf(diag.CodeManyStarts, worst.Pos, worst.End, "%q may be started %d times before %q gives up%s", worst.Path(), most, root.Name, product).
		Hintf("lower a limit on the way, or let it quarantine or escalate earlier")
}

// factors are how many starts each level allows, from the child up to the root. There are none if the root does not
// hear of the child's failures.
func (s *subject) factors() []int64 {
	var factors []int64
	for ; s.parent != nil; s = s.parent {
		switch s.worst() {
		case policy.ActionRestart:
			factors = append(factors, int64(s.Limit.Value.N)+1)
			if s.On[policy.OutcomeLimit].Value.Action != policy.ActionEscalate {
				return shutsDown(factors, s.On[policy.OutcomeLimit].Value.Action)
			}
		case policy.ActionEscalate:
		default:
			return shutsDown(factors, s.worst())
		}
	}
	return factors
}

// shutsDown is the factors where the answer ends the whole tree, and none where it keeps the failure from the root.
func shutsDown(factors []int64, answer policy.Action) []int64 {
	if answer == policy.ActionShutdown {
		return factors
	}
	return nil
}

// worst is the answer to failure that makes for most starts.
func (s *subject) worst() policy.Action {
	for _, a := range []policy.Action{policy.ActionRestart, policy.ActionEscalate, policy.ActionShutdown} {
		if slices.ContainsFunc(s.Outcomes(), func(o policy.Outcome) bool { return s.On[o].Value.Action == a && slices.Contains(failures, o) }) {
			return a
		}
	}
	return policy.ActionStop
}

// product is 1 of no factors.
func product(factors []int64) int64 {
	n := int64(1)
	for _, f := range factors {
		n = min(n*f, 1<<40) // a factor is at most a million and one
	}
	return n
}
