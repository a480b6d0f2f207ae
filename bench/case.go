package main

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A sample is what one process measured: values by the keys of rows.
type sample map[string]float64

// cases are measured inside a process of their own.
var cases = map[string]func(contender, size) sample{
	"restart after an error": func(c contender, s size) sample {
		return restart(c, "error", s.Few, s.Restarts, func() error { return errFailed })
	},
	"restart after a panic": func(c contender, s size) sample {
		return restart(c, "panic", s.Few, s.Restarts, func() error { panic(errFailed) })
	},
	"restart among many": func(c contender, s size) sample {
		return restart(c, "many", s.Many, s.Restarts, func() error { return errFailed })
	},
	"storm":          storm,
	"start and stop": startStop,
	"what a run says": func(_ contender, s size) sample {
		return says(s.Calls)
	},
	"state": func(c contender, s size) sample { return state(c.(*trees), s.Many) },
}

// restart measures the time from just before a child returns to the first instruction of its next run. Children fail
// one at a time, each of the siblings in its turn: all wait for the same channel, and who waits longest is served.
func restart(c contender, key string, siblings, times int, fail func() error) sample {
	warm := times / 10
	took := make([]time.Duration, 0, times+warm)
	failed := make([]bool, siblings) // before; each written by the runs of its child alone
	var at time.Time                 // of the last failure
	var up sync.WaitGroup
	turn, back := make(chan struct{}), make(chan struct{})
	up.Add(siblings)
	c.start(siblings, func(ctx context.Context, i int) error {
		now := time.Now()
		if failed[i] {
			took = append(took, now.Sub(at))
			back <- struct{}{}
		} else {
			up.Done()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-turn:
			failed[i] = true
			at = time.Now()
			return fail()
		}
	})
	up.Wait()
	next := func() { turn <- struct{}{}; <-back }
	for range warm {
		next()
	}
	before := allocations()
	for range times {
		next()
	}
	allocated := allocations() - before
	c.stop()
	took = took[warm:]
	slices.Sort(took)
	return sample{
		key + " p50":    micros(took[len(took)/2]),
		key + " p99":    micros(took[len(took)*99/100]),
		key + " allocs": float64(allocated) / float64(times),
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func millis(d time.Duration) float64 { return micros(d) / 1000 }

func allocations() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// storm measures how many restarts a second there are when all children fail at once, again and again.
func storm(c contender, s size) sample {
	runs := make([]int, s.Few) // each written by the runs of its child alone
	var up sync.WaitGroup
	var left atomic.Int64
	up.Add(s.Few)
	left.Store(int64(s.Few))
	open, calm := make(chan struct{}), make(chan struct{})
	c.start(s.Few, func(ctx context.Context, i int) error {
		if runs[i]++; runs[i] == 1 {
			up.Done()
			<-open
		}
		if runs[i] <= s.Failures {
			return errFailed
		}
		if left.Add(-1) == 0 {
			close(calm)
		}
		<-ctx.Done()
		return nil
	})
	up.Wait()
	began := time.Now()
	close(open)
	<-calm
	took := time.Since(began)
	c.stop()
	return sample{"storm": float64(s.Few*s.Failures) / took.Seconds() / 1e6}
}

// startStop measures the start of idle children, what they weigh, and their stop.
func startStop(c contender, s size) sample {
	var up sync.WaitGroup
	up.Add(s.Many)
	before, goroutines := memory(), runtime.NumGoroutine()
	began := time.Now()
	c.start(s.Many, func(ctx context.Context, _ int) error {
		up.Done()
		<-ctx.Done()
		return nil
	})
	up.Wait()
	started := time.Since(began)
	weight, goroutines := memory()-before, runtime.NumGoroutine()-goroutines
	began = time.Now()
	c.stop()
	stopped := time.Since(began)
	n := float64(s.Many)
	return sample{"start": micros(started) / n, "stop": millis(stopped), "memory": float64(weight) / n, "goroutines": float64(goroutines) / n}
}

// memory is what the process holds for its heap and its stacks, once what was only needed on the way is gone.
func memory() int64 {
	for range 3 { // stacks shrink by half in each
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// says measures what a run may say. Nobody listens to the tree's events. Each NotReady and each Ready makes one event;
// the sequence numbers tell whether that is so.
func says(calls int) sample {
	t := &trees{}
	measured := make(chan sample)
	telling := NewTelling(telling(func(run TellingChildRun) {
		began := time.Now()
		for range calls {
			run.Heartbeat()
		}
		beat := time.Since(began)
		first := t.tree.Tree().Snapshot().Tree().Sequence
		began = time.Now()
		for range calls / 2 {
			run.NotReady()
			run.Ready()
		}
		event := time.Since(began)
		events := t.tree.Tree().Snapshot().Tree().Sequence - first
		measured <- sample{
			"heartbeat": float64(beat.Nanoseconds()) / float64(calls),
			"event":     float64(event.Nanoseconds()) / float64(events),
		}
	}))
	t.tree = telling
	t.run()
	defer t.stop()
	return <-measured
}

// state measures State(), and the longest that a command has to wait because of it: what it does under the lock, and
// whatever else it does to others.
func state(t *trees, children int) sample {
	var up sync.WaitGroup
	up.Add(children)
	t.start(children, func(ctx context.Context, _ int) error {
		up.Done()
		<-ctx.Done()
		return nil
	})
	defer t.stop()
	up.Wait()
	var took, waited []float64
	for range 7 {
		runtime.GC()
		began := time.Now()
		t.state()
		took = append(took, millis(time.Since(began)))
		runtime.GC()
		waited = append(waited, millis(t.longestWait(t.state)))
	}
	return sample{"state": median(took), "state wait": median(waited)}
}

// longestWait is the longest time that a command takes which changes nothing (start what is started), while f runs.
func (t *trees) longestWait(f func()) (longest time.Duration) {
	var over atomic.Bool
	go func() { defer over.Store(true); f() }()
	for !over.Load() {
		began := time.Now()
		if _, err := t.some.Start("bench", "to see how long it takes"); err != nil {
			panic(err)
		}
		longest = max(longest, time.Since(began))
	}
	return longest
}
