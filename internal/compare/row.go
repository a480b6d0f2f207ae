package compare

import (
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// row is what another answer to an outcome means.
func (d *differences) row(o policy.Outcome, before, now tree.Row) effect {
	if why := d.now.NeverAsked(o, false); why != "" {
		return neither("it is never asked: " + why)
	}
	if before.Action == now.Action { // both quarantine
		again := "what stays wrong is started again each " + policy.Spell(now.For)
		switch {
		case now.For == 0:
			return trade(fate(d.now, now), "it is not started over and over")
		case before.For > 0 && now.For > before.For:
			return trade(fate(d.now, now), again+" only")
		}
		return trade(again, fate(d.now, now))
	}
	if endsTree(d.old, before) && endsTree(d.now, now) {
		return neither(theEnd + ", as before")
	}
	e := d.stricter(before, now)
	if now.Action < before.Action {
		e = effect{e.benefit, e.risk, e.note}
	}
	if o == policy.OutcomeStuck {
		e = e.and(second(before, now))
	}
	return e
}

// stricter is what is worse and what is better in the stricter of two answers, in words that say what the new version does.
func (d *differences) stricter(before, now tree.Row) effect {
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
	switch {
	case isUp(loose) && isUp(strict):
		counted, limited := d.counted()
		return trade(say(counted, "it is not given up"),
			say(limited, "it counts in no limit: what stays wrong is tried again without end"))
	case isUp(loose):
		return trade(outcome, say("it is not started over and over", "it may be started over and over"))
	case strict.Action <= policy.ActionQuarantine && loose.Action == policy.ActionStop:
		return d.held(strict.For, isStricter)
	case loose.Action < policy.ActionEscalate:
		return trade(outcome, say("nothing goes on without it", above(d.now)+" goes on without it"))
	}
	return trade(outcome, say("nothing goes on beside what failed", "the rest of the tree goes on"))
}

// counted is what is worse, and what is better, where a failure counts.
func (d *differences) counted() (counts, limited string) {
	first := d.now.Spends(tree.Failing{}, 0)
	if first.Of == nil {
		return "it counts, although its delays are too long to spend a limit alone", "with other failures it may be given up"
	}
	limit := notation.Limit(first.Limit)
	if first.Of != d.now {
		limit += " of " + first.Of.Name
	}
	return "it counts: beyond " + limit + ", " + fate(first.Of, first.Then), "what stays wrong is given up, beyond " + limit
}

// held is what is worse and what is better where a child is quarantined, for a term or without end, and not stopped, in words
// that say what the new version does: it holds the child, or it stops it.
func (d *differences) held(term time.Duration, isHeld bool) effect {
	of, action := above(d.now), policy.ActionStop
	if isHeld {
		action = policy.ActionQuarantine
	}
	var e effect
	switch {
	case d.now.Dynamic && isHeld && term > 0:
		e.risk = "it keeps its key and its place for " + policy.Spell(term)
	case d.now.Dynamic && isHeld:
		e.risk = "it keeps its key and its place until it is released or removed"
	case d.now.Dynamic:
		e.risk = "it is removed: its key and its place are free"
	case d.now.Optional || d.now.Role == policy.Sidecar: // it holds up nothing
	case isHeld:
		e.risk = of + " is not ready while it is quarantined"
	default:
		e.risk = of + " is ready without it"
	}
	switch {
	case term > 0 && isHeld:
		e = e.and(trade("what stays wrong is started again each "+policy.Spell(term), "it is down for "+policy.Spell(term)))
	case term > 0:
		e = e.and(trade("it is not started over and over", "it does not come back by itself"))
	case e == (effect{}):
		e = neither(fate(d.now, tree.Row{Action: action}))
	}
	return e
}

// second is what it means that a run is started beside one that has not stopped, or no longer is.
func second(before, now tree.Row) effect {
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
func above(c *tree.Child) string {
	if c.Parent == nil {
		return "the program"
	}
	return c.Parent.Name
}

// isUp reports whether an answer starts the child again.
func isUp(r tree.Row) bool {
	return r.Action == policy.ActionRetry || r.Action == policy.ActionRestart
}
