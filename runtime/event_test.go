package runtime

import (
	"bytes"
	"context"
	"encoding/json"
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

func TestEvents(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			time.Sleep(time.Second)
			return errors.New("lost")
		}
		return until(l)
	}})
	var got []string
	read := make(chan struct{})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		go func() {
			defer close(read)
			for e := range tree.Events(context.Background()) { // ends with the tree
				got = append(got, fmt.Sprintf("%s %s %s %s>%s", e.At, e.Path, e.Kind, e.From, e.To))
			}
		}()
		time.Sleep(2 * time.Second)
		tree.Handle("Root.C").Restart("ada", "a test")
	})
	<-read
	if diff := cmp.Diff([]string{
		"1s Root.C failed ready>failed",
		"1s Root.C transition failed>restarting",
		"1s Root.C transition restarting>running",
		"1s Root.C transition running>ready",
		"2s Root.C command ready>ready",
		"2s Root.C transition ready>shutting_down",
		"2s Root.C asked shutting_down>shutting_down",
		"2s Root transition ready>running",
	}, got[:min(len(got), 8)]); diff != "" {
		t.Error(diff)
	}
	if last := got[len(got)-1]; last != "2s Root phase stopped>stopped" {
		t.Errorf("the last event is %s", last)
	}
}

// A reader that is too slow loses the oldest, is told how many, and delays nobody.
func TestEventsLost(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		var seen, lost uint64
		next := tree.Snapshot().Tree().Sequence + 1
		time.AfterFunc(time.Second, func() { tree.Handle("Root.C").Restart("ada", "a test") })
		for e := range tree.Events(t.Context()) {
			if e.Kind == EventLost {
				lost += e.Lost
				next += e.Lost
				continue
			}
			if e.Sequence != next {
				t.Fatalf("event %d follows %d", e.Sequence, next-1)
			}
			next, seen = next+1, seen+1
			if seen == 1 {
				for range 10 {
					tree.Handle("Root.C").Restart("ada", "a test")
					synctest.Wait()
				}
			}
			if next > tree.Snapshot().Tree().Sequence {
				break
			}
		}
		if lost == 0 {
			t.Error("nothing was lost in a ring of 4")
		}
	}, WithEvents(4))
}

func TestEventsFirst(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan int)
		go func() {
			n := 0
			for range tree.Events(ctx) {
				n++
			}
			done <- n
		}()
		synctest.Wait()
		cancel()
		if n := <-done; n != 0 {
			t.Errorf("%d events happened", n)
		}
	})
}

// The log is written by a goroutine of its own, and all of it before Run returns.
func TestLogger(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "stack" {
			return slog.Attr{}
		}
		return a
	}}))
	table := plain(Child{Name: "C", Role: Worker, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			panic("lost")
		}
		l.Run().Logger().Info("hello")
		return nil
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {}, WithLogger(logger))
	for _, line := range []string{
		`level=WARN msg=failed path=Root.C generation=1 kind=panic error=lost decision=restart reason="on panic" delay=0s restarts=1`,
		`level=INFO msg=hello path=Root.C generation=2 attempt=2`,
		`level=INFO msg=stopped path=Root.C generation=2 from=ready reason=ended`,
		`level=INFO msg=phase path=Root generation=1 phase=ended`,
	} {
		if !strings.Contains(log.String(), line+"\n") {
			t.Errorf("the log lacks\n%s\nit is\n%s", line, log.String())
		}
	}
}

// A ChildState is a value that goes through JSON unchanged, a panic's stack included.
func TestStateJSON(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Tags: []string{"a"}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			panic("lost")
		}
		return until(l)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(time.Second)
		for _, s := range tree.Snapshot().All() {
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			var back ChildState
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if s.Failure != nil && back.Failure.Stack() != s.Failure.Stack() {
				t.Errorf("the stack came back as %q", back.Failure.Stack())
			}
			if diff := cmp.Diff(s, back, cmpopts.IgnoreFields(Failure{}, "Err"), cmpopts.IgnoreUnexported(Failure{})); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// The labels are API. This list is the promise: it may grow at its end.
func TestLabels(t *testing.T) {
	var got []string
	for l := LifecycleDeclared; l <= LifecycleFailed; l++ {
		got = append(got, l.String())
	}
	for h := HealthUnknown; h <= HealthUnhealthy; h++ {
		got = append(got, h.String())
	}
	for r := ReadinessNotRequired; r <= ReadinessReady; r++ {
		got = append(got, r.String())
	}
	const labels = "declared starting running ready restarting paused quarantined shutting_down stopped failed " +
		"unknown healthy stale unhealthy not_required pending ready"
	if diff := cmp.Diff(labels, strings.Join(got, " ")); diff != "" {
		t.Error(diff)
	}
	if _, err := Lifecycle(99).MarshalText(); err == nil {
		t.Error("a lifecycle that there is not has a label")
	}
	var l Lifecycle
	if err := l.UnmarshalText([]byte("dancing")); err == nil {
		t.Error("a label that there is not has a lifecycle")
	}
}

// design.md, "State of a child": what a new child is, and what each transition sets.
func TestChildStateTransitions(t *testing.T) {
	s := NewChildState("Root.C", 1, "C", false)
	if diff := cmp.Diff(ChildState{Path: "Root.C", ID: 1, Name: "C", Lifecycle: LifecycleDeclared, Health: HealthUnknown,
		Readiness: ReadinessPending, Attempt: 1}, s); diff != "" {
		t.Error(diff)
	}
	s.MarkReady(7)
	if s.Lifecycle != LifecycleReady || s.Readiness != ReadinessReady || s.Sequence != 7 {
		t.Errorf("ready, it is %+v", s)
	}
	failure := Failure{Kind: OutcomeError, Message: "lost"}
	s.RecordFailure(failure, 8)
	if s.Lifecycle != LifecycleFailed || s.Health != HealthUnhealthy || s.Sequence != 8 || s.Failure.Message != "lost" || s.Failure.Final {
		t.Errorf("failed, it is %+v", s)
	}
	s.RecordDecision(Decision{Action: ActionRestart}, 2)
	if s.Decision.Action != ActionRestart || s.Restarts != 2 || s.Failure.Final {
		t.Errorf("with a decision, it is %+v", s)
	}
	s.RecordDecision(Decision{Action: ActionEscalate}, 2)
	if !s.Failure.Final || failure.Final {
		t.Errorf("escalated, its failure is %+v", s.Failure)
	}
	if i := NewChildState("", 0, "", true); i.Readiness != ReadinessNotRequired {
		t.Errorf("immediate, its readiness is %s", i.Readiness)
	}
}
