package runtime

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The log says of each kind of event what it is about, and how bad it is.
func TestLogLines(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	var release chan struct{} // made in the bubble
	beats, checked := Health{Heartbeat: time.Second, Stale: 2 * time.Second, Dead: time.Hour}, Health{Check: Check{Every: 10 * time.Second, Timeout: time.Second}}
	table := plain(
		Child{Name: "Beats", Role: Service, Health: beats, Start: until},
		Child{Name: "Checked", Role: Service, Health: checked, Start: until, HealthCheck: late(0, nil)},
		Child{Name: "Stuck", Role: Service, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&release)},
		Child{Name: "Panics", Role: Service, Start: func(Launch) error { time.Sleep(time.Second); panic("lost") }, On: Table{OutcomePanic: ActionQuarantine}},
		Child{Name: "Ends", Role: Worker, Start: after(time.Second, nil)},
		Child{Name: "Fatal", Role: Service, Start: after(20*time.Second, FatalConfig(errors.New("the end")))},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		tree.Handle("Root.Stuck").Restart("ada", "a test")
		<-tree.Done()
		close(release)
	}, WithLogger(logger))
	for _, line := range []string{
		`level=INFO msg=command path=Root.Stuck generation=1 verb=restart who=ada why="a test"`,
		`level=INFO msg=ready path=Root.Ends generation=1 from=running`,
		`level=DEBUG msg=shutting_down path=Root.Stuck generation=1 from=ready`,
		`level=DEBUG msg=ended path=Root.Ends generation=1 outcome=success`,
		`level=WARN msg=health path=Root.Beats generation=1 health=stale`,
		`level=ERROR msg=check_hung path=Root.Checked generation=1`,
		`level=ERROR msg=stuck path=Root.Stuck generation=1`,
		`level=INFO msg=quarantined path=Root.Panics generation=1 from=failed`,
		`level=INFO msg=phase path=Root generation=1 phase=draining`,
	} {
		if !strings.Contains(log.String(), line+"\n") {
			t.Errorf("the log lacks\n%s\nit is\n%s", line, log.String())
		}
	}
	for _, line := range strings.Split(log.String(), "\n") {
		if strings.Contains(line, " stack=") != strings.Contains(line, "kind=panic") {
			t.Errorf("a panic alone has a stack:\n%s", line)
		}
		if strings.Contains(line, "msg=failed") && strings.HasPrefix(line, "level=ERROR") != strings.Contains(line, "path=Root.Fatal") {
			t.Errorf("what is final is an error, and only that:\n%s", line)
		}
	}
}

// NotReady of a child that says when it is ready.
func TestNotReady(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
		l.Signal().Ready()
		time.Sleep(time.Second)
		l.Signal().NotReady()
		time.Sleep(time.Second)
		l.Signal().Ready()
		return until(l)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		for _, state := range []string{"ready#1", "running#1", "ready#1"} {
			synctest.Wait()
			want(t, tree, "Root.C", state)
			time.Sleep(time.Second)
		}
	})
	Signal{}.NotReady()
}

// Each need has its own values, whatever stands before it and however many there are of that.
func TestManyNeeds(t *testing.T) {
	many, single, few := Ports[string]{Of: one}, Port[int]{Of: two}, Ports[string]{Of: three}
	ready := func(l Launch) error { many.Provider(l).Ready(l.Run().Path()); return until(l) }
	var got notes
	table := plain(
		Child{Name: "P", Role: Service, Replicas: 3, Provides: true, Ready: Ready{Explicit: true}, Start: ready},
		Child{Name: "Q", Role: Job, Provides: true, Start: func(l Launch) error { return single.Return(l, 7, nil) }},
		Child{Name: "R", Role: Service, Replicas: 1, Provides: true, Ready: Ready{Explicit: true}, Start: ready},
		Child{Name: "C", Role: Service, Needs: []ID{one, two, three}, Start: func(l Launch) error {
			got.tell("%v %v %v", many.From(l), single.From(l), few.From(l))
			return until(l)
		}},
		Child{Name: "D", Role: Service, Needs: []ID{three, two, one}, Start: func(l Launch) error {
			got.tell("%v %v %v", many.From(l), single.From(l), few.From(l))
			return until(l)
		}},
	)
	supervise(t, table, func(*testing.T, *Tree) {})
	if diff := cmp.Diff(map[string]int{"[Root.P[0] Root.P[1] Root.P[2]] 7 [Root.R[0]]": 2}, count(got.take())); diff != "" {
		t.Error(diff)
	}
}
