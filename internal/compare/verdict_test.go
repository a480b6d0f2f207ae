package compare_test

import (
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime/sim"
)

// A loss is something that may be lost. More of it is worse.
type loss func(sim.Result) time.Duration

const hour = time.Hour // that each script lasts

// upTimes are when a child became ready, and when it was not any more, in turn.
func upTimes(r sim.Result, path string) []time.Duration {
	var times []time.Duration
	for _, l := range r.Timeline.Of(path) {
		ready := len(times)%2 == 1
		switch {
		case l.Text == "stale", l.Text == "hangs", strings.HasPrefix(l.Text, "its check fails"), strings.HasPrefix(l.Text, "checks"):
		case strings.HasSuffix(l.Text, "ready") && !strings.HasSuffix(l.Text, "not ready"):
			if !ready {
				times = append(times, l.At)
			}
		case ready:
			times = append(times, l.At)
		}
	}
	return append(times, hour)
}

// down is how long children were not ready, all together.
func down(r sim.Result) time.Duration {
	total := time.Duration(0)
	for _, c := range r.Children {
		last := time.Duration(0)
		for i, at := range upTimes(r, c.Path) {
			if i%2 == 0 {
				total += at - last
			}
			last = at
		}
	}
	return total
}

// ends is how much earlier than the script the tree ended.
func ends(r sim.Result) time.Duration {
	if !r.Ended {
		return 0
	}
	return hour - r.Timeline[len(r.Timeline)-1].At + 1
}

// starts is how often a child was launched.
func starts(r sim.Result) time.Duration {
	total := uint64(0)
	for _, c := range r.Children {
		total += c.Starts
	}
	return time.Duration(total)
}

// early is how long before the end of the script the last child was launched for the first time.
func early(r sim.Result) time.Duration {
	for _, l := range r.Timeline.Of(r.Children[len(r.Children)-1].Path) {
		if strings.HasPrefix(l.Text, "launched") {
			return hour - l.At
		}
	}
	return 0
}

// left is how few runs there were: those that go on while others are new.
func left(r sim.Result) time.Duration { return -starts(r) }

// kept is how few children went down.
func kept(r sim.Result) time.Duration { return -down(r) }

// refused is how few launches there were, of children that may be gone.
func refused(r sim.Result) time.Duration { return -said(r, "launched") }

// unnoticed is how long the first run of the first child was ready.
func unnoticed(r sim.Result) time.Duration {
	times := append(upTimes(r, r.Children[1].Path), hour)
	return times[1] - times[0]
}

// unwaited is how long the tree was ready before its first child was.
func unwaited(r sim.Result) time.Duration {
	return upTimes(r, r.Children[1].Path)[0] - upTimes(r, r.Children[0].Path)[0]
}

func aborted(r sim.Result) time.Duration { return said(r, "aborted") }
func stuck(r sim.Result) time.Duration   { return said(r, "stuck: leaked") }

// said is how many lines begin with a text.
func said(r sim.Result, text string) time.Duration {
	n := 0
	for _, l := range r.Timeline {
		if strings.HasPrefix(l.Text, text) {
			n++
		}
	}
	return time.Duration(n)
}

// late is when the tree has ended.
func late(r sim.Result) time.Duration {
	if !r.Ended {
		return hour
	}
	return r.Timeline[len(r.Timeline)-1].At
}

// A trouble is a script, and what it costs.
type trouble struct {
	loss   loss
	script string
}

