package kit

import (
	"context"
	"errors"
	"time"

	"github.com/supgen/supgen/runtime"
)

const (
	pingEvery   = 2 * time.Second
	pingTimeout = 5 * time.Second
)

// Ping has a child be ready while something answers that is not part of the program: a broker, a cache, a pool of connections. It
// calls ping at once. If that succeeds it calls ready, and else the run fails, and the child is started again, by its backoff: the
// failure is external, unless a mark in the error says what it is.
//
//	func (a *App) Redis(ctx context.Context, run ShopRedisRun) error {
//		client := redis.NewClient(a.options)
//		run.Cleanup(func(context.Context) error { return client.Close() })
//		return kit.Ping(ctx, run, func() { run.Ready(client) }, func(ctx context.Context) error { return client.Ping(ctx).Err() })
//	}
//
// From then on it calls ping every two seconds, until ctx ends. The child is not ready while ping fails, or does not return within
// five, and the error says why ([runtime.Signal.NotReadyCause]): what needs the child goes on, and nothing new starts that does. When
// ping succeeds again, it calls ready again. So the client has to connect again by itself.
//
// A heartbeat goes on while a ping takes its time, and stops if ping does not return when that is over.
func Ping(ctx context.Context, run NotReadyRun, ready func(), ping func(context.Context) error) error {
	if err := try(ctx, run, ping); err != nil {
		return external(err)
	}
	ready()
	answers, pulse := true, pulseOf(run)
	for pulse.wait(ctx, pingEvery) {
		err := try(ctx, run, ping)
		switch {
		case ctx.Err() != nil || errors.Is(err, errBusy):
			continue
		case errors.Is(err, errClosed):
			return err
		case err == nil && !answers:
			ready()
		case err != nil:
			notReady(run, external(err)) // the cause may be another than before
		}
		answers = err == nil
	}
	return nil
}

// external is an error of a ping: what comes from outside the program, unless a mark in it says something else.
func external(err error) error {
	if runtime.OutcomeOf(err) == runtime.OutcomeError {
		return runtime.ExternalDependency(err)
	}
	return err
}

// What a ping of SQL found out that is neither an answer nor its absence.
var (
	errBusy   = errors.New("all connections are in use")
	errClosed = errors.New("the pool was closed by something that it was given to")
)

// try pings, and beats until there is an answer, or the time for that is over.
func try(ctx context.Context, run Run, ping func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if pulse := pulseOf(run); pulse.beat != nil {
		run.Go(func(context.Context) error {
			pulse.wait(ctx, pingTimeout)
			return nil
		})
	}
	return ping(ctx)
}
