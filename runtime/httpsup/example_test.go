package httpsup_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// A program shows itself under a path of its own server, and takes commands of those who know the token.
func ExampleHandler() {
	shop := runtime.New([]runtime.Child{ // with generated code: NewShop(app).Tree()
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Start: func(l runtime.Launch) error { <-l.Context().Done(); return nil }},
	})
	authorise := httpsup.Authorise(func(r *http.Request, a httpsup.Access) (who string, err error) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			return "", httpsup.Unauthenticated("Bearer")
		}
		return "ada", nil
	})
	mux := http.NewServeMux()
	mux.Handle("/supgen/", http.StripPrefix("/supgen", httpsup.Handler(shop, authorise)))

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- shop.Run(ctx) }()
	shop.AwaitReady(ctx)
	for _, token := range []string{"", "Bearer secret"} {
		command := httptest.NewRequest("POST", "http://localhost/supgen/command", strings.NewReader(`{"path": "Shop.DB", "verb": "restart", "why": "new certificate"}`))
		command.Header.Set("Content-Type", "application/json")
		command.Header.Set("Supgen-Command", "1")
		command.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, command)
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	stop()
	<-ended
	// Output:
	// 401 {"error":"say who you are"}
	// 200 {"path":"Shop.DB","verb":"restart","changed":true,"before":"ready","generation":1,"next":"restarting"}
}
