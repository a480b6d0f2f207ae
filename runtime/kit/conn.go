package kit

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

// goodbye is how long connections last, once the run is asked to stop, that would not end by themselves.
const goodbye = time.Second

// conns are the open connections of a server. It follows those that net/http does not: on which nothing was asked yet, which
// Shutdown takes for busy, and those that were hijacked, which it does not know any more.
type conns struct {
	mu   sync.Mutex
	open map[net.Conn]*conn
	over bool // what is hijacked now is closed
}

// A conn is a connection from when it is accepted until it is closed, or the handler that has hijacked it has returned.
type conn struct {
	net.Conn
	of       *conns
	silent   bool // nothing was asked on it
	hijacked bool // by a handler that runs
	ending   bool // once it is hijacked
}

type connKey struct{}

// connOf is the connection of a request; nil if that is none of HTTP's.
func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}

// follow has the server tell what its connections do.
func follow(server *http.Server) *conns {
	s := &conns{open: make(map[net.Conn]*conn)}
	with, state := server.ConnContext, server.ConnState
	server.ConnContext = func(ctx context.Context, accepted net.Conn) context.Context {
		c := &conn{Conn: accepted, of: s, silent: true}
		s.mu.Lock()
		s.open[accepted] = c
		s.mu.Unlock()
		ctx = context.WithValue(ctx, connKey{}, c)
		if with != nil {
			ctx = with(ctx, accepted)
		}
		return ctx
	}
	server.ConnState = func(c net.Conn, to http.ConnState) {
		s.turn(c, to)
		if state != nil {
			state(c, to)
		}
	}
	return s
}

func (s *conns) turn(of net.Conn, to http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[of]
	if c == nil {
		return
	}
	c.silent = to == http.StateNew
	switch to {
	case http.StateHijacked:
		c.hijacked = true
		if s.over {
			c.cut()
		}
		c.leave()
	case http.StateClosed:
		delete(s.open, of)
	}
}

// closeSilent closes the connections on which nothing was asked.
func (s *conns) closeSilent() { s.cut(func(c *conn) bool { return c.silent }) }

// closeHijacked closes the connections that handlers have hijacked, or do so later.
func (s *conns) closeHijacked() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.cut(func(c *conn) bool { return c.hijacked })
}

func (s *conns) cut(which func(*conn) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		if which(c) {
			c.cut()
		}
	}
}

// end ends a connection that is hijacked, now or later: reads fail at once, and it is closed after goodbye.
func (c *conn) end() {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.ending = true
	c.leave()
}

// leave is end, under the lock.
func (c *conn) leave() {
	if !c.hijacked || !c.ending {
		return
	}
	c.SetReadDeadline(time.Now())
	time.AfterFunc(goodbye, func() {
		c.of.mu.Lock()
		defer c.of.mu.Unlock()
		if c.hijacked {
			c.cut()
		}
	})
}

// served forgets a hijacked connection, whose handler has returned: if that has given it away, it is another's.
func (c *conn) served() {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	if c.hijacked {
		c.hijacked = false
		delete(c.of.open, c.Conn)
	}
}

// cut closes the connection, and does not wait for a client that reads nothing, as TLS would.
func (c *conn) cut() {
	if secure, ok := c.Conn.(*tls.Conn); ok {
		secure.NetConn().Close()
		return
	}
	c.Close()
}
