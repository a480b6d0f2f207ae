package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "finish when": "counts named children that ended well by themselves ... The supervisor then stops the rest and ends
// well."
func TestFinishWhenAll(t *testing.T) {
	k := play(t, tree(finishAll("A", "J"), worker("A"), job("J"), service("B")), `
		run          -> launch A#1, launch J#1, launch B#1
		J success    -> J success: stop
		phase        -> running
		A success    -> A success: stop, ask B#1
		B error      -> B#1 ended, the end
		end          -> well
		state A J B  -> stopped(ended)#1, stopped(completed)#1, stopped(tree)#1
	`)
	if e := k.End(); e.Node != root {
		t.Errorf("it ended because of node %d, want the root", e.Node)
	}
}

func TestFinishWhenAny(t *testing.T) {
	play(t, tree(finishAny("A", "B"), worker("A"), worker("B")), `
		run          -> launch A#1, launch B#1
		B success    -> B success: stop, ask A#1
		A success    -> A#1 ended, the end
		end          -> well
	`)
}

// "finish when": of a replicated child all have ended.
func TestFinishWhenReplicas(t *testing.T) {
	play(t, tree(finishAll("A"), worker("A", replicas(2))), `
		run          -> launch A[0]#1, launch A[1]#1
		A[1] success -> A[1] success: stop
		A[0] success -> A[0] success: stop, the end
		end          -> well
	`)
}

// "finish when": "stopped by hand or quarantined does not count".
func TestFinishDoesNotCount(t *testing.T) {
	for _, verb := range []string{"stop", "quarantine", "pause"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(finishAny("A"), worker("A"), service("B")), `
				run           -> launch A#1, launch B#1
				`+verb+` A    -> ask A#1
				A success     -> A#1 ended, Root waits for A
				phase         -> running
			`)
		})
	}
}

// "finish when" counts what ended by itself; OTP's automatic shutdown: "neither the termination of a child as a
// consequence of a sibling's death in the one_for_all or rest_for_one strategies ... will trigger an automatic shutdown".
func TestFinishDoesNotCountWhomAScopeStopped(t *testing.T) {
	play(t, tree(oneForAll, finishAny("A"), worker("A", temporary), service("B", quick)), `
		run           -> launch A#1, launch B#1
		B error       -> B error: restart, ask A#1
		A success     -> A#1 ended, Root waits for A, launch B#2
		state Root A  -> ready#1, stopped(ended)#1
	`)
}

// "finish when": "one that failed for good makes the supervisor's end an error".
func TestFinishWithAFailure(t *testing.T) {
	d := tree(finishAll("A", "B"), worker("A", on(policy.OutcomeError, policy.ActionStop)), worker("B"), service("C"))
	t.Run("that comes first", func(t *testing.T) {
		play(t, d, `
			run         -> launch A#1, launch B#1, launch C#1
			A error     -> A error: stop
			phase       -> running
			B success   -> B success: stop, Root error: escalate, ask C#1
			end         -> A error (cause of A)
			C success   -> C#1 ended, the end
			state Root  -> failed#1
		`)
	})
	t.Run("that comes last", func(t *testing.T) {
		play(t, d, `
			run         -> launch A#1, launch B#1, launch C#1
			B success   -> B success: stop
			A error     -> A error: stop, Root error: escalate, ask C#1
			end         -> A error (cause of A)
		`)
	})
}

// "each replica for itself": under all, one that fails for good does not stop the others in the middle of their work.
func TestFinishWaitsForAllReplicas(t *testing.T) {
	play(t, tree(finishAll("P"), worker("P", replicas(2), on(policy.OutcomeError, policy.ActionStop))), `
		run          -> launch P[0]#1, launch P[1]#1
		P[0] error   -> P[0] error: stop
		phase        -> running
		P[1] success -> P[1] success: stop, Root error: escalate, the end
		end          -> P[0] error (cause of P[0])
	`)
}

