package otelsup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/supgen/supgen/runtime"
)

// points are those of a metric whose attributes contain what is wanted, as "attributes value".
func points(m metricdata.Metrics, want string) (lines []string) {
	add := func(set attribute.Set, value string) {
		if attributes := set.Encoded(attribute.DefaultEncoder()); strings.Contains(attributes, want) {
			lines = append(lines, attributes+" "+value)
		}
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, fmt.Sprint(p.Value))
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, fmt.Sprint(p.Value))
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, fmt.Sprintf("%d in %s", p.Count, time.Duration(p.Sum*float64(time.Second)).Round(time.Millisecond)))
		}
	}
	slices.Sort(lines)
	return lines
}

// Metrics have the names, units and kinds that doc.go names, and count what happened, of children that are gone, too.
func TestMetrics(t *testing.T) {
	o := observed(t, shop(map[uint64]string{1: "late", 2: "early"}), func(t *testing.T, tree *runtime.Tree) {
		time.Sleep(10 * time.Second)
		command(t, tree, "Shop.In.HTTP", runtime.VerbPause)
		if _, err := tree.Start(t.Context(), conns, runtime.Key("k"), nil); err != nil {
			t.Fatal(err)
		}
		command(t, tree, `Shop.Conn["k"]`, runtime.VerbRemove)
	}, WithTags("storage", "serving"))
	var got []string
	all := o.last
	for name, m := range all {
		kind, _, _ := strings.Cut(strings.TrimPrefix(fmt.Sprintf("%T", m.Data), "metricdata."), "[")
		if sum, ok := m.Data.(metricdata.Sum[int64]); ok && sum.IsMonotonic {
			kind = "Counter"
		}
		got = append(got, fmt.Sprintf("%s %s %s", name, m.Unit, kind))
		if !strings.HasSuffix(m.Description, ".") {
			t.Errorf("%s is described as %q", name, m.Description)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{
		"supgen.child.backoff.duration s Histogram",
		"supgen.child.failures {failure} Counter",
		"supgen.child.ready.duration s Histogram",
		"supgen.child.restarts {restart} Counter",
		"supgen.child.starts {start} Counter",
		"supgen.child.status {child} Sum",
		"supgen.child.stop.duration s Histogram",
		"supgen.commands {command} Counter",
		"supgen.events.lost {event} Counter",
		"supgen.limit.remaining {restart} Gauge",
		"supgen.runs.stuck {run} Sum",
	}, got); diff != "" {
		t.Error(diff)
	}
	const db = "supgen.child.path=Shop.In.DB,supgen.child.role=service"
	for _, of := range []struct {
		name, attributes string
		want             []string
	}{
		{"supgen.child.starts", "", []string{
			"supgen.child.path=Shop,supgen.child.role=supervisor 1", "supgen.child.path=Shop.Conn,supgen.child.role=worker 1",
			"supgen.child.path=Shop.In,supgen.child.role=supervisor 1",
			db + ",supgen.child.tag.storage=true 3",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service 2", "supgen.child.path=Shop.Migrate,supgen.child.role=job 1",
		}},
		{"supgen.child.restarts", "DB", []string{db + ",supgen.child.tag.storage=true 2"}},
		{"supgen.child.failures", "DB", []string{"error.type=error," + db + ",supgen.child.tag.storage=true 2"}},
		{"supgen.child.failures", "HTTP", []string{"error.type=error,supgen.child.path=Shop.In.HTTP,supgen.child.role=service 0"}},
		{"supgen.limit.remaining", "DB", []string{db + ",supgen.child.tag.storage=true 8"}},
		{"supgen.child.status", "HTTP", []string{
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=declared 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=failed 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=paused 1",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=quarantined 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=ready 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=restarting 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=running 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=shutting_down 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=starting 0",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service,supgen.child.state=stopped 0",
		}},
		{"supgen.runs.stuck", "", []string{" 0"}},
		{"supgen.commands", "", []string{"supgen.command.verb=pause 1", "supgen.command.verb=remove 1"}},
		{"supgen.events.lost", "", []string{" 0"}},
		{"supgen.child.ready.duration", "In.", []string{
			db + ",supgen.child.tag.storage=true 2 in 200ms",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service 2 in 0s",
		}},
		{"supgen.child.stop.duration", "", []string{
			"supgen.child.path=Shop.Conn,supgen.child.role=worker 1 in 0s",
			"supgen.child.path=Shop.In.HTTP,supgen.child.role=service 2 in 0s",
		}},
		{"supgen.child.backoff.duration", "", []string{db + ",supgen.child.tag.storage=true 2 in 2s"}},
	} {
		if diff := cmp.Diff(of.want, points(all[of.name], of.attributes)); diff != "" {
			t.Errorf("%s: %s", of.name, diff)
		}
	}
	if h := all["supgen.child.ready.duration"].Data.(metricdata.Histogram[float64]).DataPoints[0].Bounds; h[0] != 0.005 || h[len(h)-1] != 600 {
		t.Errorf("the boundaries are %v", h)
	}
}

// A child that says that it is not ready, and then that it is, was launched once.
func TestReadyAgain(t *testing.T) {
	o := observed(t, []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true, Within: time.Minute}, Start: func(l runtime.Launch) error {
			for range 3 {
				l.Signal().NotReady()
				time.Sleep(time.Second)
				l.Signal().Ready()
			}
			return until(l)
		}},
	}, func(t *testing.T, tree *runtime.Tree) { time.Sleep(time.Minute) })
	if diff := cmp.Diff([]string{"supgen.child.path=Shop.DB,supgen.child.role=service 1 in 1s"}, points(o.last["supgen.child.ready.duration"], "DB")); diff != "" {
		t.Error(diff)
	}
}

