package dsl

var arithmeticRules = []Rule{
	{
		Code: CodeLimitUnused,
		Text: "A child with a limit is restarted on some outcome.",
		Why:  "Without a restart there is nothing to count, and whoever wrote the limit expected some.",
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
		Code: CodeLimitUnreachable,
		Text: "The delays between as many restarts as a limit allows fit into its window.",
		Why: "If they take longer, the first restarts are forgotten before the last: the child would restart for ever, and " +
			"nobody above would hear of it.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 1m
		limit   10 in 5m
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 1m
		limit   10 in 15m
	}
}
`,
	},
	{
		Code:     CodeLimitByLuck,
		Severity: Warning,
		Text:     "A limit is reached without the help of jitter.",
		Why:      "Full and decorrelated jitter shorten delays by chance. Only with luck would the child be given up.",
		Bad: `package shop

supervisor Shop {
	service DB {
		backoff 1s..1m jitter full
		limit   7 in 2m
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		backoff 1s..1m jitter full
		limit   7 in 5m
	}
}
`,
	},
	{
		Code:     CodeLimitByTimeouts,
		Severity: Warning,
		Text:     "A child that is never ready in time reaches its limit.",
		Why:      "Each start takes as long as within allows. If they and the delays are longer than the window, it would try for ever.",
		Bad: `package shop

supervisor Shop {
	worker Reader {
		ready explicit within 2m
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Reader {
		ready explicit within 2m
		limit 3 in 15m
	}
}
`,
	},
	{
		Code:     CodeBackoffMax,
		Severity: Warning,
		Text:     "A backoff can grow to the maximum that was written.",
		Why:      "If the limit is reached before, the number promises a patience that the child never has.",
		Bad: `package shop

supervisor Shop {
	worker Reader {
		backoff 1s..1m
	}
}
`,
		Good: `package shop

supervisor Shop {
	worker Reader {
		backoff 1s..4s
	}
}
`,
	},
	{
		Code:     CodeManyStarts,
		Severity: Warning,
		Text:     "No child is started more than 200 times before its tree gives up.",
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
		Code: CodePromise,
		Text: "The shutdown of a supervisor is no shorter than the longest chain of budgets below it.",
		Why: "Dependants stop before what they depend on, and under rest_for_one the younger before the elder, so that their " +
			"budgets add up. The sum is printed: 5s and 1s to abort are a child's own, if it does not say.",
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
		Code: CodeUnlimited,
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
