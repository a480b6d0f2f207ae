package codegen_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl"
)

// TestRandom does the same with random trees, whose names are chosen to be in each other's way.
func TestRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	m := newModule(t)
	const packages = 40
	valid := 0
	for seed := range uint64(packages) {
		w := &treeWriter{r: rand.New(rand.NewPCG(seed, 1))}
		w.file()
		src := []byte(w.text.String())
		file, _ := dsl.Parse("x.sup", src)
		tree, diagnostics := dsl.Check([]*dsl.File{file}, "")
		if tree == nil {
			t.Logf("seed %d: %v\n%s", seed, diagnostics, src)
			continue
		}
		valid++
		dir := fmt.Sprintf("p%d", seed)
		m.add(dir, tree)
		m.write(dir+"/x.sup", src)
		m.write(dir+"/types.go", []byte("package x\n\ntype (\n\tlocal struct{}\n\tv int\n)\n"))
	}
	if valid < packages/2 {
		t.Errorf("only %d of %d trees are valid", valid, packages)
	}
	m.run()
}

// A treeWriter writes a random .sup file.
type treeWriter struct {
	r         *rand.Rand
	text      strings.Builder
	providers []string // paths that may be needed where the writer stands, the innermost last
	used      map[string]bool
}

var (
	names = []string{"DB", "Db", "HTTP", "HTTPServer", "S", "V", "I", "L", "Err", "Args", "Options", "Children", "Type",
		"Range", "Len", "IDs", "Context", "Time", "Local", "String", "Nil", "X1", "Ärger", "Main", "Init", "Ctx"}
	goTypes = []string{"*local", "v", "int", "map[string]*list.List", "func(ctx context.Context) error", "[]runtime.Locker", "any"}
	keys    = []string{"s", "v", "i", "id", "l", "args", "key", "needs"}
)

func (w *treeWriter) file() {
	w.line("package x")
	w.line("import (")
	w.line(`"container/list"`)
	w.line(`"context"`)
	w.line(`runtime "sync"`)
	w.line(")")
	w.line("supervisor Root {")
	w.line("service Imports {") // uses them all
	w.line("provides func(*list.List, context.Context, runtime.Locker)")
	w.line("ready explicit")
	w.line("}")
	w.children(0)
	w.line("}")
}

func (w *treeWriter) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

func (w *treeWriter) chance(percent int) bool { return w.r.IntN(100) < percent }

func (w *treeWriter) pick(from []string) string { return from[w.r.IntN(len(from))] }

// children writes what stands in one supervisor.
func (w *treeWriter) children(depth int) {
	outer := w.used
	w.used = map[string]bool{"Imports": true}
	visible := len(w.providers)
	if w.chance(30) {
		w.line("strategy %s", w.pick([]string{"rest_for_one", "one_for_all"}))
	}
	for range 1 + w.r.IntN(6) {
		name := w.pick(names)
		if w.used[strings.ToLower(name)] {
			continue
		}
		w.used[strings.ToLower(name)] = true
		switch {
		case depth < 2 && w.chance(25):
			w.line("supervisor %s {", name)
			w.children(depth + 1)
			w.line("worker Last")
			w.line("}")
		case w.chance(20):
			w.dynamic(name)
		case w.chance(15):
			w.line("group %s {", name)
			w.child(name + "A")
			w.child(name + "B")
			w.line("}")
		case w.chance(20):
			w.child(name)
			w.line("sidecar %sSide of %s", name, name)
		default:
			w.child(name)
		}
	}
	w.line("worker Plain%d", depth)
	w.used, w.providers = outer, w.providers[:visible]
}

func (w *treeWriter) child(name string) {
	role := w.pick([]string{"service", "worker", "job"})
	replicas := ""
	if w.chance(20) && role != "job" {
		replicas = fmt.Sprintf("[%d]", 1+w.r.IntN(3))
	}
	w.line("%s %s%s%s {", role, name, replicas, w.needs())
	if role == "service" && w.chance(60) || role == "job" && w.chance(40) {
		w.line("provides %s", w.pick(goTypes))
		if role == "service" {
			w.line("ready explicit")
		}
		w.providers = append(w.providers, name)
	}
	if role != "job" && w.chance(30) {
		w.line(w.pick([]string{"health heartbeat 1s stale 3s", "health check every 2s timeout 1s"}))
	}
	if w.chance(20) {
		w.line("on panic escalate")
	}
	if w.chance(10) {
		w.line("optional")
	}
	w.line("}")
}

func (w *treeWriter) dynamic(name string) {
	var params []string
	for _, i := range w.r.Perm(len(keys))[:w.r.IntN(4)] {
		params = append(params, keys[i]+" string")
	}
	key := ""
	if len(params) > 0 && w.chance(60) {
		key = " key " + strings.Fields(params[w.r.IntN(len(params))])[0]
	}
	w.line("dynamic worker %s(%s)%s%s {", name, strings.Join(params, ", "), key, w.needs())
	w.line("max %d", 1+w.r.IntN(20_000))
	w.line("}")
}

// needs is a clause with some of what was provided before.
func (w *treeWriter) needs() string {
	var some []string
	for i, name := range w.providers {
		hidden := false
		for _, inner := range w.providers[i+1:] {
			hidden = hidden || inner == name
		}
		if !hidden && w.chance(40) {
			some = append(some, name)
		}
	}
	if len(some) == 0 {
		return ""
	}
	return " needs " + strings.Join(some, ", ")
}
