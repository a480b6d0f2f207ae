// Shop is a small web shop, supervised. See its README for what to try.
package main

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/otelsup"
	"github.com/supgen/supgen/runtime/sdnotify"
)

//go:generate go tool supgen generate

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	ops := flag.String("ops", "localhost:8081", "where to listen for probes and for who looks at the page")
	socket := flag.String("socket", "", "a Unix socket for commands; none if empty")
	file := flag.String("db", "", "the database file; a temporary one if empty")
	verbose := flag.Bool("v", false, "log every event")
	flag.Parse()
	os.Exit(run(*addr, *ops, *socket, *file, *verbose))
}

// run returns the status of the program: by then what it deferred is done, which os.Exit would leave out.
func run(addr, ops, socket, file string, verbose bool) int {
	if file == "" {
		dir, err := os.MkdirTemp("", "shop")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		file = filepath.Join(dir, "shop.db")
	}
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))

	app := newApp(addr, file)
	app.shop = NewShop(app, runtime.WithLogger(logger))
	// Each of these does nothing where it is not wanted: without systemd, and without an SDK of OpenTelemetry.
	beside := []runtime.Companion{sdnotify.Notify(), otelsup.Observe(), httpsup.Serve(ops, httpsup.ReadOpen())}
	if socket != "" {
		beside = append(beside, httpsup.Serve("unix:"+socket))
	}
	return runtime.MainStatus(app.shop, beside...)
}
