package kit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime"
)

// HTTP serves until it is asked to stop. Without listeners it listens on server.Addr, as ListenAndServe does; with a TLSConfig
// it serves TLS. It is ready when it listens.
//
// When it is asked to stop, new connections are refused, and requests have until the shutdown budget ends. Then their connections
// are closed, hijacked ones too, and their contexts end, and HTTP returns an error that names them: that stop was not clean. A handler
// is part of the run, which ends when all have returned, so none uses what is closed already. For requests that do not end by
// themselves there is [Stream]. A connection on which nothing was asked is closed a second after the request to stop.
//
// A handler that panics fails its request, as net/http has it, and neither the run nor the process. The panic is logged.
//
// An address that cannot be listened on fails the run as [Listen] says, and a TLSConfig without a certificate as a
// [runtime.FatalConfig]. A heartbeat is that of [Beating]: it says that connections are accepted. Whether handlers answer is for
// a "health check" to find out.
//
// The server and the listeners are for this run alone: the next one needs new ones. HTTP closes the listeners. It wraps the server's
// Handler, ConnContext and ConnState. If they are nil, it sets BaseContext, so that requests have the values of the run and end with
// its budget, and ErrorLog, to the run's logger.
func HTTP(ctx context.Context, run ReadyRun, server *http.Server, listeners ...net.Listener) error {
	listeners = slices.Clone(listeners)
	defer func() { // the server does so where it serves, and has no error first
		for _, l := range listeners {
			l.Close()
		}
	}()
	serve := server.Serve
	if c := server.TLSConfig; c != nil {
		if len(c.Certificates) == 0 && c.GetCertificate == nil && c.GetConfigForClient == nil {
			return runtime.FatalConfig(errors.New("kit: the server's TLSConfig has no certificate"))
		}
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	if len(listeners) == 0 {
		l, err := Listen(ctx, "tcp", addrOf(server))
		if err != nil {
			return err
		}
		listeners = append(listeners, l)
	}
	for i, l := range listeners {
		l, err := Beating(run, l)
		if err != nil {
			return err
		}
		listeners[i] = l
	}
	h := &handler{run: run, next: server.Handler, conns: follow(server), open: make(map[*http.Request]string), left: make(chan struct{}, 1)}
	if h.next == nil {
		h.next = http.DefaultServeMux
	}
	server.Handler = h
	if server.BaseContext == nil {
		server.BaseContext = func(net.Listener) context.Context { return run.Grace() }
	}
	if server.ErrorLog == nil {
		server.ErrorLog = slog.NewLogLogger(run.Logger().Handler(), slog.LevelWarn)
	}
	for _, l := range listeners {
		run.Logger().Info("listening", "address", l.Addr().String())
		run.Go(func(context.Context) error { return serve(l) }) // if it fails, so does the run
	}
	run.Ready()

	<-ctx.Done()
	defer time.AfterFunc(goodbye, h.conns.closeSilent).Stop()
	err := server.Shutdown(run.Grace())
	if err == nil {
		err = h.wait(run.Grace()) // for what is hijacked
	}
	if err == nil {
		return nil
	}
	err = errors.Join(h.unanswered(err), server.Close())
	h.conns.closeHijacked()
	return err
}

func addrOf(server *http.Server) string {
	switch {
	case server.Addr != "":
		return server.Addr
	case server.TLSConfig != nil:
		return ":https"
	}
	return ":http"
}

// A handler serves requests as part of a run.
type handler struct {
	run   Run
	next  http.Handler
	conns *conns

	mu   sync.Mutex
	open map[*http.Request]string // the requests that are served, as "GET /path": what serves them may change them
	left chan struct{}            // there is one less
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h.run.Do(func() error {
		request := r.Method + " " + r.URL.Path
		h.mu.Lock()
		h.open[r] = request
		h.mu.Unlock()
		defer func() {
			h.mu.Lock()
			delete(h.open, r)
			h.mu.Unlock()
			select {
			case h.left <- struct{}{}:
			default:
			}
			if c := connOf(r); c != nil {
				c.served()
			}
			if p := recover(); p != nil {
				if p != http.ErrAbortHandler {
					h.run.Logger().Error("a handler panicked", "request", request, "panic", p, "stack", string(debug.Stack()))
				}
				panic(http.ErrAbortHandler) // which the run passes on, and net/http does not log
			}
		}()
		h.next.ServeHTTP(w, r)
		return nil
	})
	if err != nil { // the run has ended
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// wait waits until no request is served.
func (h *handler) wait(ctx context.Context) error {
	for {
		h.mu.Lock()
		n := len(h.open)
		h.mu.Unlock()
		if n == 0 {
			return nil
		}
		select {
		case <-h.left:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// unanswered says which requests are not answered though the time for them is over, at most five by name; nil if there are none.
func (h *handler) unanswered(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for _, request := range h.open {
		names = append(names, fmt.Sprintf("%.100q", request))
	}
	if len(names) == 0 { // connections on which nothing was asked
		return nil
	}
	slices.Sort(names)
	if more := len(names) - 5; more > 0 {
		names = append(names[:5], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("requests without an answer: %s: %w", strings.Join(names, ", "), err)
}

// Stream serves requests that do not end by themselves: events, WebSockets, long polls. Their contexts end when ctx does, the
// context of the run that serves them, so that they do not use up its shutdown budget. Then reads from a connection that the handler has
// hijacked fail at once, with a deadline that has passed, and a second later, in which the handler can say goodbye, the connection is
// closed. A library that closes the connection itself when a read fails, as coder/websocket does, leaves no time for that: a handler
// with it says goodbye when ctx ends, by a [context.AfterFunc], and needs no Stream.
//
//	mux.Handle("/events", kit.Stream(ctx, a.events))
func Stream(ctx context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		streaming, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		c := connOf(r)
		defer context.AfterFunc(ctx, func() {
			cancel(context.Cause(ctx))
			if c != nil {
				c.end()
			}
		})()
		next.ServeHTTP(w, r.WithContext(streaming))
	})
}
