package docs_test

import (
	"os"
	"strings"
	"testing"
)

// Every program that is shown stops for SIGTERM too, and lets go of the signals then: a second ctrl-C ends it.
func TestSignals(t *testing.T) {
	shown := 0
	for _, name := range []string{
		"../README.md", "language.md", "runtime.md", "supgen.md", "../examples/shop/main.go", "../cmd/supgen/internal/first/main.go",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range strings.Split(string(text), "signal.NotifyContext(")[1:] {
			shown++
			line, rest, _ := strings.Cut(after, "\n")
			if next, _, _ := strings.Cut(strings.TrimSpace(rest), "\n"); !strings.Contains(line, "os.Interrupt, syscall.SIGTERM)") || !strings.Contains(next, "context.AfterFunc(ctx, stop)") {
				t.Errorf("%s has the program with %q, and then %q", name, line, next)
			}
		}
	}
	if shown < 4 {
		t.Errorf("%d programs are shown", shown)
	}
}
