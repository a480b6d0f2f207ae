package kitgrpc_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	kitgrpc "github.com/supgen/supgen/runtime/kit/grpc"
	"github.com/supgen/supgen/runtime/runtimetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

type grpcRun = struct {
	runtime.Run
	runtime.Signal
}

// service is a service Shop with one method, which does what f does.
func service(f func(context.Context) error) *grpc.ServiceDesc {
	return &grpc.ServiceDesc{ServiceName: "Shop", Methods: []grpc.MethodDesc{{
		MethodName: "List",
		Handler: func(_ any, ctx context.Context, _ func(any) error, with grpc.UnaryServerInterceptor) (any, error) {
			return with(ctx, nil, &grpc.UnaryServerInfo{FullMethod: "/Shop/List"}, func(ctx context.Context, _ any) (any, error) {
				return new(emptypb.Empty), f(ctx)
			})
		},
	}}}
}

func start(t *testing.T, f func(context.Context) error, options ...runtimetest.Option) (*runtimetest.Recorder, *grpc.ClientConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := runtimetest.Start(t, func(ctx context.Context, run grpcRun) error {
		return kitgrpc.Serve(ctx, run, l, func(s *grpc.Server) { s.RegisterService(service(f), nil) })
	}, options...)
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	client, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return r, client
}

func list(client *grpc.ClientConn) error {
	return client.Invoke(context.Background(), "/Shop/List", new(emptypb.Empty), new(emptypb.Empty))
}

func call(client *grpc.ClientConn) <-chan error {
	c := make(chan error, 1)
	go func() { c <- list(client) }()
	return c
}

// A call that is served when the child is asked to stop is answered, and the health service says that no more should come.
func TestServe(t *testing.T) {
	begun, answers := make(chan bool), make(chan bool)
	r, client := start(t, func(ctx context.Context) error {
		begun <- true
		<-answers
		return ctx.Err()
	}, runtimetest.Shutdown(time.Hour, time.Hour))
	watch, err := healthpb.NewHealthClient(client).Watch(t.Context(), new(healthpb.HealthCheckRequest))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := watch.Recv(); err != nil || s.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("it is %s, %v", s.GetStatus(), err)
	}
	slow := call(client)
	<-begun
	r.Stop()
	if s, err := watch.Recv(); err != nil || s.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("it is %s, %v", s.GetStatus(), err)
	}
	answers <- true
	if err := <-slow; err != nil {
		t.Errorf("it is answered with %v", err)
	}
	if _, err := watch.Recv(); status.Code(err) != codes.Unavailable { // it does not use up the time for the stop
		t.Errorf("the watch ended with %v", err)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
}

// What is not answered in time is called off and named, and the run ends when the handlers have returned.
func TestDrainRunsOut(t *testing.T) {
	begun, answers, returns := make(chan bool), make(chan bool), make(chan bool)
	r, client := start(t, func(ctx context.Context) error {
		begun <- true
		select {
		case <-answers:
			return nil
		case <-ctx.Done():
			<-returns
			return nil
		}
	}, runtimetest.Shutdown(time.Millisecond, time.Hour))
	answered := call(client)
	<-begun
	answers <- true
	if err := <-answered; err != nil {
		t.Errorf("before that, a client has %v", err)
	}
	watch, err := healthpb.NewHealthClient(client).Watch(t.Context(), new(healthpb.HealthCheckRequest))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watch.Recv(); err != nil {
		t.Fatal(err)
	}
	first, second := call(client), call(client)
	<-begun
	<-begun
	r.Stop()
	for _, c := range []<-chan error{first, second} {
		if err := <-c; status.Code(err) != codes.Unavailable {
			t.Errorf("a client has %v", err)
		}
	}
	if l := r.State().Lifecycle; l != runtime.LifecycleShuttingDown {
		t.Errorf("while handlers run, it is %s", l)
	}
	close(returns)
	if err := r.Wait(); err == nil || err.Error() != `calls without an answer: 2 of "/Shop/List", 1 of "/grpc.health.v1.Health/Watch"` {
		t.Errorf("it returned %v", err)
	}
}

// A client that connects and says nothing does not keep the server from stopping; one that says half of something is cut when the time
// for the stop is over.
func TestSilentClient(t *testing.T) {
	for says, drain := range map[string]time.Duration{"": time.Hour, "PRI * HTTP/2.0": 2 * time.Second} {
		r, client := start(t, func(context.Context) error { return nil }, runtimetest.Shutdown(drain, time.Hour))
		if err := list(client); err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", client.Target())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, says)
		r.Stop()
		conn.SetReadDeadline(time.Now().Add(time.Minute)) // grpc takes two
		if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q: the connection stays", says)
		}
		if err := r.Wait(); err != nil {
			t.Errorf("%q: it returned %v", says, err)
		}
	}
}

// A server that does not come to serve leaves no address in use.
func TestListenerIsClosed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := runtimetest.Start(t, func(ctx context.Context, run grpcRun) error {
		return kitgrpc.Serve(ctx, run, l, func(*grpc.Server) { panic("twice the same service") })
	})
	r.Wait()
	if s := r.State(); s.Failure == nil || s.Failure.Kind != runtime.OutcomePanic {
		t.Errorf("it failed with %v", s.Failure)
	}
	again, err := net.Listen("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// A handler that panics fails its call alone.
func TestPanic(t *testing.T) {
	calls := 0
	r, client := start(t, func(context.Context) error {
		if calls++; calls == 1 {
			panic("nil map")
		}
		return nil
	})
	if err := list(client); status.Code(err) != codes.Internal {
		t.Errorf("the client has %v", err)
	}
	if err := list(client); err != nil {
		t.Errorf("the next one has %v", err)
	}
	if s := r.State(); s.Lifecycle != runtime.LifecycleReady || s.Failures != 0 {
		t.Errorf("it is %s", s.Lifecycle)
	}
}

// A heartbeat is that of kit.Beating, which some listeners cannot have.
func TestBeats(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tree := runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "GRPC", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Health: runtime.Health{Heartbeat: time.Second, Stale: time.Minute, Dead: time.Hour},
			Start: func(launch runtime.Launch) error {
				run := struct {
					runtime.Run
					runtime.Signal
					runtime.Heart
				}{launch.Run(), launch.Signal(), launch.Heart()}
				return kitgrpc.Serve(launch.Context(), run, struct{ net.Listener }{l}, func(*grpc.Server) {})
			}},
	})
	if err := tree.Run(t.Context()); runtime.OutcomeOf(err) != runtime.OutcomeFatalBug {
		t.Errorf("the tree ended with %v", err)
	}
}

// A server whose listener breaks fails.
func TestListenerBreaks(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := runtimetest.Start(t, func(ctx context.Context, run grpcRun) error {
		return kitgrpc.Serve(ctx, run, l, func(*grpc.Server) {})
	})
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Close()
	r.Wait()
	if s := r.State(); s.Failure == nil || s.Failure.Kind != runtime.OutcomeError {
		t.Errorf("it failed with %v", s.Failure)
	}
}
