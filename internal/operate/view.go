package operate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A View is a tree at one moment, with what a person wants to know of it: who is below whom, who waits for whom, and which child is the
// cause. Between two states it is kept up to date with events.
type View struct {
	Tree     Tree
	Report   *Report
	Children []Child
	Operate  bool // there are commands

	byPath   map[string]int
	below    map[string][]int // by the path of their supervisor, in the tree's order
	declared map[string]*Declaration
	commands map[string]Audit // by path: the last command, unless it failed since
	waits    *waits           // worked out when asked for, anew after each event
}

// NewView is a view of a state.
func NewView(s *State, d *Declarations) *View {
	v := &View{Tree: s.Tree, Report: s.Report, Children: s.Children, Operate: d.Operate,
		byPath: make(map[string]int, len(s.Children)), below: map[string][]int{}, declared: map[string]*Declaration{}, commands: map[string]Audit{}}
	for i, c := range v.Children {
		if _, twice := v.byPath[c.Path]; twice || c.Path == "" {
			continue
		}
		v.byPath[c.Path] = i
		v.below[c.Parent] = append(v.below[c.Parent], i)
	}
	for i := range d.Declarations {
		v.declared[d.Declarations[i].Path] = &d.Declarations[i]
	}
	return v
}

// Next is the view of a later state of the same tree.
func (v *View) Next(s *State) *View {
	n := NewView(s, &Declarations{Operate: v.Operate})
	n.declared, n.commands = v.declared, v.commands
	return n
}

// Child is the child at a path, or nil.
func (v *View) Child(path string) *Child {
	if i, ok := v.byPath[path]; ok {
		return &v.Children[i]
	}
	return nil
}

// Below are the children of the supervisor at a path; those of "" are the roots.
func (v *View) Below(path string) []*Child {
	list := make([]*Child, 0, len(v.below[path]))
	for _, i := range v.below[path] {
		list = append(list, &v.Children[i])
	}
	return list
}

// Declared is the declaration of a path, a zero one if it is not known.
func (v *View) Declared(path string) Declaration {
	path, _, _ = strings.Cut(path, "[")
	if d := v.declared[path]; d != nil {
		return *d
	}
	return Declaration{}
}

// IsDeclared reports whether there may be children at a path.
func (v *View) IsDeclared(path string) bool { return v.declared[path] != nil }

// Record notes an event of the past, which the state knows already.
func (v *View) Record(e Event) {
	switch {
	case e.Kind == "command" && e.Audit != nil:
		v.commands[e.Path] = *e.Audit
	case e.Kind == "failed":
		delete(v.commands, e.Path)
	}
}

// Apply brings the view up to an event. It reports whether the state has to be asked for to know all of it: a child came or is gone.
func (v *View) Apply(e Event) (incomplete bool) {
	if e.Sequence <= v.Tree.Sequence {
		return false
	}
	v.Record(e)
	v.waits = nil
	v.Tree.Sequence, v.Tree.Time, v.Tree.Phase = e.Sequence, e.Time, e.Phase
	c := v.Child(e.Path)
	if c == nil {
		return e.Kind == "added"
	}
	if e.From != e.To {
		c.Since, c.Wait, c.Waits = e.Time, nil, ""
	}
	c.Lifecycle, c.Health, c.Readiness, c.Stopped = e.To, e.Health, e.Readiness, e.Stopped
	c.Generation, c.Attempt, c.Restarts = e.Generation, e.Attempt, e.Restarts
	switch {
	case e.To != "running":
		c.NotReady = nil
	case e.Failure != nil && (e.Kind == "transition" || e.Kind == "not_ready"):
		c.NotReady = e.Failure
	}
	if e.Kind == "failed" && e.Failure != nil && e.Decision != nil {
		c.Failures++
		c.Failure = e.Failure
	}
	if e.Decision != nil {
		c.Decision = e.Decision
	}
	if d := c.Decision; e.To == "restarting" && d != nil && c.Wait == nil && e.Kind == "failed" {
		c.Wait = &Wait{Kind: "backoff", On: c.Path, Until: e.Time.Add(d.Delay)}
	}
	return e.Kind == "removed"
}

// IsFine reports whether a child is ready, or has done its work.
func IsFine(c *Child) bool { return c.Lifecycle == "ready" || c.Lifecycle == "stopped" && endedWell(c) }

func endedWell(c *Child) bool {
	row := rowOf(c)
	return c.Stopped == "completed" || c.Stopped == "ended" && (row == "" || row == "success" || row == "skip")
}

// rowOf is the row by which it was decided about a child the last time, or "".
func rowOf(c *Child) string {
	if c.Decision == nil {
		return ""
	}
	return c.Decision.Row
}

// Trouble is why a child is not fine where that is because of itself, and neither because of an operator nor because the tree stops: why
// it says that it is not ready, or its last failure; else nil.
func (v *View) Trouble(c *Child) *Failure {
	if c.NotReady != nil {
		return c.NotReady
	}
	row := rowOf(c)
	failing := c.Attempt > 1 && row != "success" && row != "again" // after these it starts again, too
	switch c.Lifecycle {
	case "paused":
		return nil
	case "stopped":
		failing = c.Stopped == "ended"
	case "shutting_down":
		failing = c.Health == "unhealthy" && !v.stops()
	case "failed", "quarantined":
		failing = true
	}
	if _, byHand := v.Commanded(c); !failing || IsFine(c) || byHand {
		return nil
	}
	return c.Failure
}

