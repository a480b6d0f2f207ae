package dsl

import (
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
)

// lineRepairs are lines as somebody writes them who knows other languages, each in the block of the service A.
var lineRepairs = []struct {
	line          string
	code          diag.Code
	message, hint string // that which they contain
}{
	{"restart always", diag.CodeUnknownValue, `did you mean "permanent"?`, "write restart permanent"},
	{"restart: permanent", diag.CodeSyntax, `unexpected ":"`, `leave the ":" out: write restart permanent`},
	{"restart = permanent", diag.CodeSyntax, `unexpected "="`, `leave the "=" out: write restart permanent`},
	{"restart permanent;", diag.CodeSyntax, `unexpected ";"`, `leave the ";" out: write restart permanent`},
	{"restart on-failure", diag.CodeUnknownValue, `unknown restart "on-failure"; did you mean "transient"?`, "write restart transient"},
	{"Restart permanent", diag.CodeUnknownStatement, `did you mean "restart"?`, ""},
	{"on FatalBug stop", diag.CodeUnknownValue, `did you mean "fatal_bug"?`, "write on fatal_bug stop"},
	{"on any quarantine 5s", diag.CodeUnknownValue, `did you mean "failure"?`, "write on failure quarantine 5s"},
	{"on * restart", diag.CodeSyntax, `unexpected "*"`, "write on failure restart"},
	{"on fatal-bug stop", diag.CodeUnknownValue, `unknown outcome "fatal-bug"; did you mean "fatal_bug"?`, "write on fatal_bug stop"},
	{"on crash restart", diag.CodeUnknownValue, `did you mean "failure"?`, ""},
	{"on panic kill", diag.CodeUnknownValue, `did you mean "stop"?`, "write on panic stop"},
	{"limit 3 in 5", diag.CodeSyntax, `unexpected "5"`, "a duration has a unit: write 5ms, 5s or 5m"},
	{"limit 5m in 3", diag.CodeSyntax, `unexpected "5m"`, "write limit N in DURATION"},
	{"backoff 1..10", diag.CodeSyntax, `unexpected "1"`, "a duration has a unit: write 1ms, 1s or 1m"},
	{"backoff 1s..5s jitter 20", diag.CodeSyntax, `unexpected "20"`, "write backoff 1s..5s jitter 20%"},
	{"backoff 1s..5s jiter full", diag.CodeSyntax, `did you mean "jitter"?`, "write backoff 1s..5s jitter full"},
	{"backoff 1s - 5s", diag.CodeSyntax, `unexpected "-"`, "write backoff 1s..5s"},
	{"shutdown infinity", diag.CodeSyntax, `did you mean "unlimited"?`, "write shutdown unlimited"},
	{"use \"flaky\"", diag.CodeSyntax, `unexpected "flaky"`, "without quotes: write use flaky"},
	{"tags slow", diag.CodeSyntax, `unexpected "slow"`, `in quotes: write tags "slow"`},
	{"colour 3", diag.CodeUnknownStatement, `unknown statement "colour"`, "a service can have limit, restart, on, backoff, provides, ready,"},
	{"}\ncolour 3\nservice C {", diag.CodeUnknownStatement, `unknown statement "colour"`, "a supervisor at the top can have supervisor, service,"},
	{"}\ndefaults {\ncolour 3", diag.CodeUnknownStatement, `unknown statement "colour"`, "defaults can have strategy, intensity,"},
	{"}\ndynamic job C() {\nmax 3\ncolour 3", diag.CodeUnknownStatement, `unknown statement "colour"`, "a dynamic job can have limit, restart, on, backoff, health, shutdown, timeout, max,"},
	{"}\n}\ncolour {\nlimit 3 in 5m\n}\nsupervisor Other {\nservice X {", diag.CodeUnknownStatement, `unknown statement "colour"`, "the top of a file can have package, import, policy or supervisor"},
	{"retries 3", diag.CodeUnknownStatement, `did you mean "limit"?`, ""},
	{"needs B", diag.CodeUnknownStatement, `"needs" begins no statement`, "write service A needs B {"},
	{"# slow", diag.CodeBadCharacter, `a comment begins with "//"`, "write // slow"},
	{"; slow", diag.CodeBadCharacter, `a comment begins with "//"`, "write // slow"},
	{"limit 3 in 5m # slow", diag.CodeBadCharacter, `a comment begins with "//"`, "write // slow"},
	{"}\nservice C requires B {", diag.CodeSyntax, `did you mean "needs"?`, "write service C needs B {"},
	{"}\nsidecar C for B {", diag.CodeSyntax, `did you mean "of"?`, "write sidecar C of B {"},
	{"}\ndynamic job C(id: string) {\nmax 3", diag.CodeSyntax, `unexpected ":"`, `leave the ":" out: write dynamic job C(id string) {`},
	// Comments, whatever they say.
	{"# don't } \"", diag.CodeBadCharacter, `a comment begins with "//"`, "write // don't } \""},
	{"limit 3 in 5m -- don't", diag.CodeBadCharacter, `a comment begins with "//"`, "write // don't"},
	{"limit 3 in 5m ;; don't {", diag.CodeBadCharacter, `a comment begins with "//"`, "write // don't {"},
	{"%% don't", diag.CodeBadCharacter, `a comment begins with "//"`, "write // don't"},
	{"}\nservice C { # don't\noptional", diag.CodeBadCharacter, `a comment begins with "//"`, "write // don't"},
	{"/* don't */ optional", diag.CodeBadCharacter, `a comment begins with "//"`, "write // don't"},
	{"/* do\n not } */ optional", diag.CodeBadCharacter, `a comment begins with "//"`, "at the start of each line"},
	{"#", diag.CodeBadCharacter, `a comment begins with "//"`, "remove it"},
	{"backoff 1s -- 5s", diag.CodeSyntax, `unexpected "-"`, "write backoff"},
	// Words joined with dashes.
	{"restart unless-stopped", diag.CodeUnknownValue, `unknown restart "unless-stopped"; did you mean "permanent"?`, "write restart permanent"},
	{"restart one-for-all", diag.CodeUnknownValue, `unknown restart "one-for-all"`, "write restart permanent |"},
	{"on error at-start restart", diag.CodeSyntax, `unexpected "at-start"`, "write on error at start restart"},
	// The delay of a restart.
	{"on error restart after 5s", diag.CodeSyntax, `unexpected "after"`, "the delay is the backoff's: write\n\ton error restart\n\tbackoff 5s"},
	{"on error restart in 5s", diag.CodeSyntax, `unexpected "in"`, "the delay is the backoff's: write\n\ton error restart\n\tbackoff 5s"},
	{"on error at start retry delay 5s", diag.CodeSyntax, `unexpected "delay"`, "the delay is the backoff's: write\n\ton error at start retry\n\tbackoff 5s"},
	{"on error restart 5s", diag.CodeMisplaced, "only a quarantine ends after a time", "the delay is the backoff's: write\n\ton error restart\n\tbackoff 5s"},
	{"on error retry 5s", diag.CodeMisplaced, "only a quarantine ends after a time", "\n\ton error retry\n\tbackoff 5s"},
	{"on error stop 5s", diag.CodeMisplaced, "only a quarantine ends after a time", "write on error quarantine 5s, or leave the duration out"},
	{"on error quarantine for 5s", diag.CodeSyntax, `unexpected "for"`, "write on error quarantine 5s"},
	// The words of others for the parts of a check.
	{"health check every 10s timeout 2s retries 3", diag.CodeSyntax, `unexpected "retries"; did you mean "fail"?`, "write health check every 10s timeout 2s fail 3"},
	{"health check every 10s timeout 2s failureThreshold 3", diag.CodeSyntax, `did you mean "fail"?`, "write health check every 10s timeout 2s fail 3"},
	{"health check interval 10s timeout 2s retries 3", diag.CodeSyntax, `did you mean "every"?`, "write health check every 10s timeout 2s fail 3"},
	{"health {\ncheck\ninterval: 10s\ntimeout: 2s\nretries: 3\n}", diag.CodeSyntax, `"health" has no block`, "write health check every 10s timeout 2s fail 3"},
	{"ready check periodSeconds 10s timeout 2s", diag.CodeSyntax, `did you mean "every"?`, "write ready check every 10s timeout 2s"},
	// A Go type where a child is named.
	{"provides *Pool\nready explicit\n}\nservice C needs *Pool {", diag.CodeSyntax, "needs names a child, not a Go type", "A provides *Pool: write service C needs A {"},
	{"provides *Pool\nready explicit\n}\nservice C needs B, *Pool after B\nservice D {", diag.CodeSyntax, "needs names a child, not a Go type", "A provides *Pool: write service C needs B, A after B"},
	{"provides []byte\nready explicit\n}\nservice C needs []byte {", diag.CodeSyntax, "needs names a child, not a Go type", "A provides []byte: write service C needs A {"},
	{"provides map[string]int\nready explicit\n}\nservice C needs map[string]int {", diag.CodeSyntax, "needs names a child, not a Go type", "A provides map[string]int: write service C needs A {"},
	{"}\nservice C needs *Pool {", diag.CodeSyntax, "needs names a child, not a Go type", "write needs NAME, of the child that provides *Pool"},
	{"provides *Pool\nready explicit\n}\njob D {\nprovides *Pool\n}\nservice C needs *Pool {", diag.CodeSyntax, "needs names a child, not a Go type", "write needs NAME, of the child that provides *Pool"},
	{"}\nservice C needs *B {", diag.CodeSyntax, `unexpected "*"`, "write service C needs B {"},
	{"}\nservice C after *Pool {", diag.CodeSyntax, "after names a child, not a Go type", "write after NAME"},
	{"provides *Pool\nready explicit\n}\nservice C needs Pool {", diag.CodeUnknownName, `is called "Pool"`, `needs names a child, not a Go type, and "A" provides *Pool: write needs A`},
	// What a check cannot hand over.
	{"provides int\nready check every 2s timeout 1s", diag.CodeProvidesUnready, `a check hands nothing over, and "A" provides a value`, "write ready explicit in place of it; run.Ready then takes the value"},
	{"provides int\nready check every 2s timeout 1s within 1m", diag.CodeProvidesUnready, "a check hands nothing over", "write ready explicit within 1m in place of it"},
	{"provides int\nready immediate", diag.CodeProvidesUnready, `"A" has no moment`, "write ready explicit in place of it"},
	{"provides int", diag.CodeProvidesUnready, `"A" has no moment`, "add ready explicit"},
	// A sidecar in its primary.
	{"sidecar P", diag.CodeMisplaced, `a service cannot have "sidecar"`, "only supervisors and groups have children: write sidecar P of A beside A"},
	// A child of another supervisor.
	{"}\nsupervisor D {\nservice W\nservice V\n}\nservice C needs W {", diag.CodeUnknownName, `"W" is a child of "D"`, "write needs D.W"},
	{"}\nsupervisor D {\nsupervisor E {\nservice W\nservice V\n}\nservice U\n}\nservice C after W {", diag.CodeUnknownName, `"W" is a child of "D.E"`, "write after D.E.W"},
	{"}\nsupervisor D {\nsupervisor E {\nservice W\nservice V\n}\nservice U\n}\nservice C after E.W {", diag.CodeUnknownName, `"E" is a child of "D"`, "write after D.E.W"},
	{"}\nsupervisor D {\nservice Writer\nservice V\n}\nservice C needs Wirter {", diag.CodeUnknownName, `is called "Wirter"; did you mean "D.Writer"?`, "write needs D.Writer"},
	// Several outcomes in a row, which has one.
	{"on error, panic escalate", diag.CodeSyntax, `unexpected ","`, "one outcome a line: write\n\ton error escalate\n\ton panic escalate"},
	{"on error|panic escalate", diag.CodeSyntax, `unexpected "|"`, "\n\ton error escalate\n\ton panic escalate"},
	{"on error or panic escalate", diag.CodeSyntax, `unexpected "panic"`, "\n\ton error escalate\n\ton panic escalate"},
	{"on [error, crash] at start quarantine 5s", diag.CodeSyntax, `unexpected "["`, "\n\ton error at start quarantine 5s\n\ton failure at start quarantine 5s"},
	// The type before the name.
	{"}\ndynamic job C(string id) key id {\nmax 3", diag.CodeSyntax, `unexpected "string"`, "the name comes before the type: write dynamic job C(id string) key id {"},
	{"}\ndynamic job C(string id, int n) {\nmax 3", diag.CodeSyntax, `unexpected "string"`, "write dynamic job C(id string, n int) {"},
	{"}\ndynamic job C(id string, []byte b) {\nmax 3", diag.CodeSyntax, `unexpected "["`, "write dynamic job C(id string, b []byte) {"},
	{"}\ndynamic job C(time.Duration d) {\nmax 3", diag.CodeSyntax, `unexpected "time"`, "write dynamic job C(d time.Duration) {"},
	{"}\ndynamic job C(string) {\nmax 3", diag.CodeSyntax, `unexpected ")"`, "an argument has a name and a type: write dynamic job C(id string) {"},
	{"}\ndynamic job C(id) {\nmax 3", diag.CodeSyntax, `unexpected ")"`, "an argument has a name and a type: write dynamic job C(id string) {"},
	// Arguments of a child that is not dynamic.
	{"}\nservice C(b *B) needs B {", diag.CodeMisplaced, "only a dynamic child has arguments", "what it needs is handed to it: write service C needs B {"},
	{"}\nservice C() {", diag.CodeMisplaced, "only a dynamic child has arguments", "write service C {"},
	{"}\nservice C(id string) {", diag.CodeMisplaced, "only a dynamic child has arguments", "write service C {, with needs for what it is handed; or, if it is started at run time, dynamic service C(id string) {"},
	{"}\nservice C(B) {", diag.CodeSyntax, `unexpected ")"`, "write service C needs B {"},
	// Statements that are blocks elsewhere.
	{"health {\nheartbeat 1s\nstale 5s\n}", diag.CodeSyntax, `"health" has no block: it is one line`, "write health heartbeat 1s stale 5s"},
	{"health: {\nstale: 5s,\nheartbeat: 1s\n}", diag.CodeSyntax, `"health" has no block`, "write health heartbeat 1s stale 5s"},
	{"health check {\nevery 5s\ntimeout 1s\n}", diag.CodeSyntax, `"health" has no block`, "write health check every 5s timeout 1s"},
	{"health {\ncheck {\nevery 5s\ntimeout 1s\n}\n}", diag.CodeSyntax, `"health" has no block`, "write health check every 5s timeout 1s"},
	{"shutdown {\ntimeout 10s\nabort 2s\n}", diag.CodeSyntax, `"shutdown" has no block`, "write shutdown 10s abort 2s"},
	{"backoff {\nfactor = 2\nmax = 30s\nmin = 1s\n}", diag.CodeSyntax, `"backoff" has no block`, "write backoff 1s..30s factor 2"},
	{"ready {\nexplicit\nwithin 10s\n}", diag.CodeSyntax, `"ready" has no block`, "write ready explicit within 10s"},
	{"limit {\ncount 3\nwindow 5m\n}", diag.CodeSyntax, `"limit" has no block`, "write limit 3 in 5m"},
	{"restart {\npolicy transient\n}", diag.CodeSyntax, `"restart" has no block`, "write restart transient"},
	{"provides {\n\t*sql.DB\n}", diag.CodeSyntax, `"provides" has no block`, "write provides *sql.DB"},
	{"on {\nerror escalate\npanic restart\n}", diag.CodeSyntax, `"on" has no block`, "write\n\ton error escalate\n\ton panic restart"},
	{"tags {\n\"a\"\n\"b\"\n}", diag.CodeSyntax, `"tags" has no block`, `write tags "a", "b"`},
	{"ready {\n}", diag.CodeSyntax, `"ready" has no block`, "write ready immediate, ready explicit"},
	// Blocks on one line.
	{"}\njob C { timeout 30s }\njob D {", diag.CodeSyntax, `"timeout" needs a line of its own`, "write each on a line of its own:\n\tjob C {\n\t\ttimeout 30s\n\t}"},
	{"}\njob C { optional; timeout 30s }\njob D {", diag.CodeSyntax, `"optional" needs a line of its own`, "\n\tjob C {\n\t\toptional\n\t\ttimeout 30s\n\t}"},
	{"}\njob C {}\njob D {", diag.CodeSyntax, `"}" needs a line of its own`, "write job C"},
	{"}\njob C needs B { }\njob D {", diag.CodeSyntax, `"}" needs a line of its own`, "write job C needs B"},
	// Commas, brackets and marks of Go and YAML.
	{"limit 3 in 5m,", diag.CodeSyntax, `unexpected ","`, `leave the "," out: write limit 3 in 5m`},
	{"limit := 3 in 5m", diag.CodeSyntax, `unexpected ":"`, `leave the ":=" out: write limit 3 in 5m`},
	{`tags ["a", "b"]`, diag.CodeSyntax, `unexpected "["`, `write tags "a", "b"`},
	{"- limit 3 in 5m", diag.CodeSyntax, `unexpected "-"`, `leave the "-" out`},
	{"-- slow", diag.CodeBadCharacter, `a comment begins with "//"`, "write // slow"},
	{"on panic -> restart", diag.CodeSyntax, `unexpected "-"`, "write on panic restart"},
	{"on panic => restart", diag.CodeSyntax, `unexpected "="`, "write on panic restart"},
	{"on error restart at start", diag.CodeSyntax, `unexpected "at"`, "write on error at start restart"},
	{"}\nservice C needs [A, B] {", diag.CodeSyntax, `unexpected "["`, "write service C needs A, B {"},
	{"}\nservice C needs {A, B}\nservice D {", diag.CodeSyntax, `unexpected "{"`, "write service C needs A, B"},
	{"}\nservice C -> B {", diag.CodeSyntax, `unexpected "-"`, "write service C needs B {"},
	{"}\nservice C: B {", diag.CodeSyntax, `unexpected ":"`, "write service C needs B {"},
	{"}\nservice C {\noptional\n} else {", diag.CodeSyntax, `"else" needs a line of its own`, ""},
	// Clauses.
	{"}\nservice C needs A B {", diag.CodeSyntax, `unexpected "B"`, "write service C needs A, B {"},
	{"}\nservice C needs A and B {", diag.CodeSyntax, `unexpected "and"`, "write service C needs A, B {"},
	{"}\nservice C needs A needs B {", diag.CodeSyntax, `unexpected "needs"`, "write service C needs A, B {"},
	{"}\nservice C needs A, needs B {", diag.CodeSyntax, `unexpected "B"`, "write service C needs A, B {"},
	{"}\nservice C needs A, after B {", diag.CodeSyntax, `no comma stands before "after"`, "write service C needs A after B {"},
	{"}\nservice C needs A,\nafter B {", diag.CodeSyntax, `no comma stands before "after"`, "write service C needs A after B {"},
	{"}\nservice C after A needs B {", diag.CodeSyntax, `unexpected "needs"`, `"needs" stands before "after": write service C needs B after A {`},
	{"}\nservice C after A needs B, D after E\nservice F {", diag.CodeSyntax, `unexpected "needs"`, `"needs" stands before "after": write service C needs B, D after A, E`},
	{"}\nservice C depends on B {", diag.CodeSyntax, `did you mean "needs"?`, "write service C needs B {"},
	{"}\nsidecar C B {", diag.CodeSyntax, `unexpected "B"`, "write sidecar C of B {"},
	{"}\nworker dynamic C() {\nmax 3", diag.CodeSyntax, `unexpected "C"`, "write dynamic worker C() {"},
	{"}\ndynamic C(id string) {\nmax 3", diag.CodeSyntax, `unexpected "("`, "write dynamic worker C(id string) {"},
	{"}\ndynamic job C(id, name string) {\nmax 3", diag.CodeSyntax, `unexpected ","`, "write dynamic job C(id string, name string) {"},
	// Numbers.
	{"backoff 1s-30s", diag.CodeSyntax, `unexpected "-"`, "write backoff 1s..30s"},
	{"backoff 1s to 30s", diag.CodeSyntax, `unexpected "to"`, "write backoff 1s..30s"},
	{"backoff 1s 30s", diag.CodeSyntax, `unexpected "30s"`, "write backoff 1s..30s"},
	{"backoff 1s...30s", diag.CodeSyntax, `unexpected "."`, "write backoff 1s..30s"},
	{"limit 3 in 2d", diag.CodeBadLiteral, `"2d" is neither a number nor a duration`, "write limit 3 in 48h"},
	{"limit 3 in 10sec", diag.CodeBadLiteral, `"10sec" is neither a number nor a duration`, "write limit 3 in 10s"},
	{"limit 3 in 5 s", diag.CodeSyntax, `unexpected "5"`, "write limit 3 in 5s"},
	{"limit 3 in 5 minutes", diag.CodeSyntax, `unexpected "5"`, "write limit 3 in 5m"},
	{`limit 3 in "5m"`, diag.CodeSyntax, `unexpected "5m"`, "without quotes: write limit 3 in 5m"},
	{"limit 3 per 5m", diag.CodeSyntax, `unexpected "per"`, "write limit 3 in 5m"},
	{"backoff 1s.30s", diag.CodeBadLiteral, `"1s.30s" is neither a number`, "write backoff 1s..30s"},
	{"backoff exponential 1s max 30s", diag.CodeSyntax, `unexpected "exponential"`, "write backoff 1s..30s"},
	{"limit 3 5m", diag.CodeSyntax, `unexpected "5m"`, "write limit 3 in 5m"},
	{"}\n}\nsupervisor O {\nintensity 3, 5\nservice C {", diag.CodeSyntax, `unexpected ","`, "write intensity 3 in 5s"},
	{"limit 3/5m", diag.CodeSyntax, `unexpected "/"`, "write limit 3 in 5m"},
	{"limit 10,000 in 5m", diag.CodeBadLiteral, `"10,000": a number has no commas`, "write limit 10_000 in 5m"},
	{"limit 10,500 in 5m", diag.CodeBadLiteral, `"10,500": a number has no commas`, "write limit 10_500 in 5m"},
	{"limit 1,000,000 in 24h", diag.CodeBadLiteral, `"1,000,000": a number has no commas`, "write limit 1_000_000 in 24h"},
	{"limit 10.500 in 5m", diag.CodeSyntax, `unexpected "10.500"`, "write limit 10_500 in 5m"},
	{"limit 1.000.000 in 24h", diag.CodeBadLiteral, `"1.000.000"`, "write limit 1_000_000 in 24h"},
	{"limit 0x10 in 5m", diag.CodeBadLiteral, `"0x10"`, "write limit 16 in 5m"},
	{"limit 0b11 in 5m", diag.CodeBadLiteral, `"0b11"`, "write limit 3 in 5m"},
	{"shutdown 1m 30s", diag.CodeSyntax, `unexpected "30s"`, "a duration is one word: write shutdown 1m30s"},
	{"shutdown 1h 30m 15s", diag.CodeSyntax, `unexpected "30m"`, "a duration is one word: write shutdown 1h30m15s"},
	{"shutdown 1m 30s abort 2s", diag.CodeSyntax, `unexpected "30s"`, "a duration is one word: write shutdown 1m30s abort 2s"},
	{"ready explicit within 1m 30s", diag.CodeSyntax, `unexpected "30s"`, "write ready explicit within 1m30s"},
	{"limit 3 in 1m 30s", diag.CodeSyntax, `unexpected "30s"`, "write limit 3 in 1m30s"},
	{"backoff 1m 30s", diag.CodeSyntax, `unexpected "30s"`, "a duration is one word: write backoff 1m30s"},
	{"backoff 1m 90s", diag.CodeSyntax, `unexpected "90s"`, "write backoff 1m..90s"},
	{"backoff 1s..1m 30s", diag.CodeSyntax, `unexpected "30s"`, "write backoff 1s..1m30s"},
	{"shutdown 10s 2s", diag.CodeSyntax, `unexpected "2s"`, "write shutdown 10s abort 2s"},
	{"}\njob C {\ntimeout 1m 30s", diag.CodeSyntax, `unexpected "30s"`, "a duration is one word: write timeout 1m30s"},
	{"limit 10k in 5m", diag.CodeBadLiteral, `"10k"`, "write limit 10_000 in 5m"},
	{"limit 007 in 5m", diag.CodeBadLiteral, `"007"`, "write limit 7 in 5m"},
	{"limit -1 in 5m", diag.CodeSyntax, `unexpected "-"`, "a number is never negative here: write limit N in DURATION"},
	{"shutdown -5s", diag.CodeSyntax, `unexpected "-"`, "a number is never negative here: write shutdown D"},
	{"backoff 1s..5s jitter 0.2", diag.CodeSyntax, `unexpected "0.2"`, "write backoff 1s..5s jitter 20%"},
	{"backoff 1s..5s jitter 12.5%", diag.CodeBadLiteral, `"12.5%"`, "write backoff 1s..5s jitter 12%"},
	{"backoff 1s..5s factor 2x", diag.CodeBadLiteral, `"2x"`, "write backoff 1s..5s factor 2"},
	{"}\nworker P(3) {", diag.CodeSyntax, `unexpected "3"`, "write worker P[3] {"},
	{"}\nworker P 3 {", diag.CodeSyntax, `unexpected "3"`, "write worker P[3] {"},
	{"}\nworker P x 3 {", diag.CodeSyntax, `unexpected "x"`, "write worker P[3] {"},
	// A word that is missing.
	{"ready within 10s", diag.CodeSyntax, `unexpected "within"`, "write ready explicit within 10s"},
	{"ready 10s", diag.CodeSyntax, `unexpected "10s"`, "write ready explicit within 10s"},
	{"ready explicit 10s", diag.CodeSyntax, `unexpected "10s"`, "write ready explicit within 10s"},
	{"health check 5s timeout 1s", diag.CodeSyntax, `unexpected "5s"`, "write health check every 5s timeout 1s"},
	{"backoff 1s..5s full", diag.CodeSyntax, `unexpected "full"`, "write backoff 1s..5s jitter full"},
	// The order of two, said by the first.
	{"}\nservice H after B\njob C needs A before H\nservice D {", diag.CodeSyntax, `there is no "before"`, "the one that waits says so: write\n\tjob C needs A\n\tservice H after B, C"},
	{"}\njob C before H, I {\noptional\n}\nservice H\nservice I {", diag.CodeSyntax, `there is no "before"`, "\n\tjob C {\n\tservice H after C\n\tservice I after C {"},
	{"}\njob C before Shop.H\nservice H {", diag.CodeSyntax, `there is no "before"`, "write after C where Shop.H is declared"},
	{"before B", diag.CodeUnknownStatement, `unknown statement "before"`, "the one that waits says so: write after A where B is declared"},
	{"lame_duck 5s", diag.CodeMisplaced, `a service cannot have "lame_duck"`, "a tree leaves as a whole: write it in the supervisor at the top"},
	{"preStop 5s", diag.CodeUnknownStatement, `unknown statement "preStop"`, "write lame_duck D in the supervisor at the top"},
	// A statement behind another.
	{"}\nservice C needs B optional\nservice D {", diag.CodeSyntax, `"optional" needs a line of its own`, "write each on a line of its own:\n\tservice C needs B {\n\t\toptional\n\t}"},
	{"}\nservice C needs B ready explicit {", diag.CodeSyntax, `"ready" needs a line of its own`, "write each on a line of its own:\n\tservice C needs B {\n\t\tready explicit"},
	{"}\nservice C provides *sql.DB needs B {\nready explicit", diag.CodeSyntax, `"provides" needs a line of its own`, "\n\tservice C needs B {\n\t\tprovides *sql.DB"},
	{"}\nservice C shutdown 15s\nservice D {", diag.CodeSyntax, `"shutdown" needs a line of its own`, "\n\tservice C {\n\t\tshutdown 15s\n\t}"},
	{"}\nservice C provides []string ready explicit within 5s {", diag.CodeSyntax, `"provides" needs a line of its own`, "\n\tservice C {\n\t\tprovides []string\n\t\tready explicit within 5s"},
	{"}\nservice C health check every 5s timeout 1s {", diag.CodeSyntax, `"health" needs a line of its own`, "\n\tservice C {\n\t\thealth check every 5s timeout 1s"},
	{"}\nsupervisor C strategy one_for_all {\nservice E\nservice F\n}\nservice D {", diag.CodeSyntax, `"strategy" needs a line of its own`, "\n\tsupervisor C {\n\t\tstrategy one_for_all"},
	{"optional limit 3 in 5m", diag.CodeSyntax, `"limit" needs a line of its own`, "\n\toptional\n\tlimit 3 in 5m"},
	{"shutdown 10s, limit 3 in 5m", diag.CodeSyntax, `"limit" needs a line of its own`, "\n\tshutdown 10s\n\tlimit 3 in 5m"},
	{"}\nservice C { optional, limit 3 in 5m }\nservice D {", diag.CodeSyntax, `"optional" needs a line of its own`, "\n\tservice C {\n\t\toptional\n\t\tlimit 3 in 5m\n\t}"},
	{"}\njob C ready explicit {", diag.CodeSyntax, `a job cannot have "ready"`, "a job is ready when it has completed"},
	{"}\nservice C timeout 5s\nservice D {", diag.CodeSyntax, `a service cannot have "timeout"`, "it bounds the run of a job"},
	{"}\nworker C temporary\nservice D {", diag.CodeSyntax, `"temporary" needs a line of its own`, "\n\tworker C {\n\t\trestart temporary\n\t}"},
	{"}\njob C every 5m\nservice D {", diag.CodeSyntax, `unexpected "every"`, "there are no schedules"},
	{"}\nworker C replicas 3\nservice D {", diag.CodeSyntax, `unexpected "replicas"`, "write worker C[3]"},
	{"}\nservice C needs B, optional\nservice D {", diag.CodeUnknownName, `is called "optional"`, "a statement stands in the block, on a line of its own"},
	{"}\njob C if B {", diag.CodeSyntax, `unexpected "if"`, "write job NAME[N]"},
	// One replica.
	{"}\nservice C needs B[0]\nservice D {", diag.CodeSyntax, "a single replica cannot be needed", "needs hands over all of them: write service C needs B"},
	{"}\nservice C needs A, B[i] after B[1] {", diag.CodeSyntax, "a single replica cannot be needed", "write service C needs A, B after B {"},
	{"}\nservice C after B[0] {", diag.CodeSyntax, "a single replica cannot be waited for", "write service C after B {"},
	{"}\nsidecar C of B[0] {", diag.CodeSyntax, "a single replica cannot have a sidecar", "write sidecar C of B {"},
	// How many there are.
	{"}\nworker C[runtime.NumCPU()] needs B {", diag.CodeSyntax, "the number of replicas is a number in the file", "write worker C[4] needs B {, or, where the configuration says how many, worker C[1..64] needs B {, or, where only the running program knows it, dynamic worker C() needs B { with max N in its block"},
	{"}\nworker C[N]\nworker D {", diag.CodeSyntax, "the number of replicas is a number in the file", "write worker C[4], or"},
	{"}\nworker C[0x10] {", diag.CodeBadLiteral, `"0x10"`, "write worker C[16] {"},
	// What is never closed.
	{"}\ndynamic job C(id string key id needs B {\nmax 3", diag.CodeSyntax, `"(" is never closed`, "write dynamic job C(id string) key id needs B {"},
	{"}\ndynamic job C(id string {\nmax 3", diag.CodeSyntax, `"(" is never closed`, "write dynamic job C(id string) {"},
	{"}\ndynamic job C(id string, f func(int) error {\nmax 3", diag.CodeSyntax, `"(" is never closed`, "write dynamic job C(id string, f func(int) error) {"},
	{"}\nworker C[4 needs B {", diag.CodeSyntax, `"[" is never closed`, "write worker C[4] needs B {"},
	{"}\nworker C[4\nworker D {", diag.CodeSyntax, `"[" is never closed`, "write worker C[4]"},
	// The key.
	{"}\ndynamic job C(r *http.Request) key r.Host needs B {\nmax 3", diag.CodeSyntax, "a key is an argument itself", "write dynamic job C(r *http.Request, host string) key host needs B {"},
	{"}\ndynamic job C(host string, r *http.Request) key r.Host() {\nmax 3", diag.CodeSyntax, "a key is an argument itself", "write dynamic job C(host string, r *http.Request) key host {"},
	{"}\ndynamic job C(id string, lang string) key id, lang {\nmax 3", diag.CodeSyntax, "a key is one argument", "write dynamic job C(id string, lang string, idLang string) key idLang {"},
	{"}\ndynamic job C(id string) key(id) {\nmax 3", diag.CodeSyntax, "a key is an argument itself", "write dynamic job C(id string) key id {"},
	{"}\ndynamic job C(id ID) key string(id) {\nmax 3", diag.CodeSyntax, "a key is an argument itself", "write dynamic job C(id ID) key id {"},
	// Arguments as in Java.
	{"}\ndynamic job C(String id) key id {\nmax 3", diag.CodeSyntax, `unexpected "String"`, "the name comes before the type: write dynamic job C(id string) key id {"},
	{"}\ndynamic job C(String id, Integer n) {\nmax 3", diag.CodeSyntax, `unexpected "String"`, "write dynamic job C(id string, n int) {"},
	// What this language does not have.
	{"}\njob C {\nschedule \"0 3 * * *\"", diag.CodeUnknownStatement, `unknown statement "schedule"`, "there are no schedules"},
	{"}\njob C {\ncron \"0 3 * * *\"", diag.CodeUnknownStatement, `unknown statement "cron"`, "there are no schedules"},
	{"}\njob C {\nevery 24h", diag.CodeReservedWord, `"every" is reserved`, "there are no schedules"},
	{"}\njob C {\nready explicit within 10s", diag.CodeMisplaced, `a job cannot have "ready"`, "a job is ready when it has completed: remove it; to bound its run write timeout 10s"},
	{"}\njob C {\ntimeout 5s\nready explicit within 10s", diag.CodeMisplaced, `a job cannot have "ready"`, "a job is ready when it has completed: remove it"},
	{"}\nsupervisor C {\nready explicit\nservice D\n}\nservice E {", diag.CodeMisplaced, `a supervisor cannot have "ready"`, "a supervisor is ready when its children are: remove it"},
	{"worker C[8]", diag.CodeMisplaced, `a service cannot have "worker"`, "only supervisors and groups have children: put it beside A"},
	{"}\nsupervisor C {\nservice D\nservice E needs C\n}\nservice F {", diag.CodeBadNeed, `"E" is part of "C"`, "name a sibling, D, or leave C out"},
	{"}\nsupervisor C {\nservice E after C\n}\nservice F {", diag.CodeBadNeed, `"E" is part of "C"`, "leave C out"},
	// Words of other languages.
	{"replicas 3", diag.CodeUnknownStatement, `unknown statement "replicas"`, "the number stands in brackets behind the name: write service A[3] {"},
	{"depends_on B", diag.CodeUnknownStatement, `did you mean "needs"?`, "write service A needs B {"},
	{"after [B]", diag.CodeUnknownStatement, `"after" begins no statement`, "write service A after B {"},
	{"key id", diag.CodeUnknownStatement, `"key" begins no statement`, "write dynamic worker NAME(id string) key id"},
	{"type worker", diag.CodeUnknownStatement, `unknown statement "type"`, "a declaration begins with its role: write worker A {"},
	{"RestartSec=5", diag.CodeUnknownStatement, `unknown statement "RestartSec"`, "write backoff D"},
	{"restart Always", diag.CodeUnknownValue, `did you mean "permanent"?`, "write restart permanent"},
	{"}\n}\nsupervisor O {\nstrategy simple_one_for_one\nservice C {", diag.CodeUnknownValue, `unknown strategy "simple_one_for_one"`, "write strategy one_for_one; children that start at run time are declared with dynamic"},
	{"permanent", diag.CodeUnknownStatement, `unknown statement "permanent"`, "write restart permanent"},
	{"shutdown brutal_kill", diag.CodeSyntax, `unexpected "brutal_kill"`, "write shutdown 1ms abort 1ms"},
	{"brutal_kill", diag.CodeUnknownStatement, `unknown statement "brutal_kill"`, "write shutdown 1ms abort 1ms"},
	{"optional true", diag.CodeSyntax, `unexpected "true"`, "write optional"},
	{"optional false", diag.CodeSyntax, `unexpected "false"`, "leave the statement out"},
	{"}\nC {\noptional", diag.CodeUnknownStatement, `unknown statement "C"`, "a child begins with its role: write service C"},
	{"}\nservice my-db {", diag.CodeSyntax, `unexpected "my-db"`, "write service MyDb {"},
	// Characters that look like others, or like nothing.
	{"tags “a”, ‘b’", diag.CodeBadCharacter, `“ (U+201C) is not the " that it looks like`, `write tags "a", "b"`},
	{"tags 'a'", diag.CodeBadCharacter, "a string stands in double quotes", `write tags "a"`},
	{"tags `a`", diag.CodeBadCharacter, "a string stands in double quotes", `write tags "a"`},
	{"backoff 1s–30s", diag.CodeBadCharacter, "– (U+2013) is not the - that it looks like", "write backoff 1s..30s"},
	{"backoff 1s…30s", diag.CodeBadCharacter, "… (U+2026) is not the .. that it looks like", "write backoff 1s..30s"},
	{"limit\u00a03 in 5m", diag.CodeBadCharacter, "U+00A0 is a space, but not the ordinary one", "write limit 3 in 5m"},
	{"limit 3\u200b in 5m", diag.CodeBadCharacter, "U+200B is a character that cannot be seen", "write limit 3 in 5m"},
	{"limit ３ in 5m", diag.CodeBadCharacter, "３ (U+FF13) is not the 3 that it looks like", "write limit 3 in 5m"},
	{"ｌｉｍｉｔ 3 in 5m", diag.CodeUnknownStatement, `did you mean "limit"? The 'ｌ' in "ｌｉｍｉｔ" is U+FF4C, a full-width letter`, ""},
	{"limit 3 in 5m\roptional", diag.CodeBadCharacter, "a carriage return alone does not end a line", "save the file with"},
	{"limit 3 in 5m // often\roptional", diag.CodeBadCharacter, "a carriage return alone does not end a line", "save the file with"},
	{"limit 3 in 5m // often\r\r\n}\r\r\nservice C {\r\r\n\r\r\ntags \"a\"\r\r", diag.CodeBadCharacter, "a carriage return alone does not end a line; the file has 5 of them", "save the file with"},
	{"}\n\x1a\nservice C {", diag.CodeBadCharacter, "U+001A (Ctrl-Z) does not end a file", "remove it"},
	{"}\nservice Cafe\u0301 {", diag.CodeBadCharacter, "U+0301 combines with the letter before it", "type the letter and its accent as one character"},
	{"}\nservice C needs \u0410 {", diag.CodeUnknownName, `did you mean "A"? The 'А' in "А" is U+0410, a Cyrillic letter`, ""},
}

