package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a run that fails before it is ready leaves behind is no value: its successor's is handed over.
func TestFailedBeforeItsValue(t *testing.T) {
	port := Port[int]{Of: one}
	var got notes
	table := plain(
		Child{Name: "P", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true}, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				return errLost
			}
			port.Provider(l).Ready(5)
			return until(l)
		}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error { got.tell("%d", port.From(l)); return until(l) }},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) { want(t, tree, "Root.C", "ready#1") })
	if diff := cmp.Diff([]string{"5"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Fence": what a stuck run of a job returns at last is not handed over, its successor's is.
func TestLateResult(t *testing.T) {
	port := Port[uint64]{Of: one}
	var release chan struct{} // made in the bubble
	var got notes
	table := plain(
		Child{Name: "J", Role: Job, Provides: true, Timeout: time.Second, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Backoff: Backoff{None: true},
			On: Table{OutcomeTimeout: ActionRestart, OutcomeStuck: ActionRestart}, Start: func(l Launch) error {
				if l.Run().Generation() == 1 {
					release = make(chan struct{})
					<-release
				}
				return port.Return(l, l.Run().Generation(), nil)
			}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error { got.tell("%d", port.From(l)); return until(l) }},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(5 * time.Second)
		want(t, tree, "Root.J", "stopped#2")
		close(release)
		synctest.Wait()
		HandleOf(tree, two).Restart("ada", "a test")
		synctest.Wait()
	})
	if diff := cmp.Diff([]string{"2", "2"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// A job that fails hands nothing over, and a Port that a child does not need is a panic of that child, which says so.
func TestPortsOfOthers(t *testing.T) {
	var got string
	table := plain(
		Child{Name: "A", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Start: until},
		Child{Name: "B", Role: Service, On: Table{OutcomePanic: ActionQuarantine}, Start: func(l Launch) error {
			Port[int]{Of: one}.From(l)
			return nil
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) { got = tree.Snapshot().Child(two).Failure.Message })
	if got != "supgen: Root.B was not given Root.A" {
		t.Errorf("the failure is %q", got)
	}
	l := Launch{run: &run{extra: new(runExtra)}}
	if err := (Port[int]{}).Return(l, 1, errLost); err != errLost || l.run.extra.result != nil {
		t.Errorf("a failed job hands over %v, and returns %v", l.run.extra.result, err)
	}
}

// An empty string is a key like any other, and no child of its row is numbered like one that has a key.
func TestEmptyKey(t *testing.T) {
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: 9, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		for want, key := range map[string]InstanceKey{`Root.S[""]`: Key(""), `Root.S["#1"]`: Key("#1"), `Root.S["a]["]`: Key("a]["), "Root.S[-1]": Key(-1)} {
			h, err := tree.Start(t.Context(), one, key, nil)
			if err != nil || h.Path() != want {
				t.Errorf("Start answers %s, %v, want %s", h.Path(), err, want)
			}
			if s, err := h.State(); err != nil || s.Path != want || DynamicOf(tree, one, key).Path() != want || tree.Handle(want).Path() != want {
				t.Errorf("the state of %s is %+v, %v", want, s, err)
			}
			if _, ok := tree.Snapshot().Dynamic(one)[key.text]; !ok {
				t.Errorf("the snapshot lacks %q", key.text)
			}
		}
		for _, path := range []string{"Root.S", "Root.S[]", "Root.S[0]", "Root.S[#1]", "Root[0]", "Root.", "[0]", "Root.S[99999999999999999999]"} {
			if _, err := tree.Handle(path).State(); !errors.Is(err, ErrUnknown) {
				t.Errorf("the state of %s is %v", path, err)
			}
		}
		if _, err := tree.Start(t.Context(), root, Key(1), nil); !errors.Is(err, ErrUnknown) {
			t.Errorf("starting what is not dynamic answers %v", err)
		}
	})
}

// The path of a replica is its index, written as it is, and it has to be there.
func TestReplicaPaths(t *testing.T) {
	table := plain(Child{Name: "P", Role: Service, Replicas: 2, Start: until}, Child{Name: "Q", Role: Service, Replicas: 1, Start: until}, Child{Name: "C", Role: Service, Start: until})
	tree := New(table)
	for _, path := range []string{"Root", "Root.P[0]", "Root.P[1]", "Root.Q[0]", "Root.C"} {
		if s, err := tree.Handle(path).State(); err != nil || s.Path != path {
			t.Errorf("the state of %s is %+v, %v", path, s, err)
		}
	}
	for _, path := range []string{"Root.P", "Root.P[2]", "Root.P[-1]", "Root.P[00]", "Root.P[+1]", "Root.P[1", "Root.P[1] ", "Root.Q[1]", "Root.Q", "Root.C[0]", "Root.P[3]", "Root.P[4000000000]", ""} {
		if s, err := tree.Handle(path).State(); !errors.Is(err, ErrUnknown) {
			t.Errorf("the state of %q is %+v, %v", path, s, err)
		}
	}
}

// A run that is asked to stop by hand hears who says so, and of no failure that was before.
func TestStopErrorForgets(t *testing.T) {
	var got notes
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			return errLost
		}
		<-l.Context().Done()
		got.tell("%s", why(l.Context()))
		return nil
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Handle("Root.C").Restart("ada", "a test")
		synctest.Wait()
	})
	if diff := cmp.Diff([]string{"Root.C with Root.C, restart by ada: a test", "Root.C with Root, shutdown by context: the test is over"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// A run logs to slog.Default where the tree has no logger, and the zero Run always does.
func TestDefaultLogger(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	supervise(t, plain(Child{Name: "C", Role: Service, Start: func(l Launch) error { l.Run().Logger().Info("hello"); return until(l) }}), func(*testing.T, *Tree) {})
	Run{}.Logger().Info("nobody")
	if !strings.Contains(log.String(), "msg=hello path=Root.C generation=1 attempt=1\n") || !strings.Contains(log.String(), "msg=nobody\n") || strings.Count(log.String(), "\n") != 2 {
		t.Errorf("the log is\n%s", log.String())
	}
}

// design.md, "Events": a reader that is just slow enough loses just as much as does not fit, and is told so.
func TestRingIsFull(t *testing.T) {
	const slots = 4
	for behind := range 8 {
		supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
			say := func() { tree.Handle("Root.C").Resume("ada", "one event") }
			time.AfterFunc(time.Second, say)
			var got []string
			for e := range tree.Events(t.Context()) {
				if len(got) == 0 {
					before := e.Sequence
					for range behind {
						say()
					}
					if n := tree.Snapshot().Tree().Sequence - before; n != uint64(behind) {
						t.Errorf("%d commands are %d events", behind, n)
					}
				}
				got = append(got, fmt.Sprint(e.Kind, " ", e.Lost))
				if e.Sequence == tree.Snapshot().Tree().Sequence {
					break
				}
			}
			want := []string{"command 0"}
			if lost := behind - slots; lost > 0 {
				want = append(want, fmt.Sprint("lost ", lost))
			}
			for range min(behind, slots) {
				want = append(want, "command 0")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d behind: %s", behind, diff)
			}
		}, WithEvents(slots))
	}
}

// design.md, "Traps of the shell": the one timer is set again for a deadline that was once unset, at the very moment.
func TestDeadlineComesBack(t *testing.T) {
	hold := func(d time.Duration) Backoff { return Backoff{Min: d, Max: d, Factor: 1} }
	table := plain(
		Child{Name: "A", Role: Service, Backoff: hold(2 * time.Second), Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				return errLost
			}
			return until(l)
		}},
		Child{Name: "B", Role: Service, Backoff: hold(time.Second), Start: once},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Handle("Root.A").Pause("ada", "no deadline is left")
		time.Sleep(3 * time.Second) // B fails after one second, and is due when A was
		want(t, tree, "Root.B", "ready#2")
		want(t, tree, "Root.A", "paused#1")
	})
}

