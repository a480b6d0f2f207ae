package check

import (
	"testing"
	"time"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// What a file may say, a table may, and nothing beyond: the constructor has the bounds of the language.
func TestBoundsAreTheConstructors(t *testing.T) {
	for name, c := range map[string]func(d time.Duration, n int) *runtime.Child{
		"a duration": func(d time.Duration, _ int) *runtime.Child {
			return &runtime.Child{Shutdown: policy.Shutdown{Drain: syntax.MaxDuration + d}}
		},
		"a rate": func(_ time.Duration, n int) *runtime.Child {
			return &runtime.Child{Limit: policy.Limit{N: maxRate + n, In: time.Second}}
		},
		"replicas": func(_ time.Duration, n int) *runtime.Child { return &runtime.Child{Replicas: maxReplicas + n} },
	} {
		for more := range 2 {
			child := c(time.Duration(more), more)
			child.Name, child.Role, child.Start = "C", policy.Service, func(runtime.Launch) error { return nil }
			err := runtime.Validate([]runtime.Child{{Name: "Root", Role: policy.Supervisor}, *child})
			if refused := err != nil; refused != (more > 0) {
				t.Errorf("%s, and %d more: %v", name, more, err)
			}
		}
	}
}
