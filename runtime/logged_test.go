package runtime

import (
	"bytes"
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

func untimed(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// The log says of each kind of event what it is about, and how bad it is.
func TestLogLines(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: untimed}))
	var release chan struct{} // made in the bubble
	beats, checked := Health{Heartbeat: time.Second, Stale: 2 * time.Second, Dead: time.Hour}, Health{Check: Check{Every: 10 * time.Second, Timeout: time.Second}}
	table := plain(
		Child{Name: "Beats", Role: Service, Health: beats, Start: until},
		Child{Name: "Checked", Role: Service, Health: checked, Start: until, HealthCheck: late(0, nil)},
		Child{Name: "Sick", Role: Service, Health: Health{Check: checked.Check, Fail: 1}, On: Table{OutcomeUnhealthy: ActionQuarantine}, Start: until,
			HealthCheck: func(Launch) error { return errLost }},
		Child{Name: "Late", Role: Service, Ready: Ready{Explicit: true, Within: time.Second}, On: Table{OutcomeTimeout: ActionQuarantine}, Start: until},
		Child{Name: "Stuck", Role: Service, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&release)},
		Child{Name: "Panics", Role: Service, Start: func(Launch) error { time.Sleep(time.Second); panic("lost") }, On: Table{OutcomePanic: ActionQuarantine}},
		Child{Name: "Fails", Role: Service, Start: after(2*time.Second, errLost), On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: 5 * time.Second}},
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
		`level=DEBUG msg=ended path=Root.Ends generation=1 outcome=success decision=stop reason="on success"`,
		`level=WARN msg=health path=Root.Beats generation=1 health=stale`,
		`level=WARN msg=health path=Root.Sick generation=1 health=unhealthy kind=unhealthy error="its heartbeat died, or its check failed too often: ` + errLost.Error() + `"`,
		`level=WARN msg=health path=Root.Late generation=1 health=unhealthy kind=timeout error="was not ready, or not done, in time"`,
		`level=WARN msg=check_hung path=Root.Checked generation=1`,
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
		if strings.Contains(line, " decision=") && strings.Contains(line, "msg=failed") && strings.HasPrefix(line, "level=ERROR") == strings.Contains(line, "path=Root.Fails") {
			t.Errorf("what is final, or quarantined until somebody releases it, is an error, and only that:\n%s", line)
		}
	}
}

// wavers is a child that is ready, not ready after a second, and ready again after another.
func wavers() []Child {
	return plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
		l.Signal().Ready()
		time.Sleep(time.Second)
		l.Signal().NotReady()
		time.Sleep(time.Second)
		l.Signal().Ready()
		return until(l)
	}})
}

// NotReady of a child that says when it is ready.
func TestNotReady(t *testing.T) {
	supervise(t, wavers(), func(t *testing.T, tree *Tree) {
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

// An onRecord is a handler that does something about each record.
type onRecord func(slog.Record)

func (onRecord) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (r onRecord) Handle(_ context.Context, record slog.Record) error {
	r(record)
	return nil
}
func (r onRecord) WithAttrs([]slog.Attr) slog.Handler { return r }
func (r onRecord) WithGroup(string) slog.Handler      { return r }

// attr is what a record says about something.
func attr(r slog.Record, key string) (value string) {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == key {
			value = a.Value.String()
		}
		return true
	})
	return value
}

// docs/runtime.md, "Events": records have the time of their event, however slow the handler is, and it is asked for what it
// wants only.
func TestLogTimes(t *testing.T) {
	var wrong, written notes
	slow := onRecord(func(r slog.Record) {
		written.tell("%s", r.Message)
		if r.Level < slog.LevelInfo || r.Time.Nanosecond() != 0 { // all happens at whole seconds
			wrong.tell("%s %s at %s", r.Level, r.Message, r.Time)
		}
		time.Sleep(30 * time.Millisecond)
	})
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{Min: time.Second, Max: time.Second, Factor: 1}, Start: func(l Launch) error {
		if l.Run().Generation() < 4 {
			time.Sleep(time.Second)
			return errLost
		}
		return until(l)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(9 * time.Second)
	}, WithLogger(slog.New(slow)))
	if lines := wrong.take(); len(lines) > 0 || len(written.take()) < 15 {
		t.Error(lines)
	}
}

// docs/runtime.md, "Events": a handler that panics, or ends its goroutine, loses that record, counted, and no more.
func TestLogHandlerThatPanics(t *testing.T) {
	for name, end := range map[string]func(){"panics": func() { panic("evil") }, "exits": stdruntime.Goexit} {
		var got notes
		calls := 0
		table := plain(Child{Name: "C", Role: Service, Start: until})
		var tree *Tree
		if err := supervise(t, table, func(t *testing.T, running *Tree) {
			tree = running
			for range 10 {
				tree.Handle("Root.C").Restart("ada", "a test")
				synctest.Wait()
			}
		}, WithLogger(slog.New(onRecord(func(r slog.Record) {
			if r.Message == "command" {
				if calls++; calls%3 == 0 { // of ten restarts, and the shutdown
					end()
				}
			}
			got.tell("%s %s", r.Message, attr(r, "events"))
		})))); err != nil {
			t.Error(err)
		}
		lines := got.take()
		if n := count(lines)["command "]; n != 8 || lines[len(lines)-2] != "phase " || lines[len(lines)-1] != "log_dropped 3" {
			t.Errorf("one that %s wrote %d commands, and at last %q", name, n, lines[len(lines)-2:])
		}
		if n := tree.Report().Unlogged; n != 3 {
			t.Errorf("of one that %s, the report counts %d", name, n)
		}
	}
}

