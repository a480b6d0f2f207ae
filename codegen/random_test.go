package codegen_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

var trees = flag.Int("trees", 40, "how many random trees TestRandom compiles")

// TestRandom does the same with random trees, whose names are chosen to be in each other's way and which have all
// statements of the language. Formatted, they become the same code.
//
//	go test ./codegen -run TestRandom -trees 1000
func TestRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	m := newModule(t)
	written := map[string]bool{}
	valid := 0
	for seed := uint64(0); valid < *trees; seed++ {
		src := randomFile(seed)
		tree, diagnostics := checked(src)
		if tree == nil {
			t.Logf("seed %d: %v", seed, diagnostics)
			if seed > 10 && seed > uint64(2*valid) {
				t.Fatalf("only %d of %d trees are valid", valid, seed)
			}
			continue
		}
		valid++
		for line := range strings.Lines(string(src)) {
			keyword, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			written[keyword] = true
		}
		sameFormatted(t, src, tree)
		dir := fmt.Sprintf("p%d", seed)
		m.add(dir, tree)
		m.write(dir+"/x.sup", src)
		m.write(dir+"/types.go", []byte("package x\n\ntype (\n\tlocal struct{}\n\tv int\n\tid string\n)\n"))
	}
	m.run()
	if *trees < 40 {
		return
	}
	for _, statement := range statements(t) {
		if !written[statement] {
			t.Errorf("no tree has a %s", statement)
		}
	}
}

// checked is the tree of a file, or nil.
func checked(src []byte) (*tree.Tree, []diag.Diagnostic) {
	file, _ := dsl.Parse("x.sup", src)
	return dsl.Check([]*syntax.File{file}, "")
}

// sameFormatted formats a file and wants the same code of it, and nothing to be left to format in either.
func sameFormatted(t *testing.T, src []byte, tree *tree.Tree) {
	t.Helper()
	formatted, diagnostics := dsl.Format("x.sup", src)
	if again, _ := dsl.Format("x.sup", formatted); diagnostics != nil || !bytes.Equal(formatted, again) {
		t.Errorf("formatted twice (-once +twice; %v):\n%s", diagnostics, cmp.Diff(string(formatted), string(again)))
	}
	other, diagnostics := checked(formatted)
	if other == nil {
		t.Fatalf("formatted, it has mistakes: %v\n%s", diagnostics, formatted)
	}
	was, is := codegen.Generate(tree, tree.Files[0]), codegen.Generate(other, other.Files[0])
	asGofmt(t, was)
	wantDraft(t, tree, is)
	if !bytes.Equal(was, is) {
		t.Errorf("formatted, it becomes other code (-was +is):\n%s", cmp.Diff(string(was), string(is)))
	}
}

// statements are the keywords of all statements, as the manual lists them.
func statements(t *testing.T) []string {
	t.Helper()
	manual, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, forms, _ := strings.Cut(string(manual), "<!-- forms -->\n```text\n")
	forms, _, ok := strings.Cut(forms, "```")
	if !ok {
		t.Fatal("the manual lists no forms")
	}
	var keywords []string
	for line := range strings.Lines(forms) {
		keywords = append(keywords, strings.Fields(line)[0])
	}
	return keywords
}

// randomFile is the same file for the same seed, without the statements that are refused since a child never uses them.
func randomFile(seed uint64) []byte {
	w := &treeWriter{r: rand.New(rand.NewPCG(seed, 1))}
	w.file()
	lines := strings.SplitAfter(w.text.String(), "\n")
	for refused := true; refused; {
		refused = false
		_, diagnostics := checked([]byte(strings.Join(lines, "")))
		for _, d := range diagnostics {
			if d.Code == diag.CodeNeverAsked || d.Code == diag.CodeBackoffUnused || d.Code == diag.CodeLimitUnused {
				lines[d.Pos.Line-1], refused = "\n", true
			}
		}
	}
	return []byte(strings.Join(lines, ""))
}

// A treeWriter writes a random .sup file.
type treeWriter struct {
	r         *rand.Rand
	text      strings.Builder
	providers []string // that may be needed where the writer stands, the innermost last
	elder     []string // that may be waited for there
	policies  []string
	used      map[string]bool // names, and their other spellings
	unlimited bool            // some child stops when it likes, so that nobody promises anything
}

