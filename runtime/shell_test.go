package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	stdruntime "runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// goexits is a value whose String ends the goroutine that asks it.
type goexits struct{}

func (goexits) String() string { stdruntime.Goexit(); return "" }

// design.md, "Classify": whatever a child's end does to the goroutine it ends in, the tree hears of it.
func TestEndsAreHeardOf(t *testing.T) {
	for name, test := range map[string]struct {
		end     func() error
		kind    Outcome
		message string
	}{
		"a panic that panics when printed":     {func() error { panic(evil{}) }, OutcomePanic, "%!v(PANIC=Error method: evil)"},
		"a panic that exits when printed":      {func() error { panic(goexits{}) }, OutcomeGoexit, "called runtime.Goexit"},
		"an error that exits when printed":     {func() error { return exits{} }, OutcomeGoexit, "called runtime.Goexit"},
		"a panic in a deferred function":       {func() error { defer panic("second"); panic("first") }, OutcomePanic, "second"},
		"a panic that is recovered":            {func() (err error) { defer func() { err = fmt.Errorf("%v", recover()) }(); panic("lost") }, OutcomeError, "lost"},
		"an error whose As panics":             {func() error { return evilAs{} }, OutcomeError, "runtime.evilAs, whose methods panic: as"},
		"a joined error with a kind inside":    {func() error { return errors.Join(errors.New("a"), FatalBug(errors.New("b"))) }, OutcomeFatalBug, "a\nb"},
		"a nil pointer that is no nil error":   {func() error { var e *classified; return e }, OutcomeError, "*runtime.classified, whose methods panic: runtime error: invalid memory address or nil pointer dereference"},
		"goexit below a recover of everything": {func() error { defer func() { recover() }(); stdruntime.Goexit(); return nil }, OutcomeGoexit, "called runtime.Goexit"},
	} {
		t.Run(name, func(t *testing.T) {
			c := Child{Name: "C", Role: Service, Start: func(Launch) error { return test.end() }}
			c.On[test.kind] = ActionQuarantine
			table := plain(c)
			err := supervise(t, table, func(t *testing.T, tree *Tree) {
				s, _ := tree.Handle("Root.C").State()
				if s.Failure == nil {
					t.Errorf("nobody heard of its end: it is %s", s.Lifecycle)
				} else if s.Lifecycle != LifecycleQuarantined || s.Failure.Kind != test.kind || s.Failure.Message != test.message {
					t.Errorf("it is %s, with %s: %s", s.Lifecycle, s.Failure.Kind, s.Failure.Message)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

type exits struct{}

func (exits) Error() string { stdruntime.Goexit(); return "" }

type evilAs struct{ error }

func (evilAs) As(any) bool { panic("as") }

// design.md, "Classify": what was asked to stop and stops is no failure, whatever it does; it counts nowhere.
func TestAskedIsNoFailure(t *testing.T) {
	for name, end := range map[string]func(){
		"panic":  func() { panic("in a hurry") },
		"goexit": func() { stdruntime.Goexit() },
		"nil":    func() {},
	} {
		t.Run(name, func(t *testing.T) {
			table := plain(Child{Name: "C", Role: Service, Limit: Limit{N: 0, In: time.Hour}, Start: func(l Launch) error {
				<-l.Context().Done()
				end()
				return nil
			}})
			err := supervise(t, table, func(t *testing.T, tree *Tree) {
				tree.Handle("Root.C").Restart("ada", "a test")
				synctest.Wait()
				want(t, tree, "Root.C", "ready#2")
				if s, _ := tree.Handle("Root.C").State(); s.Failure != nil || s.Restarts != 0 {
					t.Errorf("it failed with %v and restarted %d times", s.Failure, s.Restarts)
				}
			})
			if stopped(err) != nil {
				t.Error(err)
			}
		})
	}
}

// A child that returns at the very moment it is told to stop has one end, whichever of the two is first: it fails and is
// restarted, or it is paused (I5). Here both happen in one moment of virtual time.
func TestReturnAtTheMomentOfTheStop(t *testing.T) {
	for round := range 20 {
		table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
			if l.Run().Generation() > 1 {
				return until(l)
			}
			select {
			case <-time.After(time.Second):
			case <-l.Context().Done():
			}
			return errors.New("lost")
		}})
		supervise(t, table, func(t *testing.T, tree *Tree) {
			ends, seq := 0, uint64(0)
			read := make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				defer close(read)
				for e := range tree.Events(ctx) {
					if seq > 0 && e.Sequence != seq+1 {
						t.Errorf("event %d follows %d", e.Sequence, seq)
					}
					seq = e.Sequence
					if e.Run == 1 && (e.Kind == EventFailed || e.Kind == EventEnded) {
						ends++
					}
				}
			}()
			synctest.Wait()
			time.AfterFunc(time.Second, func() { tree.Handle("Root.C").Pause("ada", "a test") })
			time.Sleep(2 * time.Second)
			cancel()
			<-read
			if ends != 1 {
				t.Errorf("round %d: the run has %d ends", round, ends)
			}
			s, _ := tree.Handle("Root.C").State()
			if s.Lifecycle != LifecyclePaused {
				t.Errorf("round %d: it is %s", round, s.Lifecycle)
			}
		})
	}
}

// design.md, "Fence": a run that ends while it is said to be ready, from many goroutines, and long after its end,
// speaks for itself alone.
func TestReadyFromEverywhere(t *testing.T) {
	port := Port[uint64]{Of: one}
	var got notes
	table := plain(
		Child{Name: "P", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true},
			Limit: Limit{N: 50, In: time.Hour}, Start: func(l Launch) error {
				p, gen := port.Provider(l), l.Run().Generation()
				for range 16 {
					go func() {
						p.Ready(gen)
						p.NotReady()
						p.Ready(gen)
						<-l.Context().Done()
						p.Ready(gen)
						p.NotReady()
					}()
				}
				if gen > 20 {
					return until(l)
				}
				return errors.New("lost")
			}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			s, err := l.run.tree.Handle("Root.P").State()
			if given := port.From(l); err != nil || given > s.Generation {
				got.tell("C was given %d, of P#%d", given, s.Generation)
			} else if given < s.Generation && l.Context().Err() == nil {
				got.tell("C lives with %d, of P#%d", given, s.Generation)
			}
			return until(l)
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(time.Second)
		want(t, tree, "Root.P", "ready#21")
		if s, _ := tree.Handle("Root.C").State(); s.Lifecycle != LifecycleReady {
			t.Errorf("C is %s", s.Lifecycle)
		}
	})
	if lines := got.take(); lines != nil {
		t.Error(strings.Join(lines, "\n"))
	}
}

// What a run says after its end is no value for those that need its successor.
func TestLateValue(t *testing.T) {
	port := Port[uint64]{Of: one}
	var say, late func() // of the run that lives, and of the one that has ended
	var got notes
	table := plain(
		Child{Name: "P", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			late, say = say, func() { port.Provider(l).Ready(l.Run().Generation()) }
			return until(l)
		}},
		Child{Name: "C", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			got.tell("C has %d", port.From(l))
			return until(l)
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Handle("Root.P").Restart("ada", "a test")
		synctest.Wait()
		late()
		say()
		synctest.Wait()
		if diff := cmp.Diff([]string{"C has 2"}, got.take()); diff != "" {
			t.Error(diff)
		}
	})
}

// design.md, "Traps of the shell": the labels of a launch are the launcher's, so each run has its own, and its context
// carries them.
func TestProfileLabels(t *testing.T) {
	table := plain(
		Child{Name: "A", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			pprof.Do(l.Context(), pprof.Labels("work", "of A"), func(context.Context) { l.Signal().Ready() })
			return until(l)
		}},
		Child{Name: "B", Role: Service, Needs: []ID{one}, Start: labelled},
		Child{Name: "C", Role: Service, Ready: Ready{Check: Check{Every: time.Minute, Timeout: time.Second}}, Start: until,
			ReadyCheck: labelled},
		Child{Name: "D", Role: Service, Replicas: 2, Start: labelled},
		Child{Name: "E", Role: Service, Dynamic: true, Max: 1, Start: labelled},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Start(t.Context(), 5, Key("ada"), nil)
		synctest.Wait()
		var profile bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&profile, 1)
		var labels []string
		for _, group := range strings.Split(profile.String(), "\n\n") {
			if strings.Contains(group, "runtime.labelled+") {
				_, after, _ := strings.Cut(group, "# labels: ")
				line, _, _ := strings.Cut(after, "\n")
				labels = append(labels, line)
			}
		}
		slices.Sort(labels)
		if diff := cmp.Diff([]string{
			`{"supgen.index":"0", "supgen.path":"Root.D"}`, `{"supgen.index":"1", "supgen.path":"Root.D"}`, `{"supgen.key":"ada", "supgen.path":"Root.E"}`,
			`{"supgen.path":"Root.B"}`, `{"supgen.path":"Root.C"}`,
		}, labels); diff != "" {
			t.Errorf("the labels of B, of C's check, of D and of E are\n%s", diff)
		}
	}, WithKeyLabels())
}

