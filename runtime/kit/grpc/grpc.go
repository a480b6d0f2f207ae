// Package kitgrpc has a server of google.golang.org/grpc as the child of a supgen tree.
//
//	func (a *App) GRPC(ctx context.Context, run ShopGRPCRun) error {
//		l, err := kit.Listen(ctx, "tcp", ":9000")
//		if err != nil {
//			return err
//		}
//		return kitgrpc.Serve(ctx, run, l, func(s *grpc.Server) { shoppb.RegisterShopServer(s, a) })
//	}
package kitgrpc

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/kit"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// Serve makes a server with the options, has the services registered, and serves until it is asked to stop. It is ready when it
// serves.
//
// When it is asked to stop, new calls are refused, and those that are served have until the shutdown budget ends. Then their
// connections are closed and their contexts end, and Serve returns an error that names their methods: that stop was not clean. A
// handler is part of the run, which ends when all have returned, so none uses what is closed already. A connection on which nothing
// was said is closed a second after the request to stop.
//
// A handler that panics fails its call with codes.Internal, and neither the run nor the process. The panic is logged.
//
// Unless there is another, the service grpc.health.v1.Health is registered. It says SERVING from when the child is ready until it
// is asked to stop; a second later its watches end with codes.Unavailable. Streams of other services that do not end by themselves
// end by ctx: a handler has to wait for it. A heartbeat is that of [kit.Beating]. Serve closes l.
func Serve(ctx context.Context, run kit.ReadyRun, l net.Listener, register func(*grpc.Server), options ...grpc.ServerOption) error {
	defer l.Close() // the server does so where it serves, and neither fails nor panics first
	beating, err := kit.Beating(run, l)
	if err != nil {
		return err
	}
	conns := &listener{Listener: beating, open: make(map[*conn]bool)}
	h := &handlers{run: run, open: make(map[string]int)}
	server := grpc.NewServer(append(options, grpc.ChainUnaryInterceptor(h.unary), grpc.ChainStreamInterceptor(h.stream))...)
	register(server)
	watching, endWatches := context.WithCancel(context.Background())
	defer endWatches()
	check := &checker{Server: health.NewServer(), watching: watching}
	if _, registered := server.GetServiceInfo()[healthpb.Health_ServiceDesc.ServiceName]; !registered {
		healthpb.RegisterHealthServer(server, check)
	}
	run.Logger().Info("listening", "address", l.Addr().String())
	run.Go(func(context.Context) error { return server.Serve(conns) }) // if it fails, so does the run
	run.Ready()

	<-ctx.Done()
	check.Shutdown()
	defer time.AfterFunc(time.Second, func() {
		endWatches()
		conns.closeOpen(true)
	}).Stop()
	drained := make(chan struct{})
	run.Go(func(context.Context) error {
		server.GracefulStop() // after a Stop, too, it waits for the handlers, and the run for it
		close(drained)
		return nil
	})
	select {
	case <-drained:
		return nil
	case <-run.Grace().Done():
		err := h.unanswered()
		conns.closeOpen(false)
		server.Stop()
		return err
	}
}

// A checker is the health service of a child. A watch lasts as long as its client wants, and would use up the time for the stop.
type checker struct {
	*health.Server
	watching context.Context // ends when clients know that the child stops
}

func (c *checker) Watch(request *healthpb.HealthCheckRequest, s healthpb.Health_WatchServer) error {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	defer context.AfterFunc(c.watching, cancel)()
	err := c.Server.Watch(request, watch{s, ctx})
	if c.watching.Err() != nil {
		return status.Error(codes.Unavailable, "the server stops")
	}
	return err
}

// A watch is a stream with another context.
type watch struct {
	healthpb.Health_WatchServer
	ctx context.Context
}

func (w watch) Context() context.Context { return w.ctx }

// handlers know which calls are served.
type handlers struct {
	run kit.Run

	mu   sync.Mutex
	open map[string]int // how many calls of a method are served
}

func (h *handlers) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (answer any, err error) {
	err = h.do(info.FullMethod, func() (err error) {
		answer, err = next(ctx, request)
		return err
	})
	return answer, err
}

func (h *handlers) stream(service any, s grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return h.do(info.FullMethod, func() error { return next(service, s) })
}

func (h *handlers) do(method string, f func() error) (err error) {
	h.count(method, 1)
	defer func() {
		h.count(method, -1)
		if p := recover(); p != nil {
			h.run.Logger().Error("a handler panicked", "method", method, "panic", p, "stack", string(debug.Stack()))
			err = status.Error(codes.Internal, "internal error")
		}
	}()
	return f()
}

func (h *handlers) count(method string, more int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open[method] += more
	if h.open[method] == 0 {
		delete(h.open, method)
	}
}

// unanswered says which methods have calls that are not answered though the time for them is over; nil if there are none.
func (h *handlers) unanswered() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for _, method := range slices.Sorted(maps.Keys(h.open)) {
		names = append(names, fmt.Sprintf("%d of %.100q", h.open[method], method))
	}
	if len(names) == 0 {
		return nil
	}
	return errors.New("calls without an answer: " + strings.Join(names, ", "))
}
