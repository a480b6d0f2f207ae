package kit

import (
	"context"
	"io/fs"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sdnotify"
)

// Reload calls load at once, and again within a second of a SIGHUP and of each change of one of the files, until ctx ends. A file
// has changed when it has another time or size, when another one has taken its place, as in a ConfigMap of Kubernetes, and when it
// comes or goes.
//
// An error of the first call ends the run. One of a later call is logged, and the program goes on with what it has, since a mistake
// in a file should not end what works; but for a [runtime.Again], which ends the run so that the child, and what needs it, start
// again with what is new. [Config] does that.
//
// A child with "ready explicit" that provides nothing is ready when the first call has returned. To systemd, the later calls are a
// reload ([sdnotify.Reloading]), and so is the first call of a run if a SIGHUP came since the run before it ended. A process that has
// called Reload once does not end by SIGHUP any more.
func Reload(ctx context.Context, run Run, load func(context.Context) error, files ...string) error {
	hup := make(chan os.Signal, 1)
	keepHangups()
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	reload := func(ctx context.Context) error {
		defer sdnotify.Reloading()()
		return load(ctx)
	}
	seen, first := stat(files), load
	if isHungUp(kept) {
		first = reload
	}
	if err := first(ctx); err != nil {
		return err
	}
	ready(run)
	for pulse := pulseOf(run); pulse.wait(ctx, time.Second); {
		now := stat(files)
		if isHungUp(hup) {
			isHungUp(kept) // it is the same
		} else if now.equal(seen) {
			continue
		}
		seen = now
		err := reload(ctx)
		switch {
		case runtime.OutcomeOf(err) == runtime.OutcomeAgain:
			return err
		case err != nil && ctx.Err() == nil:
			run.Logger().Error("not reloaded", "error", err)
		case err == nil:
			run.Logger().Info("reloaded")
		}
	}
	return nil
}

// Config provides a configuration, and is Reload for the rest: what load returns at first is handed over, and when it returns
// something else ([reflect.DeepEqual] says so), the run ends by a [runtime.Again]. So the child, and what needs it, start again with
// what is new; a mistake in a file changes nothing, nor does a SIGHUP without a change.
//
//	func (a *App) Config(ctx context.Context, run ShopConfigRun) error {
//		return kit.Config(ctx, run, load, "shop.json")
//	}
//
// An error of the first call is the child's. A program that is not to start with a mistake in its configuration declares for it
//
//	on failure at start shutdown
func Config[T any](ctx context.Context, run ProviderRun[T], load func(context.Context) (T, error), files ...string) error {
	var provided *T
	return Reload(ctx, run, func(ctx context.Context) error {
		config, err := load(ctx)
		switch {
		case err != nil:
			return err
		case provided == nil:
			provided = &config
			run.Ready(config)
		case !reflect.DeepEqual(config, *provided):
			return runtime.Again("the configuration has changed")
		}
		return nil
	}, files...)
}

// keepHangups keeps a SIGHUP that comes between two runs for the next one; if nothing were notified of it, it would end the process.
// The channel is made before any test is in a bubble.
var (
	kept        = make(chan os.Signal, 1)
	keepHangups = sync.OnceFunc(func() { signal.Notify(kept, syscall.SIGHUP) })
)

func isHungUp(hup <-chan os.Signal) bool {
	select {
	case <-hup:
		return true
	default:
		return false
	}
}

// stats are what the system says of files; nil of one that it says nothing about.
type stats []fs.FileInfo

func stat(files []string) stats {
	all := make(stats, len(files))
	for i, file := range files {
		if info, err := os.Stat(file); err == nil {
			all[i] = info
		}
	}
	return all
}

func (s stats) equal(to stats) bool {
	return slices.EqualFunc(s, to, func(a, b fs.FileInfo) bool {
		if a == nil || b == nil {
			return a == b
		}
		return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
	})
}
