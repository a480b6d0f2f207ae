package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Turns": "Concurrency slots are held ... from launch to first ready", "first come first served".
func TestConcurrency(t *testing.T) {
	play(t, tree(concurrency(2), service("A", explicit), service("B", explicit), service("C", explicit), service("D", explicit)), `
		run         -> launch A#1, launch B#1
		state C D   -> starting, starting
		waits C D   -> turn, turn
		B ready     -> launch C#1
		B unready   -> // it has had its turn
		B ready     ->
		A ready     -> launch D#1
	`)
}

// "Turns": a slot is held until the run's end, if that comes first.
func TestConcurrencyUntilTheEnd(t *testing.T) {
	d := tree(concurrency(1), service("A", explicit, constant(time.Hour)), service("B", explicit), service("C", explicit))
	t.Run("by itself", func(t *testing.T) {
		play(t, d, `
			run         -> launch A#1
			A error     -> A error: restart in 1h0m0s, launch B#1 // nobody holds one in backoff
			waits C     -> turn
		`)
	})
	t.Run("when it was asked", func(t *testing.T) {
		play(t, d, `
			run         -> launch A#1
			pause A     -> ask A#1
			waits B     -> turn
			A success   -> A#1 ended, launch B#1
		`)
	})
	t.Run("when it is given up", func(t *testing.T) {
		play(t, tree(concurrency(1), service("A", explicit, shutdown(0, time.Second), on(policy.OutcomeStuck, policy.ActionStop)), service("B")), `
			run         -> launch A#1
			pause A     -> ask A#1, abort A#1
			at 1s       -> A#1 stuck, A stuck: stop, launch B#1
		`)
	})
}

// "Turns": "or (a job) at once".
func TestConcurrencyOfJobs(t *testing.T) {
	play(t, tree(concurrency(1), job("J"), job("K"), service("A", explicit), job("L")), `
		run         -> launch J#1, launch K#1, launch A#1
		A ready     -> launch L#1
	`)
}

// "Turns": "held by runs only": a supervisor is none, so that its children may wait for what stands in the queue.
func TestConcurrencyOfSupervisors(t *testing.T) {
	play(t, tree(concurrency(1), supervisor("S", service("X", needs("B"))), service("A", explicit), service("B", explicit)), `
		run         -> launch A#1
		state S     -> starting#1
		A ready     -> launch B#1
		B ready     -> launch X#1
	`)
	play(t, tree(concurrency(1), service("A", explicit), supervisor("S", service("X", explicit)), service("B")), `
		run         -> launch A#1, launch X#1 // each supervisor has its own
		A ready     -> launch B#1
	`)
}

// "Turns": "a child queues for one only when all else lets it start".
func TestConcurrencyQueueIsForWhoMayStart(t *testing.T) {
	play(t, tree(concurrency(1), service("A", explicit), service("B", explicit, after("D")), service("C", explicit), service("D", explicit)), `
		run         -> launch A#1
		state B C   -> declared, starting
		A ready     -> launch C#1
		C ready     -> launch D#1
		D ready     -> launch B#1
	`)
}

// "Turns": what let it queue may go again; then it loses its turn, and comes back to the end of the line.
func TestConcurrencyQueueIsLeft(t *testing.T) {
	play(t, tree(concurrency(1), service("P", explicit), service("X", explicit), service("B", explicit, after("P")), dynamic("D", 2, explicit)), `
		run         -> launch P#1
		P ready     -> launch X#1
		add D       -> D[1] added
		state B     -> starting
		P unready   ->
		state B     -> restarting // at once
		waits B     -> ready P
		X ready     -> launch D[1]#1 // B was first in line, and cannot start
		add D       -> D[2] added
		P ready     ->
		D[1] ready  -> launch D[2]#2
		D[2] ready  -> launch B#1
	`)
}

