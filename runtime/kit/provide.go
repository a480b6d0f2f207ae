package kit

import (
	"context"
	"time"
)

// Provide hands over a value that is of use until the child is asked to stop: a file, a cache, a client that connects when it is
// used. The value is closed when nothing holds it any more.
//
//	func (a *App) Journal(ctx context.Context, run ShopJournalRun) error {
//		file, err := os.OpenFile(a.journal, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
//		if err != nil {
//			return err
//		}
//		return kit.Provide(ctx, run, file, file.Close)
//	}
//
// If the child provides an interface, name it: kit.Provide[Store](ctx, run, store, store.Close). What may stop answering meanwhile is
// for [Ping].
func Provide[T any](ctx context.Context, run ProviderRun[T], value T, close func() error) error {
	run.Cleanup(func(context.Context) error { return close() })
	run.Ready(value)
	for pulse := pulseOf(run); pulse.wait(ctx, time.Hour); {
	}
	return nil
}