// TestVerdicts runs both versions through the simulator: where something is called riskier, there is a trouble that costs
// the new version more, and where something is called safer, one that costs the old version more. Each pair is told the
// other way round too, with the troubles changing places.
func TestVerdicts(t *testing.T) {
	const again = "Top.A error after 10s"
	tests := []struct {
		name, before, now string
		risk, benefit     trouble
	}{
		{"a looser limit", "worker A {\nlimit 3 in 1h\n}", "worker A {\nlimit 8 in 1h\n}",
			trouble{starts, again}, trouble{ends, again}},
		{"a limit of none", "worker A", "worker A {\nlimit 0 in 5m\n}",
			trouble{ends, "at 5s Top.A error"}, trouble{starts, again}},
		{"a rate", "worker A {\nlimit 10 in 10m\n}", "worker A {\nlimit 5 in 1m\n}",
			trouble{ends, "Top.A#1..6 error after 1s"}, trouble{ends, "Top.A error after 40s"}},
		{"a window", "worker A {\nlimit 3 in 5m\n}", "worker A {\nlimit 3 in 10m\n}",
			trouble{ends, "Top.A#1..4 error after 2m"}, trouble{starts, "Top.A error after 2m"}},
		{"an intensity", "worker A\nworker B\nintensity 4 in 10m", "worker A\nworker B\nintensity 3 in 10m",
			trouble{ends, "Top.A#1..2 error\nTop.B#1..2 error after 1m"}, trouble{starts, "Top.A error after 1m\nTop.B error after 1m"}},
		{"a faster backoff", "worker A {\nbackoff 1m..10m factor 10\nlimit 5 in 1h\n}", "worker A {\nbackoff 1m..10m factor 1.1\nlimit 5 in 1h\n}",
			trouble{ends, "Top.A#1..6 error"}, trouble{down, "Top.A#1..3 error"}},
		{"no backoff", "worker A {\nbackoff 10s\n}", "worker A {\nbackoff none\n}",
			trouble{starts, "at 1m Top.A external\nat 61s Top.A external"}, trouble{down, "at 1m Top.A error"}},
		{"a reset", "worker A {\nbackoff 1s..1m jitter 0% reset 1m\nlimit 40 in 1h\n}", "worker A {\nbackoff 1s..1m jitter 0% reset 10m\nlimit 40 in 1h\n}",
			trouble{down, "Top.A error after 2m"}, trouble{starts, "Top.A error after 2m"}},
		{"a throttle", "worker A[9]", "worker A[9]\nthrottle 2 refill 1m",
			trouble{down, "at 1m Top.A error"}, trouble{starts, "at 1m Top.A error\nat 62s Top.A error"}},
		{"less concurrency", "worker A {\nready explicit\n}\nworker B {\nready explicit\n}\nconcurrency 2", "worker A {\nready explicit\n}\nworker B {\nready explicit\n}\nconcurrency 1",
			trouble{down, "Top.A ready after 20s\nTop.B ready after 20s"}, trouble{early, "Top.A ready after 20s\nTop.B ready after 20s"}},
		{"a shorter start", "worker A {\nready explicit within 10s\n}", "worker A {\nready explicit within 5s\n}",
			trouble{down, "Top.A ready after 8s"}, trouble{down, "Top.A#1 never ready"}},
		{"no health", "worker A {\nhealth heartbeat 1s stale 5s\n}", "worker A",
			trouble{unnoticed, "at 1m Top.A hangs"}, trouble{ends, "at 1m Top.A hangs"}},
		{"a shorter heartbeat", "worker A {\nhealth heartbeat 1s stale 5s dead 20s\n}", "worker A {\nhealth heartbeat 1s stale 5s dead 6s\n}",
			trouble{starts, "Top.A#1 silent after 59m50s"}, trouble{unnoticed, "Top.A#1 silent after 1m"}},
		{"more failed checks", "worker A {\nhealth check every 10s timeout 1s fail 3\n}", "worker A {\nhealth check every 10s timeout 1s fail 1\n}",
			trouble{starts, "at 55s Top.A checks fail\nat 65s Top.A checks pass"}, trouble{unnoticed, "Top.A#1 checks fail after 1m"}},
		{"less time to drain", "worker A {\nshutdown 10s\n}", "worker A {\nshutdown 2s\n}",
			trouble{aborted, "Top.A stops after 5s\nat 1m shutdown by ada \"now\""}, trouble{late, "Top.A never stops\nat 1m shutdown by ada \"now\""}},
		{"less time to abort", "worker A {\nshutdown 2s abort 5s\n}", "worker A {\nshutdown 2s abort 1s\n}",
			trouble{stuck, "Top.A never stops, aborts after 3s\nat 1m shutdown by ada \"now\""}, trouble{late, "Top.A never stops\nat 1m shutdown by ada \"now\""}},
		{"a lame duck", "worker A", "worker A\nlame_duck 10s",
			trouble{late, "at 1m shutdown by ada \"now\""}, trouble{ends, "at 1m shutdown by ada \"now\""}},
		{"a longer lame duck", "worker A\nlame_duck 10s", "worker A\nlame_duck 20s",
			trouble{late, "at 1m shutdown by ada \"now\""}, trouble{ends, "at 1m shutdown by ada \"now\""}},
		{"an unlimited stop", "worker A", "worker A {\nshutdown unlimited\n}",
			trouble{late, "Top.A never stops\nat 1m shutdown by ada \"now\""}, trouble{aborted, "Top.A stops after 10s\nat 1m shutdown by ada \"now\""}},
		{"a shorter timeout", "job A {\ntimeout 10m\n}", "job A {\ntimeout 1m\n}",
			trouble{ends, "Top.A success after 5m"}, trouble{late, "Top.A never ends"}},
		{"one_for_all", "service A\nworker B needs A", "service A\nworker B needs A\nstrategy one_for_all",
			trouble{down, "at 1m Top.B error\nTop.A stops after 2s"}, trouble{left, "at 1m Top.B error"}},
		{"rest_for_one", "worker A\nworker B", "worker A\nworker B\nstrategy rest_for_one",
			trouble{starts, "at 1m Top.A error"}, trouble{left, "at 1m Top.A error"}},
		{"one_for_all of replicas", "worker A[3]", "worker A[3]\nstrategy one_for_all",
			trouble{starts, "at 1m Top.A[2] error"}, trouble{left, "at 1m Top.A[2] error"}},
		{"needs under rest_for_one", "service A\nworker B\nstrategy rest_for_one", "service A\nworker B needs A\nstrategy rest_for_one",
			trouble{down, "at 1m pause Top.A by ada \"now\""}, trouble{kept, "at 1m pause Top.A by ada \"now\""}},
		{"a dynamic child quarantined and not stopped", "dynamic worker A(id string) key id {\nmax 5\nrestart temporary\n}", "dynamic worker A(id string) key id {\nmax 5\nrestart temporary\non error quarantine\n}",
			trouble{refused, "at 1m start Top.A[\"a\"]\nat 2m Top.A[\"a\"] error\nat 3m start Top.A[\"a\"]"}, trouble{}},
		{"an order", "worker A\nworker B\nstrategy rest_for_one", "worker B\nworker A\nstrategy rest_for_one",
			trouble{starts, "at 1m Top.B error"}, trouble{starts, "at 1m Top.A error"}},
		{"an error that escalates", "worker A", "worker A {\non error escalate\n}",
			trouble{ends, "at 1m Top.A error"}, trouble{starts, "Top.A error"}},
		{"a panic that quarantines", "worker A", "worker A {\non panic quarantine\n}",
			trouble{down, "at 1m Top.A panic"}, trouble{starts, "Top.A panic after 1s"}},
		{"retries", "worker A {\non external restart\n}", "worker A",
			trouble{starts, "Top.A external after 1s"}, trouble{ends, "Top.A external after 1s"}},
		{"a quarantine with a term", "worker A {\non error quarantine\n}", "worker A {\non error quarantine 5m\n}",
			trouble{starts, "at 1m Top.A error"}, trouble{down, "at 1m Top.A error"}},
		{"stopped for a time", "worker A {\non error stop\n}", "worker A {\non error quarantine 5m\n}",
			trouble{starts, "at 1m Top.A error"}, trouble{down, "at 1m Top.A error"}},
		{"quarantined and not stopped", "worker A {\non error stop\n}\nworker B", "worker A {\non error quarantine\n}\nworker B",
			trouble{down, "at 1m Top.A error"}, trouble{}},
		{"ends either way", "worker A {\non error escalate\n}", "worker A {\non error shutdown\n}", trouble{}, trouble{}},
		{"quarantined and not escalated", "worker A {\non error escalate\n}\nworker B", "worker A {\non error quarantine\n}\nworker B",
			trouble{starts, "at 1m Top.A error\nat 2m Top.B error"}, trouble{ends, "at 1m Top.A error"}},
		{"at start", "worker A {\nready explicit\n}", "worker A {\nready explicit\non error at start shutdown\n}",
			trouble{ends, "Top.A#1 error after 1s, never ready"}, trouble{starts, "Top.A error after 1s, never ready"}},
		{"optional", "worker A {\nready explicit\n}\nworker B", "worker A {\nready explicit\noptional\n}\nworker B",
			trouble{unwaited, "Top.A ready after 10s"}, trouble{ends, "Top.A error after 1s, ready after 0s"}},
		{"needs", "service A {\nready explicit\n}\nworker B", "service A {\nready explicit\n}\nworker B needs A",
			trouble{starts, "at 1m Top.A error"}, trouble{early, "Top.A ready after 10s"}},
		{"after", "service A {\nready explicit\n}\nworker B", "service A {\nready explicit\n}\nworker B after A",
			trouble{down, "Top.A ready after 10s"}, trouble{early, "Top.A ready after 10s"}},
		{"after that becomes needs", "service A\nworker B after A", "service A\nworker B needs A",
			trouble{starts, "at 1m Top.A error"}, trouble{left, "at 1m Top.A error"}},
		{"needs that becomes wants", provider + "\nworker B needs A", provider + "\nworker B wants A",
			trouble{early, "Top.A ready after 10s"}, trouble{starts, "at 1m Top.A error"}},
		{"after that becomes wants", provider + "\nworker B after A", provider + "\nworker B wants A",
			trouble{early, "Top.A ready after 10s"}, trouble{down, "Top.A ready after 10s"}},
		{"a replica less", "worker A[3]", "worker A[2]", trouble{left, ""}, trouble{}},
		{"linked", "service A\nsidecar S of A", "service A\nsidecar S of A linked",
			trouble{starts, "at 1m Top.A error"}, trouble{left, "at 1m Top.A error"}},
		{"finish", "worker A\nworker B\nfinish when all A, B", "worker A\nworker B\nfinish when any A, B",
			trouble{ends, "at 1m Top.A success"}, trouble{late, "at 1m Top.A success"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := check(t, "old.sup", "package x\n\nsupervisor Top {\n"+test.before+"\n}\n")
			now := check(t, "new.sup", "package x\n\nsupervisor Top {\n"+test.now+"\n}\n")
			hold(t, before, now, test.risk, test.benefit)
			hold(t, now, before, test.benefit, test.risk)
			holdExplored(t, before, now)
			holdExplored(t, now, before)
		})
	}
}

