package compare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
)

func check(t *testing.T, name, text string) *tree.Tree {
	t.Helper()
	file, _ := dsl.Parse(name, []byte(text))
	checked, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if checked == nil {
		t.Fatalf("%v in\n%s", diagnostics, text)
	}
	return checked
}

// marks are the verdicts in brief.
var marks = map[compare.Verdict]string{compare.Riskier: " !", compare.Safer: " +", compare.Depends: " ?", compare.Neither: ""}

// brief is a change on a line, its verdict as a mark.
func brief(c compare.Change) string {
	value := func(s *compare.Said) string {
		if s == nil {
			return "-"
		}
		return s.Value
	}
	line := strings.TrimPrefix(c.Path, "Top.") + " " + string(c.Kind)
	switch c.Kind {
	case compare.Changed:
		line += " " + c.What + ": " + value(c.Old) + " => " + value(c.New)
	case compare.Moved, compare.Renamed:
		line += " from " + value(c.Old)
	}
	return line + marks[c.Verdict]
}

// TestTrees compares the bodies of two supervisors, both ways round.
func TestTrees(t *testing.T) {
	tests := []struct{ name, before, now, want, back string }{
		{"nothing", "worker A", "worker A", "", ""},
		{"said elsewhere", "worker A", "worker A {\nlimit 3 in 5m\n}", "", ""},
		{"added", "worker A", "worker A\nservice B", "B added", "B removed !"},
		{"a subtree", "worker A", "worker A\nsupervisor S {\nworker B\n}", "S added\nS.B added", "S removed !\nS.B removed !"},
		{"moved", "worker A\nworker B", "worker A\nsupervisor S {\nworker B\n}", "S added\nS.B moved from Top.B, worker ?",
			"B moved from Top.S.B, worker ?\nS removed !"},
		{"renamed", "service A\nworker B needs A", "service A\nworker C needs A", "C renamed from Top.B, worker", "B renamed from Top.C, worker"},
		{"one of two like it", "service A\nservice B\nworker W", "worker W\nservice C",
			"C added\nA removed !\nB removed !", "A added\nB added\nC removed !"},
		{"with what is below", "supervisor S {\nworker A\n}", "supervisor R {\nworker A {\nlimit 4 in 5m\n}\n}",
			"R renamed from Top.S, supervisor\nR.A changed limit: 3 in 5m => 4 in 5m ?",
			"S renamed from Top.R, supervisor\nS.A changed limit: 4 in 5m => 3 in 5m ?"},
		{"into a group", "worker A\nworker B", "worker A\ngroup G {\nworker B\n}",
			"G added\nB changed group: none => G ?", "B changed group: G => none ?\nG removed"},
		{"role", "worker A", "service A",
			"A changed role: worker => service\nA changed limit: 3 in 5m => 10 in 10m ?\nA changed on success: stop => restart ?",
			"A changed role: service => worker\nA changed limit: 10 in 10m => 3 in 5m ?\nA changed on success: restart => stop ?"},
		{"window", "worker A", "worker A {\nlimit 3 in 10m\n}", "A changed limit: 3 in 5m => 3 in 10m ?", "A changed limit: 3 in 10m => 3 in 5m ?"},
		{"intensity", "worker A", "worker A\nintensity 40 in 1m", "Top changed intensity: 30 in 1m => 40 in 1m ?",
			"Top changed intensity: 40 in 1m => 30 in 1m ?"},
		{"intensity by itself", "worker A[10]", "worker A[20]", "Top changed intensity: 30 in 1m => 40 in 1m\nA changed replicas: 10 => 20 +",
			"Top changed intensity: 40 in 1m => 30 in 1m\nA changed replicas: 20 => 10 !"},
		{"backoff", "worker A {\nbackoff 1s..5s\n}", "worker A {\nbackoff none\n}",
			"A changed backoff: 1s..5s factor 2 jitter 20% reset 1m => none ?",
			"A changed backoff: none => 1s..5s factor 2 jitter 20% reset 1m ?"},
		{"jitter", "worker A {\nbackoff 1s..5s\n}", "worker A {\nbackoff 1s..5s jitter 0%\n}",
			"A changed backoff: 1s..5s factor 2 jitter 20% reset 1m => 1s..5s factor 2 jitter 0% reset 1m !",
			"A changed backoff: 1s..5s factor 2 jitter 0% reset 1m => 1s..5s factor 2 jitter 20% reset 1m +"},
		{"throttle", "worker A\nthrottle 5 refill 1s", "worker A", "Top changed throttle: 5 refill 1s => none ?",
			"Top changed throttle: none => 5 refill 1s ?"},
		{"concurrency", "worker A\nconcurrency 2", "worker A\nconcurrency 3", "Top changed concurrency: 2 => 3 ?",
			"Top changed concurrency: 3 => 2 ?"},
		{"ready", "worker A {\nready explicit within 5s\n}", "worker A {\nready immediate\n}",
			"A changed ready: explicit within 5s => immediate ?", "A changed ready: immediate => explicit within 5s ?"},
		{"ready within", "worker A {\nready explicit within 5s\n}", "worker A {\nready explicit within 6s\n}",
			"A changed ready: explicit within 5s => explicit within 6s ?", "A changed ready: explicit within 6s => explicit within 5s ?"},
		{"health", "worker A {\nhealth heartbeat 1s stale 5s\n}", "worker A",
			"A changed health: heartbeat 1s stale 5s dead 10s => none ?", "A changed health: none => heartbeat 1s stale 5s dead 10s ?"},
		{"slower health", "worker A {\nhealth check every 10s timeout 1s\n}", "worker A {\nhealth check every 10s timeout 1s fail 5\n}",
			"A changed health: check every 10s timeout 1s fail 3 => check every 10s timeout 1s fail 5 ?",
			"A changed health: check every 10s timeout 1s fail 5 => check every 10s timeout 1s fail 3 ?"},
		{"shutdown", "worker A", "worker A {\nshutdown 1s\n}", "Top changed longest stop: 6s: A => 2s: A +\nA changed shutdown: 5s abort 1s => 1s abort 1s !",
			"Top changed longest stop: 2s: A => 6s: A !\nA changed shutdown: 1s abort 1s => 5s abort 1s +"},
		{"unlimited", "worker A {\nshutdown unlimited\n}", "worker A", "Top changed longest stop: unlimited: A => 6s: A +\nA changed shutdown: unlimited => 5s abort 1s ?",
			"Top changed longest stop: 6s: A => unlimited: A !\nA changed shutdown: 5s abort 1s => unlimited ?"},
		{"abort", "worker A", "worker A {\nshutdown 5s abort 0s\n}", "Top changed longest stop: 6s: A => 5s: A +\nA changed shutdown: 5s abort 1s => 5s abort 0s !",
			"Top changed longest stop: 5s: A => 6s: A !\nA changed shutdown: 5s abort 0s => 5s abort 1s +"},
		{"promise", "worker A\nshutdown 1m", "worker A", "Top changed shutdown: 1m => none !", "Top changed shutdown: none => 1m +"},
		{"lame_duck", "worker A\nlame_duck 5s", "worker A", "Top changed lame_duck: 5s => none ?\nTop changed longest stop: 11s: lame_duck, then A => 6s: A +",
			"Top changed lame_duck: none => 5s ?\nTop changed longest stop: 6s: A => 11s: lame_duck, then A !"},
		{"longer lame_duck", "worker A\nlame_duck 5s", "worker A\nlame_duck 10s",
			"Top changed lame_duck: 5s => 10s ?\nTop changed longest stop: 11s: lame_duck, then A => 16s: lame_duck, then A !",
			"Top changed lame_duck: 10s => 5s ?\nTop changed longest stop: 16s: lame_duck, then A => 11s: lame_duck, then A +"},
		{"timeout", "job A {\ntimeout 1m\n}", "job A", "A changed timeout: 1m => none ?", "A changed timeout: none => 1m ?"},
		{"strategy", "service A\nworker B needs A\nstrategy one_for_all", "service A\nworker B needs A",
			"Top changed strategy: one_for_all => one_for_one ?", "Top changed strategy: one_for_one => one_for_all ?"},
		{"order", "worker A\nworker B\nstrategy rest_for_one", "worker B\nworker A\nstrategy rest_for_one",
			"Top changed order: A, B => B, A ?", "Top changed order: B, A => A, B ?"},
		{"no order", "worker A\nworker B", "worker B\nworker A", "", ""},
		{"weaker", "worker A {\non panic escalate\n}", "worker A", "A changed on panic: escalate => restart ?",
			"A changed on panic: restart => escalate ?"},
		{"ends the tree", "worker A {\non panic escalate\n}", "worker A {\non panic shutdown\n}", "A changed on panic: escalate => shutdown",
			"A changed on panic: shutdown => escalate"},
		{"counted", "worker A {\non external restart\n}", "worker A", "A changed on external: restart => retry ?",
			"A changed on external: retry => restart ?"},
		{"for a while", "worker A {\non error quarantine\n}", "worker A {\non error quarantine 5m\n}", "A changed on error: quarantine => quarantine 5m ?",
			"A changed on error: quarantine 5m => quarantine ?"},
		{"for longer", "worker A {\non error quarantine 5m\n}", "worker A {\non error quarantine 1h\n}", "A changed on error: quarantine 5m => quarantine 1h ?",
			"A changed on error: quarantine 1h => quarantine 5m ?"},
		{"down for a while", "worker A", "worker A {\non error quarantine 5m\n}", "A changed on error: restart => quarantine 5m ?",
			"A changed on error: quarantine 5m => restart ?"},
		{"at start", "worker A {\nready explicit\n}", "worker A {\nready explicit\non error at start shutdown\n}",
			"A changed on error at start: restart => shutdown ?", "A changed on error at start: shutdown => restart ?"},
		{"at start, as later", "worker A {\nready explicit\n}", "worker A {\nready explicit\non error at start restart\n}", "", ""},
		{"later, and not at start", "worker A {\nready explicit\non error at start stop\n}", "worker A {\nready explicit\non error at start stop\non error retry\n}",
			"A changed on error: restart => retry ?", "A changed on error: retry => restart ?"},
		{"ended well", "worker A", "worker A {\non success escalate\n}", "A changed on success: stop => escalate ?",
			"A changed on success: escalate => stop ?"},
		{"at rest", "worker A", "worker A {\non error quarantine\n}", "A changed on error: restart => quarantine ?",
			"A changed on error: quarantine => restart ?"},
		{"stuck", "worker A", "worker A {\non stuck restart\n}", "A changed on stuck: escalate => restart ?",
			"A changed on stuck: restart => escalate ?"},
		{"optional", "worker A", "worker A {\noptional\n}",
			"A changed optional: none => yes ?\nA changed on fatal_config: shutdown => quarantine ?\nA changed on fatal_bug: escalate => quarantine ?\nA changed on stuck: escalate => quarantine ?\nA changed on limit: escalate => quarantine ?",
			"A changed optional: yes => none ?\nA changed on fatal_config: quarantine => shutdown ?\nA changed on fatal_bug: quarantine => escalate ?\nA changed on stuck: quarantine => escalate ?\nA changed on limit: quarantine => escalate ?"},
		{"needs", "service A\nworker B needs A", "service A\nworker B", "Top changed longest stop: 12s: B, then A => 6s: A +\nB changed needs: Top.A => - ?", "Top changed longest stop: 6s: A => 12s: B, then A !\nB changed needs: - => Top.A ?"},
		{"wants", provider + "\nworker B wants A", provider + "\nworker B", "Top changed longest stop: 12s: B, then A => 6s: A +\nB changed wants: Top.A => -", "Top changed longest stop: 6s: A => 12s: B, then A !\nB changed wants: - => Top.A"},
		{"replicas by configuration", "worker A[4]", "worker A[4..8]", "A changed replicas: 4 => 4..8", "A changed replicas: 4..8 => 4"},
		{"more of them", "worker A[4..8]", "worker A[2..16]", "Top changed intensity: 30 in 1m => 32 in 1m\nA changed replicas: 4..8 => 2..16 !", "Top changed intensity: 32 in 1m => 30 in 1m\nA changed replicas: 2..16 => 4..8 +"},
		{"wants and after", provider + "\nworker B wants A after A", provider + "\nworker B wants A", "B changed after: Top.A => - ?", "B changed after: - => Top.A ?"},
		{"after", "service A\nworker B after A", "service A\nworker B", "Top changed longest stop: 12s: B, then A => 6s: A +\nB changed after: Top.A => - ?", "Top changed longest stop: 6s: A => 12s: B, then A !\nB changed after: - => Top.A ?"},
		{"needs what moved", "service A\nworker B needs A", "supervisor S {\nservice A\n}\nworker B needs S.A",
			"S added\nS.A moved from Top.A, service ?", "A moved from Top.S.A, service ?\nS removed !"},
		{"provides", "service A {\nprovides int\nready explicit\n}", "service A {\nprovides string\nready explicit\n}",
			"A changed provides: int => string", "A changed provides: string => int"},
		{"replicas", "worker A[4]", "worker A[2]", "A changed replicas: 4 => 2 !", "A changed replicas: 2 => 4 +"},
		{"tags", "worker A", "worker A {\ntags \"x\"\n}", "A changed tags: none => \"x\"", "A changed tags: \"x\" => none"},
		{"dynamic", "dynamic worker A(id string) key id {\nmax 5\n}", "dynamic worker A(id int) {\nmax 6\n}",
			"A changed max: 5 => 6 ?\nA changed arguments: (id string) => (id int)\nA changed key: id => none ?",
			"A changed max: 6 => 5 ?\nA changed arguments: (id int) => (id string)\nA changed key: none => id ?"},
		{"linked", "service A\nsidecar S of A linked", "service A\nsidecar S of A", "S changed linked: yes => none ?", "S changed linked: none => yes ?"},
		{"primary", "service A\nservice B\nsidecar S of A", "service A\nservice B\nsidecar S of B",
			"S changed of: Top.A => Top.B ?", "S changed of: Top.B => Top.A ?"},
		{"finish", "worker A\nworker B\nfinish when all A, B", "worker A\nworker B\nfinish when any A, B",
			"Top changed finish: when all A, B => when any A, B ?", "Top changed finish: when any A, B => when all A, B ?"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := check(t, "old.sup", "package x\n\nsupervisor Top {\n"+test.before+"\n}\n")
			now := check(t, "new.sup", "package x\n\nsupervisor Top {\n"+test.now+"\n}\n")
			for _, way := range []struct {
				before, now *tree.Tree
				want        string
			}{{before, now, test.want}, {now, before, test.back}} {
				var got []string
				changes := compare.Trees(way.before, way.now)
				for _, c := range changes {
					got = append(got, brief(c))
				}
				if diff := cmp.Diff(way.want, strings.Join(got, "\n")); diff != "" {
					t.Error(diff)
				}
				holdExplored(t, way.before, way.now)
				if compare.HasRisk(changes) != strings.ContainsAny(way.want, "!?") {
					t.Error("a risk:", compare.HasRisk(changes))
				}
				for _, c := range changes {
					if c.Risk+c.Benefit+c.Note == "" {
						t.Errorf("nothing is said of %s %s", c.Path, c.What)
					}
				}
			}
		})
	}
}
