// Hijacked serves WebSockets, and says goodbye to them when it is asked to stop.
package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

func main() {
	runtime.Main(NewChat(&App{addr: "localhost:8080"}))
}

type App struct{ addr string }

// HTTP serves the chat.
func (a *App) HTTP(ctx context.Context, run ChatHTTPRun) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/chat", func(w http.ResponseWriter, r *http.Request) { chat(ctx, w, r) })
	mux.HandleFunc("/raw", func(w http.ResponseWriter, _ *http.Request) { raw(run, w) })
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}

// chat sends back what comes, and says goodbye when stop ends, the context of the child.
func chat(stop context.Context, w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has answered
	}
	defer c.CloseNow()
	defer context.AfterFunc(stop, func() { c.Close(websocket.StatusGoingAway, "the server stops") })()
	for {
		kind, text, err := c.Read(r.Context())
		if err != nil {
			return
		}
		if err := c.Write(r.Context(), kind, text); err != nil {
			return
		}
	}
}

// raw returns at once, and leaves the connection to a goroutine.
func raw(run ChatHTTPRun, w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotImplemented)
		return
	}
	started := run.Go(func(ctx context.Context) error {
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })()
		if _, err := io.Copy(conn, buffered); err != nil {
			run.Logger().Info("a connection has ended", "error", err)
		}
		return nil // an error would fail the run, and with it all other connections
	})
	if !started { // the run has ended
		conn.Close()
	}
}
