package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every program that is shown is run by runtime.Main, which stops it for SIGTERM too, ends it for a second ctrl-C, and exits
// with the right status.
func TestMains(t *testing.T) {
	begins := regexp.MustCompile(`(?m)^func main\(\) \{$`)
	shown := 0
	for _, name := range []string{
		"../README.md", "language.md", "runtime.md", "supgen.md", "operating.md", "tutorial.md", "howto/systemd.md", "../examples/shop/main.go", "../examples/ledger/main.go",
		"../cmd/supgen/_templates/http/main.go", "../cmd/supgen/_templates/worker/main.go", "../cmd/supgen/_templates/pipeline/main.go", "../cmd/supgen/_templates/grpc/main.go",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n := len(begins.FindAllIndex(text, -1))
		shown += n
		if calls := strings.Count(string(text), "runtime.Main(New") + strings.Count(string(text), "return runtime.MainStatus("); calls < n {
			t.Errorf("%s has %d programs, and %d of them are run by runtime.Main", name, n, calls)
		}
		if strings.Contains(string(text), "signal.Notify") {
			t.Errorf("%s looks after signals itself", name)
		}
	}
	if shown < 6 {
		t.Errorf("%d programs are shown", shown)
	}
}
