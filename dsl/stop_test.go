package dsl_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// How long a stop takes is computed of what the tree says as of the table that the runtime has.
func TestStopsAreTheRuntimes(t *testing.T) {
	names, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil {
		t.Fatal(err)
	}
	supervisors := 0
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, _ := syntax.Parse(name, src)
		checked, _ := dsl.Check([]*syntax.File{file}, "")
		if checked == nil {
			continue
		}
		for _, root := range checked.Roots() {
			stops, order := tree.StopsOf(root), policy.StopOrderOf(specs(table.Of(root)))
			row := policy.ID(0)
			var children []*tree.Child
			for c := range root.All() {
				children = append(children, c)
			}
			for ; int(row) < len(children); row++ {
				c := children[row]
				if c.Role == policy.Group {
					continue
				}
				if c.Role == policy.Supervisor {
					supervisors++
				}
				got := stops.Of(c)
				is := policy.StopBound{Total: got.Total, Unlimited: got.Unlimited}
				for _, link := range got.Chain {
					for id, x := range children {
						if x == link.Child {
							is.Chain = append(is.Chain, policy.ID(id))
						}
					}
				}
				if diff := cmp.Diff(order.Longest(row), is); diff != "" {
					t.Errorf("%s: %s (-runtime +compiler):\n%s", name, c.Path(), diff)
				}
			}
		}
	}
	if supervisors < 20 {
		t.Errorf("only %d supervisors stop", supervisors)
	}
}

// specs is a table of the runtime as package policy has it, as far as stops depend on it.
func specs(table []runtime.Child) []policy.Spec {
	specs := make([]policy.Spec, len(table))
	for i, c := range table {
		specs[i] = policy.Spec{
			Parent: c.Parent, Group: c.Group, Of: c.Of, Role: c.Role, Linked: c.Linked, Dynamic: c.Dynamic,
			Needs: c.Needs, After: c.After, Strategy: c.Strategy, Shutdown: c.Shutdown, LameDuck: c.LameDuck,
		}
	}
	return specs
}
