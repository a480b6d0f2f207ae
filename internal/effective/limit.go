package effective

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// A Limit is how soon a child's own limit is spent.
type Limit struct {
	Restarts int           `json:"restarts"` // how many there may be within the window
	Window   string        `json:"window"`
	Spent    string        `json:"spentAfter"`      // if it fails at once, or a supervisor as soon as what is in it can make it fail, again and again; with jitter as it is on average
	Never    bool          `json:"never,omitempty"` // so long that the first restarts are forgotten before: it is not spent
	ForEver  string        `json:"foreverEvery,omitempty"`
	Then     policy.Action `json:"then"`
	First    *Intensity    `json:"spentFirst,omitempty"` // what is spent before, if it fails at once; nil is nothing
	Retried  []string      `json:"retried,omitempty"`    // the outcomes that do not count, as they are written
}

// An Intensity is one that is spent by a single child.
type Intensity struct {
	Of       string        `json:"of"` // the path of the supervisor, the name of the group
	Restarts int           `json:"restarts"`
	Window   string        `json:"window"`
	Spent    string        `json:"spentAfter"`
	Then     policy.Action `json:"then"`
}

func limitOf(c *tree.Child) *Limit {
	limit := c.Limit.Value
	spent := c.Backoff.Value.MeanSpan(limit.N)
	soonest := tree.Failing{}
	if c.Role == policy.Supervisor && len(c.Finish.Of) == 0 && c.FailsAfter < tree.Never {
		soonest.How, soonest.Run = tree.FailsBelow, c.FailsAfter
		spent = policy.Sum(c.BackoffAfter(soonest).MeanSpan(limit.N), policy.Times(limit.N, soonest.Run))
	}
	l := &Limit{
		Restarts: limit.N, Window: policy.Spell(limit.In), Spent: short(spent), Never: spent > limit.In,
		Then: c.On[policy.OutcomeLimit].Value.Action,
	}
	if first := c.Spends(soonest, 0); first.Of != nil && first.Of != c {
		l.First = &Intensity{name(first.Of), first.Limit.N, policy.Spell(first.Limit.In), short(first.After), first.Then.Action}
	}
	if limit.N > 0 {
		l.ForEver = short(limit.In / time.Duration(limit.N))
	}
	l.Retried = retried(c)
	return l
}

// retried are the rows that a child is retried by, as they are written.
func retried(c *tree.Child) (rows []string) {
	for _, row := range notation.Rows(c) {
		if row.Answer.Action == policy.ActionRetry && c.NeverAsked(row.Outcome, row.AtStart) == "" {
			rows = append(rows, row.When())
		}
	}
	return rows
}

func name(c *tree.Child) string {
	if c.Role == policy.Group {
		return c.Name
	}
	return c.Path()
}

func short(d time.Duration) string { return policy.Spell(d.Round(time.Millisecond)) }

// Worst is how often a child is restarted at worst, before anything above it does more than restart it.
type Worst struct {
	Daily int   `json:"restartsADay"` // the most that are counted, however it fails, and those with its supervisors
	Ways  []Way `json:"ways"`
}

// A Way is what happens if one kind of failure goes on.
type Way struct {
	How    string        `json:"how"`              // "error, panic at once"
	Action policy.Action `json:"action"`           // restart or retry
	Spends string        `json:"spends,omitempty"` // "limit 10 in 10m": what is spent first; "" is nothing
	Of     string        `json:"of,omitempty"`     // whose intensity it is
	After  string        `json:"after,omitempty"`  // until it is spent, on average
	Then   string        `json:"then,omitempty"`   // the answer
	Every  string        `json:"every,omitempty"`  // where nothing is spent, how often it is started again
}