// "each replica for itself", "at once under any": the first replica that ended, well or not, ends its supervisor.
func TestFinishWithAnyReplica(t *testing.T) {
	d := tree(finishAny("P"), worker("P", replicas(2), on(policy.OutcomeError, policy.ActionStop)))
	play(t, d, `
		run          -> launch P[0]#1, launch P[1]#1
		P[1] success -> P[1] success: stop, ask P[0]#1
		P[0] error   -> P[0]#1 ended, the end
		end          -> well
	`)
	play(t, d, `
		run          -> launch P[0]#1, launch P[1]#1
		P[1] error   -> P[1] error: stop, Root error: escalate, ask P[0]#1
		end          -> P[1] error (cause of P[1])
	`)
	play(t, d, `
		run          -> launch P[0]#1, launch P[1]#1
		P[1] skip    -> P[1] skip: stop
		phase        -> running
	`)
}

// "The root's failure ends Run with an error that carries the path and the whole chain": of a finish below, too, that a
// child failed for good.
func TestFinishBelowNamesTheChild(t *testing.T) {
	play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionEscalate), finishAll("A"), worker("A", on(policy.OutcomeError, policy.ActionStop)))), `
		run         -> launch A#1
		A error     -> A error: stop, S error: escalate, Root error: escalate, the end
		end         -> A error (cause of A)
	`)
	play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionShutdown), finishAll("A"), worker("A", on(policy.OutcomeError, policy.ActionStop)))), `
		run         -> launch A#1
		A error     -> A error: stop, S error: shutdown, the end
		end         -> A error (cause of A)
		state Root  -> failed#1
	`)
}

// Who ends well too often, and is stopped for that, has not ended well.
func TestFinishWithALimit(t *testing.T) {
	play(t, tree(finishAll("A"), service("A", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionStop))), `
		run         -> launch A#1
		A success   -> A success: limit stop, Root error: escalate, the end
		end         -> A success (<nil>)
		state Root  -> failed#1
	`)
}

// A child that was switched off by configuration neither ended well nor failed: the others say how it ends.
func TestFinishWithASkip(t *testing.T) {
	play(t, tree(finishAll("A", "B"), worker("A"), worker("B")), `
		run         -> launch A#1, launch B#1
		A skip      -> A skip: stop
		phase       -> running
		B success   -> B success: stop, the end
		end         -> well
	`)
	play(t, tree(finishAll("A", "B"), worker("A"), worker("B")), `
		run         -> launch A#1, launch B#1
		A skip      -> A skip: stop
		B skip      -> B skip: stop
		phase       -> running
	`)
	play(t, tree(finishAny("A", "B"), worker("A"), worker("B", replicas(2))), `
		run         -> launch A#1, launch B[0]#1, launch B[1]#1
		A skip      -> A skip: stop
		B[0] skip   -> B[0] skip: stop
		phase       -> running
		B[1] success -> B[1] success: stop, the end
		end         -> well
	`)
}

// "finish when": a supervisor that ended well is at rest in its own; its table says what follows its end.
func TestFinishOfASubtree(t *testing.T) {
	t.Run("well", func(t *testing.T) {
		play(t, tree(supervisor("S", finishAll("A"), worker("A"), service("B")), service("C")), `
			run            -> launch A#1, launch B#1, launch C#1
			A success      -> A success: stop, S success: stop, ask B#1
			B error        -> B#1 ended
			state S A B    -> stopped(ended)#1, stopped(ended)#1, stopped(tree)#1
			state Root     -> ready#1
		`)
	})
	t.Run("with a failure", func(t *testing.T) {
		play(t, tree(supervisor("S", quick, finishAll("A"), worker("A", on(policy.OutcomeError, policy.ActionStop)), service("B")), service("C")), `
			run            -> launch A#1, launch B#1, launch C#1
			A error        -> A error: stop, S error: restart, ask B#1
			B error        -> B#1 ended, launch A#2, launch B#2
			state S A      -> ready#2, ready#2
			restarts S     -> 1
		`)
	})
	t.Run("that finishes another", func(t *testing.T) {
		play(t, tree(finishAll("S"), supervisor("S", finishAll("A"), worker("A")), service("C")), `
			run            -> launch A#1, launch C#1
			A success      -> A success: stop, S success: stop, ask C#1
			C success      -> C#1 ended, the end
			end            -> well
		`)
	})
}

