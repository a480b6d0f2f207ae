package kit_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

// A value is closed when what was given it has stopped, and not before; the child beats meanwhile, and an error of the close is told.
func TestProvide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal := runtime.Port[string]{Of: 1}
		var mu sync.Mutex
		var order []string
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, what)
		}
		full := errors.New("the disk is full")
		tree := runtime.New([]runtime.Child{
			{Name: "Shop", Role: runtime.Supervisor},
			{Name: "Journal", Role: runtime.Service, Provides: true, Ready: runtime.Ready{Explicit: true}, Health: watch, Start: func(l runtime.Launch) error {
				run := struct {
					runtime.Run
					runtime.Provider[string]
					runtime.Heart
				}{l.Run(), journal.Provider(l), l.Heart()}
				return kit.Provide(l.Context(), run, "tea", func() error { note("close"); return full })
			}},
			{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Start: func(l runtime.Launch) error {
				note("given " + journal.From(l))
				<-l.Context().Done()
				time.Sleep(time.Second)
				note("stop")
				return nil
			}},
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- tree.Run(ctx) }()
		time.Sleep(2 * time.Hour)
		stop()
		if err := <-ended; !errors.Is(err, full) {
			t.Errorf("the tree ended with %v", err)
		}
		if want := []string{"given tea", "stop", "close"}; !slices.Equal(order, want) {
			t.Errorf("%q, and not %q", order, want)
		}
	})
}
