// Dynamic has a child for each tenant, which requests start, talk to and stop.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

func main() {
	app := &App{addr: "localhost:8080"}
	app.shop = NewShop(app)
	runtime.Main(app.shop)
}

// An Order is a message to a tenant. The tenant answers it.
type Order struct {
	Of     string
	Answer chan<- string // has room for one answer: nobody may wait for it any more
}

type App struct {
	addr string
	shop *Shop // set before it runs
}

// Tenants is called by NewShop.
func (a *App) Tenants() ShopTenantsChildren { return a }

// Tenant hands its mailbox over, and works off what comes. What it knows is lost when it fails.
func (a *App) Tenant(ctx context.Context, run ShopTenantsTenantRun, name string) error {
	orders := make(chan Order)
	run.Ready(orders)
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case o := <-orders:
			if o.Of == "poison" {
				panic("a bug that this order has found")
			}
			o.Answer <- fmt.Sprintf("%s: %s is order %d", name, o.Of, n)
		}
	}
}

// Send gives an order to a tenant, which it starts if there is none, and returns the answer.
func (a *App) Send(ctx context.Context, name, of string) (text string, err error) {
	for {
		err := a.shop.Tenants().Tenant(name).Use(ctx, func(ctx context.Context, orders chan<- Order) error {
			answer := make(chan string, 1)
			select {
			case orders <- Order{of, answer}:
			case <-ctx.Done(): // that of the request, or of the tenant's run
				return context.Cause(ctx)
			}
			select {
			case text = <-answer:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		if !errors.Is(err, runtime.ErrUnknown) {
			return text, err
		}
		_, err = a.shop.Tenants().StartTenant(ctx, name)
		if err != nil && !errors.Is(err, runtime.ErrDuplicateKey) { // another request has just started it
			return "", err
		}
	}
}

func (a *App) HTTP(ctx context.Context, run ShopHTTPRun) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tenants/{name}/{order}", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		text, err := a.Send(ctx, r.PathValue("name"), r.PathValue("order"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, text)
	})
	mux.HandleFunc("DELETE /tenants/{name}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := a.shop.Tenants().Tenant(r.PathValue("name")).Remove("the tenant", "asked by HTTP"); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}