// "The supervisor then stops the rest": what could start now that the last one ended does not, though it ended while another
// was being asked to stop.
func TestFinishStartsNobody(t *testing.T) {
	play(t, tree(finishAll("C"), service("A"), sidecar("C", "A", explicit, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionStop))), `
		run            -> launch C#1
		at 30s         -> C is unhealthy, C#1 stuck, C stuck: stop, Root error: escalate, ask C#1, abort C#1, the end
	`)
}

// "The supervisor then stops the rest and ends well": what its last child's end lets be asked meanwhile does not fail it.
func TestFinishComesFirst(t *testing.T) {
	play(t, tree(finishAll("W"), service("A", shutdown(0, 0)), worker("W", needs("A")), service("B", needs("W"))), `
		run            -> launch A#1, launch W#1, launch B#1
		A says error   -> A error: restart in 50ms, ask B#1
		W success      -> W success: stop
		B success      -> B#1 ended, A#1 stuck, ask A#1, abort A#1, the end
		end            -> well
	`)
}

// "finish when", while the supervisor restarts because of another: what ends meanwhile, and is stricter, is carried out.
func TestFinishOfAPulledInSupervisor(t *testing.T) {
	play(t, tree(service("P", quick), supervisor("S", needs("P"), finishAll("W"), worker("W"), service("B", needs("W")))), `
		run            -> launch P#1, launch W#1, launch B#1
		P error        -> P error: restart, ask B#1
		W success      -> W success: stop
		B success      -> B#1 ended, S success: stop, launch P#2
		state S        -> stopped(ended)#1
	`)
}

// "A supervisor that gives up is a failure, never a clean end": not if what it waited for ends well on the way down.
func TestFinishOfASupervisorThatGaveUp(t *testing.T) {
	play(t, tree(supervisor("S", quick, finishAll("A"), worker("A"), service("B", needs("A")), service("C", quick))), `
		run            -> launch A#1, launch B#1, launch C#1
		C fatal_bug    -> C fatal_bug: escalate, S error: restart, ask B#1
		A success      -> A success: stop
		B success      -> B#1 ended, launch A#2, launch B#2, launch C#2
		state S        -> ready#2
	`)
}

// "finish when": of one that failed alive it waits for the end.
func TestFinishOfWhoFailedAlive(t *testing.T) {
	play(t, tree(finishAny("A", "W"), worker("A", unfit, on(policy.OutcomeUnhealthy, policy.ActionStop)), worker("W"), service("B")), `
		run          -> launch A#1, launch W#1, launch B#1
		at 1s        -> check health of A#1
		A fails      -> A is unhealthy, ask A#1
		phase        -> running
		A success    -> A unhealthy: stop, Root error: escalate, ask B#1, ask W#1
		end          -> A unhealthy (check 1)
	`)
}

