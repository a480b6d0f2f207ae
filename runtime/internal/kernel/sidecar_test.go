package kernel

import (
	"testing"
	"time"
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