// docs/runtime.md, "Events": the log has a second in all when the tree has ended. A handler that takes 100 ms a record has
// written what it can, and says what it has not.
func TestLogHandlerThatIsSlow(t *testing.T) {
	var got notes
	var tree *Tree
	var took time.Duration
	table := plain(Child{Name: "C", Role: Service, Start: until})
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		time.Sleep(time.Minute)
		if lines := got.take(); len(lines) != 3 { // C and Root are ready, and the phase
			t.Errorf("it wrote %q", lines)
		}
		for range 100 { // six records each
			tree.Handle("Root.C").Restart("ada", "a test")
			synctest.Wait()
		}
		began := time.Now()
		tree.Shutdown("ada", "a test")
		go func() {
			<-tree.Done()
			tree.logged.flush()
			took = time.Since(began)
		}()
	}, WithLogger(slog.New(onRecord(func(r slog.Record) {
		time.Sleep(100 * time.Millisecond)
		got.tell("%s %s", r.Message, attr(r, "events"))
	}))), WithEvents(64))
	if err != nil || took != 900*time.Millisecond {
		t.Errorf("Run returned %v, and its log %s after its end", err, took)
	}
	lines := got.take()
	n := tree.Report().Unlogged
	if len(lines) != 9 || n < 500 || lines[8] != fmt.Sprintf("log_dropped %d", n) {
		t.Errorf("it wrote %d, %q, and the report counts %d", len(lines), lines, n)
	}
}

// A handler that hangs keeps Run for a second, and does not write later what was to be written.
func TestLogHandlerThatHangs(t *testing.T) {
	var got notes
	var hang chan struct{} // made in the bubble
	table := plain(Child{Name: "C", Role: Service, Start: until})
	synctest.Test(t, func(t *testing.T) {
		hang = make(chan struct{})
		tree := New(table, WithLogger(slog.New(onRecord(func(r slog.Record) {
			<-hang
			got.tell("%s %s", r.Message, attr(r, "events"))
		}))))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- tree.Run(ctx) }()
		synctest.Wait()
		began := time.Now()
		stop()
		if err := <-done; err != nil || time.Since(began) != time.Second {
			t.Errorf("Run returned %v after %s", err, time.Since(began))
		}
		close(hang)
		synctest.Wait()
		n := tree.Report().Unlogged
		if diff := cmp.Diff([]string{"phase ", fmt.Sprintf("log_dropped %d", n)}, got.take()); diff != "" || n < 10 {
			t.Errorf("the report counts %d: %s", n, diff)
		}
	})
}

// docs/runtime.md, "Events": a child that is ready as soon as it runs says so where its failures are told, and when that has
// lasted; one that says when it is ready each time.
func TestLogOfReady(t *testing.T) {
	got := map[string]string{}
	fails := func(l Launch) error {
		if l.Run().Generation() == 10 {
			return until(l)
		}
		time.Sleep(time.Second)
		return ExternalDependency(errLost)
	}
	table := plain(
		Child{Name: "C", Role: Service, Start: fails},
		Child{Name: "R", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			l.Signal().Ready()
			return fails(l)
		}},
	)
	supervise(t, table, func(*testing.T, *Tree) { time.Sleep(10 * time.Minute) }, WithLogger(slog.New(onRecord(func(r slog.Record) {
		if path := attr(r, "path"); r.Message == "ready" && r.Level == slog.LevelInfo && path != "Root" {
			got[path] += " " + attr(r, "generation")
		}
	}))))
	if diff := cmp.Diff(map[string]string{"Root.C": " 1 2 4 8 10", "Root.R": " 1 2 3 4 5 6 7 8 9 10"}, got); diff != "" {
		t.Error(diff)
	}
}

// docs/runtime.md, "Events": however often it was tried before, a new outage begins with a warning, and with a time of its
// own.
func TestLogOfTheNextOutage(t *testing.T) {
	var got notes
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
		if g := l.Run().Generation(); g == 8 || g == 11 { // between outages it is ready, though not for long enough to be stable
			l.Signal().Ready()
			time.Sleep(20 * time.Second)
		} else if g > 13 {
			return until(l)
		}
		return ExternalDependency(errLost)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(10 * time.Minute)
		if diff := cmp.Diff([]string{"1", "2", "4", "8 at once", "11 at once", "16"}, got.take()); diff != "" {
			t.Error(diff)
		}
	}, WithLogger(slog.New(onRecord(func(r slog.Record) {
		if r.Message != "failed" || r.Level < slog.LevelWarn {
			return
		}
		note := attr(r, "attempt")
		if g := attr(r, "generation"); g == "8" || g == "11" {
			since, _ := time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", strings.Split(attr(r, "since"), " m=")[0])
			if note = g; since.Equal(r.Time) {
				note += " at once"
			}
		}
		got.tell("%s", note)
	}))))
}

