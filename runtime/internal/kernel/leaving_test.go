package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Leave": the root is not ready for the lame duck of the tree, all else goes on, and then the stop begins. To the nanosecond.
func TestLeave(t *testing.T) {
	narrate(t, tree(lameDuck(5*time.Second), service("A"), service("B", needs("A"))), `
		run             -> phase running, Root declared>starting, A declared>running, A running>ready, B declared>running, B running>ready, Root starting>ready, launch A#1, launch B#1
		at 1s           ->
		shutdown        -> shutdown by hand, phase leaving, Root ready>running
		readiness Root  -> pending
		state A B       -> ready#1, ready#1
		deadline        -> 6s
		at 5.999999999s ->
		phase           -> leaving
		at 6s           -> phase stopping, B ready>shutting_down, A ready>shutting_down, Root running>shutting_down, phase draining, ask B#1
		B success       -> B#1 ended, B shutting_down>stopped, ask A#1
		asked           -> A until 11s for Root
	`)
}

// "Everything else goes on: runs, restarts, deadlines, the commands of operators": what is launched while the tree leaves is launched as ever, and
// the root is not ready whatever becomes ready.
func TestLeaveGoesOn(t *testing.T) {
	play(t, tree(lameDuck(time.Minute), service("A"), service("B", explicit), service("C")), `
		run           -> launch A#1, launch B#1, launch C#1
		B ready       ->
		shutdown      ->
		A error       -> A error: restart in 50ms
		B unready     ->
		pause C       -> ask C#1
		C success     -> C#1 ended
		at 1s         -> 50ms: launch A#2
		B ready       ->
		resume C      -> launch C#2
		state Root A  -> running#1, ready#2
		state B C     -> ready#1, ready#2
		restart Root  -> ask C#2, ask B#1, ask A#2
		A success     -> A#2 ended
		B success     -> B#1 ended
		C success     -> C#2 ended, launch A#3, launch B#2, launch C#3
		B ready       ->
		state Root B  -> starting#2, ready#2
		at 1m         -> ask C#3, ask B#2, ask A#3
	`)
}

// "dynamic children are not started any more": those that there are go on.
func TestLeaveRefusesDynamicChildren(t *testing.T) {
	play(t, tree(lameDuck(time.Minute), dynamic("D", 3, quick)), `
		run         ->
		add D       -> D[1] added, launch D[1]#1
		shutdown    ->
		add D       -> refused: stopping
		D[1] error  -> D[1] error: restart, launch D[1]#2
		remove D[1] -> ask D[1]#2
	`)
}

// "A second request ends it", and a third changes nothing.
func TestLeaveEndsBySecondRequest(t *testing.T) {
	play(t, tree(lameDuck(time.Minute), service("A")), `
		run       -> launch A#1
		shutdown  ->
		at 1s     ->
		shutdown  -> ask A#1
		asked     -> A until 6s for Root
		shutdown  -> already
		A success -> A#1 ended, the end
		end       -> well
		deadline  ->
	`)
}

// "A tree that was never ready, and of which no probe said so, stops at once: nothing was sent to it". One that was ready before
// leaves, ready or not.
func TestLeaveOfWhatWasReady(t *testing.T) {
	play(t, tree(lameDuck(time.Minute), service("A", explicit)), `
		run       -> launch A#1
		shutdown  -> ask A#1
	`)
	play(t, tree(lameDuck(time.Minute), service("A", explicit)), `
		run       -> launch A#1
		A ready   ->
		A unready ->
		shutdown  ->
		phase     -> leaving
		tick      -> 1m0s: ask A#1
	`)
	play(t, tree(lameDuck(time.Minute), service("A", explicit)), `
		run          -> launch A#1
		A ready      ->
		restart Root -> ask A#1
		shutdown     ->
		phase        -> leaving
		A success    -> A#1 ended, launch A#2
	`)
	play(t, tree(lameDuck(time.Minute), service("A")), `
		run stopped -> the end
	`)
}

// "or has served": a tree whose root was never ready leaves like another, and nothing makes the root ready meanwhile.
func TestLeaveOfWhatHasServed(t *testing.T) {
	narrate(t, tree(lameDuck(time.Minute), service("A", explicit), service("B")), `
		run             -> phase running, Root declared>starting, A declared>running, B declared>running, B running>ready, launch A#1, launch B#1
		shutdown served -> shutdown by hand, phase leaving
		A ready         -> A running>ready
		state Root A    -> starting#1, ready#1
		at 59s          ->
		tick            -> 1m0s: phase stopping, B ready>shutting_down, A ready>shutting_down, Root starting>shutting_down, phase draining, ask B#1, ask A#1
	`)
	play(t, tree(lameDuck(time.Minute), service("A", explicit)), `
		run             -> launch A#1
		shutdown served ->
		shutdown        -> ask A#1
	`)
	play(t, tree(service("A", explicit)), `
		run             -> launch A#1
		shutdown served -> ask A#1
	`)
}

// "A tree that gives up or finishes does not leave; if it does so while it is leaving, it stops at once".
func TestLeaveIsOverWithTheTree(t *testing.T) {
	play(t, tree(lameDuck(time.Minute), service("A"), service("B")), `
		run            -> launch A#1, launch B#1
		A fatal_config -> A fatal_config: shutdown, ask B#1
	`)
	play(t, tree(lameDuck(time.Minute), worker("A", on(policy.OutcomeSuccess, policy.ActionShutdown)), service("B")), `
		run            -> launch A#1, launch B#1
		A success      -> A success: shutdown, ask B#1
	`)
	play(t, tree(lameDuck(time.Minute), service("A"), service("B")), `
		run            -> launch A#1, launch B#1
		shutdown       ->
		A fatal_bug    -> A fatal_bug: escalate, Root error: escalate, ask B#1
		deadline       -> 5s
		B success      -> B#1 ended, the end
		end            -> A fatal_bug (cause of A)
	`)
	play(t, tree(lameDuck(time.Minute), finishAll("A"), worker("A"), service("B")), `
		run            -> launch A#1, launch B#1
		shutdown       ->
		A success      -> A success: stop, ask B#1
		B success      -> B#1 ended, the end
		end            -> well
	`)
}

// "The time is on the caller's clock": a freeze is part of it, though a drain goes on after that.
func TestLeaveInAFreeze(t *testing.T) {
	play(t, tree(lameDuck(5*time.Second), service("A"), service("B")), `
		run       -> launch A#1, launch B#1
		pause B   -> ask B#1
		shutdown  ->
		late 6s   -> frozen for 5s, ask A#1
		asked     -> A until 11s for Root
		at 10s    -> abort B#1
	`)
}
