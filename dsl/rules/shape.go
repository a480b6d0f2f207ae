package rules

import "github.com/supgen/supgen/dsl/diag"

var shapeRules = []Rule{
	{
		Code: diag.CodeMisplaced,
		Text: "A statement or a clause stands where it has a meaning.",
		Why: "Each role takes the statements that make sense for it: a job is ready when it has completed, so it " +
			"cannot declare readiness. Policies and defaults serve several roles, and skip what a role cannot have.",
	},
	{
		Code: diag.CodeIncomplete,
		Text: "A declaration has its required parts: a sidecar its of, a dynamic child its arguments and its max.",
		Why:  "Without a bound, a loop that starts children would start them until memory runs out.",
	},
	{
		Code: diag.CodeNoChildren,
		Text: "A supervisor and a group have children.",
		Why:  "Without children they do nothing, and a supervisor would always be ready.",
	},
	{
		Code: diag.CodeMaxKeys,
		Text: "max is not larger than the number of possible keys.",
		Why: "Each child has a key of its own. A type with 8 bits has 256 values, one with 16 bits 65,536, so there " +
			"can never be more children.",
	},
	{
		Code: diag.CodeBadKey,
		Text: "The key of a dynamic child is one of its arguments, and a string or an integer.",
		Why:  "The key identifies the child and is part of its path, which people have to read.",
	},
	{
		Code: diag.CodeProvidesUnready,
		Text: "A service or a worker that provides a value has explicit readiness.",
		Why:  "run.Ready(v) is the moment at which the value is handed over. A job hands over what it returns.",
	},
	{
		Code: diag.CodeBadPrimary,
		Text: "The primary of a sidecar is one of its siblings, and not a sidecar, a group or a dynamic child.",
		Why: "The sidecar starts before its primary and stops after it, and their common supervisor controls that " +
			"order.",
	},
	{
		Code: diag.CodeLinkedStops,
		Text: "A linked sidecar is started again with its primary, which is started again.",
		Why: "Linked restarts a sidecar whenever its primary goes down. A temporary sidecar is stopped then, and " +
			"not started again: after the first restart its primary runs without it. Beside a primary that stays " +
			"down, linked only restarts a sidecar that is of no use any more.",
	},
	{
		Code: diag.CodeBadFinish,
		Text: "A supervisor finishes with its own children, and with children that can end: services, workers, jobs and " +
			"supervisors.",
		Why: "A dynamic child may exist not at all or many times, and the members of a group end one by one.",
	},
	{
		Code: diag.CodeFinishNever,
		Text: "A child that a supervisor finishes with stays stopped when it ends well.",
		Why: "A service starts again whenever it has ended, and a child whose row success is escalate or quarantine " +
			"has not ended well: its supervisor would never finish.",
	},
	{
		Code: diag.CodeFinishBefore,
		Text: "Every child of a supervisor starts before the supervisor has finished.",
		Why: "With finish when any, the first child that ends well ends the supervisor; with finish when all, the last " +
			"one does. A child that waits until they have completed starts too late, and a dynamic child can be " +
			"started only until then.",
	},
	{
		Code: diag.CodeFinishMayWait,
		Text: "A child that a supervisor finishes with reaches an end, good or bad, without an operator.",
		Why: "A temporary child that goes down with another one is left stopped, and has not ended by itself. An " +
			"optional child is missing once it has failed for good; if all are missing, none has ended well. The " +
			"supervisor then goes on, and a batch never ends.",
	},
	{
		Code: diag.CodeNothingLeft,
		Text: "A tree finishes if all of its children end and are not started again.",
		Why: "A tree without finish goes on until it is asked to stop. When its last job has completed, and its " +
			"last temporary child has ended, " +
			"nothing is left in it, and the program goes on without doing anything. So it does if its only child is " +
			"optional, and has failed for good.",
	},
	{
		Code: diag.CodeJobCompletes,
		Text: "A job stays stopped when it has completed.",
		Why: "It runs once: what comes after it starts when it has returned nil. A job that is then started again " +
			"never completes, and its supervisor is never ready. Policies and defaults skip their row success for a " +
			"job.",
	},
	{
		Code: diag.CodeAtStart,
		Text: "A child with rows at the start starts before it is ready.",
		Why: "A row at start applies until the child has been ready once. With immediate readiness that is at once, so " +
			"the row never decides anything. Policies and defaults skip their rows at the start for such a child.",
	},
	{
		Code: diag.CodeJobAtStart,
		Text: "A job has no rows at the start.",
		Why: "A job is ready when it has completed, so these rows apply for its whole life, and the ordinary rows " +
			"never do.",
	},
	{
		Code: diag.CodeUnusedDefault,
		Text: "Each statement of a defaults block applies to some child below it.",
		Why: "Otherwise it has no effect. Defaults do not apply to a nested supervisor's own shutdown, intensity and " +
			"strategy, and every statement of a child, or of a policy that it uses, is stronger. Defaults that say what the " +
			"defaults around them say repeat them.",
	},
	{
		Code: diag.CodeBadNeed,
		Text: "A child needs, or comes after, something that it can wait for: not itself, not a supervisor that " +
			"contains it, not a dynamic child, not a group, and not a child of another tree.",
		Why: "A supervisor is ready when its children are, so a child that waits for its supervisor waits for itself. " +
			"A dynamic child may exist not at all or many times, and another tree starts and stops on its own.",
	},
	{
		Code: diag.CodeNeedsOptional,
		Text: "An optional child is not needed.",
		Why: "Nothing waits for an optional child, and it may be in quarantine for good, so there may be no value to " +
			"hand over.",
	},
	{
		Code: diag.CodeBadWant,
		Text: "What is wanted is a service or a worker that provides a value, and a supervisor wants nothing.",
		Why: "wants hands over a value that comes and goes. A job hands its value over once and keeps it, so it can be needed; " +
			"what provides nothing can only be waited for, with after. A supervisor is handed nothing: the children that use " +
			"the value want it.",
	},
	{
		Code: diag.CodeNeedsNever,
		Text: "A supervisor that is needed is ready before it finishes, and one that others come after is ready or at " +
			"rest at some time.",
		Why: "A supervisor is ready when its jobs have completed. If it finishes with them, it ends at that very " +
			"moment, so a child that needs it would never start. A child that comes after it starts once it is at " +
			"rest, which it never is if it starts again when it has finished.",
	},
	{
		Code: diag.CodeNeedsMayEnd,
		Text: "A child that others wait for is not left stopped, and neither is a supervisor that contains it.",
		Why: "A child that needs it shares its lifetime, and stays stopped with it. A child that comes after a job " +
			"waits until the job has completed, which a job that was left stopped never has. Nothing would report " +
			"that. Anything else that a child comes after is not waited for once it is at rest.",
	},
	{
		Code: diag.CodeAfterOptional,
		Text: "Nothing waits longer than 10 minutes for an optional child or a sidecar.",
		Why: "A child that comes after an optional child or a sidecar, and a sidecar's primary, waits until it is " +
			"ready, or one of its runs has ended or failed. If that may take hours, so may the start of a child that " +
			"does not even need it. While an optional child or a sidecar starts, it also holds a place of a " +
			"concurrency: none holds the last place for 5 minutes or more.",
	},
	{
		Code: diag.CodeAfterEnd,
		Text: "A child that comes after another that ends by itself waits for more than its launch.",
		Why: "A service or a worker without ready explicit is ready as soon as it is launched. If it has work to do " +
			"and then ends, the child that comes after it starts while it still works. A job is ready when it has " +
			"completed.",
	},
	{
		Code: diag.CodeSameType,
		Text: "A child receives at most one value of each Go type.",
		Why: "Two arguments of the same type can be swapped, in the clause or in the function, and the Go compiler " +
			"does not notice.",
	},
	{
		Code: diag.CodeSidecarNeeds,
		Text: "A sidecar does not wait for its primary.",
		Why:  "The sidecar starts first, and the primary when the sidecar is ready, or has failed.",
	},
	{
		Code: diag.CodeCycle,
		Text: "Children do not wait for each other in a cycle.",
		Why: "None of them could ever start. A child waits because of needs, after, sidecars and rest_for_one. A " +
			"supervisor is ready when its children are, and they start with it. The whole cycle is printed.",
	},
	{
		Code: diag.CodeOrder,
		Text: "Under rest_for_one a child waits only for elder siblings, those declared before it.",
		Why: "Siblings start in the order of the file, each when the one before it is ready, so a younger one starts " +
			"too late.",
	},
	{
		Code: diag.CodeNeverAsked,
		Text: "A row of a child's table is for an outcome that the child can have.",
		Why: "A row that is never asked looks like a decision but has no effect. Without health a child is never " +
			"unhealthy; without a timeout, or a start that takes time, it never times out; with an unlimited shutdown " +
			"it is never stuck; a child that others need cannot be skipped; and a job that succeeds has completed, " +
			"whatever its row says. Policies and defaults serve several children, and may have rows that some of them " +
			"never ask. supgen explain shows which these are.",
	},
	{
		Code: diag.CodeWithoutCause,
		Text: "A row of a supervisor or a group is for a failure that something below it can cause.",
		Why: "Children that are optional, or that their limit quarantines, count in no intensity and take nothing else " +
			"down. An intensity in which nothing counts is never exceeded, and a supervisor in which nothing " +
			"escalates never fails.",
	},
	{
		Code: diag.CodeNoEffect,
		Text: "Every statement of a child, every policy that it uses, and every child that it comes after, changes something.",
		Why: "A stronger statement replaces a weaker one entirely: a policy is replaced by the next one that is used " +
			"and by the child's own statements, restart and on failure by more specific rows. A row at start that answers as " +
			"the row for later does, or one that answers as a less specific row of the child, says nothing. A child waits anyway for " +
			"what something needs that it needs itself, for its sidecar, and under rest_for_one for its elder siblings; and " +
			"after hands nothing over, so that a value which nothing needs reaches nothing. A child that says what the defaults above it say, or uses a " +
			"policy that they use, repeats them; a group without a statement shares nothing. With limit 0 no row " +
			"restarts, with decorrelated jitter no factor counts, no run of a job is ready and fails, so that its " +
			"reset does not count, a supervisor in which all children are optional is ready at once for those " +
			"that need it, and a promise that is longer than that of a " +
			"supervisor around it adds nothing. A statement of which nothing is left misleads its readers.",
	},
	{
		Code: diag.CodeTakesDown,
		Text: "A child that may be missing does not take anything else down by an ordinary failure.",
		Why: "A sidecar never takes its primary down, nothing waits for an optional child, and of a dynamic child " +
			"there may be many. If the first error of such a child ends others, that promise is broken, perhaps by a " +
			"row in defaults that was written for other children. The same goes for an optional child under one_for_all, " +
			"whose restarts restart its siblings, and for a primary that needs its own sidecar. A limit may escalate, so may a fatal error, and so " +
			"may rows at the start, which are written for that. But if a supervisor has only dynamic children, they " +
			"may not: it would be restarted without any, because dynamic children do not come back.",
	},
	{
		Code: diag.CodeGoodEndFails,
		Text: "A supervisor that finishes does not make the one above it fail, a worker that has ended well not the tree, and the first of " +
			"several replicas that ends well does not end all.",
		Why: "It has done its work. With on success escalate that becomes a failure, which restarts what is around it, " +
			"or ends the tree with an error. To end the tree well, write on success shutdown, or finish when in the tree. With that row in a child " +
			"with replicas, the first good end interrupts the others at their work: finish when all waits for the last one.",
	},
	{
		Code: diag.CodeStrategyAlone,
		Text: "A strategy has siblings to restart together.",
		Why: "one_for_all and rest_for_one apply to the siblings of a child that fails and is restarted. Sidecars and " +
			"dynamic children are restarted alone, and the members of a group by the group's strategy.",
	},
}
