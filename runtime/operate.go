package runtime

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// Why a command was refused, or a dynamic child not started. They are wrapped; ask errors.Is.
var (
	ErrUnknown      = errors.New("there is no such child")
	ErrState        = errors.New("it cannot be done in its state")
	ErrStopping     = errors.New("the tree is stopping")
	ErrNotRunning   = errors.New("the tree is not running")
	ErrStuck        = errors.New("a run of it is stuck")
	ErrMax          = errors.New("there are as many as there may be")
	ErrDuplicateKey = errors.New("there is one with that key")
	ErrLongKey      = fmt.Errorf("a key has %d bytes at the most", maxText)
	ErrAudit        = errors.New("a command says who gives it and why")
	ErrInside       = errors.New("a run cannot wait for what waits for its end")
	ErrRemoved      = errors.New("it was removed")
	ErrUnclean      = errors.New("a run did not stop cleanly")
)

var refusals = map[kernel.Refusal]error{
	kernel.RefusedUnknown:    ErrUnknown,
	kernel.RefusedState:      ErrState,
	kernel.RefusedStopping:   ErrStopping,
	kernel.RefusedNotRunning: ErrNotRunning,
	kernel.RefusedStuck:      ErrStuck,
	kernel.RefusedMax:        ErrMax,
}

// An Answer is what an accepted command leads to.
type Answer struct {
	Path       string    `json:"path"`
	Verb       Verb      `json:"verb"`
	Changed    bool      `json:"changed"`    // false: it was so already
	Before     Lifecycle `json:"before"`     // where it stood
	Generation uint64    `json:"generation"` // and its last launch
	Next       Lifecycle `json:"next"`       // where it goes
}

// A Handle is an operator's hold on one child. It stays good over restarts. The one that a start of a dynamic child returned
// means that instance, also when it is gone; one made of a path or a key means the child that has it now. Commands answer when they are accepted and do not wait until they are carried out; each says who gives it and
// why, neither of them blank, or is refused with ErrAudit. Repeated, a command changes nothing. Other refusals wrap
// ErrUnknown, ErrState, ErrStopping, ErrNotRunning or ErrStuck.
type Handle struct {
	tree *Tree
	path string
	end  *childEnd // of what a start returned
}

// A childEnd is how one instance of a dynamic row ended. The tree fills it in, under its lock, and lets go of it when the
// instance is gone: then the handle that its start returned is all that keeps it.
type childEnd struct {
	slot *slot // of one that provides
	gone bool
	err  error // nil: it completed, or ended well
}

// The methods of a Handle are not inlined: generated code embeds it for each child, and what is inlined there takes the Go
// compiler several times as long as a jump to the method of what is embedded.

// Handle is the handle of the child at path; its commands answer ErrUnknown if there is none.
func (t *Tree) Handle(path string) *Handle { return &Handle{tree: t, path: path} }

// Path is where the child is: "Shop.Ingest.Parser[2]".
//
//go:noinline
func (h *Handle) Path() string { return h.path }

// Restart gives the child a new run, whatever state it is in. It counts in no limit, and takes along what needs it, but
// no siblings.
//
//go:noinline
func (h *Handle) Restart(who, why string) (Answer, error) {
	return h.command(VerbRestart, who, why)
}

// Pause takes the child down until Resume.
//
//go:noinline
func (h *Handle) Pause(who, why string) (Answer, error) {
	return h.command(VerbPause, who, why)
}

// Resume ends a Pause.
//
//go:noinline
func (h *Handle) Resume(who, why string) (Answer, error) {
	return h.command(VerbResume, who, why)
}

// Quarantine takes the child down, and out of automatic restart, until Release.
//
//go:noinline
func (h *Handle) Quarantine(who, why string) (Answer, error) {
	return h.command(VerbQuarantine, who, why)
}

// Release ends a quarantine, whether an operator or a table began it.
//
//go:noinline
func (h *Handle) Release(who, why string) (Answer, error) {
	return h.command(VerbRelease, who, why)
}

// Stop takes the child down until Start.
//
//go:noinline
func (h *Handle) Stop(who, why string) (Answer, error) {
	return h.command(VerbStop, who, why)
}

// Start starts a child that is stopped or failed.
//
//go:noinline
func (h *Handle) Start(who, why string) (Answer, error) {
	return h.command(VerbStart, who, why)
}

// Remove ends a dynamic child for good.
//
//go:noinline
func (h *Handle) Remove(who, why string) (Answer, error) {
	return h.command(VerbRemove, who, why)
}

