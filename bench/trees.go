package main

import (
	"context"
	"fmt"
	"log"

	"github.com/supgen/supgen/runtime"
)

//go:generate go tool supgen generate

// trees is supgen, as its users have it: the generated trees of trees.sup with everything on. Limits and intensities
// are counted, each event is kept, the state is up to date.
type trees struct {
	tree   tree
	some   *runtime.Handle // one of the children
	state  func()
	cancel context.CancelFunc
	ended  chan error
}

// tree is what generated trees have in common.
type tree interface {
	Run(context.Context) error
	Tree() *runtime.Tree
}

func (t *trees) start(n int, run child) {
	switch n {
	case 10:
		tree := NewTen(ten{run})
		t.tree, t.some, t.state = tree, tree.Child(0), func() { tree.State() }
	case 1000:
		tree := NewThousand(thousand{run})
		t.tree, t.some, t.state = tree, tree.Child(0), func() { tree.State() }
	case 100_000:
		tree := NewHundredThousand(hundredThousand{run})
		t.tree, t.some, t.state = tree, tree.Left(0), func() { tree.State() }
	default:
		panic(fmt.Errorf("trees.sup declares no tree of %d children", n))
	}
	t.run()
}

func (t *trees) run() {
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel, t.ended = cancel, make(chan error, 1)
	go func() {
		err := t.tree.Run(ctx)
		if ctx.Err() == nil {
			log.Fatalf("the tree ended by itself: %v", err) // or the case would never stop waiting for its children
		}
		t.ended <- err
	}()
}

func (t *trees) stop() {
	t.cancel()
	if err := <-t.ended; err != nil {
		log.Fatal(err)
	}
}

type ten struct{ run child }

func (t ten) Child(ctx context.Context, run TenChildRun) error { return t.run(ctx, run.Index()) }

type thousand struct{ run child }

func (t thousand) Child(ctx context.Context, run ThousandChildRun) error {
	return t.run(ctx, run.Index())
}

type hundredThousand struct{ run child }

func (h hundredThousand) Left(ctx context.Context, run HundredThousandLeftRun) error {
	return h.run(ctx, run.Index())
}

func (h hundredThousand) Right(ctx context.Context, run HundredThousandRightRun) error {
	return h.run(ctx, 50_000+run.Index())
}

// telling calls a function with the run of the child of Telling.
type telling func(run TellingChildRun)

// Child is ready, does it, and waits for its end.
func (f telling) Child(ctx context.Context, run TellingChildRun) error {
	run.Ready()
	f(run)
	<-ctx.Done()
	return nil
}
