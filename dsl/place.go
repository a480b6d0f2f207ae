package dsl

import (
	"cmp"
	"slices"

	"github.com/supgen/supgen/runtime"
)

// A place is where a statement stands, or a set of such places.
type place uint16

const (
	atTop place = 1 << iota
	inPolicy
	inDefaults
	inRoot
	inNested
	inGroup
	inService
	inWorker
	inJob
	inSidecar
	inDynamic // beside the role

	inSupervisor = inRoot | inNested
	inChild      = inService | inWorker | inJob | inSidecar
	shared       = inPolicy | inDefaults // what may be said for several children at once
	anywhere     = ^place(0)             // of a declaration that could not be read
)

// places says where each kind of statement may stand: the table "Statements" of the manual. What is not in it is
// for the top of a file.
var places = map[string]place{
	"supervisor":  inSupervisor | inGroup,
	"service":     inSupervisor | inGroup,
	"worker":      inSupervisor | inGroup,
	"job":         inSupervisor | inGroup,
	"sidecar":     inSupervisor | inGroup,
	"group":       inSupervisor,
	"defaults":    inSupervisor,
	"strategy":    shared | inSupervisor | inGroup,
	"intensity":   shared | inSupervisor | inGroup,
	"limit":       shared | inNested | inChild,
	"restart":     shared | inNested | inChild,
	"on":          shared | inSupervisor | inGroup | inChild,
	"backoff":     shared | inNested | inChild,
	"throttle":    shared | inSupervisor,
	"concurrency": shared | inSupervisor,
	"provides":    inService | inWorker | inJob,
	"ready":       shared | inService | inWorker | inSidecar,
	"health":      shared | inChild,
	"shutdown":    shared | inSupervisor | inChild,
	"timeout":     shared | inJob,
	"max":         inDynamic,
	"finish":      inSupervisor,
	"optional":    inChild,
	"tags":        inChild,
	"use":         inDefaults | inSupervisor | inChild,
}

// advice is what to do instead, where a statement is likely to be looked for in the wrong place.
var advice = map[string]string{
	"ready":     "a job is ready when it has completed, a supervisor when its children are",
	"max":       "it bounds how many dynamic children there may be",
	"timeout":   "it bounds the run of a job; for the time to become ready write ready explicit within D",
	"limit":     "the limit that all children share is called intensity",
	"intensity": "the limit of one child is called limit",
	"backoff":   "a tree and a group are not restarted; what is in them is",
	"restart":   "a tree and a group are not restarted; what is in them is",
	"provides":  "services, workers and jobs that are not dynamic provide values",
}

// place is where the statements of the subject's own block stand.
func (s *subject) place() place { return placeOf(s.Role, s.Dynamic, s.parent == nil) }

// placeOf is where the statements in the block of a child stand; 0 of one without a role.
func placeOf(role runtime.Role, dynamic, root bool) place {
	var p place
	switch role {
	case runtime.Supervisor:
		p = inNested
		if root {
			p = inRoot
		}
	case runtime.Group:
		p = inGroup
	case runtime.Service:
		p = inService
	case runtime.Worker:
		p = inWorker
	case runtime.Job:
		p = inJob
	case runtime.Sidecar:
		p = inSidecar
	}
	if dynamic && p != 0 {
		p |= inDynamic
	}
	return p
}

// statements are what may stand in a place, in the order of the manual.
func (p place) statements() []string {
	var words []string
	for _, word := range keywords() {
		kind := word
		if word == "dynamic" {
			kind = "worker"
		}
		if p.takes(kind) || p == atTop && (places[kind] == 0 || word == "supervisor") {
			words = append(words, word)
		}
	}
	return words
}

// String is the place as messages call it.
func (p place) String() string {
	switch {
	case p&inDynamic != 0:
		return "a dynamic " + (p &^ inDynamic).String()[len("a "):]
	case p == atTop:
		return "the top of a file"
	case p == inPolicy:
		return "a policy"
	case p == inDefaults:
		return "defaults"
	case p == inRoot:
		return "a supervisor at the top"
	case p == inNested:
		return "a supervisor"
	case p == inGroup:
		return "a group"
	case p == inService:
		return "a service"
	case p == inWorker:
		return "a worker"
	case p == inJob:
		return "a job"
	case p == inSidecar:
		return "a sidecar"
	}
	return "a child"
}

// takes reports whether a statement of a kind may stand in a place.
func (p place) takes(kind string) bool {
	if kind == "provides" && p&inDynamic != 0 && p != anywhere {
		return false
	}
	return places[kind]&p != 0
}

