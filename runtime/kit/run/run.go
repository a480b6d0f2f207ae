// Package kitrun is for programs that move from oklog/run to supgen step by step: [Actor] runs an actor as the child of a tree, and
// [Group] all of a group as one.
package kitrun

import (
	"context"

	"github.com/oklog/run"
	"github.com/supgen/supgen/runtime/kit"
)

// Actor runs an actor, given as to run.Group.Add, as a child: execute until it returns, or, when the child is asked to stop, until
// interrupt has made it return. What it returns by itself is how the run ends, and what it returns after the interrupt is dropped,
// as a group does.
//
//	func (a *App) Mailer(ctx context.Context, r ShopMailerRun) error {
//		return kitrun.Actor(ctx, r, a.mailer.Run, func(error) { a.mailer.Close() })
//	}
//
// Both are called again when the child is restarted: an actor that can run only once is made in the child's function. A panic
// of either is a failure of the child.
func Actor(ctx context.Context, r kit.Run, execute func() error, interrupt func(error)) error {
	ended := make(chan error, 1)
	r.Go(func(context.Context) error {
		ended <- execute()
		return nil
	})
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		interrupt(context.Cause(ctx))
		return nil
	}
}

// Group runs a group as one child: until its first actor has returned, whose error it returns, or the child is asked to stop. The
// group is this run's own, since one more actor is added to it. A panic of its actors ends the process, as it does without supgen:
// they run on goroutines of the group.
func Group(ctx context.Context, g *run.Group) error {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	g.Add(func() error {
		<-waiting.Done()
		return nil
	}, func(error) { cancel() })
	return g.Run()
}
