// Command app runs the tree in app.sup: what runs, when, and what happens when it fails is said there, and
// what it does, here. "go run ." runs it to its end; stopped before that by ctrl-c, its status is not 0.
package main

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

//go:generate go tool supgen generate

// Main exits with 0 when the tree has finished. When it was stopped half-way the status is 130 or 143, by the signal, and when a stage
// has failed too often 70.
func main() {
	in := flag.String("in", "app.sup", "the `file` to convert")
	pace := flag.Duration("pace", 100*time.Millisecond, "how long a line takes")
	ops := flag.String("ops", "", "where to listen for who looks at the page of the tree, such as localhost:8081")
	flag.Parse()
	var beside []runtime.Companion
	if *ops != "" {
		beside = append(beside, httpsup.Serve(*ops, httpsup.ReadOpen()))
	}
	runtime.Main(NewApp(&children{*in, *pace, os.Stdout}), beside...)
}

// children has a method for each child in app.sup. Without one of them, it does not compile.
type children struct {
	in   string
	pace time.Duration
	out  io.Writer
}

// Read does not try again what cannot get better: without its file, the whole program ends, with status 78.
func (c *children) Read(ctx context.Context, run AppReadRun) ([]string, error) {
	text, err := os.ReadFile(c.in)
	if err != nil {
		return nil, runtime.FatalConfig(err)
	}
	return strings.SplitAfter(string(text), "\n"), nil
}

// Convert returns when its context ends, though it has not finished: then the program is stopping, or its time is over.
func (c *children) Convert(ctx context.Context, run AppConvertRun, read []string) ([]string, error) {
	var converted []string
	for _, line := range read {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(c.pace):
		}
		converted = append(converted, strings.ToUpper(line))
		slog.Info("converted", "lines", len(converted), "of", len(read))
	}
	return converted, nil
}

// Write may be called again after a failure, so what it does twice should be as if it were done once.
func (c *children) Write(ctx context.Context, run AppWriteRun, convert []string) error {
	_, err := io.WriteString(c.out, strings.Join(convert, ""))
	return err
}
