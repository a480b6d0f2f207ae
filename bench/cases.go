package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A result is what one process measured: values by name, each with its unit in the name.
type result map[string]float64

var cases = map[string]func(p peer) result{
	"restart after an error, 1,000 siblings":   func(p peer) result { return restart(p, 1000, 20_000, func() error { return errFailed }) },
	"restart after a panic, 1,000 siblings":    func(p peer) result { return restart(p, 1000, 20_000, func() error { panic(errFailed) }) },
	"restart after an error, 100,000 siblings": func(p peer) result { return restart(p, 100_000, 5_000, func() error { return errFailed }) },
	"storm, 1,000 children × 50 failures":      func(p peer) result { return storm(p, 1000, 50) },
	"start and stop 100,000":                   func(p peer) result { return startStop(p, 100_000) },
}

// restart measures the time from a child's return to the start of its next run, times over, among idle siblings.
func restart(p peer, siblings, times int, end func() error) result {
	took := make([]time.Duration, 0, times)
	var ready sync.WaitGroup
	ready.Add(siblings)
	var ended time.Time
	done := make(chan struct{})
	first := make([]bool, siblings)
	p.start(siblings, func(ctx context.Context, i int) error {
		if !first[i] {
			first[i] = true
			ready.Done()
		}
		if i > 0 {
			<-ctx.Done()
			return nil
		}
		if ended.IsZero() {
			ready.Wait()
		} else if took = append(took, time.Since(ended)); len(took) == times {
			close(done)
			<-ctx.Done()
			return nil
		}
		ended = time.Now()
		return end()
	})
	<-done
	p.stop()
	slices.Sort(took)
	return result{"p50 µs": micros(took[len(took)/2]), "p99 µs": micros(took[len(took)*99/100])}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// storm measures how many restarts a second there are when all children fail at once, again and again.
func storm(p peer, children, failures int) result {
	runs := make([]int, children)
	var left atomic.Int64
	left.Store(int64(children))
	done := make(chan struct{})
	began := time.Now()
	p.start(children, func(ctx context.Context, i int) error {
		if runs[i]++; runs[i] <= failures {
			return errFailed
		}
		if left.Add(-1) == 0 {
			close(done)
		}
		<-ctx.Done()
		return nil
	})
	<-done
	took := time.Since(began)
	p.stop()
	return result{"million restarts/s": float64(children*failures) / took.Seconds() / 1e6}
}

// startStop measures the start of idle children, what they weigh, and their stop.
func startStop(p peer, children int) result {
	before := memory()
	var up sync.WaitGroup
	up.Add(children)
	began := time.Now()
	p.start(children, func(ctx context.Context, _ int) error {
		up.Done()
		<-ctx.Done()
		return nil
	})
	up.Wait()
	started := time.Since(began)
	weight := memory() - before
	began = time.Now()
	p.stop()
	return result{
		"start µs/child": micros(started) / float64(children),
		"stop ms":        micros(time.Since(began)) / 1000,
		"bytes/child":    float64(weight) / float64(children),
	}
}

// memory is what the process holds for its heap and its stacks.
func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func run(name, who string) (result, error) {
	c, ok := cases[name]
	if !ok {
		return nil, fmt.Errorf("there is no case %q", name)
	}
	p, ok := peers[who]
	if !ok {
		return nil, fmt.Errorf("there is no peer %q", who)
	}
	return c(p()), nil
}
