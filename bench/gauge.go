package main

import (
	"runtime"
	"sync"
	"time"
)

// A gauge tells whether the machine has time for us: a spin that does the same work each time takes longer when
// somebody else is busy, or when the processor is throttled. The fastest spin so far is what the machine can do.
type gauge struct {
	percent float64 // how much slower a spin may be
	again   int     // how often a round is taken again
	best    time.Duration
	spin    func() time.Duration
}

// calibrate finds out what the machine can do.
func (g *gauge) calibrate() {
	for range 20 {
		g.quiet()
	}
}

// quiet spins once, and reports whether that took as long as it should.
func (g *gauge) quiet() bool {
	took := g.spin()
	if g.best == 0 || took < g.best {
		g.best = took
	}
	return float64(took) <= float64(g.best)*(1+g.percent/100)
}

// round takes a round with the machine quiet before and after it, again if it must. It reports whether it was quiet in
// the end; what a disturbed round brought is kept when there is no other.
func (g *gauge) round(take func() error) (quiet bool, err error) {
	for range g.again + 1 {
		before := g.quiet()
		if err := take(); err != nil {
			return false, err
		}
		if after := g.quiet(); before && after {
			return true, nil
		}
	}
	return false, nil
}

// spin keeps every processor busy with a fixed amount of work, some milliseconds, and is as slow as the slowest.
func spin() time.Duration {
	var all sync.WaitGroup
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			x := uint64(1)
			for range 5_000_000 {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
			}
			if x == 0 {
				panic("xorshift never reaches zero") // and so the loop cannot be left out
			}
		})
	}
	all.Wait()
	return time.Since(began)
}
