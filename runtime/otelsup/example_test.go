package otelsup_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/otelsup"
)

// Shop is what supgen generates of a .sup file.
type Shop struct{ tree *runtime.Tree }

func (s *Shop) Run(ctx context.Context) error { return s.tree.Run(ctx) }
func (s *Shop) Tree() *runtime.Tree           { return s.tree }

func NewShop() *Shop {
	return &Shop{runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, Finish: runtime.Finish{Of: []runtime.ID{1}}},
		{Name: "Migrate", Role: runtime.Job, Start: func(runtime.Launch) error { return nil }},
	})}
}

// A program sets OpenTelemetry up as it always does. Here Prometheus scrapes the metrics, and spans are kept in memory where others
// send them by OTLP.
func Example() {
	exporter, err := prometheus.New()
	if err != nil {
		log.Fatal(err)
	}
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(exporter)))
	http.Handle("GET /metrics", promhttp.Handler())
	spans := tracetest.NewInMemoryExporter()
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans))
	defer tracers.Shutdown(context.Background())
	otel.SetTracerProvider(tracers)

	// In a main function: runtime.Main(NewShop(), otelsup.Observe()), which exits.
	status := runtime.MainStatus(NewShop(), otelsup.Observe())

	for _, span := range spans.GetSpans() {
		fmt.Println(span.Name)
	}
	fmt.Println("status", status)
	// Output:
	// start Shop.Migrate
	// start Shop
	// stop Shop
	// status 0
}

// ExampleLink has the spans of requests point to the run that serves them.
func ExampleLink() {
	tracer := otel.Tracer("shop")
	cart := func(w http.ResponseWriter, r *http.Request) { // its server has the context of a run as BaseContext
		_, span := tracer.Start(r.Context(), "GET /cart", trace.WithLinks(otelsup.Link(r.Context())))
		defer span.End()
	}
	http.HandleFunc("GET /cart", cart)
}
