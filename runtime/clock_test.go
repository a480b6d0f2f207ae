package runtime

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

// blocked returns when somebody waits for the lock of a tree.
func blocked() {
	settled(func(stacks []string) bool {
		for _, stack := range stacks {
			if header, _, _ := strings.Cut(stack, "\n"); strings.Contains(header, "sync.Mutex.Lock") {
				return true
			}
		}
		return false
	})
}

// design.md, "Traps of the shell": the clock is read under the lock, whoever brings the input: what waits for the lock
// happens when it has it, or time would run backwards. But what has ended did so when it came. This is on the real clock, and each case waits for its own.
func TestClockIsReadUnderTheLock(t *testing.T) {
	watchdog(t, "nobody came, or nothing happened")
	ready, end, checked := make(chan struct{}), make(chan error), make(chan struct{})
	table := plain(
		Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Backoff: Backoff{Min: time.Hour, Max: time.Hour, Factor: 1}, Start: func(l Launch) error {
			<-ready
			l.Signal().Ready()
			return <-end
		}},
		Child{Name: "D", Role: Service, Ready: Ready{Check: Check{Every: time.Hour, Timeout: time.Minute}}, Start: until, ReadyCheck: func(Launch) error {
			<-checked
			return nil
		}},
		Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Start: until},
	)
	tree := New(table)
	done := make(chan error)
	go func() { done <- tree.Run(t.Context()) }()
	settled(func([]string) bool { return tree.Report().Phase > TreeIdle })
	for _, test := range []struct {
		what, first string
		trigger     func()
	}{
		{"a Ready", "Root.C transition", func() { ready <- struct{}{} }},
		{"a check", "Root.D transition", func() { checked <- struct{}{} }},
		{"a run's end", "Root.C failed", func() { end <- errLost }},
		{"a command", "Root.C command", func() { go tree.Handle("Root.C").Pause("ada", "a test") }},
		{"a start", "Root.S[1] added", func() { go tree.Start(t.Context(), three, Key(1), nil) }},
		{"a tick", "", func() { go tree.tick() }},
		{"the stop", "Root command", func() { go tree.Shutdown("ada", "a test") }},
	} {
		tree.mu.Lock()
		seq := tree.k.Seq()
		test.trigger()
		blocked()
		mark := time.Now()
		for time.Since(mark) < time.Millisecond {
		}
		mark = time.Now()
		tree.mu.Unlock()
		if test.first == "" {
			continue // it has nothing to tell, and the next one would be no earlier
		}
		tree.read(context.Background(), seq+1, func(e Event) bool {
			if got := fmt.Sprint(e.Path, " ", e.Kind); got != test.first {
				t.Errorf("%s is %q", test.what, got)
			}
			if ends := test.what == "a check" || test.what == "a run's end"; e.Time.Before(mark) != ends {
				t.Errorf("%s happened %s before it had the lock", test.what, mark.Sub(e.Time))
			}
			return false
		})
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// design.md, "Traps of the shell": a timer that fires late or twice is a harmless step: with ticks that nobody asked
// for, at the moment of a deadline and in between, before Run and after it, a tree's history is what it is without.
func TestStrayTicks(t *testing.T) {
	table := plain(
		Child{Name: "C", Role: Service, Backoff: Backoff{Min: time.Second, Max: 8 * time.Second, Factor: 2, Reset: time.Minute}, Limit: Limit{N: 3, In: time.Minute},
			On: Table{OutcomeLimit: ActionQuarantine}, Start: func(Launch) error { return errLost }},
		Child{Name: "H", Role: Service, Health: Health{Heartbeat: time.Second, Stale: 2 * time.Second, Dead: 5 * time.Second}, Start: until},
		Child{Name: "N", Role: Service, Needs: []ID{two}, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(time.Second)
			return nil
		}},
	)
	history := func(stray bool) (lines []string) {
		supervise(t, table, func(t *testing.T, tree *Tree) {
			got := told(t, tree, func(e Event) string {
				return fmt.Sprint(e.Path, " ", e.Kind, " ", e.To, " ", e.Health, " #", e.Generation)
			})
			for range 200 {
				if stray {
					for range 3 {
						go tree.tick()
					}
				}
				time.Sleep(100 * time.Millisecond)
			}
			if stray {
				synctest.Wait()
			}
			lines = got.take()
		})
		return lines
	}
	want := history(false)
	if len(want) < 20 {
		t.Errorf("too little happens:\n%s", strings.Join(want, "\n"))
	}
	if diff := cmp.Diff(want, history(true)); diff != "" {
		t.Error(diff)
	}
	tree := New(table)
	tree.tick()
	if s := tree.Snapshot().Tree(); s.Phase != TreeIdle || s.Sequence != 0 {
		t.Errorf("before Run, a tick makes it %s, with %d events", s.Phase, s.Sequence)
	}
}

