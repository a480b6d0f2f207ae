package kernel

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// There are two clocks (docs/runtime.md, "Health"). Backoffs, windows and tokens are measured on the caller's, which never
// stands still. What is asked of running code (to be ready, to end, to beat, to pass a check, to drain) is measured on the
// running clock, which is the caller's without the time in which the process itself did not run.
//
// The kernel finds that time by its own deadlines. While anything is measured on the running clock it wants to be woken
// each second, the pulse; by how much a pulse is late, nothing ran. So the second before a pulse always counts, and a
// process that is always short of processor time still judges, only later.
const (
	pulse   = Time(1e9)
	tooLate = pulse / 2 // less is the delay of any timer
)

// A clock is the running clock.
type clock struct {
	lost       Time     // how far it is behind the caller's
	pulse      Time     // when the next is due
	freezes    []freeze // in order; those before them are forgotten
	lostBefore Time     // what was lost in these
	longestAge Time     // the longest age that a sign of life may have: how far back freezes are kept
}

// A freeze is a time in which the process did not run.
type freeze struct {
	from, until Time
	lost        Time // up to its end
}

// advanceClocks moves both clocks on.
func (k *Kernel) advanceClocks(now Time) {
	k.now = max(k.now, now)
	if len(k.timers[running]) == 0 || k.now < k.clock.pulse {
		return
	}
	if late := k.now - k.clock.pulse; late > tooLate {
		k.clock.freeze(k.clock.pulse, k.now)
		k.emitEvent(root, EventFrozen, k.nodes[root].life).Frozen = late
	}
	k.clock.pulse = policy.Sum(k.now, pulse)
}

// setPulse sets the next pulse, if anything is measured and there is none.
func (k *Kernel) setPulse() {
	if len(k.timers[running]) > 0 && k.clock.pulse <= k.now {
		k.clock.pulse = policy.Sum(k.now, pulse)
	}
}

// nowRunning is the time of the running clock.
func (k *Kernel) nowRunning() Time { return k.now - k.clock.lost }

// freeze has the clock stand still between two moments.
func (c *clock) freeze(from, until Time) {
	now := from - c.lost
	c.freezes = slices.DeleteFunc(c.freezes, func(f freeze) bool {
		if now-(f.until-f.lost) <= c.longestAge {
			return false
		}
		c.lostBefore = f.lost
		return true
	})
	c.lost += until - from
	c.freezes = append(c.freezes, freeze{from, until, c.lost})
}

// toRunning is the time of the running clock when the caller's was t.
func (c *clock) toRunning(t Time) Time {
	for _, f := range slices.Backward(c.freezes) {
		if t >= f.from {
			return max(t, f.until) - f.lost
		}
	}
	return t - c.lostBefore
}