// What somebody writes who knows other languages is told in the words of this one, once.
func TestRepairs(t *testing.T) {
	for _, test := range lineRepairs {
		src := aroundLine(test.line)
		diagnostics := checkText("a.sup", src)
		if len(diagnostics) != 1 {
			t.Errorf("%s: %d diagnostics: %v", test.line, len(diagnostics), diagnostics)
			continue
		}
		d := diagnostics[0]
		if d.Code != test.code || !strings.Contains(d.Message, test.message) || !strings.Contains(d.Hint, test.hint) {
			t.Errorf("%s:\n%s", test.line, d.Text([]byte(src)))
		}
	}
}

// aroundLine is a file with a line of a service.
func aroundLine(line string) string {
	return "package main\n\nsupervisor Shop {\nservice B\nservice A {\n" + line + "\n}\n}\n"
}

const withDB = "supervisor Shop {\n\tjob DB {\n\t\tprovides *sql.DB\n\t}\n}\n"

const withJob = "supervisor Shop {\n\tjob DB\n}\n"

// fileRepairs are mistakes of more than a line in a block, and outside of one.
var fileRepairs = []struct {
	src           string // behind the package
	line          int
	code          diag.Code
	message, hint string // that which they contain
}{
	{"supervisor Shop\n{\n\tservice A\n}\n", 4, diag.CodeSyntax, `"{" stands at the end of the line before`, "write supervisor Shop {"},
	{"policy p\n{\n\tlimit 3 in 5m\n}\n\nsupervisor Shop {\n\tservice A {\n\t\tuse p\n\t}\n}\n", 4, diag.CodeSyntax, `"{" stands`, "write policy p {"},
	{"supervisor Shop {\n\tservice A\n\t{\n\t\toptional\n\t}\n\tservice B after A\n}\n", 5, diag.CodeSyntax, `"{" stands`, "write service A {"},
	{"supervisor Shop\n\tservice A\n\tservice B needs A\n", 3, diag.CodeSyntax, `missing "{"`, "end the line with it, and put"},
	{"supervisor Shop {\n\tservice A {\n\t\thealth {\n\t\t\theartbeat 1s\n\t\t\tstale 5s\n\t}\n\tservice C\n}\n", 5, diag.CodeSyntax, `"health" has no block`, "write health heartbeat 1s stale 5s"},
	{"supervisor Shop:\n\tservice A\n\tservice B needs A\n", 3, diag.CodeSyntax, `unexpected ":"`, "write supervisor Shop {"},
	{"supervisor Shop do\n\tservice A\nend\n", 3, diag.CodeSyntax, `unexpected "do"`, "write supervisor Shop {"},
	{"supervisor Shop (\n\tservice A\n)\n", 3, diag.CodeSyntax, "unexpected end of line", "write supervisor Shop {"},
	{"supervisor Shop ｛\n\tservice A\n｝\n", 3, diag.CodeBadCharacter, "｛ (U+FF5B) is not the { that it looks like", "write supervisor Shop {"},
	{"supervisor Shop {\n\tservice A\n\t\tlimit 3 in 5m\n\tservice B needs A\n}\n", 4, diag.CodeSyntax, `missing "{"`, "end the line with it, and put"},
	{"supervisor Shop {\n\tservice A:\n\t\tlimit 3 in 5m\n\tservice B needs A\n}\n", 4, diag.CodeSyntax, `unexpected ":"`, "write service A {"},
	{"supervisor Shop {\n\tpolicy p {\n\t\tlimit 3 in 5m\n\t}\n\tservice A {\n\t\tuse p\n\t}\n}\n", 4, diag.CodeMisplaced, `cannot have "policy"`, "move it to the top of a file"},
	{"type Pool struct {\n\tA int\n\tB string\n}\n\nsupervisor Shop {\n\tservice A\n}\n", 3, diag.CodeUnknownStatement, `unknown statement "type"`, "in a .go file"},
	{"func (a *App) DB() error {\n\treturn nil\n}\n\nsupervisor Shop {\n\tservice A\n}\n", 3, diag.CodeUnknownStatement, `unknown statement "func"`, "in a .go file"},
	{"supervisor Shop {\n\tjob A {\n\t\tprovides struct {\n\t\t\tA int\n\t\t}\n\t}\n}\n", 5, diag.CodeBadType, "a type with parts wants a name", ""},
	{"supervisor Shop {\n\tjob A {\n\t\tprovides Pool {\n\t}\n}\n", 5, diag.CodeBadType, `"{" is never closed`, ""},
	// A header of several lines.
	{"supervisor Shop {\n\tservice DB\n\tjob M needs DB\n\tservice H\n\t\tneeds DB\n\t\tafter M {\n\t\toptional\n\t}\n}\n", 7, diag.CodeSyntax, "a header is one line", "write service H needs DB after M {"},
	{"supervisor Shop {\n\tservice DB\n\tservice H\n\t\tneeds DB\n\tservice I after H\n}\n", 6, diag.CodeSyntax, "a header is one line", "write service H needs DB"},
	{"supervisor Shop {\n\tservice DB\n\tservice H needs\n\t\tDB {\n\t\toptional\n\t}\n}\n", 6, diag.CodeSyntax, "a header is one line", "write service H needs DB {"},
	{"supervisor Shop {\n\tservice DB\n\tservice H needs DB\n\t\t, H2\n\t{\n\t\toptional\n\t}\n\tservice H2\n}\n", 6, diag.CodeSyntax, "a header is one line", "write service H needs DB, H2 {"},
	{"supervisor Shop {\n\tservice DB\n\tsidecar P\n\t\tof DB\n}\n", 6, diag.CodeSyntax, "a header is one line", "write sidecar P of DB"},
	{"supervisor Shop {\n\tservice DB\n\tdynamic job S(id string)\n\t\tkey id\n\t\tneeds DB {\n\t\tmax 3\n\t}\n}\n", 6, diag.CodeSyntax, "a header is one line", "write dynamic job S(id string) key id needs DB {"},
	{"supervisor Shop {\n\tservice DB\n\tneeds DB\n}\n", 5, diag.CodeUnknownStatement, `"needs" begins no statement`, "write service NAME needs A, B"},
	{"supervisor Shop {\n\tgroup G {\n\t\tafter B\n\t\tservice A\n\t}\n\tservice B\n}\n", 5, diag.CodeUnknownStatement, `"after" begins no statement`, "write service NAME after A, B"},
	{"supervisor Shop\n\tneeds DB {\n\tservice A\n}\n", 4, diag.CodeMisplaced, "there is nothing for a supervisor at the top to wait for", "write supervisor Shop {"},
	// A .sup file is no Go package.
	{"import \"./policies.sup\"\n\n" + withJob, 3, diag.CodeBadImport, "an import is of a Go package, not of a .sup file", "remove it: the .sup files of a directory are one package, and share their policies"},
	{"import p \"policies.sup\"\n\n" + withJob, 3, diag.CodeBadImport, "an import is of a Go package", "remove it"},
	{"import (\n\t\"./policies.sup\"\n)\n\n" + withJob, 4, diag.CodeBadImport, "an import is of a Go package", "remove it"},
	{"import ./policies.sup\n\n" + withDB, 3, diag.CodeSyntax, "an import is of a Go package", "remove it"},
	{"import \"./db\"\n\n" + withJob, 3, diag.CodeBadImport, `"./db" is no Go import path`, "write all of the path, from the name of the module on"},
	// A type of another package where a child is named.
	{"import \"database/sql\"\n\nsupervisor Shop {\n\tjob DB {\n\t\tprovides *sql.DB\n\t}\n\tservice H needs sql.DB\n}\n", 9, diag.CodeUnknownName, `is called "sql"`, `needs names a child, not a Go type, and "DB" provides *sql.DB: write needs DB`},
	{"supervisor Shop {\n\tsupervisor S {\n\t\tgroup G {\n\t\t\tjob DB {\n\t\t\t\tprovides *Pool\n\t\t\t}\n\t\t}\n\t\tservice A after DB\n\t}\n\tservice H needs *Pool\n}\n", 12, diag.CodeSyntax, "needs names a child", "S.DB provides *Pool: write service H needs S.DB"},
	{"import database/sql\n\n" + withDB, 3, diag.CodeSyntax, `unexpected "/"`, `write import "database/sql"`},
	{"import (\n\tdb database/sql\n)\n\n" + withDB, 4, diag.CodeSyntax, `unexpected "database"`, ""},
	{"import (\n\tgithub.com/a/b-c/v5\n)\n\n" + withDB, 4, diag.CodeSyntax, `unexpected "."`, `write bc "github.com/a/b-c/v5"`},
	{"import fmt\n\n" + withDB, 3, diag.CodeSyntax, "unexpected end of line", `write import "fmt"`},
	{"import “database/sql”\n\n" + withDB, 3, diag.CodeBadCharacter, "“ (U+201C)", `write import "database/sql"`},
	{"import 'database/sql'\n\n" + withDB, 3, diag.CodeBadCharacter, "double quotes", `write import "database/sql"`},
	{"import \"database/sql\" as db\n\n" + withDB, 3, diag.CodeSyntax, `unexpected "as"`, `write import db "database/sql"`},
	{"import (\n\t\"database/sql\",\n)\n\n" + withDB, 4, diag.CodeSyntax, `unexpected ","`, `leave the "," out: write "database/sql"`},
	{"import [\n\t\"database/sql\"\n]\n\n" + withDB, 3, diag.CodeSyntax, `unexpected "["`, ""},
	{"import {\n\t\"database/sql\"\n}\n\n" + withDB, 3, diag.CodeSyntax, `unexpected "{"`, ""},
	{"supervisor Shop {\n\tservice A {\n\t\tuse slow\n\t}\n}\n\npolicy slow extends flaky {\n\tlimit 3 in 1h\n}\n\npolicy flaky {\n\tbackoff 1s\n}\n", 9, diag.CodeSyntax, "a policy does not build on another", "write policy slow {, and use flaky, slow where it is used: the last one wins"},
	{"policy slow: flaky, fast {\n\tlimit 3 in 1h\n}\n\nsupervisor Shop {\n\tservice A\n}\n", 3, diag.CodeSyntax, "a policy does not build on another", "write policy slow {, and use flaky, fast, slow where"},
	{"policy slow use flaky {\n\tlimit 3 in 1h\n}\n\nsupervisor Shop {\n\tservice A\n}\n", 3, diag.CodeSyntax, "a policy does not build on another", "use flaky, slow where"},
	{"policy slow from flaky {\n\tlimit 3 in 1h\n}\n\nsupervisor Shop {\n\tservice A\n}\n", 3, diag.CodeSyntax, "a policy does not build on another", "use flaky, slow where"},
	{"policy slow limit 3 in 1h {\n\tbackoff 1s\n}\n\nsupervisor Shop {\n\tservice A\n}\n", 3, diag.CodeSyntax, `"limit" needs a line of its own`, "\n\tpolicy slow {\n\t\tlimit 3 in 1h"},
	{"supervisor Shop {\n\tservice A {\n\t\tuse slow\n\t}\n}\n\npolicy slow {\n\tuse flaky\n\tlimit 3 in 1h\n}\n", 10, diag.CodeMisplaced, `a policy cannot have "use"`, "a policy does not build on another: use flaky, slow where it is used: the last one wins"},
	{"policy slow {\n\tlimit 3 in 1h\n\tservice B\n}\nsupervisor Shop {\n\tservice A {\n\t\tuse slow\n\t}\n}\n", 5, diag.CodeMisplaced, `a policy cannot have "service"`, "only supervisors and groups have children"},
	{"supervisor Ingest {\n\tservice A\n}\n\nsupervisor Shop {\n\tservice B\n\tsupervisor Ingest\n\tservice C needs B\n}\n", 9, diag.CodeNoChildren, `supervisor "Ingest" is not the tree "Ingest", which cannot be a child of another`, "move the declaration of the tree here"},
	{"import \"github.com/nats-io/nats.go\"\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides *nats.Conn\n\t}\n}\n", 3, diag.CodeBadImport, "does not end in a name", `write import nats "github.com/nats-io/nats.go"`},
	{"import (\n\t\"github.com/a/go-sqlite-x\"\n)\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides *sqlite3.Conn\n\t}\n}\n", 4, diag.CodeBadImport, "does not end in a name", `write sqlite3 "github.com/a/go-sqlite-x"`},
	{"import \"gopkg.in/go-yaml.v3\"\n\nsupervisor Shop {\n\tjob A\n}\n", 3, diag.CodeBadImport, "does not end in a name", `write import yaml "gopkg.in/go-yaml.v3"`},
	{"import \"a.b/error\"\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides *error.T\n\t}\n}\n", 3, diag.CodeBadImport, "means something else to Go", `write import errorpkg "a.b/error"`},
	{"import (\n\t\"crypto/rand\"\n\t\"math/rand\"\n)\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides *rand.T\n\t}\n}\n", 5, diag.CodeDuplicateImport, "imported already", `write mathrand "math/rand"`},
	{"supervisor Shop {\n\tjob A {\n\t\tprovides (*sql.DB, error)\n\t}\n}\n", 5, diag.CodeBadType, "these are several types", "a method returns its error anyway: write provides *sql.DB"},
	{"supervisor Shop {\n\tjob A {\n\t\tprovides *sql.DB, error\n\t}\n}\n", 5, diag.CodeBadType, "these are several types", "write provides *sql.DB"},
	{"supervisor Shop {\n\tservice A {\n\t\tready explicit\n\t\tprovides (*sql.DB, error)\n\t}\n}\n", 6, diag.CodeBadType, "these are several types", "write provides *sql.DB"},
	{"supervisor Shop {\n\tjob A {\n\t\tprovides *sql.DB error\n\t}\n}\n", 5, diag.CodeBadType, "these are several types", "write provides *sql.DB"},
	{"import nats.go \"github.com/nats-io/nats.go\"\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides *nats.Conn\n\t}\n}\n", 3, diag.CodeSyntax, `unexpected "."`, `write import nats "github.com/nats-io/nats.go"`},
	{"import github.com/nats-io/nats.go\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides *nats.Conn\n\t}\n}\n", 3, diag.CodeSyntax, `unexpected "."`, `write import nats "github.com/nats-io/nats.go"`},
	{"policy slow {\n\textends flaky\n\tlimit 3 in 1h\n}\n\nsupervisor Shop {\n\tservice A {\n\t\tuse slow\n\t}\n}\n", 4, diag.CodeUnknownStatement, `unknown statement "extends"`, "a policy does not build on another"},
	{"supervisor Shop {\n\tjob A {\n\t\tprovides (*A, *B)\n\t}\n}\n", 5, diag.CodeBadType, "these are several types", "declare a struct of them in a Go file"},
	{"supervisor Shop {\n<<<<<<< HEAD\n\tservice A {\n=======\n\tservice B {\n>>>>>>> b\n\t\toptional\n\t}\n\tservice C after B\n}\n", 4, diag.CodeMergeConflict, "a merge conflict", "choose one side"},
	{"supervisor Shop {\n<<<<<<< HEAD\n\tservice A\n||||||| base\n\tservice O\n=======\n\tservice B\n>>>>>>> b\n}\n", 4, diag.CodeMergeConflict, "a merge conflict", "choose one side"},
	{"supervisor Shop {\n\tservice A\n>>>>>>> b\n}\n", 5, diag.CodeMergeConflict, "a merge conflict", "choose one side"},
	{"supervisor Shop {\n<<<<<<< HEAD\n\tservice A\n}\n", 4, diag.CodeMergeConflict, "a merge conflict", "choose one side"},
}

