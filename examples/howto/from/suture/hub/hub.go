// Package hub is what the programs beside it do, whatever runs it: it reads lines from feeds, and keeps the last of each sensor.
package hub

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Hub has the last value of each sensor.
type Hub struct {
	mu   sync.Mutex
	last map[string]reading
}

type reading struct {
	value string
	at    time.Time
}

// New makes a hub without sensors.
func New() *Hub { return &Hub{last: map[string]reading{}} }

// Read takes a line, "SENSOR VALUE". It panics if that is not what the line is: nobody has thought of that.
func (h *Hub) Read(line string) {
	fields := strings.Fields(line)
	sensor, value := fields[0], fields[1]
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last[sensor] = reading{value, time.Now()}
}

// Follow reads the lines that the feed at addr sends, until ctx ends or the feed does.
func (h *Hub) Follow(ctx context.Context, addr string) error {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		h.Read(lines.Text())
	}
	if ctx.Err() == nil && lines.Err() == nil {
		return fmt.Errorf("feed %s: %w", addr, io.ErrUnexpectedEOF)
	}
	return lines.Err()
}

// Forget forgets what is older than an age.
func (h *Hub) Forget(age time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.last, func(_ string, r reading) bool { return time.Since(r.at) > age })
}

// Save writes all values to a file.
func (h *Hub) Save(file string) error { return os.WriteFile(file, []byte(h.String()), 0o666) }

// String is a line for each sensor.
func (h *Hub) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var b strings.Builder
	for _, sensor := range slices.Sorted(maps.Keys(h.last)) {
		fmt.Fprintf(&b, "%s %s\n", sensor, h.last[sensor].value)
	}
	return b.String()
}
