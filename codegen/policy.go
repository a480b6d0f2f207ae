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
	own := c.Defaults()
	var fields []jen.Code
	add := func(differs bool, name string, value func() jen.Code) {
		if differs {
			fields = append(fields, t.field(name, value()))
		}
	}
	intensity, limit, backoff, throttle := c.Intensity.Value, c.Limit.Value, c.Backoff.Value, c.Throttle.Value
	ready, health, shutdown := c.Ready.Value, c.Health.Value, c.Shutdown.Value

	add(intensity != own.Intensity, "Intensity", func() jen.Code { return share(t.file, intensity, t.limit) })
	add(limit != own.Limit, "Limit", func() jen.Code { return share(t.file, limit, t.limit) })
	if rows := t.rows(c.On, own.On); len(rows) > 0 {
		fields = append(fields, t.field("On", t.runtime("Table").Custom(layout(rows), rows...)))
	}
	add(backoff != own.Backoff, "Backoff", func() jen.Code { return share(t.file, backoff, t.backoff) })
	add(throttle != own.Throttle, "Throttle", func() jen.Code {
		return t.runtime("Throttle").Values(t.field("N", count(throttle.N)), t.field("Refill", t.duration(throttle.Refill)))
	})
	add(c.Concurrency.Value != own.Concurrency, "Concurrency", func() jen.Code { return count(c.Concurrency.Value) })
	add(!ready.Immediate(), "Ready", func() jen.Code { return share(t.file, ready, t.ready) })
	add(health != own.Health, "Health", func() jen.Code { return share(t.file, health, t.health) })
	add(hasPromise(c) || shutdown != own.Shutdown, "Shutdown", func() jen.Code { return t.shutdown(c) })
	add(c.Timeout.Value != own.Timeout, "Timeout", func() jen.Code { return t.duration(c.Timeout.Value) })
	add(len(c.Finish.Of) > 0, "Finish", func() jen.Code { return t.finish(c.Finish) })
	return fields
}

// noun is the runtime's name of a value with a label: prefix "Outcome", label fatal_bug is OutcomeFatalBug.
func (t *rootTree) noun(prefix string, label fmt.Stringer) *jen.Statement {
	name := prefix
	for word := range strings.SplitSeq(label.String(), "_") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return t.runtime(name)
}

func (t *rootTree) limit(l runtime.Limit) jen.Code {
	return t.runtime("Limit").Values(t.field("N", count(l.N)), t.field("In", t.duration(l.In)))
}

// rows is the rows on which a table differs from the role's own.
func (t *rootTree) rows(on dsl.Rows, own runtime.Table) []jen.Code {
	var rows []jen.Code
	for outcome, row := range on {
		if action := row.Value.Action; action != runtime.ActionNone && action != own[outcome] {
			rows = append(rows, t.noun("Outcome", runtime.Outcome(outcome)).Op(":").Add(t.noun("Action", action)))
		}
	}
	return rows
}

// layout is that of a composite literal: on one line as long as that can be read.
func layout(elements []jen.Code) jen.Options {
	if len(elements) > 2 {
		return inLines
	}
	return jen.Options{Open: "{", Close: "}", Separator: ","}
}

func (t *rootTree) backoff(b runtime.Backoff) jen.Code {
	if b.None {
		return t.runtime("Backoff").Values(t.field("None", jen.True()))
	}
	fields := []jen.Code{t.field("Min", t.duration(b.Min)), t.field("Max", t.duration(b.Max))}
	if b.Factor != 0 {
		fields = append(fields, t.field("Factor", jen.Id(strconv.FormatFloat(b.Factor, 'g', -1, 64))))
	}
	switch b.Jitter {
	case 0:
	case runtime.FullJitter:
		fields = append(fields, t.field("Jitter", t.runtime("FullJitter")))
	case runtime.DecorrelatedJitter:
		fields = append(fields, t.field("Jitter", t.runtime("DecorrelatedJitter")))
	default:
		fields = append(fields, t.field("Jitter", jen.Id(strconv.Itoa(int(b.Jitter)))))
	}
	return t.runtime("Backoff").Values(append(fields, t.unlessZero("Reset", b.Reset)...)...)
}

func (t *rootTree) probe(c runtime.Check) jen.Code {
	return t.runtime("Check").Values(t.field("Every", t.duration(c.Every)), t.field("Timeout", t.duration(c.Timeout)))
}

func (t *rootTree) ready(r runtime.Ready) jen.Code {
	how := t.field("Explicit", jen.True())
	if !r.Explicit {
		how = t.field("Check", t.probe(r.Check))
	}
	return t.runtime("Ready").Values(append([]jen.Code{how}, t.unlessZero("Within", r.Within)...)...)
}

func (t *rootTree) health(h runtime.Health) jen.Code {
	var fields []jen.Code
	fields = append(fields, t.unlessZero("Heartbeat", h.Heartbeat)...)
	fields = append(fields, t.unlessZero("Stale", h.Stale)...)
	fields = append(fields, t.unlessZero("Dead", h.Dead)...)
	if h.Check.Every != 0 {
		fields = append(fields, t.field("Check", t.probe(h.Check)))
	}
	if h.Fail != 0 {
		fields = append(fields, t.field("Fail", count(h.Fail)))
	}
	return t.runtime("Health").Values(fields...)
}

func (t *rootTree) shutdown(c *dsl.Child) jen.Code {
	s := c.Shutdown.Value
	var fields []jen.Code
	if s.None {
		fields = append(fields, t.field("None", jen.True()))
	}
	if s.Unlimited {
		fields = append(fields, t.field("Unlimited", jen.True()))
	}
	if hasPromise(c) {
		// The constant, so that the fence holds what the table says.
		fields = append(fields, t.field("Drain", jen.Id(c.ShutdownConst())))
	} else {
		fields = append(fields, t.unlessZero("Drain", s.Drain)...)
	}
	fields = append(fields, t.unlessZero("Abort", s.Abort)...)
	return t.runtime("Shutdown").Values(fields...)
}

func (t *rootTree) finish(f dsl.Finish) jen.Code {
	of := t.field("Of", t.refs(f.Of))
	if f.Any {
		return t.runtime("Finish").Values(t.field("Any", jen.True()), of)
	}
	return t.runtime("Finish").Values(of)
}

// unlessZero is a field with a duration, or none.
func (t *rootTree) unlessZero(name string, d time.Duration) []jen.Code {
	if d == 0 {
		return nil
	}
	return []jen.Code{t.field(name, t.duration(d))}
}
