package runtime

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// empty has the kernel panic at what comes next: its rows, or its nodes, are gone.
func empty(tree *Tree, field string) {
	tree.mu.Lock()
	defer tree.mu.Unlock()
	f := reflect.ValueOf(tree.k).Elem().FieldByName(field)
	reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().SetZero()
}

// wrong brings an input that cannot be, and that panics on its way.
func wrong(tree *Tree) {
	tree.mu.Lock()
	defer tree.mu.Unlock()
	tree.step(&kernel.Input{Kind: kernel.InputCommand, Node: 2, Verb: VerbPause, Cause: "not an Audit"})
}

// design.md, "Traps of the shell": a panic in the kernel, whoever's input it is that meets it, poisons the tree:
// everything is cancelled, everybody who waits is answered, and Run returns it.
func TestPoison(t *testing.T) {
	for name, meet := range map[string]func(t *testing.T, tree *Tree, ends chan<- error){
		"in a command": func(t *testing.T, tree *Tree, _ chan<- error) {
			empty(tree, "rows")
			if a, err := tree.Handle("Root.A").Pause("ada", "a test"); !errors.Is(err, ErrNotRunning) {
				t.Errorf("the command answers %+v, %v", a, err)
			}
		},
		"in a start": func(t *testing.T, tree *Tree, _ chan<- error) {
			empty(tree, "nodes")
			if h, err := tree.Start(t.Context(), three, Key("a"), nil); !errors.Is(err, ErrNotRunning) {
				t.Errorf("Start answers %v, %v", h.Path(), err)
			}
		},
		"in a shutdown":     func(_ *testing.T, tree *Tree, _ chan<- error) { empty(tree, "rows"); tree.Shutdown("ada", "a test") },
		"at the end of one": func(_ *testing.T, tree *Tree, ends chan<- error) { empty(tree, "rows"); ends <- errors.New("lost") },
		"in a Ready":        func(_ *testing.T, tree *Tree, ends chan<- error) { empty(tree, "rows"); ends <- nil },
		"at a deadline":     func(_ *testing.T, tree *Tree, _ chan<- error) { empty(tree, "rows"); time.Sleep(time.Minute) },
		"in the shell":      func(_ *testing.T, tree *Tree, _ chan<- error) { wrong(tree) },
	} {
		t.Run(name, func(t *testing.T) { testPoison(t, meet) })
	}
}

func testPoison(t *testing.T, meet func(*testing.T, *Tree, chan<- error)) {
	var ends chan error // made in the bubble
	var got notes
	stay := func(l Launch) error {
		<-l.Context().Done()
		<-l.Run().Aborted()
		got.tell("%v", context.Cause(l.Context()))
		return nil
	}
	table := plain(
		Child{Name: "A", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			for {
				select {
				case err := <-ends:
					if err != nil {
						return err
					}
					Port[int]{Of: one}.Provider(l).Ready(1)
				case <-l.Context().Done():
					return stay(l)
				}
			}
		}},
		Child{Name: "B", Role: Service, Start: stay, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: time.Second}}, HealthCheck: until},
		Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Start: stay},
	)
	synctest.Test(t, func(t *testing.T) {
		ends = make(chan error)
		tree := New(table)
		done := make(chan error, 3)
		go func() { done <- tree.Run(t.Context()) }()
		synctest.Wait()
		go func() {
			for range tree.Events(context.Background()) {
			}
			done <- nil
		}()
		meet(t, tree, ends)
		synctest.Wait()
		select {
		case <-tree.Done():
		default:
			t.Error("the tree goes on")
		}
		if err := errors.Join(<-done, <-done); err == nil || !strings.Contains(err.Error(), "bug in the kernel of Root, please report it: ") || !strings.Contains(err.Error(), "poison_test.go") && !strings.Contains(err.Error(), "runtime/run.go") && !strings.Contains(err.Error(), "runtime/step.go") {
			t.Errorf("Run returned %v", err)
		}
		synctest.Wait()
		lines := got.take()
		for _, line := range lines {
			if !strings.Contains(line, "bug in the kernel") {
				t.Errorf("a run was cancelled with %s", line)
			}
		}
		if len(lines) == 0 {
			t.Error("nobody was cancelled")
		}
		if _, err := tree.Shutdown("ada", "a test"); !errors.Is(err, ErrNotRunning) {
			t.Errorf("afterwards, a command answers %v", err)
		}
	})
}

// Whoever reads a tree that is poisoned is told that it is over; whoever waits, too.
func TestPoisonIsRead(t *testing.T) {
	table := plain(
		Child{Name: "A", Role: Service, Start: until},
		Child{Name: "B", Role: Service, Ready: Ready{Explicit: true}, Start: until},
	)
	synctest.Test(t, func(t *testing.T) {
		tree := New(table)
		done := make(chan error, 2)
		go func() { done <- tree.Run(t.Context()) }()
		synctest.Wait()
		go func() { done <- tree.Handle("Root.B").Wait(t.Context()) }()
		synctest.Wait()
		wrong(tree)
		for range 2 {
			if err := <-done; err == nil {
				t.Error("somebody was not told")
			}
		}
		if p, q := tree.Snapshot().Tree().Phase, tree.Report().Phase; p != TreeEnded || q != TreeEnded {
			t.Errorf("the tree is %s, and reported to be %s", p, q)
		}
		if err := tree.Handle("Root.A").Wait(t.Context()); !errors.Is(err, ErrNotRunning) {
			t.Errorf("waiting for what was ready answers %v", err)
		}
	})
}
