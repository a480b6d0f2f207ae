package otelsup

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/supgen/supgen/runtime"
)

// second is a backoff of one second.
var second = runtime.Backoff{Min: time.Second, Max: time.Second, Factor: 1, Jitter: runtime.DecorrelatedJitter}

// shop is the tree of most tests: Shop.In.HTTP needs Shop.In.DB, which takes 100 ms to be ready and 50 ms to stop. Its run N fails as
// fails[N] says, 2 s after it was ready, or while it starts.
func shop(fails map[uint64]string) []runtime.Child {
	return []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "In", Role: runtime.Supervisor},
		{Name: "DB", Parent: 1, Role: runtime.Service, Tags: []string{"storage", "slow"}, Backoff: second, Ready: runtime.Ready{Explicit: true, Within: time.Minute}, Start: func(l runtime.Launch) error {
			time.Sleep(100 * time.Millisecond)
			when := fails[l.Run().Generation()]
			if when == "early" {
				return errLost
			}
			l.Signal().Ready()
			if when == "late" {
				time.Sleep(2 * time.Second)
				return errLost
			}
			<-l.Context().Done()
			time.Sleep(50 * time.Millisecond)
			return nil
		}},
		{Name: "HTTP", Parent: 1, Role: runtime.Service, Needs: []runtime.ID{2}, Start: until},
		{Name: "Migrate", Role: runtime.Job, Start: func(l runtime.Launch) error { time.Sleep(time.Second); return nil }},
		conns: {Name: "Conn", Role: runtime.Worker, Dynamic: true, Max: 10, Start: until},
	}
}

const conns runtime.ID = 5

// command gives a command, and waits for ten seconds.
func command(t *testing.T, tree *runtime.Tree, path string, verb runtime.Verb) {
	t.Helper()
	if _, err := tree.Command(path, verb, "ada", "a test"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Second)
}

// The trace of the start shows what it waited for. Each try of a restart is a span from the failure on, linked to the run that failed; what
// goes down and comes up with it is linked to that run, too.
func TestRestarts(t *testing.T) {
	o := observed(t, shop(map[uint64]string{1: "late", 2: "early"}), func(t *testing.T, tree *runtime.Tree) { time.Sleep(time.Minute) })
	if diff := cmp.Diff(`start Shop#1 0s+1s
  start Shop.In#1 0s+100ms
    start Shop.In.DB#1 0s+100ms
    start Shop.In.HTTP#1 100ms+0s
  start Shop.Migrate#1 0s+1s
stop Shop.In.HTTP#1 2.1s+0s -> start Shop.In.DB#1
restart Shop.In.DB#2 2.1s+1.1s error "connection lost" (launched 3.1s) -> start Shop.In.DB#1
restart Shop.In.HTTP#2 2.1s+2.2s (launched 4.3s) -> start Shop.In.DB#1
restart Shop.In.DB#3 3.2s+1.1s (launched 4.2s) -> restart Shop.In.DB#2
command Shop shutdown 1m0s+0s
  stop Shop#1 1m0s+50ms
    stop Shop.In#1 1m0s+50ms
      stop Shop.In.HTTP#2 1m0s+0s
      stop Shop.In.DB#3 1m0s+50ms
`, o.String()); diff != "" {
		t.Error(diff)
	}
}

