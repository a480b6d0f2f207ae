package otelsup

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"

	"github.com/supgen/supgen/runtime"
)

// text is a record in a line: when, how bad, which span, the body, and attributes.
func (o *telemetry) text(r *sdklog.Record, span string) string {
	var attributes []string
	r.WalkAttributes(func(a attribute.KeyValue) bool {
		key, value := string(a.Key), a.Value.String()
		switch {
		case key == "exception.stacktrace":
			value = fmt.Sprint(strings.Contains(value, "records_test.go"))
		}
		attributes = append(attributes, strings.TrimPrefix(key, "supgen.")+"="+value)
		return true
	})
	return fmt.Sprintf("%s %s %s (%s) %q %s", r.Timestamp().Sub(o.began), r.Severity(), r.EventName(), span, r.Body().AsString(), strings.Join(attributes, " "))
}

// A failure is a record with what an exception has, and the span of the start of the run that failed.
func TestRecords(t *testing.T) {
	fails := map[uint64]func() error{
		1: func() error {
			return runtime.ExternalDependency(fmt.Errorf("query: %w", &net.OpError{Op: "dial", Err: errLost}))
		},
		2: func() error { panic(fmt.Errorf("no such row")) },
		3: func() error { return runtime.Again("rebalanced") },
		4: func() error { return runtime.FatalBug(fmt.Errorf("bad state: %w", errLost)) },
	}
	o := observed(t, []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Optional: true, Replicas: 1, Backoff: second, Start: func(l runtime.Launch) error {
			time.Sleep(time.Second)
			return fails[l.Run().Generation()]()
		}},
		{Name: "Late", Role: runtime.Service, Start: func(l runtime.Launch) error {
			<-l.Context().Done()
			return errors.New("not flushed")
		}},
	}, func(t *testing.T, tree *runtime.Tree) { time.Sleep(time.Minute) })
	names := map[string]string{}
	for _, s := range o.spans.Ended() {
		names[s.SpanContext().SpanID().String()] = nameOf(s)
	}
	var got []string
	for i := range o.records {
		got = append(got, o.text(&o.records[i], names[o.records[i].SpanID().String()]))
	}
	if diff := cmp.Diff([]string{
		`1s WARN supgen.child.failure (start Shop.DB Shop.DB[0]#1) "Shop.DB[0]: query: dial: connection lost" child.path=Shop.DB child.role=service child.instance=Shop.DB[0] child.generation=1 error.type=external exception.type=*net.OpError exception.message=query: dial: connection lost decision.action=retry decision.reason=on external decision.delay=1`,
		`3s WARN supgen.child.failure (restart Shop.DB Shop.DB[0]#2) "Shop.DB[0]: no such row" child.path=Shop.DB child.role=service child.instance=Shop.DB[0] child.generation=2 error.type=panic exception.type=*errors.errorString exception.message=no such row exception.stacktrace=true decision.action=restart decision.reason=on panic decision.delay=1`,
		`7s ERROR supgen.child.failure (restart Shop.DB Shop.DB[0]#4) "Shop.DB[0]: bad state: connection lost" child.path=Shop.DB child.role=service child.instance=Shop.DB[0] child.generation=4 error.type=fatal_bug exception.type=*errors.errorString exception.message=bad state: connection lost decision.action=quarantine decision.reason=on fatal_bug decision.delay=0`,
		`1m0s WARN supgen.child.unclean_stop (start Shop.Late#1) "Shop.Late: not flushed" child.path=Shop.Late child.role=service child.generation=1 error.type=error exception.type=*errors.errorString exception.message=not flushed`,
	}, got); diff != "" {
		t.Error(diff)
	}
}

// A retry without end is a warning at attempts 1, 2, 4, 8 and so on, as in the tree's own log; what its events do not keep any more has the
// outcome for its type.
func TestQuietRetries(t *testing.T) {
	o := observed(t, []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Backoff: second, Ready: runtime.Ready{Explicit: true, Within: time.Minute}, Start: func(l runtime.Launch) error { return runtime.ExternalDependency(errLost) }},
	}, func(t *testing.T, tree *runtime.Tree) { time.Sleep(9500 * time.Millisecond) })
	var got []string
	for i := range o.records {
		got = append(got, fmt.Sprint(o.records[i].Timestamp().Sub(o.began), " ", o.records[i].Severity()))
	}
	want := []string{"0s WARN", "1s WARN", "2s DEBUG", "3s WARN", "4s DEBUG", "5s DEBUG", "6s DEBUG", "7s WARN", "8s DEBUG", "9s DEBUG"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := exceptionType(&runtime.Failure{Kind: runtime.OutcomeTimeout}); got != "timeout" {
		t.Errorf("a failure that nothing returned has the type %s", got)
	}
}
