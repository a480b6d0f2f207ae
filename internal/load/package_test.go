package load

import (
	"reflect"
	"slices"
	"testing"

	"github.com/supgen/supgen/dsl"
)

// What was parsed to be checked is there, under the names of the texts, renamed or not.
func TestSyntax(t *testing.T) {
	p, err := One("../../bench")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Package{p, p.Renamed(func(name string) string { return "x/" + name })} {
		if len(p.Text) == 0 {
			t.Error("no files")
		}
		for name, text := range p.Text {
			if want, _ := dsl.Parse(name, text); !reflect.DeepEqual(p.Syntax(name), want) {
				t.Errorf("the syntax of %s is not what is parsed", name)
			}
		}
		var roots []string
		for _, root := range p.Tree.Roots() {
			roots = append(roots, root.Name)
		}
		if names := p.RootNames(); len(roots) == 0 || !slices.Equal(names, roots) {
			t.Errorf("root names %v, roots %v", names, roots)
		}
	}
	if p.Syntax("other.sup") != nil {
		t.Error("there is the syntax of a file that is not there")
	}
}
