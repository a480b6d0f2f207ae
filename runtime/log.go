package runtime

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// logDrain is how long Run waits for a handler that does not return.
const logDrain = 10 * time.Second

// A logging is the subscriber that writes events to a logger.
type logging struct {
	done    chan struct{} // closed when the last event is written
	records atomic.Uint64 // written so far
}

// log starts it. Under the lock.
func (t *Tree) log() *logging {
	l := &logging{done: make(chan struct{})}
	if t.options.logger == nil {
		close(l.done)
		return l
	}
	go func() {
		defer close(l.done)
		defer func() { _ = recover() }() // a handler that panics ends the log, not the program
		t.read(context.Background(), 1, func(e Event) bool {
			e.log(t.options.logger)
			l.records.Add(1)
			return true
		})
	}()
	return l
}

// drain waits until all is written, however long that takes; but a handler that hangs must not keep Run.
func (l *logging) drain() {
	for {
		before, late := l.records.Load(), time.NewTimer(logDrain)
		select {
		case <-l.done:
			late.Stop()
			return
		case <-late.C:
			if l.records.Load() == before {
				return
			}
		}
	}
}

// log writes an event: failures and what is stuck as errors or warnings, what an operator does as information, the
// rest for debugging.
func (e Event) log(logger *slog.Logger) {
	level, msg := slog.LevelDebug, e.Kind.String()
	attrs := []slog.Attr{slog.String("path", e.Path), slog.Uint64("generation", e.Generation)}
	switch e.Kind {
	case EventTransition:
		msg = e.To.String()
		attrs = append(attrs, slog.String("from", e.From.String()))
		switch e.To {
		case LifecycleReady, LifecycleRestarting, LifecycleStopped, LifecyclePaused, LifecycleQuarantined:
			level = slog.LevelInfo
		}
	case EventFailed:
		level = slog.LevelWarn
		if e.Failure.Final {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("kind", e.Failure.Kind.String()), slog.String("error", e.Failure.Message),
			slog.String("decision", e.Decision.Action.String()), slog.String("reason", e.Decision.Reason),
			slog.Duration("delay", e.Decision.Delay), slog.Int("restarts", e.Restarts))
		if stack := e.Failure.Stack(); stack != "" {
			attrs = append(attrs, slog.String("stack", stack))
		}
	case EventEnded:
		attrs = append(attrs, slog.String("outcome", e.Outcome.String()))
	case EventHealth:
		attrs = append(attrs, slog.String("health", e.Health.String()))
		if e.Health != HealthHealthy {
			level = slog.LevelWarn
		}
	case EventStuck, EventCheckHung:
		level = slog.LevelError
	case EventCommand:
		level = slog.LevelInfo
		attrs = append(attrs, slog.String("verb", e.Audit.Verb.String()), slog.String("who", e.Audit.Who), slog.String("why", e.Audit.Why))
	case EventAsked, EventAborted:
		if e.Kind == EventAborted {
			level = slog.LevelInfo
		}
		cause := StopError{Audit: e.Audit, Failure: e.Failure}
		attrs = append(attrs, slog.String("with", e.With), slog.String("why", cause.why()))
	case EventPhase:
		level = slog.LevelInfo
		attrs = append(attrs, slog.String("phase", e.Phase.String()))
	case EventFrozen:
		level = slog.LevelWarn
		attrs = append(attrs, slog.Duration("frozen", e.Frozen))
	case EventLost:
		level = slog.LevelWarn
		attrs = append(attrs, slog.Uint64("lost", e.Lost))
	}
	logger.LogAttrs(context.Background(), level, msg, attrs...)
}