// worstOf is nil for a child that is never started again. The members are what restarts with it.
func worstOf(c *tree.Child, members []Member) *Worst {
	w := &Worst{Daily: c.DailyRestarts()}
	for _, f := range c.Failings(policy.ActionRestart) {
		way := wayOf(c, f, 0)
		w.Ways = append(w.Ways, way)
		slow, stop := slowest(members)
		if late := wayOf(c, f, stop); late.Spends == "" && way.Spends != "" {
			late.How += fmt.Sprintf(", and %s takes %s to stop", slow.Path(), policy.Spell(stop))
			late.Every = short(max(c.Every(f), f.Run+stop))
			w.Ways = append(w.Ways, late)
		}
	}
	for _, f := range c.Failings(policy.ActionRetry) {
		w.Ways = append(w.Ways, Way{How: how(f), Action: policy.ActionRetry, Every: short(max(c.Every(f), leastRetry))})
	}
	if len(w.Ways) == 0 {
		return nil
	}
	return w
}

// leastRetry is the shortest delay before a retry (docs/design.md, "Decide").
const leastRetry = 50 * time.Millisecond

// how is a kind of failure in words: "error, panic at once".
func how(f tree.Failing) string {
	switch f.How {
	case tree.FailsAgain:
		return "again, once it was ready"
	case tree.FailsLate:
		return "timeout each time"
	case tree.FailsDead:
		return "unhealthy, its heartbeat dead"
	case tree.FailsUnsound:
		return "unhealthy, its checks failing"
	case tree.FailsBelow:
		return fmt.Sprintf("error, after %s at the soonest", short(f.Run))
	}
	var outcomes []string
	for _, o := range f.On {
		outcomes = append(outcomes, o.String())
	}
	return strings.Join(outcomes, ", ") + " at once"
}

func wayOf(c *tree.Child, f tree.Failing, stop time.Duration) Way {
	way := Way{How: how(f), Action: policy.ActionRestart}
	first := c.Spends(f, stop)
	switch {
	case first.Of == nil:
		way.Every = short(c.Every(f))
		return way
	case first.Of == c:
		way.Spends = "limit " + notation.Limit(first.Limit)
	default:
		way.Spends, way.Of = "intensity "+notation.Limit(first.Limit), name(first.Of)
	}
	way.After, way.Then = short(first.After), first.Then.String()
	return way
}

// slowest is who takes longest to stop of those that restart with a child.
func slowest(members []Member) (slow *tree.Child, stop time.Duration) {
	for _, m := range members[min(1, len(members)):] {
		if s := m.of.Shutdown.Value; !s.Unlimited && m.of.Role != policy.Supervisor && s.Drain+s.Abort > stop {
			slow, stop = m.of, s.Drain+s.Abort
		}
	}
	return slow, stop
}

// lines are the limit in words.
func (l Limit) lines() [][]string {
	var lines [][]string
	say := func(format string, args ...any) { lines = append(lines, []string{fmt.Sprintf(format, args...)}) }
	if l.Restarts == 0 {
		say("no restart at all: its first failure is over the limit, then %s", l.Then)
	} else {
		say("%s within %s, then %s", times(l.Restarts), l.Window, l.Then)
	}
	if len(l.Retried) > 0 {
		say("not counted, as they are retried: %s", strings.Join(l.Retried, ", "))
	}
	return lines
}

// lines are the worst in words.
func (w Worst) lines() [][]string {
	var lines [][]string
	if slices.ContainsFunc(w.Ways, func(way Way) bool { return way.Action == policy.ActionRestart }) {
		lines = append(lines, []string{"just so often that nothing is spent", times(w.Daily) + " a day at most"})
	}
	for _, way := range w.Ways {
		what := ""
		switch {
		case way.Action == policy.ActionRetry:
			what = fmt.Sprintf("without end: tried again every %s", way.Every)
		case way.Spends == "":
			what = fmt.Sprintf("no limit is spent: restarted every %s", way.Every)
		default:
			what = way.Spends
			if way.Of != "" {
				what += " of " + way.Of
			}
			what += fmt.Sprintf(" is spent after %s, then %s", way.After, way.Then)
		}
		lines = append(lines, []string{way.How, what})
	}
	return lines
}

func times(restarts int) string {
	if restarts == 1 {
		return "1 restart"
	}
	return fmt.Sprintf("%d restarts", restarts)
}