// labelled waits for its end, and is seen by its name in a profile.
func labelled(l Launch) error {
	if path, _ := pprof.Label(l.Context(), "supgen.path"); path == "" || !strings.HasPrefix(l.Run().Path(), path) {
		return fmt.Errorf("its context's label is %q", path)
	}
	<-l.Context().Done()
	return nil
}

// design.md, "Traps of the shell": a Ready that launches thousands does not do it on the child's stack. Who started a
// goroutine is in its trace.
func TestLongBatch(t *testing.T) {
	for _, n := range []int{1, 2000} {
		var ready string
		var launched notes
		table := plain(Child{Name: "P", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			ready = trace()
			l.Signal().Ready()
			return until(l)
		}})
		for i := range n {
			table = append(table, Child{Name: fmt.Sprint("C", i), Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
				launched.tell("%s", trace())
				return until(l)
			}})
		}
		supervise(t, table, func(t *testing.T, tree *Tree) {
			want(t, tree, "Root", "ready#1")
			_, self, _ := strings.Cut(ready, "goroutine ")
			self, _, _ = strings.Cut(self, " ")
			own := 0
			for _, text := range launched.take() {
				if strings.Contains(text, "in goroutine "+self+"\n") {
					own++
				}
			}
			if (own > 0) != (n == 1) || own > n {
				t.Errorf("of %d launches, %d are by the goroutine that said Ready", n, own)
			}
			before := time.Now()
			tree.Handle("Root.P").Restart("ada", "to take all of them down")
			synctest.Wait()
			if time.Since(before) != 0 {
				t.Error("the restart took virtual time")
			}
		})
	}
}

