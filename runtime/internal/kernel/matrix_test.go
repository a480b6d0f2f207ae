package kernel

import (
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Operators": the whole matrix of verb × state. A cell is where the child goes, "=" before it if that is no change, or
// "!" and why not. Lifecycles with several kinds have a row for each: for whoever is shutting down, what takes it down.
const matrix = `
                       restart     pause        resume         quarantine   release        stop         start          remove
declared               =starting   paused       =declared      quarantined  =declared      stopped      =declared      !state
starting               =starting   paused       =starting      quarantined  =starting      stopped      =starting      !state
starting_its_children  restarting  paused       =starting      quarantined  =starting      stopped      =starting      !state
running                restarting  paused       =running       quarantined  =running       stopped      =running       !state
ready                  restarting  paused       =ready         quarantined  =ready         stopped      =ready         !state
restarting             restarting  paused       =restarting    quarantined  =restarting    stopped      =restarting    !state
paused                 restarting  =paused      restarting     !state       !state         !state       !state         !state
quarantined            restarting  !state       !state         =quarantined restarting     !state       !state         !state
quarantined_by_limit   restarting  !state       !state         =quarantined restarting     !state       !state         !state
shutting_down_restart  restarting  paused       =restarting    quarantined  =restarting    stopped      =restarting    !state
shutting_down_retire   restarting  paused       !state         quarantined  !state         stopped      restarting     !state
shutting_down_pause    restarting  =paused      restarting     !state       !state         !state       !state         !state
shutting_down_quarant  restarting  !state       !state         =quarantined restarting     !state       !state         !state
shutting_down_limit    restarting  !state       !state         =quarantined restarting     !state       !state         !state
shutting_down_stop     restarting  !state       !state         !state       !state         =stopped     restarting     !state
shutting_down_ended    restarting  !state       !state         !state       !state         !state       restarting     !state
shutting_down_tree     restarting  !state       !state         !state       !state         !state       restarting     !state
stopped_by_hand        restarting  !state       !state         !state       !state         =stopped     restarting     !state
stopped_ended          restarting  !state       !state         !state       !state         =stopped     restarting     !state
stopped_completed      restarting  !state       !state         !state       !state         =stopped     restarting     !state
stopped_tree           restarting  !state       !state         !state       !state         =stopped     restarting     !state
failed                 restarting  !state       !state         !state       !state         !state       restarting     !state
`

// A story brings A into a state.
type story struct {
	tree   *draft
	script string
}

// unfit fails in a second, alive.
var unfit = healthCheck(time.Second, time.Second/2, 1)

// stories are of a child.
var stories = map[string]story{
	"declared":              {tree(service("P", explicit), service("A", after("P"))), "run"},
	"starting":              {tree(concurrency(1), service("P", explicit), service("A")), "run"},
	"running":               {tree(service("A", explicit)), "run"},
	"ready":                 {tree(service("A")), "run"},
	"restarting":            {tree(service("A")), "run; A error"},
	"paused":                {tree(service("A")), "run; pause A; A success"},
	"quarantined":           {tree(service("A")), "run; quarantine A; A success"},
	"quarantined_by_limit":  {tree(service("A", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine))), "run; A error"},
	"shutting_down_restart": {tree(service("A")), "run; restart A"},
	"shutting_down_retire":  {tree(oneForAll, worker("A", temporary), service("B")), "run; B error"},
	"shutting_down_pause":   {tree(service("A")), "run; pause A"},
	"shutting_down_quarant": {tree(service("A")), "run; quarantine A"},
	"shutting_down_limit":   {tree(service("A", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine))), "run; A says error"},
	"shutting_down_stop":    {tree(service("A")), "run; stop A"},
	"shutting_down_ended":   {tree(service("A", on(policy.OutcomeError, policy.ActionStop))), "run; A says error"},
	"shutting_down_tree":    {tree(supervisor("S", service("A"))), "run; stop S"},
	"stopped_by_hand":       {tree(service("A")), "run; stop A; A success"},
	"stopped_ended":         {tree(worker("A")), "run; A success"},
	"stopped_completed":     {tree(job("A")), "run; A success"},
	"stopped_tree":          {tree(supervisor("S", service("A"))), "run; stop S; A success"},
	"failed":                {tree(supervisor("S", service("A"), on(policy.OutcomeError, policy.ActionQuarantine))), "run; A fatal_bug"},
}

