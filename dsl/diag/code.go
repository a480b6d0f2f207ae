package diag

import "slices"

// A Code names a rule of the language. It is stable: it may be searched for, and put into a configuration.
// Package rules has the text of each rule, and examples.
type Code string

// The text of a file.
const (
	CodeSyntax           Code = "syntax"
	CodeUnknownStatement Code = "unknown-statement"
	CodeReservedWord     Code = "reserved-word"
	CodeBadCharacter     Code = "bad-character"
	CodeBadLiteral       Code = "bad-literal"
	CodeMergeConflict    Code = "merge-conflict"
	CodeUnclosedBlock    Code = "unclosed-block"
	CodeStrayBrace       Code = "stray-brace"
	CodeDeepNesting      Code = "deep-nesting"
	CodeUnusedIgnore     Code = "unused-ignore"
)

// Files, packages and Go types.
const (
	CodeFileName        Code = "file-name"
	CodeBuildConstraint Code = "build-constraint"
	CodeMissingPackage  Code = "missing-package"
	CodePackageName     Code = "package-name"
	CodeBadImport       Code = "bad-import"
	CodeUnusedImport    Code = "unused-import"
	CodeUnknownImport   Code = "unknown-import"
	CodeBadType         Code = "bad-type"
)

// Generated files: "supgen generate" compares them, and the checker does not see them. [Codes] has neither.
const (
	CodeStale  Code = "stale-code"
	CodeOrphan Code = "orphaned-code"
)

// Names.
const (
	CodeUnknownName        Code = "unknown-name"
	CodeUnknownValue       Code = "unknown-value"
	CodeDuplicateChild     Code = "duplicate-child"
	CodeDuplicatePolicy    Code = "duplicate-policy"
	CodeDuplicateImport    Code = "duplicate-import"
	CodeDuplicateStatement Code = "duplicate-statement"
	CodeRepeatedName       Code = "repeated-name"
	CodeNameCase           Code = "name-case"
	CodeReservedName       Code = "reserved-name"
	CodeNameClash          Code = "name-clash"
	CodeUnusedPolicy       Code = "unused-policy"
)

// Shape.
const (
	CodeMisplaced       Code = "misplaced"
	CodeIncomplete      Code = "incomplete"
	CodeNoChildren      Code = "no-children"
	CodeMaxKeys         Code = "max-above-keys"
	CodeBadKey          Code = "bad-key"
	CodeProvidesUnready Code = "provides-unready"
	CodeBadNeed         Code = "bad-need"
	CodeNeedsOptional   Code = "needs-optional"
	CodeBadWant         Code = "bad-want"
	CodeNeedsNever      Code = "needs-never"
	CodeNeedsMayEnd     Code = "needs-may-end"
	CodeAfterOptional   Code = "after-slow-optional"
	CodeAfterEnd        Code = "after-not-its-end"
	CodeSameType        Code = "same-type"
	CodeLinkedStops     Code = "linked-stays-down"
	CodeBadPrimary      Code = "bad-primary"
	CodeSidecarNeeds    Code = "sidecar-needs-primary"
	CodeBadFinish       Code = "bad-finish"
	CodeFinishNever     Code = "finish-never"
	CodeFinishBefore    Code = "finish-before-start"
	CodeFinishMayWait   Code = "finish-may-wait"
	CodeNothingLeft     Code = "nothing-left"
	CodeCycle           Code = "dependency-cycle"
	CodeOrder           Code = "rest-for-one-order"
	CodeUnusedDefault   Code = "unused-default"
	CodeJobCompletes    Code = "job-never-completes"
	CodeAtStart         Code = "at-start-immediate"
	CodeJobAtStart      Code = "at-start-job"
	CodeNeverAsked      Code = "row-never-asked"
	CodeWithoutCause    Code = "row-without-cause"
	CodeNoEffect        Code = "no-effect"
	CodeTakesDown       Code = "takes-down"
	CodeGoodEndFails    Code = "good-end-fails"
	CodeStrategyAlone   Code = "strategy-alone"
)

// Values and arithmetic.
const (
	CodeRange               Code = "range-order"
	CodeFactor              Code = "backoff-factor"
	CodeJitter              Code = "backoff-jitter"
	CodeZero                Code = "zero-value"
	CodeTooMany             Code = "too-many"
	CodeHeartbeat           Code = "heartbeat-order"
	CodeCheckTimeout        Code = "check-timeout"
	CodeRowAction           Code = "row-action"
	CodeFatalRestarts       Code = "fatal-restarts"
	CodeLimitUnused         Code = "limit-unused"
	CodeBackoffUnused       Code = "backoff-unused"
	CodeConcurrencyUnused   Code = "concurrency-unused"
	CodeLimitUnreachable    Code = "limit-unreachable"
	CodeLimitByLuck         Code = "limit-by-luck"
	CodeLimitByTimeouts     Code = "limit-by-timeouts"
	CodeLimitByChildren     Code = "limit-by-children"
	CodeLimitAboveIntensity Code = "limit-above-intensity"
	CodeLimitsFirst         Code = "intensity-above-limits"
	CodeGoodEndsCount       Code = "good-ends-count"
	CodeIntensityReplicas   Code = "intensity-below-replicas"
	CodeRetryTakesAlong     Code = "retry-takes-along"
	CodeBackoffMax          Code = "backoff-max"
	CodeBackoffReset        Code = "backoff-reset"
	CodeThrottleUnused      Code = "throttle-unused"
	CodeCheckWithin         Code = "check-within"
	CodeDeadBelowPause      Code = "dead-below-pause"
	CodeHealthTimeout       Code = "health-after-timeout"
	CodeQuarantineShort     Code = "quarantine-below-backoff"
	CodeNoTimeToStop        Code = "no-time-to-stop"
	CodeUnlimitedHang       Code = "unlimited-hang"
	CodeStuckRestart        Code = "stuck-restart"
	CodeManyStarts          Code = "many-starts"
	CodeManyRestarts        Code = "many-restarts"
	CodePromise             Code = "shutdown-promise"
	CodeUnlimited           Code = "unlimited-under-promise"
)

