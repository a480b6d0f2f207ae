// Nats is the program of docs/howto/nats.md: a publisher and a consumer whose server comes and goes.
//
//	NATS_URL=nats://localhost:4222 go run ./examples/howto/nats
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

//go:generate go tool supgen generate

func main() {
	app := &App{
		url:  cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL),
		addr: "localhost:8080",
		bill: func(_ context.Context, order []byte) error {
			_, err := fmt.Printf("billed %s\n", order)
			return err
		},
	}
	runtime.Main(NewOrders(app), httpsup.Serve("localhost:8081", httpsup.ReadOpen()))
}
