package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// statement is what another value of a statement means.
func (d *differences) statement(keyword string) effect {
	old, now := d.old, d.now
	switch keyword {
	case "strategy":
		return d.strategy()
	case "intensity":
		if old.Intensity.Source.Kind == tree.SourceRole && now.Intensity.Source.Kind == tree.SourceRole {
			return neither("it goes by the number of children")
		}
		return limit(old.Intensity.Value, now.Intensity.Value, " of its children", fate(now, now.On[policy.OutcomeIntensity].Value))
	case "limit":
		return d.limit()
	case "backoff":
		return d.backoff()
	case "throttle":
		return throttle(old.Throttle.Value, now.Throttle.Value)
	case "concurrency":
		o, n := old.Concurrency.Value, now.Concurrency.Value
		more := n == 0 || o != 0 && n > o
		return either(more, trade("more of its children start at the same time", "its children start sooner"),
			trade("its children wait for each other to start: one that hangs holds up others", "fewer of its children start at the same time"))
	case "ready":
		return ready(old.Ready.Value, now.Ready.Value)
	case "health":
		return health(old.Health.Value, now.Health.Value)
	case "shutdown":
		if now.Role == policy.Supervisor {
			return promise(old.Shutdown.Value.Drain, now.Shutdown.Value.Drain)
		}
		return shutdown(old.Shutdown.Value, now.Shutdown.Value)
	case "lame_duck":
		return lameDuck(old.LameDuck.Value, now.LameDuck.Value)
	case "timeout":
		o, n := old.Timeout.Value, now.Timeout.Value
		after := fate(now, now.On[policy.OutcomeTimeout].Value)
		switch {
		case n == 0:
			return trade("a run that hangs is never noticed", "a run may take as long as it wants")
		case o == 0 || n < o:
			return trade(fmt.Sprintf("a run that takes longer than %s is cut off; then %s", policy.Spell(n), after), "a run that hangs is noticed "+sooner(o))
		}
		return trade("a run that hangs is noticed later", "a run may take longer than "+policy.Spell(o))
	}
	panic("compare: no words for " + keyword)
}

func sooner(before time.Duration) string {
	if before == 0 {
		return "at all"
	}
	return "sooner"
}

func (d *differences) strategy() effect {
	was, is := d.old.Strategy.Value, d.now.Strategy.Value
	several, replicas := siblings(d.now), 0
	for _, c := range several {
		replicas += max(1, c.Replicas)
	}
	if replicas < 2 {
		return neither("a strategy is about several children")
	}
	order := effect{}
	switch {
	case len(several) < 2: // replicas of one start together
	case is == policy.RestForOne:
		order = trade("each child waits for the one before it", "they start and stop one after another")
	case was == policy.RestForOne:
		order = trade("they no longer start and stop one after another", "no child waits for the one before it")
	}
	switch { // one_for_one < rest_for_one < one_for_all, by whom they take along
	case is == policy.OneForAll:
		return trade("the restart of one child takes all along: "+names(slices.DeleteFunc(several, done)), "none goes on with a sibling that was restarted").and(order)
	case was == policy.OneForOne:
		return trade("the restart of a child takes those behind it along", "none goes on with a sibling before it that was restarted").and(order)
	case is == policy.OneForOne:
		return trade("siblings go on that were restarted together", "the restart of one child leaves its siblings alone").and(order)
	}
	return trade("siblings before it go on when a child is restarted", "the restart of a child leaves those before it alone").and(order)
}

// limit is what another limit of a child means. Where an intensity is spent before, it is about failures that come more slowly.
func (d *differences) limit() effect {
	old, now := d.old.Limit.Value, d.now.Limit.Value
	if !d.now.Restarts() {
		return neither("no row restarts it")
	}
	then := fate(d.now, d.now.On[policy.OutcomeLimit].Value)
	first := spentBefore(d.now)
	if first == nil || first != d.pairs.now[spentBefore(d.old)] {
		return limit(old, now, "", then)
	}
	e := neither(fmt.Sprintf("the intensity of %s is spent first: %s", first.Name, notation.Limit(first.Intensity.Value)))
	if each(first.Intensity.Value) < max(each(old), each(now)) {
		e = lasting(old, now, then).and(e)
	}
	return e
}