// Severity is that of each diagnostic with the code.
func (c Code) Severity() Severity {
	if warnings[c] {
		return Warning
	}
	return Error
}

// warnings are the codes of what means something, probably not what was wanted.
var warnings = map[Code]bool{
	CodeConcurrencyUnused:   true,
	CodeLimitByLuck:         true,
	CodeLimitByTimeouts:     true,
	CodeLimitAboveIntensity: true,
	CodeLimitsFirst:         true,
	CodeGoodEndsCount:       true,
	CodeIntensityReplicas:   true,
	CodeRetryTakesAlong:     true,
	CodeBackoffMax:          true,
	CodeBackoffReset:        true,
	CodeThrottleUnused:      true,
	CodeCheckWithin:         true,
	CodeHealthTimeout:       true,
	CodeQuarantineShort:     true,
	CodeNoTimeToStop:        true,
	CodeUnlimitedHang:       true,
	CodeStuckRestart:        true,
	CodeManyStarts:          true,
	CodeManyRestarts:        true,
	CodeMaxKeys:             true,
	CodeFinishBefore:        true,
	CodeFinishMayWait:       true,
	CodeNothingLeft:         true,
	CodeLinkedStops:         true,
	CodeLimitByChildren:     true,
	CodeDeadBelowPause:      true,
	CodeJobAtStart:          true,
	CodeUnusedDefault:       true,
	CodeNeedsMayEnd:         true,
	CodeAfterOptional:       true,
	CodeAfterEnd:            true,
	CodeSameType:            true,
	CodeUnusedPolicy:        true,
	CodeWithoutCause:        true,
	CodeNoEffect:            true,
	CodeTakesDown:           true,
	CodeGoodEndFails:        true,
	CodeStrategyAlone:       true,
	CodeUnusedIgnore:        true,
	CodeFatalRestarts:       true,
}

// Codes are all codes, in the order of the manual.
func Codes() []Code { return slices.Clone(codes) }

var codes = []Code{
	CodeSyntax,
	CodeUnknownStatement,
	CodeReservedWord,
	CodeBadCharacter,
	CodeBadLiteral,
	CodeMergeConflict,
	CodeUnclosedBlock,
	CodeStrayBrace,
	CodeDeepNesting,
	CodeUnusedIgnore,
	CodeFileName,
	CodeBuildConstraint,
	CodeMissingPackage,
	CodePackageName,
	CodeBadImport,
	CodeUnusedImport,
	CodeUnknownImport,
	CodeBadType,
	CodeUnknownName,
	CodeUnknownValue,
	CodeDuplicateChild,
	CodeDuplicatePolicy,
	CodeDuplicateImport,
	CodeDuplicateStatement,
	CodeRepeatedName,
	CodeNameCase,
	CodeReservedName,
	CodeNameClash,
	CodeUnusedPolicy,
	CodeMisplaced,
	CodeIncomplete,
	CodeNoChildren,
	CodeMaxKeys,
	CodeBadKey,
	CodeProvidesUnready,
	CodeBadNeed,
	CodeNeedsOptional,
	CodeBadWant,
	CodeNeedsNever,
	CodeNeedsMayEnd,
	CodeAfterOptional,
	CodeAfterEnd,
	CodeSameType,
	CodeBadPrimary,
	CodeLinkedStops,
	CodeSidecarNeeds,
	CodeBadFinish,
	CodeFinishNever,
	CodeFinishBefore,
	CodeFinishMayWait,
	CodeNothingLeft,
	CodeCycle,
	CodeOrder,
	CodeUnusedDefault,
	CodeJobCompletes,
	CodeAtStart,
	CodeJobAtStart,
	CodeNeverAsked,
	CodeWithoutCause,
	CodeNoEffect,
	CodeTakesDown,
	CodeGoodEndFails,
	CodeStrategyAlone,
	CodeRange,
	CodeFactor,
	CodeJitter,
	CodeZero,
	CodeTooMany,
	CodeHeartbeat,
	CodeCheckTimeout,
	CodeRowAction,
	CodeFatalRestarts,
	CodeLimitUnused,
	CodeBackoffUnused,
	CodeConcurrencyUnused,
	CodeLimitUnreachable,
	CodeLimitByLuck,
	CodeLimitByTimeouts,
	CodeLimitByChildren,
	CodeLimitAboveIntensity,
	CodeLimitsFirst,
	CodeGoodEndsCount,
	CodeIntensityReplicas,
	CodeRetryTakesAlong,
	CodeBackoffMax,
	CodeBackoffReset,
	CodeThrottleUnused,
	CodeCheckWithin,
	CodeDeadBelowPause,
	CodeHealthTimeout,
	CodeQuarantineShort,
	CodeNoTimeToStop,
	CodeUnlimitedHang,
	CodeStuckRestart,
	CodeManyStarts,
	CodeManyRestarts,
	CodePromise,
	CodeUnlimited,
}
