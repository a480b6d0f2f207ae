package kit_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

// A server drains: the request that it serves when the tree stops is answered.
func ExampleHTTP() {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stop()
		fmt.Fprint(w, "tea")
	})}
	tree := runtime.New([]runtime.Child{ // with generated code: NewShop(&App{})
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "HTTP", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Start: func(launch runtime.Launch) error {
			return kit.HTTP(launch.Context(), signalRun{launch.Run(), launch.Signal()}, server, l)
		}},
	}, runtime.WithLogger(slog.New(slog.DiscardHandler)))
	ended := make(chan error)
	go func() { ended <- tree.Run(ctx) }()
	tree.AwaitReady(ctx)
	response, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	fmt.Println(string(text), err, <-ended)
	// Output: tea <nil> <nil>
}
