package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	stdruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// design.md, "Events": a reader goes until its context ends, also when there is always more to read.
func TestReaderLeaves(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		time.AfterFunc(time.Second, func() { tree.Handle("Root.C").Restart("ada", "to begin with") })
		n := 0
		for range tree.Events(ctx) {
			cancel()
			if n++; n > 1000 {
				t.Fatal("it reads on")
			}
			tree.Handle("Root.C").Restart("ada", "to have more")
			synctest.Wait()
		}
	})
}

// design.md, "Events": what a reader sees is the tree at that time, whatever became of it meanwhile; it reads beside a
// tree that changes its shape (the race detector watches).
func TestReaderOfDynamicChildren(t *testing.T) {
	table := plain(Child{Name: "S", Role: Service, Dynamic: true, Max: 200, Limit: Limit{N: 0, In: time.Minute},
		On: Table{OutcomeLimit: ActionStop}, Start: func(Launch) error { return errors.New("lost") }})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		var got []string
		ctx, cancel := context.WithCancel(t.Context())
		read := make(chan struct{})
		go func() {
			defer close(read)
			for e := range tree.Events(ctx) {
				if e.Kind == EventFailed {
					got = append(got, e.Path+" "+e.Decision.Reason)
				}
			}
		}()
		synctest.Wait()
		for i := range 200 {
			tree.Start(ctx, one, Key(i), nil)
			stdruntime.Gosched()
		}
		synctest.Wait()
		cancel()
		<-read
		if len(got) != 200 {
			t.Errorf("of 200 failures, %d were told", len(got))
		}
		for _, line := range got {
			path, reason, _ := strings.Cut(line, " ")
			if reason != "1 restart in 1m, limit 0 in 1m of "+path {
				t.Errorf("the failure of %s is told with %q", path, reason)
			}
		}
	}, WithEvents(1<<16))
}

// design.md, "Events": subscribers that never read, and ones that leave early, delay and cost nobody.
func TestReadersThatDoNotRead(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Limit: Limit{N: 1000, In: time.Second}, Start: func(l Launch) error {
		if l.Run().Generation() < 500 {
			return errors.New("lost")
		}
		return until(l)
	}}, Child{Name: "S", Role: Service, Start: until})
	table[0].Intensity = Limit{N: 1000, In: time.Second}
	synctest.Test(t, func(t *testing.T) {
		tree := New(table, WithEvents(16))
		ctx, cancel := context.WithCancel(t.Context())
		blocked := make(chan struct{})
		left := make(chan int, 20)
		for i := range 20 {
			go func() {
				n := 0
				for range tree.Events(context.Background()) {
					n++
					if i%2 == 0 {
						<-blocked
					}
					break
				}
				left <- n
			}()
		}
		synctest.Wait()
		done := make(chan error)
		go func() { done <- tree.Run(ctx) }()
		synctest.Wait()
		want(t, tree, "Root.C", "ready#500")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		close(blocked)
		for range 20 {
			if n := <-left; n != 1 {
				t.Errorf("a reader saw %d events before it left", n)
			}
		}
	})
}

// I6: events have no gap, for each of several readers, who see the same.
func TestReadersAgree(t *testing.T) {
	table := plain(
		Child{Name: "A", Role: Service, Start: until},
		Child{Name: "B", Role: Service, Needs: []ID{one}, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		ctx, cancel := context.WithCancel(t.Context())
		all := make(chan []string, 4)
		for range cap(all) {
			go func() {
				var got []string
				for e := range tree.Events(ctx) {
					got = append(got, fmt.Sprint(e.Sequence, e.Path, e.Kind, e.To))
				}
				all <- got
			}()
		}
		synctest.Wait()
		for range 20 {
			tree.Handle("Root.A").Restart("ada", "a test")
			synctest.Wait()
		}
		cancel()
		first := <-all
		for range cap(all) - 1 {
			if diff := cmp.Diff(first, <-all); diff != "" {
				t.Error(diff)
			}
		}
		if len(first) < 100 {
			t.Errorf("there were %d events", len(first))
		}
	})
}

// A group has a name, and a decision about its intensity says it.
func TestReasons(t *testing.T) {
	fails := func(Launch) error { return errors.New("lost") }
	limit := Limit{N: 1, In: time.Minute}
	for want, table := range map[string][]Child{
		"2 restarts in 1m, limit 1 in 1m of Root.C":      plain(Child{Name: "C", Role: Service, Limit: limit, On: Table{OutcomeLimit: ActionQuarantine}, Start: fails}),
		"2 restarts in 1m, intensity 1 in 1m of group G": plain(Child{Name: "G", Role: Group, Intensity: limit, On: Table{OutcomeIntensity: ActionQuarantine}}, Child{Name: "C", Group: one, Role: Service, Start: fails}),
		"on fatal_config": plain(Child{Name: "C", Role: Service, On: Table{OutcomeFatalConfig: ActionQuarantine}, Start: func(Launch) error { return FatalConfig(errors.New("lost")) }}),
	} {
		t.Run(want, func(t *testing.T) {
			supervise(t, table, func(t *testing.T, tree *Tree) {
				time.Sleep(30 * time.Second)
				s, _ := tree.Handle("Root.C").State()
				if s.Lifecycle != LifecycleQuarantined || s.Decision == nil || s.Decision.Reason != want {
					t.Errorf("it is %s, because of %+v", s.Lifecycle, s.Decision)
				}
			})
		})
	}
}

// handler is a log's handler that does what a test wants.
type handler func(slog.Record) error

func (handler) Enabled(context.Context, slog.Level) bool             { return true }
func (h handler) Handle(_ context.Context, record slog.Record) error { return h(record) }
func (h handler) WithAttrs([]slog.Attr) slog.Handler                 { return h }
func (h handler) WithGroup(string) slog.Handler                      { return h }

// design.md, "Traps of the shell": a log's handler is the user's code: it may panic, exit, fail, and ask the tree.
func TestHandlers(t *testing.T) {
	var tree *Tree
	for name, handle := range map[string]handler{
		"panics": func(slog.Record) error { panic("evil") },
		"exits":  func(slog.Record) error { stdruntime.Goexit(); return nil },
		"fails":  func(slog.Record) error { return errors.New("disk full") },
		"asks": func(slog.Record) error {
			tree.Snapshot()
			_, err := tree.Handle("Root.C").State()
			return err
		},
		"stops the tree": func(slog.Record) error { tree.Shutdown("the log", "it has read enough"); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree = New(plain(Child{Name: "C", Role: Service, Start: until}), WithLogger(slog.New(handle)))
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				began := time.Now()
				if err := tree.Run(ctx); err != nil {
					t.Error(err)
				}
				if took := time.Since(began).Truncate(time.Second); took > time.Second {
					t.Errorf("Run took %s", took)
				}
			})
		})
	}
}
