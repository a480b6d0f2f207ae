package rules

import "github.com/supgen/supgen/dsl/diag"

var dependencyRules = []Rule{
	{
		Code: diag.CodeBadNeed,
		Text: "A child needs, or comes after, something that it can wait for: not itself, nothing that it is part of, no dynamic child, no group and nothing of another tree.",
		Why: "A supervisor is ready when its children are, so that a child that waits for it waits for itself. There may be " +
			"none or many of a dynamic child, and another tree starts and stops when it likes.",
		Bad: `package shop

supervisor Shop {
	service DB needs Shop
}
`,
		Good: `package shop

supervisor Shop {
	service Disk
	service DB needs Disk
}
`,
	},
	{
		Code: diag.CodeNeedsOptional,
		Text: "Nobody needs an optional child.",
		Why:  "Nothing waits for an optional child and it may be in quarantine for good, so there may be no value to hand over.",
		Bad: `package shop

supervisor Shop {
	service Cache {
		optional
	}
	service Web needs Cache
}
`,
		Good: `package shop

supervisor Shop {
	service Cache {
		optional
	}
	service Web after Cache
}
`,
	},
	{
		Code: diag.CodeNeedsNever,
		Text: "A supervisor that is needed is ready before it finishes, and one that others come after is ready or at rest at some time.",
		Why: "A supervisor is ready when its jobs have completed. One that finishes with them ends at that very moment, so that " +
			"whoever needs it would never start. What comes after it starts once it is at rest, which it never is if it starts again " +
			"when it has finished.",
		Bad: `package shop

supervisor Shop {
	supervisor Setup {
		finish when all Migrate
		job Migrate
	}
	service Web needs Setup
}
`,
		Good: `package shop

supervisor Shop {
	supervisor Setup {
		finish when all Migrate
		job Migrate
	}
	service Web after Setup
}
`,
	},
	{
		Code: diag.CodeNeedsMayEnd,
		Text: "What is waited for is not left stopped, and neither is a supervisor that it is part of.",
		Why: "Whoever needs it shares its life, and stays stopped with it. To come after a job is to wait until it has completed, " +
			"which a job that was left stopped never has. Nothing would say that somebody waits. After anything else nobody waits " +
			"once it is at rest.",
		Bad: `package shop

supervisor Shop {
	worker Cache
	service Web needs Cache
}
`,
		Good: `package shop

supervisor Shop {
	service Cache
	service Web needs Cache
}
`,
	},
	{
		Code: diag.CodeAfterOptional,
		Text: "Nothing waits longer than 10 minutes for an optional child or a sidecar.",
		Why: "What comes after an optional child or a sidecar, and a sidecar's primary, waits until it is ready, or a run of it has ended or " +
			"failed. If that may take hours, so does the start of what does not need it.",
		Bad: `package shop

supervisor Shop {
	service Ads {
		optional
		ready explicit within 24h
	}
	service Web after Ads
}
`,
		Good: `package shop

supervisor Shop {
	service Ads {
		optional
		ready explicit within 1m
	}
	service Web after Ads
}
`,
	},
	{
		Code: diag.CodeAfterEnd,
		Text: "What comes after something that ends by itself waits for more than its launch.",
		Why: "A service or a worker without ready explicit is ready as soon as it is launched. If it has work to do and then ends, what comes " +
			"after it starts while it works. A job is ready when it has completed.",
		Bad: `package shop

supervisor Shop {
	service Migrate {
		on success stop
	}
	service Web after Migrate
}
`,
		Good: `package shop

supervisor Shop {
	job Migrate
	service Web after Migrate
}
`,
	},
	{
		Code: diag.CodeSameType,
		Text: "A child is handed at most one value of each Go type.",
		Why:  "Two arguments of one type can be swapped, in the clause or in the function, and Go does not see it.",
		Bad: `package shop

supervisor Shop {
	job Host {
		provides string
	}
	job Token {
		provides string
	}
	service Web needs Host, Token
}
`,
		Good: `package shop

supervisor Shop {
	job Host {
		provides Host
	}
	job Token {
		provides Token
	}
	service Web needs Host, Token
}
`,
	},
	{
		Code: diag.CodeSidecarNeeds,
		Text: "A sidecar does not wait for its primary.",
		Why:  "The sidecar starts first, and the primary when that is ready, or has failed.",
		Bad: `package shop

supervisor Shop {
	service DB
	sidecar Proxy of DB after DB
}
`,
		Good: `package shop

supervisor Shop {
	service DB
	sidecar Proxy of DB
}
`,
	},
	{
		Code: diag.CodeCycle,
		Text: "No children wait for each other in a circle.",
		Why: "None of them could ever start. Waiting is by needs, after, sidecars, rest_for_one, and by being part of a supervisor: " +
			"it is ready when its children are, and they start with it. The whole circle is printed.",
		Bad: `package shop

supervisor Shop {
	service DB needs Cache
	service Cache needs DB
}
`,
		Good: `package shop

supervisor Shop {
	service DB
	service Cache needs DB
}
`,
	},
	{
		Code: diag.CodeOrder,
		Text: "Under rest_for_one a child waits for elder siblings only: those declared before it.",
		Why:  "Siblings start in the order of the file, each when the one before is ready, so that a younger one starts too late.",
		Bad: `package shop

supervisor Shop {
	strategy rest_for_one
	worker Reader needs Parser
	service Parser
}
`,
		Good: `package shop

supervisor Shop {
	strategy rest_for_one
	service Parser
	worker Reader needs Parser
}
`,
	},
}