func (w *treeWriter) file() {
	w.unlimited = w.chance(30)
	w.comment(20)
	w.line("package x")
	w.line("import (")
	w.line(`"container/list"`)
	w.line(`"context"`)
	w.line(`runtime "sync"`)
	w.line(")")
	for _, name := range []string{"a", "long_b", "ç"}[:w.r.IntN(4)] {
		w.policies = append(w.policies, name)
		w.comment(30)
		w.line("policy %s {", name)
		w.line("%s", w.pick(backoffs))
		w.some(60, sharedStatements)
		w.line("}")
	}
	w.comment(50)
	w.line("supervisor Root {")
	w.line("service Imports {") // uses them all
	w.line("provides func(*list.List, context.Context, runtime.Locker)")
	w.line("ready explicit")
	w.line("}")
	if len(w.policies) > 0 {
		w.line("worker Uses {")
		w.line("use %s", strings.Join(w.policies, ", "))
		w.line("}")
	}
	w.children(0)
	w.maybe(30, []string{"lame_duck 5s", "lame_duck 1m30s"})
	w.line("}")
}

func (w *treeWriter) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

func (w *treeWriter) chance(percent int) bool { return w.r.IntN(100) < percent }

func (w *treeWriter) pick(from []string) string { return from[w.r.IntN(len(from))] }

// maybe writes one of some statements.
func (w *treeWriter) maybe(percent int, from []string) {
	if w.chance(percent) {
		w.line("%s", w.pick(from))
	}
}

// some writes each of some statements by chance, in any order.
func (w *treeWriter) some(percent int, from []string) {
	for _, i := range w.r.Perm(len(from)) {
		if w.chance(percent) {
			w.line("%s", from[i])
		}
	}
}

// comment writes lines that may mean something to Go.
func (w *treeWriter) comment(percent int) {
	for w.chance(percent) {
		w.line("%s", w.pick(comments))
	}
}

// children writes what stands in one supervisor.
func (w *treeWriter) children(depth int) {
	outer := w.used
	w.used = map[string]bool{"imports": true, "uses": true}
	providers, elder := len(w.providers), len(w.elder)
	w.supervision(depth)
	for range 1 + w.r.IntN(6) {
		name := w.pick(names)
		if w.used[strings.ToLower(name)] {
			continue
		}
		w.used[strings.ToLower(name)] = true
		w.comment(20)
		switch {
		case depth < 2 && w.chance(25):
			w.supervisor(name, depth)
		case w.chance(20):
			w.dynamic(name)
		case w.chance(15):
			w.group(name)
		case w.chance(20):
			w.child(name)
			w.sidecar(name)
		default:
			w.child(name)
		}
	}
	w.line("worker Plain%d", depth)
	w.line("job Once%d", depth)
	if w.chance(20) {
		w.line("finish when %s Plain%d, Once%d", w.pick([]string{"any", "all"}), depth, depth)
	}
	w.used, w.providers, w.elder = outer, w.providers[:providers], w.elder[:elder]
}

// supervision writes the statements that a tree and a nested supervisor can have.
func (w *treeWriter) supervision(depth int) {
	w.maybe(30, []string{"strategy rest_for_one", "strategy one_for_all", "strategy one_for_one"})
	w.maybe(30, []string{"intensity 5 in 1m", "intensity 1_000 in 1h"})
	w.maybe(20, []string{"throttle 3 refill 2s", "throttle 1 refill 500ms"})
	w.maybe(20, []string{"concurrency 1", "concurrency 8"})
	w.maybe(20, []string{"on intensity shutdown", "on intensity escalate"})
	if !w.unlimited {
		w.maybe(30, []string{"shutdown 24h", "shutdown 1h30m"})
	}
	if w.chance(30) {
		w.line("defaults {")
		w.some(30, sharedStatements)
		w.maybe(30, backoffs)
		w.use(20)
		w.line("}")
	}
	if depth > 0 {
		w.maybe(30, backoffs)
		w.maybe(30, limits)
		w.maybe(20, []string{"on error quarantine", "on limit shutdown", "on success stop", "on failure escalate\non success restart"})
	}
}

func (w *treeWriter) supervisor(name string, depth int) {
	w.line("supervisor %s%s {", name, w.waits())
	w.children(depth + 1)
	w.line("worker Last")
	w.line("}")
	w.elder = append(w.elder, name)
}

func (w *treeWriter) group(name string) {
	w.line("group %s {", name)
	w.maybe(50, []string{"strategy rest_for_one", "strategy one_for_all"})
	w.maybe(50, []string{"intensity 2 in 1m", "intensity 9 in 1h"})
	w.maybe(50, []string{"on intensity quarantine", "on intensity shutdown"})
	w.child(name + "A")
	w.child(name + "B")
	w.line("}")
}

