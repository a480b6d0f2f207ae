package httpsup

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
)

// at asks for the state after an event.
func at(t *testing.T, h *handler, sequence uint64) (m moment) {
	t.Helper()
	w := get(h, fmt.Sprint("/history?at=", sequence))
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Code != 200 || m.At != sequence {
		t.Fatalf("/history?at=%d is answered %d with %.200s (%v)", sequence, w.Code, w.Body, err)
	}
	return m
}

// then is a state without what depends on others, or on the time alone, as JSON has it.
func then(t *testing.T, state runtime.TreeState, children []runtime.ChildState) (m moment) {
	t.Helper()
	state.Time, state.Root, state.Ready = time.Time{}, runtime.ChildState{}, false
	m = moment{Tree: &state}
	for _, c := range children {
		c.Waits, c.Wait, c.Restarts, c.Left = "", nil, 0, 0
		m.Children = append(m.Children, c)
	}
	text := encoded(m)
	m = moment{}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// A state of the past is what a snapshot of that moment said, whatever happened, in a chunk that is packed or not.
func TestHistory(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var a *app
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen(), History(2<<20)).(*handler)
		verbs := []runtime.Verb{runtime.VerbRestart, runtime.VerbRestart, runtime.VerbResume, runtime.VerbRelease, runtime.VerbStart, runtime.VerbPause, runtime.VerbResume, runtime.VerbQuarantine, runtime.VerbRelease, runtime.VerbStop, runtime.VerbStart, runtime.VerbRemove}
		paths := []string{"Shop", "Shop.DB", "Shop.DB", "Shop.HTTP[0]", "Shop.HTTP[1]", "Shop.Migrate", "Shop.Mail", `Shop.Conn["1"]`, `Shop.Conn["]"]`}
		var moments []moment
		for range 700 {
			switch random.IntN(6) {
			case 0:
				tree.Start(t.Context(), conns, runtime.Key([]string{"1", "]"}[random.IntN(2)]), nil)
			case 1:
				select {
				case a.ready <- struct{}{}:
				default:
				}
			case 2:
				select {
				case a.fail <- []error{errLost, runtime.ExternalDependency(errors.New("away")), errors.New(randomText(1<<14, uint64(random.IntN(1000))))}[random.IntN(3)]:
				case <-time.After(time.Millisecond):
				}
			default:
				tree.Command(paths[random.IntN(len(paths))], verbs[random.IntN(len(verbs))], "ada", "a test")
			}
			time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond)
			synctest.Wait()
			s := tree.Snapshot()
			moments = append(moments, then(t, s.Tree(), s.All()))
		}
		time.Sleep(time.Minute)
		h.feed.mu.Lock()
		if first := h.feed.past.chunks[0]; first.packed == nil {
			t.Errorf("of the %d events, nothing was packed", len(first.frames))
		}
		h.feed.mu.Unlock()
		for i, want := range moments {
			if i%25 > 0 {
				continue
			}
			m := at(t, h, want.Tree.Sequence)
			if !m.Known {
				t.Fatalf("the state after %d is not known: %s", want.Tree.Sequence, m.Why)
			}
			if diff := cmp.Diff(encodedText(want), encodedText(then(t, *m.Tree, m.Children))); diff != "" {
				t.Fatalf("the state after %d is not what it was:\n%s", want.Tree.Sequence, diff)
			}
		}
	})
}

// What depends on others, or on the time, a state of the past does not say.
func TestHistoryOfRestarts(t *testing.T) {
	var a *app
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		a.ready <- struct{}{}
		synctest.Wait()
		ready := tree.Snapshot().Tree().Sequence
		a.fail <- errLost
		synctest.Wait()
		sequence := tree.Snapshot().Tree().Sequence
		time.Sleep(time.Hour)
		m := at(t, h, sequence)
		db, http := m.Children[1], m.Children[2]
		if db.Restarts != 1 || db.Left != 9 || http.Waits != "" || http.Wait != nil {
			t.Errorf("it was %+v and %+v", db, http)
		}
		if m = at(t, h, ready); m.Tree.Root.Lifecycle != runtime.LifecycleReady || !m.Tree.Ready || m.Tree.Phase != runtime.TreeRunning {
			t.Errorf("the tree was %+v", m.Tree)
		}
	})
}

// encodedText is a value as JSON, a field to a line.
func encodedText(v any) string { return strings.ReplaceAll(string(encoded(v)), `,"`, "\n\"") }

// What is before the horizon is unknown, and so is what is not bridged: the state after events that were lost.
func TestHorizon(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		first := tree.Snapshot().Tree().Sequence
		h := Handler(tree, ReadOpen(), History(1<<18)).(*handler)
		if m := at(t, h, first); !m.Known {
			t.Errorf("the state at the beginning is not known: %s", m.Why)
		}
		if m := at(t, h, first+1); m.Known || m.Why != "it has not happened yet" {
			t.Errorf("the future is %+v", m)
		}
		for i := range 60 {
			tree.Handle("Shop.HTTP").Restart("ada", randomText(30<<10, uint64(i)))
			time.Sleep(time.Second)
		}
		if m := at(t, h, first); m.Known || !strings.Contains(m.Why, "horizon") {
			t.Errorf("what is long ago is %+v", m)
		}
		var b bounds
		if err := json.Unmarshal(get(h, "/history").Body.Bytes(), &b); err != nil || b.Horizon == nil || *b.Horizon <= first || b.First <= first || b.Last != tree.Snapshot().Tree().Sequence {
			t.Errorf("the bounds are %+v (%v)", b, err)
		}
		for _, sequence := range []uint64{*b.Horizon, *b.Horizon + 1, b.Last} {
			if m := at(t, h, sequence); !m.Known {
				t.Errorf("the state after %d is not known: %s", sequence, m.Why)
			}
		}
		h.feed.mu.Lock()
		defer h.feed.mu.Unlock()
		held := 0
		for _, c := range h.feed.past.chunks {
			held += c.size
		}
		for _, c := range h.feed.past.checkpoints {
			held += len(c.packed)
		}
		if size := h.feed.past.size; size != held || size > 1<<18+100<<10 {
			t.Errorf("it says that it keeps %d bytes, and keeps %d", size, held)
		}
	})
}