// However many declarations there are, what the SDK keeps of a metric has place for all series; no child is missing in the sums, and
// none is put into the SDK's own overflow, which has no state.
func TestManyDeclarations(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}}
	for i := range 300 {
		table = append(table, runtime.Child{Name: fmt.Sprint("C", i), Role: runtime.Service, Start: until})
	}
	o := observed(t, table, func(t *testing.T, tree *runtime.Tree) { time.Sleep(time.Second) })
	status := o.last["supgen.child.status"]
	if n := len(points(status, "")); n != (maxRows+1)*10 {
		t.Errorf("there are %d series", n)
	}
	for want, lines := range map[string][]string{
		"otel.metric.overflow=true,supgen.child.path=*,supgen.child.state=ready 103": points(status, "overflow=true,supgen.child.path=*,supgen.child.state=ready"),
		"otel.metric.overflow=true,supgen.child.path=* 103":                          points(o.last["supgen.child.starts"], "overflow"),
		"otel.metric.overflow=true,supgen.child.path=* 103 in 0s":                    points(o.last["supgen.child.ready.duration"], "overflow"),
	} {
		if diff := cmp.Diff([]string{want}, lines); diff != "" {
			t.Error(diff)
		}
	}
}

// Of events that were lost the metrics that are read from the tree know. Spans that were open then end.
func TestLostEvents(t *testing.T) {
	o := newTelemetry()
	slow := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(o.spans), sdktrace.WithSpanProcessor(sleeper{}))
	o.observe(t, shop(nil), func(t *testing.T, tree *runtime.Tree) {
		time.Sleep(time.Second)
		for range 1000 {
			if _, err := tree.Command("Shop.In.DB", runtime.VerbRestart, "ada", "a test"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond)
		}
		time.Sleep(time.Hour)
	}, WithTracerProvider(slow))
	if got := points(o.last["supgen.events.lost"], ""); len(got) != 1 || got[0] == " 0" {
		t.Errorf("lost are %v", got)
	}
	if diff := cmp.Diff([]string{"supgen.child.path=Shop.In.HTTP,supgen.child.role=service 1001"}, points(o.last["supgen.child.starts"], "HTTP")); diff != "" {
		t.Error(diff)
	}
	if started, ended := len(o.spans.Started()), len(o.spans.Ended()); started != ended {
		t.Errorf("%d spans were begun, and %d ended", started, ended)
	}
}

// A sleeper is a span processor that is too slow.
type sleeper struct{ sdktrace.SpanProcessor }

func (sleeper) OnStart(context.Context, sdktrace.ReadWriteSpan) { time.Sleep(time.Second) }
func (sleeper) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (sleeper) ForceFlush(context.Context) error                { return nil }

// BenchmarkCollect is a collection of a tree with 10,000 children.
func BenchmarkCollect(b *testing.B) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}}
	for i := range 1000 {
		table = append(table, runtime.Child{Name: fmt.Sprint("C", i), Role: runtime.Service, Replicas: 10, Start: until})
	}
	tree := runtime.New(table)
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	o := newTelemetry()
	end, _ := Observe(o.options()...)(tree)
	go func() { ended <- tree.Run(ctx) }()
	if err := tree.AwaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o.collect(b)
	}
	stop()
	<-ended
	end()
}

// BenchmarkRestart is a restart, with nobody who looks, and observed. What is observed is read on another goroutine, so the tree
// itself does no more; with few processors the two share them.
func BenchmarkRestart(b *testing.B) {
	often := runtime.Limit{N: 1_000_000, In: time.Second}
	for _, beside := range []string{"bare", "observed"} {
		b.Run(beside, func(b *testing.B) {
			runs := 0
			done := make(chan struct{})
			tree := runtime.New([]runtime.Child{
				{Name: "Shop", Role: runtime.Supervisor, Intensity: often},
				{Name: "C", Role: runtime.Service, Backoff: runtime.Backoff{None: true}, Limit: often, Start: func(l runtime.Launch) error {
					if runs++; runs <= b.N {
						return errLost
					}
					close(done)
					return until(l)
				}},
			})
			end := func() {}
			if beside == "observed" {
				end, _ = Observe(newTelemetry().options()...)(tree)
			}
			ctx, stop := context.WithCancel(b.Context())
			ended := make(chan error, 1)
			b.ResetTimer()
			go func() { ended <- tree.Run(ctx) }()
			<-done
			b.StopTimer()
			stop()
			<-ended
			end()
		})
	}
}
