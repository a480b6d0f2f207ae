package syntax

import (
	"cmp"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/supgen/supgen/runtime/policy"
)

// A Container is where a statement stands, or a set of such places.
type Container uint16

// The containers: what a statement may stand in.
const (
	AtTop Container = 1 << iota
	InPolicy
	InDefaults
	InRoot
	InNested
	InGroup
	InService
	InWorker
	InJob
	InSidecar
	InDynamic // beside the role

	inSupervisor = InRoot | InNested
	InChild      = InService | InWorker | InJob | InSidecar
	shared       = InPolicy | InDefaults // what may be said for several children at once
	Anywhere     = ^Container(0)         // of a declaration that could not be read
)

// Containers says where each kind of statement may stand: the table "Statements" of the manual. What is not in it is
// for the top of a file.
var Containers = map[string]Container{
	"supervisor":  inSupervisor | InGroup,
	"service":     inSupervisor | InGroup,
	"worker":      inSupervisor | InGroup,
	"job":         inSupervisor | InGroup,
	"sidecar":     inSupervisor | InGroup,
	"group":       inSupervisor,
	"defaults":    inSupervisor,
	"strategy":    shared | inSupervisor | InGroup,
	"intensity":   shared | inSupervisor | InGroup,
	"limit":       shared | InNested | InChild,
	"restart":     shared | InNested | InChild,
	"on":          shared | inSupervisor | InGroup | InChild,
	"backoff":     shared | InNested | InChild,
	"throttle":    shared | inSupervisor,
	"concurrency": shared | inSupervisor,
	"provides":    InService | InWorker | InJob,
	"ready":       shared | InService | InWorker | InSidecar,
	"health":      shared | InChild,
	"shutdown":    shared | inSupervisor | InChild,
	"lame_duck":   InRoot,
	"timeout":     shared | InJob,
	"max":         InDynamic,
	"finish":      inSupervisor,
	"optional":    InChild,
	"tags":        InChild,
	"use":         InDefaults | inSupervisor | InChild,
}

// advice is what to do instead, where a statement is likely to be looked for in the wrong place.
var advice = map[string]string{
	"ready":     "a job is ready when it has completed, a supervisor when its children are",
	"max":       "it bounds how many dynamic children there may be",
	"lame_duck": "a tree leaves as a whole: write it in the supervisor at the top",
	"timeout":   "it bounds the run of a job; for the time to become ready write ready explicit within D",
	"limit":     "the limit that all children share is called intensity",
	"intensity": "the limit of one child is called limit",
	"backoff":   "a tree and a group are not restarted; what is in them is",
	"restart":   "a tree and a group are not restarted; what is in them is",
	"provides":  "services and workers provide values, and jobs that are not dynamic",
}

// ContainerOf is where the statements in the block of a child stand; 0 of one without a role.
func ContainerOf(role policy.Role, dynamic, root bool) Container {
	var p Container
	switch role {
	case policy.Supervisor:
		p = InNested
		if root {
			p = InRoot
		}
	case policy.Group:
		p = InGroup
	case policy.Service:
		p = InService
	case policy.Worker:
		p = InWorker
	case policy.Job:
		p = InJob
	case policy.Sidecar:
		p = InSidecar
	}
	if dynamic && p != 0 {
		p |= InDynamic
	}
	return p
}

// statements are what may stand in a place, in the order of the manual.
func (p Container) statements() []string {
	var words []string
	for _, word := range keywords() {
		if p.Has(word) {
			words = append(words, word)
		}
	}
	return words
}

// Has reports whether a statement that begins with a keyword may stand in a place.
func (p Container) Has(keyword string) bool {
	kind := keyword
	if keyword == "dynamic" {
		kind = "worker"
	}
	return p.Takes(kind) || p == AtTop && (Containers[kind] == 0 || keyword == "supervisor")
}

// String is the place as messages call it.
func (p Container) String() string {
	switch {
	case p&InDynamic != 0:
		return "a dynamic " + (p &^ InDynamic).String()[len("a "):]
	case p == AtTop:
		return "the top of a file"
	case p == InPolicy:
		return "a policy"
	case p == InDefaults:
		return "defaults"
	case p == InRoot:
		return "a supervisor at the top"
	case p == InNested:
		return "a supervisor"
	case p == InGroup:
		return "a group"
	case p == InService:
		return "a service"
	case p == InWorker:
		return "a worker"
	case p == InJob:
		return "a job"
	case p == InSidecar:
		return "a sidecar"
	}
	return "a child"
}