func (w *treeWriter) sidecar(of string) {
	w.line("sidecar %sSide of %s%s {", of, of, w.pick([]string{"", " linked"}))
	w.maybe(30, readies)
	w.life("sidecar")
	w.maybe(20, []string{"optional"})
	w.line("}")
}

func (w *treeWriter) child(name string) {
	role := w.pick([]string{"service", "worker", "job"})
	replicas := ""
	if w.chance(20) && role != "job" {
		replicas = fmt.Sprintf("[%d]", 1+w.r.IntN(3))
	}
	w.line("%s %s%s%s {", role, name, replicas, w.waits())
	provides := w.chance(40)
	switch {
	case provides && role == "job":
		w.line("provides %s", w.pick(goTypes))
	case provides:
		w.line("provides %s", w.pick(goTypes))
		w.line("%s", w.pick([]string{"ready explicit", "ready explicit within 5s"}))
	case role != "job":
		w.maybe(30, readies)
	}
	w.life(role)
	if !provides {
		w.maybe(10, []string{"optional"})
	}
	w.line("}")
	if provides {
		w.providers = append(w.providers, name)
	} else {
		w.elder = append(w.elder, name)
	}
}

// life writes what all children can have. A job is not restarted when it has completed, as others may wait for it.
func (w *treeWriter) life(role string) {
	w.maybe(20, backoffs)
	switch {
	case w.chance(20):
		w.line("%s", w.pick(limits))
	case role == "job":
		w.maybe(20, []string{"restart transient", "restart temporary"})
	default:
		w.maybe(20, []string{"restart permanent", "restart transient", "restart temporary"})
	}
	for _, i := range w.r.Perm(len(rows))[:w.r.IntN(4)] {
		w.line("on %s", rows[i])
	}
	w.maybe(20, []string{"health heartbeat 1s stale 3s", "health heartbeat 1s stale 3s dead 4s",
		"health check every 2s timeout 1s", "health check every 2s timeout 1s fail 1"})
	if role == "job" {
		w.maybe(30, []string{"timeout 1m", "timeout 1ns"})
	}
	budgets := []string{"shutdown 1s", "shutdown 0s abort 0s", "shutdown 2s abort 300ms"}
	if w.unlimited {
		budgets = append(budgets, "shutdown unlimited")
	}
	w.maybe(30, budgets)
	w.maybe(20, tags)
	w.use(20)
}

func (w *treeWriter) use(percent int) {
	if len(w.policies) > 0 && w.chance(percent) {
		w.line("use %s", w.pick(w.policies))
	}
}

func (w *treeWriter) dynamic(name string) {
	var params, keys []string
	for _, i := range w.r.Perm(len(paramNames))[:w.r.IntN(4)] {
		if w.chance(50) {
			params = append(params, paramNames[i]+" "+w.pick(goTypes))
		} else {
			params = append(params, paramNames[i]+" "+w.pick([]string{"string", "uint8", "v", "id"}))
			keys = append(keys, paramNames[i])
		}
	}
	key := ""
	if len(keys) > 0 && w.chance(60) {
		key = " key " + w.pick(keys)
	}
	role := w.pick([]string{"service", "worker", "job"})
	w.line("dynamic %s %s(%s)%s%s {", role, name, strings.Join(params, ", "), key, w.waits())
	w.line("max %d", 1+w.r.IntN(20_000))
	if role != "job" {
		w.maybe(30, readies)
	}
	w.life(role)
	w.line("}")
}

// waits are clauses with some of what was declared before.
func (w *treeWriter) waits() string {
	needs := w.choose(w.providers, 40)
	after := w.choose(w.elder, 15)
	after = slices.DeleteFunc(after, func(name string) bool { return slices.Contains(needs, name) })
	clauses := ""
	if len(needs) > 0 {
		clauses += " needs " + strings.Join(needs, w.pick([]string{", ", ",\n"}))
	}
	if len(after) > 0 {
		clauses += " after " + strings.Join(after, ", ")
	}
	return clauses
}

// choose is some of the names that no name further in hides.
func (w *treeWriter) choose(from []string, percent int) []string {
	var some []string
	for i, name := range from {
		if !slices.Contains(from[i+1:], name) && w.chance(percent) {
			some = append(some, name)
		}
	}
	return some
}
