package compare_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

var edits = flag.Int("edits", 120, "how many edits of the trees of the repository TestExplored tries")

// courses are what single failures cost a tree, by the script that makes them happen: what has the same script is the same
// thing going wrong.
type courses map[string]*explore.Trial

func explored(root *tree.Child) (courses, error) {
	r, err := explore.Explore(root, explore.Options{Max: 1})
	if err == nil { // all of them, and no pairs
		r, err = explore.Explore(root, explore.Options{Max: max(1, r.Singles.Of)})
	}
	if err != nil {
		return nil, err
	}
	costs := courses{}
	for _, trial := range r.Trials {
		costs[r.Script(trial).String()] = trial
	}
	return costs, nil
}

// holdExplored holds what is said of two versions to what single failures cost them.
func holdExplored(t *testing.T, before, now *tree.Tree) {
	t.Helper()
	for i, root := range now.Roots() {
		if i >= len(before.Roots()) || len(root.Finish.Of)+len(before.Roots()[i].Finish.Of) > 0 { // it may be over before all has failed
			continue
		}
		was, err := explored(before.Roots()[i])
		if err != nil {
			t.Fatal(err)
		}
		is, err := explored(root)
		if err != nil {
			t.Fatal(err)
		}
		changes := compare.Trees(before, now)
		if slices.ContainsFunc(changes, beside) {
			continue
		}
		if why := contradicted(changes, was, is); why != nil {
			t.Errorf("%s\n%s", words(changes), strings.Join(why[:min(3, len(why))], "\n"))
		}
	}
}

// worse is what of a cost is more than of another.
func worse(a, b explore.Cost) (what []string) {
	note := func(is bool, text string, args ...any) {
		if is {
			what = append(what, fmt.Sprintf(text, args...))
		}
	}
	isEnd, wasEnd := a.Grade == explore.Ends, b.Grade == explore.Ends
	note(isEnd && !wasEnd, "the program ends")
	note(isEnd && wasEnd && a.After < b.After, "the program ends after %s, not %s", a.After, b.After)
	note(!a.Goes && !b.Goes && a.Launches > b.Launches, "%d launches, not %d", a.Launches, b.Launches)
	note(a.Goes && !b.Goes, "it goes on so")
	if isEnd || wasEnd {
		return what
	}
	note(a.Unfinished && !b.Unfinished, "it does not finish")
	note(a.Fall > b.Fall, "%d others go down, not %d", a.Fall, b.Fall)
	note(a.Stay > b.Stay, "%d others stay down, not %d", a.Stay, b.Stay)
	note(a.Last > b.Last, "%d others are down for as long as it lasts, not %d", a.Last, b.Last)
	note(a.Own.Stays && !b.Own.Stays, "it stays down")
	note(a.Unready && !b.Unready, "the tree is not ready")
	if !a.Goes && !b.Goes {
		note(a.NotReady > b.NotReady, "the tree is not ready for %s, not %s", a.NotReady, b.NotReady)
		note(a.Total > b.Total, "%s down, not %s", a.Total, b.Total)
	}
	return what
}

// contradicted is what single failures have against the verdicts of the changes from one version to another: something is worse,
// or better, where nothing is said to be; or nothing is either, where they decide it.
func contradicted(changes []compare.Change, was, is courses) (why []string) {
	risk, benefit, differs := false, false, false
	for _, c := range changes {
		risk, benefit = risk || c.Risk != "", benefit || c.Benefit != ""
	}
	tried := map[string]bool{} // who fails, by path
	for script, now := range is {
		before := was[script]
		if before == nil {
			continue
		}
		tried[now.Failures[0].Child.Path()] = true
		more, less := worse(now.Cost, before.Cost), worse(before.Cost, now.Cost)
		differs = differs || more != nil || less != nil
		if !risk && more != nil {
			why = append(why, fmt.Sprintf("nothing is said to be worse, but after %s: %s", now, strings.Join(more, "; ")))
		}
		if !benefit && less != nil {
			why = append(why, fmt.Sprintf("nothing is said to be better, but before, after %s: %s", now, strings.Join(less, "; ")))
		}
	}
	for _, c := range changes {
		if !differs && c.Verdict != compare.Neither && tried[c.Path] && decided(c) {
			why = append(why, fmt.Sprintf("%s of %s is %s, but nothing costs more or less", c.What, c.Path, c.Verdict))
		}
	}
	slices.Sort(why)
	return why
}

