package kit_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

// What makes no sense is not waited for; what may come is.
func TestListen(t *testing.T) {
	for _, test := range []struct {
		network, address string
		want             runtime.Outcome
	}{
		{"tcp", "127.0.0.1:notaport", runtime.OutcomeFatalConfig},
		{"tcp", "127.0.0.1:-1", runtime.OutcomeFatalConfig},
		{"tcp", "127.0.0.1", runtime.OutcomeFatalConfig},
		{"tpc", "127.0.0.1:0", runtime.OutcomeFatalConfig},
		{"udp", "127.0.0.1:0", runtime.OutcomeFatalConfig},
		{"unix", strings.Repeat("x", 1000), runtime.OutcomeFatalConfig},
		{"unix", filepath.Join(t.TempDir(), "missing", "s"), runtime.OutcomeExternal},
		{"tcp", "192.0.2.1:0", runtime.OutcomeExternal},
	} {
		l, err := kit.Listen(t.Context(), test.network, test.address)
		if err == nil {
			l.Close()
		}
		if o := runtime.OutcomeOf(err); o != test.want {
			t.Errorf("%s %.30s: %s, %v", test.network, test.address, o, err)
		}
	}
}
