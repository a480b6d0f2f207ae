package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	stdruntime "runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// A storm is a tree whose children fail when they are asked to, and the times until they run again.
type storm struct {
	fail []chan struct{} // by replica

	mu       sync.Mutex
	failed   []time.Time // by replica: when it did; zero if it has run again since
	restarts []time.Duration
}

var errStorm = errors.New("read tcp 10.0.0.7:5432: connection reset by peer")

func (s *storm) child(l runtime.Launch) error {
	i := l.Replica().Index()
	s.mu.Lock()
	if at := s.failed[i]; !at.IsZero() {
		s.restarts = append(s.restarts, time.Since(at))
		s.failed[i] = time.Time{}
	}
	s.mu.Unlock()
	select {
	case <-s.fail[i]:
		s.mu.Lock()
		s.failed[i] = time.Now()
		s.mu.Unlock()
		return errStorm
	case <-l.Context().Done():
		return nil
	}
}

// blow has so many children fail in a second, until ctx ends.
func (s *storm) blow(ctx context.Context, failures int) {
	tick := time.NewTicker(time.Second / time.Duration(failures))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			select {
			case s.fail[rand.IntN(len(s.fail))] <- struct{}{}:
			default: // it has failed a moment ago
			}
		}
	}
}

// sample is what happened since the last one.
func (s *storm) sample() (m sample) {
	s.mu.Lock()
	times := s.restarts
	s.restarts = nil
	s.mu.Unlock()
	m.Restarts, m.Goroutines = len(times), stdruntime.NumGoroutine()
	if slices.Sort(times); len(times) > 0 {
		m.Median, m.P99 = times[len(times)/2], times[len(times)*99/100]
	}
	stdruntime.GC()
	var memory stdruntime.MemStats
	stdruntime.ReadMemStats(&memory)
	m.Heap = memory.HeapAlloc
	return m
}

// serve runs the tree until standard input ends, with three handlers: /tree, /canned and /sample.
func (l load) serve() error {
	s := &storm{fail: make([]chan struct{}, l.children), failed: make([]time.Time, l.children)}
	for i := range s.fail {
		s.fail[i] = make(chan struct{}, 1)
	}
	none := runtime.Backoff{None: true, Reset: time.Second}
	tree := runtime.New([]runtime.Child{
		{Name: "Storm", Role: runtime.Supervisor, Intensity: runtime.Limit{N: 1_000_000, In: time.Minute}},
		{Name: "Client", Role: runtime.Service, Replicas: l.children, Backoff: none, Limit: runtime.Limit{N: 1000, In: time.Minute}, Start: s.child},
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(ctx) }()
	if err := tree.AwaitReady(ctx); err != nil {
		return err
	}
	page := httpsup.Handler(tree, httpsup.Authorise(func(*http.Request, httpsup.Access) (string, error) { return "load", nil }))
	mux := http.NewServeMux()
	mux.Handle("/tree/", http.StripPrefix("/tree", page))
	refresh := canned(mux, page, l.failures)
	mux.HandleFunc("/sample", func(w http.ResponseWriter, _ *http.Request) {
		refresh()
		json.NewEncoder(w).Encode(s.sample())
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second}
	go server.Serve(listener)
	go s.blow(ctx, l.failures)
	fmt.Println(listener.Addr())
	io.Copy(io.Discard, os.Stdin)
	server.Close()
	stop()
	return <-ended
}

// canned adds a handler that sends what the page sent before: its state when refresh was called, and as many bytes of events as
// the storm makes.
func canned(mux *http.ServeMux, page http.Handler, failures int) (refresh func()) {
	var state atomic.Pointer[[]byte]
	refresh = func() {
		r := httptest.NewRequest("GET", "/state", nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		body := w.Body.Bytes()
		state.Store(&body)
	}
	refresh()
	const (
		pace    = 100 * time.Millisecond
		restart = 1500 // bytes of the events of a failure and its restart
	)
	events := make([]byte, max(1, restart*failures/int(time.Second/pace)))
	mux.HandleFunc("/canned/state", func(w http.ResponseWriter, _ *http.Request) { w.Write(*state.Load()) })
	mux.HandleFunc("/canned/events", func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				out.SetWriteDeadline(time.Now().Add(10 * time.Second))
				if _, err := w.Write(events); err != nil {
					return
				}
				out.Flush()
			}
		}
	})
	return refresh
}