// dynamicStories are of a dynamic child. One that has ended for good is none.
var dynamicStories = map[string]story{
	"declared":              {tree(service("P", explicit), dynamic("D", 1, after("P"))), "run; add D A"},
	"starting":              {tree(concurrency(1), service("P", explicit), dynamic("D", 1)), "run; add D A"},
	"running":               {tree(dynamic("D", 1, explicit)), "run; add D A"},
	"ready":                 {tree(dynamic("D", 1)), "run; add D A"},
	"restarting":            {tree(dynamic("D", 1)), "run; add D A; A error"},
	"paused":                {tree(dynamic("D", 1)), "run; add D A; pause A; A success"},
	"quarantined":           {tree(dynamic("D", 1)), "run; add D A; quarantine A; A success"},
	"shutting_down_restart": {tree(dynamic("D", 1)), "run; add D A; restart A"},
	"shutting_down_pause":   {tree(dynamic("D", 1)), "run; add D A; pause A"},
	"shutting_down_quarant": {tree(dynamic("D", 1)), "run; add D A; quarantine A"},
	"shutting_down_stop":    {tree(dynamic("D", 1)), "run; add D A; stop A"},
	"shutting_down_ended":   {tree(dynamic("D", 1, on(policy.OutcomeError, policy.ActionStop))), "run; add D A; A says error"},
	"stopped_by_hand":       {tree(dynamic("D", 1)), "run; add D A; stop A; A success"},
}

// supervisorStories are of a supervisor, whose child is X.
var supervisorStories = map[string]story{
	"declared":              {tree(service("P", explicit), supervisor("A", after("P"), service("X"))), "run"},
	"starting_its_children": {tree(supervisor("A", service("X", explicit))), "run"},
	"running":               {tree(supervisor("A", service("X", explicit))), "run; X ready; X unready"},
	"ready":                 {tree(supervisor("A", service("X"))), "run"},
	"restarting":            {tree(supervisor("A", service("X"))), "run; X fatal_bug"},
	"paused":                {tree(supervisor("A", service("X"))), "run; pause A; X success"},
	"quarantined":           {tree(supervisor("A", service("X"))), "run; quarantine A; X success"},
	"quarantined_by_limit":  {tree(supervisor("A", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine), service("X"))), "run; X fatal_bug"},
	"shutting_down_restart": {tree(supervisor("A", service("X"))), "run; restart A"},
	"shutting_down_pause":   {tree(supervisor("A", service("X"))), "run; pause A"},
	"shutting_down_quarant": {tree(supervisor("A", service("X"))), "run; quarantine A"},
	"shutting_down_stop":    {tree(supervisor("A", service("X"))), "run; stop A"},
	"shutting_down_ended":   {tree(supervisor("A", finishAll("W"), worker("W"), service("X"))), "run; W success"},
	"shutting_down_tree":    {tree(supervisor("S", supervisor("A", service("X")))), "run; stop S"},
	"stopped_by_hand":       {tree(supervisor("A", service("X"))), "run; stop A; X success"},
	"stopped_ended":         {tree(supervisor("A", finishAll("W"), worker("W"))), "run; W success"},
	"stopped_tree":          {tree(supervisor("S", supervisor("A", service("X")))), "run; stop S; X success"},
	"failed":                {tree(supervisor("S", supervisor("A", service("X"), on(policy.OutcomeError, policy.ActionEscalate)), on(policy.OutcomeError, policy.ActionQuarantine))), "run; X fatal_bug"},
}

func TestMatrixOfVerbsAndStates(t *testing.T) {
	for state, cells := range cells(t) {
		for verb, cell := range cells {
			if s, ok := stories[state]; ok {
				t.Run(state+" "+verb, func(t *testing.T) { s.meets(t, state, verb, cell) })
			}
			if s, ok := supervisorStories[state]; ok {
				t.Run("supervisor "+state+" "+verb, func(t *testing.T) { s.meets(t, state, verb, cell) })
			}
			if s, ok := dynamicStories[state]; ok {
				if verb == "remove" {
					cell = "stopped"
				}
				t.Run("dynamic "+state+" "+verb, func(t *testing.T) { s.meets(t, state, verb, cell) })
			}
		}
	}
}

// cells are the matrix by state and verb.
func cells(t *testing.T) map[string]map[string]string {
	lines := strings.Split(strings.TrimSpace(matrix), "\n")
	verbs, all := strings.Fields(lines[0]), make(map[string]map[string]string)
	for _, line := range lines[1:] {
		row := strings.Fields(line)
		all[row[0]] = make(map[string]string)
		for i, verb := range verbs {
			all[row[0]][verb] = row[i+1]
		}
	}
	for l := LifecycleDeclared; l <= LifecycleFailed; l++ {
		if !strings.Contains(matrix, "\n"+l.String()) {
			t.Errorf("the matrix has no row of %s", l)
		}
	}
	return all
}

