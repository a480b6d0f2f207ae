package runtime

import (
	"fmt"
	"os"
	stdruntime "runtime"
	"strings"
	"testing"
	"time"
)

// TestMain holds all tests of this package to leaving no goroutine behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := settled(func(left []string) bool { return len(left) == 0 }); len(left) > 0 && code == 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines of this package are left behind:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
		code = 1
	}
	os.Exit(code)
}

// settled are the goroutines of this package once they are as they should be, or after a while. A goroutine that has
// done its work needs a moment to be gone.
func settled(good func([]string) bool) []string {
	for end := time.Now().Add(time.Minute); ; stdruntime.Gosched() {
		if left := goroutines(); good(left) || time.Now().After(end) {
			return left
		}
	}
}

// goroutines are the stacks of all goroutines, but the caller's own, that this package has to do with: by a function
// that they are in, or by who started them.
func goroutines() (own []string) {
	text := make([]byte, 1<<16)
	for {
		n := stdruntime.Stack(text, true)
		if n < len(text) {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}
	for _, stack := range strings.Split(string(text), "\n\n")[1:] {
		if strings.Contains(stack, "/supgen/runtime.") && !strings.Contains(stack, "testing.(*T).Run(") {
			own = append(own, stack)
		}
	}
	return own
}

// The check of TestMain sees what it is there for.
func TestGoroutines(t *testing.T) {
	stop := make(chan struct{})
	go func() { <-stop }()
	mine := func(left []string) bool {
		return strings.Contains(strings.Join(left, "\n"), "runtime.TestGoroutines.func")
	}
	if left := settled(mine); !mine(left) {
		t.Error("a goroutine of this test is not seen")
	}
	close(stop)
	if left := settled(func(left []string) bool { return !mine(left) }); mine(left) {
		t.Errorf("it is still seen:\n%s", strings.Join(left, "\n\n"))
	}
}
