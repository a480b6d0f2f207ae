package runtime

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mailboxes are what the dynamic rooms of a test hand over.
var mailboxes = Port[chan<- string]{Of: one}

// rooms is a tree of chat rooms. A room tells what it takes, fails when it takes "fail", ends well when it takes "end", is not
// ready when it takes "busy" and then ready again, and closes its mailbox when it is down.
func rooms(took func(string)) []Child {
	return plain(Child{Name: "Room", Role: Service, Dynamic: true, Max: 100, Provides: true, Ready: Ready{Explicit: true},
		On:       Table{OutcomeSuccess: ActionStop},
		Backoff:  Backoff{Min: time.Second, Max: time.Second, Factor: 1, Reset: time.Hour},
		Limit:    Limit{N: 1000, In: time.Minute},
		Shutdown: Shutdown{Drain: 5 * time.Second, Abort: time.Second},
		Start: func(l Launch) error {
			mailbox := make(chan string)
			l.Run().Cleanup(func(context.Context) error {
				close(mailbox)
				return nil
			})
			mailboxes.Provider(l).Ready(mailbox)
			for {
				select {
				case m := <-mailbox:
					switch m {
					case "fail":
						return errLost
					case "end":
						return nil
					case "busy":
						mailboxes.Provider(l).NotReady()
						time.Sleep(time.Second)
						mailboxes.Provider(l).Ready(mailbox)
					}
					took(m)
				case <-l.Context().Done():
					return nil
				}
			}
		}})
}

