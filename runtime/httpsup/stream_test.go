package httpsup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	stdruntime "runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// A client reads a stream, or does not.
type client struct {
	mu      sync.Mutex
	header  http.Header
	text    bytes.Buffer
	stalled bool // it reads nothing
	until   time.Time
	flushed int
	ended   chan struct{}
	stop    context.CancelCauseFunc
}

func (c *client) Header() http.Header { return c.header }
func (c *client) WriteHeader(int)     {}

func (c *client) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushed++
}

// flushes is how often something was written since this was asked last.
func (c *client) flushes() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, c.flushed = c.flushed, 0
	return n
}

func (c *client) SetWriteDeadline(until time.Time) error {
	c.until = until
	return nil
}

func (c *client) Write(text []byte) (int, error) {
	if c.stalled {
		time.Sleep(time.Until(c.until))
		return 0, fmt.Errorf("write: %w", context.DeadlineExceeded)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(text)
}

// read is what came since the last read.
func (c *client) read() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := c.text.String()
	c.text.Reset()
	return text
}

// connect opens a stream of events.
func connect(h http.Handler, header ...string) *client {
	return connectAs(&client{}, h, header...)
}

func connectAs(c *client, h http.Handler, header ...string) *client {
	c.header, c.ended = make(http.Header), make(chan struct{})
	r := httptest.NewRequest("GET", "/events", nil)
	r.Host = "localhost"
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	var ctx context.Context
	ctx, c.stop = context.WithCancelCause(r.Context())
	go func() {
		defer close(c.ended)
		h.ServeHTTP(c, r.WithContext(ctx))
	}()
	return c
}

// quiet is a tree in which nothing happens by itself.
func quiet() *runtime.Tree {
	return runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "HTTP", Role: runtime.Service, Start: until},
		{Name: "Conn", Role: runtime.Worker, Dynamic: true, Max: 10000, Start: until},
	})
}

// A stream begins with the sequence of a state, goes on with what happens after that, and says why it ends; one that comes
// back misses nothing.
func TestEvents(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		c := connect(h)
		synctest.Wait()
		now := tree.Snapshot().Tree()
		if got, want := c.read(), fmt.Sprintf("event: reset\nid: %s.%d\ndata: {%q:%q,%q:%d}\n\n", now.Incarnation, now.Sequence, "incarnation", now.Incarnation, "sequence", now.Sequence); got != want {
			t.Errorf("it begins with %q, not %q", got, want)
		}
		tree.Handle("Shop.HTTP").Pause("ada", "<img src=x onerror=alert(1)>")
		time.Sleep(time.Second)
		text := c.read()
		id := fmt.Sprintf("id: %s.%d\ndata: {", now.Incarnation, now.Sequence+1)
		if !strings.HasPrefix(text, id) || !strings.Contains(text, `"why":"\u003cimg`) {
			t.Errorf("it goes on with %q", text)
		}
		c.stop(nil)
		<-c.ended
		tree.Handle("Shop.HTTP").Resume("ada", "a test")
		time.Sleep(time.Second)
		again := connect(h, "Last-Event-ID", position{now.Incarnation, now.Sequence}.String())
		lines := connect(h, "Last-Event-ID", position{now.Incarnation, now.Sequence}.String(), "Accept", "application/x-ndjson")
		time.Sleep(time.Second)
		if got := again.read(); !strings.HasPrefix(got, text) || len(got) == len(text) {
			t.Errorf("again it is %q", got)
		}
		first, _, _ := strings.Cut(lines.read(), "\n")
		var e runtime.Event
		if err := json.Unmarshal([]byte(first), &e); err != nil || e.Sequence != now.Sequence+1 {
			t.Errorf("as lines it begins with %q (%v)", first, err)
		}
		if again.header.Get("X-Accel-Buffering") != "no" || again.header.Get("Content-Type") != "text/event-stream" || lines.header.Get("Content-Type") != "application/x-ndjson" {
			t.Errorf("the headers are %v", again.header)
		}
		tree.Shutdown("ada", "a test")
		<-again.ended
		<-lines.ended
		if got := again.read(); !strings.HasSuffix(got, "event: end\ndata: {\"why\":\"the tree has ended\"}\n\n") || !strings.Contains(got, `"phase":"ended"`) {
			t.Errorf("the end is %q", got)
		}
		if got := lines.read(); !strings.HasSuffix(got, "{\"end\":{\"why\":\"the tree has ended\"}}\n") {
			t.Errorf("the end is %q", got)
		}
	})
}

