package httpsup

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/supgen/supgen/runtime"
)

// An Option changes what a handler or a listener does. A [Choice] is one of [Serve].
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

// config is what the options say.
type config struct {
	choice  *Choice // nil: probes alone
	hosts   []string
	trusted []string
	tags    []string
	history int
	err     error // of an option that makes no sense
}

func configOf(opts []Option) config {
	c := config{history: 16 << 20}
	for _, o := range opts {
		o.apply(&c)
	}
	return c
}

// Access is what a request wants: to read, or to give a command.
type Access struct {
	Verb runtime.Verb // VerbNone of a request that reads
	Path string       // the child that it is about; of a request that reads, "" is the whole tree
}

// A Choice says who may read and who may operate: [ReadOpen] or [Authorise]. The zero Choice lets nobody in.
type Choice struct {
	read      bool
	authorise func(*http.Request, Access) (who string, err error)
	asking    chan struct{} // as many as may be asked at once
}

func (c Choice) apply(to *config) { to.choice = &c }

// ReadOpen lets everybody read that can reach the handler: states, events, and the texts of failures, of a panic with its stack.
// Nobody can operate, nor see the stacks of what runs or is stuck.
func ReadOpen() Choice { return Choice{read: true} }

// Authorise asks f about each request, also about those that only read. f returns the name of who asks, which the event of a
// command carries, or an error: then the answer is 401 if it is one of [Unauthenticated], and 403 if it is another. A command of
// somebody without a name is refused. f may be called from many goroutines at the same time, up to 256.
func Authorise(f func(r *http.Request, a Access) (who string, err error)) Choice {
	return Choice{authorise: f, asking: make(chan struct{}, maxRequests)}
}

// allow returns who asks.
func (c *Choice) allow(r *http.Request, a Access) (who string, err error) {
	switch {
	case c == nil:
		return "", errForbidden
	case c.authorise != nil:
		select {
		case c.asking <- struct{}{}:
			defer func() { <-c.asking }()
			return c.authorise(r, a)
		default:
			return "", refuse(http.StatusServiceUnavailable, "%d requests wait for the authoriser: ask again", maxRequests)
		}
	case c.read && a.Verb == 0:
		return "", nil
	}
	return "", errForbidden
}

var errForbidden = errors.New("forbidden")

// Unauthenticated is the error of an authoriser that does not know who asks. The challenge is what a client is asked for, the
// header WWW-Authenticate: "Bearer", or `Basic realm="shop"`.
func Unauthenticated(challenge string) error { return unauthenticated(challenge) }

type unauthenticated string

func (u unauthenticated) Error() string { return "unauthenticated: " + string(u) }

// Hosts are the names, without a port, by which the page and the API may be asked for beside localhost: "ops.example.com".
// Requests with another Host are refused with 421, or a page of another site could read what a browser in this network
// can, by a name of its own that it has point here (DNS rebinding). An address, such as 10.1.2.3, points nowhere else, and is
// always answered; probes answer to any Host.
func Hosts(names ...string) Option {
	return option(func(c *config) {
		for _, name := range names {
			if strings.ContainsAny(name, "/:") {
				c.err = fmt.Errorf("Hosts: %q is not the name of a host (addresses are always answered)", name)
			}
			c.hosts = append(c.hosts, strings.ToLower(name))
		}
	})
}

// TrustedOrigins are the origins of other sites whose pages may give commands: "https://ops.example.com".
func TrustedOrigins(origins ...string) Option {
	return option(func(c *config) { c.trusted = append(c.trusted, origins...) })
}

// ReadyTags narrows what /readyz waits for to the children with one of the tags, and what /startupz waits for: each of them was ready once.
// The tree may then serve before its root was ever ready.
func ReadyTags(tags ...string) Option {
	return option(func(c *config) { c.tags = append(c.tags, tags...) })
}

// History is how many bytes are kept of the past; the default is 16 MiB. Handlers of a tree with the same number share them.
func History(bytes int) Option { return option(func(c *config) { c.history = bytes }) }
