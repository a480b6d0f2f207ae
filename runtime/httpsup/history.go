package httpsup

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
)

// A checkpoint is taken every so many events.
const perChunk = 4096

// A history keeps events and checkpoints, the oldest of which go when they are too many bytes: a state of the past is a
// checkpoint and what happened since. All but the last events are packed, which keeps of a text that repeats (a stack) one.
// The feed's lock guards it.
type history struct {
	budget, size int
	chunks       []*chunk // the last one grows
	checkpoints  []checkpoint
	gaps         []gap // events that were lost
	packing      bool
	pack         func() // starts a packer; a history without one packs nothing
}

// A chunk is events in their order.
type chunk struct {
	after  uint64 // the sequence before its first event
	frames []frame
	packed []byte // the same, JSON line by line; nil until it is
	size   int
}

// A checkpoint is the state at a sequence, as /state answers it, packed.
type checkpoint struct {
	sequence uint64
	packed   []byte
}

// A gap is events that were lost: from is the first, to the last.
type gap struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// add adds an event.
func (h *history) add(m frame) {
	c := h.chunks[len(h.chunks)-1]
	c.frames = append(c.frames, m)
	c.size += len(m.json)
	h.size += len(m.json)
	if m.lost > 0 {
		h.gaps = append(h.gaps, gap{m.sequence - m.lost + 1, m.sequence})
	}
	if len(c.frames) >= perChunk || c.size > h.budget/4 || m.lost > 0 {
		h.chunks = append(h.chunks, &chunk{after: m.sequence})
		if !h.packing {
			h.packing = true
			h.pack()
		}
	}
	h.trim()
}

// trim lets go of the oldest.
func (h *history) trim() {
	for h.size > h.budget && len(h.chunks) > 1 {
		h.size -= h.chunks[0].size
		h.chunks = slices.Delete(h.chunks, 0, 1)
	}
	oldest := h.chunks[0].after
	h.checkpoints = slices.DeleteFunc(h.checkpoints, func(c checkpoint) bool {
		if c.sequence < oldest {
			h.size -= len(c.packed)
		}
		return c.sequence < oldest
	})
	h.gaps = slices.DeleteFunc(h.gaps, func(g gap) bool { return g.To <= oldest })
}

// packChunks takes a checkpoint and packs what is full, until nothing is left to do. It is a goroutine of its own: the reader
// of the events is not to wait for it.
func (f *feed) packChunks() {
	for more := true; more; {
		c := checkpointOf(look(f.tree, &f.current.texts))
		f.mu.Lock()
		f.past.keep(c)
		full := f.past.full()
		f.mu.Unlock()
		for _, c := range full {
			f.pack(c)
		}
		time.Sleep(often) // a storm fills them faster
		f.mu.Lock()
		more = len(f.past.full()) > 0
		f.past.packing = more
		f.mu.Unlock()
	}
}

// full are the chunks that can be packed.
func (h *history) full() (full []*chunk) {
	for _, c := range h.chunks[:len(h.chunks)-1] {
		if c.packed == nil {
			full = append(full, c)
		}
	}
	return full
}

// pack packs a full chunk.
func (f *feed) pack(c *chunk) {
	var lines bytes.Buffer
	for _, m := range c.frames { // which do not change any more
		lines.Write(m.line())
	}
	packed := pack(lines.Bytes())
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.past.chunks, c) {
		f.past.size += len(packed) - c.size
	}
	c.packed, c.frames, c.size = packed, nil, len(packed)
}

// checkpointOf is a snapshot to keep.
func checkpointOf(s *snapshot) checkpoint {
	pieces, _ := s.part("", -1, false)
	return checkpoint{s.state.Sequence, pack(bytes.Join(slices.Collect(pieces), nil))}
}

// keep keeps a checkpoint, unless there is one as late.
func (h *history) keep(c checkpoint) {
	if n := len(h.checkpoints); n > 0 && h.checkpoints[n-1].sequence >= c.sequence {
		return
	}
	h.checkpoints = append(h.checkpoints, c)
	h.size += len(c.packed)
	h.trim()
}

func pack(text []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed)
	w.Write(text)
	w.Close()
	return b.Bytes()
}

func unpack(packed []byte) []byte {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		panic(err) // it was packed here
	}
	return text
}

