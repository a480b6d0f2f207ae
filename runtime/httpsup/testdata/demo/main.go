// Demo is a shop to look at the page by: a database that goes away for twenty seconds of each minute, and what needs it. The
// pictures of docs/operating.md are of it.
//
//	go run ./runtime/httpsup/testdata/demo -children 40 -clients 200 -stuck
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

var (
	addr     = flag.String("addr", "localhost:9091", "where the page is")
	children = flag.Int("children", 12, "how many children there are, 3 or more")
	clients  = flag.Int("clients", 0, "how many dynamic children there are, of 12 children or more")
	ring     = flag.Int("events", 0, "how many events the tree keeps; few make gaps")
	every    = flag.Duration("every", time.Minute, "how often the database goes away")
	after    = flag.Duration("after", 25*time.Second, "how long it is there before")
	gone     = flag.Duration("away", 20*time.Second, "for how long")
	pool     = flag.Bool("pool", false, "have the database be a pool, which is not ready while it is away, and does not fail")
	stuck    = flag.Bool("stuck", false, "have a child that does not stop, and one that takes long")
)

func main() {
	flag.Parse()
	operators := httpsup.Authorise(func(r *http.Request, a httpsup.Access) (string, error) {
		if a.Verb == runtime.VerbQuarantine {
			return "", errors.New("not in the demo")
		}
		return "demo", nil
	})
	var opts []runtime.Option
	if *ring > 0 {
		opts = append(opts, runtime.WithEvents(*ring))
	}
	runtime.Main(program{runtime.New(table(), opts...)}, httpsup.Serve(*addr, operators))
}

// A program is what generated code makes of a tree.
type program struct{ tree *runtime.Tree }

func (p program) Run(ctx context.Context) error {
	go func() {
		for i := range *clients {
			for { // until the tree runs
				_, err := p.tree.Start(ctx, session, runtime.Key(fmt.Sprintf("10.1.%d.%d", i/250, i%250+1)), nil)
				if !errors.Is(err, runtime.ErrNotRunning) || ctx.Err() != nil {
					break
				}
			}
		}
	}()
	return p.tree.Run(ctx)
}
func (p program) Tree() *runtime.Tree { return p.tree }

const db, orders, session runtime.ID = 1, 2, 4

// table is the shop.
func table() []runtime.Child {
	probed := runtime.Ready{Explicit: true, Within: 5 * time.Second}
	rows := []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, Intensity: runtime.Limit{N: 100, In: time.Minute}},
		{Name: "DB", Role: runtime.Service, Ready: probed, Backoff: runtime.Backoff{Min: time.Second, Max: 8 * time.Second, Factor: 2, Reset: 10 * time.Second}, Start: database},
		{Name: "Orders", Role: runtime.Service, Needs: []runtime.ID{db}, Start: until, Tags: []string{"serving"}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{orders}, Start: drain(3 * time.Second), Tags: []string{"serving"}},
	}
	if *children < 12 {
		return rows
	}
	const http, cache, search, migrate = 3, 5, 6, 7
	rows = append(rows,
		runtime.Child{Name: "Session", Role: runtime.Worker, Dynamic: true, Max: 10_000, Needs: []runtime.ID{cache}, Start: talk,
			Backoff: runtime.Backoff{Min: 20 * time.Second, Max: time.Minute, Factor: 2}},
		runtime.Child{Name: "Cache", Role: runtime.Service, Start: until},
		runtime.Child{Name: "Search", Role: runtime.Service, Needs: []runtime.ID{cache}, Start: until},
		runtime.Child{Name: "Migrate", Role: runtime.Job, Needs: []runtime.ID{db}, Start: done},
		runtime.Child{Name: "Mail", Role: runtime.Service, Optional: true, Start: mail,
			Backoff: runtime.Backoff{Min: 3 * time.Second, Max: 20 * time.Second, Factor: 2}},
		runtime.Child{Name: "Reports", Role: runtime.Service, Needs: []runtime.ID{db}, Start: until},
		runtime.Child{Name: "Import", Role: runtime.Supervisor},
		runtime.Child{Parent: 10, Name: "Prices", Role: runtime.Service, Needs: []runtime.ID{db}, Start: until},
		runtime.Child{Parent: 10, Name: "Images", Role: runtime.Service, Start: until})
	rows[http].Needs = append(rows[http].Needs, search)
	rows[http].Replicas = 2
	rows[orders].After = []runtime.ID{migrate}
	if *stuck {
		rows[http].Start, rows[http].Shutdown = drain(20*time.Second), runtime.Shutdown{Drain: 30 * time.Second}
		rows = append(rows, runtime.Child{Name: "Export", Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: time.Second, Abort: time.Second}, Start: deaf})
	}
	var region runtime.ID
	for i := range *children - 12 {
		if i%9 == 0 {
			region = runtime.ID(len(rows))
			rows = append(rows, runtime.Child{Name: fmt.Sprintf("Region%d", i/9+1), Role: runtime.Supervisor})
			continue
		}
		c := runtime.Child{Parent: region, Name: fmt.Sprintf("Stock%d", i%9), Role: runtime.Service, Optional: true, Start: until}
		switch i % 9 {
		case 1:
			c.Name, c.Role, c.Start = "Migrate", runtime.Job, done
		case 2, 3:
			c.Name, c.Needs, c.Optional = fmt.Sprintf("Reports%d", i%9-1), []runtime.ID{db}, false
		case 4:
			c.Name, c.Start = "Mail", mail
			c.Backoff = runtime.Backoff{Min: 5 * time.Second, Max: 20 * time.Second, Factor: 2}
		}
		rows = append(rows, c)
	}
	return rows
}

func done(runtime.Launch) error { return nil }

func until(l runtime.Launch) error {
	<-l.Context().Done()
	return nil
}

// drain takes its time to stop.
func drain(d time.Duration) func(runtime.Launch) error {
	return func(l runtime.Launch) error {
		<-l.Context().Done()
		time.Sleep(d)
		return nil
	}
}

// deaf does not hear that it should stop.
func deaf(runtime.Launch) error { select {} }

var sessions atomic.Int64

// talk is a session's; each fiftieth has a client that goes away.
func talk(l runtime.Launch) error {
	if sessions.Add(1)%50 == 7 {
		return errors.New("read: client sent <script>alert(1)</script>")
	}
	return until(l)
}

var began = time.Now()

// away reports whether the database is.
func away() bool {
	s := time.Since(began) % *every
	return s > *after && s < *after+*gone
}

func database(l runtime.Launch) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		refused := runtime.ExternalDependency(errors.New("dial tcp 10.0.0.7:5432: connect: connection refused"))
		switch {
		case away() && *pool:
			l.Signal().NotReadyCause(refused)
		case away():
			return refused
		default:
			l.Signal().Ready()
		}
		select {
		case <-tick.C:
		case <-l.Context().Done():
			return nil
		}
	}
}

// mail panics now and then.
func mail(l runtime.Launch) error {
	select {
	case <-time.After(12 * time.Second):
		panic("mail: template <b>order</b> has no field Total")
	case <-l.Context().Done():
		return nil
	}
}
