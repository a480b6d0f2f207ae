package dsl

// A Code names a rule of the language. It is stable: it may be searched for, and put into a configuration.
type Code string

// The text of a file.
const (
	// CodeSyntax: a line is not written as its statement is.
	//
	//	limit 3 of 5m
	CodeSyntax Code = "syntax"

	// CodeUnknownStatement: a line begins with a word that begins none.
	//
	//	shutdwon 5s
	CodeUnknownStatement Code = "unknown-statement"

	// CodeReservedWord: a line begins with a word that is kept for a later version of the language.
	//
	//	every 5m
	CodeReservedWord Code = "reserved-word"

	// CodeBadCharacter: a character that begins no word, number or mark.
	CodeBadCharacter Code = "bad-character"

	// CodeBadLiteral: a number, a duration or a string that is none.
	//
	//	timeout 5d
	CodeBadLiteral Code = "bad-literal"

	// CodeUnclosedBlock: a "{" without its "}".
	CodeUnclosedBlock Code = "unclosed-block"

	// CodeStrayBrace: a "}" without its "{".
	CodeStrayBrace Code = "stray-brace"

	// CodeDeepNesting: blocks within blocks, more than a hundred deep.
	CodeDeepNesting Code = "deep-nesting"
)

// Files, packages and Go types.
const (
	// CodeFileName: Go would not build the generated file everywhere, or not at all: shop_windows.sup.
	CodeFileName Code = "file-name"

	// CodeMissingPackage: a file does not begin with "package NAME".
	CodeMissingPackage Code = "missing-package"

	// CodePackageName: the package's name is no Go package name, or not that of the other files in the directory.
	CodePackageName Code = "package-name"

	// CodeBadImport: an import without a usable path or name.
	//
	//	import . "database/sql"
	CodeBadImport Code = "bad-import"

	// CodeUnusedImport: no type in the file is of that package. The generated file would not compile.
	CodeUnusedImport Code = "unused-import"

	// CodeUnknownImport: a type is of a package that the file does not import.
	//
	//	provides *sql.DB
	CodeUnknownImport Code = "unknown-import"

	// CodeBadType: what stands where a Go type should is none.
	//
	//	provides sql.Open("sqlite")
	CodeBadType Code = "bad-type"
)

// Names.
const (
	// CodeUnknownName: no supervisor, child or policy has that name, as seen from here.
	CodeUnknownName Code = "unknown-name"

	// CodeUnknownValue: a word that is none of those the statement takes.
	//
	//	strategy one_for_most
	CodeUnknownValue Code = "unknown-value"

	// CodeDuplicateChild: two supervisors of a package, or two children of a supervisor, have one name.
	CodeDuplicateChild Code = "duplicate-child"

	// CodeDuplicatePolicy: two policies of a package have one name.
	CodeDuplicatePolicy Code = "duplicate-policy"

	// CodeDuplicateImport: two imports of a file go by one name.
	CodeDuplicateImport Code = "duplicate-import"

	// CodeDuplicateStatement: a block says one thing twice.
	CodeDuplicateStatement Code = "duplicate-statement"

	// CodeRepeatedName: a list names one thing twice.
	//
	//	needs DB, DB
	CodeRepeatedName Code = "repeated-name"

	// CodeNameCase: a supervisor or a child begins with a small letter, or a policy with a capital.
	CodeNameCase Code = "name-case"

	// CodeReservedName: the name is taken by something that is generated beside it, or by Go.
	CodeReservedName Code = "reserved-name"

	// CodeNameClash: two identifiers of the generated code are the same: child A.BC and child AB.C.
	CodeNameClash Code = "name-clash"

	// CodeUnusedPolicy: nobody uses the policy. A warning.
	CodeUnusedPolicy Code = "unused-policy"
)

