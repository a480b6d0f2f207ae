package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// start runs the clock, and returns its tree, a client of it, and how it ended.
func start(t *testing.T) (*Clock, *grpc.ClientConn, chan error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	addr := l.Addr().String()
	tree := NewClock(&App{addr: addr}, runtime.Override("Clock", func(c *runtime.Child) {
		c.LameDuck = 0
	}))
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(context.Background()) }()
	t.Cleanup(func() {
		tree.Tree().Shutdown("test", "over")
		<-tree.Tree().Done()
	})
	if err := tree.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	client, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return tree, client, ended
}

func watch(t *testing.T, client *grpc.ClientConn) grpc.ServerStreamingClient[timestamppb.Timestamp] {
	s, err := client.NewStream(t.Context(), &clockService.Streams[0], "/Clock/Watch")
	if err != nil {
		t.Fatal(err)
	}
	times := &grpc.GenericClientStream[emptypb.Empty, timestamppb.Timestamp]{ClientStream: s}
	if err := errors.Join(s.SendMsg(new(emptypb.Empty)), s.CloseSend()); err != nil {
		t.Fatal(err)
	}
	if now, err := times.Recv(); err != nil || !now.IsValid() {
		t.Fatalf("it is %v, %v", now, err)
	}
	return times
}

// A stop ends the streams that do not end by themselves, watches of the health service among them, and is clean.
func TestStop(t *testing.T) {
	tree, client, ended := start(t)
	if err := client.Invoke(t.Context(), "/Clock/Now", new(emptypb.Empty), new(timestamppb.Timestamp)); err != nil {
		t.Error(err)
	}
	health, err := healthpb.NewHealthClient(client).Watch(t.Context(), new(healthpb.HealthCheckRequest))
	if err != nil {
		t.Fatal(err)
	}
	if h, err := health.Recv(); h.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("it is %v, %v", h, err)
	}
	times := watch(t, client)
	tree.Tree().Shutdown("ada", "deploy")
	if h, err := health.Recv(); h.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("it is %v, %v", h, err)
	}
	for err == nil {
		_, err = times.Recv()
	}
	if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "the server stops") {
		t.Errorf("the client has %v", err)
	}
	if _, err := health.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("a client of the health service has %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the stop was not clean: %v", err)
	}
}
