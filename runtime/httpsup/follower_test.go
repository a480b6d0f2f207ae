package httpsup

import (
	"encoding/json"
	goruntime "runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/supgen/supgen/runtime"
)

// A handler that is made anew at each start of the server that it is in adds nothing that stays, and has the past of the first.
func TestHandlersShare(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		first := Handler(tree, ReadOpen())
		tree.Handle("Shop.HTTP").Restart("ada", "a test")
		time.Sleep(time.Second)
		synctest.Wait()
		goroutines := goruntime.NumGoroutine()
		var last weak.Pointer[handler]
		for range 100 {
			h := Handler(tree, ReadOpen())
			last = weak.Make(h.(*handler))
			get(h, "/state")
		}
		synctest.Wait()
		if n := goruntime.NumGoroutine(); n != goroutines {
			t.Errorf("with 100 more handlers, there are %d goroutines, not %d", n, goroutines)
		}
		for range 2 {
			goruntime.GC()
		}
		if last.Value() != nil {
			t.Error("a handler that nothing uses is kept")
		}
		past := func(h any) (b bounds) {
			json.Unmarshal(get(h.(*handler), "/history").Body.Bytes(), &b)
			return b
		}
		other := Handler(tree, Authorise(anybody), History(16<<20))
		if a, b := past(first), past(other); b.First != a.First || *b.Horizon != *a.Horizon || b.Last != a.Last || b.Last < 3 {
			t.Errorf("of the past, one handler knows %+v, and another %+v", a, b)
		}
	})
}
