package httpsup

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime"
)

// What a request may take. Streams have limits of their own.
const (
	maxQuery    = 8 << 10
	maxRequests = 256 // at the same time
	maxReplays  = 2   // each unpacks some megabytes
	maxWrite    = 30 * time.Second
)

// Handler is the page and the API of a tree (see the package's comment), and its probes. It panics if an option makes no sense.
//
// The first handler of a tree has two goroutines follow it until it has ended; of a tree that is never run, they stay. All handlers
// of a tree share them, and what is kept of the past, if they keep the same [History]. So a child may make a handler each time that
// it starts.
//
// All its links are relative: it works under any path, with [http.StripPrefix]. The server should have a ReadHeaderTimeout.
// One that is itself a child of the tree should give its run's context to its requests (http.Server.BaseContext): then streams
// end when the child is asked to stop, and do not delay it.
func Handler(t *runtime.Tree, choice Choice, opts ...Option) http.Handler {
	c := configOf(opts)
	choice.apply(&c)
	h, err := newHandler(t, c)
	if err != nil {
		panic(err)
	}
	return h
}

type handler struct {
	config
	*follower
	counts  []bool // by ID: what /readyz waits for, and with tags, /startupz
	routes  map[string]route
	slots   chan struct{} // as many as there may be requests
	origins *http.CrossOriginProtection

	// Of one that can be read:
	feed     *feed // which handlers with a history as long share
	streams  chan struct{}
	declares func() []byte
	replays  chan struct{} // as many as there may be looks at the past
}

// A route is what is at a path.
type route struct {
	method string
	about  string // the query's name of the path that is read about
	serve  func(*http.Request, http.ResponseWriter) error
}

// newHandler makes a handler of a tree.
func newHandler(t *runtime.Tree, c config) (*handler, error) {
	h := &handler{config: c, follower: followerOf(t), slots: make(chan struct{}, maxRequests), origins: http.NewCrossOriginProtection()}
	h.counts = counting(h.rows, c.tags)
	if c.err == nil && !slices.Contains(h.counts, true) {
		c.err = fmt.Errorf("ReadyTags: no child that could count has the tag %s", strings.Join(c.tags, ", "))
	}
	for _, origin := range c.trusted {
		c.err = errors.Join(c.err, h.origins.AddTrustedOrigin(origin))
	}
	if c.err != nil {
		return nil, fmt.Errorf("httpsup: %w", c.err)
	}
	h.routes = map[string]route{
		"/livez":    {http.MethodGet, "", h.livez},
		"/readyz":   {http.MethodGet, "", h.readyz},
		"/startupz": {http.MethodGet, "", h.startupz},
	}
	if c.choice != nil {
		h.read()
	}
	return h, nil
}

// read adds what can be read, and commanded.
func (h *handler) read() {
	for path, r := range map[string]route{
		"/state":        {http.MethodGet, "under", h.state},
		"/declarations": {http.MethodGet, "", h.declarations},
		"/statements":   {http.MethodGet, "path", h.statements},
		"/events":       {http.MethodGet, "", h.events},
		"/history":      {http.MethodGet, "", h.pastEvents},
		"/metrics":      {http.MethodGet, "", h.metrics},
		"/stacks":       {http.MethodGet, "path", h.stacks},
		"/command":      {http.MethodPost, "", h.operate},
	} {
		h.routes[path] = guarded(h, r)
	}
	if !h.choice.authorises() {
		delete(h.routes, "/stacks")
		delete(h.routes, "/command")
	}
	h.addFiles()
	h.replays = make(chan struct{}, maxReplays)
	h.streams = make(chan struct{}, maxStreams)
	h.declares = sync.OnceValue(h.declarationsOf)
	h.feed = h.feedOf(h.history)
}

// guarded is a route for those who may read.
func guarded(h *handler, r route) route {
	serve := r.serve
	r.serve = func(req *http.Request, w http.ResponseWriter) error {
		if err := h.knowsHost(req); err != nil {
			return err
		}
		if r.method == http.MethodGet {
			if _, err := h.choice.allow(req, Access{Path: req.URL.Query().Get(r.about)}); err != nil {
				return err
			}
		}
		return serve(req, w)
	}
	return r
}

