package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// shape checks what each child is by itself and to those it names.
func (c *checker) shape() {
	reported := map[diag.Pos]bool{} // a policy may be used by many
	restarted := pulls{map[*tree.Child]*tree.Child{}, map[*tree.Child][2]*tree.Child{}}
	for _, s := range c.subjects {
		if s.Role == syntax.NoRole {
			continue
		}
		c.complete(s)
		c.ownRows(s)
		c.ownPromise(s)
		c.unusedLimit(s)
		c.completes(s)
		c.endless(s)
		c.sameTypes(s)
		c.finishes(s)
		c.finishesBefore(s)
		c.goodEndFails(s)
		c.firstEndsAll(s)
		c.finishWaits(s, restarted)
		c.closes(s)
		c.linkedEnds(s, restarted)
		c.behindElders(s)
		c.idle(s)
		c.takesDown(s, reported)
		c.ownSidecar(s)
	}
}

// complete reports what a declaration lacks. What could not be read may have been it.
func (c *checker) complete(s *subject) {
	if s.unsure() {
		return
	}
	if root := c.rootOf[s.Name]; root != nil && s.parent != nil && s.Role == policy.Supervisor && len(s.children) == 0 && !hasMisplacedChildren(s) {
		c.Reportf(diag.CodeNoChildren, s.Pos, s.End, "this supervisor %q is not the tree %q, which cannot be a child of another", s.Name, s.Name).
			Notef(root.Range, "the tree is declared here").Hintf("move the declaration of the tree here, in place of this one")
	} else if syntax.HasChildren(s.Role) && len(s.children) == 0 && !hasMisplacedChildren(s) {
		c.Reportf(diag.CodeNoChildren, s.Pos, s.End, "%s %q has no children", s.Role, s.Name).Hintf("give it one, or remove it")
	}
	if s.Dynamic && s.own.find("max") == nil && s.container()&syntax.InChild != 0 {
		c.Reportf(diag.CodeIncomplete, s.Pos, s.End, "dynamic %s %q does not say how many there may be", s.Role, s.Name).
			Hintf("add max N")
	}
	c.maxOfKeys(s)
	if provides := s.own.find("provides"); provides != nil && s.Role != policy.Job && !s.Ready.Value.Explicit {
		c.handsNothingOver(s, provides)
	}
}

// handsNothingOver reports a value that is never handed over, where the child says when it is ready, if it does.
func (c *checker) handsNothingOver(s *subject, provides *syntax.Stmt) {
	const then = "; run.Ready then takes the value"
	at, message, hint := provides, fmt.Sprintf("%q has no moment at which it hands its value over", s.Name), "add ready explicit"
	ready, line := s.own.find("ready"), "ready explicit"
	if ready != nil {
		at = ready
		if d := ready.Node.(*syntax.ReadyDecl); d.Check != nil {
			message = fmt.Sprintf("a check hands nothing over, and %q provides a value", s.Name)
			if syntax.Said(d.CheckWithin) {
				line += " within " + d.CheckWithin.Value
			}
		}
		hint = "write " + line + " in place of it"
	}
	r := c.Reportf(diag.CodeProvidesUnready, at.Pos(), at.KeywordEnd(), "%s", message).Hintf("%s", hint+then)
	if ready != nil {
		c.writeStmt(r.Notef(syntax.RangeOf(provides.Keyword), "the value"), ready, line)
	} else {
		c.addReady(r, s, provides)
	}
}

// keysOf is how many keys there are of a type, of those that have few.
var keysOf = map[string]int{"int8": 1 << 8, "uint8": 1 << 8, "byte": 1 << 8, "int16": 1 << 16, "uint16": 1 << 16}

