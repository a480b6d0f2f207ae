package runtime

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// docs/runtime.md, "Stuck": the stacks of what got stuck come in an event of their own, in the log and in the report: of all
// goroutines of its declaration, and of nothing else.
func TestStacksOfStuck(t *testing.T) {
	var release chan struct{} // made in the bubble
	short := Shutdown{Drain: time.Second, Abort: time.Second}
	hangsHere := func(l Launch) error {
		done := make(chan struct{})
		go func() { hangsInside(release); close(done) }()
		<-done
		return nil
	}
	table := plain(
		Child{Name: "Early", Role: Service, Replicas: 3, Shutdown: short, On: Table{OutcomeStuck: ActionQuarantine}, Start: hangsHere},
		Child{Name: "Late", Role: Service, Shutdown: short, Start: hangsHere},
		Child{Name: "Other", Role: Service, Start: func(l Launch) error { waitsInside(l); return nil }},
	)
	var log notes
	var tree *Tree
	synctest.Test(t, func(t *testing.T) {
		release = make(chan struct{})
		tree = New(table, WithLogger(slog.New(handler(func(r slog.Record) error {
			if r.Message == "stacks" {
				log.tell("%s %v", attr(r, "path"), strings.Contains(attr(r, "stacks"), "hangsInside"))
			}
			return nil
		}))))
		done := make(chan error)
		go func() { done <- tree.Run(t.Context()) }()
		synctest.Wait()
		began := time.Now()
		for i := range 3 {
			ReplicaOf(tree, one, i).Restart("ada", "a test")
		}
		time.Sleep(3 * time.Second)
		tree.Shutdown("ada", "a test")
		<-done
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("Run took %s", took)
		}
		var events []Event
		for e := range tree.EventsFrom(t.Context(), 1) {
			if e.Kind == EventStacks {
				events = append(events, e)
			}
		}
		if len(events) != 2 || !strings.HasPrefix(events[0].Path, "Root.Early[") || events[1].Path != "Root.Late" {
			t.Fatalf("the events are %+v", events)
		}
		for i, e := range events {
			if !strings.Contains(e.Stacks, "hangsInside") || strings.Contains(e.Stacks, "waitsInside") || e.Run != 1 || len(e.Stacks) > maxStacks {
				t.Errorf("event %d is %+v", i, e)
			}
		}
		close(release)
		synctest.Wait()
	})
	stuck := 0
	for _, c := range tree.Report().Children {
		if c.Outcome == StopStuck {
			stuck++
		}
		if (c.Outcome == StopStuck) != strings.Contains(c.Stacks, "hangsInside") {
			t.Errorf("the report of %s, %s, has the stacks %q", c.Path, c.Outcome, c.Stacks)
		}
	}
	if lines := log.take(); len(lines) != 2 || stuck != 4 || !strings.HasSuffix(lines[0], "true") {
		t.Errorf("%d are stuck, and the log says %q", stuck, lines)
	}
}

//go:noinline
func hangsInside(release chan struct{}) { <-release }

//go:noinline
func waitsInside(l Launch) { <-l.Context().Done() }

// A profile is taken once a second at the most, however much gets stuck.
func TestStacksAreBounded(t *testing.T) {
	var release chan struct{} // made in the bubble
	var table []Child
	for i, name := range []string{"A", "B", "C", "D"} {
		table = append(table, Child{Name: name, Role: Service, Shutdown: Shutdown{Drain: time.Duration(i+1) * 100 * time.Millisecond, Abort: 10 * time.Millisecond},
			On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&release)})
	}
	supervise(t, plain(table...), func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		got := told(t, tree, func(e Event) string {
			if e.Kind != EventStacks {
				return ""
			}
			return e.Path
		})
		for _, name := range []string{"A", "B", "C", "D"} {
			tree.Handle("Root."+name).Restart("ada", "a test")
		}
		time.Sleep(5 * time.Second)
		want := "110ms Root.A, 1.11s Root.B, 1.11s Root.C, 1.11s Root.D"
		if got := strings.Join(got.take(), ", "); got != want {
			t.Errorf("stacks were told at %s, want %s", got, want)
		}
		close(release)
	})
	var all strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&all, "1 @ 0x%d\n# labels: {\"supgen.path\":\"Root.C\"}\n#\t0x%[1]d\tf\n\n", i)
	}
	long := all.String()
	if text := stacksOf(long, "Root.C"); len(text) > maxStacks+20 || !strings.HasSuffix(text, "and more\n") {
		t.Errorf("of a long profile %d bytes are kept", len(text))
	}
	if text := stacksOf(long, "Root"); text != "" {
		t.Errorf("another child's stacks are %q", text)
	}
}

// When Run returns, the report has the stacks.
func TestStacksWhenRunReturns(t *testing.T) {
	for range 20 {
		release := make(chan struct{})
		table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Drain: 1, Abort: 1}, Start: func(l Launch) error { hangsInside(release); return nil }})
		tree := New(table)
		done := make(chan error)
		go func() { done <- tree.Run(t.Context()) }()
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		for !strings.Contains(everyone(), "hangsInside") { // it is there
		}
		tree.Shutdown("ada", "a test")
		<-done
		if c := tree.Report().Children[0]; !strings.Contains(c.Stacks, "hangsInside") {
			t.Errorf("the report says %+v", c)
		}
		close(release)
		for strings.Contains(everyone(), "hangsInside") { // or the next tree takes it for its own
		}
	}
}

// A profile has what it says of one replica, or of all of them by the place where they stand.
func TestStacksOfReplicas(t *testing.T) {
	profile := `goroutine profile: total 9
3 @ 0x1 0x2
# labels: {"supgen.index":"0", "supgen.path":"Root.C"}
#	0x1	f

2 @ 0x1 0x2
# labels: {"supgen.index":"10", "supgen.path":"Root.C", "work":"a \"b\""}
#	0x1	f

1 @ 0x1 0x2
# labels: {"supgen.index":"1", "supgen.path":"Root.C"}
#	0x1	f

1 @ 0x3
# labels: {"supgen.key":"a]b", "supgen.path":"Root.D"}
#	0x3	g

1 @ 0x4
# labels: {"supgen.path":"Root.E"}
#	0x4	h

`
	for path, want := range map[string]string{
		"Root.C":            "4 @ 0x1 0x2\n#\t0x1\tf\n2 @ 0x1 0x2\n# labels: {\"work\":\"a \\\"b\\\"\"}\n#\t0x1\tf\n",
		"Root.C[1]":         "1 @ 0x1 0x2\n#\t0x1\tf\n",
		"Root.C[2]":         "",
		"Root.D":            "1 @ 0x3\n#\t0x3\tg\n",
		`Root.D["a]b"]`:     "1 @ 0x3\n#\t0x3\tg\n",
		`Root.D["b"]`:       "",
		`Root.E["whoever"]`: "1 @ 0x4\n#\t0x4\th\n", // which has no label for it
		"Root":              "",
	} {
		if got := stacksOf(profile, path); got != want {
			t.Errorf("of %s it says %q, want %q", path, got, want)
		}
	}
}
