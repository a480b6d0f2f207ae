package rules

import "github.com/supgen/supgen/dsl/diag"

// rowRules are about what a child says, and what never comes about.
var rowRules = []Rule{
	{
		Code: diag.CodeNeverAsked,
		Text: "A row of a child's table is for an outcome that the child can have.",
		Why: "A row that is never asked looks like a decision, and is none: without a health nothing is ever unhealthy, without a " +
			"timeout or a start that takes time nothing times out, a shutdown that is unlimited is never stuck, what others need cannot " +
			"be skipped, and a job that succeeds has completed, whatever its row says. Policies and defaults are for several " +
			"children, and may have rows that some of them never ask. supgen explain says which these are.",
		Bad: `package shop

supervisor Shop {
	service Web {
		on unhealthy quarantine
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web {
		health heartbeat 1s stale 5s
		on unhealthy quarantine
	}
}
`,
	},
	{
		Code: diag.CodeWithoutCause,
		Text: "What a supervisor or a group says about failures can be caused by something below it.",
		Why: "Children that are optional, or whose limit quarantines them, count in no intensity and bring nobody down. An intensity in " +
			"which nothing counts is never spent, and a supervisor in which nothing escalates never fails.",
		Bad: `package shop

supervisor Shop {
	service Buffer
	group Inputs {
		on intensity quarantine
		service CPU {
			optional
		}
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Buffer
	group Inputs {
		intensity 5 in 1m
		on intensity quarantine
		service CPU
	}
}
`,
	},
	{
		Code: diag.CodeNoEffect,
		Text: "What a child says or uses changes something.",
		Why: "A statement is replaced whole by a stronger one: a policy by the next that is used and by the child's own statements, " +
			"restart and on failure by rows that are more exact. Beside limit 0 no row restarts, with decorrelated jitter no factor counts, " +
			"and a promise that is longer than that of a supervisor around it adds nothing. Where nothing of it is left, whoever reads it is misled.",
		Bad: `package shop

policy calm {
	limit 3 in 5m
}

supervisor Shop {
	service Web {
		use   calm
		limit 1 in 5m
	}
}
`,
		Good: `package shop

policy calm {
	backoff 1s
	limit   3 in 5m
}

supervisor Shop {
	service Web {
		use   calm
		limit 1 in 5m
	}
}
`,
	},
	{
		Code: diag.CodeTakesDown,
		Text: "A child that may be missing brings nobody down by an ordinary failure.",
		Why: "A sidecar never takes its primary down, nobody waits for what is optional, and of a dynamic child there may be many. One " +
			"whose first error ends others breaks that promise, perhaps by a row that defaults were to say of others. A limit may escalate, " +
			"something fatal may, and so may rows at the start: they are written for that. But where a supervisor has dynamic children only, " +
			"they may not: it would be restarted without any, since dynamic children do not come back.",
		Bad: `package shop

supervisor Shop {
	service Web
	service Ads {
		optional
		on error shutdown
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web
	service Ads {
		optional
		on error quarantine
	}
}
`,
	},
	{
		Code: diag.CodeGoodEndFails,
		Text: "A supervisor that finishes does not make the one above it fail.",
		Why: "It has done what it was for. With on success escalate that is a failure, which restarts what is around it, or ends the tree " +
			"with an error. To end the tree well, there is on success shutdown.",
		Bad: `package shop

supervisor Shop {
	service Web
	supervisor Sync {
		finish when all Pull
		on success escalate
		job Pull
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Web
	supervisor Sync {
		finish when all Pull
		on success shutdown
		job Pull
	}
}
`,
	},
	{
		Code: diag.CodeStrategyAlone,
		Text: "A strategy has siblings to restart together.",
		Why: "one_for_all and rest_for_one are about the siblings of a child that fails and is restarted. Sidecars and dynamic children are restarted alone, " +
			"and the members of a group by the group's strategy.",
		Bad: `package shop

supervisor Shop {
	strategy rest_for_one

	service Web
}
`,
		Good: `package shop

supervisor Shop {
	strategy rest_for_one

	service DB
	service Web
}
`,
	},
}
