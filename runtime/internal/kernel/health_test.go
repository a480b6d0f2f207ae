package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Health": "the kernel asks for a sample when one could be stale. Older than stale: health is stale and an event says so.
// Older than dead: unhealthy, a failure." Both to the nanosecond.
func TestHeartbeat(t *testing.T) {
	d := tree(service("A", quick, heartbeat(time.Second, 3*time.Second, 5*time.Second)))
	t.Run("of one that beats", func(t *testing.T) {
		play(t, d, `
			run               -> launch A#1
			at 3s             -> // as old as stale is not older
			at 3.000000001s   -> sample A#1
			A beats 2.5s      -> A is healthy
			deadline          -> 5.500000001s
			at 5.500000001s   -> sample A#1
			A beats 5s        ->
			health A          -> healthy
		`)
	})
	t.Run("of one that stops", func(t *testing.T) {
		play(t, d, `
			run               -> launch A#1
			at 3.000000001s   -> sample A#1
			A beats 0s        -> A is stale
			at 5s             ->
			at 5.000000001s   -> sample A#1
			A beats 0s        -> A is unhealthy, ask A#1
			health A          -> unhealthy
			failure A         -> none final false
			restarts A        -> 0
			A success         -> A unhealthy: restart, launch A#2
			health A          -> unknown
		`)
	})
	t.Run("of one that beats again", func(t *testing.T) {
		play(t, d, `
			run               -> launch A#1
			at 3.000000001s   -> sample A#1
			A beats 0s        -> A is stale
			at 5.000000001s   -> sample A#1
			A beats 1s        -> A is healthy, A is stale
			deadline          -> 6.000000001s
			at 6.000000001s   -> sample A#1
			A beats 6s        -> A is healthy
			deadline          -> 9.000000001s
		`)
	})
	t.Run("at the edge of dead", func(t *testing.T) {
		play(t, d, `
			run               -> launch A#1
			at 3.000000001s   -> sample A#1
			A beats 0s        -> A is stale
			at 5.000000001s   -> sample A#1
			A beats 1ns       -> A is healthy, A is stale // five seconds old
			at 5.000000002s   -> sample A#1
			A beats 1ns       -> A is unhealthy, ask A#1
		`)
	})
	t.Run("at the edge of stale", func(t *testing.T) {
		play(t, d, `
			run               -> launch A#1
			at 3.000000001s   -> sample A#1
			A beats 1ns       -> A is healthy // three seconds old
			at 3.000000002s   -> sample A#1
			A beats 1ns       -> A is stale
			at 5.000000001s   ->
			at 5.000000002s   -> sample A#1
			A beats 1ns       -> A is unhealthy, ask A#1
		`)
	})
}

// "Heartbeats ... count from readiness on", a job's from its launch; and they go on when readiness is lost.
func TestHeartbeatCountsFromReadiness(t *testing.T) {
	beats := heartbeat(time.Second, 3*time.Second, 5*time.Second)
	play(t, tree(service("A", explicit, beats)), `
		run               -> launch A#1
		at 20s            ->
		A beats 0s        ->
		A ready           ->
		A unready         ->
		at 23s            ->
		at 23.000000001s  -> sample A#1
		A beats 0s        -> A is stale
	`)
	play(t, tree(job("J", beats)), `
		run               -> launch J#1
		at 3.000000001s   -> sample J#1
		J beats 0s        -> J is stale
		at 5.000000001s   -> sample J#1
		J beats 0s        -> J is unhealthy, ask J#1
	`)
}

// "Health": a run that goes down is not watched any more.
func TestHeartbeatEndsWithTheRun(t *testing.T) {
	play(t, tree(service("A", unlimited, heartbeat(time.Second, 3*time.Second, 5*time.Second))), `
		run               -> launch A#1
		at 3.000000001s   -> sample A#1
		A beats 0s        -> A is stale
		pause A           -> ask A#1
		deadline          ->
		at 1h             ->
		A beats 0s        ->
		state A           -> shutting_down#1
	`)
}

// "Health": "A check runs on a goroutine of its own, one in flight; fail failures in a row are unhealthy".
func TestHealthCheck(t *testing.T) {
	play(t, tree(service("A", quick, healthCheck(10*time.Second, 2*time.Second, 3))), `
		run               -> launch A#1
		at 9.999999999s   ->
		at 10s            -> check health of A#1
		at 11s            ->
		A fails           ->
		at 20s            -> check health of A#1 // ten seconds after the last was asked for
		A fails           ->
		at 30s            -> check health of A#1
		A passes          -> A is healthy
		at 40s            -> check health of A#1
		A fails           ->
		at 50s            -> check health of A#1
		A fails           ->
		at 60s            -> check health of A#1
		health A          -> healthy
		A fails           -> A is unhealthy, ask A#1
		A error           -> A unhealthy: restart, launch A#2
		at 70s            -> check health of A#2
		A fails           ->
		state A           -> ready#2 // the run before has failed three times, not this one
	`)
}

