package check

import (
	"fmt"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// What a file may say, a table may, and nothing beyond: the constructor has the bounds of the language.
func TestBoundsAreTheConstructors(t *testing.T) {
	for name, c := range map[string]func(more int) *runtime.Child{
		"a duration": func(more int) *runtime.Child {
			return &runtime.Child{Shutdown: policy.Shutdown{Drain: longestDuration(t) + time.Duration(more)}}
		},
		"a rate": func(more int) *runtime.Child {
			return &runtime.Child{Limit: policy.Limit{N: maxRate + more, In: time.Second}}
		},
		"replicas": func(more int) *runtime.Child { return &runtime.Child{Replicas: maxReplicas + more} },
	} {
		for more := range 2 {
			child := c(more)
			child.Name, child.Role, child.Start = "C", policy.Service, func(runtime.Launch) error { return nil }
			err := runtime.Validate([]runtime.Child{{Name: "Root", Role: policy.Supervisor}, *child})
			if refused := err != nil; refused != (more > 0) {
				t.Errorf("%s, and %d more: %v", name, more, err)
			}
		}
	}
}

// longestDuration is the most hours that a file may write.
func longestDuration(t *testing.T) time.Duration {
	const hours = 10 * 365 * 24
	for more := range 2 {
		_, mistakes := syntax.Parse("a.sup", fmt.Appendf(nil, "timeout %dh", hours+more))
		if refused := len(mistakes) > 0; refused != (more > 0) {
			t.Errorf("%dh: %v", hours+more, mistakes)
		}
	}
	return hours * time.Hour
}
