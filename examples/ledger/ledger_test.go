package main

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// A network leads to a store that can go away, hang, and come back.
type network struct {
	store Store
	mu    sync.Mutex
	away  bool   // nobody listens
	hangs bool   // somebody does, and does not answer
	ends  string // somebody does, and ends the connection instead of answering to this
	conns []net.Conn
}

// dial is a connection to the store, over a pipe.
func (n *network) dial(context.Context) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.away {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	ours, theirs := net.Pipe()
	n.conns = append(n.conns, theirs)
	go n.relay(theirs)
	return pipe{ours}, nil
}

// A pipe breaks as a connection does.
type pipe struct{ net.Conn }

func (p pipe) Write(b []byte) (int, error) {
	n, err := p.Conn.Write(b)
	if err == io.ErrClosedPipe {
		err = syscall.EPIPE
	}
	return n, err
}

func (p pipe) SetDeadline(at time.Time) error {
	p.Conn.SetDeadline(at) // of a broken one, that fails; a connection's does not
	return nil
}

// relay answers for the store, while that does not hang.
func (n *network) relay(conn net.Conn) {
	ours, theirs := net.Pipe()
	go n.store.Answer(theirs)
	defer ours.Close()
	defer conn.Close()
	buffer := make([]byte, 1024)
	for {
		size, err := conn.Read(buffer)
		if err != nil {
			return
		}
		n.mu.Lock()
		hangs, ends := n.hangs, n.ends
		n.mu.Unlock()
		if hangs {
			continue
		}
		if ends != "" && strings.HasPrefix(string(buffer[:size]), ends) {
			return
		}
		if _, err := ours.Write(buffer[:size]); err != nil {
			return
		}
		if size, err = ours.Read(buffer); err != nil {
			return
		}
		if _, err := conn.Write(buffer[:size]); err != nil {
			return
		}
	}
}

// set changes how the store is. One that is away has lost its connections.
func (n *network) set(away, hangs bool, ends string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.away, n.hangs, n.ends = away, hangs, ends
	if away {
		for _, c := range n.conns {
			c.Close()
		}
		n.conns = nil
	}
}

// Whatever the store does for however long, a ledger without a policy waits for it, and goes on where it was.
func TestOutages(t *testing.T) {
	for name, outage := range map[string]struct {
		away, hangs bool
		ends        string
		first       bool
	}{
		"away":                    {away: true},
		"away at the start":       {away: true, first: true},
		"hangs":                   {hangs: true},
		"hangs at the first ping": {hangs: true, first: true},
		"ends":                    {ends: "ping"},
		"ends at the first ping":  {ends: "ping", first: true},
		"ends at the first open":  {ends: "open", first: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, entries := new(network), make(chan string)
				ledger := NewLedger(&App{n.dial, entries})
				ctx, cancel := context.WithCancel(t.Context())
				result := make(chan error, 1)
				if outage.first {
					n.set(outage.away, outage.hangs, outage.ends)
				}
				go func() { result <- ledger.Run(ctx) }()
				write := func(entry string) {
					select {
					case entries <- entry:
					case err := <-result:
						t.Fatalf("Run returned %v", err)
					}
				}
				if !outage.first {
					write("one")
					n.set(outage.away, outage.hangs, outage.ends)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if s := ledger.State(); s.Tree.Phase != runtime.TreeRunning || s.Tree.Ready {
					t.Errorf("after an hour the tree is %s, ready %v", s.Tree.Phase, s.Tree.Ready)
				}
				n.set(false, false, "")
				time.Sleep(time.Minute)
				write("two")
				time.Sleep(time.Second)
				s := ledger.State()
				if s.Store.Lifecycle != runtime.LifecycleReady || s.Store.Generation < 100 {
					t.Errorf("the store is %s, generation %d", s.Store.Lifecycle, s.Store.Generation)
				}
				if !s.Tree.Ready || !slices.Contains(n.store.written(), "two") {
					t.Errorf("ready %v, and the store has %q", s.Tree.Ready, n.store.written())
				}
				cancel()
				if err := <-result; err != nil {
					t.Errorf("Run returned %v", err)
				}
			})
		})
	}
}

func (s *Store) written() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.entries)
}

// The same over TCP: the store is killed, and started again at its address.
func TestRestartsOfTheStore(t *testing.T) {
	server := &server{store: new(Store)}
	address := server.start(t, "127.0.0.1:0")
	entries, refused := make(chan string), make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			select {
			case refused <- err:
			case <-ctx.Done():
			}
		}
		return conn, err
	}
	ledger := NewLedger(&App{dial, entries}, runtime.Override("Ledger.Store", func(c *runtime.Child) {
		c.Backoff = runtime.Backoff{Min: time.Millisecond, Max: time.Millisecond, Factor: 1, Reset: time.Minute} // a test does not wait
	}))
	result := make(chan error, 1)
	go func() { result <- ledger.Run(ctx) }()
	for range 3 {
		if err := ledger.Tree().AwaitReady(ctx); err != nil {
			t.Fatal(err, <-result)
		}
		server.kill()
		for range 20 { // more often than any limit allows
			select {
			case <-refused:
			case err := <-result:
				t.Fatalf("Run returned %v", err)
			}
		}
		server.start(t, address)
	}
	if err := ledger.Tree().AwaitReady(ctx); err != nil {
		t.Fatal(err, <-result)
	}
	select {
	case entries <- "after":
	case err := <-result:
		t.Fatalf("Run returned %v", err)
	}
	cancel()
	if err := <-result; err != nil {
		t.Errorf("Run returned %v", err)
	}
	server.kill()
}

// A server is a store that listens.
type server struct {
	store    *Store
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
}

func (s *server) start(t *testing.T, address string) string {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s.listener = listener
	go s.store.Serve(s)
	return listener.Addr().String()
}

// Accept remembers who was accepted.
func (s *server) Accept() (net.Conn, error) {
	conn, err := s.listener.Accept()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.conns = append(s.conns, conn)
	}
	return conn, err
}

func (s *server) Addr() net.Addr { return s.listener.Addr() }
func (s *server) Close() error   { return s.listener.Close() }

// kill ends the listener and all connections, as the end of its process does.
func (s *server) kill() {
	s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		conn.Close()
	}
	s.conns = nil
}
