// Dynamic has a child for each tenant, which requests start, talk to and stop.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
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
	addr    string
	shop    *Shop    // set before it runs
	tenants sync.Map // by name, the chan Order that is the mailbox of a tenant
}

// Tenants is called by NewShop.
func (a *App) Tenants() ShopTenantsChildren { return a }

// Tenant works orders off. What it knows is lost when it fails; its mailbox is not.
func (a *App) Tenant(ctx context.Context, run ShopTenantsTenantRun, name string, orders <-chan Order) error {
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

// Send gives an order to a tenant, which it starts if there is none.
func (a *App) Send(ctx context.Context, name, of string) (string, error) {
	mailbox, _ := a.tenants.LoadOrStore(name, make(chan Order))
	orders := mailbox.(chan Order)
	if _, err := a.shop.Tenants().Tenant(name).State(); errors.Is(err, runtime.ErrUnknown) {
		_, err := a.shop.Tenants().StartTenant(ctx, name, orders)
		if err != nil && !errors.Is(err, runtime.ErrDuplicateKey) { // another request has just started it
			return "", err
		}
	}
	answer := make(chan string, 1)
	select {
	case orders <- Order{of, answer}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case text := <-answer:
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
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
