package from_test

import (
	"net/http"
	"strings"
	"testing"
)

// Each order that was taken is packed, also one that is taken while it stops.
func TestErrgroup(t *testing.T) {
	each(t, "errgroup", func(t *testing.T, binary string) {
		p := start(t, binary, "-report", "1ms")
		for range 20 {
			if status, text := p.do("POST", "/orders", "tea"); status != http.StatusOK {
				t.Errorf("an order was answered by %d %s", status, text)
			}
		}
		p.stopWhileServing("/orders", "coffee")
		if text := p.file("orders.data"); strings.Count(text, "tea\n") != 20 || strings.Count(text, "coffee\n") != 1 {
			t.Errorf("it has packed\n%s", text)
		}
		if !strings.Contains(p.said.String(), "packed") {
			t.Error("it did not say how many it has packed")
		}
	})
}
