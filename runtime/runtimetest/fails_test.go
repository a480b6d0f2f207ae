package runtimetest_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// output is a test with an output of its own.
type output struct {
	testing.TB
	text *text
}

func (o output) Output() io.Writer { return o.text }

// text is what was written.
type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// failing is a test that ends, and may fail, inside another.
type failing struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (f *failing) Cleanup(c func())                { f.cleanups = append(f.cleanups, c) }
func (f *failing) Error(args ...any)               { f.errors = append(f.errors, fmt.Sprint(args...)) }
func (f *failing) Errorf(text string, args ...any) { f.Error(fmt.Sprintf(text, args...)) }
func (f *failing) Output() io.Writer               { return io.Discard }

func (f *failing) end() []string {
	for _, c := range f.cleanups {
		c()
	}
	return f.errors
}

// A test fails whose child does not stop, or panics without the test having waited for it.
func TestWhatFailsTheTest(t *testing.T) {
	hang := make(chan struct{})
	for name, test := range map[string]struct {
		f    func(context.Context, runtime.Run) error
		wait bool
		want string
	}{
		"it stops":       {f: func(ctx context.Context, _ runtime.Run) error { <-ctx.Done(); return nil }},
		"it is stubborn": {func(context.Context, runtime.Run) error { <-hang; return nil }, false, "supgen: did not stop: Test.Child"},
		"it panics":      {func(context.Context, runtime.Run) error { panic("lost") }, false, "Test.Child panicked: lost\n"},
		"it is known":    {f: func(context.Context, runtime.Run) error { panic("lost") }, wait: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hang = make(chan struct{})
				f := &failing{TB: t}
				r := runtimetest.Start(f, test.f)
				if test.wait {
					r.Wait()
				}
				time.Sleep(time.Second)
				if got := strings.Join(f.end(), "; "); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
					t.Errorf("the test fails with %q, want %q", got, test.want)
				}
				close(hang)
			})
		})
	}
}