// Who comes back with a position that says nothing is given a new one.
func TestReset(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		now := tree.Snapshot().Tree()
		here := position{now.Incarnation, now.Sequence}
		for id, reset := range map[string]bool{
			here.String():                                        false,
			position{"0123", now.Sequence}.String():              true, // another process
			position{now.Incarnation, now.Sequence + 1}.String(): true,
			position{now.Incarnation, 0}.String():                true, // before the handler was there
			"nonsense":                                           true,
			"":                                                   true,
			here.String() + "\x00":                               true,
			strings.Repeat("9", 1<<10):                           true,
			now.Incarnation + ".+1":                              true,
			now.Incarnation + "." + "1e3":                        true,
			"." + fmt.Sprint(now.Sequence):                       true,
		} {
			c := connect(h, "Last-Event-ID", id)
			synctest.Wait()
			if got := c.read(); strings.HasPrefix(got, "event: reset\nid: "+here.String()+"\n") != reset {
				t.Errorf("after %q it begins with %q", id, got)
			}
			c.stop(nil)
			<-c.ended
		}
	})
}

// A stream in which nothing happens has a comment every 15 seconds.
func TestHeartbeat(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		c, lines := connect(h), connect(h, "Accept", "application/x-ndjson")
		synctest.Wait()
		c.read()
		lines.read()
		time.Sleep(time.Minute + time.Second)
		if got := c.read(); got != ":\n\n:\n\n:\n\n:\n\n" {
			t.Errorf("in a minute it has %q", got)
		}
		if got := lines.read(); got != "\n\n\n\n" {
			t.Errorf("in a minute it has %q", got)
		}
	})
}

// A server that is a child itself ends its streams when it is asked to stop, and says so.
func TestStreamOfChild(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		c := connect(Handler(tree, ReadOpen()))
		synctest.Wait()
		c.stop(&runtime.StopError{Path: "Shop.HTTP", With: "Shop"})
		<-c.ended
		if got := c.read(); !strings.Contains(got, "event: end\ndata: {\"why\":\"the server of this stream is asked to stop\"}\n\n") {
			t.Errorf("the end is %q", got)
		}
	})
}

// commands has commands carried out, with so many bytes of reasons.
func commands(tree *runtime.Tree, n, bytes int) {
	for range n {
		tree.Handle("Shop.HTTP").Restart("ada", strings.Repeat("x", bytes))
		synctest.Wait()
	}
}

// A client that does not read is cut after a while, one that is too far behind is reset; the others notice nothing.
func TestSlowClients(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		well := connect(h)
		stalled := connectAs(&client{stalled: true}, h)
		synctest.Wait()
		began := time.Now()
		<-stalled.ended
		if took := time.Since(began); took != patience {
			t.Errorf("a client that does not read is cut after %s", took)
		}
		now := tree.Snapshot().Tree()
		for range 50 {
			commands(tree, 1, 60<<10)
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Second)
		if size := h.feed.recent.Load().size; size > maxBehind {
			t.Errorf("%d bytes are kept for streams", size)
		}
		if n := strings.Count(well.read(), `"kind":"command"`); n != 50 {
			t.Errorf("another client was served %d of 50 commands", n)
		}
		late := connect(h, "Last-Event-ID", position{now.Incarnation, now.Sequence}.String())
		synctest.Wait()
		if got := late.read(); !strings.HasPrefix(got, "event: reset\n") {
			t.Errorf("one that is 3 MB behind is given %.100q", got)
		}
	})
}

