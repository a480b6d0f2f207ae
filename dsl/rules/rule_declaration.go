package rules

import "github.com/supgen/supgen/dsl/diag"

var declarationRules = []Rule{
	{
		Code: diag.CodeMisplaced,
		Text: "A statement or a clause stands where it has a meaning.",
		Why: "Each role has the statements that its life has a use for: a job is ready when it has completed, and so cannot " +
			"declare readiness. Policies and defaults are for several roles, and pass over what a role cannot have.",
		Bad: `package shop

supervisor Shop {
	job Migrate {
		ready explicit
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
		Code: diag.CodeIncomplete,
		Text: "A declaration has what it cannot do without: a sidecar its of, a dynamic child its arguments and its max.",
		Why:  "Without a bound, a loop that starts children would start them until memory ends.",
		Bad: `package shop

supervisor Shop {
	dynamic worker Session(id string) key id
}
`,
		Good: `package shop

supervisor Shop {
	dynamic worker Session(id string) key id {
		max 10_000
	}
}
`,
	},
	{
		Code: diag.CodeNoChildren,
		Text: "A supervisor and a group have children.",
		Why:  "Without any they do nothing, and a supervisor would be ready at once and for ever.",
		Bad: `package shop

supervisor Shop {
	service DB
	supervisor Ingest {
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB
	supervisor Ingest {
		worker Reader
	}
}
`,
	},
	{
		Code: diag.CodeMaxKeys,
		Text: "There are as many keys as max allows children.",
		Why:  "A key makes the child unique. Of a type with 8 bits there are 256, of one with 16 bits 65,536, and so there are never more children.",
		Bad: `package shop

supervisor Shop {
	dynamic worker Tenant(id uint8) key id {
		max 10_000
	}
}
`,
		Good: `package shop

supervisor Shop {
	dynamic worker Tenant(id uint32) key id {
		max 10_000
	}
}
`,
	},
	{
		Code: diag.CodeBadKey,
		Text: "The key of a dynamic child is one of its arguments, and a string or an integer.",
		Why:  "The key makes the child unique and is part of its path, where it has to be read by people.",
		Bad: `package shop

supervisor Shop {
	dynamic worker Session(id float64) key id {
		max 10_000
	}
}
`,
		Good: `package shop

supervisor Shop {
	dynamic worker Session(id uint64) key id {
		max 10_000
	}
}
`,
	},
	{
		Code: diag.CodeProvidesUnready,
		Text: "A service or a worker that provides a value has explicit readiness.",
		Why:  "run.Ready(v) is the moment at which the value is handed over. A job hands over what it returns.",
		Bad: `package shop

supervisor Shop {
	service Clock {
		provides func() int64
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Clock {
		provides func() int64
		ready    explicit
	}
}
`,
	},
	{
		Code: diag.CodeBadPrimary,
		Text: "A sidecar is of one child that is its sibling, no sidecar itself, no group and not dynamic.",
		Why:  "It starts before that child and stops after it, which their common supervisor sees to.",
		Bad: `package shop

supervisor Shop {
	service DB
	sidecar Proxy of DB
	sidecar Metrics of Proxy
}
`,
		Good: `package shop

supervisor Shop {
	service DB
	sidecar Proxy of DB
	sidecar Metrics of DB
}
`,
	},
	{
		Code: diag.CodeBadFinish,
		Text: "A supervisor finishes with children of its own that can end: services, workers, jobs and supervisors.",
		Why:  "There may be none or many of a dynamic child, and a group's members end one by one.",
		Bad: `package shop

supervisor Shop {
	finish when all Import

	supervisor Night {
		job Import
	}
}
`,
		Good: `package shop

supervisor Shop {
	supervisor Night {
		finish when all Import

		job Import
	}
}
`,
	},
	{
		Code: diag.CodeFinishNever,
		Text: "What a supervisor finishes with is left alone when it ends well.",
		Why: "A service starts again whenever it has ended, and one whose success is answered by escalate or quarantine has not ended " +
			"well: its supervisor would never finish.",
		Bad: `package shop

supervisor Shop {
	finish when all Import

	service Import
}
`,
		Good: `package shop

supervisor Shop {
	finish when all Import

	job Import
}
`,
	},
	{
		Code: diag.CodeFinishBefore,
		Text: "What is in a supervisor starts before that has finished.",
		Why: "With finish when any, the first that ends well ends the supervisor, with finish when all the last. What waits until " +
			"they have completed starts too late.",
		Bad: `package shop

supervisor Shop {
	finish when any Load, Send

	job Load
	job Send after Load
}
`,
		Good: `package shop

supervisor Shop {
	finish when all Send

	job Load
	job Send after Load
}
`,
	},
	{
		Code: diag.CodeFinishMayWait,
		Text: "What a supervisor finishes with gets an end, good or bad, without an operator.",
		Why: "A temporary child that goes down with another one is left stopped, and has not ended by itself. One that is optional is missing once " +
			"it has failed for good; if all are, none has ended well. The supervisor goes on then, and whoever waits for a batch waits without end.",
		Bad: `package shop

supervisor Shop {
	finish when all Import

	service DB
	worker Import needs DB {
		restart temporary
	}
}
`,
		Good: `package shop

supervisor Shop {
	finish when all Import

	service DB
	worker Import needs DB
}
`,
	},
	{
		Code: diag.CodeJobCompletes,
		Text: "A job is left alone when it has completed.",
		Why: "It runs once: what comes after it starts when it has returned nil. One that is started again then never completes, " +
			"and its supervisor is never ready. Policies and defaults pass over a job with what they say of success.",
		Bad: `package shop

supervisor Shop {
	job Load {
		restart permanent
	}
}
`,
		Good: `package shop

supervisor Shop {
	service Load
}
`,
	},
	{
		Code: diag.CodeAtStart,
		Text: "What has rows at the start starts before it is ready.",
		Why: "A row at start holds until the child was ready once. With immediate readiness that is at once, so that nothing is ever " +
			"answered by it. Policies and defaults pass over such a child with their rows at the start.",
		Bad: `package shop

supervisor Shop {
	service DB {
		on error at start shutdown
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		ready explicit
		on error at start shutdown
	}
}
`,
	},
	{
		Code: diag.CodeJobAtStart,
		Text: "A job has no rows at the start.",
		Why:  "It is ready when it has completed, so that they hold for all of its life, and what they stand beside never does.",
		Bad: `package shop

supervisor Shop {
	job Migrate {
		on error at start shutdown
	}
}
`,
		Good: `package shop

supervisor Shop {
	job Migrate {
		on error shutdown
	}
}
`,
	},
	{
		Code: diag.CodeUnusedDefault,
		Text: "Some child below has what a defaults block says.",
		Why: "It was meant for somebody. Defaults do not reach a nested supervisor's own shutdown, intensity and strategy, and every " +
			"statement of a child, or of a policy that it uses, is stronger.",
		Bad: `package shop

supervisor Shop {
	defaults {
		timeout 5m
	}

	service DB
}
`,
		Good: `package shop

supervisor Shop {
	defaults {
		timeout 5m
	}

	service DB
	job Migrate needs DB
}
`,
	},
}
