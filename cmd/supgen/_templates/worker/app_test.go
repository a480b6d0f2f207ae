package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// For a minute, which is over at once in the bubble of a synctest, each job fails once, and the source loses its connection.
func TestApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		failed, done := map[string]bool{}, 0
		app := NewApp(&children{func(_ context.Context, job string) error {
			mu.Lock()
			defer mu.Unlock()
			if !failed[job] {
				failed[job] = true
				return errors.New("the first try fails")
			}
			done++
			delete(failed, job)
			return nil
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := app.Run(ctx); err != nil {
			t.Error(err)
		}
		if source := app.State().Source; done < 50 || len(failed) > 0 || source.Failures < 2 {
			t.Errorf("%d jobs are done, %d are not, and the connection was lost %d times", done, len(failed), source.Failures)
		}
	})
}