// "An optional child that its own table has quarantined without a term neither counts nor holds up all."
func TestFinishWithoutWhoMayBeMissing(t *testing.T) {
	d := tree(finishAll("A", "B"), worker("A", optional, on(policy.OutcomeError, policy.ActionQuarantine)), worker("B"), service("C"))
	play(t, d, `
		run          -> launch A#1, launch B#1, launch C#1
		A error      -> A error: quarantine
		phase        -> running
		B success    -> B success: stop, ask C#1
		C success    -> C#1 ended, the end
		end          -> well
	`)
	play(t, d, `
		run          -> launch A#1, launch B#1, launch C#1
		B success    -> B success: stop
		A error      -> A error: quarantine, ask C#1
		C success    -> C#1 ended, the end
		end          -> well
	`)
	play(t, d, `
		run          -> launch A#1, launch B#1, launch C#1
		A error      -> A error: quarantine
		quarantine A -> already
		B success    -> B success: stop, Root waits for A // an operator holds it now
		release A    -> launch A#2
		A success    -> A success: stop, ask C#1
	`)
	play(t, d, `
		run          -> launch A#1, launch B#1, launch C#1
		A error      -> A error: quarantine
		release A    -> launch A#2
		B success    -> B success: stop
		phase        -> running // it works again
		A error      -> A error: quarantine, ask C#1
	`)
	play(t, tree(finishAll("A", "B"), worker("A", optional, quarantine(policy.OutcomeError, time.Minute)), worker("B"), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		A error      -> A error: quarantine for 1m0s
		B success    -> B success: stop
		phase        -> running // its term ends
		at 1m        -> launch A#2
		A success    -> A success: stop, ask C#1
	`)
	play(t, tree(finishAll("A", "B"), worker("A", optional, brief, on(policy.OutcomeStuck, policy.ActionQuarantine)), worker("B"), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		restart A    -> ask A#1
		B success    -> B success: stop
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine
		phase        -> running // somebody asked for another run, once this one has returned
		A#1 error    -> A#1 returned, launch A#2
	`)
}

// "If none of them has ended well or failed, since all are skipped or missing, the supervisor does not end."
func TestFinishWithNobody(t *testing.T) {
	play(t, tree(finishAll("A", "B"), worker("A", optional, on(policy.OutcomeError, policy.ActionQuarantine)), worker("B")), `
		run          -> launch A#1, launch B#1
		B skip       -> B skip: stop
		A error      -> A error: quarantine, Root waits for A
		phase        -> running
		release A    -> launch A#2
		A success    -> A success: stop, the end
		end          -> well
	`)
}

// "Where nothing but an operator moves any of those named, also since they wait, directly or through others, for one that is at
// rest, an event of the supervisor, waits, says so": it names whom an operator can move.
func TestFinishWaitsThroughOthers(t *testing.T) {
	held := on(policy.OutcomeError, policy.ActionQuarantine)
	const quarantined = `
		run          -> launch A#1
		A error      -> A error: quarantine, Root waits for A
		release A    -> launch A#2
	`
	for name, d := range map[string]*draft{
		"a job that comes after":    tree(finishAll("A", "B"), job("A", held), job("B", after("A"))),
		"one that is not named":     tree(finishAll("B"), job("A", held), job("B", after("A"))),
		"a need":                    tree(finishAll("B"), worker("A", explicit, held), worker("B", needs("A"))),
		"through another":           tree(finishAll("C"), job("A", held), job("B", after("A")), job("C", after("B"))),
		"through two others":        tree(finishAll("D"), job("A", held), job("B", after("A")), job("C", after("A")), job("D", after("B", "C"))),
		"of two, the second":        tree(finishAll("C"), job("A", held), job("B", after("A")), service("C", needs("B"), after("A"))),
		"an elder":                  tree(restForOne, finishAll("C"), job("A", held), service("B", after("A")), job("C")),
		"in a supervisor":           tree(finishAll("S"), job("A", held), supervisor("S", after("A"), finishAll("B"), job("B"))),
		"what a supervisor holds":   tree(finishAll("C"), job("A", held), supervisor("S", after("A"), job("B")), job("C", after("B"))),
		"who may be missing, first": tree(finishAll("C", "B"), job("A", held), job("B", after("A")), job("C", after("A"))),
	} {
		t.Run(name, func(t *testing.T) { play(t, d, quarantined) })
	}
}

// A stuck run may still return: who waits for that waits for no operator.
func TestFinishWaitsForStuckRun(t *testing.T) {
	play(t, tree(finishAll("B"), service("DB", quick), job("J", provides, needs("DB")), worker("B", needs("J")),
		supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine), on(policy.OutcomeStuck, policy.ActionQuarantine), worker("X", brief, needs("J")))), `
		run       -> launch DB#1, launch J#1
		J success -> J success: stop, launch B#1, launch X#1
		DB error  -> DB error: restart, ask X#1, ask B#1
		B success -> B#1 ended
		at 2s     -> 1s: abort X#1, X#1 stuck, X stuck: escalate, S error: quarantine, ask J#1, drop J#1, launch DB#2, launch J#2
		J success -> J success: stop // X#1 still has what J#1 handed over
		X#1 error -> X#1 returned, launch B#2
	`)
}

