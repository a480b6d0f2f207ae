package codegen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// policies is the fields of c's row for what is not its role's own.
func (t *rootTree) policies(c *dsl.Child) [][]string {
	own := c.Defaults()
	var pairs [][]string
	add := func(differs bool, name string, value func() string) {
		if differs {
			pairs = append(pairs, pair(name, value()))
		}
	}
	intensity, limit, backoff, throttle := c.Intensity.Value, c.Limit.Value, c.Backoff.Value, c.Throttle.Value
	ready, health, shutdown := c.Ready.Value, c.Health.Value, c.Shutdown.Value

	add(intensity != own.Intensity, "Intensity", func() string { return t.limit(intensity) })
	add(limit != own.Limit, "Limit", func() string { return t.limit(limit) })
	if on := t.on(c.On, own.On); on != "" {
		pairs = append(pairs, pair("On", on))
	}
	add(backoff != own.Backoff, "Backoff", func() string { return t.backoff(backoff) })
	add(throttle != own.Throttle, "Throttle", func() string {
		return literal(t.runtime("Throttle"), field("N", count(throttle.N)), field("Refill", t.duration(throttle.Refill)))
	})
	add(c.Concurrency.Value != own.Concurrency, "Concurrency", func() string { return count(c.Concurrency.Value) })
	add(!ready.Immediate(), "Ready", func() string { return t.ready(ready) })
	add(health != own.Health, "Health", func() string { return t.health(health) })
	add(hasPromise(c) || shutdown != own.Shutdown, "Shutdown", func() string { return t.shutdown(c) })
	add(c.Timeout.Value != own.Timeout, "Timeout", func() string { return t.duration(c.Timeout.Value) })
	add(len(c.Finish.Of) > 0, "Finish", func() string { return t.finish(c.Finish) })
	return pairs
}

// noun is the runtime's name of a value with a label: prefix "Outcome", label fatal_bug is OutcomeFatalBug.
func (t *rootTree) noun(prefix string, label fmt.Stringer) string {
	name := prefix
	for word := range strings.SplitSeq(label.String(), "_") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return t.runtime(name)
}

func (t *rootTree) limit(l runtime.Limit) string {
	return literal(t.runtime("Limit"), field("N", count(l.N)), field("In", t.duration(l.In)))
}

// on is the rows on which a table differs from the role's own, on one line as long as that can be read; "" is none.
func (t *rootTree) on(on dsl.Rows, own runtime.Table) string {
	var rows []string
	var pairs [][]string
	for outcome, action := range on {
		if action.Value.Action != runtime.ActionNone && action.Value.Action != own[outcome] {
			key, value := t.noun("Outcome", runtime.Outcome(outcome)), t.noun("Action", action.Value.Action)
			rows, pairs = append(rows, field(key, value)), append(pairs, pair(key, value))
		}
	}
	switch {
	case len(rows) == 0:
		return ""
	case len(rows) <= 2:
		return literal(t.runtime("Table"), rows...)
	}
	return t.runtime("Table") + "{\n\t\t\t" + strings.Join(keyed(pairs), ",\n\t\t\t") + ",\n\t\t}"
}

func (t *rootTree) backoff(b runtime.Backoff) string {
	if b.None {
		return literal(t.runtime("Backoff"), field("None", "true"))
	}
	fields := []string{field("Min", t.duration(b.Min)), field("Max", t.duration(b.Max))}
	if b.Factor != 0 {
		fields = append(fields, field("Factor", strconv.FormatFloat(b.Factor, 'g', -1, 64)))
	}
	switch b.Jitter {
	case 0:
	case runtime.FullJitter:
		fields = append(fields, field("Jitter", t.runtime("FullJitter")))
	case runtime.DecorrelatedJitter:
		fields = append(fields, field("Jitter", t.runtime("DecorrelatedJitter")))
	default:
		fields = append(fields, field("Jitter", strconv.Itoa(int(b.Jitter))))
	}
	return literal(t.runtime("Backoff"), append(fields, t.unlessZero("Reset", b.Reset)...)...)
}

func (t *rootTree) probe(c runtime.Check) string {
	return literal(t.runtime("Check"), field("Every", t.duration(c.Every)), field("Timeout", t.duration(c.Timeout)))
}

func (t *rootTree) ready(r runtime.Ready) string {
	how := field("Explicit", "true")
	if !r.Explicit {
		how = field("Check", t.probe(r.Check))
	}
	return literal(t.runtime("Ready"), append([]string{how}, t.unlessZero("Within", r.Within)...)...)
}

func (t *rootTree) health(h runtime.Health) string {
	var fields []string
	fields = append(fields, t.unlessZero("Heartbeat", h.Heartbeat)...)
	fields = append(fields, t.unlessZero("Stale", h.Stale)...)
	fields = append(fields, t.unlessZero("Dead", h.Dead)...)
	if h.Check.Every != 0 {
		fields = append(fields, field("Check", t.probe(h.Check)))
	}
	if h.Fail != 0 {
		fields = append(fields, field("Fail", count(h.Fail)))
	}
	return literal(t.runtime("Health"), fields...)
}

func (t *rootTree) shutdown(c *dsl.Child) string {
	s := c.Shutdown.Value
	var fields []string
	if s.None {
		fields = append(fields, field("None", "true"))
	}
	if s.Unlimited {
		fields = append(fields, field("Unlimited", "true"))
	}
	if hasPromise(c) {
		// The constant, so that the fence holds what the table says.
		fields = append(fields, field("Drain", c.ShutdownConst()))
	} else {
		fields = append(fields, t.unlessZero("Drain", s.Drain)...)
	}
	fields = append(fields, t.unlessZero("Abort", s.Abort)...)
	return literal(t.runtime("Shutdown"), fields...)
}

func (t *rootTree) finish(f dsl.Finish) string {
	of := field("Of", t.refs(f.Of))
	if f.Any {
		return literal(t.runtime("Finish"), field("Any", "true"), of)
	}
	return literal(t.runtime("Finish"), of)
}

// unlessZero is a field with a duration, or none.
func (t *rootTree) unlessZero(name string, d time.Duration) []string {
	if d == 0 {
		return nil
	}
	return []string{field(name, t.duration(d))}
}