// spentBefore is whose intensity a child that fails at once, again and again, spends before its limit; nil is none.
func spentBefore(c *tree.Child) *tree.Child {
	if first := c.Spends(tree.Failing{}, 0); first.Of != c {
		return first.Of
	}
	return nil
}

// limit compares two limits by what they are about: a burst, which the number decides, and what goes wrong again and again
// for long, which is given up if it comes at least once in each In/N.
func limit(old, now policy.Limit, who, fate string) effect {
	burst, steady := now.N-old.N, cmp.Compare(each(old), each(now)) // above zero is looser
	var e effect
	its := "its"
	if who != "" {
		its = "the"
	}
	first := its + " first failure" + who
	nth := fmt.Sprintf("%s %s failure%s within %s", its, ordinal(min(old.N, now.N)+1), who, policy.Spell(smaller(old, now).In))
	switch {
	case now.N == 0:
		return trade(first+" is one too many, and "+fate, "what stays wrong is given up at once")
	case old.N == 0:
		return trade("what stays wrong is restarted "+plural(now.N, "time")+" before it is given up", first+" is survived")
	case burst > 0:
		e = trade(fmt.Sprintf("what stays wrong is restarted %s before it is given up, not %d", plural(now.N, "time"), old.N), nth+" is survived")
	case burst < 0:
		e = trade(nth+" is one too many, and "+fate, fmt.Sprintf("what stays wrong is given up after %s, not %d", plural(now.N, "restart"), old.N))
	}
	if burst > 0 && steady > 0 || burst < 0 && steady < 0 {
		return e
	}
	return e.and(lasting(old, now, fate))
}

// lasting compares two limits by what goes wrong again and again for long.
func lasting(old, now policy.Limit, fate string) effect {
	switch was, is := each(old), each(now); {
	case is < was:
		return trade("failures are forgotten sooner: one every "+spell(was)+" goes on without end", "one failure every "+spell(was)+" is survived")
	case is > was:
		return trade("failures add up for longer: one every "+spell(is)+" is too many, and "+fate, "one failure every "+spell(is)+" does not go on without end")
	}
	return effect{}
}

// each is the longest time from one failure to the next that spends a limit.
func each(l policy.Limit) time.Duration {
	if l.N == 0 {
		return math.MaxInt64
	}
	return l.In / time.Duration(l.N)
}

func smaller(a, b policy.Limit) policy.Limit {
	if b.N < a.N {
		return b
	}
	return a
}

// spell rounds a duration down to what a reader wants to see.
func spell(d time.Duration) string {
	for _, unit := range []time.Duration{time.Second, time.Millisecond} {
		if d >= 10*unit {
			return policy.Spell(d.Truncate(unit))
		}
	}
	return policy.Spell(d)
}

// longest is how many attempts in a row are looked at.
const longest = 64

// delay is a backoff's delay before the nth restart in a row, without jitter.
func delay(b policy.Backoff, n int) time.Duration {
	if b.None {
		return 0
	}
	d := b.First()
	for range n - 1 {
		d = b.Grown(d)
	}
	return d.Round(time.Microsecond)
}