// A refusal is an answer other than what was asked for, in words.
type refusal struct {
	status int
	words  string
}

func (r *refusal) Error() string { return r.words }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if r.URL.Path == "" { // the prefix itself, stripped
		asked, query, has := strings.Cut(r.RequestURI, "?")
		to := "./" + path.Base(asked) + "/" // without the dot, "x:y/" would be of another scheme
		if has {
			to += "?" + query
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	err := h.serve(w, r)
	if err == nil {
		return
	}
	said := new(refusal)
	var challenge unauthenticated
	switch {
	case errors.As(err, &said):
	case errors.As(err, &challenge):
		w.Header().Set("WWW-Authenticate", string(challenge))
		said = &refusal{http.StatusUnauthorized, "say who you are"}
	default: // an authoriser's, whose words are not for everybody
		said = &refusal{http.StatusForbidden, "you may not do that"}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(said.status)
	json.NewEncoder(w).Encode(map[string]string{"error": said.words})
}

// serve answers a request, or says why not.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) error {
	route, ok := h.routes[r.URL.Path]
	switch {
	case !ok:
		return h.missing(r.URL.Path)
	case r.Method != route.method && (r.Method != http.MethodHead || route.method != http.MethodGet):
		w.Header().Set("Allow", route.method)
		return refuse(http.StatusMethodNotAllowed, "%s answers to %s alone", r.URL.Path, route.method)
	case len(r.URL.RawQuery) > maxQuery:
		return refuse(http.StatusRequestURITooLong, "a query has %d bytes at the most", maxQuery)
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		return refuse(http.StatusBadRequest, "the query cannot be read")
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(maxWrite)) // if it can
	return route.serve(r, w)
}

// missing is why nothing is at a path.
func (h *handler) missing(path string) error {
	why := "there is no such page"
	switch {
	case h.choice == nil:
		why += ": this address has the probes alone"
	case path == "/command":
		why = "this address takes no commands: give them at one with httpsup.Authorise, or at a Unix socket"
	case path == "/stacks":
		why = "this address shows no stacks: ask at one with httpsup.Authorise, or at a Unix socket"
	}
	return refuse(http.StatusNotFound, "%s", why)
}

// within does what has to wait for the tree's lock, if a slot is free. The answer is written afterwards: who reads it slowly
// has no slot.
func within[T any](h *handler, f func() (T, error)) (result T, err error) {
	if err := h.alive.Err(); err != nil {
		return result, refuse(http.StatusServiceUnavailable, "the tree does not answer: %v", err)
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return f()
	default:
		return result, refuse(http.StatusServiceUnavailable, "%d requests are being answered: ask again", maxRequests)
	}
}

// now is the tree as it is.
func (h *handler) now() (*snapshot, error) {
	return within(h, func() (*snapshot, error) { return h.current.get(), nil })
}

// secure sets what every answer says to browsers.
func secure(header http.Header) { maps.Copy(header, headers) }

var headers = http.Header{
	"Content-Security-Policy": {"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
	"X-Content-Type-Options": {"nosniff"},
	"Referrer-Policy":        {"no-referrer"},
	"Cache-Control":          {"no-store"},
}

// knowsHost refuses a request for the name of a host that is not on the list.
func (h *handler) knowsHost(r *http.Request) error {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		return nil // which no browser reaches
	}
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" || slices.Contains(h.hosts, host) {
		return nil
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return nil // no site can have another's address for its name
	}
	return refuse(http.StatusMisdirectedRequest, "this host is not on the list of Hosts")
}

// accepts reports whether a request asks for a type before any other.
func accepts(r *http.Request, mediaType string) bool {
	accept, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	accept, _, _ = strings.Cut(accept, ";")
	return strings.EqualFold(strings.TrimSpace(accept), mediaType)
}