// "Health": "one that hangs is cut off at its timeout, fails each period, is reported as leaked", "one in flight".
func TestHealthCheckThatHangs(t *testing.T) {
	play(t, tree(service("A", quick, healthCheck(10*time.Second, 2*time.Second, 3)), service("B", healthCheck(10*time.Second, 2*time.Second, 3))), `
		run               -> launch A#1, launch B#1
		at 10s            -> check health of A#1, check health of B#1
		B passes          -> B is healthy
		at 11.999999999s  ->
		at 12s            -> A#1 hung, cut off check of A#1
		at 20s            -> check health of B#1 // the second of A
		B passes          -> // it "holds up no other"
		at 30s            -> A is unhealthy, check health of B#1, ask A#1
	`)
}

// "Health": what a check that was cut off says is not counted twice; the next is due at its time.
func TestHealthCheckThatReturnsLate(t *testing.T) {
	play(t, tree(service("A", quick, healthCheck(10*time.Second, 2*time.Second, 3))), `
		run               -> launch A#1
		at 12s            -> 10s: check health of A#1, A#1 hung, cut off check of A#1
		at 15s            ->
		A fails           ->
		at 20s            -> check health of A#1
		A passes          -> A is healthy
		at 30s            -> check health of A#1
		A fails           ->
		at 40s            -> check health of A#1
		A fails           ->
		at 50s            -> check health of A#1
		A passes          ->
	`)
	play(t, tree(service("A", quick, healthCheck(10*time.Second, 2*time.Second, 2))), `
		run               -> launch A#1
		at 12s            -> 10s: check health of A#1, A#1 hung, cut off check of A#1
		A passes          -> // too late
		at 20s            -> check health of A#1
		A fails           -> A is unhealthy, ask A#1
	`)
}

// "Health": at its timeout it has hung; a nanosecond earlier it has not.
func TestHealthCheckAtItsTimeout(t *testing.T) {
	play(t, tree(service("A", healthCheck(10*time.Second, 2*time.Second, 1))), `
		run               -> launch A#1
		at 11.999999999s  -> 10s: check health of A#1
		A passes          -> A is healthy
		at 21.999999999s  -> 20s: check health of A#1
		at 22s            -> A#1 hung, A is unhealthy, cut off check of A#1, ask A#1
	`)
}

// "Ready": a check that is asked for at once, and each period, until it passes; to fail is no failure.
func TestReadinessCheck(t *testing.T) {
	play(t, tree(service("A", readyCheck(2*time.Second, time.Second, time.Minute)), service("B", needs("A"))), `
		run               -> launch A#1, check readiness of A#1
		A fails           -> A is not ready: check 1
		state A           -> running#1
		at 2s             -> check readiness of A#1
		at 3s             -> A#1 hung, A is not ready: it hangs, cut off check of A#1
		at 10s            -> // one in flight
		A passes          -> // too late
		state A           -> running#1
		at 10.5s          ->
		tick              -> 12s: check readiness of A#1
		A passes          -> launch B#1
		at 1h             ->
	`)
}

// "Ready": its time to pass is bounded by within.
func TestReadinessCheckThatNeverPasses(t *testing.T) {
	play(t, tree(service("A", quick, readyCheck(10*time.Second, time.Second, 15*time.Second))), `
		run               -> launch A#1, check readiness of A#1
		A fails           -> A is not ready: check 1
		at 10s            -> check readiness of A#1
		A fails           -> A is not ready: check 2
		at 15s            -> A is unhealthy, ask A#1
		A success         -> A timeout: retry in 50ms
	`)
}

// "Health": a child with both has its health checked once it is ready.
func TestReadinessAndHealthChecks(t *testing.T) {
	d := tree(service("A", readyCheck(2*time.Second, time.Second, time.Minute), func(d *draft) {
		d.spec().Health = policy.Health{Check: policy.Check{Every: 5 * time.Second, Timeout: time.Second}, Fail: 1}
	}))
	play(t, d, `
		run               -> launch A#1, check readiness of A#1
		A passes          ->
		at 4s             ->
		at 5s             -> check health of A#1
		A fails           -> A is unhealthy, ask A#1
	`)
}