// Checks that are leaked are named in order, from the moment on that they are late.
func TestLeakedChecks(t *testing.T) {
	release := sync.OnceValue(func() chan struct{} { return make(chan struct{}) }) // made in the bubble
	table := plain(Child{Name: "C", Role: Service, Replicas: 9, Start: until, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 5 * time.Second}},
		HealthCheck: func(Launch) error { <-release(); return nil }})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(15 * time.Second)
		var want []string
		for i := range 9 {
			want = append(want, fmt.Sprintf("Root.C[%d]#1 check", i))
		}
		if diff := cmp.Diff(want, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		close(release())
	})
}

// A check's context ends with the check, and what hangs on it with that.
func TestCheckContextEnds(t *testing.T) {
	ended := 0
	table := plain(Child{Name: "C", Role: Service, Start: until, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 5 * time.Second}},
		HealthCheck: func(l Launch) error {
			context.AfterFunc(l.Context(), func() { ended++ })
			return nil
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if ended != 1 {
			t.Errorf("of one check, %d have ended", ended)
		}
	})
}

// A run that says Ready with another value would leave what needs it with the first one: that is an error, and a restart, so that
// all have the new one. What Go cannot compare is taken for the same.
func TestReadyWithAnotherValue(t *testing.T) {
	var got notes
	for _, c := range []struct {
		first, second any
		fails         bool
	}{
		{1, 2, true}, {1, 1, false}, {new(int), new(int), true}, {1, "1", true}, {nil, 1, true}, {nil, nil, false},
		{[]int{1}, []int{2}, false}, {func() {}, func() {}, false}, {[1]any{1}, [1]any{2}, true}, {[1]any{1}, [1]any{func() {}}, false},
	} {
		port := Port[any]{Of: one}
		table := plain(
			Child{Name: "P", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true}, Start: func(l Launch) error {
				p := port.Provider(l)
				if l.Run().Generation() > 1 {
					p.Ready("new")
					return until(l)
				}
				p.Ready(c.first)
				p.NotReady()
				p.Ready(c.second)
				return until(l)
			}},
			Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
				if v := port.From(l); v == "new" {
					got.tell("has the new one")
				}
				return until(l)
			}})
		err := supervise(t, table, func(t *testing.T, tree *Tree) {
			synctest.Wait()
			s, _ := tree.Handle("Root.P").State()
			if fails := s.Restarts == 1 && s.Failure != nil && s.Failure.Kind == OutcomeError; fails != c.fails {
				t.Errorf("%v, then %v: %d restarts", c.first, c.second, s.Restarts)
			}
		})
		if has := len(got.take()) == 1; err != nil || has != c.fails {
			t.Errorf("%v, then %v: the new one was handed over: %v; %v", c.first, c.second, has, err)
		}
	}
}
