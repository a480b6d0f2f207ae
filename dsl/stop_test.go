package dsl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// The constructor computes the longest stop as the checker does, from the table: a promise that an override makes is kept to the
// nanosecond, in each program of the tests, and where supervisors need each other's children.
func TestStopsAreTheConstructors(t *testing.T) {
	programs := map[string]string{"by hand": `package p

supervisor Root {
	strategy rest_for_one
	service A {
		shutdown 3s abort 1s
	}
	group G {
		strategy rest_for_one
		service B {
			shutdown 1s abort 100ms
		}
		service C after A {
			shutdown 7s abort 10ms
		}
	}
	group H {
		service D {
			shutdown 2s abort 1s
		}
		service E {
			shutdown 5s abort 3s
		}
	}
	supervisor S {
		service F {
			shutdown 20s abort 1s
		}
		service I needs F {
			shutdown 30s abort 5ms
		}
		sidecar J of I {
			shutdown 40s abort 7ms
		}
	}
}

supervisor Whole {
	service Z {
		shutdown 1s
	}
	supervisor X {
		service A {
			shutdown 9s
		}
		service B needs Z {
			shutdown 2s
		}
	}
}

supervisor Both {
	supervisor X {
		service A {
			shutdown 1s abort 10ms
		}
		service B needs Y.C {
			shutdown 2s abort 10ms
		}
	}
	supervisor Y {
		service C {
			shutdown 3s abort 10ms
		}
		service D needs X.A {
			shutdown 4s abort 10ms
		}
	}
	service Z after X {
		shutdown 50s
	}
}
`}
	files, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		programs[name] = string(src)
	}
	supervisors := 0
	for name, src := range programs {
		file, _ := Parse(name, []byte(src))
		tree, mistakes := Check([]*File{file}, "")
		if tree == nil {
			if name == "by hand" {
				t.Errorf("it has mistakes: %v", mistakes)
			}
			continue
		}
		for _, root := range tree.Roots() {
			for _, s := range preorder(root) {
				if s.Role != runtime.Supervisor || s.Bound.Unlimited || s.Bound.Total == 0 {
					continue
				}
				supervisors++
				for _, less := range []time.Duration{0, 1} {
					err := madeWith(root, s, s.Bound.Total-less)
					if refused := strings.Contains(err, "and may take"); refused != (less > 0) {
						t.Errorf("%s: %s, whose stop takes %s, promises %s less: %q", name, s.Path(), s.Bound.Total, less, err)
					}
				}
			}
		}
	}
	if supervisors < 20 {
		t.Errorf("only %d supervisors stop", supervisors)
	}
}

func preorder(c *Child) []*Child {
	all := []*Child{c}
	for _, child := range c.Children {
		all = append(all, preorder(child)...)
	}
	return all
}

// madeWith makes a tree whose supervisor s makes a promise, and says why not.
func madeWith(root, s *Child, promise time.Duration) (why string) {
	var rows []*Child
	index := map[*Child]runtime.ID{}
	for _, c := range preorder(root) {
		index[c] = runtime.ID(len(rows))
		rows = append(rows, c)
	}
	table := make([]runtime.Child, len(rows))
	for i, c := range rows {
		row := runtime.Child{Name: c.Name, Role: c.Role, Dynamic: c.Dynamic, Max: c.Max, Replicas: c.Replicas, Strategy: c.Strategy.Value}
		if c.Parent != nil {
			row.Parent = index[c.Parent]
		}
		if c.Group != nil {
			row.Group = index[c.Group]
		}
		if c.Of != nil {
			row.Of = index[c.Of]
		}
		for _, ref := range c.Needs {
			row.Needs = append(row.Needs, index[ref.Child])
		}
		for _, ref := range c.After {
			row.After = append(row.After, index[ref.Child])
		}
		if c.Role != runtime.Supervisor && c.Role != runtime.Group {
			row.Shutdown = c.Shutdown.Value
			row.Start = func(runtime.Launch) error { return nil }
		}
		table[i] = row
	}
	defer func() {
		if p := recover(); p != nil {
			why = fmt.Sprint(p)
		}
	}()
	runtime.New(table, runtime.Override(s.Path(), func(c *runtime.Child) { c.Shutdown = runtime.Shutdown{Drain: promise} }))
	return ""
}
