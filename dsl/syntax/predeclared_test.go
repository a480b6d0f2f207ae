package syntax

import (
	"go/types"
	"testing"
)

func TestPredeclared(t *testing.T) {
	for _, name := range types.Universe.Names() {
		want := predeclaredValue
		if _, ok := types.Universe.Lookup(name).(*types.TypeName); ok {
			want = predeclaredType
		}
		if name == "comparable" {
			want = predeclaredConstraint
		}
		if got := Predeclared[name]; got != want {
			t.Errorf("predeclared[%q] = %d, want %d", name, got, want)
		}
	}
	if got, want := len(Predeclared), len(types.Universe.Names()); got != want {
		t.Errorf("%d names are predeclared, and %d in Go", got, want)
	}
}
