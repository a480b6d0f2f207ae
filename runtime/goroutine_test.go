package runtime

import (
	"bytes"
	"context"
	"fmt"
	stdruntime "runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// taint does to its goroutine what a run may do, and leaves it so.
func taint(lock bool) {
	if lock {
		stdruntime.LockOSThread()
	}
	debug.SetPanicOnFault(true)
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("left", "behind")))
}

// tainted is what a run finds that another has left in its goroutine.
func tainted() (what []string) {
	if strings.Contains(strings.SplitN(trace(), "\n", 2)[0], "locked to thread") {
		what = append(what, "a locked thread")
	}
	if debug.SetPanicOnFault(false) {
		what = append(what, "panic on fault")
	}
	return what
}

// design.md, "Traps of the shell": no run inherits what the one before it, or whoever launched it, did to its goroutine,
// however that ended. What it did to its thread is what Go ends the thread for, and no other run sees it.
func TestGoroutineIsNotInherited(t *testing.T) {
	exit := func() error { stdruntime.Goexit(); return nil }
	for name, test := range map[string]struct {
		lock bool
		end  func() error
	}{
		"returns":                {false, func() error { return errLost }},
		"panics":                 {false, func() error { panic("lost") }},
		"exits":                  {false, exit},
		"returns, thread locked": {true, func() error { return errLost }},
		"panics, thread locked":  {true, func() error { panic("lost") }},
		"exits, thread locked":   {true, exit},
	} {
		t.Run(name, func(t *testing.T) {
			var got notes
			look := func(l Launch) {
				if what := tainted(); what != nil {
					got.tell("%s#%d found %s", l.Run().Path(), l.Run().Generation(), what)
				}
			}
			none := Backoff{None: true}
			table := plain(
				Child{Name: "A", Role: Service, Backoff: none, Start: func(l Launch) error {
					look(l)
					taint(test.lock)
					if l.Run().Generation() < 3 {
						return test.end()
					}
					return until(l)
				}},
				Child{Name: "B", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
					look(l)
					taint(test.lock)
					return until(l)
				}},
				Child{Name: "D", Role: Service, Backoff: none, Start: func(l Launch) error {
					look(l)
					taint(test.lock)
					if l.Run().Generation() < 3 {
						return test.end()
					}
					return until(l)
				}},
				Child{Name: "C", Role: Service, Backoff: none, Ready: Ready{Check: Check{Every: time.Minute, Timeout: time.Second}}, Start: func(l Launch) error {
					look(l)
					taint(test.lock)
					return until(l)
				}, ReadyCheck: func(l Launch) error {
					look(l)
					taint(test.lock)
					return nil
				}},
			)
			supervise(t, table, func(t *testing.T, tree *Tree) {
				time.Sleep(time.Second)
				want(t, tree, "Root.A", "ready#3")
				want(t, tree, "Root.D", "ready#3")
				tree.Handle("Root.C").Restart("ada", "a test")
				tree.Handle("Root.A").Restart("ada", "a test")
				synctest.Wait()
				want(t, tree, "Root", "ready#1")
			})
			if diff := cmp.Diff([]string(nil), got.take()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The test above sees what it is there for.
func TestTainted(t *testing.T) {
	found := make(chan []string)
	go func() {
		taint(true)
		found <- tainted()
	}()
	if diff := cmp.Diff([]string{"a locked thread", "panic on fault"}, <-found); diff != "" {
		t.Error(diff)
	}
}

// A profile shows each run under its own label, whatever the run before it in the same place set, and whoever launched
// it: here one that fails, and a Ready that launches so many that a worker does it.
func TestLabelsAreOwn(t *testing.T) {
	const n = 600
	table := plain(Child{Name: "A", Role: Service, Backoff: Backoff{None: true}, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			taint(true)
			return errLost
		}
		pprof.Do(l.Context(), pprof.Labels("left", "behind"), func(context.Context) { l.Signal().Ready() })
		return resting(l)
	}}, Child{Name: "B", Role: Service, Replicas: n, Needs: []ID{one}, Start: resting})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(time.Second)
		want(t, tree, "Root", "ready#1")
		var profile bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&profile, 1)
		seen := make(map[string]int)
		_, text, _ := strings.Cut(profile.String(), "\n") // the total
		for _, group := range strings.Split(text, "\n\n") {
			if strings.Contains(group, "runtime.resting+") {
				_, after, _ := strings.Cut(group, "# labels: ")
				line, _, _ := strings.Cut(after, "\n")
				_, line = cutLabel(line, indexLabel)
				var here int
				fmt.Sscanf(group, "%d @", &here)
				seen[line] += here
			}
		}
		if diff := cmp.Diff(map[string]int{`{"supgen.path":"Root.A"}`: 1, `{"supgen.path":"Root.B"}`: n}, seen); diff != "" {
			t.Error(diff)
		}
	})
}

// resting is until, and is seen by its name in a profile.
func resting(l Launch) error {
	<-l.Context().Done()
	return nil
}

// A Ready that launches thousands launches each of them, and what comes after it waits for that.
func TestLongBatchIsCarriedOut(t *testing.T) {
	const n = 2000
	var launched notes
	table := plain(
		Child{Name: "A", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			l.Signal().Ready()
			if s, _ := l.run.tree.Handle("Root.B[1999]").State(); s.Generation == 0 {
				t.Error("what comes after Ready came before it")
			}
			return until(l)
		}},
		Child{Name: "B", Role: Service, Replicas: n, Needs: []ID{one}, Start: func(l Launch) error {
			launched.tell("%s", l.Run().Path())
			return until(l)
		}},
	)
	if err := supervise(t, table, func(*testing.T, *Tree) {}); err != nil {
		t.Error(err)
	}
	if got := len(count(launched.take())); got != n {
		t.Errorf("%d of %d were launched", got, n)
	}
}

// bubbled is how many goroutines the caller's bubble has.
func bubbled() int {
	header, _, _ := strings.Cut(trace(), "\n")
	_, bubble, _ := strings.Cut(header, "synctest bubble ")
	return len(strings.Split(everyone(), "synctest bubble "+bubble)) - 1
}

// everyone is the trace of all goroutines.
func everyone() string {
	text := make([]byte, 1<<22)
	return string(text[:stdruntime.Stack(text, true)])
}

// design.md, "Shape": the shell's goroutines are one a run and one a check in flight.
func TestOneGoroutineEach(t *testing.T) {
	const n = 50
	table := plain(
		Child{Name: "A", Role: Service, Replicas: n, Start: until},
		Child{Name: "B", Role: Service, Replicas: n, Start: until, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 5 * time.Second}}, HealthCheck: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		before := bubbled()
		time.Sleep(11 * time.Second)
		synctest.Wait() // for the pulse
		if more := bubbled() - before; more != n {
			t.Errorf("%d checks are %d goroutines", n, more)
		}
		for i := range n {
			ReplicaOf(tree, one, i).Stop("ada", "a test")
		}
		synctest.Wait()
		if more := bubbled() - before; more != 0 {
			t.Errorf("without %d runs, there are %d goroutines more", n, more)
		}
	})
}