// randomText does not become smaller when it is packed.
func randomText(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + r.IntN(90))
	}
	return string(b)
}

// A text that comes again and again costs little.
func TestHistoryShares(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		why := randomText(3000, 1)
		for range 6000 {
			tree.Handle("Shop.HTTP").Restart("ada", why)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		h.feed.mu.Lock()
		defer h.feed.mu.Unlock()
		if size := h.feed.past.chunks[0].size; size > 1<<20 {
			t.Errorf("4,096 events with a thousand times the same 3 kB are %d bytes", size)
		}
	})
}

// Events that were lost are a gap: the state after them is unknown until a new checkpoint was taken.
func TestGap(t *testing.T) {
	tree := runtime.New([]runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "HTTP", Role: runtime.Service, Start: until},
		{Name: "Conn", Role: runtime.Worker, Dynamic: true, Max: 10000, Start: until}}, runtime.WithEvents(16))
	run(t, func() *runtime.Tree { return tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		c := connect(h)
		synctest.Wait()
		before := tree.Snapshot().Tree().Sequence
		h.feed.mu.Lock() // a reader that is too slow
		tree.Handle("Shop.HTTP").Pause("ada", "a test")
		for i := range 100 {
			tree.Start(t.Context(), 2, runtime.Key(i), nil)
		}
		h.feed.mu.Unlock()
		time.Sleep(time.Minute)
		var b bounds
		json.Unmarshal(get(h, "/history").Body.Bytes(), &b)
		known, lost := map[uint64]bool{before: true, b.Last: true}, uint64(0)
		for _, g := range b.Gaps {
			known[g.From] = false
			lost += g.To - g.From + 1
		}
		if lost < 50 || lost > b.Last-before {
			t.Errorf("the gaps are %+v", b.Gaps)
		}
		if !strings.Contains(c.read(), `"lost":`) {
			t.Error("a stream does not say that events were lost")
		}
		for sequence, known := range known {
			if m := at(t, h, sequence); m.Known != known {
				t.Errorf("known after %d: %t (%s)", sequence, m.Known, m.Why)
			}
		}
		if m := at(t, h, b.Last); len(m.Children) != 102 {
			t.Errorf("at the end there are %d children", len(m.Children))
		}
		want(t, get(h, "/metrics"), 200, fmt.Sprintf("supgen_events_lost_total %d\n", lost))
	})
}

// Events are read page by page, each once.
func TestHistoryPages(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		first := h.feed.recent.Load().floor + 1
		for range 2000 {
			tree.Handle("Shop.HTTP").Restart("ada", "a test")
			synctest.Wait()
		}
		time.Sleep(time.Second)
		next, pages := uint64(0), 0
		for expected := first; ; pages++ {
			var page struct {
				Events []runtime.Event
				Next   uint64
			}
			w := get(h, fmt.Sprint("/history?from=", next))
			if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Body.Len() > maxBehind+1<<10 {
				t.Fatalf("a page of %d bytes (%v)", w.Body.Len(), err)
			}
			for _, e := range page.Events {
				if e.Sequence != expected {
					t.Fatalf("after %d comes %d", expected-1, e.Sequence)
				}
				expected++
			}
			if next = page.Next; len(page.Events) == 0 {
				if expected != h.feed.recent.Load().last()+1 {
					t.Errorf("it ends with %d of %d", expected-1, h.feed.recent.Load().last())
				}
				break
			}
		}
		if pages < 2 {
			t.Errorf("it was %d pages", pages)
		}
		for _, query := range []string{"at=", "at=-1", "at=x", "from=1.5", "from=18446744073709551616", "at=0x1", "from=" + strings.Repeat("9", 100)} {
			want(t, get(h, "/history?"+query), 400, "the sequence of an event")
		}
		want(t, get(h, "/history?from=18446744073709551615"), 200, `{"events":[],"next":18446744073709551615}`)
		want(t, get(h, "/history?at=18446744073709551615"), 200, "not happened")
	})
}

func FuzzQuery(f *testing.F) {
	tree := quiet()
	h := Handler(tree, ReadOpen())
	for _, path := range []string{"state", "history", "statements", "readyz"} {
		f.Add(path, "under=Shop&depth=1", "0123456789abcdef.7")
		f.Add(path, "at=1&from=2", "x.18446744073709551615")
		f.Add(path, "path=Shop.HTTP&child=Shop", ".")
	}
	f.Fuzz(func(t *testing.T, path, query, id string) {
		if p, ok := parsePosition(id); ok && p.String() != id {
			t.Errorf("%q is read as %q", id, p)
		}
		if path == "events" || strings.ContainsAny(path, "?#% ") {
			return
		}
		r, err := newRequest("/"+path+"?"+query, id)
		if err != nil {
			return
		}
		w := serveRequest(h, r)
		if w.Code >= 500 && w.Code != 503 || w.Body.Len() > 1<<16 {
			t.Errorf("%s?%s is answered %d with %d bytes", path, query, w.Code, w.Body.Len())
		}
	})
}