// They are told once too.
func TestRepairsOfFiles(t *testing.T) {
	for _, test := range fileRepairs {
		src := "package main\n\n" + test.src
		diagnostics := checkText("a.sup", src)
		if len(diagnostics) != 1 {
			t.Errorf("%q: %d diagnostics: %v", test.src, len(diagnostics), diagnostics)
			continue
		}
		d := diagnostics[0]
		if d.Code != test.code || d.Pos.Line != test.line || !strings.Contains(d.Message, test.message) || !strings.Contains(d.Hint, test.hint) {
			t.Errorf("%q:\n%s", test.src, d.Text([]byte(src)))
		}
	}
}

// What Go says of a type that it cannot read is told in words that need no knowledge of its parser.
func TestTypesThatAreNone(t *testing.T) {
	for typ, want := range map[string]string{
		"*Pool, error":      "these are several types",
		"(*Pool, error)":    "these are several types",
		"db *sql.DB":        "write the type alone",
		"List<string>":      "type arguments stand in brackets",
		"string?":           "Go has no optional types",
		"string[]":          "the brackets stand before the type: []string",
		"Pool*":             "the star stands before the type: *Pool",
		"&Pool":             "a pointer is written with a star",
		"NewPool()":         "this is a call",
		`"Pool"`:            "a type stands without quotes",
		"database/sql.DB":   "a package stands under its name",
		"map[string":        `"[" is never closed`,
		"string)":           `")" closes nothing`,
		"type Pool":         `"type" begins no type`,
		"chan":              "something is missing behind it",
		"...Pool":           "the dots stand before the last parameter",
		"struct { A int }":  "a type with parts wants a name",
		"interface { M() }": "a type with parts wants a name",
	} {
		diagnostics := checkText("a.sup", "package main\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides "+typ+"\n\t}\n}\n")
		if len(diagnostics) != 1 || diagnostics[0].Code != diag.CodeBadType || !strings.Contains(diagnostics[0].Message, want) {
			t.Errorf("%s: %v, want %q", typ, diagnostics, want)
		}
	}
}

