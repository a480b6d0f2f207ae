package runtime

import (
	"context"
	"log/slog"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// When the tree has ended, its log has a second: most of it for what is still to be written, and the rest to say what
// was not.
const (
	logDrain = time.Second
	logLast  = 250 * time.Millisecond
)

// A logWriter is the subscriber that writes events to a handler.
type logWriter struct {
	tree    *Tree
	handler slog.Handler
	done    chan struct{} // closed when nothing more is written
	late    atomic.Bool   // there is no time for more
	dropped atomic.Uint64 // events that were not written

	mu     sync.Mutex
	steady map[string]*time.Timer // by path: when it is looked whether a child that is ready quietly still is
}

// log starts it. Under the lock.
func (t *Tree) log() *logWriter {
	l := &logWriter{tree: t, done: make(chan struct{}), steady: make(map[string]*time.Timer)}
	if t.options.logger == nil {
		close(l.done)
		return l
	}
	l.handler = t.options.logger.Handler()
	go l.follow(1)
	return l
}

// follow writes the events from a sequence on. A handler is the user's code: one that ends the goroutine loses that
// record, and another goroutine goes on.
func (l *logWriter) follow(next uint64) {
	ended := false
	defer func() {
		if ended {
			close(l.done)
			return
		}
		l.dropped.Add(1)
		go l.follow(next)
	}()
	l.tree.read(context.Background(), next, func(e Event) bool {
		if l.late.Load() {
			l.dropped.Add(l.tree.last() - e.Sequence + 1)
			return false
		}
		next = e.Sequence + 1
		l.dropped.Add(e.Lost)
		l.write(e)
		return true
	})
	ended = true // whatever the last record meets
	if n := l.dropped.Load(); n > 0 && l.handler.Enabled(context.Background(), slog.LevelWarn) {
		r := slog.NewRecord(time.Now(), slog.LevelWarn, "log_dropped", 0)
		r.AddAttrs(slog.String("path", l.tree.paths[0]), slog.Uint64("events", n))
		l.guard(func() { _ = l.handler.Handle(context.Background(), r) })
	}
}

// write writes an event, if its handler wants that. A handler that panics loses that record, and no more.
func (l *logWriter) write(e Event) {
	l.guard(func() { e.log(l.handler) })
	if !e.quietlyReady() {
		return
	}
	s, err := l.tree.Handle(e.Path).State()
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.steady[e.Path]; t != nil { // however often it is tried, one of each child
		t.Stop()
	}
	l.steady[e.Path] = time.AfterFunc(l.tree.table[s.ID].Backoff.Reset, func() { l.recovered(e) })
}

// recovered is for a child that is ready, which was not logged: it still is when its backoff begins anew.
func (l *logWriter) recovered(e Event) {
	l.mu.Lock()
	delete(l.steady, e.Path)
	l.mu.Unlock()
	s, err := l.tree.Handle(e.Path).State()
	if err != nil || s.Generation != e.Generation || s.Lifecycle != LifecycleReady || !l.handler.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	r := slog.NewRecord(time.Now(), slog.LevelInfo, "ready", 0)
	r.AddAttrs(slog.String("path", e.Path), slog.Uint64("generation", e.Generation), slog.Time("since", e.Time))
	l.guard(func() { _ = l.handler.Handle(context.Background(), r) })
}

func (l *logWriter) guard(f func()) {
	defer func() {
		if recover() != nil {
			l.dropped.Add(1)
		}
	}()
	f()
}

// flush waits until all is written, but for a second at the most: a handler that is slow, or hangs, must not keep Run. One
// that hangs is left behind; should it return, it writes no more than what was dropped.
func (l *logWriter) flush() {
	end := time.NewTimer(logDrain - logLast)
	defer end.Stop()
	select {
	case <-l.done:
		return
	case <-end.C:
		l.late.Store(true)
	}
	end.Reset(logLast)
	select {
	case <-l.done:
	case <-end.C:
	}
}

// last is the sequence of the last event.
func (t *Tree) last() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ring.last
}

// unlogged is how many events the log has lost. Under the lock.
func (t *Tree) unlogged() uint64 {
	if t.logged == nil {
		return 0
	}
	return t.logged.dropped.Load()
}

// loud reports whether the log warns of a failed try: the first since the child said that it is ready, and by its attempts the first, the
// second, the fourth, the eighth. A provider that is away for an hour does not cause a warning every five seconds.
func (e Event) loud() bool { return !e.Decision.Since.Before(e.Time) || loud(e.Attempt-1) }

// quietlyReady reports whether a child is ready that has not said so, after a failure that may have been no warning.
func (e Event) quietlyReady() bool {
	return e.Kind == EventTransition && e.To == LifecycleReady && e.Readiness == ReadinessNotRequired && !loud(e.Attempt)
}