// Commanded is the command because of which a child is at rest, if it is known.
func (v *View) Commanded(c *Child) (Audit, bool) {
	if !isAtRest(c) {
		return Audit{}, false
	}
	a, ok := v.commands[c.Path]
	return a, ok
}

func isAtRest(c *Child) bool {
	return c.Lifecycle == "paused" || c.Lifecycle == "quarantined" || c.Lifecycle == "stopped"
}

// stops reports whether the tree comes down, in which nothing waits for what it needs.
func (v *View) stops() bool {
	return v.Tree.Phase != "idle" && v.Tree.Phase != "running" && v.Tree.Phase != "leaving"
}

// find is a child by path; of a declaration with many children, one that is not fine if there is one.
func (v *View) find(path string) *Child {
	if c := v.Child(path); c != nil {
		return c
	}
	parent := path[:max(0, strings.LastIndexByte(path, '.'))]
	var found *Child
	for _, i := range v.below[parent] {
		if c := &v.Children[i]; strings.HasPrefix(c.Path, path+"[") {
			if !IsFine(c) {
				return c
			}
			found = cmp.Or(found, c)
		}
	}
	return found
}

// blocker is the child because of which another one is not ready, or nil.
func (v *View) blocker(c *Child) *Child {
	if IsFine(c) || v.stops() {
		return nil
	}
	if c.Wait != nil && c.Wait.On != "" {
		if c.Wait.On == c.Path {
			return nil
		}
		return v.find(c.Wait.On)
	}
	if c.Role == "supervisor" {
		var first *Child
		for _, i := range v.below[c.Path] {
			b := &v.Children[i]
			if IsFine(b) || v.Declared(b.Path).Optional || b.Wait != nil && b.Wait.Kind == "supervisor" {
				continue
			}
			if v.Trouble(b) != nil && (b.Wait == nil || b.Wait.On == "" || b.Wait.On == b.Path) {
				return b
			}
			first = cmp.Or(first, b)
		}
		return first
	}
	for _, need := range v.Declared(c.Path).Needs {
		if n := v.find(need); n != nil && !IsFine(n) {
			return n
		}
	}
	return nil
}

// waits is who waits for whom. A child waits for one at most.
type waits struct {
	on, root map[*Child]*Child   // of a child that is not fine
	by       map[*Child][]*Child // in the tree's order
}

func (v *View) waitsNow() *waits {
	if v.waits != nil {
		return v.waits
	}
	w := &waits{map[*Child]*Child{}, map[*Child]*Child{}, map[*Child][]*Child{}}
	for i := range v.Children {
		c := &v.Children[i]
		if on := v.blocker(c); on != nil {
			w.on[c] = on
			w.by[on] = append(w.by[on], c)
		}
	}
	v.waits = w
	return w
}

// Chain is a child, what it waits for, what that waits for, up to the cause.
func (v *View) Chain(c *Child) []*Child {
	w, chain, seen := v.waitsNow(), []*Child{c}, map[*Child]bool{c: true}
	for on := w.on[c]; on != nil && !seen[on]; on = w.on[on] {
		chain, seen[on] = append(chain, on), true
	}
	return chain
}

// Root is the child because of which another one is not fine, perhaps itself.
func (v *View) Root(c *Child) *Child {
	w := v.waitsNow()
	if w.on[c] == nil {
		return c
	}
	if w.root[c] == nil {
		chain := v.Chain(c)
		for _, step := range chain {
			w.root[step] = chain[len(chain)-1]
		}
	}
	return w.root[c]
}

// Waiting are the children that are not fine because of another one, the nearest first, without supervisors.
func (v *View) Waiting(cause *Child) (waiting []*Child) {
	w, seen := v.waitsNow(), map[*Child]bool{cause: true}
	queue := slices.Clone(w.by[cause])
	for i := 0; i < len(queue); i++ {
		c := queue[i]
		if seen[c] {
			continue
		}
		seen[c] = true
		if c.Role != "supervisor" {
			waiting = append(waiting, c)
		}
		queue = append(queue, w.by[c]...)
	}
	return waiting
}

// IsCause reports whether a child is what is wrong: it fails, says that it is not ready, or an operator took it down and others wait for it.
func (v *View) IsCause(c *Child) bool {
	return !IsFine(c) && c.Role != "supervisor" && v.Root(c) == c &&
		(v.Trouble(c) != nil || isAtRest(c) && !v.stops() && len(v.Waiting(c)) > 0)
}

// Causes are the children that are what is wrong, the one for which most wait first.
func (v *View) Causes() (causes []*Child) {
	weight := map[*Child]int{}
	for i := range v.Children {
		if c := &v.Children[i]; v.IsCause(c) {
			causes = append(causes, c)
			weight[c] = len(v.Waiting(c))
		}
	}
	slices.SortStableFunc(causes, func(a, b *Child) int { return weight[b] - weight[a] })
	return causes
}

// Until is when the next try of a child is, if that is known.
func Until(c *Child) (at time.Time, ok bool) {
	if c.Wait == nil || c.Wait.Until.IsZero() {
		return at, false
	}
	return c.Wait.Until, true
}
