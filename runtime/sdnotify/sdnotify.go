package sdnotify

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/liveness"
	"github.com/supgen/supgen/runtime/policy"
)

const (
	often   = time.Second            // how often the tree is looked at, at the most, but for its phase
	most    = 30 * time.Second       // that is asked for at once
	margin  = 5 * time.Second        // from what is waited for to what follows: from the longest stop to the end of the process
	closing = 900 * time.Millisecond // for the last messages
)

// Notify tells systemd about the tree of [runtime.Main], as the package's comment says. It does nothing, and costs nothing, where
// NOTIFY_SOCKET is not set. It removes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID from the environment, so that no process
// that the program starts speaks in its name. It returns an error if they make no sense; that nothing listens
// on the socket is none.
func Notify() runtime.Companion {
	return func(t *runtime.Tree) (end func(), err error) {
		env := make(map[string]string)
		for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
			env[name] = os.Getenv(name)
			os.Unsetenv(name)
		}
		if env["NOTIFY_SOCKET"] == "" {
			return func() {}, nil
		}
		socket, err := parseSocket(env["NOTIFY_SOCKET"])
		if err != nil {
			return nil, err
		}
		watchdog, err := parseWatchdog(env["WATCHDOG_USEC"], env["WATCHDOG_PID"])
		if err != nil {
			return nil, err
		}
		return notify(t, socket, watchdog), nil
	}
}

// parseWatchdog is how long systemd waits for a sign of life, as it says so in the environment; zero if for none of this process.
func parseWatchdog(usec, pid string) (time.Duration, error) {
	if usec == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0, nil
	}
	n, err := strconv.ParseUint(usec, 10, 64)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("sdnotify: WATCHDOG_USEC is %q, and not a number of microseconds", usec)
	}
	return time.Duration(min(n, math.MaxInt64/1000)) * time.Microsecond, nil
}

// Reloading says that the program reads its configuration again, until done is called: what a unit with Type=notify-reload asks for by
// SIGHUP, and waits for. It waits for nothing. Where there is no [Notify] that tells it, and while the tree starts
// or stops, it says nothing.
func Reloading() (done func()) {
	n := current.Load()
	if n == nil {
		return func() {}
	}
	n.mu.Lock()
	n.reload.begun, n.reload.at = n.reload.begun+1, monotonic()
	n.reload.active++
	n.mu.Unlock()
	n.look()
	return sync.OnceFunc(func() {
		n.mu.Lock()
		n.reload.active--
		n.mu.Unlock()
		n.look()
	})
}

// current is the one that speaks for the process.
var current atomic.Pointer[notifier]

// A sender is the way to systemd.
type sender interface {
	send(message string) error // which fails where it would have to wait for long
	barrier()                  // waits until all messages were read, but not for long
}

// A notifier tells about one tree. Its goroutine brings what was said up to what is so: what could not be said is said later.
type notifier struct {
	tree *runtime.Tree
	rows []runtime.Child
	to   sender
	wake chan struct{} // there is something to look at

	mu     sync.Mutex
	reload reloads

	ready atomic.Bool // READY was said

	// What follows belongs to the goroutine.
	seen       bridge.Watched
	moved      time.Time            // when the last event was seen
	children   []runtime.ChildState // while it starts
	of         uint64               // the sequence of the last look at the children
	next       time.Time            // for another one
	stops      policy.StopBound
	began      time.Time // of the stop
	renew      time.Time // to ask for more time
	stopping   bool      // STOPPING was said
	told       int       // the reload that was said, or left out
	reloading  bool      // RELOADING was said, and no READY since
	text, said string    // the status, and the last STATUS
}

// reloads are those that the program said, since it began.
type reloads struct {
	begun, active int
	at            string // when the last one began, by CLOCK_MONOTONIC
}

func newNotifier(t *runtime.Tree, to sender) *notifier {
	rows, _ := bridge.Rows(t)
	return &notifier{tree: t, rows: rows.([]runtime.Child), to: to, wake: make(chan struct{}, 1), stops: bridge.LongestStop(t), of: math.MaxUint64}
}

// notify begins to tell.
func notify(t *runtime.Tree, to sender, watchdog time.Duration) (end func()) {
	ctx, stop := context.WithCancel(context.Background())
	n := newNotifier(t, to)
	current.Store(n)
	go n.follow(ctx)
	if watchdog > 0 {
		go n.watch(ctx, max(watchdog/2, time.Millisecond))
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		n.run(ctx)
	}()
	return func() {
		current.CompareAndSwap(n, nil)
		stop()
		select {
		case <-over:
		case <-time.After(closing):
		}
	}
}