func (d *differences) backoff() effect {
	old, now := d.old.Backoff.Value, d.now.Backoff.Value
	if !d.now.Restarts() && !d.now.Retries() {
		return neither("nothing restarts it")
	}
	attempts := longest
	if !d.now.Retries() {
		attempts = min(attempts, max(d.old.Limit.Value.N, d.now.Limit.Value.N))
	}
	var e effect
	if n := shortened(old, now, attempts); n > 0 {
		e = trade(fmt.Sprintf("restarts follow each other faster: the %s in a row comes after %s, not %s", ordinal(n), spell(delay(now, n)), spell(delay(old, n))),
			"it is back sooner after a failure")
		if l := d.now.Limit.Value; d.now.Restarts() && now.Span(l.N) <= l.In && old.Span(l.N) > l.In {
			e.risk += ", so that its limit can be spent, and then " + fate(d.now, d.now.On[policy.OutcomeLimit].Value)
		}
	}
	if n := shortened(now, old, attempts); n > 0 {
		e = e.and(trade(fmt.Sprintf("it is down for longer: the %s restart in a row comes after %s, not %s", ordinal(n), spell(delay(now, n)), spell(delay(old, n))),
			"restarts follow each other more slowly"))
	}
	if !old.None && !now.None {
		e = e.and(jitter(old.Jitter, now.Jitter))
		switch {
		case now.Reset > old.Reset:
			e = e.and(trade("it waits longer after a failure that comes when it was ready for less than "+policy.Spell(now.Reset),
				"a failure every "+policy.Spell(old.Reset)+" is met by longer and longer delays"))
		case now.Reset < old.Reset:
			e = e.and(trade("a failure every "+policy.Spell(now.Reset)+" is met by the shortest delay each time",
				"it waits the shortest delay after it was ready for "+policy.Spell(now.Reset)))
		}
	}
	if e == (effect{}) {
		e = neither("no restart comes so late in a row")
	}
	return e
}

// shortened is which of the restarts in a row comes sooner by the largest factor, 0 if none does.
func shortened(old, now policy.Backoff, attempts int) (nth int) {
	most := 1.0
	for n := 1; n <= attempts; n++ {
		if factor := float64(delay(old, n)) / max(float64(delay(now, n)), 1); factor > most {
			nth, most = n, factor
		}
	}
	return nth
}

func jitter(old, now policy.Jitter) effect {
	switch {
	case old == now:
		return effect{}
	case now == 0:
		return worse("without jitter, what failed together is restarted at the same moment")
	case old == 0:
		return better("with jitter, what failed together is not restarted at the same moment")
	case old > 0 && now > 0:
		return either(now < old, worse("what failed together is restarted closer together"), better("what failed together is restarted further apart"))
	}
	return neither("delays are spread in another way")
}

func throttle(old, now policy.Throttle) effect {
	faster := trade("more of its children are restarted at the same time", "restarts of its children wait less")
	slower := trade("restarts of its children wait longer for their turn", "fewer of its children are restarted at the same time")
	switch {
	case now.N == 0:
		return faster
	case old.N == 0:
		return slower
	}
	var e effect
	if now.N != old.N {
		e = either(now.N > old.N, faster, slower)
	}
	if now.Refill != old.Refill && (now.N == old.N || (now.N > old.N) != (now.Refill < old.Refill)) {
		e = e.and(either(now.Refill < old.Refill, trade("after that, one is let through sooner, each "+policy.Spell(now.Refill), "restarts wait less"),
			trade("after that, one is let through each "+policy.Spell(now.Refill)+" only", "restarts are spread over a longer time")))
	}
	return e
}

func ready(old, now policy.Ready) effect {
	switch {
	case now.Immediate() && !old.Immediate():
		return trade("it counts as ready as soon as it is launched: what waits for it starts too early", "no start of it takes too long")
	case old.Immediate() && !now.Immediate():
		return trade("a start that takes longer than "+policy.Spell(now.Within)+" is cut off", "what waits for it starts when it is really ready")
	}
	var e effect
	if now.Explicit != old.Explicit {
		e = either(now.Explicit, neither("it says itself that it is ready, where a check did"), neither("a check says that it is ready, where it did so itself"))
	} else {
		e = check(old.Check, now.Check, "its being ready is noticed")
	}
	return e.and(inTime(old.Within, now.Within))
}

func inTime(old, now time.Duration) effect {
	switch {
	case now < old:
		return trade("a start that takes longer than "+policy.Spell(now)+" is cut off", "a start that hangs is noticed sooner")
	case now > old:
		return trade("a start that hangs is noticed later", "a start may take longer than "+policy.Spell(old))
	}
	return effect{}
}

