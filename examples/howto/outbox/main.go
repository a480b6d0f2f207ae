// Outbox is the program of docs/howto/outbox.md: orders in a database, and their events in a broker.
//
//	DATABASE_URL=postgres://shop@localhost:5432/shop NATS_URL=nats://localhost:4222 go run ./examples/howto/outbox
package main

import (
	"cmp"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

//go:generate go tool supgen generate

func main() {
	app := &App{
		dsn:  cmp.Or(os.Getenv("DATABASE_URL"), "postgres://localhost:5432/postgres"),
		nats: cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL),
		addr: "localhost:8080",
	}
	app.shop = NewShop(app)
	runtime.Main(app.shop, httpsup.Serve("localhost:8081", httpsup.ReadOpen(), httpsup.ReadyTags("serving")))
}