// beside reports whether the explorer does not see what a change is about, but what follows from it: how many there are of a child,
// and how far jitter spreads what failed together.
func beside(c compare.Change) bool {
	return c.Kind == compare.Added || c.Kind == compare.Removed || c.What == "replicas" ||
		c.What == "backoff" && strings.Contains(c.Risk+c.Benefit, "failed together")
}

// decided reports whether single failures try what a change is about: an answer, or a limit. Several failures of several children, and
// those that come slowly, they do not.
func decided(c compare.Change) bool {
	for _, unseen := range []string{"with other failures", "add up for longer", "are forgotten sooner", "is spent first"} {
		if strings.Contains(c.Risk+c.Benefit+c.Note, unseen) {
			return false
		}
	}
	switch c.What {
	case "on error", "on panic", "on goexit", "on external", "on again", "on fatal_config", "on fatal_bug", "on skip",
		"on error at start", "limit":
		return true
	}
	return false
}

// An edit changes one thing in the text of one child. It reports whether it has changed anything.
type edit struct {
	name string
	edit func(b *block) bool
}

// TestMoved moves a child from one place to another, and holds what is said of siblings that are restarted together to what goes
// down after an error.
func TestMoved(t *testing.T) {
	strategies := []string{"one_for_one", "rest_for_one", "one_for_all"}
	for _, top := range strategies {
		for _, sub := range strategies {
			const places = 5
			var trees [places]*tree.Tree
			for at := range trees {
				var child [places]any
				for i := range child {
					child[i] = ""
				}
				child[at] = "worker C"
				body := fmt.Sprintf("%s\nworker D\n%s\nsupervisor S {\nstrategy "+sub+"\n%s\nworker A\n%s\n}\n%s", child[:]...)
				trees[at] = treeOf(t, "strategy "+top+"\n"+body)
			}
			for from, was := range trees {
				for to, is := range trees {
					t.Run(fmt.Sprintf("%s %s %d %d", top, sub, from, to), func(t *testing.T) { holdMoved(t, was, is) })
				}
			}
		}
	}
}

func holdMoved(t *testing.T, was, is *tree.Tree) {
	changes := compare.Trees(was, is)
	i := slices.IndexFunc(changes, func(c compare.Change) bool { return c.Kind == compare.Moved })
	if i < 0 {
		return
	}
	falls := func(was, is *tree.Tree, takes bool) bool { // whether something falls in one version, and not in the other
		for _, x := range []string{"A", "D"} {
			failing, other := "C", x
			if !takes {
				failing, other = x, "C"
			}
			if fallen(t, is, failing, other) && !fallen(t, was, failing, other) {
				return true
			}
		}
		return false
	}
	c := changes[i]
	hold := func(text, reasons string, happens bool, orElse string) {
		t.Helper()
		said := strings.Contains(reasons, text)
		if said && !happens || happens && !said && !strings.Contains(reasons, orElse) {
			t.Errorf("%q: said %t, happens %t\n%s", text, said, happens, words([]compare.Change{c}))
		}
	}
	hold("its restart takes", c.Risk, falls(was, is, true), "its restart takes")
	hold("no longer takes", c.Benefit, falls(is, was, true), "no longer takes")
	hold("it is restarted with", c.Risk, falls(was, is, false), "it goes down whenever S is restarted")
	hold("no longer restarted with", c.Benefit, falls(is, was, false), "it stays up when S is restarted")
}

