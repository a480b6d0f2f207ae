// Ledger is a program without a policy, whose store comes and goes. Start a store, then the ledger; stop the store and start it
// again, and watch:
//
//	go run ./examples/ledger -serve localhost:7000
//	go run ./examples/ledger -store localhost:7000
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/supgen/supgen/runtime"
)

//go:generate go tool supgen generate

func main() {
	serve := flag.String("serve", "", "be the store, and listen at this address")
	store := flag.String("store", "localhost:7000", "where the store is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second ctrl-C ends the process
	if err := run(ctx, *serve, *store); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, serve, store string) error {
	if serve != "" {
		listener, err := net.Listen("tcp", serve)
		if err != nil {
			return err
		}
		context.AfterFunc(ctx, func() { listener.Close() })
		(&Store{}).Serve(listener)
		return nil
	}
	entries := make(chan string)
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			entries <- in.Text()
		}
	}()
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", store)
	}
	return NewLedger(&App{dial, entries}, runtime.WithLogger(slog.Default())).Run(ctx)
}
