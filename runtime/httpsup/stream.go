package httpsup

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime"
)

// What a stream may take.
const (
	maxStreams = 2048
	heartbeat  = 15 * time.Second       // a comment, when there is nothing else
	pace       = 150 * time.Millisecond // from one write to the next, at the most: many events go in one
	patience   = 10 * time.Second       // for each write
	again      = time.Second            // from one reset to the next
)

// events answers /events: what happens from a position on, as server-sent events, or as lines of JSON if those are accepted.
func (h *handler) events(r *http.Request, w http.ResponseWriter) error {
	s := stream{ResponseController: http.NewResponseController(w), w: w, lines: accepts(r, "application/x-ndjson"), stacks: h.choice.authorises()}
	select {
	case h.streams <- struct{}{}:
		defer func() { <-h.streams }()
	default:
		return refuse(http.StatusServiceUnavailable, "there are %d streams, and that is the most", maxStreams)
	}
	now, err := h.now()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	if s.lines {
		w.Header().Set("Content-Type", "application/x-ndjson")
	}
	w.Header().Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		return nil
	}
	at, ok := parsePosition(r.Header.Get("Last-Event-ID"))
	last := max(h.feed.recent.Load().last(), now.state.Sequence)
	s.follow(r.Context(), h, at.sequence, ok && at.incarnation == now.state.Incarnation && at.sequence <= last)
	return nil
}

// A stream is an answer that goes on.
type stream struct {
	*http.ResponseController
	w      http.ResponseWriter
	lines  bool  // NDJSON
	stacks bool  // which its client may see
	err    error // of the first write that failed
}

// write writes texts at once, within a time.
func (s *stream) write(texts iter.Seq[[]byte]) {
	s.SetWriteDeadline(time.Now().Add(patience))
	for text := range texts {
		if _, s.err = s.w.Write(text); s.err != nil {
			return
		}
	}
	s.err = s.Flush()
}

func (s *stream) writef(format string, args ...any) {
	s.write(func(yield func([]byte) bool) { yield(fmt.Appendf(nil, format, args...)) })
}

// tell writes what is not an event of the tree: "reset", after which the state has to be asked for, and "end".
func (s *stream) tell(kind string, at position) {
	text := encoded(map[string]any{"incarnation": at.incarnation, "sequence": at.sequence})
	if s.lines {
		s.writef("{%q:%s}\n", kind, text)
	} else {
		s.writef("event: %s\nid: %s\ndata: %s\n\n", kind, at, text)
	}
}

// follow writes what comes after a sequence, until there is no more, or the client is gone or too slow. If the sequence is not
// known, or is too far behind, the stream is reset.
func (s *stream) follow(ctx context.Context, h *handler, sequence uint64, known bool) {
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	wait := func(more <-chan struct{}, d time.Duration) (timeout bool) {
		timer.Reset(d)
		select {
		case <-more:
		case <-timer.C:
			return true
		case <-ctx.Done():
		}
		return false
	}
	var reset time.Time
	for s.err == nil {
		if ctx.Err() != nil {
			s.leave(ctx)
			return
		}
		if !known {
			wait(nil, time.Until(reset.Add(again)))
			if h.alive.Err() != nil {
				return
			}
			at := h.current.fresh().position()
			s.tell("reset", at)
			sequence, known, reset = at.sequence, true, time.Now()
			continue
		}
		w := h.feed.recent.Load()
		frames, ok := w.after(sequence)
		switch {
		case !ok:
			known = false
		case len(frames) > 0:
			size := s.send(frames)
			if sequence = w.last(); w.more != nil && size < maxBehind/4 {
				wait(nil, pace/2+rand.N(pace/2))
			}
		case w.more == nil:
			s.end("the tree has ended")
			return
		case wait(w.more, heartbeat):
			s.beat()
		default: // not all streams write at once: a thousand of them would be in the way of everything else
			wait(nil, rand.N(pace/2))
		}
	}
}

// send writes events, and returns how many bytes they are.
func (s *stream) send(frames []frame) (size int) {
	s.write(func(yield func([]byte) bool) {
		for _, m := range frames {
			m = m.to(s.stacks)
			text := m.text
			if s.lines {
				text = m.line()
			}
			size += len(text)
			if !yield(text) {
				return
			}
		}
	})
	return size
}

// beat says that the stream is alive.
func (s *stream) beat() {
	if s.lines {
		s.writef("\n")
	} else {
		s.writef(":\n\n")
	}
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
		s.writef("{\"end\":%s}\n", text)
	} else {
		s.writef("event: end\ndata: %s\n\n", text)
	}
}