// "Starting": "requested in declaration order", and "Turns": "first come first served": who may start since the same
// moment queues in that order, though something else let another one of them be looked at first.
func TestConcurrencyQueueInDeclarationOrder(t *testing.T) {
	words := []word{concurrency(1), job("J"), service("A", needs("J")), service("B", needs("A")), service("C", needs("J", "A"), explicit)}
	play(t, tree(words...), `
		run         -> launch J#1
		J success   -> J success: stop, launch A#1, launch B#1, launch C#1
	`)
	play(t, tree(supervisor("S", append(words, service("D", needs("A"), explicit))...)), `
		run         -> launch J#1
		J success   -> J success: stop, launch A#1, launch B#1, launch C#1
		C ready     -> launch D#1
	`)
}

// The same of those before it in the file, and of delays that pass at the same moment.
func TestConcurrencyQueueOfOneMoment(t *testing.T) {
	play(t, tree(concurrency(1), job("A"), service("B", needs("C"), explicit), service("C", needs("A")), service("D", needs("C"), explicit)), `
		run         -> launch A#1
		A success   -> A success: stop, launch C#1, launch B#1
		B ready     -> launch D#1
	`)
	play(t, tree(concurrency(1), service("A"), sidecar("S", "A"), service("B", explicit)), `
		run         -> launch S#1, launch A#1, launch B#1
	`)
	play(t, tree(concurrency(1), service("A", explicit, constant(time.Second)), service("B", explicit, constant(time.Second)), service("C", explicit)), `
		run         -> launch A#1
		A ready     -> launch B#1
		B ready     -> launch C#1
		C ready     ->
		B error     -> B error: restart in 1s
		A error     -> A error: restart in 1s
		at 1s       -> launch A#2
		A ready     -> launch B#2
	`)
}

// "Turns": "Waiting never drops": an operator takes who waits out of the line, and puts it at its end.
func TestConcurrencyQueueByHand(t *testing.T) {
	play(t, tree(concurrency(1), service("A", explicit), service("B", explicit), service("C", explicit)), `
		run         -> launch A#1
		pause B     ->
		state B     -> paused
		resume B    ->
		state B     -> starting
		A ready     -> launch C#1
		C ready     -> launch B#1
	`)
}

// "Turns": "Throttle takes a token for each automatic launch, at the launch", one more comes each refill.
func TestThrottle(t *testing.T) {
	play(t, tree(throttle(2, 10*time.Second), service("A", quick), service("B", quick), service("C", quick)), `
		run               -> launch A#1, launch B#1, launch C#1
		at 5s             ->
		A error           -> A error: restart, launch A#2
		B error           -> B error: restart, launch B#2
		C error           -> C error: restart
		state C           -> starting#1
		waits C           -> turn
		A error           -> A error: restart
		at 14.999999999s  ->
		at 15s            -> launch C#2
		at 24.999999999s  ->
		at 25s            -> launch A#3
	`)
}

// "Turns": "first starts and those by hand are free".
func TestThrottleIsForAutomaticLaunches(t *testing.T) {
	play(t, tree(throttle(1, time.Hour), service("A", quick), service("B", quick), dynamic("D", 2)), `
		run         -> launch A#1, launch B#1
		restart B   -> ask B#1
		B success   -> B#1 ended, launch B#2
		add D       -> D[1] added, launch D[1]#1
		A error     -> A error: restart, launch A#2
		restart B   -> ask B#2
		B success   -> B#2 ended, launch B#3
		B error     -> B error: restart
		waits B     -> turn
		restart B   -> launch B#4 // who waits for a token need not, by hand
		B error     -> B error: restart
		A error     -> A error: restart
		at 1h       -> launch B#5
		at 2h       -> launch A#3
	`)
}

// "Turns": those by hand are free, also of whom an operator restarted, whose run got stuck and was written off.
func TestThrottleOfARestartByHandThatGotStuck(t *testing.T) {
	play(t, tree(throttle(1, time.Hour), service("A", quick), service("B", on(policy.OutcomeStuck, policy.ActionQuarantine))), `
		run         -> launch A#1, launch B#1
		restart B   -> ask B#1
		at 6s       -> 5s: abort B#1, B#1 stuck, B stuck: quarantine
		A error     -> A error: restart, launch A#2 // the only token
		B#1 success -> B#1 returned, launch B#2
		waits B     -> nothing
	`)
}

