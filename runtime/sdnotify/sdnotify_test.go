package sdnotify

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

var errAway = errors.New("connection refused\nREADY=1")

// until runs until it is asked to stop.
func until(l runtime.Launch) error {
	<-l.Context().Done()
	return nil
}

// slow takes so long to stop.
func slow(d time.Duration) func(runtime.Launch) error {
	return func(l runtime.Launch) error {
		<-l.Context().Done()
		time.Sleep(d)
		return nil
	}
}

func treeOf(children ...runtime.Child) *runtime.Tree {
	return runtime.New(append([]runtime.Child{{Name: "Shop", Role: runtime.Supervisor}}, children...))
}

// A service is a tree in a bubble that tells a manager.
type service struct {
	*runtime.Tree
	*manager
	end  func()
	stop func() // systemctl stop, and waits until Run has returned
}

func startService(m *manager, tree *runtime.Tree, cut func() error) *service {
	s := &service{Tree: tree, manager: m, end: notify(tree, wire{m, cut}, m.watchdog)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(ctx) }()
	s.stop = func() {
		m.systemctlStop()
		cancel()
		<-ended
		s.end()
		synctest.Wait()
	}
	return s
}

func (s *service) expect(what, got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s is\n%s\nnot\n%s", what, got, want)
	}
}

// The life of a service: a start that takes five minutes with a timeout of 90 seconds, an hour in which nothing happens, and a stop of
// 70 seconds with a timeout of 10.
func TestLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, 90*time.Second, 10*time.Second, 20*time.Second)
		begin := time.Now()
		s := startService(m, treeOf(
			runtime.Child{Name: "DB", Role: runtime.Service, Backoff: runtime.Backoff{Min: time.Second, Max: 3 * time.Minute, Factor: 100}, Ready: runtime.Ready{Explicit: true},
				Shutdown: runtime.Shutdown{Drain: 35 * time.Second, Abort: time.Second}, Start: func(l runtime.Launch) error {
					if time.Since(begin) < 5*time.Minute {
						return runtime.ExternalDependency(errAway)
					}
					l.Signal().Ready()
					return slow(30 * time.Second)(l)
				}},
			runtime.Child{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Shutdown: runtime.Shutdown{Drain: time.Minute, Abort: time.Second}, Start: slow(40 * time.Second)},
		), nil)
		time.Sleep(time.Minute)
		s.expect("the status", s.says(), "starting: 1 declared, 1 restarting; Shop.DB: external: connection refused READY=1")
		s.expect("it", s.stands(), "activating")
		time.Sleep(9*time.Minute + time.Millisecond)
		s.expect("the status", s.says(), "running: 2 ready")
		s.expect("why it was killed", s.kills(), "")
		s.expect("it", s.stands(), "active")
		sequence := s.Snapshot().Tree().Sequence
		s.forget()
		time.Sleep(time.Hour)
		s.expect("why it was killed", s.kills(), "")
		events := s.Snapshot().Tree().Sequence - sequence
		if pings, statuses := s.counts(); events != 0 || pings != 360 || statuses != 0 {
			t.Errorf("in an hour, there were %d events, %d signs of life and %d statuses", events, pings, statuses)
		}
		time.Sleep(999 * time.Millisecond)
		s.forget()
		s.stop()
		s.expect("why it was killed", s.kills(), "")
		s.expect("the status", s.says(), "ended: asked")
		s.expect("what was said", s.heard(), strings.TrimSpace(`
0s STOPPING=1
0s EXTEND_TIMEOUT_USEC=30000000
15s EXTEND_TIMEOUT_USEC=30000000
30s EXTEND_TIMEOUT_USEC=30000000
45s EXTEND_TIMEOUT_USEC=30000000
1m0s EXTEND_TIMEOUT_USEC=30000000
1m10s BARRIER=1`))
	})
}

// What is asked for is not more than what is left of the longest stop.
func TestLastExtension(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(newManager(t, time.Minute, time.Second, 0), treeOf(
			runtime.Child{Name: "A", Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: 19 * time.Second, Abort: time.Second}, Start: slow(18 * time.Second)}), nil)
		time.Sleep(time.Second)
		s.forget()
		s.stop()
		s.expect("what was said", s.heard(), strings.TrimSpace(`
0s STOPPING=1
0s EXTEND_TIMEOUT_USEC=25000000
13s EXTEND_TIMEOUT_USEC=12000000
18s BARRIER=1`))
	})
}

