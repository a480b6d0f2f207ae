package runtimetest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// Rows of the tree here.
const (
	root runtime.ID = iota
	db
	migrate
	cache
	ingest
	reader
	deep
	writer
	session
	user
)

// tree has a child of each kind, all of which panic, but the user of them.
func tree(use func(runtime.Launch) error) []runtime.Child {
	panics := func(l runtime.Launch) error { panic("it is called") }
	check := runtime.Check{Every: time.Minute, Timeout: time.Second}
	return []runtime.Child{
		root:    {Name: "Shop", Role: runtime.Supervisor, Start: panics},
		db:      {Name: "DB", Role: runtime.Service, Provides: true, Replicas: 2, Ready: runtime.Ready{Explicit: true}},
		migrate: {Name: "Migrate", Role: runtime.Job, Needs: []runtime.ID{db}},
		cache:   {Name: "Cache", Role: runtime.Job, Provides: true},
		ingest:  {Name: "Ingest", Role: runtime.Supervisor},
		reader: {Name: "Reader", Role: runtime.Worker, Parent: ingest, Ready: runtime.Ready{Check: check}, ReadyCheck: panics,
			Health: runtime.Health{Check: check}, HealthCheck: panics},
		deep:    {Name: "Deep", Role: runtime.Supervisor, Parent: ingest, Start: panics},
		writer:  {Name: "Writer", Role: runtime.Worker, Parent: deep, Health: runtime.Health{Heartbeat: time.Second, Stale: 2 * time.Second, Dead: 3 * time.Second}},
		session: {Name: "Session", Role: runtime.Worker, Dynamic: true, Max: 1},
		user:    {Name: "User", Role: runtime.Service, Needs: []runtime.ID{db, cache}, After: []runtime.ID{migrate, ingest}, Start: use},
	}
}

// Stand-ins are ready, provide, complete and stay well; what is tested gets what they provide.
func TestStubs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := ""
		shop := runtime.New(tree(func(l runtime.Launch) error {
			got = fmt.Sprint(runtime.Ports[string]{Of: db}.From(l), runtime.Port[fmt.Stringer]{Of: cache}.From(l))
			<-l.Context().Done()
			return nil
		}), runtimetest.Provide("Shop.DB", "a handle"), runtimetest.Stub("Shop.Migrate"), runtimetest.Provide[fmt.Stringer]("Shop.Cache", time.Second),
			runtimetest.Stub("Shop.Ingest"), runtimetest.Stub("Shop.Session"))
		ended := make(chan error)
		go func() { ended <- shop.Run(t.Context()) }()
		if err := shop.AwaitReady(t.Context()); err != nil {
			t.Error(err)
		}
		h, err := shop.Start(t.Context(), session, runtime.Key("a"), nil)
		if err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if err := h.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		for _, s := range shop.Snapshot().All() {
			if s.Failure != nil || s.Lifecycle != runtime.LifecycleReady && s.Stopped != runtime.StopCompleted {
				t.Errorf("%s is %s, %+v", s.Path, s.Lifecycle, s.Failure)
			}
		}
		if got != "[a handle a handle] 1s" {
			t.Errorf("the user is given %s", got)
		}
		shop.Shutdown("ada", "a test")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A stand-in that cannot be is refused.
func TestNoStub(t *testing.T) {
	for want, option := range map[string]runtime.Option{
		`supgen: a stub for "Shop.X", which is no child of Shop`:                             runtimetest.Stub("Shop.X"),
		`supgen: a stub for "", which is no child of Shop`:                                   runtimetest.Stub(""),
		`supgen: Shop.DB provides a value, so its stub has to (runtimetest.Provide)`:         runtimetest.Stub("Shop.DB"),
		`supgen: Shop.Migrate provides nothing, so its stub cannot (runtimetest.Stub)`:       runtimetest.Provide("Shop.Migrate", 1),
		`supgen: Shop.Ingest.Reader provides nothing, so its stub cannot (runtimetest.Stub)`: runtimetest.Provide("Shop.Ingest", 1),
	} {
		t.Run(strings.ReplaceAll(want, "/", "_"), func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("New panics with %s, want %s", got, want)
				}
			}()
			runtime.New(tree(nil), option)
		})
	}
}