// "Turns": whose run got stuck and then escalated has had its answer: what starts it later is not by hand.
func TestThrottleOfARestartByHandThatEscalated(t *testing.T) {
	play(t, tree(supervisor("R", supervisor("S", throttle(1, time.Hour), on(policy.OutcomeError, policy.ActionQuarantine), service("A", quick), service("B", on(policy.OutcomeStuck, policy.ActionEscalate))))), `
		run         -> launch A#1, launch B#1
		restart R   -> ask B#1, ask A#1
		restart B   ->
		A success   -> A#1 ended
		at 6s       -> 5s: abort B#1, B#1 stuck, B stuck: escalate, S error: quarantine, launch A#2
		A error     -> A error: restart, launch A#3 // the only token
		B#1 success -> B#1 returned
		waits B     -> turn
	`)
}

// "Turns": the end of a quarantine is no launch by hand, though an operator had restarted what was then quarantined.
func TestThrottleOfAQuarantineAfterARestartByHand(t *testing.T) {
	play(t, tree(throttle(1, time.Hour), service("A", quick), service("B", quarantine(policy.OutcomeError, time.Minute)), service("C", needs("B"))), `
		run         -> launch A#1, launch B#1, launch C#1
		restart B   -> ask C#1
		B error     -> B error: quarantine for 1m0s
		C success   -> C#1 ended
		A error     -> A error: restart, launch A#2 // the only token
		at 1m       ->
		waits B     -> turn
	`)
}

// "Turns": "at the launch": who waits for its backoff, or for what it needs, has none.
func TestThrottleTakesTheTokenAtTheLaunch(t *testing.T) {
	play(t, tree(throttle(1, time.Hour), service("A", constant(time.Minute)), service("B", quick)), `
		run         -> launch A#1, launch B#1
		A error     -> A error: restart in 1m0s
		B error     -> B error: restart, launch B#2
		at 1m       ->
		waits A     -> turn
		at 1h       -> launch A#2
	`)
}

// "Turns": as many tokens as there may be, however long nobody took one.
func TestThrottleRefills(t *testing.T) {
	play(t, tree(throttle(2, 10*time.Second), service("A", quick)), `
		run         -> launch A#1
		A error     -> A error: restart, launch A#2
		A error     -> A error: restart, launch A#3
		at 1h       ->
		A error     -> A error: restart, launch A#4
		A error     -> A error: restart, launch A#5
		A error     -> A error: restart
		wait 10s    -> launch A#6
	`)
	play(t, tree(throttle(2, 10*time.Second), service("A", quick)), `
		run         -> launch A#1
		A error     -> A error: restart, launch A#2
		at 4s       ->
		A error     -> A error: restart, launch A#3
		A error     -> A error: restart
		at 10s      -> launch A#4 // ten seconds after the first was taken
	`)
}

// "Turns": a token comes back a refill after it was taken, if the bucket was full until then.
func TestThrottleRefillsFromTheFirstTaken(t *testing.T) {
	play(t, tree(throttle(2, 2*time.Second), service("A", quick)), `
		run         -> launch A#1
		at 9s       ->
		A error     -> A error: restart, launch A#2
		A error     -> A error: restart, launch A#3
		A error     -> A error: restart
		at 11s      -> launch A#4
		at 18s      -> // full since 15s
		A error     -> A error: restart, launch A#5
		A error     -> A error: restart, launch A#6
		A error     -> A error: restart
		tick        -> 20s: launch A#7
	`)
}

// "Turns": "first starts ... are free", of whoever was taken along before its own, too.
func TestThrottleOfAFirstStart(t *testing.T) {
	play(t, tree(oneForAll, throttle(1, time.Hour), service("A", quick), service("B", after("C")), service("C", explicit)), `
		run         -> launch A#1, launch C#1
		A error     -> A error: restart, ask C#1
		C success   -> C#1 ended, launch A#2
		at 1h       -> launch C#2
		C ready     -> launch B#1
	`)
}

