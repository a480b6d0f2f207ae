package runtime

import (
	stdruntime "runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
	"unsafe"
	"weak"
)

// held counts what is still held of what was made.
type held[T any] struct {
	mu   sync.Mutex
	made []weak.Pointer[T]
}

func (h *held[T]) add(p *T) *T {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made = append(h.made, weak.Make(p))
	return p
}

func (h *held[T]) count() (n int) {
	stdruntime.GC()
	stdruntime.GC() // what the first one found in pools
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.made {
		if p.Value() != nil {
			n++
		}
	}
	return n
}

type mebibyte [1 << 20]byte

// design.md, "Events": nothing is kept of the arguments of a dynamic child that is gone, however it went; the handles
// that their starts returned keep how they ended.
func TestArgumentsOfTheGone(t *testing.T) {
	const many = 100
	var args, errs held[mebibyte]
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: many, On: Table{OutcomeSuccess: ActionStop, OutcomeError: ActionStop}, Start: func(l Launch) error {
		Args[*mebibyte](l)[0]++
		switch i := l.run.index; i % 3 {
		case 0:
			return nil
		case 1:
			return heavy{errs.add(new(mebibyte))}
		}
		return until(l)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		var handles []*Handle
		for i := range many {
			h, err := tree.Start(t.Context(), one, Key(i), args.add(new(mebibyte)))
			if err != nil {
				t.Fatal(err)
			}
			handles = append(handles, h)
		}
		synctest.Wait()
		if n, alive := args.count(), len(tree.Snapshot().Dynamic(one)); n < alive {
			t.Errorf("the arguments of %d are there, and %d are alive", n, alive)
		}
		for _, h := range handles {
			h.Remove("ada", "a test")
		}
		synctest.Wait()
		if n := args.count(); n > 0 {
			t.Errorf("the arguments of %d are held, and none is there", n)
		}
		if n := errs.count(); n != len(errs.made) {
			t.Errorf("of %d failures, the handles have %d", len(errs.made), n)
		}
		stdruntime.KeepAlive(handles)
		handles = nil
		if n := errs.count(); n > 64 {
			t.Errorf("without the handles, %d errors are held", n)
		}
		for i := range 64 {
			tree.Handle("Root").Restart("ada", strings.Repeat("x", i+1))
		}
		synctest.Wait()
		if n := errs.count(); n > 1 { // the last one that was decided about
			t.Errorf("long after, %d errors are held", n)
		}
		stdruntime.KeepAlive(tree)
	})
}

// heavy is an error that holds a lot.
type heavy struct{ of *mebibyte }

func (heavy) Error() string { return "heavy" }

// design.md, "Events": of what children returned the last of each child is kept, and those of the last 64 events; of older
// failures, the text.
func TestErrorsOfOldFailures(t *testing.T) {
	const runs = 300
	var errs held[mebibyte]
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{Min: time.Millisecond, Max: time.Millisecond, Factor: 1}, Limit: often, Start: func(l Launch) error {
		if l.Run().Generation() > runs {
			return until(l)
		}
		if l.Run().Generation()%10 == 0 {
			panic(heavy{errs.add(new(mebibyte))})
		}
		return heavy{errs.add(new(mebibyte))}
	}})
	table[0].Intensity = often
	supervise(t, table, func(t *testing.T, tree *Tree) {
		behind := make(chan int)
		go func() { // reads when all is over
			time.Sleep(time.Minute)
			with, without, stacks := 0, 0, 0
			tree.read(t.Context(), 1, func(e Event) bool {
				if e.Kind == EventFailed {
					if e.Failure.Message != "heavy" {
						t.Errorf("event %d says %q", e.Sequence, e.Failure.Message)
					}
					if e.Failure.Stack() != "" {
						stacks++
					}
					if e.Failure.Err == nil {
						without++
					} else {
						with++
					}
				}
				return e.To != LifecycleReady || e.Generation <= runs
			})
			if with == 0 || without == 0 || stacks != (with+without)/10 {
				t.Errorf("%d failures have their error, %d do not, %d have a stack", with, without, stacks)
			}
			behind <- with
		}()
		time.Sleep(30 * time.Second)
		if n := errs.count(); n > 64 {
			t.Errorf("of %d errors, %d are held", runs, n)
		}
		with := <-behind
		if n := errs.count(); n > with+1 {
			t.Errorf("%d errors are held, and %d can be read", n, with)
		}
		if s, _ := tree.Handle("Root.C").State(); s.Failure == nil || s.Failure.Err == nil {
			t.Errorf("the last failure is %+v", s.Failure)
		}
		stdruntime.KeepAlive(tree)
	})
}