// What happens because of a command is below it, and what a supervisor does below that.
func TestCommands(t *testing.T) {
	o := observed(t, shop(nil), func(t *testing.T, tree *runtime.Tree) {
		time.Sleep(10 * time.Second)
		command(t, tree, "Shop.In.DB", runtime.VerbRestart)
		command(t, tree, "Shop.In.HTTP", runtime.VerbPause)
		command(t, tree, "Shop.In.HTTP", runtime.VerbResume)
		command(t, tree, "Shop.In", runtime.VerbRestart)
		if _, err := tree.Start(t.Context(), conns, runtime.Key("k"), nil); err != nil {
			t.Fatal(err)
		}
		command(t, tree, `Shop.Conn["k"]`, runtime.VerbRemove)
	})
	if diff := cmp.Diff(`start Shop#1 0s+1s
  start Shop.In#1 0s+100ms
    start Shop.In.DB#1 0s+100ms
    start Shop.In.HTTP#1 100ms+0s
  start Shop.Migrate#1 0s+1s
command Shop.In.DB restart 10s+0s
  stop Shop.In.HTTP#1 10s+0s
  stop Shop.In.DB#1 10s+50ms
  restart Shop.In.DB#2 10s+150ms (launched 10.05s)
  restart Shop.In.HTTP#2 10s+150ms (launched 10.15s)
command Shop.In.HTTP pause 20s+0s
  stop Shop.In.HTTP#2 20s+0s
command Shop.In.HTTP resume 30s+0s
  restart Shop.In.HTTP#3 30s+0s
command Shop.In restart 40s+0s
  stop Shop.In#1 40s+50ms
    stop Shop.In.HTTP#3 40s+0s
    stop Shop.In.DB#2 40s+50ms
  restart Shop.In#2 40s+150ms (launched 40.05s)
    restart Shop.In.DB#3 40s+150ms (launched 40.05s)
    restart Shop.In.HTTP#4 40s+150ms (launched 40.15s)
start Shop.Conn Shop.Conn["k"]#1 50s+0s
command Shop.Conn Shop.Conn["k"] remove 50s+0s
  stop Shop.Conn Shop.Conn["k"]#1 50s+0s
command Shop shutdown 1m0s+0s
  stop Shop#1 1m0s+50ms
    stop Shop.In#2 1m0s+50ms
      stop Shop.In.HTTP#4 1m0s+0s
      stop Shop.In.DB#3 1m0s+50ms
`, o.String()); diff != "" {
		t.Error(diff)
	}
	for _, s := range o.spans.Ended() {
		if s.Name() == "command Shop.In.DB" {
			if got := fmt.Sprint(attributesIn(s)); got != "map[supgen.child.path:Shop.In.DB supgen.child.role:service supgen.command.verb:restart supgen.command.who:ada supgen.command.why:a test]" {
				t.Errorf("a command has %s", got)
			}
		}
	}
}

func attributesIn(s sdktrace.ReadOnlySpan) map[string]string {
	all := make(map[string]string)
	for _, a := range s.Attributes() {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

// A supervisor that gives up is restarted with all below it, in one trace.
func TestSupervisorGivesUp(t *testing.T) {
	table := shop(map[uint64]string{1: "early", 2: "early"})
	table[1].Intensity, table[1].Backoff = runtime.Limit{N: 1, In: time.Hour}, second
	o := observed(t, table, func(t *testing.T, tree *runtime.Tree) { time.Sleep(10 * time.Second) })
	if diff := cmp.Diff(`start Shop#1 0s+2.3s
  start Shop.Migrate#1 0s+1s
  start Shop.In#1 0s+1.2s error "gave up"
    start Shop.In.DB#1 0s+100ms error "connection lost"
restart Shop.In.DB#2 100ms+1.1s error "connection lost" (launched 1.1s) -> start Shop.In.DB#1
stop Shop.In#1 1.2s+0s -> start Shop.In#1
restart Shop.In#2 1.2s+1.1s (launched 2.2s) -> start Shop.In#1
  restart Shop.In.DB#3 1.2s+1.1s (launched 2.2s) -> restart Shop.In.DB#2
  start Shop.In.HTTP#1 2.3s+0s
command Shop shutdown 10s+0s
  stop Shop#1 10s+50ms
    stop Shop.In#2 10s+50ms
      stop Shop.In.HTTP#1 10s+0s
      stop Shop.In.DB#3 10s+50ms
`, o.String()); diff != "" {
		t.Error(diff)
	}
}

// A stop that takes too long says so, and so does one that was unclean; a span of what never stops ends with the tree. The lame duck
// is no part of a stop.
func TestStops(t *testing.T) {
	short := runtime.Shutdown{Drain: time.Second, Abort: time.Second}
	o := observed(t, []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, LameDuck: time.Second},
		{Name: "Slow", Role: runtime.Service, Shutdown: short, Start: func(l runtime.Launch) error {
			<-l.Run().Aborted()
			return errors.New("not flushed")
		}},
		{Name: "Stuck", Role: runtime.Service, Shutdown: short, Start: func(l runtime.Launch) error {
			<-l.Context().Done()
			time.Sleep(time.Minute)
			return nil
		}},
	}, func(t *testing.T, tree *runtime.Tree) {
		time.Sleep(time.Second)
	})
	if diff := cmp.Diff(`start Shop#1 0s+0s
  start Shop.Slow#1 0s+0s
  start Shop.Stuck#1 0s+0s
command Shop shutdown 1s+0s
  stop Shop#1 2s+2s
    stop Shop.Slow#1 2s+1s error "not flushed" (aborted 3s)
    stop Shop.Stuck#1 2s+2s stuck "did not stop within its budget" (aborted 3s)
`, o.String()); diff != "" {
		t.Error(diff)
	}
}