// look has the tree looked at now.
func (n *notifier) look() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// follow has it looked at when its phase changes, or its root does.
func (n *notifier) follow(ctx context.Context) {
	for e := range n.tree.EventsFrom(ctx, 1) {
		if e.Path == n.rows[0].Name { // as phases have it, and events that were lost
			n.look()
		}
	}
}

// watch says that the tree works, once it was ready.
func (n *notifier) watch(ctx context.Context, every time.Duration) {
	alive := liveness.Watch(ctx.Done(), n.tree)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if n.ready.Load() && alive.Err() == nil {
				n.to.send("WATCHDOG=1")
			}
		case <-ctx.Done():
			return
		}
	}
}

// run tells what there is to tell until ctx ends, and then the last of it.
func (n *notifier) run(ctx context.Context) {
	tick := time.NewTicker(often)
	defer tick.Stop()
	for ctx.Err() == nil {
		n.tell()
		select {
		case <-n.wake:
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	n.tell()
	n.to.barrier()
}

// tell says what is not said yet.
func (n *notifier) tell() {
	now := time.Now()
	n.observe(now)
	if n.seen.Started && !n.ready.Load() { // also if the tree has ended: without READY, that is a start that failed
		n.ready.Store(n.say("READY=1"))
	}
	if !n.began.IsZero() && !n.stopping {
		n.stopping = n.say("STOPPING=1")
	}
	if !now.Before(n.renew) {
		if d := min(n.left(now), most); d > 0 && n.say("EXTEND_TIMEOUT_USEC="+strconv.FormatInt(d.Microseconds(), 10)) {
			n.renew = now.Add(d / 2)
		}
	}
	n.tellReload()
	if n.text != n.said && n.say("STATUS="+n.text) {
		n.said = n.text
	}
}

func (n *notifier) say(message string) bool { return n.to.send(message) == nil }

// tellReload says that a reload has begun, and that all of them are done.
func (n *notifier) tellReload() {
	n.mu.Lock()
	r := n.reload
	n.mu.Unlock()
	if !n.ready.Load() || n.stopping {
		n.told = r.begun
		return
	}
	if n.told != r.begun && n.say("RELOADING=1\nMONOTONIC_USEC="+r.at) {
		n.told, n.reloading = r.begun, true
	}
	if n.reloading && r.active == 0 {
		n.reloading = !n.say("READY=1")
	}
}

// observe looks at the tree; at all children of it only now and then.
func (n *notifier) observe(now time.Time) {
	before := n.seen
	n.seen, _ = bridge.Watch(n.tree, true)
	turned := n.seen.Phase != before.Phase || n.seen.Started != before.Started
	if n.seen.Sequence != before.Sequence {
		n.moved = now
	}
	if n.began.IsZero() && n.seen.Phase > runtime.TreeRunning {
		n.began, n.renew = now, time.Time{}
	}
	if turned || n.seen.Sequence != n.of && !now.Before(n.next) {
		children := n.tree.Snapshot().All()
		n.of, n.text = n.seen.Sequence, describe(n.tree, n.seen, children)
		if n.children = children; n.seen.Started {
			n.children = nil
		}
		n.next = now.Add(max(often, 20*time.Since(now))) // a large tree is not looked at all of the time
	}
}

// left is how long the start, or the stop, may still take.
func (n *notifier) left(now time.Time) time.Duration {
	starts := n.seen.Phase == runtime.TreeRunning && !n.seen.Started
	switch {
	case !n.began.IsZero() && !n.stops.Unlimited:
		return policy.Sum(n.stops.Total, margin) - now.Sub(n.began)
	case n.began.IsZero() && !starts:
		return 0
	}
	reported := bridge.Reported(n.tree)
	until := later(n.moved, reported).Add(most)
	if starts {
		return later(until, n.pending(reported)).Sub(now)
	}
	return later(until, n.began.Add(policy.Sum(n.rows[0].LameDuck, margin))).Sub(now)
}

// pending is when the last delay, readiness deadline and timeout is over of those that are running now, and what follows was seen.
func (n *notifier) pending(reported time.Time) (until time.Time) {
	for i := range n.children {
		c := &n.children[i]
		row := &n.rows[c.ID]
		if c.Wait != nil {
			until = later(until, c.Wait.Until)
		} else if within := cmp.Or(row.Ready.Within, row.Timeout); c.Lifecycle == runtime.LifecycleRunning && within > 0 {
			until = later(until, later(c.Since, reported).Add(within))
		}
	}
	return until.Add(margin)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
