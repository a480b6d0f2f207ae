package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// A Client asks the store, one question at a time.
type Client struct {
	turn chan struct{} // full while somebody asks
	conn net.Conn
	in   *bufio.Reader
}

// NewClient is a client that owns nothing: the caller that made conn closes it.
func NewClient(conn net.Conn) *Client {
	return &Client{turn: make(chan struct{}, 1), conn: conn, in: bufio.NewReader(conn)}
}

// Do sends a line, and waits two seconds at the most for its answer. When ctx ends, it returns why.
func (c *Client) Do(ctx context.Context, line string) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := c.conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { c.conn.SetDeadline(time.Now()) })()
	answer, err := c.ask(line)
	switch {
	case err != nil && ctx.Err() != nil: // an expired deadline, and not the store's fault
		return context.Cause(ctx)
	case err != nil:
		return err
	case answer != "ok":
		return fmt.Errorf("the store says %q to %q", answer, line)
	}
	return nil
}

func (c *Client) ask(line string) (string, error) {
	if _, err := fmt.Fprintln(c.conn, line); err != nil {
		return "", err
	}
	answer, err := c.in.ReadString('\n')
	return strings.TrimSpace(answer), err
}

// A Store answers lines with ok, and keeps what is written.
type Store struct {
	mu      sync.Mutex
	entries []string
}

// Serve answers until the listener is closed; it does not close what it has accepted.
func (s *Store) Serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go s.Answer(conn)
	}
}

// Answer answers on one connection until that ends.
func (s *Store) Answer(conn net.Conn) {
	defer conn.Close()
	for in := bufio.NewScanner(conn); in.Scan(); {
		answer := "ok"
		switch verb, rest, _ := strings.Cut(in.Text(), " "); verb {
		case "ping", "open":
		case "write":
			s.mu.Lock()
			s.entries = append(s.entries, rest)
			s.mu.Unlock()
		default:
			answer = "what?"
		}
		if _, err := fmt.Fprintln(conn, answer); err != nil {
			return
		}
	}
}
