// Grpc serves gRPC: its health service follows the tree, calls are answered when it stops, and streams that do not end by themselves end then.
package main

import (
	"context"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/kit"
	kitgrpc "github.com/supgen/supgen/runtime/kit/grpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

//go:generate go tool supgen generate

func main() {
	runtime.Main(NewClock(&App{addr: "localhost:9000"}), httpsup.Serve("localhost:8081", httpsup.ReadOpen()))
}

type App struct{ addr string }

// GRPC serves the clock.
func (a *App) GRPC(ctx context.Context, run ClockGRPCRun) error {
	l, err := kit.Listen(ctx, "tcp", a.addr)
	if err != nil {
		return err
	}
	return kitgrpc.Serve(ctx, run, l, func(s *grpc.Server) { RegisterClockServer(s, &clock{stop: ctx.Done()}) })
}

type clock struct {
	stop <-chan struct{} // closed when the child is asked to stop
}

func (c *clock) Now(context.Context, *emptypb.Empty) (*timestamppb.Timestamp, error) {
	return timestamppb.Now(), nil
}

// Watch sends the time every second until the client leaves, or the server does.
func (c *clock) Watch(_ *emptypb.Empty, times grpc.ServerStreamingServer[timestamppb.Timestamp]) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := times.Send(timestamppb.Now()); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-times.Context().Done():
			return nil
		case <-c.stop:
			return status.Error(codes.Unavailable, "the server stops")
		}
	}
}
