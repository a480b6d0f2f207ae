package syntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLowerInitial(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"DB": "db", "HTTP": "http", "HTTPServer": "httpServer", "Reader": "reader", "IDs": "ids", "H2Server": "h2Server",
		"HTTP2": "http2", "A": "a", "ABc": "aBc", "Ünit": "ünit", "HTTP_Server": "http_Server",
	}
	for name := range want {
		got[name] = LowerInitial(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("LowerInitial (-want +got):\n%s", diff)
	}
}
