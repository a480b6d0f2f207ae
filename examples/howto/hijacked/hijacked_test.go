package main

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// start runs the chat, and returns its address and how it ended.
func start(t *testing.T) (tree *Chat, addr string, ended chan error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	addr = l.Addr().String()
	tree = NewChat(&App{addr: addr})
	ended = make(chan error, 1)
	go func() { ended <- tree.Run(context.Background()) }()
	t.Cleanup(func() {
		tree.Tree().Shutdown("test", "over")
		<-tree.Tree().Done()
	})
	if err := tree.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tree, addr, ended
}

// A stop says goodbye to a WebSocket, and is clean.
func TestWebSocket(t *testing.T) {
	tree, addr, ended := start(t)
	c, _, err := websocket.Dial(t.Context(), "ws://"+addr+"/chat", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if err := c.Write(t.Context(), websocket.MessageText, []byte("tea?")); err != nil {
		t.Fatal(err)
	}
	if _, text, err := c.Read(t.Context()); err != nil || string(text) != "tea?" {
		t.Fatalf("%q, %v", text, err)
	}
	tree.Tree().Shutdown("ada", "deploy")
	if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("the client has %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the stop was not clean: %v", err)
	}
}

// So is the stop of a connection that no handler has any more; that of one connection ends no other.
func TestGoroutine(t *testing.T) {
	tree, addr, ended := start(t)
	gone, conn := dial(t, addr), dial(t, addr)
	gone.(*net.TCPConn).SetLinger(0) // a reset
	gone.Close()
	if _, err := conn.Write([]byte("tea?")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4)
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "tea?" {
		t.Fatalf("%q, %v", answer, err)
	}
	tree.Tree().Shutdown("ada", "deploy")
	if _, err := conn.Read(answer); err != io.EOF {
		t.Errorf("the client has %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the stop was not clean: %v", err)
	}
	if state := tree.State().HTTP; state.Starts != 1 {
		t.Errorf("it was started %d times", state.Starts)
	}
}

// dial opens a connection that answers what is written.
func dial(t *testing.T, addr string) net.Conn {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, "GET /raw HTTP/1.1\r\nHost: chat\r\n\r\nhello"); err != nil {
		t.Fatal(err)
	}
	hello := make([]byte, 5)
	if _, err := io.ReadFull(conn, hello); err != nil || string(hello) != "hello" {
		t.Fatalf("%q, %v", hello, err)
	}
	return conn
}
