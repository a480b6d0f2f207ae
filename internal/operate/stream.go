package operate

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// A Position is an event of one tree among all trees.
type Position struct {
	Incarnation string `json:"incarnation"`
	Sequence    uint64 `json:"sequence"`
}

// A Message is one thing that a stream of events tells: an event, or one of the others.
type Message struct {
	Raw
	Live  bool          // the connection is there, at first and after each Err
	Reset *Position     // events before it were missed, or the tree is another one: ask for the state
	End   string        // why there will be no more
	Err   error         // the connection is lost
	Retry time.Duration // until the next try, with Err
}

// What a stream may take.
const (
	maxLine     = 8 << 20          // an event with the stacks of all that is stuck
	silence     = 45 * time.Second // the server says something every 15
	firstRetry  = 500 * time.Millisecond
	slowestTry  = 10 * time.Second
	longestText = 256 // of an incarnation
)

// Follow yields what happens after a position, until ctx ends or the loop does. It connects again when the connection is lost, and
// goes on where it was. From the zero position on, it begins with a Reset.
func (c *Client) Follow(ctx context.Context, at Position) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for retry := firstRetry; ; {
			more := true
			err := c.stream(ctx, at, func(m Message) bool {
				retry = firstRetry
				switch {
				case m.Reset != nil:
					at = *m.Reset
				case m.End == "" && !m.Live:
					at.Sequence = m.Event.Sequence
				}
				more = yield(m)
				return more
			})
			if !more || ctx.Err() != nil {
				return
			}
			if !yield(Message{Err: err, Retry: retry}) {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(retry):
			}
			retry = min(2*retry, slowestTry)
		}
	}
}

// stream yields what one connection tells. It ends with why there is no more.
func (c *Client) stream(ctx context.Context, at Position, yield func(Message) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(silence, func() { cancel(fmt.Errorf("%s: nothing was heard for %v", c.addr, silence)) })
	defer silent.Stop()
	header := http.Header{"Accept": {"application/x-ndjson"}}
	if at.Incarnation != "" {
		header.Set("Last-Event-ID", at.Incarnation+"."+strconv.FormatUint(at.Sequence, 10))
	}
	answer, err := c.do(ctx, http.MethodGet, "events", nil, header)
	if err == nil {
		defer answer.Body.Close()
		if !yield(Message{Live: true}) {
			return nil
		}
		err = readLines(heard{answer.Body, silent}, yield)
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("%s: the connection was closed", c.addr)
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return err
}

// heard is what is read of a stream. Each part puts off when it counts as silent.
type heard struct {
	io.Reader
	silent *time.Timer
}

func (h heard) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if n > 0 {
		h.silent.Reset(silence)
	}
	return n, err
}

// readLines yields the messages of a stream of JSON lines, until it or the loop ends. Empty lines say that the stream is alive.
func readLines(r io.Reader, yield func(Message) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		m, err := parseLine(lines.Bytes())
		if err != nil {
			return err
		}
		if len(lines.Bytes()) > 0 && !yield(m) {
			return nil
		}
	}
	return lines.Err()
}

// parseLine reads a line of a stream.
func parseLine(line []byte) (m Message, err error) {
	if len(line) == 0 {
		return m, nil
	}
	var other struct {
		Reset *Position `json:"reset"`
		End   *struct {
			Why string `json:"why"`
		} `json:"end"`
	}
	if err := decode(line, &other); err != nil {
		return m, err
	}
	switch {
	case other.Reset != nil:
		if len(other.Reset.Incarnation) > longestText {
			return m, errors.New("the answer cannot be read: an incarnation is too long")
		}
		return Message{Reset: other.Reset}, nil
	case other.End != nil:
		return Message{End: cmp.Or(other.End.Why, "the stream has ended")}, nil
	}
	m.JSON = append(json.RawMessage(nil), line...)
	return m, decode(line, &m.Event)
}
