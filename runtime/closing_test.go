package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// design.md, "Abort": a pool whose server is frozen does not close, and its child goes on all the same. Each close that is
// left behind is named, as a cleanup, until it returns; it makes the tree's end unclean.
func TestStuckInACleanup(t *testing.T) {
	var thawed [3]chan struct{} // by generation, made in the bubble
	var lines bytes.Buffer
	pool := Port[int]{Of: one}
	table := plain(
		Child{Name: "Pool", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Backoff: Backoff{Min: 5 * time.Second, Max: 5 * time.Second, Factor: 1, Reset: time.Hour},
			Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Start: func(l Launch) error {
				gen := l.Run().Generation()
				pool.Provider(l).Ready(int(gen))
				l.Run().Cleanup(func(context.Context) error {
					if gen < 3 {
						<-thawed[gen]
					}
					return nil
				})
				if gen < 3 {
					time.Sleep(time.Second)
					return ExternalDependency(errLost)
				}
				return until(l)
			}},
		Child{Name: "User", Role: Service, Needs: []ID{one}, Start: until},
	)
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree, thawed[1], thawed[2] = running, make(chan struct{}), make(chan struct{})
		got := told(t, tree, func(e Event) string {
			switch {
			case e.Kind == EventStuck, e.Kind == EventReturned:
				if !e.Cleanup {
					t.Errorf("%s of %s is not of its cleanup", e.Kind, e.Path)
				}
				return e.Kind.String()
			case e.Kind == EventStacks && strings.Contains(e.Stacks, "closing_test.go"):
				return "stacks"
			case e.To == LifecycleRunning && e.From != LifecycleReady && e.Path == "Root.Pool":
				return "launched"
			}
			return ""
		})
		time.Sleep(20 * time.Second)
		if diff := cmp.Diff([]string{"3s stuck", "3s stacks", "6s launched", "9s stuck", "9s stacks", "12s launched"}, got.take()); diff != "" {
			t.Error(diff)
		}
		want(t, tree, "Root.Pool", "ready#3")
		want(t, tree, "Root.User", "ready#3")
		if diff := cmp.Diff([]string{"Root.Pool#1 cleanup", "Root.Pool#2 cleanup"}, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		close(thawed[1])
		synctest.Wait()
		if diff := cmp.Diff([]string{"20s returned"}, got.take()); diff != "" {
			t.Error(diff)
		}
		tree.Shutdown("ada", "a test")
		<-tree.Done()
		close(thawed[2])
		synctest.Wait()
		if leaked := tree.Snapshot().Tree().Leaked; len(leaked) > 0 {
			t.Errorf("%v is leaked", leaked)
		}
	}, WithLogger(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	if !errors.Is(err, ErrStuck) || err.Error() != "supgen: did not stop: Root.Pool cleanup" {
		t.Errorf("Run returned %v", err)
	}
	if r := tree.Report(); r.Ended != EndedUnclean || !r.Children[0].Cleanup || r.Children[0].Outcome != StopStuck || r.Children[1].Outcome != StopDrained {
		t.Errorf("it reports %+v", r)
	}
	for _, line := range []string{ // the run's generation, and not that of the child's last
		"level=ERROR msg=stuck path=Root.Pool generation=1 cleanup=true",
		"level=ERROR msg=stuck path=Root.Pool generation=2 cleanup=true",
		"level=INFO msg=returned path=Root.Pool generation=1 cleanup=true",
	} {
		if !strings.Contains(lines.String(), line+"\n") {
			t.Errorf("the log lacks\n%s\nit is\n%s", line, lines.String())
		}
	}
}

// What is removed is gone, though its cleanup is stuck: its key and its place are free. The report names it.
func TestRemovedInACleanup(t *testing.T) {
	table := plain(Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Start: func(l Launch) error {
		l.Run().Cleanup(func(context.Context) error {
			if l.Run().Generation() == 1 {
				<-l.run.tree.Done()
			}
			return nil
		})
		return until(l)
	}})
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		h, _ := tree.Start(t.Context(), one, Key("a"), nil)
		synctest.Wait()
		h.Remove("ada", "a test")
		time.Sleep(3 * time.Second)
		if _, err := h.State(); !errors.Is(err, ErrUnknown) {
			t.Errorf("its state answers %v", err)
		}
		if _, err := tree.Start(t.Context(), one, Key("a"), nil); err != nil {
			t.Errorf("its key is not free: %v", err)
		}
		synctest.Wait()
		want(t, tree, `Root.S["a"]`, "ready#2")
		if diff := cmp.Diff([]string{`Root.S["a"]#1 cleanup`}, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
	})
	if !errors.Is(err, ErrStuck) {
		t.Errorf("Run returned %v", err)
	}
	if diff := cmp.Diff([]string{`Root.S["a"]`}, tree.Report().Stuck()); diff != "" {
		t.Error(diff)
	}
}

// A cleanup that is added by another, and fails at once, does not end the one that added it.
func TestAddedInACleanup(t *testing.T) {
	table := plain(Child{Name: "S", Role: Service, Shutdown: Shutdown{Drain: 5 * time.Second, Abort: time.Second}, Start: func(l Launch) error {
		l.Run().Cleanup(func(ctx context.Context) error {
			l.Run().Cleanup(func(context.Context) error { return errLost })
			if time.Sleep(time.Second); ctx.Err() != nil {
				t.Errorf("its context ended: %v", context.Cause(ctx))
			}
			return nil
		})
		return until(l)
	}})
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, func(e Event) string {
			if e.Path != "Root.S" || e.Kind != EventEnded && e.To != LifecycleStopped {
				return ""
			}
			return fmt.Sprint(e.Kind, " ", e.Failure != nil)
		})
		tree.Shutdown("ada", "a test")
		<-tree.Done()
		synctest.Wait()
		if diff := cmp.Diff([]string{"0s ended false", "0s ended true", "1s transition false"}, got.take()); diff != "" {
			t.Error(diff)
		}
	})
	if !errors.Is(err, errLost) {
		t.Errorf("Run returned %v", err)
	}
}
