// Demo is a shop to look at the page by: a database that goes away for twenty seconds of each minute, and what needs it. With
// -children it has more of them.
//
//	go run ./runtime/httpsup/testdata/demo -children 40
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

func main() {
	addr := flag.String("addr", "localhost:9091", "where the page is")
	children := flag.Int("children", 3, "how many children there are")
	flag.Parse()
	operators := httpsup.Authorise(func(r *http.Request, a httpsup.Access) (string, error) {
		if a.Verb == runtime.VerbQuarantine {
			return "", errors.New("not in the demo")
		}
		return "demo", nil
	})
	runtime.Main(program{runtime.New(table(*children))}, httpsup.Serve(*addr, operators))
}

// A program is what generated code makes of a tree.
type program struct{ tree *runtime.Tree }

func (p program) Run(ctx context.Context) error { return p.tree.Run(ctx) }
func (p program) Tree() *runtime.Tree           { return p.tree }

// table is a shop of so many children.
func table(children int) []runtime.Child {
	const db, orders = 1, 2
	rows := []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, Intensity: runtime.Limit{N: 100, In: time.Minute}},
		{Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true, Within: 5 * time.Second},
			Backoff: runtime.Backoff{Min: time.Second, Max: 8 * time.Second, Factor: 2, Reset: 10 * time.Second}, Start: database},
		{Name: "Orders", Role: runtime.Service, Needs: []runtime.ID{db}, Start: until, Tags: []string{"serving"}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{orders}, Start: drain, Tags: []string{"serving"}},
	}
	var region runtime.ID
	for i := range children - 3 {
		if i%9 == 0 {
			region = runtime.ID(len(rows))
			rows = append(rows, runtime.Child{Name: fmt.Sprintf("Region%d", i/9+1), Role: runtime.Supervisor})
			continue
		}
		c := runtime.Child{Parent: region, Name: fmt.Sprintf("Import%d", i), Role: runtime.Service, Optional: true, Start: until}
		switch i % 9 {
		case 1:
			c.Name, c.Role, c.Start = fmt.Sprintf("Migrate%d", i), runtime.Job, func(runtime.Launch) error { return nil }
		case 2, 3:
			c.Name, c.Needs, c.Optional = fmt.Sprintf("Reports%d", i), []runtime.ID{db}, false
		case 4:
			c.Name, c.Start = fmt.Sprintf("Mail%d", i), mail
			c.Backoff = runtime.Backoff{Min: 5 * time.Second, Max: 20 * time.Second, Factor: 2}
		}
		rows = append(rows, c)
	}
	return rows
}

func until(l runtime.Launch) error {
	<-l.Context().Done()
	return nil
}

// drain takes three seconds to stop.
func drain(l runtime.Launch) error {
	<-l.Context().Done()
	time.Sleep(3 * time.Second)
	return nil
}

var began = time.Now()

// away reports whether the database is: from the 25th to the 45th second of each minute.
func away() bool {
	s := time.Since(began) % time.Minute
	return s > 25*time.Second && s < 45*time.Second
}

func database(l runtime.Launch) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if away() {
			return runtime.ExternalDependency(errors.New("dial tcp 10.0.0.7:5432: connect: connection refused"))
		}
		l.Signal().Ready()
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
