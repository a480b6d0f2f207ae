// Package kernel is the state machine of a supervised tree.
//
// A Kernel is a plain value. It is given the time and one [Input] (a run ended, a child said that it is ready, a command came,
// or only time passed), and answers with the effects to carry out (launch this run, ask that one to stop), the events to
// publish, and the next deadline. It starts no goroutine, reads no clock, takes no lock, and draws its random numbers from
// a seed: the same inputs give the same effects, so that a history can be replayed and a tree simulated. Package runtime is
// the shell around it. What is right is said in docs/design.md; the comments here cite its sections.
//
// # Words
//
// A row is a [policy.Spec], with its references resolved both ways; a [Node] is one child: each replica and each started
// dynamic child has one, and a group's only holds its window. A run is what one launch of a node started, and its generation numbers it. A
// node is up from its launch until all of the run is over, cleanups included, or it is stuck. While it goes down it has a
// goal (where it will be: restarting, stopped, paused ...) and a stage (how far it has come). What an observer sees of that
// is its [Lifecycle].
//
// A restart set is the children that share a strategy, and a sibling order that of the children under rest_for_one, in slots.
// A teardown is all that goes down because of one thing, and a scope those of it that come back together. A leak is a stuck
// run: one that did not stop in time, and may still return.
//
// # A step
//
// [Kernel.Step] advances the clocks and runs rounds, which fire the deadlines that have passed; changes the state as the
// input says (dispatch has one function for each kind); and runs rounds again until nothing moves. A change does not call what follows from it: it
// touches the nodes whose situation may be another now, and runRounds looks at them. So the order in which things happen
// is the order of the file, and not that of the calls. What lives for one step only is in the struct step.
//
// What goes down comes first. In stopAll, stopRound looks at the touched nodes from the last of the file to the first:
// tryFinish ends supervisors whose "finish when" is met, and tryStop moves a node that is going down one stage on, if
// mayStop finds that all that stops before it is down. When nothing can stop any more, fireNext fires the deadlines of the
// next moment, the running clock's first, by kind and then by owner (timer.less), and openScopes lets go of those that waited for each other. Only when that leads nowhere does
// startRound look at the touched nodes from the first of the file on: tryStart launches those that wait finds nothing to wait
// for. At the end of a round updateReadiness finds which supervisors are ready.
//
// # Timers
//
// There are two clocks and a heap of deadlines for each (clock.go, timer.go). What is asked of running code is measured on
// the running clock, which stands still while the process does. A deadline belongs to a node, a scope or a supervisor, is
// set by arm, taken out by disarm, and fires in fire: timerPhase is the time to be ready, to work, to drain or to abort, whichever
// stage the node is in (phaseTimeout); timerProbe a heartbeat or a check (probe); timerScope a backoff, timerToken a
// throttle, timerTerm a quarantine, timerLeave the lame duck of a tree that is asked to stop.
//
// # Teardowns, scopes and turns
//
// Whatever takes something down, be it a table, an operator, a supervisor that stops or a check that failed, calls takeDown
// with a teardown. It collects the members: the target and what it contains (collect), what needs a member and the linked
// sidecars (collectAffected) and, if a table restarts it, the siblings that the strategy names (collectRestartSet). Each
// then gets its goal in takeDownMember, and waits for its turn to be asked.
//
// Members whose goal is to come back enter one scope. It is a barrier: it opens when all of them are down and the backoff
// has passed, and a member that is taken down again meanwhile joins the two scopes (mergeScopes). What leaves a scope starts
// by the rules of any start (holdUps): what it needs is ready, the elder siblings are. Under a concurrency or a throttle it
// queues for its turn, and serveTurns launches the first in line.
//
// # A failure, followed through the code
//
//	supervisor Shop { strategy rest_for_one; service DB provides; service Cache needs DB; worker Mailer }
//
// DB panics. The shell brings an InputEnded, and in that step:
//
//	runEnded           checks that this run lives (current). Cache holds its value, so stayUp keeps DB up in stageEnded.
//	decide             findVerdict asks DB's table, which says restart. countRestart counts that in DB's limit and Shop's
//	                   intensity; if one were full, its own row would decide. On escalate the loop goes on with Shop.
//	applyVerdict       draws the delay (nextDelay), tells EventFailed with the decision (recordEnd), and begins a teardown.
//	takeDown           members are DB, Cache, which needs it, and Mailer, which is younger. They enter one scope.
//	tryStop            in the round that follows: Mailer is asked to stop (EffectAsk), and its drain begins. Cache waits
//	                   for Mailer, since it is older (mayStop), and DB for Cache.
//
// Mailer returns, and then Cache, each in its own step:
//
//	runEnded           it was asked to stop, so that is only told (emitEnded).
//	setDown            nothing of the run is left. It touches what waited for that: Cache, and then DB.
//	reachGoal          it is restarting; the scope has a member less to wait for.
//	cleanUpEnded       after Cache: nothing holds DB's value any more. It is the last, and tryOpenScope arms timerScope.
//
// The backoff has passed, and a tick fires that:
//
//	openScopes         takes the three out of the scope, and touches them.
//	tryStart           DB waits for nothing: launch, EffectLaunch. It is ready at once (markReady).
//	touchWaiters       those that waited for that are looked at in the same round: Cache starts, then Mailer.
//
// # How a run goes down
//
// A run is up from its launch until all that it was is over. On the way it passes the stages below; its lifecycle is
// shutting_down all that time, and what it needs stays up (design.md, "What a run may do").
//
//	           failed, or takeDown            mayStop                     drain over
//	lives ────────────────────────▶ waiting ───────▶ asked ───────────────────────────▶ aborted ─────▶ stuck
//	  │ ended                         │ ended          │ ended                            │ ended        ▲
//	  ├───────────────────────────────┤                ▼              drain over          ▼              │
//	  ▼                               ▼             cleaning ─────────────────────▶ cleaningAborted ─────┤
//	ended, endedUncleaned ─────────────────────────▶  │                                   │              │
//	(while something holds its value)   nothing does  │ cleaned                           │ cleaned      │ ended,
//	                                                  ▼                                   ▼              ▼ cleaned
//	kept, keptUncleaned ──────────────────────────▶ down ◀─────────────────────────────────        the leak ends
//	(a job's value)   withdrawn, and nothing holds it
//
// A run with nothing to clean up skips cleaning: unless something still holds its value, it is down in the step that
// brings its end. In waiting, a run waits for all that stops before it; in ended only for those that hold its value, since
// nothing of it runs. What is left of its drain is its cleanups' too; a run that was not asked has all of it. Of one that is
// stuck from cleaningAborted on no function runs: its child goes on, and its leak ends when it is cleaned (design.md, "Abort").
//
// # Where to look
//
//	what may come in, and what goes out?             Input, Effect, Event
//	what does a table say about an outcome?          action, quarantineTerm
//	where is it decided who restarts together?       collectAffected, collectRestartSet
//	when is a restart one too many?                  countRestart, checkWindow
//	how long does it wait before a restart?          nextDelay, backoff
//	what stops before what?                          mayStop, countStopping, delayStops
//	what does a child wait for before it starts?     wait, holdUps, elders
//	where does a node end up after it is down?       reachGoal, applyGoal
//	when is a supervisor ready?                      isReadyOrDone, updateReadiness
//	when does a supervisor finish?                   tryFinish, finishStatus, emitWaits
//	where do deadlines fire?                         fireNext, fire, phaseTimeout
//	when does a tree stop that is asked to?          shutdown, stopTree
//	what if a run does not stop?                     abort, markStuck, countLeak, stuckReturned
//	what does an operator's command do?              command, commandRestart, commandHold, commandRelease
//	how do dynamic children come and go?             addDynamic, removeDynamic, eventSubject
package kernel
