package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/thejerf/suture/v4"
)

// A peer keeps n children running, and stops them.
type peer interface {
	// start runs child i with run(ctx, i); it is run again whenever it returns an error or panics, until stop.
	start(n int, run func(ctx context.Context, i int) error)
	stop()
}

var errFailed = errors.New("failed")

var peers = map[string]func() peer{
	"bare":     func() peer { return &bare{} },
	"bare+ctx": func() peer { return &bare{contexts: true} },
	"suture":   func() peer { return &sutures{} },
	"supgen":   func() peer { return &trees{} },
}

// bare is a goroutine a child with a loop in it, by hand; with a cancellable context a run, if contexts is set.
type bare struct {
	contexts bool
	wg       sync.WaitGroup
	cancel   context.CancelFunc
}

func (b *bare) start(n int, run func(context.Context, int) error) {
	all, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	for i := range n {
		b.wg.Add(1)
		go func() {
			defer b.wg.Done()
			for b.once(all, i, run) {
			}
		}()
	}
}

// once is one run; it reports whether there is to be another.
func (b *bare) once(all context.Context, i int, run func(context.Context, int) error) (again bool) {
	ctx := all
	if b.contexts {
		c, cancel := context.WithCancel(all)
		defer cancel()
		ctx = c
	}
	defer func() {
		if recover() != nil {
			again = true
		}
	}()
	return run(ctx, i) != nil
}

func (b *bare) stop() {
	b.cancel()
	b.wg.Wait()
}

// sutures is thejerf/suture with its backoff out of the way.
type sutures struct {
	cancel context.CancelFunc
	ended  <-chan error
}

type service struct {
	i   int
	run func(context.Context, int) error
}

func (s service) Serve(ctx context.Context) error { return s.run(ctx, s.i) }

func (s *sutures) start(n int, run func(context.Context, int) error) {
	super := suture.New("bench", suture.Spec{FailureThreshold: 1e12, FailureBackoff: time.Nanosecond, EventHook: func(suture.Event) {}})
	for i := range n {
		super.Add(service{i, run})
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.ended = cancel, super.ServeBackground(ctx)
}

func (s *sutures) stop() {
	s.cancel()
	<-s.ended
}

// trees is supgen as its generated code uses it: events, limits and the journal are on.
type trees struct {
	tree   *runtime.Tree
	cancel context.CancelFunc
	ended  chan error
}

func (t *trees) start(n int, run func(context.Context, int) error) {
	often := runtime.Limit{N: 1 << 30, In: time.Millisecond} // counted, and never reached
	t.tree = runtime.New([]runtime.Child{
		{Name: "Bench", Role: runtime.Supervisor, Intensity: often},
		{Name: "C", Role: runtime.Service, Replicas: n, Limit: often, Backoff: runtime.Backoff{None: true},
			Start: func(l runtime.Launch) error { return run(l.Context(), l.Replica().Index()) }},
	})
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel, t.ended = cancel, make(chan error, 1)
	go func() { t.ended <- t.tree.Run(ctx) }()
}

func (t *trees) stop() {
	t.cancel()
	if err := <-t.ended; err != nil {
		slog.Error("the tree", "error", err)
	}
}