// STOPPING is said when a tree begins to leave, and its lame duck is time that the stop has, whatever else limits it.
func TestLeaving(t *testing.T) {
	for name, shutdown := range map[string]runtime.Shutdown{"a limit": {Drain: time.Second, Abort: time.Second}, "none": {Unlimited: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree := runtime.New([]runtime.Child{{Name: "Shop", Role: runtime.Supervisor, LameDuck: 10 * time.Minute}, {Name: "A", Role: runtime.Service, Shutdown: shutdown, Start: until}})
				s := startService(newManager(t, time.Minute, time.Second, time.Minute), tree, nil)
				time.Sleep(time.Minute)
				s.forget()
				time.AfterFunc(time.Second, func() { s.expect("the status", s.says(), "leaving: 1 ready") })
				s.stop()
				s.expect("why it was killed", s.kills(), "")
				if !strings.HasPrefix(s.heard(), "0s STOPPING=1\n0s EXTEND_TIMEOUT_USEC=30000000\n15s ") || !strings.HasSuffix(s.heard(), "10m0s BARRIER=1") {
					t.Errorf("what was said is\n%s", s.heard())
				}
			})
		})
	}
}

// A stop without a limit has time as long as its run says that it is alive.
func TestUnlimitedStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(newManager(t, time.Minute, 10*time.Second, 0), treeOf(
			runtime.Child{Name: "A", Role: runtime.Service, Shutdown: runtime.Shutdown{Unlimited: true}, Start: func(l runtime.Launch) error {
				<-l.Context().Done()
				for range 20 {
					l.Run().Progress()
					time.Sleep(20 * time.Second)
				}
				time.Sleep(time.Hour)
				return nil
			}}), nil)
		time.Sleep(time.Second)
		s.forget()
		s.stop()
		s.expect("why it was killed", s.kills(), "deactivating for too long at 6m50s") // 30s after the last Progress
	})
}

// A start is given up where nothing moves, and nowhere else.
func TestStart(t *testing.T) {
	for name, test := range map[string]struct {
		child  runtime.Child
		killed string
	}{
		"nothing moves":        {runtime.Child{Role: runtime.Job, Start: until}, "activating for too long at 1m0s"},
		"a job with a timeout": {runtime.Child{Role: runtime.Job, Timeout: 10 * time.Minute, Start: until}, ""},
		"a readiness deadline": {runtime.Child{Role: runtime.Service, Ready: runtime.Ready{Explicit: true, Within: 10 * time.Minute}, Start: until}, ""},
		"a backoff": {runtime.Child{Role: runtime.Job, Backoff: runtime.Backoff{Min: 100 * time.Second, Max: 100 * time.Second, Factor: 1}, Start: func(runtime.Launch) error {
			time.Sleep(500 * time.Millisecond) // between two looks
			return runtime.ExternalDependency(errAway)
		}}, ""},
		"progress": {runtime.Child{Role: runtime.Job, Start: func(l runtime.Launch) error {
			for end := time.Now().Add(4 * time.Minute); time.Now().Before(end); time.Sleep(25 * time.Second) {
				l.Run().Progress()
			}
			return until(l)
		}}, "activating for too long at 4m15s"}, // 30s after the last
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.child.Name = "A"
				s := startService(newManager(t, time.Minute, time.Minute, 0), treeOf(test.child), nil)
				time.Sleep(9 * time.Minute)
				s.expect("why it was killed", s.kills(), test.killed)
				s.stop()
			})
		})
	}
}

// A tree whose deadlines are not kept does not say any more that it is alive.
func TestWatchdog(t *testing.T) {
	var dead atomic.Bool
	look := bridge.Watch
	t.Cleanup(func() { bridge.Watch = look })
	bridge.Watch = func(tree any, wait bool) (bridge.Watched, bool) {
		seen, ok := look(tree, wait)
		if dead.Load() {
			seen.Next = time.Unix(1, 0)
		}
		return seen, ok
	}
	synctest.Test(t, func(t *testing.T) {
		s := startService(newManager(t, time.Minute, time.Minute, 30*time.Second), treeOf(runtime.Child{Name: "A", Role: runtime.Service, Start: until}), nil)
		time.Sleep(time.Minute)
		s.expect("why it was killed", s.kills(), "")
		s.forget()
		dead.Store(true)
		time.Sleep(time.Minute)
		s.expect("why it was killed", s.kills(), "watchdog at 30s") // a sign of life when its trouble began
		dead.Store(false)
		s.stop()
	})
}

