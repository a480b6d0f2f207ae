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
	"net"
	"os"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

//go:generate go tool supgen generate

func main() {
	serve := flag.String("serve", "", "be the store, and listen at this address")
	store := flag.String("store", "localhost:7000", "where the store is")
	ops := flag.String("ops", "localhost:8081", "where to listen for probes, for the page and for supgen ctl")
	flag.Parse()
	if *serve != "" {
		listener, err := net.Listen("tcp", *serve)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		(&Store{}).Serve(listener)
		return
	}
	entries := make(chan string)
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			entries <- in.Text()
		}
	}()
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", *store)
	}
	runtime.Main(NewLedger(&App{dial, entries}), httpsup.Serve(*ops, httpsup.ReadOpen()))
}