func trace() string {
	text := make([]byte, 8192)
	return string(text[:stdruntime.Stack(text, false)])
}

// I6: what a child does to its own tree while it runs is answered, and waits for nobody.
func TestFromInside(t *testing.T) {
	var got notes
	var tree *Tree
	table := plain(
		Child{Name: "A", Role: Service, Start: func(l Launch) error {
			if l.Run().Generation() > 1 {
				return until(l)
			}
			got.tell("snapshot: %s", tree.Snapshot().Child(one).Lifecycle)
			s, err := HandleOf(tree, one).State()
			got.tell("state: %s %v", s.Lifecycle, err)
			got.tell("report: %s", tree.Report().Children[0].Outcome)
			select {
			case <-tree.Done():
			default:
				got.tell("not done")
			}
			go func() {
				for e := range tree.Events(l.Context()) {
					got.tell("event: %s of %s", e.Kind, e.Path)
					if e.Kind == EventCommand {
						break
					}
				}
			}()
			synctest.Wait()
			a, err := HandleOf(tree, one).Restart("A", "to be young again")
			got.tell("answer: %s > %s %v", a.Before, a.Next, err)
			<-l.Context().Done()
			got.tell("%s", why(l.Context()))
			got.tell("wait: %v", HandleOf(tree, one).Wait(l.Context()))
			return nil
		}},
	)
	synctest.Test(t, func(t *testing.T) {
		tree = New(table)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- tree.Run(ctx) }()
		time.Sleep(time.Second)
		want(t, tree, "Root.A", "ready#2")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff([]string{
		"snapshot: ready", "state: ready <nil>", "report: running", "not done", "answer: ready > restarting <nil>",
		"Root.A with Root.A, restart by A: to be young again",
		"wait: supgen: Root.A waits for Root.A: a run cannot wait for what waits for its end",
	}, without(got.take(), "event:")); diff != "" {
		t.Error(diff)
	}
}

// without leaves out the lines that begin with a prefix.
func without(lines []string, prefix string) (rest []string) {
	for _, line := range lines {
		if !strings.HasPrefix(line, prefix) {
			rest = append(rest, line)
		}
	}
	return rest
}