// The caret is under all of what is wrong, and under no more.
func TestRepairsAt(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"restart on-failure", "on-failure"},
		{"on fatal-config stop", "fatal-config"},
		{"on error at-start restart", "at-start"},
		{"backoff 1s - 5s", "-"},
		{"limit 1,000,000 in 24h", "1,000,000"},
		{"limit 10,500 in 24h", "10,500"},
		{"}\nworker C[runtime.NumCPU()] {", "runtime.NumCPU()"},
		{"}\nservice C needs B[0]\nservice D {", "[0]"},
		{"}\ndynamic job C(r *http.Request) key r.Host {\nmax 3", "r.Host"},
		{"}\nservice C provides *sql.DB {\nready explicit", "provides"},
		{"}\n}\npolicy p extends q {\nlimit 3 in 5m\n}\nsupervisor E {\nservice D {", "extends q"},
		{"}\nservice C needs B, after A {", ","},
		{"}\nservice C needs B, *sql.DB after A {", "*sql.DB"},
		{"provides int\nready check every 2s timeout 1s", "ready"},
		{"}\nservice C\n\tneeds A {", "needs"},
		{"# don't", "#"},
		{"optional -- don't", "--"},
		{"health {\nheartbeat 1s\nstale 5s\n}", "{"},
	} {
		src := "package main\n\nsupervisor Shop {\nservice A {\n" + test.line + "\n}\n}\n"
		for _, d := range checkText("a.sup", src) {
			if got := src[d.Pos.Offset:d.End.Offset]; got != test.want {
				t.Errorf("%s: %q is marked, want %q", test.line, got, test.want)
			}
		}
	}
}

// A hint of several lines is indented as one of one line.
func TestTextOfSeveralLines(t *testing.T) {
	d := diag.Diagnostic{Code: diag.CodeSyntax, Message: "m", Hint: "write\n\ta {\n\t}"}
	if got, want := d.Text(nil), d.String()+"\n\twrite\n\t\ta {\n\t\t}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A position that adds nothing to where the type begins is not shown.
func TestTypeNote(t *testing.T) {
	for typ, notes := range map[string]int{"db *sql.DB": 0, "map[db *sql.DB]int": 1} {
		d := checkText("a.sup", "package main\n\nsupervisor Shop {\n\tjob A {\n\t\tprovides "+typ+"\n\t}\n}\n")
		if len(d) != 1 || len(d[0].Notes) != notes {
			t.Errorf("%s: %v, want %d notes", typ, d, notes)
		}
	}
}
