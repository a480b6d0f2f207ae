package runtime

import (
	"context"
	"sync"
	"time"
)

// A scope is what makes a run's record its context: a restart allocates one thing, and shares no lock with other runs.
type scope struct {
	mu    sync.Mutex
	cause error         // once it ended
	done  chan struct{} // made when somebody waits for it
	after *afterFunc    // what is to be called, the last first
}

// afterFunc is a function that is called when the scope ends, in a goroutine of its own.
type afterFunc struct {
	f          func()
	next, prev *afterFunc
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Deadline is unknown.
func (*scope) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done is closed when the run is asked to stop, or has ended.
func (s *scope) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		if s.cause != nil {
			return closed
		}
		s.done = make(chan struct{})
	}
	return s.done
}

// Err is context.Canceled once Done is closed; context.Cause knows why.
func (s *scope) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil {
		return nil
	}
	return context.Canceled
}

// ended is the cause, once it ended.
func (s *scope) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// AfterFunc is what the context package asks for, lest it start a goroutine for each context that is derived.
func (s *scope) AfterFunc(f func()) (stop func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		go f()
		return func() bool { return false }
	}
	a := &afterFunc{f: f, next: s.after}
	if s.after != nil {
		s.after.prev = a
	}
	s.after = a
	return func() bool { return s.remove(a) }
}

// remove takes a function out that was not called yet.
func (s *scope) remove(a *afterFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.f == nil {
		return false
	}
	a.f = nil
	if a.prev != nil {
		a.prev.next = a.next
	} else {
		s.after = a.next
	}
	if a.next != nil {
		a.next.prev = a.prev
	}
	return true
}

// cancel ends it. The first cause counts.
func (s *scope) cancel(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return
	}
	s.cause = cause
	if s.done != nil {
		close(s.done)
	}
	for a := s.after; a != nil; a = a.next {
		f := a.f
		a.f = nil
		go f()
	}
	s.after = nil
}