// A text is kept up to 64 KiB, cut between two runes, and does not hold what it was cut from.
func TestTextsAreBounded(t *testing.T) {
	for _, text := range []string{"", "short", strings.Repeat("x", maxText)} {
		if bounded(text) != text {
			t.Errorf("%d bytes are cut", len(text))
		}
	}
	for shift := range 4 {
		text := strings.Repeat("x", shift) + strings.Repeat("\U0001F600", maxText)
		got := bounded(text)
		if len(got) > maxText || len(got) < maxText-4 || !utf8.ValidString(got) || !strings.HasSuffix(got, " bytes in all)") {
			t.Errorf("it is cut to %d bytes, and ends with %q", len(got), got[max(0, len(got)-60):])
		}
		if unsafe.StringData(got) == unsafe.StringData(text) {
			t.Error("it holds all of the text")
		}
	}
	if got := bounded(strings.Repeat("\x80", 2*maxText)); len(got) > maxText || len(got) < maxText-4 {
		t.Errorf("what is not UTF-8 is cut to %d bytes", len(got))
	}
}

// What children return, panic with and are told by operators is bounded.
func TestWhatComesFromOutsideIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, end := range map[string]func() error{
		"error":  func() error { return ExternalDependency(lengthy(long)) },
		"panic":  func() error { panic(long) },
		"reason": func() error { return Skip(long) },
	} {
		t.Run(name, func(t *testing.T) {
			table := plain(Child{Name: "C", Role: Service, On: Table{OutcomeExternal: ActionQuarantine, OutcomePanic: ActionQuarantine, OutcomeSkip: ActionQuarantine}, Start: func(Launch) error { return end() }})
			supervise(t, table, func(t *testing.T, tree *Tree) {
				if s, _ := tree.Handle("Root.C").State(); s.Failure != nil && len(s.Failure.Message) > maxText {
					t.Errorf("its failure has %d bytes", len(s.Failure.Message))
				}
				tree.Handle("Root.C").Restart(long, long)
				tree.read(t.Context(), 1, func(e Event) bool {
					if f := e.Failure; f != nil && len(f.Message) > maxText {
						t.Errorf("%s has a failure of %d bytes", e.Kind, len(f.Message))
					}
					if a := e.Audit; a != nil && (len(a.Who) > maxText || len(a.Why) > maxText) {
						t.Errorf("%s has an audit of %d bytes", e.Kind, len(a.Who)+len(a.Why))
					}
					return e.Kind != EventCommand
				})
			})
		})
	}
}

type lengthy string

func (e lengthy) Error() string { return string(e) }

// What a tree remembers of who has gone does not grow with how many there were.
func TestNothingGrows(t *testing.T) {
	table := plain(
		Child{Name: "S", Role: Worker, Dynamic: true, Max: 3, Start: until},
		Child{Name: "C", Role: Service, Health: Health{Check: Check{Every: 2 * time.Second, Timeout: time.Second}}, Start: until, HealthCheck: func(Launch) error { return nil }},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		for i := range 500 {
			h, err := tree.Start(t.Context(), one, Key(i), nil)
			if err != nil {
				t.Fatal(err)
			}
			h.Pause("ada", "a test")
			tree.Handle("Root.C").Restart("ada", "a test")
			h.Remove("ada", "a test")
			synctest.Wait()
		}
		tree.mu.Lock()
		defer tree.mu.Unlock()
		for name, n := range map[string]int{
			"members": len(tree.members) - 4, "dynamics": len(tree.dynamics), "audits": len(tree.audits), "checks": len(tree.checks),
			"samples": len(tree.samples), "places": tree.k.NumNodes() - 4,
		} {
			if n > 0 {
				t.Errorf("there are %d %s more than there were", n, name)
			}
		}
	})
}
