// Package kitfx is for programs that move from fx to supgen step by step: [Run] runs an fx app as the child of a tree.
package kitfx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/supgen/supgen/runtime/kit"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
)

// Run runs an fx app, made of the options as fx.New makes it, as a child with "ready explicit", which is best declared as a worker:
//
//	func (a *App) Billing(ctx context.Context, run ShopBillingRun, db *sql.DB) error {
//		return kitfx.Run(ctx, run, billing.Module, fx.Supply(db))
//	}
//
// It is ready when its start hooks have returned. When it is asked to stop, its stop hooks have until the shutdown budget ends. An app
// that asks for its end by fx.Shutdowner ends the run, with an error if it does so with an fx.ExitCode; fx's StopTimeout is for
// that alone. Signals to the process are left to the tree.
//
// What fx does is logged by the run's logger, at the level debug, unless there is an fx.WithLogger.
//
// A panic of a constructor is a failure of the child. One of a hook ends the process, and a hook that takes too long is left
// behind, as it is without supgen: fx calls hooks on goroutines of its own.
func Run(ctx context.Context, run kit.ReadyRun, options ...fx.Option) error {
	asked := make(chan struct{}, 1)
	app := fx.New(
		fx.WithLogger(func() fxevent.Logger {
			l := &fxevent.SlogLogger{Logger: run.Logger()}
			l.UseLogLevel(slog.LevelDebug)
			return l
		}),
		fx.Options(options...),
		fx.Decorate(func(s fx.Shutdowner) fx.Shutdowner { return shutdowner{s, asked} }),
	)
	starting, cancel := context.WithTimeout(ctx, app.StartTimeout())
	defer cancel()
	if err := app.Start(starting); err != nil { // also an error of fx.New
		return err
	}
	run.Ready()
	select {
	case <-ctx.Done():
		return app.Stop(run.Grace())
	case <-asked:
		var failed error
		if end := <-app.Wait(); end.ExitCode != 0 {
			failed = fmt.Errorf("the app has shut down with exit code %d", end.ExitCode)
		}
		stopping, cancel := context.WithTimeout(run.Grace(), app.StopTimeout())
		defer cancel()
		return errors.Join(failed, app.Stop(stopping))
	}
}

// A shutdowner says that the app asks for its end. Without it, one would have to wait for the app's channel, with which comes that
// fx takes SIGTERM from the process.
type shutdowner struct {
	fx.Shutdowner
	asked chan<- struct{}
}

func (s shutdowner) Shutdown(options ...fx.ShutdownOption) error {
	err := s.Shutdowner.Shutdown(options...)
	select {
	case s.asked <- struct{}{}:
	default:
	}
	return err
}
