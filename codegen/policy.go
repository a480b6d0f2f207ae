package codegen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// policies is the fields of c's row for what is not its role's own.
func (t *rootTree) policies(c *dsl.Child) []jen.Code {
	own := defaults(c)
	var fields []jen.Code
	add := func(differs bool, name string, value func() jen.Code) {
		if differs {
			fields = append(fields, field(name, value()))
		}
	}
	intensity, limit, backoff, throttle := c.Intensity.Value, c.Limit.Value, c.Backoff.Value, c.Throttle.Value
	ready, health, shutdown := c.Ready.Value, c.Health.Value, c.Shutdown.Value

	add(intensity != own.Intensity, "Intensity", func() jen.Code { return t.limit(intensity) })
	add(limit != own.Limit, "Limit", func() jen.Code { return t.limit(limit) })
	if rows := t.rowsOfTable(c.On, own.On); len(rows) > 0 {
		fields = append(fields, field("On", t.runtime("Table").Custom(literalOf(len(rows)), rows...)))
	}
	add(backoff != own.Backoff, "Backoff", func() jen.Code { return t.backoff(backoff) })
	add(throttle != own.Throttle, "Throttle", func() jen.Code {
		return t.runtime("Throttle").Values(field("N", count(throttle.N)), field("Refill", t.duration(throttle.Refill)))
	})
	add(c.Concurrency.Value != own.Concurrency, "Concurrency", func() jen.Code { return count(c.Concurrency.Value) })
	add(!ready.Immediate(), "Ready", func() jen.Code { return t.ready(ready) })
	add(health != own.Health, "Health", func() jen.Code { return t.health(health) })
	if hasPromise(c) {
		// The constant, so that the fence holds what the table says.
		fields = append(fields, field("Shutdown", t.runtime("Shutdown").Values(field("Drain", jen.Id(c.ShutdownConst())))))
	} else {
		add(shutdown != own.Shutdown, "Shutdown", func() jen.Code { return t.shutdown(shutdown) })
	}
	add(c.Timeout.Value != own.Timeout, "Timeout", func() jen.Code { return t.duration(c.Timeout.Value) })
	add(len(c.Finish.Of) > 0, "Finish", func() jen.Code { return t.finish(c.Finish) })
	return fields
}

// defaults is what the runtime takes for what a row leaves out.
func defaults(c *dsl.Child) runtime.Child {
	own := runtime.Defaults(c.Role)
	if c.Optional {
		own.On[runtime.OutcomeLimit] = runtime.ActionQuarantine
	}
	if len(c.Finish.Of) > 0 {
		own.On[runtime.OutcomeSuccess] = runtime.ActionStop
	}
	return own
}

// noun is the runtime's name of a value with a label: prefix "Outcome", label fatal_bug is OutcomeFatalBug.
func (t *rootTree) noun(prefix string, label fmt.Stringer) jen.Code {
	name := prefix
	for word := range strings.SplitSeq(label.String(), "_") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return t.runtime(name)
}

func (t *rootTree) limit(l runtime.Limit) jen.Code {
	return t.runtime("Limit").Values(field("N", count(l.N)), field("In", t.duration(l.In)))
}

// rowsOfTable is the rows on which a table differs from the role's own.
func (t *rootTree) rowsOfTable(on dsl.Rows, own runtime.Table) []jen.Code {
	var rows []jen.Code
	for outcome, action := range on {
		if action.Value != runtime.ActionNone && action.Value != own[outcome] {
			rows = append(rows, jen.Add(t.noun("Outcome", runtime.Outcome(outcome))).Op(":").
				Add(t.noun("Action", action.Value)))
		}
	}
	return rows
}

// literalOf lays out a composite literal of n elements: on one line as long as that can be read.
func literalOf(n int) jen.Options {
	if n > 2 {
		return block
	}
	return jen.Options{Open: "{", Close: "}", Separator: ","}
}

func (t *rootTree) backoff(b runtime.Backoff) jen.Code {
	if b.None {
		return t.runtime("Backoff").Values(field("None", jen.True()))
	}
	fields := []jen.Code{field("Min", t.duration(b.Min)), field("Max", t.duration(b.Max))}
	if b.Factor != 0 {
		fields = append(fields, field("Factor", jen.Id(strconv.FormatFloat(b.Factor, 'g', -1, 64))))
	}
	switch b.Jitter {
	case 0:
	case runtime.FullJitter:
		fields = append(fields, field("Jitter", t.runtime("FullJitter")))
	case runtime.DecorrelatedJitter:
		fields = append(fields, field("Jitter", t.runtime("DecorrelatedJitter")))
	default:
		fields = append(fields, field("Jitter", jen.Id(strconv.Itoa(int(b.Jitter)))))
	}
	return t.runtime("Backoff").Values(append(fields, t.unlessZero("Reset", b.Reset)...)...)
}

func (t *rootTree) probe(c runtime.Check) jen.Code {
	return t.runtime("Check").Values(field("Every", t.duration(c.Every)), field("Timeout", t.duration(c.Timeout)))
}

func (t *rootTree) ready(r runtime.Ready) jen.Code {
	how := field("Explicit", jen.True())
	if !r.Explicit {
		how = field("Check", t.probe(r.Check))
	}
	return t.runtime("Ready").Values(append([]jen.Code{how}, t.unlessZero("Within", r.Within)...)...)
}

func (t *rootTree) health(h runtime.Health) jen.Code {
	var fields []jen.Code
	fields = append(fields, t.unlessZero("Heartbeat", h.Heartbeat)...)
	fields = append(fields, t.unlessZero("Stale", h.Stale)...)
	fields = append(fields, t.unlessZero("Dead", h.Dead)...)
	if h.Check.Every != 0 {
		fields = append(fields, field("Check", t.probe(h.Check)))
	}
	if h.Fail != 0 {
		fields = append(fields, field("Fail", count(h.Fail)))
	}
	return t.runtime("Health").Values(fields...)
}

func (t *rootTree) shutdown(s runtime.Shutdown) jen.Code {
	var fields []jen.Code
	if s.None {
		fields = append(fields, field("None", jen.True()))
	}
	if s.Unlimited {
		fields = append(fields, field("Unlimited", jen.True()))
	}
	fields = append(fields, t.unlessZero("Drain", s.Drain)...)
	fields = append(fields, t.unlessZero("Abort", s.Abort)...)
	return t.runtime("Shutdown").Values(fields...)
}

func (t *rootTree) finish(f dsl.Finish) jen.Code {
	var fields []jen.Code
	if f.Any {
		fields = append(fields, field("Any", jen.True()))
	}
	return t.runtime("Finish").Values(append(fields, field("Of", t.refs(f.Of)))...)
}

// unlessZero is a field with a duration, or none.
func (t *rootTree) unlessZero(name string, d time.Duration) []jen.Code {
	if d == 0 {
		return nil
	}
	return []jen.Code{field(name, t.duration(d))}
}
