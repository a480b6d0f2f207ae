package runtime

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errLost = errors.New("lost")

// once is a child whose first run fails after a second.
func once(l Launch) error {
	if l.Run().Generation() == 1 {
		time.Sleep(time.Second)
		return errLost
	}
	return until(l)
}

// design.md, "Going down", I3: when one of several replicas restarts, what needs all of them goes down with it, the
// others stay, and it gets the new value beside the old ones.
func TestPortsOfOneReplica(t *testing.T) {
	ports := Ports[string]{Of: one}
	var got notes
	table := plain(
		Child{Name: "P", Role: Service, Replicas: 3, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			ports.Provider(l).Ready(fmt.Sprintf("%s#%d", l.Run().Path(), l.Run().Generation()))
			return until(l)
		}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			values := ports.From(l)
			got.tell("%v", values)
			values[0] = "mine" // the slice is the caller's
			if again := ports.From(l); again[0] == "mine" {
				t.Error("the slice is somebody else's, too")
			}
			return until(l)
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		ReplicaOf(tree, one, 1).Restart("ada", "a test")
		synctest.Wait()
		want(t, tree, "Root.P[0]", "ready#1")
	})
	if diff := cmp.Diff([]string{"[Root.P[0]#1 Root.P[1]#1 Root.P[2]#1]", "[Root.P[0]#1 Root.P[1]#2 Root.P[2]#1]"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Health": losing readiness is no failure: what needs a child goes on with its value, nothing new starts
// that does, and the value stays.
func TestValueOverNotReady(t *testing.T) {
	port := Port[int]{Of: one}
	var got notes
	table := plain(
		Child{Name: "P", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			p := port.Provider(l)
			p.Ready(1)
			time.Sleep(10 * time.Second)
			p.NotReady()
			time.Sleep(10 * time.Second)
			p.Ready(1)
			return until(l)
		}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			got.tell("C#%d has %d", l.Run().Generation(), port.From(l))
			return until(l)
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(11 * time.Second)
		want(t, tree, "Root.P", "running#1")
		want(t, tree, "Root.C", "ready#1")
		HandleOf(tree, two).Restart("ada", "a test")
		time.Sleep(time.Second)
		want(t, tree, "Root.C", "restarting#1")
		if s, _ := HandleOf(tree, two).State(); s.Waits != "Root.P" {
			t.Errorf("C waits for %q", s.Waits)
		}
		time.Sleep(10 * time.Second)
		want(t, tree, "Root.C", "ready#2")
	})
	if diff := cmp.Diff([]string{"C#1 has 1", "C#2 has 1"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Starting", "Scope": a sidecar starts before its primary and stops after it; a linked one restarts with
// it; its own failure is its own.
func TestSidecars(t *testing.T) {
	for _, linked := range []bool{false, true} {
		t.Run(fmt.Sprint("linked ", linked), func(t *testing.T) {
			var got notes
			start := func(l Launch) error {
				got.tell("%s#%d starts", l.Run().Path(), l.Run().Generation())
				defer got.tell("%s#%d ends", l.Run().Path(), l.Run().Generation())
				l.Signal().Ready()
				return until(l)
			}
			table := plain(
				Child{Name: "P", Role: Service, Ready: Ready{Explicit: true}, Start: start},
				Child{Name: "S", Role: Sidecar, Of: one, Linked: linked, Ready: Ready{Explicit: true}, Start: start},
			)
			supervise(t, table, func(t *testing.T, tree *Tree) {
				HandleOf(tree, one).Restart("ada", "a test")
				synctest.Wait()
				HandleOf(tree, two).Restart("ada", "a test")
				synctest.Wait()
			})
			want := []string{"Root.S#1 starts", "Root.P#1 starts", "Root.P#1 ends", "Root.P#2 starts", "Root.S#1 ends", "Root.S#2 starts", "Root.P#2 ends", "Root.S#2 ends"}
			if linked {
				want = []string{"Root.S#1 starts", "Root.P#1 starts", "Root.P#1 ends", "Root.S#1 ends", "Root.S#2 starts", "Root.P#2 starts",
					"Root.S#2 ends", "Root.S#3 starts", "Root.P#2 ends", "Root.S#3 ends"}
			}
			if diff := cmp.Diff(want, got.take()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// design.md, "Count": the intensity of a group quarantines the group, and nobody else.
func TestGroupQuarantine(t *testing.T) {
	table := plain(
		Child{Name: "G", Role: Group, Intensity: Limit{N: 2, In: time.Minute}, On: Table{OutcomeIntensity: ActionQuarantine}},
		Child{Name: "A", Group: one, Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
			time.Sleep(time.Second)
			return errLost
		}},
		Child{Name: "B", Group: one, Role: Service, Start: until},
		Child{Name: "C", Role: Service, Start: until},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(2500 * time.Millisecond)
		want(t, tree, "Root.A", "ready#3")
		time.Sleep(time.Second)
		want(t, tree, "Root.A", "quarantined#3")
		want(t, tree, "Root.B", "quarantined#1")
		want(t, tree, "Root.C", "ready#1")
		tree.Handle("Root.B").Release("ada", "it has done nothing")
		synctest.Wait()
		want(t, tree, "Root.B", "ready#2")
	})
	if err != nil {
		t.Error(err)
	}
}

// design.md, "finish when": the supervisor stops the rest and ends well, or with an error if one failed for good.
func TestFinish(t *testing.T) {
	ends := func(after time.Duration, err error) func(Launch) error {
		return func(l Launch) error {
			select {
			case <-time.After(after * time.Second):
			case <-l.Context().Done():
			}
			return err
		}
	}
	for name, test := range map[string]struct {
		any    bool
		second error
		took   time.Duration
		err    error
	}{
		"any":                     {true, nil, 1, nil},
		"all":                     {false, nil, 2, nil},
		"all, one fails for good": {false, errLost, 2, errLost},
		"any, the other fails":    {true, errLost, 1, ErrUnclean},
	} {
		t.Run(name, func(t *testing.T) {
			stops := Table{OutcomeError: ActionStop}
			table := plain(
				Child{Name: "A", Role: Worker, On: stops, Start: ends(1, nil)},
				Child{Name: "B", Role: Worker, On: stops, Start: ends(2, test.second)},
				Child{Name: "C", Role: Service, Start: until},
			)
			table[0].Finish = Finish{Any: test.any, Of: []ID{one, two}}
			var took time.Duration
			err := supervise(t, table, func(t *testing.T, tree *Tree) {
				began := time.Now()
				<-tree.Done()
				took = time.Since(began)
				want(t, tree, "Root.C", "stopped#1")
			})
			if !errors.Is(err, test.err) || test.err == nil && err != nil {
				t.Errorf("Run returned %v", err)
			}
			if took != test.took*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// A job that runs too long has timed out, is asked to stop, and what it returns then is nobody's business.
func TestJobTimeout(t *testing.T) {
	table := plain(
		Child{Name: "J", Role: Job, Timeout: 10 * time.Second, On: Table{OutcomeTimeout: ActionRestart}, Backoff: Backoff{None: true}, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				return until(l) // nil, too late
			}
			return nil
		}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(10*time.Second - 1)
		want(t, tree, "Root.C", "declared#0")
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		want(t, tree, "Root.J", "stopped#2")
		want(t, tree, "Root.C", "ready#1")
		s, _ := HandleOf(tree, one).State()
		if s.Failure == nil || s.Failure.Kind != OutcomeTimeout || s.Failure.Category != CategoryTimeout || s.Stopped != StopCompleted {
			t.Errorf("its state is %+v", s)
		}
	})
}

// Skip switches a child off, unless others need it: then the configuration is wrong, and the tree ends.
func TestSkip(t *testing.T) {
	skip := func(Launch) error { return fmt.Errorf("by configuration: %w", Skip("no address")) }
	err := supervise(t, plain(Child{Name: "C", Role: Service, Start: skip}, Child{Name: "D", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		want(t, tree, "Root.C", "stopped#1")
		want(t, tree, "Root", "ready#1")
		if s, _ := HandleOf(tree, one).State(); s.Failure != nil || s.Stopped != StopEnded || s.Decision.Reason != "on skip: by configuration: no address" {
			t.Errorf("its state is %+v", s)
		}
	})
	if err != nil {
		t.Error(err)
	}
	err = supervise(t, plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Start: skip}, Child{Name: "D", Role: Service, Needs: []ID{one}, Start: until}), func(t *testing.T, tree *Tree) {
		<-tree.Done()
		want(t, tree, "Root.D", "stopped#0")
	})
	if err == nil || err.Error() != "supgen: Root.C failed (fatal_config: others need it, so it cannot be skipped: by configuration: no address) [Root.C: fatal_config, shutdown]" {
		t.Errorf("Run returned %v", err)
	}
}

// An optional child is not waited for, and its limit only takes itself out.
func TestOptional(t *testing.T) {
	table := plain(
		Child{Name: "C", Role: Service, Optional: true, Limit: Limit{N: 1, In: time.Minute}, Ready: Ready{Explicit: true}, Start: func(Launch) error {
			time.Sleep(time.Second)
			return errLost
		}},
		Child{Name: "D", Role: Service, Start: until},
	)
	table[0].Intensity = Limit{N: 0, In: time.Minute}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		want(t, tree, "Root.C", "running#1")
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		want(t, tree, "Root.C", "quarantined#2")
		want(t, tree, "Root", "ready#1")
	})
	if err != nil {
		t.Error(err)
	}
}

// design.md, "Turns": a place is held from launch to first ready; throttle takes a token for each automatic launch.
func TestTurns(t *testing.T) {
	var got notes
	began := time.Time{}
	start := func(l Launch) error {
		got.tell("%s %s#%d", time.Since(began), l.Run().Path(), l.Run().Generation())
		time.Sleep(time.Second)
		l.Signal().Ready()
		if l.Run().Generation() == 1 {
			time.Sleep(10 * time.Second)
			return errLost
		}
		return until(l)
	}
	c := Child{Role: Service, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true}, Replicas: 4, Name: "C", Start: start}
	table := plain(c)
	table[0].Concurrency = 2
	table[0].Throttle = Throttle{N: 1, Refill: 5 * time.Second}
	synctest.Test(t, func(t *testing.T) {
		began = time.Now()
		tree := New(table)
		time.AfterFunc(time.Minute, func() { tree.Shutdown("ada", "a test") })
		if err := tree.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
	lines := got.take()
	for i := range lines { // which of two that start at one moment is first, nobody knows
		lines[i] = lines[i][:len(lines[i])-len("Root.C[0]#1")] + lines[i][len(lines[i])-2:]
	}
	if diff := cmp.Diff([]string{"0s #1", "0s #1", "1s #1", "1s #1", "11s #2", "16s #2", "21s #2", "26s #2"}, lines); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Scope": one_for_all and rest_for_one, with the shell's own goroutines.
func TestStrategies(t *testing.T) {
	for strategy, states := range map[Strategy]string{
		OneForOne:  "ready#1 ready#2 ready#1",
		OneForAll:  "ready#2 ready#2 ready#2",
		RestForOne: "ready#1 ready#2 ready#2",
	} {
		table := plain(
			Child{Name: "A", Role: Service, Start: until},
			Child{Name: "B", Role: Service, Start: once},
			Child{Name: "C", Role: Service, Start: until},
		)
		table[0].Strategy = strategy
		supervise(t, table, func(t *testing.T, tree *Tree) {
			time.Sleep(10 * time.Second)
			got := lifecycle(t, tree, "Root.A") + " " + lifecycle(t, tree, "Root.B") + " " + lifecycle(t, tree, "Root.C")
			if got != states {
				t.Errorf("under %s they are %s", strategy, got)
			}
		})
	}
}
