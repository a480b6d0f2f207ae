package httpsup

import (
	"cmp"
	"container/list"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime"
)

// What a listener may take.
const (
	maxHeader = 16 << 10
	maxConns  = 4096
	closing   = 900 * time.Millisecond // until connections are cut
)

// Serve is a listener of its own for [runtime.Main], outside of the tree: it is there before the tree is run, and until Run has
// returned and the last event was sent.
//
// The address is "host:port", or "unix:PATH". Without a [Choice] among the options, a port has the probes alone; with one,
// the page and the API too.
//
// A Unix socket is made in a directory that only this user can enter, which is made if it is not there; a path that others can
// change, in a directory or link on the way, is refused, and so is a socket that something listens on. Without a Choice all of the API is open there: its clients
// are this user and root, and commands are given in their name, [Peer]. Windows, where a socket cannot be kept from others, has none: it is an
// error, and the program does not run. A port with [Authorise] takes commands everywhere.
func Serve(addr string, opts ...Option) runtime.Companion {
	return func(t *runtime.Tree) (end func(), err error) {
		c := configOf(opts)
		if path, ok := strings.CutPrefix(addr, "unix:"); ok {
			if c.choice == nil {
				Authorise(peer).apply(&c)
			}
			return serve(t, c, func() (net.Listener, error) { return listenUnix(path) })
		}
		return serve(t, c, func() (net.Listener, error) { return net.Listen("tcp", addr) })
	}
}

func serve(t *runtime.Tree, c config, listen func() (net.Listener, error)) (end func(), err error) {
	h, err := newHandler(t, c)
	if err != nil {
		return nil, err
	}
	listener, err := listen()
	if err != nil {
		return nil, fmt.Errorf("httpsup: %w", err)
	}
	var open connections
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
		ConnContext:       withPeer,
		ConnState:         open.note,
	}
	go server.Serve(listener) // until it is closed
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), closing)
		defer cancel()
		server.Shutdown(ctx) // waits for the streams, which end with the tree
		server.Close()
	}, nil
}

// connections are the open connections of a listener, so many at the most: another one takes the place of the one that has been without a
// request for longest or, if all have one, of the one that has it for longest. So nobody keeps probes out by holding
// connections.
type connections struct {
	mu         sync.Mutex
	idle, busy list.List // of net.Conn, the longest first
	places     map[net.Conn]place
}

// A place is where a connection is in which list.
type place struct {
	of *list.List
	at *list.Element
}

// note is called for each change of a connection.
func (c *connections) note(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.places[conn]
	c.forget(conn)
	switch {
	case s == http.StateNew:
		if len(c.places) >= maxConns {
			longest := cmp.Or(c.idle.Front(), c.busy.Front()).Value.(net.Conn)
			c.forget(longest)
			longest.Close()
		}
		c.keep(conn, &c.idle)
	case !known: // it has lost its place
	case s == http.StateIdle:
		c.keep(conn, &c.idle)
	case s == http.StateActive:
		c.keep(conn, &c.busy)
	}
}

func (c *connections) keep(conn net.Conn, of *list.List) {
	if c.places == nil {
		c.places = make(map[net.Conn]place)
	}
	c.places[conn] = place{of, of.PushBack(conn)}
}

func (c *connections) forget(conn net.Conn) {
	if p, ok := c.places[conn]; ok {
		p.of.Remove(p.at)
		delete(c.places, conn)
	}
}

type peerKey struct{}

// withPeer keeps who has connected to a Unix socket.
func withPeer(ctx context.Context, conn net.Conn) context.Context {
	if c, ok := conn.(*net.UnixConn); ok {
		if uid, err := peerOf(c); err == nil {
			return context.WithValue(ctx, peerKey{}, uid)
		}
	}
	return ctx
}

// Peer is the user at the other end of a Unix socket of [Serve], "uid:1000", and "" of any other request. On Linux the kernel says
// who it is (SO_PEERCRED); elsewhere it is the owner of the socket, whom its directory lets in alone.
func Peer(r *http.Request) string {
	uid, ok := r.Context().Value(peerKey{}).(int)
	if !ok {
		return ""
	}
	return fmt.Sprintf("uid:%d", uid)
}

// peer authorises this user, and root.
func peer(r *http.Request, _ Access) (who string, err error) {
	if uid, ok := r.Context().Value(peerKey{}).(int); !ok || uid != 0 && uid != owner() {
		return "", errForbidden
	}
	return Peer(r), nil
}
