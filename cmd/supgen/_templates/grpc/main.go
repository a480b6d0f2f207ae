// Command app runs the tree in app.sup: what runs, when, and what happens when it fails is said there, and
// what it does, here. "go run ." runs it, and ctrl-c stops it when its calls are answered.
package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/kit"
	kitgrpc "github.com/supgen/supgen/runtime/kit/grpc"
	"google.golang.org/grpc"
)

//go:generate go tool supgen generate

// Main stops the tree when ctrl-C or SIGTERM comes, and exits with a status that says how it ended. Meanwhile another address has
// the probes of Kubernetes, metrics, and a page that shows the tree. In a container, let OPS be ":8081".
func main() {
	addr, ops := cmp.Or(os.Getenv("ADDR"), "localhost:9000"), cmp.Or(os.Getenv("OPS"), "localhost:8081")
	slog.Info("the program listens on " + addr + ", its supervisor on " + ops)
	runtime.Main(NewApp(&children{addr: addr}), httpsup.Serve(ops, httpsup.ReadOpen()))
}

// children has a method for each child in app.sup. Without one of them, it does not compile.
type children struct{ addr string }

// GRPC has the service grpc.health.v1.Health, and those that register adds. What they need, such as a database, is a child too: with
// "service GRPC needs DB" it is handed over here.
func (c *children) GRPC(ctx context.Context, run AppGRPCRun) error {
	l, err := kit.Listen(ctx, "tcp", c.addr)
	if err != nil {
		return err
	}
	register := func(s *grpc.Server) {
		// shoppb.RegisterShopServer(s, &shop{})
	}
	return kitgrpc.Serve(ctx, run, l, register)
}
