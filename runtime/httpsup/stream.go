package httpsup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime"
)

// What a stream may take.
const (
	maxStreams = 2048
	heartbeat  = 15 * time.Second       // a comment, when there is nothing else
	pace       = 100 * time.Millisecond // from one write to the next: many events go in one
	patience   = 10 * time.Second       // for each write
)

// events answers /events: what happens from a position on, as server-sent events, or as lines of JSON if those are accepted.
func (h *handler) events(r *http.Request, w http.ResponseWriter) error {
	s := stream{ResponseController: http.NewResponseController(w), w: w, lines: accepts(r, "application/x-ndjson")}
	select {
	case h.streams <- struct{}{}:
		defer func() { <-h.streams }()
	default:
		return refuse(http.StatusServiceUnavailable, "there are %d streams, and that is the most", maxStreams)
	}
	leave, err := h.enter()
	if err != nil {
		return err
	}
	now := h.current.get()
	leave()
	w.Header().Set("Content-Type", "text/event-stream")
	if s.lines {
		w.Header().Set("Content-Type", "application/x-ndjson")
	}
	w.Header().Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		return nil
	}
	at, ok := parsePosition(r.Header.Get("Last-Event-ID"))
	if ok {
		_, _, ok = h.feed.after(at.sequence)
	}
	if !ok || at.incarnation != now.state.Incarnation || at.sequence > max(h.feed.last(), now.state.Sequence) {
		at = position{now.state.Incarnation, now.state.Sequence}
		s.tell("reset", at)
	}
	s.follow(r.Context(), h.feed, at.sequence)
	return nil
}

// A stream is an answer that goes on.
type stream struct {
	*http.ResponseController
	w     http.ResponseWriter
	lines bool  // NDJSON
	err   error // of the first write that failed
}

// write writes what it can within a time.
func (s *stream) write(text []byte) {
	if s.err == nil {
		s.SetWriteDeadline(time.Now().Add(patience))
		_, s.err = s.w.Write(text)
	}
}

func (s *stream) flush() {
	if s.err == nil {
		s.err = s.Flush()
	}
}

// tell writes what is not an event of the tree: "reset", after which the state has to be asked for, and "end".
func (s *stream) tell(kind string, at position) {
	text := encoded(map[string]any{"incarnation": at.incarnation, "sequence": at.sequence})
	if s.lines {
		s.write(fmt.Appendf(nil, "{%q:%s}\n", kind, text))
	} else {
		s.write(fmt.Appendf(nil, "event: %s\nid: %s\ndata: %s\n\n", kind, at, text))
	}
	s.flush()
}

// follow writes what comes after a sequence, until there is no more, or the client is gone or too slow.
func (s *stream) follow(ctx context.Context, f *feed, sequence uint64) {
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	for dirty := false; s.err == nil; {
		frames, more, ok := f.after(sequence)
		for _, m := range frames {
			if s.lines {
				s.write(m.line())
			} else {
				s.write(m.text)
			}
			sequence = m.sequence
		}
		wait := heartbeat
		switch {
		case !ok:
			return // it comes back, and is reset
		case len(frames) > 0:
			dirty = true
			continue
		case dirty:
			s.flush()
			more, wait = nil, pace
		case more == nil:
			s.end("the tree has ended")
			return
		}
		timer.Reset(wait)
		select {
		case <-more:
		case <-timer.C:
			if !dirty {
				s.beat()
			}
		case <-ctx.Done():
			s.leave(ctx)
			return
		}
		dirty = false
	}
}

// beat says that the stream is alive.
func (s *stream) beat() {
	if s.lines {
		s.write([]byte("\n"))
	} else {
		s.write([]byte(":\n\n"))
	}
	s.flush()
}

// leave ends the stream of a request that has ended: if that is because the server is itself a child, and is asked to stop, the
// client is there and wants to know.
func (s *stream) leave(ctx context.Context) {
	if stop := (*runtime.StopError)(nil); errors.As(context.Cause(ctx), &stop) {
		s.end("the server of this stream is asked to stop")
	}
}

// end writes why there is no more.
func (s *stream) end(why string) {
	text := encoded(map[string]any{"why": why})
	if s.lines {
		s.write(fmt.Appendf(nil, "{\"end\":%s}\n", text))
	} else {
		s.write(fmt.Appendf(nil, "event: end\ndata: %s\n\n", text))
	}
	s.flush()
}
