// Kafka is the program of docs/howto/kafka.md: a producer and a consumer whose broker comes and goes.
//
//	KAFKA=localhost:9092 go run ./examples/howto/kafka
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

//go:generate go tool supgen generate

func main() {
	brokers := strings.Split(cmp.Or(os.Getenv("KAFKA"), "localhost:9092"), ",")
	app := &App{
		brokers: brokers,
		addr:    "localhost:8080",
		bill: func(_ context.Context, order []byte) error {
			_, err := fmt.Printf("billed %s\n", order)
			return err
		},
	}
	runtime.Main(NewBilling(app), httpsup.Serve("localhost:8081", httpsup.ReadOpen()))
}