// What was lost is said again.
func TestLostMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lost atomic.Bool
		lost.Store(true)
		m := newManager(t, time.Hour, time.Hour, 0)
		s := startService(m, treeOf(runtime.Child{Name: "A", Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: time.Minute, Abort: time.Second}, Start: slow(10 * time.Second)}), func() error {
			if lost.Load() {
				return errAway
			}
			return nil
		})
		time.Sleep(time.Minute + 500*time.Millisecond) // between two looks
		lost.Store(false)
		time.Sleep(time.Second)
		s.expect("what was said", s.heard(), "1m1s READY=1")
		s.expect("the status", s.says(), "running: 1 ready")
		s.forget()
		lost.Store(true)
		time.AfterFunc(4*time.Second, func() { lost.Store(false) })
		s.stop()
		s.expect("what was said", s.heard(), "4.5s STOPPING=1\n4.5s EXTEND_TIMEOUT_USEC=30000000\n10s BARRIER=1")
	})
}

// A start that is stopped had time for its start, and needs some for its stop at once.
func TestStopOfAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(newManager(t, time.Second, time.Second, 0), treeOf(runtime.Child{Name: "A", Role: runtime.Service,
			Ready: runtime.Ready{Explicit: true, Within: time.Hour}, Shutdown: runtime.Shutdown{Drain: time.Minute, Abort: time.Second}, Start: slow(10 * time.Second)}), nil)
		time.Sleep(31 * time.Second)
		s.stop()
		s.expect("why it was killed", s.kills(), "")
	})
}

// A batch is over before anybody looks: without READY, that would be a start that failed.
func TestShortLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := []runtime.Child{
			{Name: "Batch", Role: runtime.Supervisor, Finish: runtime.Finish{Of: []runtime.ID{1}}},
			{Name: "Work", Role: runtime.Worker, On: runtime.Table{runtime.OutcomeSuccess: runtime.ActionStop}, Start: func(runtime.Launch) error { return nil }},
		}
		tree := runtime.New(table)
		m := newManager(t, time.Minute, time.Minute, time.Minute)
		end := notify(tree, wire{m, nil}, time.Minute)
		if err := tree.Run(t.Context()); err != nil {
			t.Error(err)
		}
		end()
		synctest.Wait()
		if got := m.heard(); !strings.HasPrefix(got, "0s READY=1\n0s STOPPING=1\n") || m.says() != "ended: finished" {
			t.Errorf("it said %s and %s", got, m.says())
		}
	})
}

// A reload is said while the service is active, and its end when all of them have ended.
func TestReloading(t *testing.T) {
	Reloading()() // without systemd
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan bool)
		s := startService(newManager(t, time.Hour, time.Hour, 0), treeOf(runtime.Child{Name: "A", Role: runtime.Service, Ready: runtime.Ready{Explicit: true, Within: time.Hour}, Start: func(l runtime.Launch) error {
			<-ready
			l.Signal().Ready()
			return slow(time.Second)(l)
		}}), nil)
		heard := func(want string) {
			t.Helper()
			synctest.Wait()
			got := s.heard()
			var words []string
			for l := range strings.Lines(got) {
				_, what, _ := strings.Cut(strings.TrimSpace(l), " ")
				if name, _, _ := strings.Cut(what, "="); name != "EXTEND_TIMEOUT_USEC" && name != "BARRIER" {
					words = append(words, name)
				}
			}
			s.expect("what was said", strings.Join(words, " "), want)
			s.forget()
		}
		early := Reloading()
		heard("")
		early()
		heard("")
		ready <- true
		heard("READY")
		a := Reloading()
		heard("RELOADING MONOTONIC_USEC")
		b := Reloading()
		heard("RELOADING MONOTONIC_USEC")
		a()
		a()
		heard("")
		b()
		heard("READY")
		Reloading()()
		heard("RELOADING MONOTONIC_USEC READY")
		long := Reloading()
		heard("RELOADING MONOTONIC_USEC")
		time.AfterFunc(500*time.Millisecond, long)
		s.stop()
		heard("STOPPING")
		Reloading()
		heard("")
	})
}

// The end of a program does not wait for a systemd that takes nothing, nor does its tree.
func TestBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blocked := make(chan bool)
		s := startService(newManager(t, time.Hour, time.Hour, time.Minute), treeOf(runtime.Child{Name: "A", Role: runtime.Service, Start: until}), func() error {
			<-blocked
			return errAway
		})
		time.Sleep(time.Minute)
		if phase := s.Snapshot().Tree().Phase; phase != runtime.TreeRunning {
			t.Errorf("it is %s", phase)
		}
		begin := time.Now()
		time.AfterFunc(time.Second, func() { close(blocked) })
		s.stop()
		if took := time.Since(begin); took >= time.Second {
			t.Errorf("its end took %s", took)
		}
		time.Sleep(time.Second)
	})
}

