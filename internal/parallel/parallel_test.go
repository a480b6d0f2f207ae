package parallel

import (
	"slices"
	"strings"
	"testing"
)

// A panic on one of the processors reaches the caller, once the other jobs are done.
func TestPanicOnProcessors(t *testing.T) {
	defer func() {
		text, _ := recover().(string)
		if !strings.HasPrefix(text, "job 3\n\n") || !strings.Contains(text, "parallel_test.go:") {
			t.Errorf("the panic is %q", text)
		}
	}()
	Each(slices.Values([]int{1, 2, 3, 4, 5}), func(job int) {
		if job == 3 {
			panic("job 3")
		}
	})
	t.Error("it was lost")
}
