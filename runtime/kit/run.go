package kit

import (
	"context"
	"log/slog"
	"time"
)

// A Run is what every child is given as its run.
type Run interface {
	Cleanup(func(context.Context) error)
	Do(func() error) error
	Go(func(context.Context) error) bool
	Grace() context.Context
	Logger() *slog.Logger
}

// A ReadyRun is the run of a child with "ready explicit" that provides nothing.
type ReadyRun interface {
	Run
	Ready()
}

// A NotReadyRun is the run of a child with "ready explicit", whether it provides something or not.
type NotReadyRun interface {
	Run
	NotReady()
}

// notReady says that a run is not ready, and why, where it can say that: a run of package runtime can.
func notReady(run NotReadyRun, cause error) {
	if r, ok := run.(interface{ NotReadyCause(error) }); ok {
		r.NotReadyCause(cause)
		return
	}
	run.NotReady()
}

// A ProviderRun is the run of a child with "ready explicit" that provides a T.
type ProviderRun[T any] interface {
	NotReadyRun
	Ready(T)
}

// ready says that a run is ready, where that is for the run to say.
func ready(run Run) {
	if r, ok := run.(ReadyRun); ok {
		r.Ready()
	}
}

// A pulse is the heartbeat that a child declares; the zero pulse is that of a child that declares none.
type pulse struct {
	beat  func()
	every time.Duration
}

func pulseOf(run Run) pulse {
	h, ok := run.(interface {
		Heartbeat()
		HeartbeatInterval() time.Duration
	})
	if !ok || h.HeartbeatInterval() == 0 {
		return pulse{}
	}
	return pulse{h.Heartbeat, h.HeartbeatInterval() / 2}
}

// wait waits for d, and beats at its beginning and meanwhile. It reports whether ctx has not ended.
func (p pulse) wait(ctx context.Context, d time.Duration) bool {
	for until := time.Now().Add(d); ; {
		d = time.Until(until)
		if p.beat != nil {
			p.beat()
			d = min(d, p.every)
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(d):
		}
		if !time.Now().Before(until) {
			return ctx.Err() == nil
		}
	}
}
