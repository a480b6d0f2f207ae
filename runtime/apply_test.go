package runtime

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// I6: replaying a child's events from the state of a new child on gives what the snapshot says, at every moment that is
// looked at: lives, failures, decisions, health, commands, a stuck run, a skip, and the end.
func TestApply(t *testing.T) {
	var release chan struct{} // made in the bubble
	short := Shutdown{Drain: time.Second, Abort: time.Second}
	backoff := Backoff{Min: 2 * time.Second, Max: 8 * time.Second, Factor: 2, Reset: time.Minute}
	table := []Child{
		root: {Name: "Root", Role: Supervisor, Intensity: Limit{N: 100, In: time.Hour}},
		one:  {Name: "Fails", Role: Service, Backoff: backoff, Limit: Limit{N: 2, In: time.Minute}, On: Table{OutcomeLimit: ActionQuarantine}, Start: func(Launch) error { time.Sleep(time.Second); return errLost }},
		two:  {Name: "Beats", Role: Service, Backoff: backoff, Ready: Ready{Explicit: true}, Health: Health{Heartbeat: time.Second, Stale: 2 * time.Second, Dead: 4 * time.Second}, Start: func(l Launch) error { l.Signal().Ready(); l.Heart().Heartbeat(); return until(l) }},
		three: {Name: "Needs", Role: Service, Needs: []ID{two}, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			l.Signal().NotReadyCause(errors.New("not yet"))
			for i := 1; l.Context().Err() == nil; i++ {
				select {
				case <-l.Context().Done():
				case <-time.After(time.Second):
				}
				switch i % 4 {
				case 1:
					l.Signal().Ready()
				case 2:
					l.Signal().NotReadyCause(errLost)
				case 3:
					l.Signal().NotReadyCause(errors.New("not yet again"))
				}
			}
			return nil
		}},
		four: {Name: "Skips", Role: Service, Start: func(Launch) error { return Skip("off") }},
		5:    {Name: "Stuck", Role: Service, Shutdown: short, On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&release)},
		6:    {Name: "In", Role: Supervisor, Backoff: backoff},
		7:    {Name: "Job", Parent: 6, Role: Job, Start: func(Launch) error { return nil }},
		8: {Name: "Bug", Parent: 6, Role: Worker, Start: func(l Launch) error {
			if time.Sleep(5 * time.Second); l.Run().Generation() == 1 {
				return FatalBug(errors.New("impossible"))
			}
			return nil // which decides, and leaves the failure final
		}},
		9: {Name: "Last", Role: Service, Start: func(l Launch) error {
			select {
			case <-time.After(time.Minute):
				return FatalConfig(errors.New("the end"))
			case <-l.Context().Done():
				return nil
			}
		}},
	}
	synctest.Test(t, func(t *testing.T) {
		release = make(chan struct{})
		tree := New(table, WithSeed(1), WithEvents(1<<12))
		states := make(map[string]*ChildState)
		for id, c := range table {
			path := HandleOf(tree, ID(id)).Path()
			s := NewChildState(path, ID(id), c.Name, c.Ready.Immediate())
			s.Role = c.Role
			if id > 0 {
				s.Parent = tree.paths[c.Parent]
			}
			states[path] = &s
		}
		done := make(chan error)
		var mu sync.Mutex
		go func() {
			for e := range tree.Events(t.Context()) {
				mu.Lock()
				states[e.Path].Apply(e)
				mu.Unlock()
			}
			done <- nil
		}()
		synctest.Wait()
		go func() { done <- tree.Run(t.Context()) }()
		finals := 0
		look := func() {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			for _, s := range tree.Snapshot().All() {
				got := *states[s.Path]
				if diff := cmp.Diff(s, got, cmpopts.IgnoreFields(ChildState{}, "Restarts", "Left", "Waits", "Wait"), cmpopts.IgnoreUnexported(Failure{}), cmpopts.EquateErrors()); diff != "" {
					t.Errorf("at %s, %s is (-), and told to be (+)\n%s", time.Now(), s.Path, diff)
				}
				if s.Failure != nil && s.Failure.Final {
					finals++
				}
			}
		}
		for i := range 70 {
			switch i {
			case 8:
				tree.Handle("Root.Stuck").Restart("ada", "a test")
			case 20:
				tree.Handle("Root.Needs").Pause("ada", "a test")
			case 30:
				tree.Handle("Root.Needs").Resume("ada", "a test")
				tree.Handle("Root.Fails").Release("ada", "a test")
			case 40:
				close(release)
			}
			look()
			time.Sleep(time.Second)
		}
		if err := errors.Join(<-done, <-done); err == nil || finals == 0 {
			t.Errorf("Run returned %v, and %d failures were final", err, finals)
		}
		look()
	})
}

// design.md, "State of a child": a failure ends readiness where there was any, and is final if the decision is shutdown.
func TestFailureEndsReadiness(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		s := NewChildState("Root.C", 1, "C", immediate)
		before := s.Readiness
		s.MarkReady(1)
		s.RecordFailure(Failure{Kind: OutcomeError}, 2)
		if s.Readiness != before {
			t.Errorf("after a failure its readiness is %s", s.Readiness)
		}
		s.RecordDecision(Decision{Action: ActionShutdown}, 0)
		if !s.Failure.Final {
			t.Error("a shutdown is not final")
		}
		for _, a := range []Action{ActionRestart, ActionStop, ActionQuarantine} {
			if s.RecordDecision(Decision{Action: a}, 0); s.Failure.Final {
				t.Errorf("%s is final", a)
			}
		}
	}
}
