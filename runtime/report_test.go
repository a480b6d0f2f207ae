package runtime

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// after is a child that does not look at its context, and ends with err after a while.
func after(d time.Duration, err error) func(Launch) error {
	return func(Launch) error { time.Sleep(d); return err }
}

// late is a child that takes a while to stop, and then returns err.
func late(d time.Duration, err error) func(Launch) error {
	return func(l Launch) error { <-l.Context().Done(); time.Sleep(d); return err }
}

// design.md, "Reconcile": every child's outcome, its own error, and how long it took, by the order of the file: while the
// tree stops, and afterwards. Who ends while the tree stops, before it was its turn to be asked, ended within its budget,
// and its error is told.
func TestReport(t *testing.T) {
	table := plain(
		Child{Name: "Drains", Role: Service, Start: late(time.Second, nil)},
		Child{Name: "Complains", Role: Service, Start: late(2*time.Second, errLost)},
		Child{Name: "Aborts", Role: Service, Shutdown: Shutdown{Drain: 3 * time.Second, Abort: 2 * time.Second}, Start: late(4*time.Second, errLost)},
		Child{Name: "Unasked", Role: Service, Start: after(12*time.Second, errLost)},
		Child{Name: "Holds", Role: Service, Needs: []ID{four}, Start: late(4*time.Second, nil)},
		Child{Name: "Done", Role: Job, Start: func(Launch) error { return nil }},
		Child{Name: "Paused", Role: Service, Start: until},
		Child{Name: "P", Role: Service, Replicas: 2, Start: until},
		Child{Name: "S", Role: Service, Dynamic: true, Max: 2, Start: late(time.Second, errLost)},
	)
	short := func(r Report) (lines []string) {
		lines = append(lines, r.Phase.String())
		for _, c := range r.Children {
			lines = append(lines, fmt.Sprintf("%s#%d %s %s %v", c.Path, c.Generation, c.Outcome, c.Took, c.Err))
		}
		return lines
	}
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		tree.Start(t.Context(), 9, Key("a"), nil)
		tree.Handle("Root.Paused").Pause("ada", "a test")
		time.Sleep(10 * time.Second)
		if diff := cmp.Diff([]string{"running", "Root.Drains#1 running 0s <nil>", "Root.Complains#1 running 0s <nil>", "Root.Aborts#1 running 0s <nil>",
			"Root.Unasked#1 running 0s <nil>", "Root.Holds#1 running 0s <nil>", "Root.Done#1 not_running 0s <nil>", "Root.Paused#1 not_running 0s <nil>",
			"Root.P[0]#1 running 0s <nil>", "Root.P[1]#1 running 0s <nil>", `Root.S["a"]#1 running 0s <nil>`}, short(tree.Report())); diff != "" {
			t.Error("before the stop: ", diff)
		}
		tree.Shutdown("ada", "a test")
		time.Sleep(3500 * time.Millisecond)
		if diff := cmp.Diff([]string{"aborting", "Root.Drains#1 drained 1s <nil>", "Root.Complains#1 drained 2s lost", "Root.Aborts#1 running 0s <nil>",
			"Root.Unasked#1 running 0s lost", "Root.Holds#1 running 0s <nil>", "Root.Done#1 not_running 0s <nil>", "Root.Paused#1 not_running 0s <nil>",
			"Root.P[0]#1 drained 0s <nil>", "Root.P[1]#1 drained 0s <nil>", `Root.S["a"]#1 drained 1s lost`}, short(tree.Report())); diff != "" {
			t.Error("during the stop: ", diff)
		}
		<-tree.Done()
	})
	if stopped(err) != nil || len(err.(*Error).Unclean) != 4 || !strings.HasPrefix(err.Error(), `supgen: did not stop cleanly: Root.S["a"] (error: lost), Root.`) {
		t.Errorf("Run returned %v", err)
	}
	if diff := cmp.Diff([]string{"ended", "Root.Drains#1 drained 1s <nil>", "Root.Complains#1 drained 2s lost", "Root.Aborts#1 aborted 4s lost",
		"Root.Unasked#1 drained 0s lost", "Root.Holds#1 drained 4s <nil>", "Root.Done#1 not_running 0s <nil>", "Root.Paused#1 not_running 0s <nil>",
		"Root.P[0]#1 drained 0s <nil>", "Root.P[1]#1 drained 0s <nil>", `Root.S["a"]#1 drained 1s lost`}, short(tree.Report())); diff != "" {
		t.Error("after the stop: ", diff)
	}
	tree.Report().Children[0].Path = "mine" // a report is the caller's
	if tree.Report().Children[0].Path != "Root.Drains" {
		t.Error("a report is somebody else's, too")
	}
}

