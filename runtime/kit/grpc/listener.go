package kitgrpc

import (
	"net"
	"sync"
	"sync/atomic"
)

// A listener knows its open connections. When a server stops, it waits up to two minutes for those that have not said yet that they
// speak HTTP/2, and closes none of them.
type listener struct {
	net.Listener

	mu   sync.Mutex
	open map[*conn]bool
}

// A conn is a connection of a listener.
type conn struct {
	net.Conn
	of    *listener
	spoke atomic.Bool // something was read from it
}

func (l *listener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: accepted, of: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = true
	return c, nil
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.spoke.Load() {
		c.spoke.Store(true)
	}
	return n, err
}

func (c *conn) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// closeOpen closes the connections, or those alone from which nothing was read.
func (l *listener) closeOpen(silent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		if !silent || !c.spoke.Load() {
			c.Conn.Close()
		}
	}
}
