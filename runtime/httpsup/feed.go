package httpsup

import (
	"cmp"
	"context"
	"encoding/json"
	stdruntime "runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/supgen/supgen/runtime"
)

// maxBehind is how many bytes of events a stream may be behind before it is reset.
const maxBehind = 1 << 20

// A frame is an event, encoded once for all streams and for the history: "id: INCARNATION.SEQUENCE\ndata: JSON\n\n".
type frame struct {
	sequence uint64 // of the event; of one that tells of lost events, of the last of them
	lost     uint64 // how many events it says were lost
	text     []byte
	json     []byte // within the text
	open     *frame // without stacks, if it has some: for those who were not authorised
}

// newFrame encodes an event.
func newFrame(incarnation string, e *runtime.Event) frame {
	text := encoded(e)
	m := frame{sequence: e.Sequence, lost: e.Lost}
	m.text = slices.Concat([]byte("id: "+position{incarnation, e.Sequence}.String()+"\ndata: "), text, []byte("\n\n"))
	m.json = m.text[len(m.text)-len(text)-2 : len(m.text)-2]
	if e.Stacks != "" {
		open := *e
		open.Stacks = ""
		m.open = new(newFrame(incarnation, &open))
	}
	return m
}

// to is the frame for those who may see stacks, or may not.
func (f frame) to(stacks bool) frame {
	if f.open != nil && !stacks {
		return *f.open
	}
	return f
}

// line is the event as a line of NDJSON.
func (f frame) line() []byte { return f.text[len(f.text)-len(f.json)-2 : len(f.text)-1] }

// A feed follows the events of a tree, as the one reader of all streams of the handlers that have it.
type feed struct {
	*follower
	recent atomic.Pointer[window] // what streams read: a thousand of them that take turns at a lock keep all processors busy

	mu   sync.Mutex // of what follows
	past history

	commands map[runtime.Verb]uint64
	lost     uint64
}

// A window is the last events of a feed, maxBehind bytes of them. It is not changed: the next event makes another.
type window struct {
	frames []frame
	size   int
	floor  uint64        // the last sequence before them
	more   chan struct{} // closed when there is another; nil if there will be none
}

// last is the sequence of the last event that was read.
func (w *window) last() uint64 {
	if len(w.frames) == 0 {
		return w.floor
	}
	return w.frames[len(w.frames)-1].sequence
}

// after are the events after a sequence. It is not ok if that is too far behind.
func (w *window) after(sequence uint64) (frames []frame, ok bool) {
	at, _ := slices.BinarySearchFunc(w.frames, sequence+1, func(m frame, s uint64) int { return cmp.Compare(m.sequence, s) })
	return w.frames[at:], sequence >= w.floor
}

// push is the window after another event.
func (w *window) push(m frame) *window {
	next := &window{frames: append(w.frames, m), size: w.size + len(m.text), floor: w.floor, more: make(chan struct{})}
	for next.size > maxBehind && len(next.frames) > 1 {
		next.size -= len(next.frames[0].text)
		next.floor = next.frames[0].sequence
		next.frames = next.frames[1:]
	}
	return next
}

// newFeed makes a feed that keeps so many bytes of the past. Its history begins with the tree as it is.
func newFeed(of *follower, keep int) *feed {
	now := of.current.get()
	f := &feed{follower: of, commands: make(map[runtime.Verb]uint64)}
	f.recent.Store(&window{floor: now.state.Sequence, more: make(chan struct{})})
	f.past = history{budget: keep, chunks: []*chunk{{after: now.state.Sequence}}, pack: func() { go f.packChunks() }}
	f.past.keep(checkpointOf(now))
	return f
}

// follow reads the events of the tree until it has ended.
func (f *feed) follow() {
	incarnation := f.current.get().state.Incarnation
	for e := range f.tree.EventsFrom(context.Background(), f.recent.Load().floor+1) {
		stdruntime.Gosched() // what the event has made ready to run goes first
		f.add(newFrame(incarnation, &e), &e)
	}
	w := *f.recent.Load()
	over := w.more
	w.more = nil
	f.recent.Store(&w)
	close(over)
}

// add hands an event to all streams, and to the history.
func (f *feed) add(m frame, e *runtime.Event) {
	f.mu.Lock()
	f.lost += e.Lost
	if e.Audit != nil && e.Kind == runtime.EventCommand {
		f.commands[e.Audit.Verb]++
	}
	f.past.add(m)
	f.mu.Unlock()
	w := f.recent.Load()
	f.recent.Store(w.push(m))
	close(w.more)
}

// decode reads the event of a frame.
func (f frame) decode() (e runtime.Event, err error) {
	err = json.Unmarshal(f.json, &e)
	return e, err
}
