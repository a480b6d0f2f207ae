package kernel

import "github.com/supgen/supgen/runtime/policy"

// watch begins to look after a run: from its readiness on, or a job's from its launch.
func (k *Kernel) watch(i Node) {
	n, h := &k.nodes[i], k.rowOf(i).Health
	if n.vitals != nil {
		n.vitals.passed() // what the checks of its readiness said is over
	}
	switch {
	case h.Heartbeat > 0:
		n.vitals.beat = k.ran()
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.beat, policy.Sum(h.Stale, 1)))
	case h.Check.Every > 0:
		k.arm(timerProbe, int32(i), policy.Sum(k.ran(), h.Check.Every))
	default:
		k.disarm(timerProbe, int32(i))
	}
}

// proving reports whether a run's check is to prove that it is ready; later ones are about its health.
func (k *Kernel) proving(i Node) bool {
	return !k.nodes[i].stable && k.rowOf(i).Ready.Check.Every > 0
}

// probe is the deadline of a heartbeat or a check.
func (k *Kernel) probe(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if !n.up || n.goal != goalNone {
		return
	}
	switch {
	case k.proving(i):
		k.probeCheck(i, r.Ready.Check)
	case r.Health.Heartbeat > 0:
		k.effect(EffectSample, i)
		k.arm(timerProbe, int32(i), policy.Sum(k.ran(), r.Health.Heartbeat)) // should nobody answer
	case r.Health.Check.Every > 0:
		k.probeCheck(i, r.Health.Check)
	}
}

// probeCheck starts a check, or finds that the one in flight has used up its time. One that hangs fails each period,
// and no second one is started beside it.
func (k *Kernel) probeCheck(i Node, c policy.Check) {
	n := &k.nodes[i]
	switch {
	case !n.vitals.checking:
		n.vitals.checking = true
		n.vitals.tick = k.ran()
		n.vitals.check++
		e := k.effect(EffectCheck, i)
		e.Check, e.Readiness = n.vitals.check, k.proving(i)
		k.arm(timerProbe, int32(i), policy.Sum(k.ran(), c.Timeout))
	case !n.vitals.hung:
		n.vitals.hung = true
		k.effect(EffectUncheck, i).Check = n.vitals.check
		k.tell(i, EventCheckHung, n.life)
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.tick, c.Every))
		k.checkFailed(i, policy.OutcomeNone, CheckHung)
	default:
		n.vitals.tick = k.ran()
		k.arm(timerProbe, int32(i), policy.Sum(k.ran(), c.Every))
		k.checkFailed(i, policy.OutcomeNone, CheckHung)
	}
}

// checked is the result of a check.
func (k *Kernel) checked(in *Input) {
	i, good := in.Node, in.Outcome == policy.OutcomeSuccess
	if i < 0 || int(i) >= len(k.nodes) {
		return
	}
	n, r := &k.nodes[i], k.rowOf(i)
	if !n.up || n.gen != in.Gen || n.vitals == nil || !n.vitals.checking || n.vitals.check != in.Check {
		return // of a run that is over
	}
	n.vitals.checking = false
	if !good {
		n.vitals.failed, n.vitals.cause = in.Outcome, in.Cause
	}
	if n.vitals.hung {
		n.vitals.hung = false // it was told as failed already, and the next is due at its time
		return
	}
	if n.goal != goalNone {
		return
	}
	c, proving := r.Health.Check, k.proving(i)
	if proving {
		c = r.Ready.Check
	}
	k.arm(timerProbe, int32(i), policy.Sum(n.vitals.tick, c.Every))
	switch {
	case !good:
		k.checkFailed(i, in.Outcome, in.Cause)
	case proving:
		k.markReady(i)
	default:
		n.vitals.passed()
		k.setHealth(i, HealthHealthy)
	}
}

// passed forgets the checks that failed.
func (v *vitals) passed() { v.fails, v.failed, v.cause = 0, policy.OutcomeNone, nil }

// checkFailed is the end of a check that did not pass. Its outcome and cause are those of the failure that may come of it.
func (k *Kernel) checkFailed(i Node, o policy.Outcome, cause any) {
	n := &k.nodes[i]
	n.vitals.failed, n.vitals.cause = o, cause
	if k.proving(i) {
		return // not ready yet: its time to be is bounded by within
	}
	if n.vitals.fails++; n.vitals.fails >= int32(k.rowOf(i).Health.Fail) {
		k.suspect(i, policy.OutcomeUnhealthy)
	}
}

// beat is the answer to a sample: when the run last said that it is alive, or moves on.
func (k *Kernel) beat(i Node, gen uint64, at Time) {
	n := k.current(i, gen)
	if n == nil || n.goal != goalNone {
		return
	}
	if !n.stable && k.rowOf(i).Role != policy.Job {
		k.movedOn(i, at)
		return
	}
	h := k.rowOf(i).Health
	if h.Heartbeat == 0 {
		return
	}
	if at = k.clock.at(at); at > n.vitals.beat {
		n.vitals.beat = min(at, k.ran())
		k.setHealth(i, HealthHealthy)
	}
	switch age := k.ran() - n.vitals.beat; {
	case age > h.Dead:
		k.suspect(i, policy.OutcomeUnhealthy)
	case age > h.Stale:
		k.setHealth(i, HealthStale)
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.beat, policy.Sum(h.Dead, 1)))
	default:
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.beat, policy.Sum(h.Stale, 1)))
	}
}
