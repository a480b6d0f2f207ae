package main

import (
	"context"
	"net"
	"time"

	"github.com/supgen/supgen/runtime/kit"
)

// App has a method for each child of the ledger.
type App struct {
	dial    func(context.Context) (net.Conn, error)
	entries <-chan string
}

// Store connects, sees that the store answers, and goes on asking whether it still does.
func (a *App) Store(ctx context.Context, run LedgerStoreRun) error {
	conn, err := a.dial(ctx)
	if err != nil {
		return err
	}
	run.Cleanup(func(context.Context) error { return conn.Close() })
	client := NewClient(conn)
	return kit.Tick(ctx, run, time.Second, func(ctx context.Context) error {
		err := client.Do(ctx, "ping")
		if err == nil {
			run.Ready(client) // the first time: it stays ready
		}
		return err
	})
}

func (a *App) Open(ctx context.Context, run LedgerOpenRun, store *Client) error {
	return store.Do(ctx, "open")
}

func (a *App) Writer(ctx context.Context, run LedgerWriterRun, store *Client) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case entry := <-a.entries:
			if err := store.Do(ctx, "write "+entry); err != nil {
				return err // the entry is lost: a real ledger would keep it until it is written
			}
		}
	}
}
