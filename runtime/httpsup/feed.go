package httpsup

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/supgen/supgen/runtime"
)

// maxBehind is how many bytes of events a stream may be behind before it is cut.
const maxBehind = 1 << 20

// A frame is an event, encoded once for all streams and for the history: "id: INCARNATION.SEQUENCE\ndata: JSON\n\n".
type frame struct {
	sequence uint64 // of the event; of one that tells of lost events, of the last of them
	lost     uint64 // how many events it says were lost
	text     []byte
	json     []byte // within the text
}

// line is the event as a line of NDJSON.
func (f frame) line() []byte { return f.text[len(f.text)-len(f.json)-2 : len(f.text)-1] }

// A feed follows the events of a tree, as the one reader of all streams of a handler.
type feed struct {
	mu    sync.Mutex
	more  chan struct{} // closed when there is more, or the end
	ended bool
	tail  []frame // the last maxBehind bytes
	size  int
	floor uint64 // the last sequence that is not in the tail any more
	past  history

	commands map[runtime.Verb]uint64
	lost     uint64
}

// newFeed makes the feed of a handler. Its history begins with the tree as it is.
func newFeed(h *handler) *feed {
	now := h.current.get()
	f := &feed{more: make(chan struct{}), floor: now.state.Sequence, commands: make(map[runtime.Verb]uint64)}
	f.past = history{budget: h.history, chunks: []*chunk{{after: f.floor}}, pack: func() { go h.packChunks() }}
	f.past.keep(checkpointOf(now))
	return f
}

// follow reads the events of a tree until it has ended, or ctx does.
func (f *feed) follow(ctx context.Context, t *runtime.Tree, incarnation string) {
	for e := range t.EventsFrom(ctx, f.floor+1) {
		text := encoded(&e)
		m := frame{sequence: e.Sequence, lost: e.Lost}
		m.text = slices.Concat([]byte("id: "+position{incarnation, e.Sequence}.String()+"\ndata: "), text, []byte("\n\n"))
		m.json = m.text[len(m.text)-len(text)-2 : len(m.text)-2]
		f.add(m, &e)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	close(f.more)
}

// add hands an event to all streams.
func (f *feed) add(m frame, e *runtime.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tail = append(f.tail, m)
	f.size += len(m.text)
	drop := 0
	for ; f.size > maxBehind && drop < len(f.tail)-1; drop++ {
		f.size -= len(f.tail[drop].text)
		f.floor = f.tail[drop].sequence
	}
	clear(f.tail[:drop])
	f.tail = f.tail[drop:]
	f.lost += e.Lost
	if e.Audit != nil && e.Kind == runtime.EventCommand {
		f.commands[e.Audit.Verb]++
	}
	f.past.add(m)
	close(f.more)
	f.more = make(chan struct{})
}

// after are the events after a sequence, not too many at once. Without one, more is closed when there is; it is nil when
// there will be none. It is not ok if the sequence is too far behind.
func (f *feed) after(sequence uint64) (frames []frame, more <-chan struct{}, ok bool) {
	const most = 256
	f.mu.Lock()
	defer f.mu.Unlock()
	if sequence < f.floor {
		return nil, nil, false
	}
	at, _ := slices.BinarySearchFunc(f.tail, sequence+1, func(m frame, s uint64) int {
		switch {
		case m.sequence < s:
			return -1
		case m.sequence > s:
			return 1
		}
		return 0
	})
	frames = slices.Clone(f.tail[at:min(len(f.tail), at+most)])
	if len(frames) == 0 && !f.ended {
		more = f.more
	}
	return frames, more, true
}

// last is the sequence of the last event that was read.
func (f *feed) last() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.tail) == 0 {
		return f.floor
	}
	return f.tail[len(f.tail)-1].sequence
}

// decode reads the event of a frame.
func (f frame) decode() (e runtime.Event, err error) {
	err = json.Unmarshal(f.json, &e)
	return e, err
}
