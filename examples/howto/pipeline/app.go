package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/supgen/supgen/runtime"
)

// App has a method for each child. Its channels have no buffers: what one stage has sent, the next one has in hand.
type App struct {
	in     string // a file with a JSON object in each line
	out    io.Writer
	offset int64        // of the first line that Reader has not handed on
	lines  chan []byte  // closed by Reader at the end of the file
	orders chan Order   // closed by the last Parser
	parsed atomic.Int32 // the parsers that have ended
}

func NewApp(in string, out io.Writer) *App {
	return &App{in: in, out: out, lines: make(chan []byte), orders: make(chan Order)}
}

type Order struct{ ID, Cents int }

func (a *App) Reader(ctx context.Context, run ImportReaderRun) error {
	file, err := os.Open(a.in)
	if err != nil {
		return runtime.FatalConfig(err)
	}
	defer file.Close()
	if _, err := file.Seek(a.offset, io.SeekStart); err != nil {
		return err
	}
	for in := bufio.NewReader(file); ; {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			select {
			case <-ctx.Done():
				return nil
			case a.lines <- line:
				a.offset += int64(len(line))
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			close(a.lines)
			return nil
		case err != nil:
			return err
		}
	}
}

func (a *App) Parser(ctx context.Context, run ImportParserRun) error {
	for {
		select {
		case <-ctx.Done(): // Reader is down, and has sent nothing more
			return nil
		case line, more := <-a.lines:
			if !more {
				if a.parsed.Add(1) == parsers {
					close(a.orders)
				}
				return nil
			}
			var order Order
			if err := json.Unmarshal(line, &order); err != nil {
				run.Logger().Warn("skipped", "line", string(line), "error", err)
				continue
			}
			select {
			case a.orders <- order:
			case <-run.Grace().Done(): // Writer has failed
				return context.Cause(run.Grace())
			}
		}
	}
}

const parsers = 4

func (a *App) Writer(ctx context.Context, run ImportWriterRun) error {
	out := bufio.NewWriter(a.out)
	for {
		select {
		case <-ctx.Done(): // the parsers are down, and have sent nothing more
			return out.Flush()
		case order, more := <-a.orders:
			if !more {
				return out.Flush()
			}
			if _, err := fmt.Fprintf(out, "%d,%d\n", order.ID, order.Cents); err != nil {
				return err
			}
		}
	}
}
