package httpsup

import (
	"context"
	"testing"

	"github.com/supgen/supgen/runtime"
)

// BenchmarkState is what a look at 10,000 children costs, which is paid five times a second at the most, and what another
// request for it costs.
func BenchmarkState(b *testing.B) {
	tree := runtime.New([]runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "HTTP", Role: runtime.Service, Replicas: 10_000, Start: until}})
	ctx, stop := context.WithCancel(b.Context())
	ended := startRun(ctx, tree)
	if err := tree.AwaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	memo := new(texts)
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			look(tree, memo).part("", -1, true)
		}
	})
	b.Run("pack", func(b *testing.B) {
		s := look(tree, new(texts))
		for b.Loop() {
			checkpointOf(s)
		}
	})
	b.Run("request", func(b *testing.B) {
		h := Handler(tree, ReadOpen())
		for b.Loop() {
			get(h, "/state?under=Shop.HTTP[7]")
		}
	})
	stop()
	<-ended
}