// maxOfKeys warns of a maximum above the number of keys.
func (c *checker) maxOfKeys(s *subject) {
	if !s.Dynamic || s.Key < 0 {
		return
	}
	key := s.Params[s.Key]
	if n := keysOf[key.Type]; n > 0 && s.Max > n {
		t := s.own.find("max").Node.(*syntax.MaxDecl).N
		r := c.Reportf(diag.CodeMaxKeys, syntax.Begin(t), syntax.End(t), "there are never %s of %q: as keys, a %s has %d values", t.Value, s.Name, key.Type, n).
			Notef(key.Range, "the key").
			Hintf("write max %d or less, or a key of a larger type", n)
		c.write(r, t, strconv.Itoa(n))
	}
}

func hasMisplacedChildren(s *subject) bool {
	return s.stmt.Block != nil && slices.ContainsFunc(s.stmt.Block.Stmts, func(st *syntax.Stmt) bool {
		_, ok := st.Node.(*syntax.ChildDecl)
		return ok
	})
}

// ownRows reports rows that a child's table does not have, and answers that its rows cannot have.
func (c *checker) ownRows(s *subject) {
	rows := s.Outcomes()
	for _, st := range s.own.stmts {
		on, ok := st.Node.(*syntax.OnDecl)
		if !ok || c.invalid[st.Pos()] {
			continue
		}
		if !s.hasRow(on) {
			var words []string
			for _, o := range rows {
				words = append(words, o.String())
			}
			hint := "write on " + diag.Enumeration(words)
			if s.Parent == nil && on.Outcome.Value == policy.OutcomeSuccess.String() {
				hint = "remove it: when the tree finishes, Run returns nil"
			}
			r := c.Reportf(diag.CodeMisplaced, syntax.Begin(on.Outcome), syntax.End(on.Outcome), "%s has no outcome %q", s.container(), on.Outcome.Value).Hintf("%s", hint)
			if strings.HasPrefix(hint, "remove it") {
				c.remove(r, st)
			}
		} else if syntax.Said(on.Start) {
			c.atStart(s, st, on)
		}
	}
	for _, row := range []tree.Value[tree.Row]{s.On[policy.OutcomeIntensity], s.AtStart.Of(policy.OutcomeIntensity)} {
		if pos := row.Source.Pos; s.Role == policy.Supervisor && row.Value.Action == policy.ActionQuarantine && !c.invalid[pos] {
			c.invalid[pos] = true // a policy may be used by many
			c.Reportf(diag.CodeRowAction, pos, pos.Plus(len("on")), "a supervisor whose children were restarted too often cannot go on").
				Hintf("write escalate or shutdown, or put the children into a group that quarantines")
		}
	}
}

// atStart holds a row at the start to a child that has one.
func (c *checker) atStart(s *subject, st *syntax.Stmt, on *syntax.OnDecl) {
	from, to := syntax.Begin(on.Start), syntax.End(on.Start)
	switch {
	case s.Role == policy.Group:
		c.Reportf(diag.CodeAtStart, from, to, "a group has no start of its own; its members do").Hintf("write it in a member")
	case !s.hasStart():
		r := c.Reportf(diag.CodeAtStart, from, to, "%q is ready as soon as it is launched, so nothing happens at its start", s.Name).
			Hintf("give it ready explicit, or write on %s without at start", on.Outcome.Value)
		c.cutAtStart(r, on)
		c.addReady(r, s, st)
	case s.Role == policy.Job:
		r := c.Reportf(diag.CodeJobAtStart, from, to, "job %q is ready when it has completed, so its start is all that there is", s.Name).
			Hintf("write on %s without at start", on.Outcome.Value)
		c.cutAtStart(r, on)
	}
}