// "Where nothing but an operator moves any more who is waited for, an event says so, once."
func TestFinishTellsWhomItWaitsFor(t *testing.T) {
	play(t, tree(finishAll("A", "B", "C"), worker("A", on(policy.OutcomeError, policy.ActionQuarantine)), worker("B", explicit), worker("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		A error      -> A error: quarantine
		pause B      -> ask B#1
		C success    -> C success: stop
		B success    -> B#1 ended, Root waits for A B
		stop A       -> refused: state
		quarantine A -> already // it is not told again
		resume B     -> launch B#2
		pause B      -> ask B#2
		B success    -> B#2 ended, Root waits for A B // it has worked meanwhile
		release A    -> launch A#2
		resume B     -> launch B#3
		A success    -> A success: stop
		B success    -> B success: stop, the end
	`)
	play(t, tree(finishAny("A", "B"), worker("A", optional, on(policy.OutcomeError, policy.ActionQuarantine)), worker("B")), `
		run          -> launch A#1, launch B#1
		A error      -> A error: quarantine
		stop B       -> ask B#1
		B success    -> B#1 ended, Root waits for B A
		release A    -> launch A#2
		A success    -> A success: stop, the end
	`)
	play(t, tree(finishAll("A", "B"), worker("A", quarantine(policy.OutcomeError, time.Minute)), worker("B")), `
		run          -> launch A#1, launch B#1
		pause B      -> ask B#1
		B success    -> B#1 ended
		A error      -> A error: quarantine for 1m0s // which ends by itself
		at 1m        -> launch A#2
		quarantine A -> ask A#2
		A success    -> A#2 ended, Root waits for A B
	`)
	play(t, tree(finishAll("A", "B"), worker("A", quarantine(policy.OutcomeError, time.Minute)), worker("B")), `
		run          -> launch A#1, launch B#1
		B success    -> B success: stop
		A error      -> A error: quarantine for 1m0s
		quarantine A -> already, Root waits for A // and its term with that
	`)
	play(t, tree(finishAll("A", "B"), worker("A", brief, on(policy.OutcomeStuck, policy.ActionQuarantine)), worker("B")), `
		run          -> launch A#1, launch B#1
		B success    -> B success: stop
		pause A      -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine // and paused once it has returned
		A#1 error    -> A#1 returned, Root waits for A
	`)
	play(t, tree(finishAll("A"), worker("A", brief, quarantine(policy.OutcomeStuck, time.Minute))), `
		run          -> launch A#1
		quarantine A -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine for 1m0s
		A#1 error    -> A#1 returned, Root waits for A // an operator's has no term
	`)
}

// "Count": a supervisor that finishes, is started again, and does so too often has not finished well: nor has the tree that
// gives up for it.
func TestFinishTooOften(t *testing.T) {
	play(t, tree(supervisor("S", finishAll("J"), quick, limit(1, time.Minute), on(policy.OutcomeSuccess, policy.ActionRestart), on(policy.OutcomeLimit, policy.ActionEscalate), job("J")), service("A")), `
		run        -> launch J#1, launch A#1
		J success  -> J success: stop, S success: restart, launch J#2
		J success  -> J success: stop, S success: limit escalate, Root error: escalate, ask A#1
		A success  -> A#1 ended, the end
		end        -> S success (<nil>)
		state Root -> failed#1
	`)
}
