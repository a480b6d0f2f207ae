package main

import (
	"context"
	"fmt"
	"sync"
)

// bare is a goroutine a child with a loop in it, by hand; with a cancellable context a run, if contexts is set.
type bare struct {
	contexts bool
	wg       sync.WaitGroup
	cancel   context.CancelFunc
}

func (b *bare) start(n int, run child) {
	all, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	for i := range n {
		b.wg.Go(func() {
			for b.once(all, i, run) != nil {
			}
		})
	}
}

// once is one run.
func (b *bare) once(ctx context.Context, i int, run child) error {
	if b.contexts {
		one, cancel := context.WithCancel(ctx)
		defer cancel()
		ctx = one
	}
	return caught(ctx, i, run)
}

// caught is one run; a panic of it is an error.
func caught(ctx context.Context, i int, run child) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %w", p.(error))
		}
	}()
	return run(ctx, i)
}

func (b *bare) stop() {
	b.cancel()
	b.wg.Wait()
}

// central is a goroutine a run, and one more that hears of every end and starts the next run.
type central struct {
	ends   chan end
	cancel context.CancelFunc
	over   chan struct{}
}

type end struct {
	i   int
	err error
}

func (c *central) start(n int, run child) {
	ctx, cancel := context.WithCancel(context.Background())
	c.ends, c.cancel, c.over = make(chan end, 64), cancel, make(chan struct{})
	launch := func(i int) { go func() { c.ends <- end{i, caught(ctx, i, run)} }() }
	go func() {
		defer close(c.over)
		for left := n; left > 0; {
			if e := <-c.ends; e.err != nil {
				launch(e.i)
			} else {
				left--
			}
		}
	}()
	for i := range n {
		launch(i)
	}
}

func (c *central) stop() {
	c.cancel()
	<-c.over
}