// A moment is the answer to /history?at=.
type moment struct {
	At       uint64               `json:"at"`
	Known    bool                 `json:"known"`
	Why      string               `json:"why,omitempty"` // it is not
	Tree     *runtime.TreeState   `json:"tree,omitempty"`
	Children []runtime.ChildState `json:"children,omitempty"`
}

// pastEvents answers /history: what of the past is known; ?at= the state after an event; ?from= events.
func (h *handler) pastEvents(r *http.Request, w http.ResponseWriter) error {
	body, err := h.past(r)
	if err != nil {
		return err
	}
	return answer(w, body)
}

// past is the answer to a question about the past. Few are worked out at once.
func (h *handler) past(r *http.Request) (body []byte, err error) {
	query := r.URL.Query()
	now, err := h.now()
	if err != nil {
		return nil, err
	}
	select {
	case h.replays <- struct{}{}:
		defer func() { <-h.replays }()
	case <-r.Context().Done():
		return nil, refuse(http.StatusServiceUnavailable, "others look at the past: ask again")
	}
	number := func(name string) (uint64, error) {
		n, ok := parseNumber(query.Get(name))
		if !ok {
			return 0, refuse(http.StatusBadRequest, "%s is the sequence of an event, a number", name)
		}
		return n, nil
	}
	switch {
	case query.Has("at"):
		at, err := number("at")
		if err != nil {
			return nil, err
		}
		return encoded(h.feed.stateAt(at)), nil
	case query.Has("from"):
		from, err := number("from")
		if err != nil {
			return nil, err
		}
		return h.feed.from(from, h.choice.authorises()), nil
	}
	return encoded(h.feed.bounds(now.state.Incarnation)), nil
}

// bounds are what of the past is known.
type bounds struct {
	Incarnation string  `json:"incarnation"`
	First       uint64  `json:"first"`             // the first event that is kept
	Horizon     *uint64 `json:"horizon,omitempty"` // the first sequence whose state is known
	Last        uint64  `json:"last"`
	Gaps        []gap   `json:"gaps,omitempty"` // events that were lost
}

func (f *feed) bounds(incarnation string) bounds {
	last := f.recent.Load().last()
	f.mu.Lock()
	defer f.mu.Unlock()
	b := bounds{Incarnation: incarnation, First: f.past.chunks[0].after + 1, Last: last, Gaps: slices.Clone(f.past.gaps)}
	if len(f.past.checkpoints) > 0 {
		b.Horizon = &f.past.checkpoints[0].sequence
	}
	return b
}

// from is a page of events as JSON, and where the next page begins.
func (f *feed) from(sequence uint64, stacks bool) []byte {
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	n := 0
	for m := range f.between(max(sequence, 1)-1, ^uint64(0)) {
		if n == perChunk || b.Len() > maxBehind {
			break
		}
		if n++; n > 1 {
			b.WriteByte(',')
		}
		b.Write(m.to(stacks).json)
		sequence = m.sequence + 1
	}
	b.WriteString(`],"next":` + strconv.FormatUint(sequence, 10) + "}\n")
	return b.Bytes()
}

// between yields the events after one sequence up to another, those of a chunk at a time.
func (f *feed) between(after, to uint64) iter.Seq[frame] {
	return func(yield func(frame) bool) {
		f.mu.Lock()
		var chunks []chunk
		for i, c := range f.past.chunks {
			if i+1 < len(f.past.chunks) && f.past.chunks[i+1].after <= after || c.after >= to {
				continue
			}
			chunks = append(chunks, *c) // whose frames are not changed, but more may come behind them
		}
		f.mu.Unlock()
		for _, c := range chunks {
			frames := c.frames
			if c.packed != nil {
				frames = unpackFrames(c.packed)
			}
			for _, m := range frames {
				if m.sequence > to {
					return
				}
				if m.sequence > after && !yield(m) {
					return
				}
			}
		}
	}
}

// unpackFrames are the events of a packed chunk.
func unpackFrames(packed []byte) (frames []frame) {
	for line := range bytes.Lines(unpack(packed)) {
		var head struct {
			Sequence, Lost uint64
			Stacks         string
		}
		if err := json.Unmarshal(line, &head); err != nil {
			panic(err)
		}
		m := frame{sequence: head.Sequence, lost: head.Lost, json: line[:len(line)-1]}
		if head.Stacks != "" {
			e, err := m.decode()
			if err != nil {
				panic(err)
			}
			m.open = newFrame("", &e).open
		}
		frames = append(frames, m)
	}
	return frames
}

