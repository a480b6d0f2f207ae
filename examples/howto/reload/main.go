// Reload is the program of docs/howto/reload.md: it reads its configuration again on SIGHUP, and when the file has changed.
//
//	go run ./examples/howto/reload examples/howto/reload/shop.json
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sdnotify"
)

//go:generate go tool supgen generate

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reload FILE")
		os.Exit(2)
	}
	app := &App{file: os.Args[1]}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: &app.level})))
	runtime.Main(NewShop(app), sdnotify.Notify())
}
