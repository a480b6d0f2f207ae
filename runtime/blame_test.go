package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// causes is a table of services that note why they were asked to stop.
func causes(told *[]string, children ...Child) []Child {
	var mu sync.Mutex
	table := plain(children...)
	for i := range table[1:] {
		c := &table[i+1]
		c.Backoff = Backoff{None: true}
		work := c.Start
		c.Start = func(l Launch) error {
			if work != nil {
				if err := work(l); !errors.Is(err, errGoOn) {
					return err
				}
			}
			<-l.Context().Done()
			mu.Lock()
			defer mu.Unlock()
			*told = append(*told, context.Cause(l.Context()).Error())
			return nil
		}
	}
	return table
}

// errGoOn has a child of causes run until it is asked to stop.
var errGoOn = errors.New("go on")

// docs/runtime.md, "Stopping": of two that go down in one step, each is told of its own reason.
func TestCausesOfOneStep(t *testing.T) {
	var told []string
	table := causes(&told, Child{Name: "A", Role: Job, Timeout: 5 * time.Second}, Child{Name: "B", Role: Job, Timeout: 5 * time.Second})
	for i := range table[1:] {
		table[i+1].On = Table{OutcomeTimeout: ActionStop}
	}
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(6 * time.Second)
		synctest.Wait()
		slices.Sort(told)
		if diff := cmp.Diff([]string{
			"Root.A is asked to stop with Root.A (timeout: was not ready, or not done, in time)",
			"Root.B is asked to stop with Root.B (timeout: was not ready, or not done, in time)",
		}, told); diff != "" {
			t.Error(diff)
		}
	})
}

// Who ended well is no failure to those that go down with it, whatever failure it had before.
func TestCauseOfASuccess(t *testing.T) {
	var told []string
	table := causes(&told, Child{Name: "A", Role: Service, Start: func(l Launch) error {
		switch time.Sleep(time.Second); l.Run().Generation() {
		case 1:
			return errLost
		case 2:
			return nil
		}
		return errGoOn
	}}, Child{Name: "B", Role: Service, Needs: []ID{one}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"Root.B is asked to stop with Root.A (error: lost)", "Root.B is asked to stop with Root.A (it goes down)"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

// "Repeated, a command changes nothing": neither does it become the reason.
func TestCauseIsTheFirstCommand(t *testing.T) {
	var told []string
	var release chan struct{}
	table := causes(&told, Child{Name: "A", Role: Service}, Child{Name: "B", Role: Service, Needs: []ID{one}})
	table[two].Start = func(l Launch) error { <-l.Context().Done(); <-release; return nil }
	supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		tree.Handle("Root.A").Pause("ada", "first")
		tree.Handle("Root.A").Pause("bob", "second")
		close(release)
		synctest.Wait()
		if want := []string{"Root.A is asked to stop with Root.A (pause by ada: first)"}; !slices.Equal(told, want) {
			t.Errorf("told is %q, want %q", told, want)
		}
		told = nil
		tree.Handle("Root.A").Resume("ada", "third")
		synctest.Wait()
		tree.Handle("Root.A").Restart("bob", "fourth")
		synctest.Wait()
		if want := []string{"Root.A is asked to stop with Root.A (restart by bob: fourth)"}; !slices.Equal(told, want) {
			t.Errorf("told is %q, want %q", told, want)
		}
	})
}

// "a launch ends the last one": what a command is the reason of ends with the next launch.
func TestCommandIsNoReasonAfterTheNextLaunch(t *testing.T) {
	var told []string
	var fail chan error // made in the bubble
	table := causes(&told, Child{Name: "A", Role: Service}, Child{Name: "B", Role: Service, Needs: []ID{one}})
	table[one].Start = func(l Launch) error {
		select {
		case <-l.Context().Done():
			return nil
		case err := <-fail:
			return err
		}
	}
	supervise(t, table, func(t *testing.T, tree *Tree) {
		fail = make(chan error, 1)
		tree.Handle("Root.A").Restart("ada", "a test")
		synctest.Wait()
		fail <- errLost
		synctest.Wait()
		if diff := cmp.Diff([]string{"Root.B is asked to stop with Root.A (restart by ada: a test)", "Root.B is asked to stop with Root.A (error: lost)"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

// A log begins with the first event, and has all of them.
func TestLogBeginsAtTheFirstEvent(t *testing.T) {
	var records []string
	logger := slog.New(handler(func(r slog.Record) error {
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "path" || a.Key == "phase" {
				r.Message += " " + a.Value.String()
			}
			return true
		})
		records = append(records, r.Message)
		return nil
	}))
	var last uint64
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		synctest.Wait()
		if last = tree.Snapshot().Tree().Sequence; uint64(len(records)) != last || records[0] != "phase Root running" {
			t.Errorf("of %d events the log has %q", last, records)
		}
	}, WithLogger(logger))
}

// A snapshot that takes several looks catches up with what happened between them, however much of it is still in the ring.
func TestSnapshotCatchesUp(t *testing.T) {
	const kept, many = 8, 600
	for happened := range 2*kept + 1 {
		t.Run(fmt.Sprint(happened), func(t *testing.T) {
			signals := make([]Signal, many)
			table := plain(Child{Name: "C", Role: Service, Optional: true, Replicas: many, Ready: Ready{Explicit: true, Within: time.Hour}, Start: func(l Launch) error {
				signals[l.Replica().Index()] = l.Signal()
				return until(l)
			}})
			supervise(t, table, func(t *testing.T, tree *Tree) {
				look := func(v *survey) bool {
					tree.mu.Lock()
					defer tree.mu.Unlock()
					return v.part(tree)
				}
				var v survey
				if look(&v) {
					t.Fatal("one look is enough")
				}
				for i := range happened {
					before := tree.Snapshot().Tree().Sequence
					signals[i].Ready()
					if after := tree.Snapshot().Tree().Sequence; after != before+1 {
						t.Fatalf("saying that it is ready is %d events", after-before)
					}
				}
				for !look(&v) {
				}
				for i := range happened + 1 {
					want := LifecycleReady
					if i == happened {
						want = LifecycleRunning
					}
					if s := v.states[1+i]; s.Lifecycle != want {
						t.Errorf("after %d events, %s is %s", happened, s.Path, s.Lifecycle)
					}
				}
			}, WithEvents(kept))
		})
	}
}

// A command that comes when a launch is overdue is the reason of what it asks for, not ended by that launch.
func TestCommandInTheStepOfALaunch(t *testing.T) {
	var told []string
	var fail chan error // made in the bubble
	table := causes(&told, Child{Name: "S", Role: Supervisor}, Child{Name: "A", Parent: one, Role: Service},
		Child{Name: "B", Parent: one, Role: Service, Needs: []ID{two}}, Child{Name: "C", Parent: one, Role: Service})
	table[one].Start, table[one].Backoff = nil, Backoff{Min: 5 * time.Second, Max: 5 * time.Second, Factor: 1, Reset: time.Minute}
	table[four].Start = func(l Launch) error {
		if l.Run().Generation() > 1 {
			return until(l)
		}
		return <-fail
	}
	fail = make(chan error, 1)
	fail <- FatalBug(errLost)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.mu.Lock()
		tree.timer.Stop() // the timer is late
		tree.mu.Unlock()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		told = nil
		tree.Handle("Root.S").Pause("ada", "a test")
		synctest.Wait()
		if diff := cmp.Diff([]string{"Root.S.B is asked to stop with Root.S (pause by ada: a test)", "Root.S.A is asked to stop with Root.S (pause by ada: a test)"}, told); diff != "" {
			t.Error(diff)
		}
	})
}
