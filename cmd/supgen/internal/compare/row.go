package compare

import (
	"fmt"

	"github.com/supgen/supgen/cmd/supgen/internal/notation"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// row is what another answer to an outcome means.
func (d *differences) row(o runtime.Outcome, before, now dsl.Row) effect {
	if why := d.now.NeverAsked(o, false); why != "" {
		return neither("it is never asked: " + why)
	}
	if before.Action == now.Action { // both quarantine
		longer := now.For == 0 || before.For > 0 && now.For > before.For
		return either(longer, worse(fate(d.now, now)), better(fate(d.now, now)))
	}
	if endsTree(d.old, before) && endsTree(d.now, now) {
		return neither(theEnd + ", as before")
	}
	e := d.stricter(before, now)
	if now.Action < before.Action {
		e = effect{e.benefit, e.risk, e.note}
	}
	if o == runtime.OutcomeStuck {
		e = e.and(second(before, now))
	}
	return e
}

// stricter is what is worse and what is better in the stricter of two answers, in words that say what the new version does.
func (d *differences) stricter(before, now dsl.Row) effect {
	outcome := fate(d.now, now)
	loose, strict := before, now
	isStricter := now.Action > before.Action
	if !isStricter {
		loose, strict = now, before
	}
	say := func(stricter, looser string) string {
		if isStricter {
			return stricter
		}
		return looser
	}
	limit := notation.Limit(d.now.Limit.Value)
	switch {
	case isUp(loose) && isUp(strict):
		return trade(
			say(fmt.Sprintf("it counts: beyond %s, %s", limit, fate(d.now, d.now.On[runtime.OutcomeLimit].Value)), "it is not given up"),
			say("what stays wrong is given up, beyond "+limit, "it counts in no limit: what stays wrong is tried again without end"))
	case isUp(loose):
		return trade(outcome, say("it is not started over and over", "it may be started over and over"))
	case strict.Action <= runtime.ActionQuarantine && loose.Action == runtime.ActionStop:
		switch {
		case strict.For > 0: // it comes back, which makes this the other way round
			return effect{benefit: outcome}
		case d.now.Optional || d.now.Dynamic || d.now.Role == runtime.Sidecar:
			return neither(outcome)
		}
		return effect{risk: say(d.now.Parent.Name+" is not ready while it is quarantined", d.now.Parent.Name+" is ready without it")}
	case loose.Action < runtime.ActionEscalate:
		return trade(outcome, say("nothing goes on without it", above(d.now)+" goes on without it"))
	}
	return trade(outcome, say("nothing goes on beside what failed", "the rest of the tree goes on"))
}

// second is what it means that a run is started beside one that has not stopped, or no longer is.
func second(before, now dsl.Row) effect {
	const beside = "a second run is started beside one that has not stopped"
	switch {
	case isUp(now) && !isUp(before):
		return worse(beside)
	case isUp(before) && !isUp(now):
		return better("no " + beside[2:])
	}
	return effect{}
}

// above is the supervisor of a child; of a root, the program.
func above(c *dsl.Child) string {
	if c.Parent == nil {
		return "the program"
	}
	return c.Parent.Name
}

// isUp reports whether an answer starts the child again.
func isUp(r dsl.Row) bool {
	return r.Action == runtime.ActionRetry || r.Action == runtime.ActionRestart
}
