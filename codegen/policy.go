package codegen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// policies is the fields of c's row for what is not its role's own.
func (t *rootTree) policies(c *tree.Child) []jen.Code {
	own := c.Defaults()
	var fields []jen.Code
	add := func(differs bool, name string, value func() jen.Code) {
		if differs {
			fields = append(fields, t.field(name, value()))
		}
	}
	intensity, limit, backoff, throttle := c.Intensity.Value, c.Limit.Value, c.Backoff.Value, c.Throttle.Value
	ready, health, shutdown := c.Ready.Value, c.Health.Value, c.Shutdown.Value

	// That of a role depends on which children count, which an override may change. A written one does not.
	add(c.Intensity.Source.Kind != tree.SourceRole, "Intensity", func() jen.Code { return share(t.file, intensity, t.limit) })
	add(limit != own.Limit, "Limit", func() jen.Code { return share(t.file, limit, t.limit) })
	fields = append(fields, t.answers(&c.On, own.On)...)
	if start := t.answers(c.AtStart, policy.Table{}); len(start) > 0 {
		fields = append(fields, t.field("AtStart", jen.Op("&").Add(t.runtime("AtStart")).Custom(layout(start, 1), start...)))
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
	add(c.LameDuck.Value != own.LameDuck, "LameDuck", func() jen.Code { return t.duration(c.LameDuck.Value) })
	add(len(c.Finish.Of) > 0, "Finish", func() jen.Code { return t.finish(c.Finish) })
	if from := c.From(); from != "" {
		fields = append(fields, t.field("From", share(t.file, source(from), source.code)))
	}
	return fields
}

type source string

func (s source) code() jen.Code { return jen.Lit(string(s)) }

// noun is the runtime's name of a value with a label: prefix "Outcome", label fatal_bug is OutcomeFatalBug.
func (t *rootTree) noun(prefix string, label fmt.Stringer) *jen.Statement {
	name := prefix
	for word := range strings.SplitSeq(label.String(), "_") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return t.runtime(name)
}

func (t *rootTree) limit(l policy.Limit) jen.Code {
	return t.runtime("Limit").Values(t.field("N", count(l.N)), t.field("In", t.duration(l.In)))
}

// answers is the fields with the rows on which a table differs from the role's own, and with how long its quarantines
// last. These are pointers to constants: the Go compiler lays them out as it does the rest.
func (t *rootTree) answers(rows *tree.Rows, own policy.Table) []jen.Code {
	var on, terms, fields []jen.Code
	for outcome := range policy.Outcome(len(own)) {
		row := rows.Of(outcome)
		key := func() *jen.Statement { return t.noun("Outcome", outcome).Op(":") }
		if action := row.Value.Action; action != policy.ActionNone && action != own[outcome] {
			on = append(on, key().Add(t.noun("Action", action)))
		}
		if row.Value.For != 0 {
			terms = append(terms, key().Add(t.duration(row.Value.For)))
		}
	}
	if len(on) > 0 {
		fields = append(fields, t.field("On", t.runtime("Table").Custom(layout(on, 2), on...)))
	}
	if len(terms) > 0 {
		fields = append(fields, t.field("Quarantine", jen.Op("&").Add(t.runtime("Terms")).Custom(layout(terms, 2), terms...)))
	}
	return fields
}

// layout is that of a composite literal: on one line as long as that can be read.
func layout(elements []jen.Code, most int) jen.Options {
	if len(elements) > most {
		return inLines
	}
	return jen.Options{Open: "{", Close: "}", Separator: ","}
}

func (t *rootTree) backoff(b policy.Backoff) jen.Code {
	if b.None {
		return t.runtime("Backoff").Values(t.field("None", jen.True()))
	}
	fields := []jen.Code{t.field("Min", t.duration(b.Min)), t.field("Max", t.duration(b.Max))}
	if b.Factor != 0 {
		fields = append(fields, t.field("Factor", jen.Id(strconv.FormatFloat(b.Factor, 'g', -1, 64))))
	}
	switch b.Jitter {
	case 0:
	case policy.FullJitter:
		fields = append(fields, t.field("Jitter", t.runtime("FullJitter")))
	case policy.DecorrelatedJitter:
		fields = append(fields, t.field("Jitter", t.runtime("DecorrelatedJitter")))
	default:
		fields = append(fields, t.field("Jitter", jen.Id(strconv.Itoa(int(b.Jitter)))))
	}
	return t.runtime("Backoff").Values(append(fields, t.unlessZero("Reset", b.Reset)...)...)
}

func (t *rootTree) probe(c policy.Check) jen.Code {
	return t.runtime("Check").Values(t.field("Every", t.duration(c.Every)), t.field("Timeout", t.duration(c.Timeout)))
}

func (t *rootTree) ready(r policy.Ready) jen.Code {
	how := t.field("Explicit", jen.True())
	if !r.Explicit {
		how = t.field("Check", t.probe(r.Check))
	}
	return t.runtime("Ready").Values(append([]jen.Code{how}, t.unlessZero("Within", r.Within)...)...)
}

func (t *rootTree) health(h policy.Health) jen.Code {
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

func (t *rootTree) shutdown(c *tree.Child) jen.Code {
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

func (t *rootTree) finish(f tree.Finish) jen.Code {
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
