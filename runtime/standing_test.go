package runtime

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a child waits for is told to programs, too: with whom, and until when.
func TestWaitOfState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		once := func(l Launch) error {
			if l.Run().Generation() == 1 {
				return errors.New("lost")
			}
			return until(l)
		}
		tree := New(plain(
			Child{Name: "DB", Role: Service, Backoff: Backoff{Min: 2 * time.Second, Max: 2 * time.Second, Factor: 1}, Start: once},
			Child{Name: "HTTP", Role: Service, Needs: []ID{1}, Start: until},
			Child{Name: "Feed", Role: Service, Start: once, On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: time.Minute}},
			Child{Name: "Slow", Role: Service, Ready: Ready{Explicit: true, Within: time.Hour}, Start: until},
			Child{Name: "Late", Role: Service, Needs: []ID{4}, Start: until},
		))
		waits := func() map[string]Wait {
			all := map[string]Wait{}
			for _, s := range tree.Snapshot().All() {
				if (s.Wait == nil) != (s.Waits == "") {
					t.Errorf("%s waits for %v, and in words for %q", s.Path, s.Wait, s.Waits)
				}
				if s.Wait != nil {
					all[s.Path] = *s.Wait
				}
			}
			return all
		}
		begin := time.Now()
		if got := waits()["Root.DB"]; got != (Wait{Kind: WaitRun}) {
			t.Errorf("before Run it waits for %v", got)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- tree.Run(ctx) }()
		synctest.Wait()
		want := map[string]Wait{
			"Root.DB":   {Kind: WaitRestart, On: "Root.DB", Until: begin.Add(2 * time.Second)},
			"Root.HTTP": {Kind: WaitRestart, On: "Root.DB", Until: begin.Add(2 * time.Second)},
			"Root.Feed": {Kind: WaitQuarantine, Until: begin.Add(time.Minute)},
			"Root.Late": {Kind: WaitReady, On: "Root.Slow"},
		}
		if diff := cmp.Diff(want, waits()); diff != "" {
			t.Errorf("what they wait for (-want +got)\n%s", diff)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		delete(want, "Root.DB")
		delete(want, "Root.HTTP")
		delete(want, "Root.Feed")
		if diff := cmp.Diff(want, waits()); diff != "" {
			t.Errorf("what they wait for a minute later (-want +got)\n%s", diff)
		}
		stop()
		<-ended
	})
}

// A throttle's next token is when a child that queues for its turn may be restarted.
func TestWaitForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := func(l Launch) error {
			if l.Run().Generation() < 3 {
				return errors.New("lost")
			}
			return until(l)
		}
		table := plain(Child{Name: "A", Role: Service, Backoff: Backoff{None: true}, Start: fails})
		table[0].Throttle = Throttle{N: 1, Refill: 10 * time.Second}
		tree := New(table)
		begin := time.Now()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- tree.Run(ctx) }()
		synctest.Wait()
		got := tree.Snapshot().Child(1).Wait
		if want := (&Wait{Kind: WaitTurn, On: "Root", Until: begin.Add(10 * time.Second)}); !cmp.Equal(want, got) {
			t.Errorf("it waits for %v, want %v", got, want)
		}
		stop()
		<-ended
	})
}

// A decision says whose row it was: that of the child, of its group, or of a supervisor above; and which.
func TestDecisionAt(t *testing.T) {
	lost := func(l Launch) error { return errors.New("lost") }
	for name, test := range map[string]struct {
		table      []Child
		id         ID
		want       Decision // but for its reason and its times
		statements []Statement
	}{
		"its own row": {
			plain(Child{Name: "A", Role: Worker, On: Table{OutcomeError: ActionStop}, Start: lost}),
			1, Decision{Action: ActionStop, At: "Root.A", Row: OutcomeError},
			[]Statement{{"Root.A", "on error stop", "its own"}},
		},
		"a default": {
			plain(Child{Name: "A", Role: Service, Start: lost}),
			1, Decision{Action: ActionRestart, At: "Root.A", Row: OutcomeError},
			[]Statement{{"Root.A", "on error restart", "default of a service"}},
		},
		"a policy, for a time": {
			plain(Child{Name: "A", Role: Service, On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: time.Hour}, From: "on error: policy flaky", Start: lost}),
			1, Decision{Action: ActionQuarantine, At: "Root.A", Row: OutcomeError},
			[]Statement{{"Root.A", "on error quarantine 1h", "policy flaky"}},
		},
		"at its start": {
			plain(Child{Name: "A", Role: Worker, Ready: Ready{Explicit: true}, AtStart: &AtStart{On: Table{OutcomeError: ActionStop}}, Start: lost}),
			1, Decision{Action: ActionStop, At: "Root.A", Row: OutcomeError, AtStart: true},
			[]Statement{{"Root.A", "on error at start stop", "its own"}},
		},
		"its limit": {
			plain(Child{Name: "A", Role: Service, Limit: Limit{N: 0, In: time.Minute}, On: Table{OutcomeError: ActionRestart, OutcomeLimit: ActionStop}, Start: lost}),
			1, Decision{Action: ActionStop, At: "Root.A", Row: OutcomeLimit},
			[]Statement{{"Root.A", "limit 0 in 1m", "its own"}, {"Root.A", "on limit stop", "its own"}},
		},
		"the intensity of its group": {
			plain(
				Child{Name: "G", Role: Group, Intensity: Limit{N: 0, In: time.Minute}, On: Table{OutcomeIntensity: ActionQuarantine}},
				Child{Name: "A", Role: Service, Group: 1, On: Table{OutcomeError: ActionRestart}, Start: lost},
			),
			2, Decision{Action: ActionQuarantine, At: "group G", Row: OutcomeIntensity},
			[]Statement{{"group G", "intensity 0 in 1m", "its own"}, {"group G", "on intensity quarantine", "its own"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree := New(test.table)
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- tree.Run(ctx) }()
				synctest.Wait()
				d := tree.Snapshot().Child(test.id).Decision
				if d == nil {
					t.Fatal("there is none")
				}
				if got := (Decision{Action: d.Action, At: d.At, Row: d.Row, AtStart: d.AtStart}); got != test.want {
					t.Errorf("got %+v, want %+v", got, test.want)
				}
				if diff := cmp.Diff(test.statements, tree.Statements("Root."+test.table[test.id].Name, *d)); diff != "" {
					t.Errorf("by these statements (-want +got)\n%s", diff)
				}
				stop()
				<-ended
			})
		})
	}
	tree := New(plain(Child{Name: "A", Role: Service, Start: until}))
	for path, d := range map[string]Decision{"Root.B": {At: "Root.B", Row: OutcomeError}, "Root.A": {At: "group G", Row: OutcomeIntensity}, "Root": {}} {
		if got := tree.Statements(path, d); got != nil {
			t.Errorf("of %s, which is not so, there are %v", path, got)
		}
	}
}

// Sequences of two trees can be told apart.
func TestIncarnation(t *testing.T) {
	table := plain(Child{Name: "A", Role: Service, Start: until})
	one, other := New(table), New(table)
	a, b := one.Snapshot().Tree().Incarnation, other.Snapshot().Tree().Incarnation
	if len(a) != 16 || a == b || a != one.Snapshot().Tree().Incarnation {
		t.Errorf("they are %q and %q", a, b)
	}
}
