// Shop is a small web shop, supervised: the program on supgen's first page. See the README for what to try.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/supgen/supgen/runtime"
)

//go:generate go tool supgen generate

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	file := flag.String("db", "", "the database file; a temporary one if empty")
	verbose := flag.Bool("v", false, "log every event")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first ctrl-c stops the tree, a second one ends the process
	if err := run(ctx, *addr, *file, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, file string, verbose bool) error {
	if file == "" {
		dir, err := os.MkdirTemp("", "shop")
		if err != nil {
			return err
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
	return app.shop.Run(ctx)
}
