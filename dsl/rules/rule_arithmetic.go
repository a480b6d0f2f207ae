package rules

import "github.com/supgen/supgen/dsl/diag"

var arithmeticRules = []Rule{
	{
		Code: diag.CodeLimitUnused,
		Text: "A child with a limit is restarted on some outcome.",
		Why: "A limit counts restarts, and retries count nowhere. Without a restart there is nothing to count, and whoever wrote " +
			"the limit expected some.",
		Bad: `package shop

supervisor Shop {
	worker Import {
		restart temporary
		limit   3 in 5m
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Import {
		restart transient
		limit   3 in 5m
	}
}
`,
	},
	{
		Code: diag.CodeBackoffUnused,
		Text: "A child with a backoff is started again on some outcome.",
		Why: "A backoff is the delay before a restart or a retry. Without either there is nothing to wait for. With limit 0 a restart is one " +
			"too many, but what came from outside is retried.",
		Bad: `package shop

supervisor Shop {
	worker Import {
		restart temporary
		backoff 1s
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Import {
		restart transient
		backoff 1s
	}
}
`,
	},
	{
		Code: diag.CodeConcurrencyUnused,
		Text: "A concurrency holds back some start.",
		Why: "A place is held from the launch of a child until it is ready. Children that are ready as soon as they are launched, jobs and " +
			"supervisors hold none, and a number that the others do not reach is a bound on nothing.",
		Bad: `package shop

supervisor Shop {
	concurrency 10

	worker Parser[4] {
		ready explicit
	}
}
`,
		Good: `package shop

supervisor Shop {
	concurrency 2

	worker Parser[4] {
		ready explicit
	}
}
`,
	},
	{
		Code: diag.CodeLimitUnreachable,
		Text: "As many restarts as a limit allows fit into its window: the delays between them, each as short as its jitter can make it, and what a throttle lets through.",
		Why: "If they take longer, the first restarts are forgotten before the last: the child would restart for as long as the " +
			"program runs, and nothing above would hear of it. If that is what is meant, on failure retry says so. A limit that is not " +
			"written is held to a backoff, a throttle or a readiness that is: somebody has to say that there is no end.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 2m
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 2m
		on failure retry
	}
}
`,
	},
	{
		Code: diag.CodeLimitByLuck,
		Text: "A limit is reached with delays as jitter makes them on average.",
		Why:  "Jitter makes some delays shorter, and others longer. If they are all too long but the luckiest, the child would hardly ever be given up.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 1s..1m jitter full
		limit   7 in 1m
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 1s..1m jitter full
		limit   7 in 2m
	}
}
`,
	},
	{
		Code: diag.CodeLimitByTimeouts,
		Text: "A child whose timeouts restart it, because somebody wrote so, reaches its limit when it is never ready in time, or as a job each time runs for too long.",
		Why: "Each start takes as long as within allows, each run of a job as long as its timeout. If they and the delays are longer than the window, it tries for as long as " +
			"the program runs, as it would with a retry.",
		Bad: `package shop

supervisor Shop {
	worker Reader {
		ready explicit within 2m
		on timeout restart
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Reader {
		ready explicit within 2m
		limit 3 in 15m
		on timeout restart
	}
}
`,
	},
	{
		Code: diag.CodeLimitAboveIntensity,
		Text: "A written limit can be reached before the intensity of the supervisor or the group is spent, and that of a group before that of its supervisor.",
		Why: "A restart counts in both. If the intensity allows fewer within the limit's window, the whole supervisor fails, and what " +
			"the child's own limit row says never happens.",
		Bad: `package shop

supervisor Shop {
	intensity 5 in 1m

	service DB {
		limit 12 in 1m
		on limit shutdown
	}
}
`,
		Good: `package shop

supervisor Shop {
	intensity 5 in 1m

	service DB {
		limit 4 in 1m
		on limit shutdown
	}
}
`,
	},
	{
		Code: diag.CodeLimitsFirst,
		Text: "An intensity whose row says something else than escalate can be exceeded before the limits of the children.",
		Why: "A restart counts in both. A limit that is exceeded first is answered by the child's own row, so that its supervisor fails " +
			"where the group should be isolated or the tree should end. Where one failure exceeds both, the stricter answer wins.",
		Bad: `package shop

supervisor Shop {
	service Web
	group Feeds {
		intensity 10 in 5m
		on intensity quarantine
		worker Prices
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web
	group Feeds {
		intensity 2 in 5m
		on intensity quarantine
		worker Prices
	}
}
`,
	},
	{
		Code: diag.CodeGoodEndsCount,
		Text: "A worker or a supervisor that is started again when it has ended well does not reach its limit by that.",
		Why: "A restart counts, whatever the run before it returned. If the written backoff lets good ends come often enough, a child " +
			"that does all that it should is given up. A retry counts nowhere.",
		Bad: `package shop

supervisor Shop {
	worker Poll {
		backoff 10s
		on success restart
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Poll {
		backoff 10s
		on success retry
	}
}
`,
	},
	{
		Code: diag.CodeIntensityReplicas,
		Text: "A written intensity bears that each replica of a child is restarted once.",
		Why: "They do the same to the same things: forty consumers lose their broker at one moment. That is no reason for their supervisor " +
			"to give up. An intensity that is not written is twice the number of children, and 30 at least.",
		Bad: `package shop

supervisor Shop {
	intensity 5 in 1m

	worker Consumer[40]
}
`,
		Good: `package shop

supervisor Shop {
	worker Consumer[40]
}
`,
	},
	{
		Code: diag.CodeRetryTakesAlong,
		Text: "A written retry is of a child that is restarted alone.",
		Why: "Under one_for_all and rest_for_one the siblings of a child that was ready restart with it. A retry counts nowhere, so " +
			"that they do so again and again, and nothing ever gives up.",
		Bad: `package shop

supervisor Shop {
	strategy rest_for_one
	service Reader {
		on error retry
	}
	service Writer
}
`,
		Good: `package shop

supervisor Shop {
	service Reader {
		on error retry
	}
	service Writer needs Reader
}
`,
	},
	{
		Code: diag.CodeBackoffMax,
		Text: "A backoff can grow to the maximum that was written.",
		Why: "If the limit is reached before, the number promises a patience that the child never has. Retries reach it, as they count " +
			"in no limit.",
		Bad: `package shop

supervisor Shop {
	worker Reader {
		backoff 1s..1m
		on failure restart
		on again   restart
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Reader {
		backoff 1s..1m
	}
}
`,
	},
	{
		Code: diag.CodeBackoffReset,
		Text: "A run has to be ready for longer than the first delay to count as stable.",
		Why:  "The delay starts again from its first after a run that was ready for reset. If that is shorter than the first delay, a child that comes up and fails soon after is never given more time.",
		Bad: `package shop

supervisor Shop {
	service Web {
		backoff 1s..1m reset 1ms
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web {
		backoff 1s..1m reset 1m
	}
}
`,
	},
	{
		Code: diag.CodeThrottleUnused,
		Text: "A throttle and a written intensity leave room for each other.",
		Why:  "A throttle spreads restarts, an intensity gives up on them. If the intensity is spent before the throttle holds anything back, or the throttle lets too little through for it ever to be spent, one of them is not there.",
		Bad: `package shop

supervisor Shop {
	throttle  100 refill 1s
	intensity 5 in 1m
	service DB
}
`,
		Good: `package shop

supervisor Shop {
	throttle  2 refill 5s
	intensity 5 in 1m
	service DB
}
`,
	},
	{
		Code: diag.CodeCheckWithin,
		Text: "There is time for more than one check of readiness.",
		Why:  "The first check comes with the launch, when most children are not ready yet. If the second comes after within, one check decides.",
		Bad: `package shop

supervisor Shop {
	service Web {
		ready check every 1m timeout 5s within 10s
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web {
		ready check every 1s timeout 500ms within 10s
	}
}
`,
	},
	{
		Code: diag.CodeHealthTimeout,
		Text: "A job can be unhealthy before it times out.",
		Why:  "A job is watched from its launch on. If its heartbeat is dead, or its checks have failed too often, only after its timeout, that is the outcome, and watching it is for nothing.",
		Bad: `package shop

supervisor Shop {
	job Import {
		timeout 1m
		health  heartbeat 5m stale 10m
	}
}
`,
		Good: `package shop

supervisor Shop {
	job Import {
		timeout 1h
		health  heartbeat 5m stale 10m
	}
}
`,
	},
	{
		Code: diag.CodeQuarantineShort,
		Text: "A quarantine after too many restarts is no shorter than the delay before the last of them.",
		Why: "When it ends, the child's limit and its backoff start anew. If it is shorter than the backoff has grown to, a child that fails too " +
			"often is started sooner for it.",
		Bad: `package shop

supervisor Shop {
	service Feed {
		backoff 10s..1m
		limit   5 in 10m
		on limit quarantine 1s
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Feed {
		backoff 10s..1m
		limit   5 in 10m
		on limit quarantine 10m
	}
}
`,
	},
	{
		Code: diag.CodeNoTimeToStop,
		Text: "A child whose stuck run brings down what is above it has some time to stop.",
		Why: "A run that has not returned when its time to stop and to abort is over is stuck. Without any time, each run is, and the first restart of what the child " +
			"needs ends the tree. A shutdown of 0s alone aborts at once, and leaves 1s to return.",
		Bad: `package shop

supervisor Shop {
	service Web {
		shutdown 0s abort 0s
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web {
		shutdown 0s
	}
}
`,
	},
	{
		Code: diag.CodeUnlimitedHang,
		Text: "A child of which a run that hangs is found has an end to its stop.",
		Why: "A health, a written within and a timeout find a run that does not get on. It is asked to stop, and with shutdown unlimited it is waited for " +
			"without end: it is never stuck, and never replaced.",
		Bad: `package shop

supervisor Shop {
	service Web {
		health   heartbeat 1s stale 5s
		shutdown unlimited
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web {
		health   heartbeat 1s stale 5s
		shutdown 10m
	}
}
`,
	},
	{
		Code: diag.CodeStuckRestart,
		Text: "A run that does not stop is not replaced.",
		Why:  "Go cannot end a goroutine, so that on stuck restart starts another run beside the one that is stuck. It counts in no limit: what is stuck each time fills the memory, and nothing gives up.",
		Bad: `package shop

supervisor Shop {
	service Web {
		on stuck restart
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web {
		on stuck quarantine
	}
}
`,
	},
	{
		Code: diag.CodeManyStarts,
		Text: "No child is started more than 200 times before its tree gives up.",
		Why: "Limits multiply along the path: each time that a supervisor restarts, its children's windows are empty again. Such a " +
			"tree hides a failure for hours.",
		Bad: `package shop

supervisor Shop {
	supervisor Store {
		service DB {
			limit 100 in 1h
		}
	}
}
`,
		Good: `package shop

supervisor Shop {
	supervisor Store {
		service DB {
			limit 10 in 1h
		}
	}
}
`,
	},
	{
		Code: diag.CodeManyRestarts,
		Text: "No written limit lets its child be restarted more than a million times a day.",
		Why: "A child that fails just less often than its limit bears is restarted all day, and nothing above hears of it. supgen explain " +
			"prints how often that is. Eleven times a second is no patience, but a loop.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff none
		limit   20 in 1s
		on limit quarantine
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff none
		limit   20 in 1m
		on limit quarantine
	}
}
`,
	},
	{
		Code: diag.CodePromise,
		Text: "The shutdown of a supervisor is no shorter than the longest chain of budgets that its stop waits for.",
		Why: "Dependants stop before what they depend on, and under rest_for_one the younger before the elder, so that their " +
			"budgets add up. That of a dependant outside counts too, where it stops before something inside. The sum is printed: 5s and 1s to abort are a child's own, if it does not say.",
		Bad: `package shop

supervisor Shop {
	shutdown 10s

	service DB
	service Web needs DB
}
`,
		Good: `package shop

supervisor Shop {
	shutdown 12s

	service DB
	service Web needs DB
}
`,
	},
	{
		Code: diag.CodeUnlimited,
		Text: "Below a supervisor that promises when it has stopped, nothing takes as long as it likes.",
		Why:  "The promise could not be kept.",
		Bad: `package shop

supervisor Shop {
	shutdown 1m

	service DB {
		shutdown unlimited
	}
}
`,
		Good: `package shop

supervisor Shop {
	shutdown 1m

	service DB {
		shutdown 55s abort 5s
	}
}
`,
	},
}
