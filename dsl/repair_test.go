package dsl

import (
	"strings"
	"testing"
)

// What somebody writes who knows other languages is told in the words of this one, once.
func TestRepairs(t *testing.T) {
	for _, test := range []struct {
		line          string
		code          Code
		message, hint string // that which they contain
	}{
		{"restart always", CodeUnknownValue, `did you mean "permanent"?`, ""},
		{"restart: permanent", CodeSyntax, `unexpected ":"`, `leave the ":" out: write restart permanent |`},
		{"restart = permanent", CodeSyntax, `unexpected "="`, `leave the "=" out: write restart permanent |`},
		{"restart permanent;", CodeSyntax, `unexpected ";"`, `leave the ";" out: write restart permanent |`},
		{"restart on-failure", CodeSyntax, `did you mean "transient"?`, "write restart permanent |"},
		{"Restart permanent", CodeUnknownStatement, `did you mean "restart"?`, ""},
		{"on FatalBug stop", CodeUnknownValue, `did you mean "fatal_bug"?`, ""},
		{"on fatal-bug stop", CodeSyntax, `did you mean "fatal_bug"?`, "write on OUTCOME [at start] ACTION"},
		{"on crash restart", CodeUnknownValue, `did you mean "failure"?`, ""},
		{"on panic kill", CodeUnknownValue, `did you mean "stop"?`, ""},
		{"limit 3 in 5", CodeSyntax, `unexpected "5"`, "a duration has a unit: write 5ms, 5s or 5m"},
		{"limit 5m in 3", CodeSyntax, `unexpected "5m"`, "write limit N in DURATION"},
		{"backoff 1..10", CodeSyntax, `unexpected "1"`, "a duration has a unit: write 1ms, 1s or 1m"},
		{"backoff 1s..5s jitter 20", CodeSyntax, `unexpected "20"`, "write 20%"},
		{"backoff 1s..5s jiter full", CodeSyntax, `did you mean "jitter"?`, "write backoff A..B"},
		{"backoff 1s - 5s", CodeSyntax, `unexpected "-"`, "write backoff A..B"},
		{"shutdown infinity", CodeSyntax, `did you mean "unlimited"?`, "write shutdown D"},
		{"use \"flaky\"", CodeSyntax, `unexpected "flaky"`, "write flaky, without quotes"},
		{"tags slow", CodeSyntax, `unexpected "slow"`, `write "slow", in quotes`},
		{"replicas 3", CodeUnknownStatement, `unknown statement "replicas"`, "a service can have limit, restart, on, backoff, provides, ready,"},
		{"}\nreplicas 3\nservice C {", CodeUnknownStatement, `unknown statement "replicas"`, "a supervisor at the top can have supervisor, service,"},
		{"}\ndefaults {\nreplicas 3", CodeUnknownStatement, `unknown statement "replicas"`, "defaults can have strategy, intensity,"},
		{"}\ndynamic job C() {\nmax 3\nreplicas 3", CodeUnknownStatement, `unknown statement "replicas"`, "a dynamic job can have limit, restart, on, backoff, health, shutdown, timeout, max,"},
		{"}\n}\ncron {\nlimit 3 in 5m\n}\nsupervisor Other {\nservice X {", CodeUnknownStatement, `unknown statement "cron"`, "the top of a file can have package, import, policy or supervisor"},
		{"retries 3", CodeUnknownStatement, `did you mean "limit"?`, ""},
		{"needs B", CodeUnknownStatement, `"needs" begins no statement`, "write service NAME needs A, B"},
		{"# slow", CodeBadCharacter, `a comment begins with "//"`, ""},
		{"; slow", CodeBadCharacter, `a comment begins with "//"`, ""},
		{"limit 3 in 5m # slow", CodeBadCharacter, `a comment begins with "//"`, ""},
		{"}\nservice C requires B {", CodeSyntax, `did you mean "needs"?`, "write service NAME"},
		{"}\nsidecar C for B {", CodeSyntax, `did you mean "of"?`, "write sidecar NAME of X"},
		{"}\ndynamic job C(id: string) {\nmax 3", CodeSyntax, `unexpected ":"`, `leave the ":" out: write dynamic ROLE`},
	} {
		src := "package main\n\nsupervisor Shop {\nservice B\nservice A {\n" + test.line + "\n}\n}\n"
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
