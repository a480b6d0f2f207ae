package rules

import "github.com/supgen/supgen/dsl/diag"

var valueRules = []Rule{
	{
		Code: diag.CodeRange,
		Text: "A range goes from the smaller to the larger value.",
		Why: "A backoff grows from its first delay to its largest, and a configuration chooses a number of replicas from the " +
			"fewest to the most.",
	},
	{
		Code: diag.CodeFactor,
		Text: "A backoff grows by a factor above 1.",
		Why:  "With 1 it would not grow, and with less it would shrink. Write a constant delay as backoff 1s.",
	},
	{
		Code: diag.CodeJitter,
		Text: "Jitter is at most 100%.",
		Why:  "20% makes a delay up to a fifth shorter or longer. More than 100% would make it negative.",
	},
	{
		Code: diag.CodeZero,
		Text: "A count or a duration is not zero where zero has no meaning.",
		Why: "A check needs a period, a window a length, a job some time. limit 0 in 5m does have a meaning: no " +
			"restart at all.",
	},
	{
		Code: diag.CodeTooMany,
		Text: "Limits and throttles are at most a million, replicas at most 65,536.",
		Why: "The runtime keeps the time of each restart within a window, and the generated state is an array of the " +
			"replicas.",
	},
	{
		Code: diag.CodeHeartbeat,
		Text: "A heartbeat is stale after more than its period, and dead after more than that.",
		Why:  "A heartbeat that is stale before the next one is due would always be stale, however well the child is.",
	},
	{
		Code: diag.CodeCheckTimeout,
		Text: "A check takes less than its period.",
		Why:  "One check is in flight at a time, and it should be done when the next is due.",
	},
	{
		Code: diag.CodeRowAction,
		Text: "The action of an outcome is one that can work.",
		Why: "limit is the outcome of too many restarts, so another restart is not an answer. A supervisor whose " +
			"children were restarted too often fails; only a group can be quarantined for that. A run that is stuck " +
			"still exists, so it cannot be retried, and neither can a child that is switched off.",
	},
	{
		Code: diag.CodeFatalRestarts,
		Text: "A child is not restarted if a restart cannot help, or if it is switched off.",
		Why: "That is the meaning of fatal_config, fatal_bug and skip. A child that finds the same mistake again fails " +
			"again, and one that is switched off uses up its limit. If the cause may pass, return another error, or " +
			"use quarantine for a time.",
	},
	{
		Code: diag.CodeLimitUnused,
		Text: "A child with a limit is restarted on some outcome.",
		Why: "A limit counts restarts, and retries do not count. Without a restart there is nothing to count, so the " +
			"limit has no effect.",
	},
	{
		Code: diag.CodeBackoffUnused,
		Text: "A child with a backoff is started again on some outcome.",
		Why: "A backoff is the delay before a restart or a retry. Without either there is nothing to delay. With limit " +
			"0 the first restart is one too many, but external failures are retried.",
	},
	{
		Code: diag.CodeConcurrencyUnused,
		Text: "A concurrency delays some start.",
		Why: "A child takes a place from its launch until it is ready. Children that are ready as soon as they are " +
			"launched, jobs and supervisors take none. If the others are fewer than the number, it bounds nothing. Neither " +
			"does it where rest_for_one starts one child after the other.",
	},
	{
		Code: diag.CodeLimitUnreachable,
		Text: "The restarts that a limit allows fit into its window, with the shortest delays that jitter can make, and " +
			"with what a throttle lets through.",
		Why: "If they take longer, the first restarts are forgotten before the last: the child would restart for as " +
			"long as the program runs, and no supervisor above would ever react. If you want that, write on failure " +
			"retry. A default limit is checked too if the file sets a backoff, a throttle or a readiness: endless " +
			"restarts have to be written down.",
	},
	{
		Code: diag.CodeLimitByLuck,
		Text: "A limit is reached with average jitter, and with runs that take some time.",
		Why: "Jitter makes some delays shorter and others longer. If only the luckiest delays are short enough, or only if " +
			"no run takes any time, the limit is hardly ever reached.",
	},
	{
		Code: diag.CodeLimitByTimeouts,
		Text: "A child whose timeouts are declared to restart it reaches its limit when it is never ready in time, or, " +
			"if it is a job, when every run takes too long.",
		Why: "Each start takes as long as within allows, each run of a job as long as its timeout. If these and the " +
			"delays are longer than the window, the child tries for as long as the program runs, as it would with a " +
			"retry.",
	},
	{
		Code: diag.CodeLimitByChildren,
		Text: "The children of a supervisor can fail often enough to reach its written limit.",
		Why: "The limit counts how often they made it fail. If the first of them gives up only after 10 restarts " +
			"with delays of 5m, the supervisor fails once in 50m, " +
			"and is restarted for as long as the program runs. A stuck run does not count: it keeps the supervisor from a restart.",
	},
	{
		Code: diag.CodeLimitAboveIntensity,
		Text: "A declared limit can be reached before the intensity of the supervisor or the group, and the intensity " +
			"of a group before that of its supervisor.",
		Why: "A restart counts in both. If the intensity allows fewer restarts within the limit's window, the whole " +
			"supervisor fails first, and the child's own row limit never decides.",
	},
	{
		Code: diag.CodeLimitsFirst,
		Text: "A declared intensity, or its row, can be exceeded before the limits of the children.",
		Why: "A restart counts in both. If a limit is exceeded first, the child's own row decides, so the supervisor " +
			"fails although the group should be isolated or the tree should end. If one failure exceeds both, the " +
			"stricter action wins. Where the answers are the same, and all of the limits are declared, the intensity " +
			"is only a number that misleads. So is one that the children never reach, because the delays between their " +
			"restarts are too long.",
	},
	{
		Code: diag.CodeGoodEndsCount,
		Text: "A worker or a supervisor that is started again when it has ended well does not reach its limit that way.",
		Why: "A restart counts, whatever the run before it returned. If the declared backoff lets good ends come often " +
			"enough, a child that does everything right is given up. A retry does not count.",
	},
	{
		Code: diag.CodeIntensityReplicas,
		Text: "A declared intensity tolerates one restart of each replica of a child.",
		Why: "Replicas do the same thing with the same resources: forty consumers lose their broker at the same " +
			"moment. That is not a reason for their supervisor to give up. The default intensity is twice the number " +
			"of children, and at least 30.",
	},
	{
		Code: diag.CodeRetryTakesAlong,
		Text: "A child with a declared retry is restarted alone.",
		Why: "Under one_for_all and rest_for_one the siblings of a child that was ready restart with it. A retry does " +
			"not count, so they restart again and again, and nothing ever gives up.",
	},
	{
		Code: diag.CodeBackoffMax,
		Text: "A backoff can grow to its declared maximum.",
		Why: "If the limit is reached before, the number promises a patience that the child never has. Retries do " +
			"reach it, because they count in no limit. A run that was ready for reset starts the delay anew, so a " +
			"child that is restarted only after longer runs never waits longer than the first delay.",
	},
	{
		Code: diag.CodeBackoffReset,
		Text: "A run has to be ready for longer than the first delay to count as stable.",
		Why: "After a run that was ready for reset, the delay starts from the first one again. If reset is shorter " +
			"than that, a child that fails soon after it was ready never gets a longer delay.",
	},
	{
		Code: diag.CodeThrottleUnused,
		Text: "A throttle and a declared intensity leave room for each other.",
		Why: "A throttle spreads restarts, an intensity gives up on them. If the intensity is exceeded before the " +
			"throttle delays anything, or the throttle lets too little through to ever exceed it, one of the two has " +
			"no effect. Where no child is ever restarted, a throttle has none.",
	},
	{
		Code: diag.CodeCheckWithin,
		Text: "There is time for more than one check of readiness.",
		Why: "The first check comes with the launch, when most children are not ready yet. If the second one comes " +
			"after within, a single check decides.",
	},
	{
		Code: diag.CodeDeadBelowPause,
		Text: "A heartbeat that brings down more than its child is dead after 2s or more.",
		Why: "Up to a second and a half of a pause of the process (a virtual machine that is moved, a paused " +
			"container) may count as running. A restart of the child mends that; the end of a whole tree does " +
			"not.",
	},
	{
		Code: diag.CodeHealthTimeout,
		Text: "A job can become unhealthy before it times out.",
		Why: "The health of a job is watched from its launch on. If its heartbeat is dead, or its checks have failed " +
			"too often, only after its timeout, the timeout always comes first, and health has no effect.",
	},
	{
		Code: diag.CodeQuarantineShort,
		Text: "A quarantine is not shorter than the delay of a restart; after too many, than the delay before the last of them.",
		Why: "When it ends, the child's limit and its backoff start anew. If it is shorter than the last delay, a " +
			"child that fails too often is started sooner because of it. So it is if the quarantine is shorter than the longest " +
			"delay and than a tenth of the window. A quarantine on one failure that is shorter than " +
			"the first delay, or on a fatal one shorter than the longest, is a restart that nothing counts.",
	},
	{
		Code: diag.CodeNoTimeToStop,
		Text: "A child has some time to stop if its stuck run takes down what is above it.",
		Why: "A run that has not returned when its time to stop and to abort is over is stuck. Without any time every " +
			"run is stuck, and the first restart of what the child needs ends the tree. shutdown 0s alone aborts at " +
			"once, and leaves 1s to return.",
	},
	{
		Code: diag.CodeUnlimitedHang,
		Text: "A child whose runs are watched for hanging has a bounded time to stop.",
		Why: "health, a declared within and timeout find a run that hangs. It is asked to stop, and with shutdown " +
			"unlimited the tree waits for it without end: it is never stuck, and never replaced.",
	},
	{
		Code: diag.CodeStuckRestart,
		Text: "A run that does not stop is not replaced.",
		Why: "Go cannot end a goroutine, so on stuck restart starts another run while the stuck one goes on. That " +
			"counts in no limit: if every run gets stuck, they fill the memory, and nothing gives up.",
	},
	{
		Code: diag.CodeManyStarts,
		Text: "No child is started more than 200 times before its tree gives up.",
		Why: "Limits multiply along the path: each time a supervisor restarts, the windows of its children are empty " +
			"again. Such a tree hides a failure for hours.",
	},
	{
		Code: diag.CodeManyRestarts,
		Text: "No declared limit allows more than a million restarts a day.",
		Why: "A child that fails just less often than its limit allows is restarted all day, and no supervisor above " +
			"reacts. supgen explain prints how often that is. Eleven times a second is not patience, but a loop.",
	},
	{
		Code: diag.CodePromise,
		Text: "The shutdown of a supervisor is not shorter than the longest chain of budgets that its stop waits for.",
		Why: "Dependants stop before what they depend on, and under rest_for_one the younger siblings before the " +
			"elder, so their budgets add up. That of a dependant outside the supervisor counts too if it stops before " +
			"something inside. The sum is printed. By default a child has 5s, and 1s to abort.",
	},
	{
		Code: diag.CodeUnlimited,
		Text: "Below a supervisor that promises how long its stop takes, no stop is unlimited.",
		Why:  "The promise could not be kept.",
	},
}