// The one timer is set again to whatever is next, however often that changes: each deadline is kept to the moment, be it
// earlier or later than the one before, and one that is not wanted any more wakes nobody.
func TestDeadlinesAreKept(t *testing.T) {
	backoff := func(d time.Duration) Backoff { return Backoff{Min: d * time.Second, Max: d * time.Second, Factor: 1} }
	var began time.Time
	var got notes
	start := func(l Launch) error {
		got.tell("%s %s#%d", time.Since(began), l.Run().Path(), l.Run().Generation())
		if l.Run().Generation() == 1 {
			return errLost
		}
		return until(l)
	}
	table := plain(
		Child{Name: "Late", Role: Service, Backoff: backoff(9), Start: start},
		Child{Name: "Early", Role: Service, Backoff: backoff(2), Start: start},
		Child{Name: "Twin", Role: Service, Backoff: backoff(2), Start: start},
		Child{Name: "Held", Role: Service, Backoff: backoff(1), Start: start},
		Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Backoff: backoff(3), Start: start},
	)
	synctest.Test(t, func(t *testing.T) {
		began = time.Now()
		tree := New(table)
		done := make(chan error)
		go func() { done <- tree.Run(t.Context()) }()
		synctest.Wait()
		tree.Handle("Root.Held").Pause("ada", "its deadline is the next one")
		time.Sleep(time.Second)
		tree.Start(t.Context(), 5, NoKey, nil)
		time.Sleep(11 * time.Second)
		tree.Shutdown("ada", "a test")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff(map[string]int{"0s Root.Late#1": 1, "0s Root.Early#1": 1, "0s Root.Twin#1": 1, "0s Root.Held#1": 1, "1s Root.S[#1]#1": 1,
		"2s Root.Early#2": 1, "2s Root.Twin#2": 1, "4s Root.S[#1]#2": 1, "9s Root.Late#2": 1}, count(got.take())); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Health": a heartbeat costs its child one atomic store: it waits for no lock, whoever has it, and allocates
// nothing.
func TestHeartbeatIsCheap(t *testing.T) {
	watchdog(t, "a heartbeat waits for the lock")
	table := plain(Child{Name: "C", Role: Service, Health: Health{Heartbeat: time.Minute, Stale: time.Hour}, Start: func(l Launch) error {
		tree := l.run.tree
		tree.mu.Lock()
		allocated := testing.AllocsPerRun(100, l.Heart().Heartbeat)
		tree.mu.Unlock()
		if allocated > 0 {
			t.Errorf("a heartbeat allocates %v times", allocated)
		}
		return until(l)
	}})
	supervise(t, table, func(*testing.T, *Tree) {})
}

// docs/runtime.md, "Events": what a tree tells has the wall clock's time at that moment, whatever that is set to later, and a
// state is since then, too. The clock here is that of a simulation, which runs nothing.
func TestWallClockIsSet(t *testing.T) {
	tree := New(plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Start: until}, Child{Name: "D", Role: Service, Start: until}))
	tree.began = time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC)
	step := func(now time.Duration, in kernel.Input) {
		tree.simulateStep(now)(&in)
		tree.publish()
	}
	step(time.Second, kernel.Input{Kind: kernel.InputRun})
	tree.began = tree.began.Add(-time.Hour) // it is set back
	step(2*time.Second, kernel.Input{Kind: kernel.InputReady, Node: 1, Gen: 1})
	first, second := tree.began.Add(time.Hour+time.Second), tree.began.Add(2*time.Second)
	batch, _ := tree.since(1)
	for _, e := range batch {
		if want := map[time.Duration]time.Time{time.Second: first, 2 * time.Second: second}[e.At]; !e.Time.Equal(want) {
			t.Errorf("%s %s happened at %s, want %s", e.Path, e.Kind, e.Time, want)
		}
	}
	if is := tree.stateOf(1, 0).Since; !is.Equal(second) {
		t.Errorf("C is ready since %s, want %s", is, second)
	}
	if is := tree.stateOf(2, 0).Since; !is.Equal(first) {
		t.Errorf("D is ready since %s, want %s", is, first)
	}
}
