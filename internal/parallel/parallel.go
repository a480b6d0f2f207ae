// Package parallel does jobs on all processors.
package parallel

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"sync"
)

// Each does all the jobs. If some panic, it panics like the first of them when the others are done: a goroutine of its own
// would end the process, whatever the caller would do about it.
func Each[T any](jobs iter.Seq[T], do func(T)) {
	queue := make(chan T)
	var workers sync.WaitGroup
	var first sync.Once
	var panicked any
	attempt := func(job T) {
		defer func() {
			if value := recover(); value != nil {
				first.Do(func() { panicked = fmt.Sprintf("%v\n\n%s", value, debug.Stack()) })
			}
		}()
		do(job)
	}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for job := range queue {
				attempt(job)
			}
		})
	}
	for job := range jobs {
		queue <- job
	}
	close(queue)
	workers.Wait()
	if panicked != nil {
		panic(panicked)
	}
}

// Range is [Each] of the numbers from 0 to n-1.
func Range(n int, do func(int)) {
	Each(func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}, do)
}
