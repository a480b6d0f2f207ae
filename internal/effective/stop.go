package effective

import (
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A Stop is the longest that it takes until a child is down that is stopped by itself: what needs it, or anything in it, goes down
// first, and a tree that is asked to stop leaves before that.
type Stop struct {
	Within string `json:"within"` // a duration, or "unlimited"
	Chain  []Link `json:"chain"`  // what is waited for, one after another
}

// A Link is what one child adds.
type Link struct {
	Path     string `json:"path"`
	Within   string `json:"within"`
	LameDuck bool   `json:"lame_duck,omitempty"` // of the root: for so long it leaves first
}

func (r *relations) stopOf(c *tree.Child) Stop {
	longest := r.stops.Of(c)
	stop := Stop{Within: amount(longest.Unlimited, longest.Total)}
	for _, link := range longest.Chain {
		stop.Chain = append(stop.Chain, Link{link.Child.Path(), amount(link.Unlimited, link.Amount), link.Child.Role == policy.Supervisor})
	}
	return stop
}

func amount(unlimited bool, d time.Duration) string {
	if unlimited {
		return "unlimited"
	}
	return policy.Spell(d)
}
