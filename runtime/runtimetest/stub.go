package runtimetest

import (
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

// Stub has a stand-in take the place of the child that is declared at path ("Shop.HTTP"; of a supervisor: of all below it
// that have no other): it is ready at once and runs until it is asked to stop; a job completes. Its policy is what is
// declared, and so is what it needs and who needs it. For a child that provides a value there is [Provide].
//
// The methods of a child with a stub are not called, so those that a test does not need are left to an embedded interface:
//
//	type children struct{ ShopChildren } // nil: a method that is called, and is not below, panics
//
//	func (children) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error { ... }
//
//	// A nested supervisor's method is called by NewShop, also if all below it have stubs.
//	func (children) Ingest() ShopIngestChildren { return nil }
//
//	shop := NewShop(children{}, runtimetest.Provide("Shop.DB", db), runtimetest.Stub("Shop.Ingest"))
//
// runtime.New, and with it NewShop, panics if there is no such child, or if it provides a value.
func Stub(path string) runtime.Option {
	return bridge.Stub(path, bridge.StandIn{
		Serve: func(l runtime.Launch) error {
			l.Signal().Ready()
			<-l.Context().Done()
			return nil
		},
		Do: func(runtime.Launch) error { return nil },
	}).(runtime.Option)
}

// Provide is Stub for a child that provides a T: it is ready with value, of a job it returns it. T is the type that the tree
// declares, so of an interface it has to be said: Provide[io.Reader]("Shop.Source", file).
func Provide[T any](path string, value T) runtime.Option {
	var port runtime.Port[T]
	return bridge.Stub(path, bridge.StandIn{
		Provides: true,
		Serve: func(l runtime.Launch) error {
			port.Provider(l).Ready(value)
			<-l.Context().Done()
			return nil
		},
		Do: func(l runtime.Launch) error { return port.Return(l, value, nil) },
	}).(runtime.Option)
}