// Takes reports whether a statement of a kind may stand in a place.
func (p Container) Takes(kind string) bool {
	if kind == "provides" && p == InJob|InDynamic {
		return false
	}
	return Containers[kind]&p != 0
}

// KindOf is the keyword of a statement, as it should have been written.
func KindOf(s *Stmt) string {
	switch node := s.Node.(type) {
	case *PackageDecl:
		return "package"
	case *ImportDecl, *ImportSpec:
		return "import"
	case *PolicyDecl:
		return "policy"
	case *DefaultsDecl:
		return "defaults"
	case *ChildDecl:
		return node.Role.Value
	case *StrategyDecl:
		return "strategy"
	case *RateDecl:
		return node.Keyword.Value
	case *RestartDecl:
		return "restart"
	case *OnDecl:
		return "on"
	case *BackoffDecl:
		return "backoff"
	case *ThrottleDecl:
		return "throttle"
	case *ConcurrencyDecl:
		return "concurrency"
	case *ProvidesDecl:
		return "provides"
	case *ReadyDecl:
		return "ready"
	case *HealthDecl:
		return "health"
	case *ShutdownDecl:
		return "shutdown"
	case *LameDuckDecl:
		return "lame_duck"
	case *TimeoutDecl:
		return "timeout"
	case *MaxDecl:
		return "max"
	case *FinishDecl:
		return "finish"
	case *optionalDecl:
		return "optional"
	case *TagsDecl:
		return "tags"
	case *UseDecl:
		return "use"
	}
	return ""
}

// UniqueKey is what a block can say once: a statement of each kind, and a row of the table for each outcome.
func UniqueKey(s *Stmt) string {
	if on, ok := s.Node.(*OnDecl); ok {
		if Said(on.Start) {
			return "on " + on.Outcome.Value + " at start"
		}
		return "on " + on.Outcome.Value
	}
	return KindOf(s)
}

// Instead is what to do about a statement that cannot stand in owner's block.
func Instead(s *Stmt, kind string, p Container, owner *Stmt) string {
	switch d := s.Node.(type) {
	case *ChildDecl:
		of, ok := owner.Node.(*ChildDecl)
		switch {
		case !ok:
			return onlyTheyHave
		case HasChildren(RoleOf(of.Role)):
			return "put it beside " + of.Name.Value
		}
		if place := ContainerOf(RoleOf(of.Role), Said(of.Dynamic), false); RoleOf(d.Role) == policy.Sidecar && d.Of == nil && place&^(InService|InWorker|InJob) == 0 {
			sidecar := *d
			sidecar.Of = &RefDecl{Path: []lexer.Token{of.Name}}
			return onlyTheyHave + ": write " + sidecar.Header() + " beside " + of.Name.Value
		}
		return onlyTheyHave + ": put it beside " + of.Name.Value
	case *UseDecl:
		if of, ok := owner.Node.(*PolicyDecl); ok {
			var policies []string
			for _, p := range d.Policies {
				policies = append(policies, p.Name.Value)
			}
			return noBase + ": " + useAll(append(policies, of.Name.Value))
		}
	case *ReadyDecl:
		switch within := cmp.Or(d.Within.Value, d.CheckWithin.Value); {
		case p&inSupervisor != 0:
			return "a supervisor is ready when its children are: remove it"
		case p&InGroup != 0:
			return "the members of a group are ready by themselves: write it in them"
		case within == "" || slices.ContainsFunc(owner.Block.Stmts, func(s *Stmt) bool { return KindOf(s) == "timeout" }):
			return "a job is ready when it has completed: remove it; timeout D bounds its run"
		default:
			return "a job is ready when it has completed: remove it; to bound its run write timeout " + within
		}
	}
	if Containers[kind] == 0 {
		return "move it to the top of a file"
	}
	return advice[kind]
}

const onlyTheyHave = "only supervisors and groups have children"

// HasChildren reports whether a role is one of those that other children hang from.
func HasChildren(role policy.Role) bool {
	return role == policy.Supervisor || role == policy.Group
}
