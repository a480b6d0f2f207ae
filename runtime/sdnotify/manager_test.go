package sdnotify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// A manager is systemd towards one service with Type=notify-reload, as sd_notify(3) and systemd.service(5) describe it.
type manager struct {
	t                     *testing.T
	start, stop, watchdog time.Duration // TimeoutStartSec, TimeoutStopSec, WatchdogSec

	mu       sync.Mutex
	news     *sync.Cond
	state    string // activating, active, reloading, deactivating
	final    bool   // STOPPING was heard
	deadline time.Time
	pinged   time.Time
	pings    int
	statuses int
	status   string
	killed   string   // why, the first time
	log      []string // what was heard, but for STATUS and WATCHDOG
	began    time.Time
}

func newManager(t *testing.T, start, stop, watchdog time.Duration) *manager {
	m := &manager{t: t, start: start, stop: stop, watchdog: watchdog, state: "activating", began: time.Now(), deadline: time.Now().Add(start)}
	m.news = sync.NewCond(&m.mu)
	return m
}

// systemctlStop is what precedes SIGTERM.
func (m *manager) systemctlStop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deactivate()
}

func (m *manager) deactivate() {
	if m.state != "deactivating" {
		m.state, m.deadline = "deactivating", time.Now().Add(m.stop)
	}
}

// kills says why it kills the service, if it does or did.
func (m *manager) kills() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire()
	return m.killed
}

// stands is what it takes the service for, and forget has it count time and messages from now on.
func (m *manager) stands() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

func (m *manager) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.log, m.began, m.pings, m.statuses = nil, time.Now(), 0, 0
}

// counts are the signs of life and the statuses.
func (m *manager) counts() (pings, statuses int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pings, m.statuses
}

func (m *manager) says() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status
}

// await returns when what it is asked about has come true.
func (m *manager) await(is func() bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	late := time.AfterFunc(10*time.Second, func() { m.read("STATUS=late", 0) })
	defer late.Stop()
	for !is() {
		if m.news.Wait(); m.status == "late" {
			m.t.Errorf("it waits for what does not come: %s", m.log)
			return
		}
	}
}

func (m *manager) heard() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.log, "\n")
}

func (m *manager) expire() {
	up := m.state == "active" || m.state == "reloading"
	why := ""
	switch now := time.Now(); {
	case !up && now.After(m.deadline):
		why = fmt.Sprintf("%s for too long at %s", m.state, m.deadline.Sub(m.began))
	case up && m.watchdog > 0 && now.Sub(m.pinged) > m.watchdog:
		why = fmt.Sprintf("watchdog at %s", m.pinged.Add(m.watchdog).Sub(m.began))
	}
	if m.killed == "" {
		m.killed = why
	}
}

// read takes a message with so many file descriptors.
func (m *manager) read(message string, files int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.news.Broadcast()
	m.expire()
	if len(message) > 4096 {
		m.t.Errorf("a message of %d bytes", len(message))
	}
	assignments := strings.Split(message, "\n")
	for _, a := range assignments {
		name, value, _ := strings.Cut(a, "=")
		if name != "STATUS" && name != "WATCHDOG" {
			m.log = append(m.log, fmt.Sprintf("%s %s", time.Since(m.began), a))
		}
		switch name {
		case "READY":
			if m.final || m.state != "activating" && m.state != "reloading" {
				m.t.Errorf("%s while it is %s", a, m.state)
			}
			if m.state == "activating" || m.state == "reloading" {
				m.state, m.pinged = "active", time.Now()
			}
		case "RELOADING":
			if m.state != "active" && m.state != "reloading" || !slices.ContainsFunc(assignments, func(a string) bool { return strings.HasPrefix(a, "MONOTONIC_USEC=") }) {
				m.t.Errorf("%q while it is %s", message, m.state)
			}
			m.state = "reloading"
		case "MONOTONIC_USEC":
			if _, err := strconv.ParseUint(value, 10, 64); err != nil {
				m.t.Error(err)
			}
		case "STOPPING":
			m.deactivate()
			m.final = true
		case "EXTEND_TIMEOUT_USEC":
			usec, err := strconv.ParseInt(value, 10, 64)
			if err != nil || usec <= 0 || m.state == "active" {
				m.t.Errorf("%s while it is %s: %v", a, m.state, err)
			}
			if until := time.Now().Add(time.Duration(usec) * time.Microsecond); until.After(m.deadline) {
				m.deadline = until
			}
		case "WATCHDOG":
			if m.state == "activating" || value != "1" {
				m.t.Errorf("%s while it is %s", a, m.state)
			}
			m.pings++
			m.pinged = time.Now()
		case "STATUS":
			if !utf8.ValidString(value) || len(assignments) > 1 || strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
				m.t.Errorf("a status of %q", message)
			}
			m.status = value
			m.statuses++
		case "BARRIER":
			if files != 1 || len(assignments) > 1 {
				m.t.Errorf("a barrier of %q with %d files", message, files)
			}
		default:
			m.t.Errorf("systemd knows nothing of %q", a)
		}
	}
}

// A wire is the way to a manager without a socket.
type wire struct {
	*manager
	cut func() error // loses messages, if it says so
}

func (w wire) send(message string) error {
	if w.cut != nil {
		if err := w.cut(); err != nil {
			return err
		}
	}
	w.read(message, 0)
	return nil
}

func (w wire) barrier() { w.read("BARRIER=1", 1) }
