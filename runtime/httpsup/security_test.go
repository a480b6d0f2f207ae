package httpsup

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

func newRequest(target, id string) (*http.Request, error) {
	r, err := http.NewRequest("GET", target, nil)
	if err == nil {
		r.Host = "localhost"
		r.Header["Last-Event-Id"] = []string{id}
		r.Header["If-None-Match"] = []string{id}
	}
	return r, err
}

func serveRequest(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Only localhost, addresses, and the names on the list may be asked for, also for what can only be read.
func TestHosts(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen(), Hosts("Ops.example"))
		for host, status := range map[string]int{
			"localhost": 200, "LOCALHOST:80": 200, "127.0.0.1": 200, "127.8.9.10:9090": 200, "[::1]": 200, "[::1]:9090": 200, "[::ffff:127.0.0.1]:1": 200,
			"ops.example": 200, "ops.example:8080": 200, "OPS.EXAMPLE": 200, "10.1.2.3": 200, "10.1.2.3:80": 200, "192.168.77.1:80": 200, "[fd00::1]:80": 200,
			"evil.example": 421, "localhost.evil.example": 421, "evil.example:80": 421, "": 421, "10.1.2.4": 200, "[fe80::1]:80": 200, "10.1.2.4.evil.example": 421, "127.0.0.1.evil.example": 421,
			"ops.example.evil.example": 421, "2130706433": 421, "127.1": 421, "localhost:80:80": 421, "[": 421, "\x00": 421,
		} {
			for _, path := range []string{"/", "/state", "/history", "/schema/state.json"} {
				if w := get(h, path, "Host", host); w.Code != status {
					t.Errorf("%s of %q is answered %d, not %d", path, host, w.Code, status)
				}
			}
			if w := get(h, "/livez", "Host", host); w.Code != 200 {
				t.Errorf("/livez of %q is answered %d", host, w.Code)
			}
		}
		r := httptest.NewRequest("GET", "/state", nil)
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(&net.UnixAddr{Name: "/run/shop", Net: "unix"})))
		if w := serveRequest(h, r); w.Code != 200 {
			t.Errorf("by a Unix socket, the answer is %d", w.Code)
		}
	})
}

// All answers say to browsers what they may not do with them.
func TestHeaders(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody))
		for _, w := range []*httptest.ResponseRecorder{
			get(h, "/"), get(h, "/state"), get(h, "/livez"), get(h, "/nothing"), get(h, "/state", "Host", "evil.example"), ask(h, "DELETE", "/state", ""),
			order(h, "nonsense"), get(h, "/schema/state.json"), get(h, "/readyz?verbose"), get(h, "/metrics"),
		} {
			for name, value := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
				"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
				"Access-Control-Allow-Origin": "", "Set-Cookie": "",
			} {
				if got := w.Header().Get(name); got != value {
					t.Errorf("of %d %.30q, %s is %q", w.Code, w.Body, name, got)
				}
			}
			if w.Header().Get("Content-Type") == "" {
				t.Errorf("%d %.30q has no Content-Type", w.Code, w.Body)
			}
		}
	})
}

// It works under any path: its links are relative, and so is where the path itself leads.
func TestBasePath(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := http.StripPrefix("/admin/shop", Handler(tree, ReadOpen()))
		want(t, get(h, "/admin/shop/state"), 200, `"children"`)
		page := get(h, "/admin/shop/")
		want(t, page, 200, "<!doctype html>")
		for _, link := range []string{`href="/`, `src="/`, `href="http`, `src="http`} {
			if strings.Contains(page.Body.String(), link) {
				t.Errorf("the page has a link %s", link)
			}
		}
	})
}

// The path itself leads to the page below it, as the request spells it, with its query, and to no other site.
func TestBasePathItself(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		for asked, location := range map[string]string{
			"/admin/shop": "./shop/", "/shop?child=Shop.DB%20x&x=/y": "./shop/?child=Shop.DB%20x&x=/y", "/a/b%20c": "./b%20c/", "/x:y": "./x:y/",
		} {
			prefix, _ := url.Parse(asked)
			w := get(http.StripPrefix(prefix.Path, Handler(tree, ReadOpen())), asked)
			if w.Code != 301 || w.Header().Get("Location") != location {
				t.Errorf("%s leads to %d %q, not %q", asked, w.Code, w.Header().Get("Location"), location)
			}
		}
	})
}

// What is not there, and methods that are not, are answered in words.
func TestNonsense(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		for _, path := range []string{"/x", "//state", "/state/", "/../state", "/page/index.html", "/index.html", "/schema/", "/STATE"} {
			want(t, get(h, path), 404, `"there is no such page"`)
		}
		want(t, get(h, "/stacks?path=Shop"), 404, "this address shows no stacks")
		want(t, get(probes(t, tree), "/state"), 404, "there is no such page: this address has the probes alone")
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "NONSENSE"} {
			for _, path := range []string{"/", "/state", "/events", "/livez"} {
				if w := ask(h, method, path, "x"); w.Code != 405 || w.Header().Get("Allow") != "GET" {
					t.Errorf("%s %s is answered %d", method, path, w.Code)
				}
			}
		}
		for _, path := range []string{"/", "/state", "/events", "/livez", "/metrics"} {
			if w := ask(h, "HEAD", path, ""); w.Code != 200 {
				t.Errorf("HEAD %s is answered %d", path, w.Code)
			}
		}
	})
}

// Stacks are for those who were authorised, and one profile is for all that ask within ten seconds.
func TestStacks(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody)).(*handler)
		w := get(h, "/stacks?path=Shop.HTTP")
		want(t, w, 200, `"path":"Shop.HTTP"`)
		want(t, w, 200, "httpsup.until")
		first := h.profiles.taken
		time.Sleep(profileEvery - time.Nanosecond)
		want(t, get(h, "/stacks?path=Shop.Conn"), 200, `"stacks":""`)
		if h.profiles.taken != first {
			t.Error("a second profile was taken within ten seconds")
		}
		want(t, get(h, "/stacks?path=Shop.X"), 404, "no declaration")
		want(t, get(h, "/stacks"), 404, "no declaration")
		time.Sleep(time.Nanosecond)
		get(h, "/stacks?path=Shop.HTTP")
		if h.profiles.taken == first {
			t.Error("after ten seconds, no other profile was taken")
		}
		h.profiles.most = 3
		time.Sleep(profileEvery)
		want(t, get(h, "/stacks?path=Shop.HTTP"), 503, "more than 3 goroutines")
	})
}
