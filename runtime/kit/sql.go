package kit

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/supgen/supgen/runtime"
)

const (
	pingEvery   = 2 * time.Second
	pingTimeout = 5 * time.Second
)

// SQL provides a pool of connections that works. It is ready once the database answers a ping. If it does not, the run fails, and
// the child is started again, by its backoff: the failure is external, unless the driver's error says by a mark what it is.
//
// From then on it pings every two seconds, and is not ready while the database does not answer within five: what needs
// the pool goes on, nothing new starts, and the pool is ready again when the database is back. A pool all of whose connections
// are in use is busy, and stays as ready as it was. A heartbeat goes on while a ping takes its time, and stops if the driver does
// not return when that is over.
//
// The pool is closed when nothing holds it any more.
func SQL(ctx context.Context, run ProviderRun[*sql.DB], db *sql.DB) error {
	run.Cleanup(func(context.Context) error { return db.Close() })
	if err := ping(ctx, run, db); err != nil {
		return away(err)
	}
	run.Ready(db)
	answers, pulse := true, pulseOf(run)
	for pulse.wait(ctx, pingEvery) {
		err := ping(ctx, run, db)
		switch {
		case ctx.Err() != nil:
		case err != nil && err.Error() == "sql: database is closed": // by something that it was given to
			return err
		case err == nil && !answers:
			run.Logger().Info("the database answers again")
			run.Ready(db)
		case err != nil && answers && !busy(err, db):
			run.Logger().Warn("the database does not answer", "error", err)
			run.NotReady()
		default:
			continue
		}
		answers = err == nil
	}
	return nil
}

// ping pings, and beats until the database has answered, or the time for that is over.
func ping(ctx context.Context, run Run, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if pulse := pulseOf(run); pulse.beat != nil {
		run.Go(func(context.Context) error {
			pulse.wait(ctx, pingTimeout)
			return nil
		})
	}
	return db.PingContext(ctx)
}

// away is an error of a ping: external, unless it says otherwise.
func away(err error) error {
	if runtime.OutcomeOf(err) == runtime.OutcomeError {
		return runtime.ExternalDependency(err)
	}
	return err
}

// busy reports whether a ping had to wait for a connection for too long, and says nothing about the database.
func busy(err error, db *sql.DB) bool {
	s := db.Stats()
	return errors.Is(err, context.DeadlineExceeded) && s.MaxOpenConnections > 0 && s.InUse == s.MaxOpenConnections
}