// fallen reports whether an error of one child restarts another.
func fallen(t *testing.T, checked *tree.Tree, failing, other string) bool {
	t.Helper()
	root := checked.Roots()[0]
	paths := map[string]string{}
	for c := range root.All() {
		paths[c.Name] = c.Path()
	}
	result, err := sim.Run(sim.Tree(table.Of(root)), sim.MustParse("until 2m\nat 1m "+paths[failing]+" error"))
	if err != nil {
		t.Fatal(err)
	}
	state, _ := result.Child(paths[other])
	return state.Starts > 1
}

// A block is the lines of a formatted text, of which one is a child's header.
type block struct {
	lines  []string
	header int
}

var header = regexp.MustCompile(`^(\t*)(.*?)( needs .*?)?( after .*?)?( \{)?$`)

// end is the line that closes the block; the header itself, if it has none.
func (b *block) end() int {
	if !strings.HasSuffix(b.lines[b.header], "{") {
		return b.header
	}
	for i, depth := b.header+1, 1; ; i++ {
		switch line := strings.TrimSpace(b.lines[i]); {
		case strings.HasPrefix(line, "//"):
		case strings.HasSuffix(line, "{"):
			depth++
		case line == "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
}

// drop removes the child's own statement that begins with some words.
func (b *block) drop(words string) bool {
	depth := 0
	for i, end := b.header+1, b.end(); i < end; i++ {
		line := strings.Join(strings.Fields(b.lines[i]), " ")
		if depth == 0 && (line == words || strings.HasPrefix(line, words+" ")) {
			b.lines = slices.Delete(b.lines, i, i+1)
			return true
		}
		switch {
		case strings.HasPrefix(line, "//"):
		case strings.HasSuffix(line, "{"):
			depth++
		case line == "}":
			depth--
		}
	}
	return false
}

// set puts a statement in the place of the one that begins with some words, or adds it.
func (b *block) set(words, rest string) bool {
	b.drop(words)
	if !strings.HasSuffix(b.lines[b.header], "{") {
		b.lines[b.header] += " {"
		b.lines = slices.Insert(b.lines, b.header+1, "}")
	}
	b.lines = slices.Insert(b.lines, b.header+1, words+" "+rest)
	return true
}

func statement(words, rest string) edit {
	return edit{strings.TrimSpace(words + " " + rest), func(b *block) bool { return b.set(words, rest) }}
}

func without(words string) edit {
	return edit{"no " + words, func(b *block) bool { return b.drop(words) }}
}

// clause writes another needs or after clause; "" is none.
func clause(needs bool, names string) edit {
	word, at := " after ", 4
	if needs {
		word, at = " needs ", 3
	}
	name := word[1:] + names
	if names == "" {
		name = "no" + word
	}
	return edit{name, func(b *block) bool {
		m := header.FindStringSubmatch(b.lines[b.header])
		was := m[at]
		m[at] = ""
		if names != "" {
			m[at] = word + names
		}
		b.lines[b.header] = strings.Join(m[1:], "")
		return m[at] != was
	}}
}

// swapped makes one clause of the other.
var swapped = edit{"needs and after change places", func(b *block) bool {
	m := header.FindStringSubmatch(b.lines[b.header])
	needs, after := strings.TrimPrefix(m[3], " needs "), strings.TrimPrefix(m[4], " after ")
	m[3], m[4] = "", ""
	if after != "" {
		m[3] = " needs " + after
	}
	if needs != "" {
		m[4] = " after " + needs
	}
	b.lines[b.header] = strings.Join(m[1:], "")
	return needs != after
}}

// editsOf are the edits of a child. Those that make no sense of it the checks refuse.
func editsOf(c *tree.Child) (all []edit) {
	add := func(words string, rests ...string) {
		for _, rest := range rests {
			all = append(all, statement(words, rest))
		}
		all = append(all, without(words))
	}
	actions := []string{"retry", "restart", "stop", "quarantine", "quarantine 5m", "escalate", "shutdown"}
	for _, o := range c.Outcomes() {
		add("on "+o.String(), actions...)
	}
	add("on failure", actions...)
	add("on error at start", actions...)
	add("restart", "permanent", "transient", "temporary")
	add("limit", "0 in 5m", "1 in 1h", "2 in 10s", "20 in 1m", "100 in 1h")
	add("backoff", "none", "10s", "100ms..1m factor 3 jitter 0%")
	add("optional", "")
	if c.Role == policy.Supervisor || c.Role == policy.Group {
		add("strategy", "one_for_one", "one_for_all", "rest_for_one")
		add("intensity", "1 in 1m", "5 in 10m", "200 in 1m")
		add("throttle", "1 refill 10s", "10 refill 1s")
		add("concurrency", "1", "3")
	} else {
		add("ready", "explicit within 5s", "explicit within 10m", "immediate", "check every 1s timeout 500ms")
		add("health", "heartbeat 1s stale 5s", "heartbeat 1s stale 2s dead 20s", "check every 10s timeout 1s", "check every 1s timeout 100ms fail 20")
		add("shutdown", "1s", "5s abort 0s", "20s abort 10s", "unlimited")
		add("timeout", "10s", "10m")
		add("use")
	}
	all = append(all, clause(true, ""), clause(false, ""), swapped)
	for _, other := range siblingsOf(c) {
		all = append(all, clause(true, other.Name), clause(false, other.Name))
	}
	return all
}

func siblingsOf(c *tree.Child) (others []*tree.Child) {
	if c.Parent == nil {
		return nil
	}
	for _, other := range c.Parent.Members() {
		if other != c {
			others = append(others, other)
		}
	}
	return others
}

// fine reports whether nothing is said of a text.
func fine(text string) bool {
	file, _ := dsl.Parse("x.sup", []byte(text))
	checked, diagnostics := dsl.Check([]*syntax.File{file}, "")
	return checked != nil && len(diagnostics) == 0
}

// parsed is the tree of a text; nil is one that has mistakes.
func parsed(text string) *tree.Tree {
	file, _ := dsl.Parse("x.sup", []byte(text))
	checked, _ := dsl.Check([]*syntax.File{file}, "")
	return checked
}

// corpus is the texts of the repository that are trees, formatted.
func corpus(t *testing.T) (texts []string) {
	for _, pattern := range []string{"../../testdata/check/*.sup", "../../testdata/cases/*/x.sup", "../../examples/*/*.sup"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if fine(string(text)) {
				formatted, _ := dsl.Format(name, text)
				texts = append(texts, string(formatted))
			}
		}
	}
	return texts
}

// TestExplored changes one thing of one child, of the trees of the repository, and holds the verdicts to what single failures
// cost both versions.
func TestExplored(t *testing.T) {
	type place struct {
		text string
		c    *tree.Child
		edit edit
	}
	var all []place
	for _, text := range corpus(t) {
		for _, root := range parsed(text).Roots() {
			for c := range root.All() {
				for _, e := range editsOf(c) {
					all = append(all, place{text, c, e})
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(uint64(*edits), 1))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	n := min(*edits, len(all))
	if testing.Short() {
		n /= 2
	}
	held := 0
	for _, p := range all[:n] {
		b := block{strings.Split(p.text, "\n"), p.c.Pos.Line - 1}
		if !p.edit.edit(&b) {
			continue
		}
		if now := parsed(strings.Join(b.lines, "\n")); now != nil {
			held++
			t.Run(p.c.Path()+": "+p.edit.name, func(t *testing.T) {
				holdExplored(t, parsed(p.text), now)
			})
		}
	}
	if held < n/3 {
		t.Errorf("only %d of %d edits make trees", held, n)
	}
}