// The status names the child that failed before one that only waits for it.
func TestDescribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fail := make(chan error)
		s := startService(newManager(t, time.Hour, time.Hour, 0), treeOf(
			runtime.Child{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{3}, Start: until},
			runtime.Child{Name: "Sub", Role: runtime.Supervisor},
			runtime.Child{Name: "DB", Parent: 2, Role: runtime.Service, Ready: runtime.Ready{Explicit: true, Within: time.Hour}, Backoff: runtime.Backoff{Min: time.Minute, Max: time.Minute, Factor: 1},
				Start: func(l runtime.Launch) error {
					select {
					case err := <-fail:
						return err
					case <-l.Context().Done():
						return nil
					}
				}},
		), nil)
		time.Sleep(1500 * time.Millisecond) // between two looks
		s.expect("the status", s.says(), "starting: 1 declared, 1 running; Shop.Sub.DB is running")
		fail <- runtime.ExternalDependency(errAway)
		time.Sleep(time.Second)
		s.expect("the status", s.says(), "starting: 1 declared, 1 restarting; Shop.Sub.DB: external: connection refused READY=1")
		s.stop()
	})
	states := []runtime.ChildState{
		{Path: "Shop", Role: runtime.Supervisor, Lifecycle: runtime.LifecycleStarting},
		{Path: "Shop.HTTP", Lifecycle: runtime.LifecycleRestarting, Waits: "Shop.DB"},
		{Path: "Shop.DB", Lifecycle: runtime.LifecycleRestarting},
	}
	running := bridge.Watched{Phase: runtime.TreeRunning, Started: true}
	if got := describe(nil, running, states); got != "running: 2 restarting; Shop.HTTP waits for Shop.DB" {
		t.Error(got)
	}
	states[2].Failure = &runtime.Failure{Kind: runtime.OutcomeExternal, Message: "away"}
	if got := describe(nil, running, states); got != "running: 2 restarting; Shop.DB: external: away" {
		t.Error(got)
	}
	// What it says now, and not how it failed before; and not how one failed that waits for it.
	states[1].Failure, states[1].Wait = &runtime.Failure{Kind: runtime.OutcomeError, Message: "before"}, &runtime.Wait{On: "Shop.DB"}
	states[2].Lifecycle, states[2].NotReady = runtime.LifecycleRunning, &runtime.Failure{Kind: runtime.OutcomeExternal, Message: "it closed"}
	if got := describe(nil, running, states); got != "running: 1 running, 1 restarting; Shop.DB: external: it closed" {
		t.Error(got)
	}
}

// A tree in which nothing happens costs one look at it, and one that takes long to look at is looked at less often.
func TestLooks(t *testing.T) {
	tree := treeOf(runtime.Child{Name: "A", Role: runtime.Service, Start: until})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(ctx) }()
	if err := tree.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	n := newNotifier(tree, wire{newManager(t, time.Hour, time.Hour, 0), nil})
	n.tell()
	n.next = time.Time{}
	if allocated := testing.AllocsPerRun(100, n.tell); allocated > 0 {
		t.Errorf("a look at a tree in which nothing happens allocates %.0f times", allocated)
	}
	of := n.of
	tree.Handle("Shop.A").Pause("ada", "a test")
	n.observe(time.Now().Add(-time.Minute)) // so it takes a minute
	if n.of == of {
		t.Error("a change was not seen")
	}
	of = n.of
	tree.Handle("Shop.A").Resume("ada", "a test")
	n.observe(time.Now().Add(18 * time.Minute))
	if n.of != of {
		t.Error("a tree that takes a minute to look at is looked at again after less than 20")
	}
	n.observe(time.Now().Add(20 * time.Minute))
	if n.of == of {
		t.Error("a change was not seen")
	}
	cancel()
	<-ended
}

// A status is one line of text, and not long, whatever a child returns.
func TestStatus(t *testing.T) {
	for text, want := range map[string]string{
		"away\nREADY=1\r\x1b[31m\u202e": "away READY=1�\ufffd[31m�",
		"\xff":                          "�",
		strings.Repeat("a", 500):        strings.Repeat("a", 500),
		strings.Repeat("a", 501):        strings.Repeat("a", 497) + "…",
		strings.Repeat("ä", 251):        strings.Repeat("ä", 248) + "…",
	} {
		if got := line(text); got != want {
			t.Errorf("of %q it is %q, not %q", text, got, want)
		}
	}
}