// kindOf is the keyword of a statement, as it should have been written.
func kindOf(s *stmt) string {
	switch node := s.node.(type) {
	case *packageDecl:
		return "package"
	case *importDecl, *importSpec:
		return "import"
	case *policyDecl:
		return "policy"
	case *defaultsDecl:
		return "defaults"
	case *childDecl:
		return node.Role.Value
	case *strategyDecl:
		return "strategy"
	case *rateDecl:
		return node.Keyword.Value
	case *restartDecl:
		return "restart"
	case *onDecl:
		return "on"
	case *backoffDecl:
		return "backoff"
	case *throttleDecl:
		return "throttle"
	case *concurrencyDecl:
		return "concurrency"
	case *providesDecl:
		return "provides"
	case *readyDecl:
		return "ready"
	case *healthDecl:
		return "health"
	case *shutdownDecl:
		return "shutdown"
	case *timeoutDecl:
		return "timeout"
	case *maxDecl:
		return "max"
	case *finishDecl:
		return "finish"
	case *optionalDecl:
		return "optional"
	case *tagsDecl:
		return "tags"
	case *useDecl:
		return "use"
	}
	return ""
}

// settingsOf takes the statements of owner's block that may stand there, and reports the others, those that say
// something twice, and those with a value that makes no sense.
func (c *checker) settingsOf(owner *stmt, p place) *settings {
	b, settings := owner.block, &settings{}
	if b == nil {
		return settings
	}
	settings.broken = b.broken
	first := map[string]*stmt{}
	for _, s := range b.stmts {
		kind := kindOf(s)
		_, isChild := s.node.(*childDecl)
		switch subject := subjectOf(s); {
		case s.node == nil || p == 0 || isChild && roleOf(s.node.(*childDecl).Role) == noRole:
		case !p.takes(kind):
			c.misplaced(s, p, owner)
		case isChild:
		case first[subject] != nil && s.broken:
		case first[subject] != nil:
			c.reportf(CodeDuplicateStatement, s.pos(), s.keywordEnd(), "%q is said twice", subject).
				notef(first[subject].pos(), "first said here")
		default:
			first[subject] = s
			settings.stmts = append(settings.stmts, s)
			c.value(s)
			c.fatal(s)
			c.unusedFactor(s)
		}
	}
	return settings
}

// subjectOf is what a block can say once: a statement of each kind, and a row of the table for each outcome.
func subjectOf(s *stmt) string {
	if on, ok := s.node.(*onDecl); ok {
		if said(on.Start) {
			return "on " + on.Outcome.Value + " at start"
		}
		return "on " + on.Outcome.Value
	}
	return kindOf(s)
}

func (c *checker) misplaced(s *stmt, p place, owner *stmt) {
	kind := kindOf(s)
	switch d := s.node.(type) {
	case *childDecl:
		c.misplacedNames[d.Name.Value] = true
	case *policyDecl:
		c.misplacedNames[d.Name.Value] = true
	}
	if s.broken {
		return // the line was reported, and perhaps another statement was meant
	}
	if p == atTop {
		c.reportf(CodeMisplaced, s.pos(), s.keywordEnd(), "%q cannot stand at the top of a file", kind).
			hintf("put it into a supervisor")
		return
	}
	c.reportf(CodeMisplaced, s.pos(), s.keywordEnd(), "%s cannot have %q", p, kind).hintf("%s", instead(s, kind, p, owner))
}

// instead is what to do about a statement that cannot stand in owner's block.
func instead(s *stmt, kind string, p place, owner *stmt) string {
	switch d := s.node.(type) {
	case *childDecl:
		of, ok := owner.node.(*childDecl)
		switch {
		case !ok:
			return onlyTheyHave
		case hasChildren(roleOf(of.Role)):
			return "put it beside " + of.Name.Value
		}
		return onlyTheyHave + ": put it beside " + of.Name.Value
	case *useDecl:
		if of, ok := owner.node.(*policyDecl); ok {
			var policies []string
			for _, p := range d.Policies {
				policies = append(policies, p.Name.Value)
			}
			return noBase + ": " + useAll(append(policies, of.Name.Value))
		}
	case *readyDecl:
		switch within := cmp.Or(d.Within.Value, d.CheckWithin.Value); {
		case p&inSupervisor != 0:
			return "a supervisor is ready when its children are: remove it"
		case p&inGroup != 0:
			return "the members of a group are ready by themselves: write it in them"
		case within == "" || slices.ContainsFunc(owner.block.stmts, func(s *stmt) bool { return kindOf(s) == "timeout" }):
			return "a job is ready when it has completed: remove it; timeout D bounds its run"
		default:
			return "a job is ready when it has completed: remove it; to bound its run write timeout " + within
		}
	}
	if places[kind] == 0 {
		return "move it to the top of a file"
	}
	return advice[kind]
}

const onlyTheyHave = "only supervisors and groups have children"
