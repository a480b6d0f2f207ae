package httpsup

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

// often is how often a tree is looked at, at the most, however many ask.
const often = 200 * time.Millisecond

// A snapshot is the tree at one moment. It is not changed.
type snapshot struct {
	whole    runtime.Snapshot
	state    runtime.TreeState // of a time at which the tree was so
	children []runtime.ChildState
	report   *runtime.Report // of one that stops: what has not come down
	taken    time.Time       // when the tree was looked at
	restarts int             // that count within a time, of all children
	encoded  func() parts
}

// parts are a snapshot as JSON, but for the tree as a whole, which has the time.
type parts struct {
	children [][]byte
	blocks   [][]byte  // of all of them
	report   [2][]byte // without the stacks of what is stuck, and with them; nil if there is none
}

// snapshots are those of one tree: one for each sequence, and five a second at the most.
type snapshots struct {
	tree *runtime.Tree

	mu    sync.Mutex // of who looks
	last  atomic.Pointer[snapshot]
	texts texts
}

// get is the tree as it is now, or was a moment ago: who comes while another looks at it does not wait.
func (s *snapshots) get() *snapshot {
	last := s.last.Load()
	younger := func(d time.Duration) bool { return last != nil && time.Since(last.state.Time) < d }
	if younger(often) {
		return last
	}
	if !s.mu.TryLock() {
		if younger(2 * often) {
			return last
		}
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	if last = s.last.Load(); younger(often) {
		return last
	}
	return s.renew()
}

// fresh is the tree as it is now, or later.
func (s *snapshots) fresh() *snapshot {
	began := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.last.Load()
	switch {
	case last == nil:
	case !last.state.Time.Before(began) || s.stands(last): // another has waited for it
		return last
	default:
		time.Sleep(often - time.Since(last.state.Time))
	}
	return s.renew()
}

// renew looks at the tree, if it has changed; else it is now as it was. Under the lock.
func (s *snapshots) renew() *snapshot {
	if last := s.last.Load(); last != nil && s.stands(last) {
		again := *last
		again.state.Time = time.Now()
		s.last.Store(&again)
		return &again
	}
	now := look(s.tree, &s.texts)
	s.last.Store(now)
	return now
}

// stands reports whether a snapshot is how the tree is. What counts within a time changes without an event: a second is what that may
// be late.
func (s *snapshots) stands(last *snapshot) bool {
	if last.restarts > 0 && time.Since(last.taken) >= time.Second {
		return false
	}
	seen, _ := bridge.Watch(s.tree, true)
	return seen.Sequence == last.state.Sequence && seen.Phase == last.state.Phase
}

// look takes a snapshot. What is encoded is in texts afterwards.
func look(t *runtime.Tree, all *texts) *snapshot {
	s := &snapshot{taken: time.Now(), whole: t.Snapshot()}
	s.state, s.children = s.whole.Tree(), s.whole.All()
	for i := range s.children {
		s.restarts += s.children[i].Restarts
	}
	if s.state.Phase >= runtime.TreeStopping {
		s.report = remaining(t.Report())
	}
	s.encoded = sync.OnceValue(func() parts { return s.encode(all) })
	return s
}

// remaining is what a report says of the children that have not come down.
func remaining(r runtime.Report) *runtime.Report {
	r.Children = slices.DeleteFunc(r.Children, func(c runtime.ChildReport) bool {
		return c.Outcome != runtime.StopRunning && c.Outcome != runtime.StopStuck && c.Unclean == nil
	})
	return &r
}

// texts are children as they were encoded last, by path: of ten thousand, few change from one look to the next.
type texts struct {
	mu     sync.Mutex
	of     map[string]text
	blocks []block
}

// A block is the texts of some children in their order, and those with commas between them: of three megabytes, a request writes
// some forty pieces, and not twenty thousand.
type block struct {
	of     [][]byte
	joined []byte
}

const perBlock = 256

type text struct {
	child *runtime.ChildState
	json  []byte
}

// encode encodes children, those that are not as they were the last time, each for itself and in blocks.
func (t *texts) encode(children []runtime.ChildState) (all, blocks [][]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.of) > 2*len(children) { // most are gone
		t.of = nil
	}
	if t.of == nil {
		t.of = make(map[string]text, len(children))
	}
	all = make([][]byte, len(children))
	for i := range children {
		c := &children[i]
		last, ok := t.of[c.Path]
		if !ok || !same(last.child, c) {
			last.json = encoded(c)
		}
		t.of[c.Path] = text{c, last.json}
		all[i] = last.json
	}
	alike := func(a, b []byte) bool { return &a[0] == &b[0] }
	for n := 0; n*perBlock < len(all); n++ {
		of := all[n*perBlock : min(len(all), (n+1)*perBlock)]
		if n == len(t.blocks) {
			t.blocks = append(t.blocks, block{})
		}
		if !slices.EqualFunc(of, t.blocks[n].of, alike) {
			t.blocks[n] = block{of, bytes.Join(of, comma)}
		}
		blocks = append(blocks, t.blocks[n].joined)
	}
	t.blocks = t.blocks[:len(blocks)]
	return all, blocks
}