// A request points to the run that serves it, and is not below it; without a run, or a tree that is observed, it points nowhere.
func TestLink(t *testing.T) {
	if l := Link(t.Context()); l.SpanContext.IsValid() {
		t.Errorf("the background has the link %v", l)
	}
	var links []trace.Link
	var first context.Context
	requests := tracetest.NewSpanRecorder()
	table := shop(map[uint64]string{1: "late"})
	table[3].Start = func(l runtime.Launch) error {
		time.Sleep(time.Second)
		ctx, cancel := context.WithCancel(context.WithoutCancel(l.Context()))
		defer cancel()
		if span := trace.SpanContextFromContext(ctx); span.IsValid() {
			t.Errorf("a run has the span %v", span)
		}
		links = append(links, Link(ctx))
		if first == nil {
			first = ctx
		} else if l := Link(first); l.SpanContext.IsValid() {
			t.Error("a run that is over points to the one after it")
		}
		_, span := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(requests)).Tracer("").Start(ctx, "GET /", trace.WithLinks(Link(context.Background()), Link(ctx)))
		span.End()
		return until(l)
	}
	o := observed(t, table, func(t *testing.T, tree *runtime.Tree) { time.Sleep(time.Minute) })
	names := make(map[trace.SpanID]string)
	for _, s := range o.spans.Ended() {
		names[s.SpanContext().SpanID()] = nameOf(s)
	}
	var got []string
	for i, l := range links {
		got = append(got, names[l.SpanContext.SpanID()])
		if request := requests.Ended()[i]; len(request.Links()) != 1 || request.Parent().IsValid() {
			t.Errorf("a request has the links %v and the parent %v", request.Links(), request.Parent())
		}
	}
	if diff := cmp.Diff([]string{"start Shop.In.HTTP#1", "restart Shop.In.HTTP#2"}, got); diff != "" {
		t.Error(diff)
	}
	trackers.Range(func(any, any) bool { t.Error("a tree is still there"); return false })
}

// Of a dynamic child that is gone nothing is kept.
func TestGone(t *testing.T) {
	observed(t, shop(nil), func(t *testing.T, tree *runtime.Tree) {
		time.Sleep(time.Second)
		synctest.Wait() // so that what follows may look at what belongs to the reader
		found, _ := trackers.Load(tree)
		r := found.(*tracker)
		before := len(r.children)
		if _, err := tree.Start(t.Context(), conns, runtime.Key("k"), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, ok := r.launches.Load(`Shop.Conn["k"]`); !ok || len(r.children) != before+1 {
			t.Error("it is not there")
		}
		command(t, tree, `Shop.Conn["k"]`, runtime.VerbRemove)
		synctest.Wait()
		if _, ok := r.launches.Load(`Shop.Conn["k"]`); ok || len(r.children) != before {
			t.Error("it is still there")
		}
	})
}

// A span that is open when events are lost ends then: what has become of it is not known.
func TestLostEventsEndSpans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTelemetry()
		tree := runtime.New(shop(nil))
		end, _ := Observe(o.options()...)(tree)
		defer end()
		synctest.Wait()
		found, _ := trackers.Load(tree)
		r := found.(*tracker)
		r.take(&runtime.Event{Kind: runtime.EventTransition, Path: "Shop.In.DB", To: runtime.LifecycleRunning, Generation: 1, Time: time.Now()})
		if started, ended := len(o.spans.Started()), len(o.spans.Ended()); started != 1 || ended != 0 {
			t.Errorf("%d spans were begun, and %d ended", started, ended)
		}
		r.take(&runtime.Event{Kind: runtime.EventLost, Path: "Shop", Lost: 5, Time: time.Now()})
		if ended := len(o.spans.Ended()); ended != 1 {
			t.Errorf("%d spans ended", ended)
		}
	})
}
