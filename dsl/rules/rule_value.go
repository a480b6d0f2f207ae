package rules

import "github.com/supgen/supgen/dsl/diag"

var valueRules = []Rule{
	{
		Code: diag.CodeRange,
		Text: "A range goes from the smaller to the larger.",
		Why:  "A backoff grows from its first delay to its largest.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 5s..50ms
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 50ms..5s
	}
}
`,
	},
	{
		Code: diag.CodeFactor,
		Text: "A backoff grows by a factor above 1.",
		Why:  "With 1 it stays what it is, and below it would shrink. A constant delay is written as backoff 1s.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 1s..5s factor 1
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 1s..5s factor 1.5
	}
}
`,
	},
	{
		Code: diag.CodeJitter,
		Text: "Jitter is 100% at most.",
		Why:  "20% makes a delay up to a fifth shorter or longer. More than all of it would be a negative delay.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 1s..5s jitter 150%
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 1s..5s jitter full
	}
}
`,
	},
	{
		Code: diag.CodeZero,
		Text: "A count or a duration is not zero where zero has no meaning.",
		Why:  "A check needs a period, a window a length, a job some time. limit 0 in 5m does mean something: no restart at all.",
		Bad: `package shop

supervisor Shop {
	job Migrate {
		timeout 0s
	}
}
`,
		Good: `package shop

supervisor Shop {
	job Migrate {
		timeout 5m
	}
}
`,
	},
	{
		Code: diag.CodeTooMany,
		Text: "Limits and throttles count to a million, replicas to 65,536.",
		Why:  "The runtime keeps the time of each restart within a window, and the generated state is an array of the replicas.",
		Bad: `package shop

supervisor Shop {
	worker Parser[100_000]
}
`,
		Good: `package shop

supervisor Shop {
	worker Parser[16]
}
`,
	},
	{
		Code: diag.CodeHeartbeat,
		Text: "A heartbeat is stale after more than its period, and dead after more than that.",
		Why:  "One that is stale before the next is due would be so all the time, however well the child is.",
		Bad: `package shop

supervisor Shop {
	service DB {
		health heartbeat 5s stale 5s
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		health heartbeat 5s stale 15s
	}
}
`,
	},
	{
		Code: diag.CodeCheckTimeout,
		Text: "A check takes less than its period.",
		Why:  "One check is in flight at a time, and it should be done when the next is due.",
		Bad: `package shop

supervisor Shop {
	service DB {
		health check every 5s timeout 5s
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		health check every 5s timeout 2s
	}
}
`,
	},
	{
		Code: diag.CodeRowAction,
		Text: "An outcome has an action that answers it.",
		Why: "limit is the outcome of too many restarts, and one more is no answer. A supervisor whose children were restarted " +
			"too often fails; only a group can be put in quarantine for it. A run that is stuck is still there, so that it " +
			"cannot be tried again, and neither can what is switched off.",
		Bad: `package shop

supervisor Shop {
	service DB {
		on limit restart
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		on limit quarantine
	}
}
`,
	},
	{
		Code: diag.CodeFatalRestarts,
		Text: "What no restart can mend is not restarted, and neither is what is switched off.",
		Why: "That is what fatal_config, fatal_bug and skip say. A child that finds the same mistake again fails again, and one that is switched off " +
			"spends its limit. If it may pass, the child returns another error, or is out for a time.",
		Bad: `package shop

supervisor Shop {
	service DB {
		on fatal_config restart
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		on fatal_config quarantine 10m
	}
}
`,
	},
}