// design.md, "Escalate": Run's error reaches what the child returned; where it returned nothing, it says what was wrong.
// It is ErrStuck if, and only if, something is.
func TestRunError(t *testing.T) {
	for name, test := range map[string]struct {
		child  Child
		text   string
		inner  string
		is     error
		failed Outcome
	}{
		"an error": {Child{On: Table{OutcomeError: ActionShutdown}, Start: after(0, fmt.Errorf("dial: %w", errLost))},
			"supgen: Root.C failed (error: dial: lost) [Root.C: error, shutdown]", "dial: lost", errLost, OutcomeError},
		"a panic with an error": {Child{On: Table{OutcomePanic: ActionShutdown}, Start: func(Launch) error { panic(errLost) }},
			"supgen: Root.C failed (panic: lost) [Root.C: panic, shutdown]", "panic: lost", errLost, OutcomePanic},
		"a start that takes too long": {Child{Ready: Ready{Explicit: true, Within: time.Second}, On: Table{OutcomeTimeout: ActionEscalate}, Start: until},
			"supgen: Root.C failed (timeout: was not ready, or not done, in time) [Root.C: timeout, escalate > Root: error, escalate]", "was not ready, or not done, in time", nil, OutcomeTimeout},
		"a nil that escalates": {Child{On: Table{OutcomeSuccess: ActionEscalate}, Start: after(0, nil)},
			"supgen: Root.C returned nil [Root.C: success, escalate > Root: error, escalate]", "returned nil", nil, OutcomeSuccess},
		"nil, too often": {Child{Limit: Limit{N: 1, In: time.Minute}, Backoff: Backoff{None: true}, Start: after(time.Second, nil)},
			"supgen: Root.C returned nil [Root.C: 2 restarts in 1m, limit 1 in 1m of Root.C, escalate > Root: error, escalate]", "returned nil", nil, OutcomeSuccess},
		"too many restarts": {Child{Limit: often, Backoff: Backoff{None: true}, Start: after(0, errLost)},
			"supgen: Root.C failed (error: lost) [Root.C: 31 restarts in 1m, intensity 30 in 1m of Root, escalate > Root: error, escalate]", "lost", errLost, OutcomeError},
		"a skip that escalates": {Child{On: Table{OutcomeSkip: ActionEscalate}, Start: after(0, Skip("off"))},
			"supgen: Root.C failed (skip: off) [Root.C: skip, escalate > Root: error, escalate]", "off", nil, OutcomeSkip},
	} {
		t.Run(name, func(t *testing.T) {
			test.child.Name, test.child.Role = "C", Service
			err := supervise(t, plain(test.child), func(t *testing.T, tree *Tree) {
				<-tree.Done()
				if s := tree.Snapshot().Child(one); test.failed != OutcomeSkip && test.failed != OutcomeSuccess && (s.Failure == nil || !s.Failure.Final || s.Failure.Kind != test.failed) {
					t.Errorf("its failure is %+v", s.Failure)
				}
			})
			var e *Error
			if !errors.As(err, &e) || err.Error() != test.text || errors.Unwrap(err) == nil || errors.Unwrap(err).Error() != test.inner {
				t.Fatalf("Run returned %v, and in it is %v", err, errors.Unwrap(err))
			}
			if errors.Is(err, ErrStuck) || test.is != nil && !errors.Is(err, test.is) || e.Failure.Kind != test.failed || !e.Failure.Final {
				t.Errorf("Run returned %+v", e)
			}
		})
	}
	if text := new(Error).Error(); text != "supgen: the tree failed" {
		t.Errorf("an error of nothing says %q", text)
	}
	stuck := &Error{Stuck: []string{"Root.C"}}
	if !errors.Is(stuck, ErrStuck) || errors.Is(stuck, ErrState) || errors.Is(stuck, errLost) {
		t.Error("what is stuck is something else")
	}
}

// The decision about a run that ended and did not fail says why it did: in its event, in the state, and in the log.
func TestReasonsOfEnds(t *testing.T) {
	for want, err := range map[string]error{
		"on skip: mail: no mail server": fmt.Errorf("mail: %w", Skip("no mail server")),
		"on again: rebalanced":          Again("rebalanced"),
		"on success":                    nil,
	} {
		var got, log notes
		table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				return err
			}
			return until(l)
		}})
		supervise(t, table, func(t *testing.T, tree *Tree) {
			for e := range tree.EventsFrom(t.Context(), 1) {
				if e.Path == "Root.C" && e.Kind == EventEnded {
					got.tell("%s", e.Decision.Reason)
					break
				}
			}
			s, _ := tree.Handle("Root.C").State()
			got.tell("%s", s.Decision.Reason)
		}, WithLogger(slog.New(handler(func(r slog.Record) error {
			if r.Message == "ended" && attr(r, "decision") != "" {
				log.tell("%s", attr(r, "reason"))
			}
			return nil
		}))))
		if diff := cmp.Diff([]string{want, want}, got.take()); diff != "" {
			t.Error(diff)
		}
		if lines := log.take(); len(lines) != 1 || lines[0] != want {
			t.Errorf("the log says %q, want %q", lines, want)
		}
	}
}

