package rules

import "github.com/supgen/supgen/dsl/diag"

var valueRules = []Rule{
	{
		Code: diag.CodeRange,
		Text: "A range goes from the smaller to the larger.",
		Why:  "A backoff grows from its first delay to its largest.",
	},
	{
		Code: diag.CodeFactor,
		Text: "A backoff grows by a factor above 1.",
		Why:  "With 1 it stays what it is, and below it would shrink. A constant delay is written as backoff 1s.",
	},
	{
		Code: diag.CodeJitter,
		Text: "Jitter is 100% at most.",
		Why:  "20% makes a delay up to a fifth shorter or longer. More than all of it would be a negative delay.",
	},
	{
		Code: diag.CodeZero,
		Text: "A count or a duration is not zero where zero has no meaning.",
		Why:  "A check needs a period, a window a length, a job some time. limit 0 in 5m does mean something: no restart at all.",
	},
	{
		Code: diag.CodeTooMany,
		Text: "Limits and throttles count to a million, replicas to 65,536.",
		Why:  "The runtime keeps the time of each restart within a window, and the generated state is an array of the replicas.",
	},
	{
		Code: diag.CodeHeartbeat,
		Text: "A heartbeat is stale after more than its period, and dead after more than that.",
		Why:  "One that is stale before the next is due would be so all the time, however well the child is.",
	},
	{
		Code: diag.CodeCheckTimeout,
		Text: "A check takes less than its period.",
		Why:  "One check is in flight at a time, and it should be done when the next is due.",
	},
	{
		Code: diag.CodeRowAction,
		Text: "An outcome has an action that answers it.",
		Why: "limit is the outcome of too many restarts, and one more is no answer. A supervisor whose children were restarted " +
			"too often fails; only a group can be put in quarantine for it. A run that is stuck is still there, so that it " +
			"cannot be tried again, and neither can what is switched off.",
	},
	{
		Code: diag.CodeFatalRestarts,
		Text: "What no restart can mend is not restarted, and neither is what is switched off.",
		Why: "That is what fatal_config, fatal_bug and skip say. A child that finds the same mistake again fails again, and one that is switched off " +
			"spends its limit. If it may pass, the child returns another error, or is out for a time.",
	},
	{
		Code: diag.CodeLimitUnused,
		Text: "A child with a limit is restarted on some outcome.",
		Why: "A limit counts restarts, and retries count nowhere. Without a restart there is nothing to count, and whoever wrote " +
			"the limit expected some.",
	},
	{
		Code: diag.CodeBackoffUnused,
		Text: "A child with a backoff is started again on some outcome.",
		Why: "A backoff is the delay before a restart or a retry. Without either there is nothing to wait for. With limit 0 a restart is one " +
			"too many, but what came from outside is retried.",
	},
	{
		Code: diag.CodeConcurrencyUnused,
		Text: "A concurrency holds back some start.",
		Why: "A place is held from the launch of a child until it is ready. Children that are ready as soon as they are launched, jobs and " +
			"supervisors hold none, and a number that the others do not reach is a bound on nothing.",
	},
	{
		Code: diag.CodeLimitUnreachable,
		Text: "As many restarts as a limit allows fit into its window: the delays between them, each as short as its jitter can make it, and what a throttle lets through.",
		Why: "If they take longer, the first restarts are forgotten before the last: the child would restart for as long as the " +
			"program runs, and nothing above would hear of it. If that is what is meant, on failure retry says so. A limit that is not " +
			"written is held to a backoff, a throttle or a readiness that is: somebody has to say that there is no end.",
	},
	{
		Code: diag.CodeLimitByLuck,
		Text: "A limit is reached with delays as jitter makes them on average.",
		Why:  "Jitter makes some delays shorter, and others longer. If they are all too long but the luckiest, the child would hardly ever be given up.",
	},
	{
		Code: diag.CodeLimitByTimeouts,
		Text: "A child whose timeouts restart it, because somebody wrote so, reaches its limit when it is never ready in time, or as a job each time runs for too long.",
		Why: "Each start takes as long as within allows, each run of a job as long as its timeout. If they and the delays are longer than the window, it tries for as long as " +
			"the program runs, as it would with a retry.",
	},
	{
		Code: diag.CodeLimitAboveIntensity,
		Text: "A written limit can be reached before the intensity of the supervisor or the group is spent, and that of a group before that of its supervisor.",
		Why: "A restart counts in both. If the intensity allows fewer within the limit's window, the whole supervisor fails, and what " +
			"the child's own limit row says never happens.",
	},
	{
		Code: diag.CodeLimitsFirst,
		Text: "An intensity whose row says something else than escalate can be exceeded before the limits of the children.",
		Why: "A restart counts in both. A limit that is exceeded first is answered by the child's own row, so that its supervisor fails " +
			"where the group should be isolated or the tree should end. Where one failure exceeds both, the stricter answer wins.",
	},
	{
		Code: diag.CodeGoodEndsCount,
		Text: "A worker or a supervisor that is started again when it has ended well does not reach its limit by that.",
		Why: "A restart counts, whatever the run before it returned. If the written backoff lets good ends come often enough, a child " +
			"that does all that it should is given up. A retry counts nowhere.",
	},
	{
		Code: diag.CodeIntensityReplicas,
		Text: "A written intensity bears that each replica of a child is restarted once.",
		Why: "They do the same to the same things: forty consumers lose their broker at one moment. That is no reason for their supervisor " +
			"to give up. An intensity that is not written is twice the number of children, and 30 at least.",
	},
	{
		Code: diag.CodeRetryTakesAlong,
		Text: "A written retry is of a child that is restarted alone.",
		Why: "Under one_for_all and rest_for_one the siblings of a child that was ready restart with it. A retry counts nowhere, so " +
			"that they do so again and again, and nothing ever gives up.",
	},
	{
		Code: diag.CodeBackoffMax,
		Text: "A backoff can grow to the maximum that was written.",
		Why: "If the limit is reached before, the number promises a patience that the child never has. Retries reach it, as they count " +
			"in no limit.",
	},
	{
		Code: diag.CodeBackoffReset,
		Text: "A run has to be ready for longer than the first delay to count as stable.",
		Why:  "The delay starts again from its first after a run that was ready for reset. If that is shorter than the first delay, a child that comes up and fails soon after is never given more time.",
	},
	{
		Code: diag.CodeThrottleUnused,
		Text: "A throttle and a written intensity leave room for each other.",
		Why:  "A throttle spreads restarts, an intensity gives up on them. If the intensity is spent before the throttle holds anything back, or the throttle lets too little through for it ever to be spent, one of them is not there.",
	},
	{
		Code: diag.CodeCheckWithin,
		Text: "There is time for more than one check of readiness.",
		Why:  "The first check comes with the launch, when most children are not ready yet. If the second comes after within, one check decides.",
	},
	{
		Code: diag.CodeHealthTimeout,
		Text: "A job can be unhealthy before it times out.",
		Why:  "A job is watched from its launch on. If its heartbeat is dead, or its checks have failed too often, only after its timeout, that is the outcome, and watching it is for nothing.",
	},
	{
		Code: diag.CodeQuarantineShort,
		Text: "A quarantine after too many restarts is no shorter than the delay before the last of them.",
		Why: "When it ends, the child's limit and its backoff start anew. If it is shorter than the backoff has grown to, a child that fails too " +
			"often is started sooner for it.",
	},
	{
		Code: diag.CodeNoTimeToStop,
		Text: "A child whose stuck run brings down what is above it has some time to stop.",
		Why: "A run that has not returned when its time to stop and to abort is over is stuck. Without any time, each run is, and the first restart of what the child " +
			"needs ends the tree. A shutdown of 0s alone aborts at once, and leaves 1s to return.",
	},
	{
		Code: diag.CodeUnlimitedHang,
		Text: "A child of which a run that hangs is found has an end to its stop.",
		Why: "A health, a written within and a timeout find a run that does not get on. It is asked to stop, and with shutdown unlimited it is waited for " +
			"without end: it is never stuck, and never replaced.",
	},
	{
		Code: diag.CodeStuckRestart,
		Text: "A run that does not stop is not replaced.",
		Why:  "Go cannot end a goroutine, so that on stuck restart starts another run beside the one that is stuck. It counts in no limit: what is stuck each time fills the memory, and nothing gives up.",
	},
	{
		Code: diag.CodeManyStarts,
		Text: "No child is started more than 200 times before its tree gives up.",
		Why: "Limits multiply along the path: each time that a supervisor restarts, its children's windows are empty again. Such a " +
			"tree hides a failure for hours.",
	},
	{
		Code: diag.CodeManyRestarts,
		Text: "No written limit lets its child be restarted more than a million times a day.",
		Why: "A child that fails just less often than its limit bears is restarted all day, and nothing above hears of it. supgen explain " +
			"prints how often that is. Eleven times a second is no patience, but a loop.",
	},
	{
		Code: diag.CodePromise,
		Text: "The shutdown of a supervisor is no shorter than the longest chain of budgets that its stop waits for.",
		Why: "Dependants stop before what they depend on, and under rest_for_one the younger before the elder, so that their " +
			"budgets add up. That of a dependant outside counts too, where it stops before something inside. The sum is printed: 5s and 1s to abort are a child's own, if it does not say.",
	},
	{
		Code: diag.CodeUnlimited,
		Text: "Below a supervisor that promises when it has stopped, nothing takes as long as it likes.",
		Why:  "The promise could not be kept.",
	},
}
