package runtime

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Many goroutines start and remove children of the same few keys: each key is one child at a time, there are never more
// than Max, and each run that was started has ended when the tree has.
func TestDynamicStorm(t *testing.T) {
	const most = 5
	var mu sync.Mutex
	alive, runs := make(map[string]int), 0
	table := plain(Child{Name: "S", Role: Service, Dynamic: true, Max: most, Start: func(l Launch) error {
		mu.Lock()
		alive[l.Run().Path()]++
		runs++
		if n := alive[l.Run().Path()]; n > 1 || len(alive) > most {
			t.Errorf("%d runs of %s among %d", n, l.Run().Path(), len(alive))
		}
		mu.Unlock()
		<-l.Context().Done()
		mu.Lock()
		defer mu.Unlock()
		if alive[l.Run().Path()]--; alive[l.Run().Path()] == 0 {
			delete(alive, l.Run().Path())
		}
		return nil
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		answers := make(chan error)
		var accepted atomic.Int64
		for worker := range 8 {
			go func() {
				random := rand.New(rand.NewPCG(1, uint64(worker)))
				for range 100 {
					key := Key(random.IntN(8))
					_, err := tree.Start(t.Context(), one, key, nil)
					if err == nil {
						accepted.Add(1)
					}
					if random.IntN(2) == 0 {
						_, err = DynamicOf(tree, one, key).Remove("ada", "a test")
					}
					answers <- err
				}
			}()
		}
		seen := make(map[error]int)
		for range 800 {
			err := <-answers
			for _, known := range []error{ErrMax, ErrDuplicateKey, ErrUnknown} {
				if errors.Is(err, known) {
					seen[known], err = seen[known]+1, nil
				}
			}
			if err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 3 || runs != int(accepted.Load()) || runs < most {
			t.Errorf("%d starts were accepted, there were %d runs, and the answers were %v", accepted.Load(), runs, seen)
		}
		if got := len(tree.Snapshot().Dynamic(one)); got != len(alive) {
			t.Errorf("%d are alive, the snapshot has %d", len(alive), got)
		}
	})
	if len(alive) != 0 {
		t.Errorf("alive after the end: %v", alive)
	}
}

// design.md, "Escalate": dynamic children do not come back when their supervisor restarts by its failure, and they may
// be removed while it comes down.
func TestDynamicWhileItsSupervisorFails(t *testing.T) {
	table := []Child{
		root: {Name: "Root", Role: Supervisor},
		one:  {Name: "In", Role: Supervisor, Backoff: Backoff{None: true}},
		two: {Name: "C", Parent: one, Role: Service, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				time.Sleep(time.Second)
				return FatalBug(errLost)
			}
			return until(l)
		}},
		three: {Name: "S", Parent: one, Role: Service, Dynamic: true, Max: 3, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(2 * time.Second)
			return nil
		}},
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		for i := range 3 {
			if _, err := tree.Start(t.Context(), three, Key(i), nil); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(1500 * time.Millisecond)
		want(t, tree, "Root.In.S[1]", "shutting_down#2")
		if _, err := DynamicOf(tree, three, Key(1)).Remove("ada", "a test"); err != nil {
			t.Error(err)
		}
		if _, err := tree.Start(t.Context(), three, Key(9), nil); !errors.Is(err, ErrMax) {
			t.Errorf("while all are there, Start answers %v", err)
		}
		time.Sleep(2 * time.Second)
		want(t, tree, "Root.In.C", "ready#2")
		for i := range 3 {
			if _, err := DynamicOf(tree, three, Key(i)).State(); !errors.Is(err, ErrUnknown) {
				t.Errorf("%d is still there: %v", i, err)
			}
		}
		if _, err := tree.Start(t.Context(), three, Key(1), nil); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		want(t, tree, "Root.In.S[1]", "ready#4") // path and generation name one run for ever
	})
	if err != nil {
		t.Error(err)
	}
}

// design.md, "Operators", I8: a thousand commands at once, all verbs and any path, are each answered as the manual
// says; nothing hangs, and the tree comes down well.
func TestCommandStorm(t *testing.T) {
	table := []Child{
		root:  {Name: "Root", Role: Supervisor, Strategy: RestForOne},
		one:   {Name: "A", Role: Service, Start: until},
		two:   {Name: "In", Role: Supervisor, Strategy: OneForAll, Needs: []ID{one}},
		three: {Name: "B", Parent: two, Role: Service, Replicas: 2, Start: until},
		four:  {Name: "S", Parent: two, Role: Worker, Dynamic: true, Max: 3, Start: until},
		5:     {Name: "J", Parent: two, Role: Job, Needs: []ID{three}, Start: func(Launch) error { return nil }},
	}
	paths := []string{"Root", "Root.A", "Root.In", "Root.In.B[0]", "Root.In.B[1]", "Root.In.S[1]", "Root.In.S[2]", "Root.In.J", "Root.Nobody", ""}
	allowed := []error{ErrUnknown, ErrState, ErrAudit}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		var all sync.WaitGroup
		var accepted sync.Map
		for i := range 1000 {
			all.Go(func() {
				random := rand.New(rand.NewPCG(7, uint64(i)))
				verb, path := VerbRestart+Verb(random.IntN(int(VerbRemove-VerbRestart)+1)), paths[random.IntN(len(paths))]
				if random.IntN(10) == 0 {
					tree.Start(t.Context(), four, Key(random.IntN(3)), nil)
				}
				answer, err := tree.Command(path, verb, "ada", []string{"why", " "}[random.IntN(10)/9])
				for _, known := range allowed {
					if errors.Is(err, known) {
						return
					}
				}
				if err != nil || answer.Path != path || answer.Verb != verb {
					t.Errorf("%s %s answers %+v, %v", verb, path, answer, err)
				}
				accepted.Store(verb, true)
			})
		}
		all.Wait()
		for verb := VerbRestart; verb < VerbRemove; verb++ {
			if _, ok := accepted.Load(verb); !ok {
				t.Errorf("no %s was accepted", verb)
			}
		}
		for _, path := range paths[1:8] {
			for _, verb := range []Verb{VerbResume, VerbRelease, VerbStart} {
				tree.Command(path, verb, "ada", "clean up")
			}
		}
		time.Sleep(time.Minute)
		for _, s := range tree.Snapshot().All() {
			if s.Lifecycle != LifecycleReady && s.Stopped != StopCompleted {
				t.Errorf("%s is %s, waiting for %q", s.Path, s.Lifecycle, s.Waits)
			}
		}
	})
	if err != nil {
		t.Error(fmt.Errorf("Run returned %w", err))
	}
}

// Every event of a dynamic child has its path, so that its key is bounded. The error does not carry the key.
func TestLongKey(t *testing.T) {
	table := plain(Child{Name: "S", Role: Service, Dynamic: true, Max: 2, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		if _, err := tree.Start(t.Context(), one, Key(strings.Repeat("k", maxText)), nil); err != nil {
			t.Errorf("the longest key: %.100v", err)
		}
		_, err := tree.Start(t.Context(), one, Key(strings.Repeat("k", maxText+1)), nil)
		if !errors.Is(err, ErrLongKey) || err.Error() != "supgen: start Root.S: a key has 65536 bytes at the most" {
			t.Errorf("a longer one: %.100v", err)
		}
	})
}