// ownPromise reports what only the shutdown of a child can say.
func (c *checker) ownPromise(s *subject) {
	st := s.own.find("shutdown")
	if s.Role != policy.Supervisor || st == nil || c.invalid[st.Pos()] {
		return
	}
	switch d := st.Node.(*syntax.ShutdownDecl); {
	case syntax.Said(d.Unlimited):
		c.invalid[st.Pos()] = true
		r := c.Reportf(diag.CodeMisplaced, syntax.Begin(d.Unlimited), syntax.End(d.Unlimited), "a supervisor's shutdown is a promise, and \"unlimited\" promises nothing").
			Hintf("remove the statement, or write a time")
		c.remove(r, st)
	case syntax.Said(d.Abort):
		r := c.Reportf(diag.CodeMisplaced, syntax.Begin(d.Abort), syntax.End(d.Abort), "a supervisor's shutdown is a promise, and has no abort").
			Hintf("remove the abort; each child has its own")
		c.cut(r, diag.Range{Pos: syntax.End(d.Drain), End: syntax.End(d.Abort)})
	}
}

func (c *checker) unusedLimit(s *subject) {
	limit := s.own.find("limit")
	if limit == nil || s.Restarts() || s.Role == policy.Supervisor && !s.Fails || s.unsure() || c.anyInvalid(s) {
		return
	}
	if s.retriedByHand() {
		r := c.Reportf(diag.CodeLimitUnused, limit.Pos(), limit.KeywordEnd(), "%q is retried, which counts nowhere, so there is nothing to limit", s.Name).
			Hintf("remove the limit, or write restart instead of retry")
		c.remove(r, limit)
		return
	}
	failed, why := s.On[policy.OutcomeError], ""
	if failed.Value.Action != policy.ActionStop {
		why = fmt.Sprintf(": on error the answer is %s", failed.Value)
	}
	r := c.Reportf(diag.CodeLimitUnused, limit.Pos(), limit.KeywordEnd(), "%q is never restarted%s, so there is nothing to limit", s.Name, why).
		Hintf("remove the limit, or let a failure restart it")
	if by := failed.Source.Range; by.Pos.IsValid() {
		r.Notef(by, "not restarted, by this")
	}
	c.remove(r, limit)
}

// anyInvalid reports whether a statement with a reported value has a say about the subject.
func (c *checker) anyInvalid(s *subject) bool {
	for _, l := range s.layers {
		for _, st := range l.settings.stmts {
			if c.invalid[st.Pos()] {
				return true
			}
		}
	}
	return false
}

// completes reports a job that is started again when it has completed.
func (c *checker) completes(s *subject) {
	row := s.On[policy.OutcomeSuccess]
	if pos := row.Source.Pos; s.Role == policy.Job && row.Value.StartsAgain() && !s.unsure() && !c.invalid[pos] {
		r := c.Reportf(diag.CodeJobCompletes, pos, pos.Plus(len(s.own.at(pos).Keyword.Value)), "job %q never completes: it is started again when it succeeds", s.Name).
			Hintf("make it a service, or write restart transient")
		switch st := s.own.at(pos); st.Node.(type) {
		case *syntax.RestartDecl:
			c.writeStmt(r, st, "restart transient")
		case *syntax.OnDecl:
			c.remove(r, st)
		}
	}
}

// sameTypes warns of values that Go cannot tell apart.
func (c *checker) sameTypes(s *subject) {
	first := map[string]tree.Ref{}
	for i, need := range slices.Concat(s.Needs, s.Wants) {
		typ := need.Child.Hands()
		if typ == "" {
			continue
		}
		if i >= len(s.Needs) {
			typ = "runtime.Wanted[" + typ + "]"
		}
		other, ok := first[typ]
		if !ok {
			first[typ] = need
			continue
		}
		c.Reportf(diag.CodeSameType, need.Pos, need.End, "%q is handed two values of type %s; Go cannot tell them apart if they are swapped", s.Name, typ).
			Notef(other.Range, "the first one").
			Hintf("declare a Go type for each")
	}
}