func startRoom(t *testing.T, tree *Tree, key string) *ValueHandle[chan<- string] {
	t.Helper()
	h, err := mailboxes.Started(tree.Start(t.Context(), one, Key(key), nil))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func send(ctx context.Context, h *ValueHandle[chan<- string], m string) error {
	return h.Use(ctx, func(ctx context.Context, mailbox chan<- string) error {
		select {
		case mailbox <- m:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// A thousand who send to rooms that fail, are restarted and are replaced never meet a mailbox that is closed, which would
// panic; and none of what was sent is lost.
func TestUseNeverMeetsAClosedMailbox(t *testing.T) {
	var sent, taken atomic.Int64
	err := supervise(t, rooms(func(string) { taken.Add(1) }), func(t *testing.T, tree *Tree) {
		const senders, each = 1000, 20
		keys := []string{"a", "b", "c"}
		for _, key := range keys {
			startRoom(t, tree, key)
		}
		var all sync.WaitGroup
		for i := range senders {
			all.Go(func() {
				h := mailboxes.HandleOf(tree, Key(keys[i%len(keys)]))
				for range each {
					switch err := send(t.Context(), h, "hello"); {
					case err == nil:
						sent.Add(1)
					case !errors.Is(err, context.Canceled) && !errors.Is(err, ErrEnded) && !errors.Is(err, ErrUnknown):
						t.Error(err)
					}
					time.Sleep(time.Millisecond)
				}
			})
		}
		all.Go(func() {
			for i := range 60 {
				key := Key(keys[i%len(keys)])
				h := mailboxes.HandleOf(tree, key)
				switch i % 4 {
				case 0:
					_ = send(t.Context(), h, "fail")
				case 1:
					_, _ = h.Restart("test", "again")
				case 2:
					if _, err := tree.Replace(t.Context(), one, key, nil); err != nil {
						t.Error(err)
					}
				}
				time.Sleep(time.Millisecond)
			}
		})
		all.Wait()
	})
	if err != nil || sent.Load() < 100 || taken.Load() != sent.Load() {
		t.Errorf("%d were sent, %d taken; %v", sent.Load(), taken.Load(), err)
	}
}

func TestValueWhileReady(t *testing.T) {
	err := supervise(t, rooms(func(string) {}), func(t *testing.T, tree *Tree) {
		h := mailboxes.HandleOf(tree, Key("a"))
		there := func(when string, want bool) {
			t.Helper()
			synctest.Wait()
			if _, ok := h.Value(); ok != want {
				t.Errorf("%s there is a value: %v", when, ok)
			}
		}
		there("before the start", false)
		first := startRoom(t, tree, "a")
		there("when it is ready", true)
		_ = send(t.Context(), h, "busy")
		there("when it is not ready any more", false)
		time.Sleep(2 * time.Second)
		there("when it is ready again", true)
		_ = send(t.Context(), h, "fail")
		there("in the backoff", false)
		time.Sleep(2 * time.Second)
		there("after the restart", true)
		_, _ = h.Pause("test", "a while")
		there("when it is paused", false)
		_, _ = h.Resume("test", "enough")
		there("when it is resumed", true)
		_, _ = h.Remove("test", "gone")
		there("when it is removed", false)
		startRoom(t, tree, "a")
		there("when another has its key", true)
		if _, ok := first.Value(); ok {
			t.Error("the handle of the first has the value of the second")
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// Await waits as long as there can be a value.
func TestAwaitValue(t *testing.T) {
	err := supervise(t, rooms(func(string) {}), func(t *testing.T, tree *Tree) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		want := func(when string, h *ValueHandle[chan<- string], ctx context.Context, want error) {
			t.Helper()
			synctest.Wait()
			if _, err := h.Await(ctx); !errors.Is(err, want) {
				t.Errorf("%s Await returns %v, want %v", when, err, want)
			}
		}
		h := mailboxes.HandleOf(tree, Key("a"))
		want("before the start", h, ctx, ErrUnknown)
		first := startRoom(t, tree, "a")
		want("at the start", h, ctx, nil)
		_ = send(ctx, h, "fail")
		want("in the backoff", h, ctx, nil)
		_ = send(ctx, h, "busy")
		want("while it is not ready", h, ctx, nil)
		_, _ = h.Pause("test", "a while")
		want("while it is paused", h, ctx, ErrState)
		_, _ = h.Resume("test", "enough")
		_ = send(ctx, h, "fail")
		short, over := context.WithTimeout(ctx, time.Millisecond)
		defer over()
		want("for too short a time", h, short, context.DeadlineExceeded)
		_ = send(ctx, h, "end")
		want("after its end, of the key", h, ctx, ErrUnknown)
		want("after its end, of what was started", first, ctx, ErrState)
		last := startRoom(t, tree, "a")
		_, _ = tree.Shutdown("test", "enough")
		<-tree.Done()
		want("after the tree's end", last, ctx, ErrNotRunning)
	})
	if err != nil {
		t.Error(err)
	}
}

// The run goes on until what uses its value has returned, whose context ends when the run is asked to stop; the value is
// withdrawn before that.
func TestUseIsPartOfTheRun(t *testing.T) {
	var got notes
	table := rooms(func(string) {})
	start := table[1].Start
	table[1].Start = func(l Launch) error {
		l.Run().Cleanup(func(context.Context) error {
			time.Sleep(time.Millisecond) // others tell first what they did at this moment
			got.tell("cleanup")
			return nil
		})
		return start(l)
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		h := startRoom(t, tree, "a")
		type key struct{}
		ctx := context.WithValue(t.Context(), key{}, "caller")
		errMine := errors.New("mine")
		go func() {
			err := h.Use(ctx, func(ctx context.Context, _ chan<- string) error {
				<-ctx.Done()
				_, ok := h.Value()
				got.tell("used by the %v until %v; a value: %v", ctx.Value(key{}), context.Cause(ctx), ok)
				time.Sleep(2 * time.Second)
				got.tell("done")
				return errMine
			})
			got.tell("%v", err)
		}()
		synctest.Wait()
		_, _ = h.Remove("test", "enough")
		time.Sleep(10 * time.Second)
		func() {
			h := startRoom(t, tree, "b")
			defer func() { got.tell("panic %v", recover()) }()
			_ = h.Use(ctx, func(context.Context, chan<- string) error { panic("mine") })
		}()
		want(t, tree, `Root.Room["b"]`, "ready#2")
	})
	if diff := cmp.Diff([]string{
		`used by the caller until Root.Room["a"] is asked to stop with Root.Room["a"] (remove by test: enough); a value: false`,
		"done", "mine", "cleanup", "panic mine", "cleanup",
	}, got.take()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// Two with one key never run side by side.
func TestReplace(t *testing.T) {
	var running, most, starts atomic.Int32
	table := rooms(func(string) {})
	table[1].Start = func(l Launch) error {
		starts.Add(1)
		most.Store(max(most.Load(), running.Add(1)))
		mailboxes.Provider(l).Ready(nil)
		<-l.Context().Done()
		time.Sleep(time.Second) // a slow end
		running.Add(-1)
		return nil
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if _, err := tree.Replace(t.Context(), one, Key("a"), nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := tree.Replace(short, one, Key("a"), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(2 * time.Second)
		if _, err := tree.Handle(`Root.Room["a"]`).State(); !errors.Is(err, ErrUnknown) {
			t.Errorf("what was to be replaced is there: %v", err)
		}
	})
	if err != nil || most.Load() != 1 || starts.Load() != 5 {
		t.Errorf("%d of %d ran side by side; %v", most.Load(), starts.Load(), err)
	}
}

// A child that would wait for its own end does not.
func TestReplaceInside(t *testing.T) {
	var got error
	table := rooms(func(string) {})
	table[1].Start = func(l Launch) error {
		mailboxes.Provider(l).Ready(nil)
		_, got = l.run.tree.Replace(l.Context(), one, Key("a"), nil)
		return until(l)
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) { startRoom(t, tree, "a") })
	if err != nil || !errors.Is(got, ErrInside) {
		t.Error(err, got)
	}
}

func BenchmarkUse(b *testing.B) {
	tree := New(rooms(func(string) {}))
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- tree.Run(ctx) }()
	if err := tree.AwaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	h, err := mailboxes.Started(tree.Start(ctx, one, Key("a"), nil))
	if err == nil {
		_, err = h.Await(ctx)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Run("value", func(b *testing.B) {
		for b.Loop() {
			h.Value()
		}
	})
	b.Run("value by key", func(b *testing.B) {
		for b.Loop() {
			mailboxes.HandleOf(tree, Key("a")).Value()
		}
	})
	b.Run("use", func(b *testing.B) {
		for b.Loop() {
			_ = h.Use(ctx, func(context.Context, chan<- string) error { return nil })
		}
	})
	cancel()
	<-ended
}
