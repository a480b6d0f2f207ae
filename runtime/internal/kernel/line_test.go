package kernel

import (
	"slices"
	"testing"
	"time"
)

// "Turns": "first come first served", of those who wait for a slot alone and those who wait for a token too.
func TestConcurrencyOfWhoCameFirst(t *testing.T) {
	d := tree(concurrency(1), throttle(2, time.Hour), service("A", quick, explicit), service("B", explicit), service("P", explicit))
	const begin = `
		run          -> launch A#1
		A ready      -> launch B#1
		B ready      -> launch P#1
		pause B      -> ask B#1
		B success    -> B#1 ended
	`
	play(t, d, begin+`
		A error      -> A error: restart
		resume B     ->
		P ready      -> launch A#2
		A ready      -> launch B#2
	`)
	play(t, d, begin+`
		resume B     ->
		A error      -> A error: restart
		P ready      -> launch B#2
		B ready      -> launch A#2
	`)
}

// "Waiting never drops": whoever leaves the line, from wherever in it, the others stand in it as they came.
func TestConcurrencyOfWhoStaysInLine(t *testing.T) {
	names := []string{"B", "C", "D"}
	for i, leaves := range names {
		stay := slices.Delete(slices.Clone(names), i, i+1)
		play(t, tree(concurrency(1), service("A", explicit), service("B", explicit), service("C", explicit), service("D", explicit), service("E", explicit)), `
			run                 -> launch A#1
			stop `+leaves+`     ->
			A ready             -> launch `+stay[0]+`#1
			`+stay[0]+` ready   -> launch `+stay[1]+`#1
			`+stay[1]+` ready   -> launch E#1
			E ready             ->
			start `+leaves+`    -> launch `+leaves+`#1
		`)
	}
}