// meets tells a story until A is in a state, and says the verb.
func (story story) meets(t *testing.T, state, verb, want string) {
	s := story.tell(t)
	before := s.k.View(s.node("A"))
	if !strings.HasPrefix(state, before.Lifecycle.String()) {
		t.Fatalf("A is %s", before.Lifecycle)
	}
	s.do([]string{verb, "A"})
	r := s.k.Reply()
	if got := answer(r); got != want {
		t.Errorf("answers %s, want %s", got, want)
	}
	if r.Refusal == Accepted && (r.Node != s.node("A") || r.Life != before.Lifecycle || r.Gen != before.Gen) {
		t.Errorf("answers that node %d was %s#%d, and it was %s#%d", r.Node, r.Life, r.Gen, before.Lifecycle, before.Gen)
	}
	s.keepsItsWord(r)
}

func (story story) tell(t *testing.T) *theatre {
	s := newTheatre(t, story.tree, 1)
	for step := range strings.SplitSeq(story.script, ";") {
		in := strings.Fields(step)
		s.do(in)
		if len(in) == 3 && in[0] == "add" { // and what it is called here
			s.name(s.k.Reply().Node, in[2])
		}
	}
	return s
}

func answer(r Reply) string {
	switch {
	case r.Refusal != Accepted:
		return "!" + strings.ReplaceAll(refusals[r.Refusal], " ", "_")
	case !r.Changed:
		return "=" + r.Next.String()
	}
	return r.Next.String()
}

// keepsItsWord lets whoever was asked to stop end, and looks where A went.
func (s *theatre) keepsItsWord(r Reply) {
	a := s.node("A")
	if got := s.k.View(a).Lifecycle; r.Refusal != Accepted {
		if got.String() != r.Life.String() {
			s.t.Errorf("it was refused, and A is %s now", got)
		}
		return
	}
	for _, name := range []string{"X", "A"} {
		if n, ok := s.nodes[name]; ok && s.k.View(n).Up && s.k.nodes[n].super < 0 && s.k.View(n).Lifecycle == LifecycleShuttingDown {
			s.do([]string{name, "success"})
		}
	}
	v := s.k.View(a)
	switch r.Next {
	case LifecyclePaused, LifecycleQuarantined, LifecycleStopped:
		if v.Lifecycle != r.Next {
			s.t.Errorf("A is %s, and the answer was %s", v.Lifecycle, r.Next)
		}
	default:
		if !v.Up && v.Wait == WaitNothing {
			s.t.Errorf("A is %s and waits for nothing, and the answer was %s", v.Lifecycle, r.Next)
		}
	}
}

// "any | the tree stops | shutting_down if it runs → stopped": from every state. It answers for the tree.
func TestMatrixOfShutdown(t *testing.T) {
	stays := map[string]string{
		"stopped_by_hand": "stopped(by_hand)", "stopped_ended": "stopped(ended)", "stopped_completed": "stopped(completed)", "failed": "failed",
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			s := story.tell(t)
			s.do([]string{"shutdown"})
			if r := s.k.Reply(); r.Refusal != Accepted || !r.Changed || r.Node != root || r.Next != LifecycleStopped {
				t.Errorf("answers %+v", r)
			}
			if v := s.k.View(s.node("A")); v.Up {
				if v.Lifecycle != LifecycleShuttingDown {
					t.Errorf("A runs, and is %s", v.Lifecycle)
				}
				s.do([]string{"A", "success"})
			}
			want, got := "stopped(tree)", state(s.k.View(s.node("A")))
			if as, ok := stays[name]; ok {
				want = as
			}
			if got, _, _ = strings.Cut(got, "#"); got != want {
				t.Errorf("A is %s, want %s", got, want)
			}
		})
	}
}

// "Operators": what a tree answers that does not run, is stopping, or has no such child; and the root.
func TestMatrixOfTheTree(t *testing.T) {
	d := tree(service("A"), dynamic("D", 1), group("G", service("B")))
	for v := VerbRestart; v <= VerbRemove; v++ {
		for name, c := range map[string]struct {
			script string
			node   Node
			want   string
		}{
			"idle":        {"state A", 1, "!not_running"},
			"stopping":    {"run; shutdown", 1, "!stopping"},
			"ended":       {"run; shutdown; A success; B success", 1, "!not_running"},
			"no child":    {"run", 99, "!unknown"},
			"no child -1": {"run", None, "!unknown"},
			"dynamic row": {"run", 2, "!unknown"},
			"group":       {"run", 3, "!unknown"},
			"root":        {"run", 0, "!state"},
		} {
			t.Run(v.String()+" "+name, func(t *testing.T) {
				s := story{d, c.script}.tell(t)
				s.k.Step(0, &Input{Kind: InputCommand, Node: c.node, Verb: v})
				want := c.want
				if name == "root" && v == VerbRestart {
					want = "restarting"
				}
				if got := answer(s.k.Reply()); got != want {
					t.Errorf("answers %s, want %s", got, want)
				}
			})
		}
	}
}