// stateAt is the state after an event.
func (f *feed) stateAt(at uint64) moment {
	if at > f.recent.Load().last() {
		return moment{At: at, Why: "it has not happened yet"}
	}
	f.mu.Lock()
	var from *checkpoint
	for i := range f.past.checkpoints {
		if c := f.past.checkpoints[i]; c.sequence <= at {
			from = &c
		}
	}
	missed := slices.ContainsFunc(f.past.gaps, func(g gap) bool { return from != nil && g.From <= at && g.To > from.sequence })
	f.mu.Unlock()
	switch {
	case missed:
		return moment{At: at, Why: "events before it were lost"}
	case from == nil:
		return moment{At: at, Why: "it is before the horizon: what was known of it is forgotten"}
	}
	p := replay{of: f.follower}
	if err := json.Unmarshal(unpack(from.packed), &p.state); err != nil {
		panic(err)
	}
	p.index()
	for m := range f.between(from.sequence, at) {
		e, err := m.decode()
		if err != nil {
			panic(err)
		}
		p.apply(&e)
	}
	return p.moment(at)
}

// A replay is a checkpoint on its way to a later event.
type replay struct {
	of    *follower
	state struct {
		Tree     runtime.TreeState
		Children []runtime.ChildState
	}
	at map[string]int // by path, of those that are there
}

func (p *replay) index() {
	p.at = make(map[string]int)
	for i, c := range p.state.Children {
		p.at[c.Path] = i
	}
}

// apply brings the state up to the next event.
func (p *replay) apply(e *runtime.Event) {
	tree := &p.state.Tree
	tree.Phase, tree.Sequence, tree.Time = e.Phase, e.Sequence, e.Time
	run := fmt.Sprintf("%s#%d", e.Path, e.Run)
	if e.Cleanup {
		run += " cleanup"
	}
	switch e.Kind {
	case runtime.EventStuck:
		tree.Leaked = append(tree.Leaked, run)
	case runtime.EventReturned:
		if i := slices.Index(tree.Leaked, run); i >= 0 {
			tree.Leaked = slices.Delete(tree.Leaked, i, i+1)
		}
	case runtime.EventAdded:
		if id := p.of.declared(e.Path); id >= 0 {
			p.at[e.Path] = len(p.state.Children)
			p.state.Children = append(p.state.Children, p.of.added(runtime.ID(id), e.Path))
		}
	}
	i, ok := p.at[e.Path]
	if !ok {
		return // of the tree as a whole, or of a child that is gone
	}
	c := &p.state.Children[i]
	c.Apply(*e)
	c.Left = max(0, p.of.rows[c.ID].Limit.N-c.Restarts)
	if e.Kind == runtime.EventRemoved {
		delete(p.at, e.Path)
	}
}

// added is a dynamic child before its first event.
func (f *follower) added(id runtime.ID, path string) runtime.ChildState {
	row := &f.rows[id]
	s := runtime.NewChildState(path, id, row.Name, row.Ready == runtime.Ready{})
	s.Role, s.Parent, s.Tags = row.Role, f.paths[row.Parent], row.Tags
	_, key, _ := strings.Cut(path, "[")
	key = strings.TrimPrefix(strings.TrimSuffix(key, "]"), "#")
	if text, err := strconv.Unquote(key); err == nil {
		key = text
	}
	s.Key = key
	return s
}

// moment is the state that was reached: what depends on the time, or on others alone, it does not say.
func (p *replay) moment(at uint64) moment {
	var children []runtime.ChildState
	for i, c := range p.state.Children {
		if j, ok := p.at[c.Path]; !ok || j != i {
			continue
		}
		c.Waits, c.Wait = "", nil
		children = append(children, c)
	}
	slices.SortStableFunc(children, func(a, b runtime.ChildState) int { return int(a.ID) - int(b.ID) })
	tree := p.state.Tree
	tree.Root = children[0]
	tree.Ready = tree.Root.Lifecycle == runtime.LifecycleReady && tree.Phase != runtime.TreeEnded
	return moment{At: at, Known: true, Tree: &tree, Children: children}
}