// same reports whether a child is as it was: the last event about it says so, but for what it waits for, and what counts
// within a time.
func same(a, b *runtime.ChildState) bool {
	return a.Sequence == b.Sequence && a.Generation == b.Generation && a.Restarts == b.Restarts && a.Left == b.Left && a.Attempt == b.Attempt &&
		a.Waits == b.Waits && (a.Wait == nil) == (b.Wait == nil) && (a.Wait == nil || *a.Wait == *b.Wait)
}

func (s *snapshot) encode(all *texts) (e parts) {
	e.report = [2][]byte{s.reportOf("", false), s.reportOf("", true)}
	e.children, e.blocks = all.encode(s.children)
	return e
}

// reportOf is the report as JSON, of a bounded number of children at a path and below it; nil if there is none.
func (s *snapshot) reportOf(under string, stacks bool) []byte {
	if s.report == nil {
		return nil
	}
	const most = 100
	r := *s.report
	r.Children = []runtime.ChildReport{}
	for _, c := range s.report.Children {
		if _, in := level(c.Path, under); in && len(r.Children) < most {
			if !stacks {
				c.Stacks = ""
			}
			r.Children = append(r.Children, c)
		}
	}
	return encoded(r)
}

// treeOf is the tree as JSON, for those who read about a part of it: of the root, and of runs that are elsewhere, it says no more
// than a probe does.
func (s *snapshot) treeOf(under string) []byte {
	t, root := s.state, &s.state.Root
	t.Root = runtime.ChildState{Path: root.Path, ID: root.ID, Name: root.Name, Role: root.Role, Lifecycle: root.Lifecycle}
	t.Leaked = slices.DeleteFunc(slices.Clone(t.Leaked), func(run string) bool {
		_, in := level(run[:strings.LastIndexByte(run, '#')], under)
		return !in
	})
	return encoded(t)
}

// encoded is a value as JSON that can stand in a line, and in a page.
func encoded(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // all that is encoded here can be
	}
	return text
}

// part is the JSON of the children at a path and so many levels below it; depth -1 is all of them. It reports whether there are
// any. It is in pieces, which snapshots share: as many clients as there may be read slowly. Unless the path is the root's, it says
// nothing about other children; stacks are for those who were authorised.
func (s *snapshot) part(under string, depth int, stacks bool) (pieces iter.Seq[[]byte], ok bool) {
	in := func(i int) bool {
		below, ok := level(s.children[i].Path, under)
		return ok && (depth < 0 || below <= depth)
	}
	for i := 0; i < len(s.children) && !ok; i++ {
		ok = in(i)
	}
	e := s.encoded()
	report, children := e.report[0], e.children
	if under == "" && depth < 0 {
		children, in, ok = e.blocks, func(int) bool { return true }, true
	}
	if stacks {
		report = e.report[1]
	}
	var tree []byte
	if _, whole := level(s.state.Path, under); whole {
		tree = encoded(s.state)
	} else {
		tree, report = s.treeOf(under), s.reportOf(under, stacks)
	}
	return func(yield func([]byte) bool) {
		more := yield([]byte(`{"tree":`)) && yield(tree)
		if report != nil {
			more = more && yield([]byte(`,"report":`)) && yield(report)
		}
		more = more && yield([]byte(`,"children":[`))
		var between []byte
		for i, text := range children {
			if more && in(i) {
				more = yield(between) && yield(text)
				between = comma
			}
		}
		_ = more && yield([]byte("]}\n"))
	}, ok
}

var comma = []byte{','}

// position is the last event that the snapshot knows.
func (s *snapshot) position() position { return position{s.state.Incarnation, s.state.Sequence} }

// tag is what a snapshot is known by: its position, and how many restarts count, which time alone makes fewer.
func (s *snapshot) tag() string {
	if s.restarts > 0 {
		return s.position().String() + "-" + strconv.Itoa(s.restarts)
	}
	return s.position().String()
}

// level is how far below top a path is, if it is. A replica, and a dynamic child, is where its declaration is.
func level(path, top string) (below int, ok bool) {
	if top == "" {
		ok = true
	} else if path, ok = strings.CutPrefix(path, top); !ok || path != "" && path[0] != '.' && path[0] != '[' {
		return 0, false
	}
	declared, _, _ := strings.Cut(path, "[")
	return strings.Count(declared, "."), ok
}

// A position is an event of one tree among all trees.
type position struct {
	incarnation string
	sequence    uint64
}

func (p position) String() string { return p.incarnation + "." + strconv.FormatUint(p.sequence, 10) }

// parsePosition reads what String wrote.
func parsePosition(text string) (p position, ok bool) {
	incarnation, number, ok := strings.Cut(text, ".")
	if !ok || incarnation == "" || len(text) > 64 {
		return p, false
	}
	n, ok := parseNumber(number)
	return position{incarnation, n}, ok
}

// parseNumber reads a decimal number without a sign, as FormatUint writes it.
func parseNumber(text string) (n uint64, ok bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && strconv.FormatUint(n, 10) == text
}
