// Package orders is what the programs beside it do, whatever runs it: it takes orders, and packs them.
package orders

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
)

// A Queue has the orders that are not packed yet.
type Queue chan string

// ServeHTTP puts the order in a request's body into the queue.
func (q Queue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	order, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case q <- strings.TrimSpace(string(order)):
	case <-r.Context().Done():
	}
}

// A Packer packs orders.
type Packer struct {
	File  string // where they are noted
	count atomic.Int64
}

// Pack packs an order.
func (p *Packer) Pack(order string) error {
	f, err := os.OpenFile(p.File, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, order)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		p.count.Add(1)
	}
	return err
}

// Count is how many orders were packed.
func (p *Packer) Count() int64 { return p.count.Load() }