// "Turns": "each automatic launch": of who was on its way to a quarantine when its supervisor failed, too.
func TestThrottleOfWhoWasQuarantined(t *testing.T) {
	play(t, tree(supervisor("S", throttle(1, time.Hour), quick, service("A", explicit, on(policy.OutcomeTimeout, policy.ActionQuarantine)), service("B"))), `
		run               -> launch A#1, launch B#1
		at 30s            -> A is unhealthy, ask A#1
		B fatal_bug       -> B fatal_bug: escalate, S error: restart
		A success         -> A timeout: quarantine, launch A#2
		waits B           -> turn
	`)
}

// "Turns": each member of a scope takes one.
func TestThrottleOfAScope(t *testing.T) {
	play(t, tree(oneForAll, throttle(2, 10*time.Second), service("A", quick), service("B"), service("C")), `
		run         -> launch A#1, launch B#1, launch C#1
		A error     -> A error: restart, ask C#1, ask B#1
		B success   -> B#1 ended
		C success   -> C#1 ended, launch A#2, launch B#2
		tick        -> 10s: launch C#2
	`)
}

// "Turns": who waits for a token holds up nobody who needs none.
func TestThrottleAndConcurrency(t *testing.T) {
	play(t, tree(throttle(1, 10*time.Second), concurrency(1), service("A", quick), service("B", explicit), service("C", explicit)), `
		run         -> launch A#1, launch B#1
		A error     -> A error: restart
		B ready     -> launch C#1 // it came first
		C ready     -> launch A#2
		A error     -> A error: restart
		pause B     -> ask B#1
		B success   -> B#1 ended
		resume B    -> launch B#2
		B ready     ->
		tick        -> 10s: launch A#3
	`)
}

// "Turns": a supervisor takes a token, and waits for no slot.
func TestThrottleOfASupervisor(t *testing.T) {
	play(t, tree(throttle(1, 10*time.Second), concurrency(1), supervisor("S", quick, service("X")), service("A", explicit)), `
		run         -> launch X#1, launch A#1
		X fatal_bug -> X fatal_bug: escalate, S error: restart, launch X#2
		X fatal_bug -> X fatal_bug: escalate, S error: restart
		tick        -> 10s: launch X#3
		state A     -> running#1
	`)
	play(t, tree(throttle(1, time.Hour), concurrency(1), supervisor("S", quick, service("X", explicit)), service("A")), `
		run         -> launch X#1, launch A#1
		X fatal_bug -> X fatal_bug: escalate, S error: restart, launch X#2
		state S     -> starting#2
		restart A   -> ask A#1
		A success   -> A#1 ended, launch A#2
	`)
}

// "Turns": "first come first served": who waits for a slot and is restarted by hand waits on, where it stood.
func TestConcurrencyKeepsThePlaceOfWhoIsRestarted(t *testing.T) {
	narrate(t, tree(concurrency(1), service("A", explicit), service("B", explicit), service("C", explicit)), `
		run         -> phase running, Root declared>starting, A declared>starting, A starting>running, B declared>starting, C declared>starting, launch A#1
		restart B   -> already, restart by hand
		A ready     -> A running>ready, B starting>running, launch B#1
	`)
}

// "first come first served": whoever leaves the line, the first, one in the middle or the last, those who come later stand
// behind the others, and all of them start.
func TestTurnsAfterOneHasLeftTheLine(t *testing.T) {
	for _, c := range [][3]string{{"B", "C", "D"}, {"C", "B", "D"}, {"D", "B", "C"}} {
		play(t, tree(concurrency(1), service("A", explicit), service("B"), service("C"), service("D"), service("E", after("P")), service("P", explicit, optional)), `
			run             -> launch A#1
			pause `+c[0]+`  ->
			resume `+c[0]+` ->
			A ready         -> launch `+c[1]+`#1, launch `+c[2]+`#1, launch P#1
			P ready         -> launch `+c[0]+`#1, launch E#1
		`)
	}
}

// The last in line leaves, and is the only one: the next to come is the first.
func TestTurnsOfALineThatIsEmptyAgain(t *testing.T) {
	play(t, tree(concurrency(1), service("A", explicit), service("B")), `
		run        -> launch A#1
		stop B     ->
		start B    ->
		stop B     ->
		start B    ->
		A ready    -> launch B#1
	`)
}
