package httpsup

import (
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/bridge"
)

// A profile of goroutines stops the whole program for a moment: one is taken every ten seconds at the most, and none where there
// are too many goroutines.
const (
	profileEvery  = 10 * time.Second
	maxGoroutines = 50_000
)

// profiles are the goroutines of the program, now and then.
type profiles struct {
	most int // goroutines

	mu    sync.Mutex
	text  string
	taken time.Time
}

// get is a profile of a moment ago.
func (p *profiles) get() (text string, taken time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken.IsZero() || time.Since(p.taken) >= profileEvery {
		if runtime.NumGoroutine() > p.most {
			return "", time.Time{}, false
		}
		p.text, p.taken = bridge.Goroutines(), time.Now()
	}
	return p.text, p.taken, true
}

// stacks answers /stacks?path=: where the goroutines of a declaration stand, or of one of its children if labels tell them apart.
func (h *handler) stacks(r *http.Request, w http.ResponseWriter) error {
	path := r.URL.Query().Get("path")
	if h.declared(path) < 0 {
		return refuse(http.StatusNotFound, "there is no declaration with that path")
	}
	text, taken, ok := h.profiles.get()
	if !ok {
		return refuse(http.StatusServiceUnavailable, "there are more than %d goroutines: their stacks would stop the program for too long", h.profiles.most)
	}
	return answer(w, encoded(map[string]any{"path": path, "time": taken, "stacks": bridge.StacksOf(text, path)}))
}
