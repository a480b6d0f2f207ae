// Package kitsuture is for programs that move from suture to supgen, or back, step by step: [Serve] runs a service of suture, or a
// whole supervisor of it, as the child of a tree, and [Service] makes a service of a tree.
package kitsuture

import (
	"context"
	"errors"
	"fmt"

	"github.com/supgen/supgen/runtime"
	"github.com/thejerf/suture/v4"
)

var errEnded = errors.New("the service has ended, and did not say suture.ErrDoNotRestart")

// Serve runs a service as a child, which is best declared as a worker: that is done when the service returns
// suture.ErrDoNotRestart, and failed when it returns anything else, nil too, as suture has it. With
// suture.ErrTerminateSupervisorTree it is a [runtime.FatalBug], and its supervisor fails.
//
//	func (a *App) Mailer(ctx context.Context, run ShopMailerRun) error {
//		return kitsuture.Serve(ctx, a.mailer)
//	}
//
// A panic is a failure of the child. Below a supervisor of suture, it is that one's.
func Serve(ctx context.Context, service suture.Service) error {
	err := service.Serve(ctx)
	switch {
	case errors.Is(err, suture.ErrDoNotRestart):
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, suture.ErrTerminateSupervisorTree):
		return runtime.FatalBug(err)
	case err == nil:
		return errEnded
	}
	return err
}

// Service makes a service of a tree. Each time suture serves it, newTree makes the tree that is run, since a tree runs once; the
// name is what suture calls it.
//
//	supervisor.Add(kitsuture.Service("Shop", func() runtime.Program { return NewShop(&App{}) }))
//
// A tree that has finished, or was shut down, is not restarted. One that gave up is, but with a wrong configuration, or with
// something stuck that a second tree would meet, it ends the supervisor.
//
// A supervisor of suture waits for ten seconds when it stops, and then goes on: give it a Timeout that is longer than the tree's
// longest stop, which "supgen explain" prints.
func Service(name string, newTree func() runtime.Program) suture.Service {
	return &service{name, newTree}
}

type service struct {
	name    string
	newTree func() runtime.Program
}

// String is how suture logs it.
func (s *service) String() string { return s.name }

func (s *service) Serve(ctx context.Context) error {
	err := s.newTree().Run(ctx)
	switch {
	case err == nil:
		return suture.ErrDoNotRestart
	case errors.Is(err, runtime.ErrStuck) || runtime.OutcomeOf(err) == runtime.OutcomeFatalConfig:
		return fmt.Errorf("%w: %w", suture.ErrTerminateSupervisorTree, err)
	}
	return err
}
