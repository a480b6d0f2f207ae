package kit

import (
	"context"
	"database/sql"
	"errors"
)

// SQL provides a pool of connections that works, as [Ping] has it: it is ready once the database answers a ping, and not ready while
// it does not. A pool all of whose connections are in use is busy, and stays as ready as it was.
//
// The pool is closed when nothing holds it any more.
func SQL(ctx context.Context, run ProviderRun[*sql.DB], db *sql.DB) error {
	run.Cleanup(func(context.Context) error { return db.Close() })
	return Ping(ctx, run, func() { run.Ready(db) }, func(ctx context.Context) error {
		err := db.PingContext(ctx)
		s := db.Stats()
		switch {
		case err != nil && err.Error() == "sql: database is closed":
			return errClosed
		case errors.Is(err, context.DeadlineExceeded) && s.MaxOpenConnections > 0 && s.InUse == s.MaxOpenConnections:
			return errBusy // it had to wait for a connection for too long, which says nothing about the database
		}
		return err
	})
}