// RestartEach restarts the replicas of the child that is declared at path ("Shop.Parser") one after another, the next when the one before is ready again (of a job: has
// completed), so that there is never more than one less than there were. It leaves out those that have ended, are paused, stopped,
// quarantined or failed. It returns the error of the first that is refused or does not come back, and restarts no more; ctx bounds
// the whole. A child that needs the replicas goes down with each of them, one that wants them does not.
func (t *Tree) RestartEach(ctx context.Context, path string, who, why string) error {
	id := ID(slices.Index(t.paths, path))
	if path == "" || id < 0 || t.table[id].Replicas == 0 {
		return fmt.Errorf("supgen: restart each %s: %w", path, ErrUnknown)
	}
	for i := range t.table[id].Replicas {
		h := ReplicaOf(t, id, i)
		s, err := h.State()
		if err != nil {
			return err
		}
		switch s.Lifecycle {
		case LifecyclePaused, LifecycleQuarantined, LifecycleStopped, LifecycleFailed:
			continue
		}
		if _, err := h.Restart(who, why); err != nil {
			return err
		}
		if err := h.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// State is the child at this moment, or ErrUnknown.
func (h *Handle) State() (ChildState, error) {
	h.tree.mu.Lock()
	defer h.tree.mu.Unlock()
	n, ok := h.find()
	if !ok {
		return ChildState{}, fmt.Errorf("supgen: state of %s: %w", h.path, ErrUnknown)
	}
	return h.tree.stateOf(n, h.tree.present()), nil
}

// find is the node that a handle means, if there is one. Under the lock.
func (h *Handle) find() (kernel.Node, bool) {
	if h.end != nil && h.end.gone {
		return kernel.None, false
	}
	return h.tree.find(h.path)
}

// Command is what the methods of a Handle do, for a path and a verb that come from outside. VerbShutdown is Shutdown, for
// the path of the root alone.
func (t *Tree) Command(path string, verb Verb, who, why string) (Answer, error) {
	return t.Handle(path).command(verb, who, why)
}

func (h *Handle) command(verb Verb, who, why string) (Answer, error) {
	a, err := audit(h.path, verb, who, why)
	if err != nil {
		return Answer{}, err
	}
	h.tree.mu.Lock()
	defer h.tree.mu.Unlock()
	n, ok := h.find()
	if !ok {
		return Answer{}, fmt.Errorf("supgen: %s %s: %w", verb, h.path, ErrUnknown)
	}
	if verb == VerbShutdown && n != 0 { // only a whole tree has that
		return Answer{}, fmt.Errorf("supgen: %s %s: %w", verb, h.path, ErrState)
	}
	return h.tree.commandNode(n, a, h.tree.stepReply)
}

// Shutdown stops the whole tree, as the end of Run's ctx does. It does not wait: Run returns, and Done is closed, when
// the tree has ended. If its root has a LameDuck, and was ready once, or a probe of package httpsup said that the tree is ready,
// the tree leaves before it stops, and another Shutdown, or the end of ctx, ends that.
func (t *Tree) Shutdown(who, why string) (Answer, error) {
	a, err := audit(t.paths[0], VerbShutdown, who, why)
	if err != nil {
		return Answer{}, err
	}
	return t.shutdown(a)
}

func (t *Tree) shutdown(a Audit) (Answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.commandNode(0, a, t.stepReply)
}

// audit is who commands what, and why.
func audit(path string, v Verb, who, why string) (Audit, error) {
	if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" {
		return Audit{}, fmt.Errorf("supgen: %s %s: %w", v, path, ErrAudit)
	}
	return Audit{Verb: v, Who: bounded(who), Why: bounded(why)}, nil
}

// commandNode has the kernel carry out a command. Under the lock.
func (t *Tree) commandNode(n kernel.Node, a Audit, answer stepper) (Answer, error) {
	path := t.path(n)
	reply := answer(&kernel.Input{Kind: kernel.InputCommand, Node: n, Verb: a.Verb, Cause: a, Served: t.served})
	if err := refusals[reply.Refusal]; err != nil {
		return Answer{}, fmt.Errorf("supgen: %s %s: %w", a.Verb, path, err)
	}
	return Answer{Path: path, Verb: a.Verb, Changed: reply.Changed, Before: reply.Life, Generation: reply.Gen, Next: reply.Next}, nil
}

// An InstanceKey makes a dynamic child unique among those of its row, and names it in paths.
type InstanceKey struct {
	text string
	path string
}

// NoKey is for a dynamic row without a key: its children are numbered.
var NoKey InstanceKey

// Key is a key of a string or an integer.
func Key[K ~string | ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](key K) InstanceKey {
	switch v := reflect.ValueOf(key); { // whose methods are not asked
	case v.Kind() == reflect.String:
		return InstanceKey{text: v.String(), path: strconv.Quote(v.String())}
	case v.CanInt():
		text := strconv.FormatInt(v.Int(), 10)
		return InstanceKey{text: text, path: text}
	default:
		text := strconv.FormatUint(v.Uint(), 10)
		return InstanceKey{text: text, path: text}
	}
}

func (k InstanceKey) segment() string { return "[" + k.path + "]" }

// Start starts a dynamic child. It returns once that is accepted, which is all that ctx bounds; or it fails with
// ErrDuplicateKey, ErrLongKey, ErrMax, ErrStopping, ErrNotRunning, or ErrState if its supervisor is at rest.
func (t *Tree) Start(ctx context.Context, id ID, key InstanceKey, args any) (*Handle, error) {
	if id < 0 || int(id) >= len(t.table) || !t.table[id].Dynamic {
		return nil, fmt.Errorf("supgen: start row %d: %w", id, ErrUnknown)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("supgen: start %s: %w", t.paths[id], context.Cause(ctx))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if key != NoKey {
		if _, taken := t.dynamics[t.paths[id]+key.segment()]; taken {
			return nil, fmt.Errorf("supgen: start %s%s: %w", t.paths[id], key.segment(), ErrDuplicateKey)
		}
	}
	d, err := t.begin(id, key, args, t.stepReply)
	if err != nil {
		return nil, fmt.Errorf("supgen: start %s: %w", t.paths[id], err)
	}
	return &Handle{t, d.path, d.end}, nil
}

// Replace is Start, but the child that has the key is removed first, and waited for until it is down: two with one key never
// run side by side. ctx bounds the wait; when it ends before, the old one is removed and no new one is started. From inside of the run that it
// would wait for, Replace returns ErrInside.
func (t *Tree) Replace(ctx context.Context, id ID, key InstanceKey, args any) (*Handle, error) {
	old := DynamicOf(t, id, key)
	if err := old.inside(ctx); err != nil {
		return nil, err
	}
	for removed := (*dynamic)(nil); ; {
		changed, err := t.clear(old.path, &removed)
		if err != nil {
			return nil, err
		}
		h, err := t.Start(ctx, id, key, args)
		if !errors.Is(err, ErrDuplicateKey) {
			return h, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("supgen: wait for %s to be down: %w", old.path, context.Cause(ctx))
		}
	}
}

// clear removes the dynamic child at a path, once, and returns what is closed when something has happened since.
func (t *Tree) clear(path string, removed **dynamic) (changed <-chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.dynamics[path]; ok && t.members[n].dynamic != *removed {
		*removed = t.members[n].dynamic
		_, err = t.commandNode(n, Audit{Verb: VerbRemove, Who: "program", Why: "it is replaced"}, t.stepReply)
	}
	return t.ring.changed(), err
}

// begin adds a dynamic child. Under the lock.
func (t *Tree) begin(id ID, key InstanceKey, args any, answer stepper) (*dynamic, error) {
	if len(key.text) > maxText { // cut, it might be another's
		return nil, ErrLongKey
	}
	d := &dynamic{path: t.paths[id] + key.segment(), key: key.text, args: args, end: new(childEnd)}
	if key == NoKey {
		d.path = t.paths[id]
	}
	if t.options.keyLabels && t.bases != nil {
		d.base = pprof.WithLabels(t.bases[id][0], pprof.Labels(keyLabel, key.text))
	}
	t.incoming = d
	reply := answer(&kernel.Input{Kind: kernel.InputAdd, Row: id})
	t.incoming = nil
	if reply.Refusal == kernel.RefusedMax {
		return nil, t.full(id)
	}
	return d, refusals[reply.Refusal]
}

// full says of how many more there may not be.
func (t *Tree) full(id ID) error {
	most, held := t.table[id].Max, t.k.Quarantined(id)
	switch held {
	case 0:
		return fmt.Errorf("%w (%d)", ErrMax, most)
	case 1:
		return fmt.Errorf("%w (%d, of which 1 is quarantined)", ErrMax, most)
	}
	return fmt.Errorf("%w (%d, of which %d are quarantined)", ErrMax, most, held)
}

// enroll gives the child that was just added, if it was, its name and arguments, before it is launched.
func (t *Tree) enroll(reply kernel.Reply) {
	if reply.Refusal != kernel.Accepted {
		return
	}
	n := reply.Node
	d, row, index := t.incoming, t.k.Row(n), t.k.Index(n)
	if d.key == "" && d.path == t.paths[row] {
		d.key = strconv.Itoa(index)
		d.path += "[#" + d.key + "]"
	}
	if int(n) == len(t.members) {
		t.members = append(t.members, member{})
	}
	t.members[n] = member{row: row, index: int32(index), dynamic: d, since: t.clock}
	t.dynamics[d.path] = n
	if t.table[row].Provides {
		d.end.slot = newSlot(1)
		t.slots.Store(d.path, d.end.slot)
	}
}

// forget frees the path of a dynamic child that is gone. Under the lock.
func (t *Tree) forget(path string) {
	delete(t.dynamics, path)
	t.slots.Delete(path)
}
