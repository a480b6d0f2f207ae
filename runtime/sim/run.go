package sim

import (
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// A run is one run of one child.
type run struct {
	node  kernel.Node
	gen   uint64
	path  string
	spec  *policy.Spec
	rules [deeds]Rule
	order [deeds]int           // of the rules: which was said later
	due   [deeds]time.Duration // when it does what it does; of Stops and Aborts, once they are wanted
	over  bool

	asked, aborted bool

	check uint32 // a check that has not returned
	proof bool   // and that is of its readiness
	fails int    // failed checks in a row
	stale bool   // the script says that its heartbeat is
}

// matches reports whether a rule's path means a child: by its own path, or by that of its row.
func matches(rule, path, row string) bool { return rule == path || rule == row }

func (w *world) launch(e kernel.Effect) {
	row := w.Kernel.Row(e.Node)
	r := &run{node: e.Node, gen: e.Gen, path: w.Path(e.Node), spec: &w.Specs[row]}
	w.runs[e.Node] = r
	for d := range deeds {
		r.rules[d].After = Never
	}
	r.rules[Ready].After, r.rules[Stops].After, r.rules[ChecksPass].After = 0, 0, 0
	if r.spec.Role == runtime.Job {
		r.rules[Ends] = Rule{Outcome: runtime.OutcomeSuccess}
	}
	for i, rule := range w.script.Rules {
		if matches(rule.Path, r.path, w.Paths[row]) && rule.First <= r.gen && (rule.Last == 0 || r.gen <= rule.Last) {
			r.rules[rule.Does], r.order[rule.Does] = rule, i+1
		}
	}
	for d := range deeds {
		r.due[d] = later(w.now, r.rules[d].After)
	}
	r.due[Stops], r.due[Aborts] = Never, Never
	for _, d := range []Deed{Ready, Unready, Ends} {
		if d == Ends || r.spec.Ready.Explicit {
			w.plan(todo{at: r.due[d], run: r, does: d})
		}
	}
}

// later is d after now.
func later(now, d time.Duration) time.Duration {
	if d > Never-now {
		return Never
	}
	return now + d
}

// stop has a run end because it was asked to, or aborted.
func (w *world) stop(r *run, d Deed) {
	r.due[d] = later(w.now, r.rules[d].After)
	w.plan(todo{at: r.due[d], run: r, does: d})
}

// change is a rule that is brought to a run while it lives.
func (w *world) change(r *run, rule Rule) {
	d := rule.Does
	r.rules[d], r.order[d] = rule, 1+len(w.script.Rules)+w.todos.count
	w.todos.count++
	if d == Ends {
		r.due[Hangs] = Never // so it does not
	}
	if d == Stops || d == Aborts {
		if d == Stops && r.asked || d == Aborts && r.aborted {
			w.stop(r, d)
		}
		return
	}
	r.due[d] = later(w.now, rule.After)
	switch d {
	case Ready, Unready, Ends: // the kernel takes no word for it where a check is to prove it
		w.plan(todo{at: r.due[d], run: r, does: d})
	case ChecksPass, ChecksFail:
		if r.check != 0 {
			w.plan(todo{at: r.due[d], run: r, check: r.check})
		}
	}
}

func (r *run) hangs(now time.Duration) bool { return r.due[Hangs] <= now }

// lastBeat is the answer to a sample. Nobody here says that a start moves on.
func (r *run) lastBeat(now time.Duration, starting bool) time.Duration {
	if starting {
		return 0
	}
	return min(now, r.due[Silent], r.due[Hangs])
}

// startCheck is a check that takes no time, or hangs until the rules say otherwise.
func (w *world) startCheck(r *run, e kernel.Effect) {
	r.check, r.proof = e.Check, e.Readiness
	if !r.hangs(w.now) && (r.proof || r.checks(w.now) != ChecksHang) {
		w.plan(todo{at: w.now, run: r, check: e.Check})
		return
	}
	for _, d := range []Deed{ChecksPass, ChecksFail} {
		if r.due[d] > w.now && !r.hangs(w.now) {
			w.plan(todo{at: r.due[d], run: r, check: e.Check})
		}
	}
}

// checks is what a health check does at a time: what was last said, and of that what holds last.
func (r *run) checks(now time.Duration) Deed {
	does, since := ChecksPass, time.Duration(-1)
	for _, d := range []Deed{ChecksPass, ChecksFail, ChecksHang} {
		if at := r.due[d]; at <= now && (at > since || at == since && r.order[d] > r.order[does]) {
			does, since = d, at
		}
	}
	return does
}

func (w *world) endCheck(r *run, check uint32) {
	if r.check != check || r.hangs(w.now) {
		return
	}
	good := r.checks(w.now) == ChecksPass
	if r.proof {
		good = r.due[Ready] <= w.now
	} else if r.checks(w.now) == ChecksHang {
		return
	}
	r.check = 0
	in := kernel.Input{Kind: kernel.InputChecked, Node: r.node, Gen: r.gen, Check: check, Outcome: runtime.OutcomeError}
	if good {
		in.Outcome, r.fails = runtime.OutcomeSuccess, 0
	} else if !w.Kernel.Current(r.node, r.gen) {
		return
	} else {
		w.tellCheck(r)
	}
	w.step(in)
}

// rowOf is the row of a path, which may have an index or a key, or -1.
func (w *world) rowOf(path string) policy.ID {
	row, _, _ := strings.Cut(path, "[")
	for id, p := range w.Paths {
		if p == row && p != "" {
			return policy.ID(id)
		}
	}
	return -1
}
