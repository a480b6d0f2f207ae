package kernel

import "github.com/supgen/supgen/runtime/policy"

// startHealth begins to look after a run: from its readiness on, or a job's from its launch.
func (k *Kernel) startHealth(i Node) {
	n, h := &k.nodes[i], k.rowOf(i).Health
	if n.vitals != nil {
		n.vitals.forgetFailedChecks() // what the checks of its readiness said is over
	}
	switch {
	case h.Heartbeat > 0:
		n.vitals.beat = k.nowRunning()
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.beat, policy.Sum(h.Stale, 1)))
	case h.Check.Every > 0:
		k.arm(timerProbe, int32(i), policy.Sum(k.nowRunning(), h.Check.Every))
	default:
		k.disarm(timerProbe, int32(i))
	}
}

// checksReadiness reports whether a run's check is to prove that it is ready; later ones are about its health.
func (k *Kernel) checksReadiness(i Node) bool {
	return !k.nodes[i].wasReady && k.rowOf(i).Ready.Check.Every > 0
}

// probe is the deadline of a heartbeat or a check.
func (k *Kernel) probe(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if !n.up || n.goal != goalNone {
		return
	}
	switch {
	case k.checksReadiness(i):
		k.probeCheck(i, r.Ready.Check)
	case r.Health.Heartbeat > 0:
		k.emitEffect(EffectSample, i)
		k.arm(timerProbe, int32(i), policy.Sum(k.nowRunning(), r.Health.Heartbeat)) // if no answer comes
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
		n.vitals.checkedAt = k.nowRunning()
		n.vitals.check++
		e := k.emitEffect(EffectCheck, i)
		e.Check, e.Readiness = n.vitals.check, k.checksReadiness(i)
		k.arm(timerProbe, int32(i), policy.Sum(k.nowRunning(), c.Timeout))
	case !n.vitals.hung:
		n.vitals.hung = true
		k.emitEffect(EffectUncheck, i).Check = n.vitals.check
		k.emitEvent(i, EventCheckHung, n.life)
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.checkedAt, c.Every))
		k.checkFailed(i, policy.OutcomeNone, CheckHung)
	default:
		n.vitals.checkedAt = k.nowRunning()
		k.arm(timerProbe, int32(i), policy.Sum(k.nowRunning(), c.Every))
		k.checkFailed(i, policy.OutcomeNone, CheckHung)
	}
}

// checkEnded is the result of a check.
func (k *Kernel) checkEnded(in *Input) {
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
		n.vitals.outcome, n.vitals.cause = in.Outcome, in.Cause
	}
	if n.vitals.hung {
		n.vitals.hung = false // it was reported as failed already, and the next is due at its time
		return
	}
	if n.goal != goalNone {
		return
	}
	c, proving := r.Health.Check, k.checksReadiness(i)
	if proving {
		c = r.Ready.Check
	}
	k.arm(timerProbe, int32(i), policy.Sum(n.vitals.checkedAt, c.Every))
	switch {
	case !good:
		k.checkFailed(i, in.Outcome, in.Cause)
	case proving:
		k.markReady(i)
	default:
		n.vitals.forgetFailedChecks()
		k.setHealth(i, HealthHealthy)
	}
}

// forgetFailedChecks forgets the checks that failed.
func (v *vitals) forgetFailedChecks() {
	v.failedChecks, v.outcome, v.cause = 0, policy.OutcomeNone, nil
}

// checkFailed is the end of a check that did not pass. Its outcome and cause are those of the failure that may come of it.
func (k *Kernel) checkFailed(i Node, o policy.Outcome, cause any) {
	n := &k.nodes[i]
	n.vitals.outcome, n.vitals.cause = o, cause
	if k.checksReadiness(i) {
		k.explainNotReady(i, cause) // its time to be ready is bounded by within
		return
	}
	if n.vitals.failedChecks++; n.vitals.failedChecks >= int32(k.rowOf(i).Health.Fail) {
		k.suspect(i, policy.OutcomeUnhealthy)
	}
}

// sampleAnswered is the answer to a sample: when the run last said that it is alive, or moves on.
func (k *Kernel) sampleAnswered(i Node, gen uint64, at Time) {
	n := k.current(i, gen)
	if n == nil || n.goal != goalNone {
		return
	}
	if !n.wasReady && k.rowOf(i).Role != policy.Job {
		k.progressed(i, at)
		return
	}
	h := k.rowOf(i).Health
	if h.Heartbeat == 0 {
		return
	}
	if at = k.clock.toRunning(at); at > n.vitals.beat {
		n.vitals.beat = min(at, k.nowRunning())
		k.setHealth(i, HealthHealthy)
	}
	switch age := k.nowRunning() - n.vitals.beat; {
	case age > h.Dead:
		k.suspect(i, policy.OutcomeUnhealthy)
	case age > h.Stale:
		k.setHealth(i, HealthStale)
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.beat, policy.Sum(h.Dead, 1)))
	default:
		k.arm(timerProbe, int32(i), policy.Sum(n.vitals.beat, policy.Sum(h.Stale, 1)))
	}
}
