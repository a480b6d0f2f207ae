package dsl_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
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
		checked, _ := check.Check([]*syntax.File{file}, "")
		if checked == nil {
			continue
		}
		for _, root := range checked.Roots() {
			stops, order := tree.StopsOf(root), runtime.StopOrderOf(table.Of(root))
			row := runtime.ID(0)
			var children []*tree.Child
			for c := range root.All() {
				children = append(children, c)
			}
			for ; int(row) < len(children); row++ {
				c := children[row]
				if c.Role == runtime.Group {
					continue
				}
				if c.Role == runtime.Supervisor {
					supervisors++
				}
				got := stops.Of(c)
				is := runtime.StopBound{Total: got.Total, Unlimited: got.Unlimited}
				for _, link := range got.Chain {
					for id, x := range children {
						if x == link.Child {
							is.Chain = append(is.Chain, runtime.ID(id))
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