func loud(attempt int) bool { return bits.OnesCount(uint(attempt)) <= 1 }

// log writes an event, with its time: failures, unclean stops and what is stuck as errors or warnings, what an operator does
// as information, the rest for debugging.
func (e Event) log(handler slog.Handler) {
	level, msg := slog.LevelDebug, e.Kind.String()
	attrs := []slog.Attr{slog.String("path", e.Path), slog.Uint64("generation", e.Run)}
	switch e.Kind {
	case EventTransition:
		msg = e.To.String()
		attrs = append(attrs, slog.String("from", e.From.String()))
		if e.To == LifecycleStopped {
			attrs = append(attrs, slog.String("reason", e.Stopped.String()))
		}
		switch e.To {
		case LifecycleRunning, LifecycleStarting:
			if e.From == LifecycleReady {
				level, msg = slog.LevelInfo, "not_ready"
			}
			if f := e.Failure; f != nil && f.Kind != OutcomeNone {
				level, attrs = slog.LevelWarn, append(attrs, slog.String("kind", f.Kind.String()), slog.String("error", f.Message))
			}
		case LifecycleReady, LifecycleRestarting, LifecycleStopped, LifecyclePaused, LifecycleQuarantined:
			level = slog.LevelInfo
			switch {
			case e.quietlyReady():
				level = slog.LevelDebug // as its failure before
			case e.To == LifecycleRestarting && e.Health == HealthUnhealthy:
				level = slog.LevelDebug // its run failed, and what follows stands there
			}
		}
	case EventFailed:
		level = slog.LevelWarn
		switch retry := e.Decision.Action == ActionRetry; {
		case e.Failure.Final, e.Decision.Action == ActionQuarantine && e.Decision.Delay == 0: // until an operator releases it
			level = slog.LevelError
		case retry && !e.loud():
			level = slog.LevelDebug
		case retry:
			attrs = append(attrs, slog.Int("attempt", e.Attempt-1), slog.Time("since", e.Decision.Since))
		}
		attrs = append(attrs, slog.String("kind", e.Failure.Kind.String()), slog.String("error", e.Failure.Message),
			slog.String("decision", e.Decision.Action.String()), slog.String("reason", e.Decision.Reason),
			slog.Duration("delay", e.Decision.Delay), slog.Int("restarts", e.Restarts))
		if stack := e.Failure.Stack(); stack != "" {
			attrs = append(attrs, slog.String("stack", stack))
		}
	case EventEnded:
		attrs = append(attrs, slog.String("outcome", e.Outcome.String()))
		if e.Decision != nil {
			attrs = append(attrs, slog.String("decision", e.Decision.Action.String()), slog.String("reason", e.Decision.Reason))
		}
		if f := e.Failure; f != nil {
			level, msg = slog.LevelWarn, "unclean_stop"
			attrs = append(attrs, slog.String("error", f.Message))
			if stack := f.Stack(); stack != "" {
				attrs = append(attrs, slog.String("stack", stack))
			}
		}
	case EventNotReady:
		level = slog.LevelInfo
		attrs = append(attrs, slog.String("kind", e.Failure.Kind.String()), slog.String("error", e.Failure.Message))
	case EventStale:
		if f := e.Failure; f != nil {
			attrs = append(attrs, slog.String("error", f.Message))
		}
	case EventHealth:
		attrs = append(attrs, slog.String("health", e.Health.String()))
		if e.Health != HealthHealthy {
			level = slog.LevelWarn
		}
		if f := e.Failure; f != nil {
			attrs = append(attrs, slog.String("kind", f.Kind.String()), slog.String("error", f.Message))
		}
	case EventStuck, EventReturned:
		if level = slog.LevelInfo; e.Kind == EventStuck {
			level = slog.LevelError
		}
		if e.Cleanup {
			attrs = append(attrs, slog.Bool("cleanup", true))
		}
	case EventCheckHung:
		level = slog.LevelWarn
	case EventCommand:
		level = slog.LevelInfo
		attrs = append(attrs, slog.String("verb", e.Audit.Verb.String()), slog.String("who", e.Audit.Who), slog.String("why", e.Audit.Why))
	case EventAsked, EventAborted:
		if e.Kind == EventAborted {
			level = slog.LevelInfo
		}
		cause := StopError{Audit: e.Audit, Failure: e.Failure}
		attrs = append(attrs, slog.String("with", e.With), slog.String("why", cause.why()))
	case EventStacks:
		level = slog.LevelError
		attrs = append(attrs, slog.String("stacks", e.Stacks))
	case EventWaits:
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("finish", e.Waits))
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
	ctx := context.Background()
	if !handler.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(e.Time, level, msg, 0)
	r.AddAttrs(attrs...)
	_ = handler.Handle(ctx, r)
}