// provider is a child whose value can be wanted.
const provider = "service A {\nprovides int\nready explicit\n}"

// hold compares two versions, and holds what is said to the troubles that they may have.
func hold(t *testing.T, before, now *tree.Tree, risk, benefit trouble) {
	t.Helper()
	risks, benefits := "", ""
	for _, c := range compare.Trees(before, now) {
		risks, benefits = risks+c.Risk, benefits+c.Benefit
	}
	if (risks != "") != (risk.loss != nil) || (benefits != "") != (benefit.loss != nil) {
		t.Errorf("riskier: %q; safer: %q", risks, benefits)
	}
	if risk.loss != nil && risk.cost(t, now) <= risk.cost(t, before) {
		t.Errorf("%q costs %d, and cost %d before", risk.script, risk.cost(t, now), risk.cost(t, before))
	}
	if benefit.loss != nil && benefit.cost(t, now) >= benefit.cost(t, before) {
		t.Errorf("%q costs %d, and cost %d before", benefit.script, benefit.cost(t, now), benefit.cost(t, before))
	}
}

func (x trouble) run(t *testing.T, checked *tree.Tree) sim.Result {
	t.Helper()
	result, err := sim.Run(sim.Tree(table.Of(checked.Roots()[0])), sim.MustParse("until 1h\n"+x.script))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func (x trouble) cost(t *testing.T, checked *tree.Tree) time.Duration {
	return x.loss(x.run(t, checked))
}