// docs/runtime.md, "Events": a retry is a warning at attempts 1, 2, 4, 8 ..., with the time since when it is tried again,
// which the state says, too.
func TestLogOfRetries(t *testing.T) {
	var got notes
	table := plain(Child{Name: "C", Role: Service, On: Table{OutcomeExternal: ActionRetry}, Start: func(l Launch) error {
		l.Run().Cleanup(func(context.Context) error { return nil }) // so that it goes down in steps
		if l.Run().Attempt() > 20 {
			return until(l)
		}
		time.Sleep(time.Second)
		return ExternalDependency(errLost)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		began := time.Now()
		time.Sleep(time.Hour)
		s, _ := tree.Handle("Root.C").State()
		if since := s.Decision.Since.Sub(began); since != time.Second || s.Decision.Action != ActionRetry {
			t.Errorf("the decision is %+v, since %s", s.Decision, since)
		}
		want := []string{"1 1s", "2 1s", "4 1s", "8 1s", "16 1s"}
		lines := got.take()
		for i, line := range lines {
			attempt, at, _ := strings.Cut(line, " ")
			since, _ := time.Parse(time.RFC3339Nano, at)
			lines[i] = attempt + " " + since.Sub(began).String()
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
	}, WithLogger(slog.New(onRecord(func(r slog.Record) {
		if r.Message == "restarting" && r.Level > slog.LevelDebug {
			got.tell("the failure says so")
		}
		if r.Message == "failed" {
			v, _ := time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", strings.Split(attr(r, "since"), " m=")[0])
			got.tell("%s %s", attr(r, "attempt"), v.Format(time.RFC3339Nano))
		}
	}))))
}

// docs/runtime.md, "Events": that a child is not ready any more is logged where it is logged that it is.
func TestLogOfNotReady(t *testing.T) {
	var got notes
	supervise(t, wavers(), func(t *testing.T, tree *Tree) {
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"Root.C ready", "Root ready", "Root.C not_ready", "Root not_ready", "Root.C ready", "Root ready"}, got.take()); diff != "" {
			t.Error(diff)
		}
	}, WithLogger(slog.New(onRecord(func(r slog.Record) {
		if r.Message != "phase" {
			got.tell("%s %s", attr(r, "path"), r.Message)
		}
	}))))
}

// docs/runtime.md, "Ready and not ready": why a child is not ready stands in its state, in events and in the log, until it is ready
// or down. The failure before is over.
func TestNotReadyCause(t *testing.T) {
	dialing, refused, full := errors.New("dialing"), ExternalDependency(errors.New("refused")), errors.New("full")
	says := []func(Signal){
		func(s Signal) { s.NotReadyCause(dialing) },
		func(s Signal) { s.Ready() },
		func(s Signal) { s.NotReadyCause(refused); s.NotReadyCause(refused); s.NotReady(); s.NotReadyCause(nil) },
		func(s Signal) { s.NotReadyCause(full) },
		func(s Signal) { s.Ready() },
		func(s Signal) { s.NotReady() },
	}
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		for _, say := range says[:len(says)*min(1, l.Run().Attempt()-1)] {
			say(l.Signal())
			select {
			case <-l.Context().Done():
				return nil
			case <-time.After(10 * time.Second):
			}
		}
		return errLost
	}})
	var log bytes.Buffer
	supervise(t, table, func(t *testing.T, tree *Tree) {
		why := func() string {
			synctest.Wait()
			s, err := tree.Handle("Root.C").State()
			switch {
			case err != nil:
				t.Fatal(err)
			case s.NotReady == nil:
				return s.Lifecycle.String()
			}
			return fmt.Sprint(s.Lifecycle, ", ", s.NotReady.Kind, " ", s.NotReady.Category, ": ", s.NotReady.Message, " ", s.NotReady.Err)
		}
		for _, want := range []string{
			"running, error crash: dialing dialing", "ready", "running, external external: refused refused", "running, error crash: full full",
			"ready", "running, none health: it did not say why <nil>", "running, error crash: dialing dialing",
		} {
			if got := why(); got != want {
				t.Errorf("it is %s, and should be %s", got, want)
			}
			time.Sleep(10 * time.Second)
		}
	}, WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: untimed}))))
	var got []string
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "msg=not_ready") && strings.Contains(line, "path=Root.C") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		"level=INFO msg=not_ready path=Root.C generation=2 kind=error error=dialing",
		"level=WARN msg=not_ready path=Root.C generation=2 from=ready kind=external error=refused",
		"level=INFO msg=not_ready path=Root.C generation=2 kind=error error=full",
		"level=INFO msg=not_ready path=Root.C generation=2 from=ready",
		"level=INFO msg=not_ready path=Root.C generation=3 kind=error error=dialing",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
