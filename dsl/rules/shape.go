package rules

import "github.com/supgen/supgen/dsl/diag"

var shapeRules = []Rule{
	{
		Code: diag.CodeMisplaced,
		Text: "A statement or a clause stands where it has a meaning.",
		Why: "Each role has the statements that its life has a use for: a job is ready when it has completed, and so cannot " +
			"declare readiness. Policies and defaults are for several roles, and pass over what a role cannot have.",
	},
	{
		Code: diag.CodeIncomplete,
		Text: "A declaration has what it cannot do without: a sidecar its of, a dynamic child its arguments and its max.",
		Why:  "Without a bound, a loop that starts children would start them until memory ends.",
	},
	{
		Code: diag.CodeNoChildren,
		Text: "A supervisor and a group have children.",
		Why:  "Without any they do nothing, and a supervisor would be ready at once and for ever.",
	},
	{
		Code: diag.CodeMaxKeys,
		Text: "There are as many keys as max allows children.",
		Why:  "A key makes the child unique. Of a type with 8 bits there are 256, of one with 16 bits 65,536, and so there are never more children.",
	},
	{
		Code: diag.CodeBadKey,
		Text: "The key of a dynamic child is one of its arguments, and a string or an integer.",
		Why:  "The key makes the child unique and is part of its path, where it has to be read by people.",
	},
	{
		Code: diag.CodeProvidesUnready,
		Text: "A service or a worker that provides a value has explicit readiness.",
		Why:  "run.Ready(v) is the moment at which the value is handed over. A job hands over what it returns.",
	},
	{
		Code: diag.CodeBadPrimary,
		Text: "A sidecar is of one child that is its sibling, no sidecar itself, no group and not dynamic.",
		Why:  "It starts before that child and stops after it, which their common supervisor sees to.",
	},
	{
		Code: diag.CodeBadFinish,
		Text: "A supervisor finishes with children of its own that can end: services, workers, jobs and supervisors.",
		Why:  "There may be none or many of a dynamic child, and a group's members end one by one.",
	},
	{
		Code: diag.CodeFinishNever,
		Text: "What a supervisor finishes with is left alone when it ends well.",
		Why: "A service starts again whenever it has ended, and one whose success is answered by escalate or quarantine has not ended " +
			"well: its supervisor would never finish.",
	},
	{
		Code: diag.CodeFinishBefore,
		Text: "What is in a supervisor starts before that has finished.",
		Why: "With finish when any, the first that ends well ends the supervisor, with finish when all the last. What waits until " +
			"they have completed starts too late.",
	},
	{
		Code: diag.CodeFinishMayWait,
		Text: "What a supervisor finishes with gets an end, good or bad, without an operator.",
		Why: "A temporary child that goes down with another one is left stopped, and has not ended by itself. One that is optional is missing once " +
			"it has failed for good; if all are, none has ended well. The supervisor goes on then, and whoever waits for a batch waits without end.",
	},
	{
		Code: diag.CodeJobCompletes,
		Text: "A job is left alone when it has completed.",
		Why: "It runs once: what comes after it starts when it has returned nil. One that is started again then never completes, " +
			"and its supervisor is never ready. Policies and defaults pass over a job with what they say of success.",
	},
	{
		Code: diag.CodeAtStart,
		Text: "What has rows at the start starts before it is ready.",
		Why: "A row at start holds until the child was ready once. With immediate readiness that is at once, so that nothing is ever " +
			"answered by it. Policies and defaults pass over such a child with their rows at the start.",
	},
	{
		Code: diag.CodeJobAtStart,
		Text: "A job has no rows at the start.",
		Why:  "It is ready when it has completed, so that they hold for all of its life, and what they stand beside never does.",
	},
	{
		Code: diag.CodeUnusedDefault,
		Text: "Some child below has what a defaults block says.",
		Why: "It was meant for somebody. Defaults do not reach a nested supervisor's own shutdown, intensity and strategy, and every " +
			"statement of a child, or of a policy that it uses, is stronger.",
	},
	{
		Code: diag.CodeBadNeed,
		Text: "A child needs, or comes after, something that it can wait for: not itself, nothing that it is part of, no dynamic child, no group and nothing of another tree.",
		Why: "A supervisor is ready when its children are, so that a child that waits for it waits for itself. There may be " +
			"none or many of a dynamic child, and another tree starts and stops when it likes.",
	},
	{
		Code: diag.CodeNeedsOptional,
		Text: "Nobody needs an optional child.",
		Why:  "Nothing waits for an optional child and it may be in quarantine for good, so there may be no value to hand over.",
	},
	{
		Code: diag.CodeNeedsNever,
		Text: "A supervisor that is needed is ready before it finishes, and one that others come after is ready or at rest at some time.",
		Why: "A supervisor is ready when its jobs have completed. One that finishes with them ends at that very moment, so that " +
			"whoever needs it would never start. What comes after it starts once it is at rest, which it never is if it starts again " +
			"when it has finished.",
	},
	{
		Code: diag.CodeNeedsMayEnd,
		Text: "What is waited for is not left stopped, and neither is a supervisor that it is part of.",
		Why: "Whoever needs it shares its life, and stays stopped with it. To come after a job is to wait until it has completed, " +
			"which a job that was left stopped never has. Nothing would say that somebody waits. After anything else nobody waits " +
			"once it is at rest.",
	},
	{
		Code: diag.CodeAfterOptional,
		Text: "Nothing waits longer than 10 minutes for an optional child or a sidecar.",
		Why: "What comes after an optional child or a sidecar, and a sidecar's primary, waits until it is ready, or a run of it has ended or " +
			"failed. If that may take hours, so does the start of what does not need it.",
	},
	{
		Code: diag.CodeAfterEnd,
		Text: "What comes after something that ends by itself waits for more than its launch.",
		Why: "A service or a worker without ready explicit is ready as soon as it is launched. If it has work to do and then ends, what comes " +
			"after it starts while it works. A job is ready when it has completed.",
	},
	{
		Code: diag.CodeSameType,
		Text: "A child is handed at most one value of each Go type.",
		Why:  "Two arguments of one type can be swapped, in the clause or in the function, and Go does not see it.",
	},
	{
		Code: diag.CodeSidecarNeeds,
		Text: "A sidecar does not wait for its primary.",
		Why:  "The sidecar starts first, and the primary when that is ready, or has failed.",
	},
	{
		Code: diag.CodeCycle,
		Text: "No children wait for each other in a circle.",
		Why: "None of them could ever start. Waiting is by needs, after, sidecars, rest_for_one, and by being part of a supervisor: " +
			"it is ready when its children are, and they start with it. The whole circle is printed.",
	},
	{
		Code: diag.CodeOrder,
		Text: "Under rest_for_one a child waits for elder siblings only: those declared before it.",
		Why:  "Siblings start in the order of the file, each when the one before is ready, so that a younger one starts too late.",
	},
	{
		Code: diag.CodeNeverAsked,
		Text: "A row of a child's table is for an outcome that the child can have.",
		Why: "A row that is never asked looks like a decision, and is none: without a health nothing is ever unhealthy, without a " +
			"timeout or a start that takes time nothing times out, a shutdown that is unlimited is never stuck, what others need cannot " +
			"be skipped, and a job that succeeds has completed, whatever its row says. Policies and defaults are for several " +
			"children, and may have rows that some of them never ask. supgen explain says which these are.",
	},
	{
		Code: diag.CodeWithoutCause,
		Text: "What a supervisor or a group says about failures can be caused by something below it.",
		Why: "Children that are optional, or whose limit quarantines them, count in no intensity and bring nobody down. An intensity in " +
			"which nothing counts is never spent, and a supervisor in which nothing escalates never fails.",
	},
	{
		Code: diag.CodeNoEffect,
		Text: "What a child says or uses changes something.",
		Why: "A statement is replaced whole by a stronger one: a policy by the next that is used and by the child's own statements, " +
			"restart and on failure by rows that are more exact. Beside limit 0 no row restarts, with decorrelated jitter no factor counts, " +
			"and a promise that is longer than that of a supervisor around it adds nothing. Where nothing of it is left, whoever reads it is misled.",
	},
	{
		Code: diag.CodeTakesDown,
		Text: "A child that may be missing brings nobody down by an ordinary failure.",
		Why: "A sidecar never takes its primary down, nobody waits for what is optional, and of a dynamic child there may be many. One " +
			"whose first error ends others breaks that promise, perhaps by a row that defaults were to say of others. A limit may escalate, " +
			"something fatal may, and so may rows at the start: they are written for that. But where a supervisor has dynamic children only, " +
			"they may not: it would be restarted without any, since dynamic children do not come back.",
	},
	{
		Code: diag.CodeGoodEndFails,
		Text: "A supervisor that finishes does not make the one above it fail.",
		Why: "It has done what it was for. With on success escalate that is a failure, which restarts what is around it, or ends the tree " +
			"with an error. To end the tree well, there is on success shutdown.",
	},
	{
		Code: diag.CodeStrategyAlone,
		Text: "A strategy has siblings to restart together.",
		Why: "one_for_all and rest_for_one are about the siblings of a child that fails and is restarted. Sidecars and dynamic children are restarted alone, " +
			"and the members of a group by the group's strategy.",
	},
}
