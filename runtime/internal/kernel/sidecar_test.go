package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Starting": "Sidecars stand outside sibling order": neither do the siblings wait for them, nor they for the siblings,
// and they stop after their primary whatever its place.
func TestSidecarsStandAside(t *testing.T) {
	d := tree(restForOne, service("A", explicit), sidecar("S", "B", explicit, quick), service("B", explicit), service("C", explicit))
	play(t, d, `
		run          -> launch A#1, launch S#1
		A ready      ->
		waits B      -> ready S
		S ready      -> launch B#1
		B ready      -> launch C#1
		S error      -> S error: restart, launch S#2
		state B C    -> ready#1, running#1
		shutdown     -> ask C#1
		C success    -> C#1 ended, ask B#1
		B success    -> B#1 ended, ask S#2, ask A#1
	`)
	play(t, d, `
		run          -> launch A#1, launch S#1
		A error      -> A error: restart in 50ms
		state S      -> running#1 // it is not the rest of A
	`)
}

// language.md: a sidecar "never takes X down": it goes, by hand or by its limit, and X stays; nor does it wait for X then.
func TestSidecarsGoAlone(t *testing.T) {
	play(t, tree(service("A"), sidecar("S", "A", quick, limit(1, time.Hour)), sidecar("L", "A", linked)), `
		run          -> launch S#1, launch L#1, launch A#1
		stop S       -> ask S#1
		S success    -> S#1 ended
		start S      -> launch S#2
		S error      -> S error: restart, launch S#3
		S error      -> S error: limit quarantine
		pause L      -> ask L#1
		state A Root -> ready#1, running#1
	`)
}

// "Starting": "its sidecars are ready, terminal, or failing and not paused: since its supervisor started, and since it was last
// ready, a run of it has failed, or ended by itself".
func TestStartPassesFailingSidecars(t *testing.T) {
	never := func(d *draft) { d.spec().Ready.Within = 2 * time.Second }
	t.Run("that are late", func(t *testing.T) {
		play(t, tree(service("A"), sidecar("S", "A", explicit, never, constant(time.Second), on(policy.OutcomeTimeout, policy.ActionRetry))), `
			run         -> launch S#1
			at 1s       ->
			waits A     -> ready S
			at 2s       -> S is unhealthy, ask S#1, launch A#1
			S success   -> S timeout: retry in 1s
			at 3s       -> launch S#2
			A error     -> A error: restart in 50ms
			at 3050ms   -> launch A#2 // as it stays up when S fails
		`)
	})
	for _, o := range []string{"error", "panic", "external", "again", "success"} {
		t.Run("that end by "+o, func(t *testing.T) {
			d := tree(service("A"), sidecar("S", "A", explicit, constant(time.Minute), on(policy.OutcomeExternal, policy.ActionRetry), on(policy.OutcomeAgain, policy.ActionRetry), on(policy.OutcomeSuccess, policy.ActionRestart)))
			action := map[string]string{"external": "retry", "again": "retry"}[o]
			if action == "" {
				action = "restart"
			}
			play(t, d, `
				run         -> launch S#1
				waits A     -> ready S
				S `+o+`     -> S `+o+`: `+action+` in 1m0s, launch A#1
			`)
		})
	}
	t.Run("until they are ready", func(t *testing.T) {
		play(t, tree(service("A", quick), sidecar("L", "A", explicit, linked, quick)), `
			run         -> launch L#1
			L error     -> L error: restart, launch A#1, launch L#2
			L ready     ->
			A error     -> A error: restart, ask L#2
			L success   -> L#2 ended, launch L#3
			waits A     -> ready L // which was asked to stop, and has not failed
			L ready     -> launch A#2
		`)
	})
	t.Run("but not paused ones", func(t *testing.T) {
		play(t, tree(service("A", quick), sidecar("S", "A", explicit, constant(time.Minute))), `
			run         -> launch S#1
			S error     -> S error: restart in 1m0s, launch A#1
			pause S     ->
			restart A   -> ask A#1
			A success   -> A#1 ended
			waits A     -> ready S // an operator holds it
			resume S    -> launch A#2, launch S#2
		`)
	})
	t.Run("until their supervisor starts again", func(t *testing.T) {
		play(t, tree(supervisor("T", quick, service("A"), sidecar("S", "A", explicit, constant(time.Minute)))), `
			run         -> launch S#1
			S error     -> S error: restart in 1m0s, launch A#1
			restart T   -> ask A#1
			A success   -> A#1 ended, launch S#2
			waits A     -> ready S
		`)
	})
}

// "A supervisor is ready when each of its children is ready": "nor does a sidecar that its primary would not wait for" count.
func TestReadyBesideAFailingSidecar(t *testing.T) {
	play(t, tree(supervisor("T", quick, service("A", explicit), sidecar("S", "A", explicit, constant(time.Minute))), service("B", needs("T"))), `
		run         -> launch S#1
		S error     -> S error: restart in 1m0s, launch A#1
		A ready     -> launch B#1
		state T     -> ready#1
		at 1m       -> launch S#2
		S ready     ->
		S error     -> S error: restart in 1m0s
		state T     -> ready#1
		pause S     ->
		state T     -> running#1
		resume S    -> launch S#3
		state T     -> ready#1
	`)
}

// "Starting": "Of an optional one, and of a sidecar, it is also enough that a run of it has ended or failed since its supervisor
// started".
func TestStartAfterASidecar(t *testing.T) {
	play(t, tree(service("A"), sidecar("S", "A", explicit, constant(time.Minute)), service("B", after("S"))), `
		run         -> launch S#1
		waits B     -> ready S
		S error     -> S error: restart in 1m0s, launch A#1, launch B#1
	`)
}
