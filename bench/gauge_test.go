package main

import (
	"errors"
	"io"
	"slices"
	"testing"
	"time"
)

// scripted is a gauge whose spins take these milliseconds, one after the other.
func scripted(ms ...int) *gauge {
	return &gauge{percent: 10, again: 2, spin: func() time.Duration {
		took := time.Duration(ms[0]) * time.Millisecond
		ms = ms[1:]
		return took
	}}
}

func TestGauge(t *testing.T) {
	for _, c := range []struct {
		spins []int
		taken int
		quiet bool
	}{
		{[]int{100, 110}, 1, true},                      // within ten percent
		{[]int{100, 111, 100, 100}, 2, true},            // busy after it
		{[]int{100, 100}, 1, true},                      //
		{[]int{100, 120, 120, 100, 105, 109}, 3, true},  // busy before it counts as well
		{[]int{100, 120, 120, 120, 120, 120}, 3, false}, // no more than twice again
		{[]int{120, 100, 100, 100}, 1, true},            // who is faster than the best is not busy
		{[]int{100, 115, 90, 100, 90, 90}, 3, true},     // and others are held to it
	} {
		g, taken := scripted(c.spins...), 0
		quiet, err := g.round(func() error { taken++; return nil })
		if quiet != c.quiet || taken != c.taken || err != nil {
			t.Errorf("%v: %d rounds, quiet is %t, want %d, %t", c.spins, taken, quiet, c.taken, c.quiet)
		}
	}
}

func TestGaugeStopsAtAnError(t *testing.T) {
	if _, err := scripted(100).round(func() error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// What a disturbed round brought is thrown away if there is a better one, and kept and noted if not.
func TestRound(t *testing.T) {
	n := 0.0
	b := benchmark{"runtime", "storm", []string{self, "bare"}, func(string) (sample, error) {
		n++
		return sample{"storm": n}, nil
	}}
	r := &results{Values: make(map[string]map[string][]float64)}
	for _, spins := range [][]int{{100, 100}, {100, 200, 100, 100}, {100, 200, 200, 200, 200, 200}} {
		if _, err := r.round(b, scripted(spins...)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := r.Values["storm"][self], []float64{1, 5, 11}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
	if got, want := r.noise(), "**The machine was busy.** 3 rounds were taken again; still disturbed, and kept: storm (1 round)."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSpinTakesTime(t *testing.T) {
	if took := spin(); took < 100*time.Microsecond || took > time.Minute {
		t.Errorf("it takes %s", took)
	}
}