// Shape.
const (
	// CodeMisplaced: a statement or a clause stands where it has no meaning.
	//
	//	job Migrate { ready explicit }
	CodeMisplaced Code = "misplaced"

	// CodeIncomplete: a declaration lacks what it cannot do without: a sidecar its "of", a dynamic child its "max".
	CodeIncomplete Code = "incomplete"

	// CodeNoChildren: a supervisor or a group without children.
	CodeNoChildren Code = "no-children"

	// CodeBadKey: the key of a dynamic child is none of its arguments, or neither a string nor an integer.
	CodeBadKey Code = "bad-key"

	// CodeProvidesUnready: a service or a worker provides a value and has no moment to hand it over.
	CodeProvidesUnready Code = "provides-unready"

	// CodeBadNeed: a child needs, or comes after, something that cannot be waited for: itself, what it is part of,
	// a dynamic child, a group, a child of another tree.
	CodeBadNeed Code = "bad-need"

	// CodeNeedsOptional: a child needs one that is optional, and nobody waits for.
	CodeNeedsOptional Code = "needs-optional"

	// CodeNeedsNever: a child needs, or comes after, a job that does not end when it is done.
	CodeNeedsNever Code = "needs-never"

	// CodeNeedsMayEnd: a child needs one that may end well; it then stays stopped with it. A warning.
	CodeNeedsMayEnd Code = "needs-may-end"

	// CodeSameType: a child needs two values of one Go type, which Go cannot tell apart. A warning.
	CodeSameType Code = "same-type"

	// CodeBadPrimary: a sidecar of something that can have none.
	CodeBadPrimary Code = "bad-primary"

	// CodeSidecarNeeds: a sidecar needs its primary, which starts after it.
	CodeSidecarNeeds Code = "sidecar-needs-primary"

	// CodeBadFinish: a supervisor waits for the end of something that is not its child.
	CodeBadFinish Code = "bad-finish"

	// CodeFinishNever: a supervisor waits for the good end of a child that is restarted when it ends well.
	CodeFinishNever Code = "finish-never"

	// CodeCycle: children wait for each other.
	CodeCycle Code = "dependency-cycle"

	// CodeOrder: under rest_for_one, a child waits for a younger sibling.
	CodeOrder Code = "rest-for-one-order"

	// CodeStrangers: one_for_all over children that no dependency joins. A warning.
	CodeStrangers Code = "one-for-all-strangers"

	// CodeUnusedDefault: no child below can have what a defaults block says. A warning.
	CodeUnusedDefault Code = "unused-default"
)

// Values and arithmetic.
const (
	// CodeRange: the first end of a range is above the second.
	//
	//	backoff 5s..50ms
	CodeRange Code = "range-order"

	// CodeFactor: a factor of 1 or less, with which a backoff does not grow.
	CodeFactor Code = "backoff-factor"

	// CodeJitter: more than 100%.
	CodeJitter Code = "backoff-jitter"

	// CodeZero: a count or a duration of zero where that means nothing.
	CodeZero Code = "zero-value"

	// CodeTooMany: a count larger than the runtime keeps books for.
	CodeTooMany Code = "too-many"

	// CodeHeartbeat: a heartbeat is stale before the next is due, or dead before it is stale.
	CodeHeartbeat Code = "heartbeat-order"

	// CodeCheckTimeout: a check may take as long as its period.
	CodeCheckTimeout Code = "check-timeout"

	// CodeRowAction: an action that the outcome cannot have.
	//
	//	on limit restart
	CodeRowAction Code = "row-action"

	// CodeLimitUnused: a limit on a child that is never restarted.
	CodeLimitUnused Code = "limit-unused"

	// CodeLimitUnreachable: the delays between as many restarts as the limit allows take longer than its window.
	//
	//	backoff 1m
	//	limit   10 in 5m
	CodeLimitUnreachable Code = "limit-unreachable"

	// CodeLimitByLuck: only where jitter makes delays short enough is the limit reached. A warning.
	CodeLimitByLuck Code = "limit-by-luck"

	// CodeLimitByTimeouts: a child that is never ready in time fails too slowly to reach its limit. A warning.
	CodeLimitByTimeouts Code = "limit-by-timeouts"

	// CodeBackoffMax: a backoff has a maximum that it never grows to. A warning.
	CodeBackoffMax Code = "backoff-max"

	// CodeManyStarts: a child may be started more than 200 times before its tree gives up. A warning.
	CodeManyStarts Code = "many-starts"

	// CodePromise: a supervisor promises to stop sooner than its children may take.
	CodePromise Code = "shutdown-promise"

	// CodeUnlimited: a supervisor promises when it has stopped, and a child of it takes as long as it likes.
	CodeUnlimited Code = "unlimited-under-promise"
)