// What a decision says about itself: which row of whose table, and limits as a .sup file spells them.
func TestReasonsOfOthers(t *testing.T) {
	for want, limit := range map[string]Limit{
		"2 restarts in 1h, intensity 1 in 1h of Root.In":           {N: 1, In: time.Hour},
		"2 restarts in 1h30m, intensity 1 in 1h30m of Root.In":     {N: 1, In: 90 * time.Minute},
		"2 restarts in 1m30s, intensity 1 in 1m30s of Root.In":     {N: 1, In: 90 * time.Second},
		"2 restarts in 1h0m10s, intensity 1 in 1h0m10s of Root.In": {N: 1, In: time.Hour + 10*time.Second},
		"2 restarts in 10m, intensity 1 in 10m of Root.In":         {N: 1, In: 10 * time.Minute},
		"2 restarts in 1m0.5s, intensity 1 in 1m0.5s of Root.In":   {N: 1, In: time.Minute + time.Second/2},
	} {
		table := []Child{
			root: {Name: "Root", Role: Supervisor},
			one:  {Name: "In", Role: Supervisor, Intensity: limit, On: Table{OutcomeIntensity: ActionShutdown}},
			two:  {Name: "C", Parent: one, Role: Service, Backoff: Backoff{None: true}, Start: after(time.Second, errLost)},
		}
		supervise(t, table, func(t *testing.T, tree *Tree) {
			<-tree.Done()
			if s := tree.Snapshot().Child(two); s.Decision == nil || s.Decision.Reason != want {
				t.Errorf("the decision is %+v, want %s", s.Decision, want)
			}
		})
	}
}

// An end that is no failure tells of none, whatever there was before; a failure that goes up tells that it is final.
func TestEventsOfEnds(t *testing.T) {
	var got []string
	table := plain(Child{Name: "C", Role: Worker, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			return after(time.Second, errLost)(l)
		}
		return nil
	}}, Child{Name: "D", Role: Service, Start: after(time.Minute, FatalConfig(errLost))})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		for e := range tree.Events(t.Context()) {
			if e.Kind == EventFailed || e.Kind == EventEnded {
				line := fmt.Sprintf("%s#%d %s", e.Path, e.Run, e.Outcome)
				if e.Failure != nil {
					line += fmt.Sprintf(" %s final %t", e.Failure.Message, e.Failure.Final)
				}
				got = append(got, line)
			}
		}
	})
	if diff := cmp.Diff([]string{"Root.C#1 error lost final false", "Root.C#2 success", "Root.D#1 fatal_config lost final true"}, got); diff != "" {
		t.Error(diff)
	}
}

// A tree whose kernel has panicked is over, and not ready; what its runs do afterwards changes nothing.
func TestPoisonedIsOver(t *testing.T) {
	table := plain(Child{Name: "A", Role: Service, Start: late(time.Second, errLost)}, Child{Name: "B", Role: Service, Optional: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
		<-l.Context().Done()
		l.Signal().Ready()
		return nil
	}})
	synctest.Test(t, func(t *testing.T) {
		tree := New(table)
		done := make(chan error)
		go func() { done <- tree.Run(t.Context()) }()
		synctest.Wait()
		if !tree.Snapshot().Tree().Ready {
			t.Error("it is not ready before, so this shows nothing")
		}
		wrong(tree)
		err := <-done
		before := tree.Snapshot()
		if before.Tree().Ready {
			t.Error("it is ready")
		}
		time.Sleep(time.Minute)
		if diff := cmp.Diff(before.All(), tree.Snapshot().All(), cmpopts.IgnoreUnexported(Failure{})); diff != "" || before.Tree().Sequence != tree.Snapshot().Tree().Sequence {
			t.Errorf("something happens: %s", diff)
		}
		if again := tree.failed(); again != err {
			t.Errorf("its end was %v, and is %v", err, again)
		}
	})
}

// stopped is what Run returned, but for unclean stops.
func stopped(err error) error {
	if e, ok := err.(*Error); ok && e.Path == "" && len(e.Stuck) == 0 && errors.Is(e, ErrUnclean) {
		return nil
	}
	return err
}