// finishes reports a good end that never comes.
func (c *checker) finishes(s *subject) {
	for _, ref := range s.Finish.Of {
		child := c.of(ref.Child)
		row := child.On[policy.OutcomeSuccess]
		if child.Role == policy.Job || child.unsure() || c.invalid[row.Source.Pos] {
			continue // a job that succeeds has completed, whatever its row says
		}
		switch {
		case row.Value.StartsAgain():
			r := c.Reportf(diag.CodeFinishNever, ref.Pos, ref.End, "%q never ends well: it is restarted when it succeeds", child.Name)
			if row.Source.Pos.IsValid() {
				r.Notef(row.Source.Range, "restarted by this")
			} else {
				r.Notef(child.Range, "a %s is restarted when it succeeds", child.Role)
			}
			if child.Role == policy.Supervisor {
				r.Hintf("write finish when in %q", child.Name)
			} else {
				r.Hintf("name a job or a worker, or write restart transient")
			}
		case row.Value.Action != policy.ActionStop:
			c.Reportf(diag.CodeFinishNever, ref.Pos, ref.End, "%q never ends well: when it succeeds, the answer is %s", child.Name, row.Value).
				Notef(row.Source.Range, "by this").Hintf("write on success stop there, or nothing in a job or a worker")
		case child.Role == policy.Supervisor && child.own.find("finish") == nil:
			c.Reportf(diag.CodeFinishNever, ref.Pos, ref.End, "%q never ends well: it does not say when it finishes", child.Name).
				Notef(child.Range, "declared here").Hintf("write finish when in it")
		}
	}
}

// goodEndFails warns of a supervisor whose good end is a failure of the one above it, and of a worker that ends the tree so. What
// is around the worker elsewhere may be made anew by that.
func (c *checker) goodEndFails(s *subject) {
	row := s.On[policy.OutcomeSuccess]
	pos := row.Source.Pos
	if row.Value.Action != policy.ActionEscalate || s.unsure() || c.invalid[pos] ||
		slices.ContainsFunc(s.Parent.Finish.Of, func(ref tree.Ref) bool { return ref.Child == s.Child }) { // which was reported
		return
	}
	switch {
	case s.Role == policy.Supervisor && len(s.Finish.Of) > 0:
		c.Reportf(diag.CodeGoodEndFails, pos, pos.Plus(len("on")), "when %q finishes, %q fails, though all has gone well", s.Name, s.Parent.Name).
			Notef(s.Finish.Range, "it finishes by this").
			Hintf("write on success shutdown to end the whole tree well, or remove the row")
	case s.Role == policy.Worker && s.Parent.Parent == nil && !s.Dynamic && row.Source.Kind == tree.SourceStatement:
		c.Reportf(diag.CodeGoodEndFails, pos, pos.Plus(len("on")), "when %q has ended well, %q fails, though all has gone well", s.Name, s.Parent.Name).
			Hintf("to end %s well with it, write there finish when all %s", s.Parent.Name, s.Name)
	}
}

// firstEndsAll warns of a good end of one replica, or of one dynamic child, that interrupts the others.
func (c *checker) firstEndsAll(s *subject) {
	row := s.On[policy.OutcomeSuccess]
	pos := row.Source.Pos
	if s.Replicas < 2 && !s.Dynamic || row.Value.Action != policy.ActionShutdown || row.Source.Kind != tree.SourceStatement || s.unsure() || c.invalid[pos] {
		return
	}
	one := fmt.Sprintf("%q", s.Name)
	if !s.Dynamic {
		one = fmt.Sprintf("of the %d replicas of %q", s.Replicas, s.Name)
	}
	r := c.Reportf(diag.CodeGoodEndFails, pos, pos.Plus(len("on")), "the first %s that ends well ends the whole tree, and interrupts the others", one)
	if !s.Dynamic && s.Parent.Parent == nil {
		r.Hintf("write finish when all %s in %s, to end it when the last one has ended", s.Name, s.Parent.Name)
	}
}

// lift is the index of s, or of what it is part of.
func lift(s *subject, index map[*subject]int) (int, bool) {
	for ; s != nil; s = s.parent {
		if i, ok := index[s]; ok {
			return i, true
		}
	}
	return 0, false
}
