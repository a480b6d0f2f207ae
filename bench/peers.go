package main

import (
	"context"
	"time"

	"github.com/oklog/run"
	"github.com/thejerf/suture/v4"
)

// sutures is thejerf/suture with its backoff out of the way and nobody listening to its events.
type sutures struct {
	cancel context.CancelFunc
	ended  <-chan error
}

type service struct {
	i   int
	run child
}

// Serve is what suture calls.
func (s service) Serve(ctx context.Context) error { return s.run(ctx, s.i) }

func (s *sutures) start(n int, run child) {
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

// group is oklog/run, which starts and stops, and restarts nothing: the first actor that returns ends all.
type group struct {
	cancel context.CancelFunc
	ended  chan error
}

func (g *group) start(n int, f child) {
	var all run.Group
	for i := range n {
		ctx, cancel := context.WithCancel(context.Background())
		all.Add(func() error { return f(ctx, i) }, func(error) { cancel() })
	}
	stop, cancel := context.WithCancel(context.Background())
	all.Add(func() error { <-stop.Done(); return nil }, func(error) { cancel() })
	g.cancel, g.ended = cancel, make(chan error, 1)
	go func() { g.ended <- all.Run() }()
}

func (g *group) stop() {
	g.cancel()
	<-g.ended
}