// check compares two checks by how often they are made, and how long one may take.
func check(old, now policy.Check, noticed string) effect {
	var e effect
	switch {
	case now.Every < old.Every:
		e = trade("its check is called more often", noticed+" sooner")
	case now.Every > old.Every:
		e = trade(noticed+" later", "its check is called less often")
	}
	switch {
	case now.Timeout < old.Timeout:
		return e.and(trade("a check that takes longer than "+policy.Spell(now.Timeout)+" fails", "a check that hangs is noticed sooner"))
	case now.Timeout > old.Timeout:
		return e.and(trade("a check that hangs is noticed later", "a check may take longer than "+policy.Spell(old.Timeout)))
	}
	return e
}

func health(old, now policy.Health) effect {
	before, after := noticed(old), noticed(now)
	var e effect
	switch {
	case after == 0:
		return trade("nothing notices when it hangs", "it is not restarted for being slow")
	case before == 0:
		return trade("it is restarted when it is silent or fails its checks for "+policy.Spell(after), "a hang is noticed after "+policy.Spell(after))
	case after < before:
		e = trade("it is restarted when it is silent or fails its checks for "+policy.Spell(after)+", not "+policy.Spell(before), "a hang is noticed sooner")
	case after > before:
		e = trade("a hang is noticed after "+policy.Spell(after)+", not "+policy.Spell(before), "it may be silent or fail its checks for longer")
	}
	if (old.Heartbeat > 0) != (now.Heartbeat > 0) {
		return e.and(either(now.Heartbeat > 0, neither("heartbeats take the place of a check"), neither("a check takes the place of heartbeats")))
	}
	if now.Heartbeat > 0 {
		switch {
		case now.Stale > old.Stale:
			e = e.and(worse("it is said to be stale later"))
		case now.Stale < old.Stale:
			e = e.and(better("it is said to be stale sooner"))
		}
		if now.Heartbeat != old.Heartbeat {
			e = e.and(neither("a heartbeat is expected each " + policy.Spell(now.Heartbeat)))
		}
		return e
	}
	e = e.and(check(old.Check, now.Check, "a failed check is noticed"))
	switch {
	case now.Fail < old.Fail:
		e = e.and(trade(fmt.Sprintf("%s in a row restart it, not %d", plural(now.Fail, "failed check"), old.Fail), "it takes fewer checks to find it sick"))
	case now.Fail > old.Fail:
		e = e.and(trade("it takes more checks to find it sick", fmt.Sprintf("%s in a row are survived", plural(old.Fail, "failed check"))))
	}
	return e
}

// noticed is how long a child may hang before its health says so; 0 is without end.
func noticed(h policy.Health) time.Duration {
	if h.Heartbeat > 0 {
		return h.Dead
	}
	return time.Duration(h.Fail) * h.Check.Every
}

func shutdown(old, now policy.Shutdown) effect {
	switch {
	case now.Unlimited:
		return trade("its stop may never end", "it has all the time that it wants to finish its work")
	case old.Unlimited:
		return trade("it has "+policy.Spell(now.Drain)+" to finish its work", "its stop ends")
	}
	var e effect
	switch {
	case now.Drain < old.Drain:
		e = worse("it has less time to finish its work: it is aborted after " + policy.Spell(now.Drain))
	case now.Drain > old.Drain:
		e = better("it has more time to finish its work: it is aborted after " + policy.Spell(now.Drain))
	}
	switch {
	case now.Abort < old.Abort:
		return e.and(worse("it is stuck sooner after an abort: after " + policy.Spell(now.Abort)))
	case now.Abort > old.Abort:
		return e.and(better("it is stuck later after an abort: after " + policy.Spell(now.Abort)))
	}
	return e
}

func promise(old, now time.Duration) effect {
	holds := "supgen validate holds its longest stop to " + policy.Spell(now)
	switch {
	case now == 0:
		return worse("nothing holds its longest stop to a time any more")
	case old == 0:
		return better(holds)
	}
	return either(now > old, worse(holds+" only"), better(holds))
}

func lameDuck(old, now time.Duration) effect {
	if now == 0 {
		return trade("it stops while others still send it requests", "it stops as soon as it is asked to")
	}
	return either(now > old,
		trade("it stops later than it is asked to: after "+policy.Spell(now), "others have more time to learn that they should send it no more"),
		trade("others have less time to learn that they should send it no more: "+policy.Spell(now), "it stops sooner after it is asked to"))
}
