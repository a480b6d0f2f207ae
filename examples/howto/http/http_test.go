package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// An instance is the program, and where its probes are.
type instance struct {
	*Web
	url, probes string
	ended       chan error
}

func start(t *testing.T, lameDuck time.Duration) *instance {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	addr := l.Addr().String()
	web := NewWeb(&App{addr: addr}, runtime.Override("Web", func(c *runtime.Child) {
		c.LameDuck, c.Shutdown = lameDuck, runtime.Shutdown{} // and no promise
	}),
		runtime.Override("Web.HTTP", func(c *runtime.Child) { c.Shutdown.Drain = time.Minute }))
	probes := httptest.NewServer(httpsup.Handler(web.Tree(), httpsup.ReadOpen()))
	t.Cleanup(probes.Close)
	i := &instance{Web: web, url: "http://" + addr + "/orders", probes: probes.URL, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		web.Tree().Shutdown("test", "no lame duck")
		<-web.Tree().Done()
	})
	go func() { i.ended <- web.Run(ctx) }()
	if err := web.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return i
}

// A balancer sends requests to the first instance that was ready when it looked.
type balancer struct {
	instances []*instance
	to        *instance
}

// look asks until an instance is ready.
func (b *balancer) look(t *testing.T) {
	for n := 0; ; n++ {
		i := b.instances[n%len(b.instances)]
		answer, err := http.Get(i.probes + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			b.to = i
			return
		}
	}
}

// send sends many requests, some at a time, and returns the errors of those that were lost.
func (b *balancer) send() error {
	lost := make([]error, 8)
	var clients sync.WaitGroup
	for n := range lost {
		clients.Go(func() {
			for range 25 {
				lost[n] = errors.Join(lost[n], post(b.to.url, strings.NewReader("tea")))
			}
		})
	}
	clients.Wait()
	return errors.Join(lost...)
}

func post(url string, body io.Reader) error {
	request, err := http.NewRequest("POST", url, io.MultiReader(body)) // a reader that is none of net/http's: it does not try again by itself
	if err != nil {
		return err
	}
	return do(http.DefaultClient, request)
}

func do(client *http.Client, request *http.Request) error {
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "an order of 3 bytes\n" {
		return fmt.Errorf("%s: %q, %v", answer.Status, text, err)
	}
	return nil
}

// slow returns when its request is served: its body is sent only when the handler asks for it. The function that it returns ends it.
func slow(t *testing.T, url string) (end func() error) {
	r, w := io.Pipe()
	request, err := http.NewRequest("POST", url, r)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Expect", "100-continue")
	answered := make(chan error, 1)
	go func() {
		err := do(&http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Hour}}, request)
		r.CloseWithError(io.ErrClosedPipe) // an answer that came too early
		answered <- err
	}()
	if _, err := w.Write([]byte("t")); err != nil {
		t.Fatal(errors.Join(err, <-answered))
	}
	return func() error {
		w.Write([]byte("ea"))
		w.Close()
		return <-answered
	}
}

// A deploy, seen from the balancer: it looks late, and no request is lost.
func TestDeploy(t *testing.T) {
	// The second request to stop ends the lame duck: the balancer has looked by then, however slow this machine is.
	before, after := start(t, time.Hour), start(t, 0)
	b := &balancer{instances: []*instance{before, after}}
	b.to = before
	last := slow(t, before.url)
	before.Tree().Shutdown("ada", "deploy")
	if err := b.send(); err != nil {
		t.Errorf("before the balancer has looked: %v", err)
	}
	b.look(t)
	if b.to != after {
		t.Fatal("the instance that leaves is ready")
	}
	before.Tree().Shutdown("ada", "the lame duck is over")
	if err := b.send(); err != nil {
		t.Errorf("after the balancer has looked: %v", err)
	}
	if err := last(); err != nil {
		t.Errorf("what was served all the time: %v", err)
	}
	if err := <-before.ended; err != nil {
		t.Errorf("the stop was not clean: %v", err)
	}
}

// Without the lame duck, what comes before the balancer has looked is refused.
func TestWithoutLameDuck(t *testing.T) {
	before := start(t, 0)
	b := &balancer{to: before}
	last := slow(t, before.url)
	before.Tree().Shutdown("ada", "deploy")
	var lost error
	for lost == nil {
		lost = b.send()
	}
	if err := errors.Join(last(), <-before.ended); err != nil {
		t.Errorf("what was served already: %v", err)
	}
}