// "Losing readiness is not a failure."
func TestLosingReadiness(t *testing.T) {
	play(t, tree(service("A", explicit), service("B", needs("A")), service("C", explicit, after("A"))), `
		run               -> launch A#1
		A ready           -> launch B#1, launch C#1
		readiness A       -> ready
		A unready         ->
		state A B Root    -> running#1, ready#1, starting#1
		readiness A       -> pending
		B error           -> B error: restart in 50ms
		at 1s             ->
		waits B           -> ready A
		A ready           -> launch B#2
		restarts A        -> 0
	`)
}

// "NotReady" and "Ready" are an explicit child's only.
func TestReadyOfWhoIsNotAsked(t *testing.T) {
	play(t, tree(service("A"), service("B", readyCheck(2*time.Second, time.Second, time.Minute))), `
		run               -> launch A#1, launch B#1, check readiness of B#1
		A unready         ->
		B ready           ->
		state A B         -> ready#1, running#1
		readiness A B     -> not_required, pending
	`)
}

// "Ready and not ready": why a run is not ready is known from when it says so until it is ready, or goes down.
func TestWhyNotReady(t *testing.T) {
	play(t, tree(service("A", quick, explicit), service("B")), `
		run               -> launch A#1, launch B#1
		A unready         -> // it never was, and says nothing new
		not-ready A       -> nothing
		A unready dialing -> A is not ready: dialing
		not-ready A       -> dialing
		A ready           ->
		not-ready A       -> nothing
		A unready         ->
		not-ready A Root  -> no cause, nothing
		A unready away    -> A is not ready: away
		A unready         -> // which takes nothing back
		not-ready A       -> away
		A ready           ->
		A unready full    ->
		not-ready A       -> full
		A error           -> A error: restart, launch A#2
		not-ready A       -> nothing
		A#1 unready late  -> A#1 ignored
		A unready away    -> A is not ready: away
		restart A         -> ask A#2
		A unready full    -> // it goes down
		not-ready A       -> nothing
		B unready full    -> // it has no say
		not-ready B       -> nothing
	`)
}

// "Health": "The failure carries why: the check's last error". One that hangs has none.
func TestWhyOfACheck(t *testing.T) {
	checked := tree(service("A", quick, healthCheck(10*time.Second, 2*time.Second, 2)))
	play(t, checked, `
		run               -> launch A#1
		at 10s            -> check health of A#1
		A fails           ->
		at 20s            -> check health of A#1
		A fails           -> A is unhealthy, ask A#1
		A error           -> A unhealthy: restart, launch A#2
		why A             -> check 2
		at 32s            -> 30s: check health of A#2, A#2 hung, cut off check of A#2
		A fails           -> // too late
		at 40s            -> check health of A#2
		at 42s            -> A#2 hung, A is unhealthy, cut off check of A#2, ask A#2
		A error           -> A unhealthy: restart, launch A#3
		why A             -> it hangs
	`)
	proven := tree(service("A", quick, readyCheck(10*time.Second, time.Second, 15*time.Second), heartbeat(time.Second, 3*time.Second, 5*time.Second)))
	play(t, proven, `
		run               -> launch A#1, check readiness of A#1
		A fails           -> A is not ready: check 1
		at 10s            -> check readiness of A#1
		A fails           -> A is not ready: check 2
		at 15s            -> A is unhealthy, ask A#1
		A error           -> A timeout: retry in 50ms
		why A             -> check 2
		at 15.05s         -> launch A#2, check readiness of A#2
		A fails           -> A is not ready: check 3
		at 25.05s         -> check readiness of A#2
		A passes          ->
		at 28.050000001s  -> sample A#2
		A beats 0s        -> A is stale
		at 30.050000001s  -> sample A#2
		A beats 0s        -> A is unhealthy, ask A#2
		A error           -> A unhealthy: restart, launch A#3, check readiness of A#3
		why A             -> nothing // its checks have passed
	`)
	play(t, tree(service("A", quick, readyCheck(time.Minute, 50*time.Second, 15*time.Second))), `
		run               -> launch A#1, check readiness of A#1
		A fails           -> A is not ready: check 1
		restart A         -> ask A#1
		A error           -> A#1 ended, launch A#2, check readiness of A#2
		at 15s            -> A is unhealthy, ask A#2
		A error           -> A timeout: retry in 50ms
		why A             -> nothing // that was the run before
	`)
}