// In a storm that makes more events than a stream may be behind, a stream goes on: it is reset once a second, and each state that is
// asked for then is as late as the reset says.
func TestStreamInStorm(t *testing.T) {
	for bytes, resets := range map[int]int{5 << 10: 1, 400 << 10: 4} { // some megabytes a second, and some hundred
		run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
			h := Handler(tree, ReadOpen())
			go func() {
				for range 600 {
					commands(tree, max(1, bytes/(50<<10)), min(bytes, 50<<10))
					time.Sleep(5 * time.Millisecond)
				}
			}()
			time.Sleep(50 * time.Millisecond)
			c := connect(h)
			told := 0
			for range 300 {
				time.Sleep(10 * time.Millisecond)
				_, text, reset := strings.Cut(c.read(), "event: reset\nid: ")
				if !reset {
					continue
				}
				told++
				id, _, _ := strings.Cut(text, "\n")
				at, ok := parsePosition(id)
				var now struct{ Tree runtime.TreeState }
				if err := json.Unmarshal(get(h, "/state?depth=0").Body.Bytes(), &now); err != nil || !ok || now.Tree.Sequence < at.sequence {
					t.Errorf("it is reset to %s, and the state is of %d: %v", id, now.Tree.Sequence, err)
				}
			}
			select {
			case <-c.ended:
				t.Error("the stream has ended")
			default:
			}
			if told < 1 || told > resets {
				t.Errorf("of %d bytes in 5 ms, it was reset %d times in three seconds", bytes, told)
			}
		})
	}
}

// However many streams there are, the tree has one reader, and the events are written in few pieces.
func TestOneReader(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		readers := func() int { // with those of trees of other tests that were never run
			stacks := make([]byte, 4<<20)
			return bytes.Count(stacks[:stdruntime.Stack(stacks, true)], []byte("supgen/runtime.(*Tree).read("))
		}
		before := readers()
		h, other := Handler(tree, ReadOpen()), Handler(tree, Authorise(anybody))
		var clients []*client
		for range 100 {
			clients = append(clients, connect(h), connect(other))
		}
		synctest.Wait()
		if n := readers() - before; n != 1 {
			t.Errorf("with 200 streams of two handlers, the tree has %d readers", n)
		}
		for _, c := range clients {
			c.flushes()
		}
		for range 1000 {
			tree.Handle("Shop.HTTP").Restart("ada", "a test")
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		if n := clients[0].flushes(); n < 5 || n > 25 {
			t.Errorf("what happens in a second is written in %d pieces", n)
		}
		first, last := clients[0].read(), clients[199].read()
		if n := strings.Count(first, `"kind":"command"`); n != 1000 || first != last {
			t.Errorf("of 1,000 commands, a stream has %d; two streams are the same: %t", n, first == last)
		}
	})
}

// There is an end to how many streams there are.
func TestTooManyStreams(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		for range maxStreams {
			h.streams <- struct{}{}
		}
		want(t, get(h, "/events"), 503, "streams")
		for range maxReplays {
			h.replays <- struct{}{}
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		r := httptest.NewRequest("GET", "/history?at=1", nil).WithContext(ctx)
		r.Host = "localhost"
		want(t, serveRequest(h, r), 503, "others look at the past")
		for range maxRequests {
			h.slots <- struct{}{}
		}
		for _, path := range []string{"/state", "/readyz", "/startupz", "/history", "/metrics", "/statements"} {
			want(t, get(h, path), 503, "ask again")
		}
		want(t, get(h, "/livez"), 200, "alive")
	})
}

// Over a real connection a stream outlives the time that a request may take, and ends with the tree, before the server does.
func TestStreamOverTCP(t *testing.T) {
	tree := quiet()
	addr, end := begin(t, tree, ReadOpen())
	ctx, stop := context.WithCancel(t.Context())
	ended := startRun(ctx, tree)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	lines := bufio.NewScanner(conn)
	for lines.Scan() && lines.Text() != "event: reset" {
	}
	stop()
	<-ended
	end()
	seen := map[string]bool{}
	for lines.Scan() {
		seen[lines.Text()] = true
		seen["phase ended"] = seen["phase ended"] || strings.Contains(lines.Text(), `"phase":"ended"`)
	}
	if !seen["phase ended"] || !seen["event: end"] {
		t.Errorf("a stream ended without the last event: %v", seen)
	}
}
